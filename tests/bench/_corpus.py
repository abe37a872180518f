"""A corpus of any size for the measurements of search: real passages, moved and mixed.

Real are 1,000 passages: SciFact's abstracts and the project's own pages, 100 words each, with the
vectors of Outcrop's encoder. The rest of the size is made of them, seeded:

    a document      a passage's topic; the popular topics have most documents; 8 chunks on average
    a vector        a + s b + t (c - d), of unit length: the topic's passage a with some of another,
                    so that topics run into one another, moved by the difference of two others, so
                    that it stays among the directions in which real vectors differ
    a text          words of the topic's passage, in their order, and as many by Zipf's law from a
                    vocabulary that grows with the corpus, as Heaps' law has it
    a question      a chunk's vector, moved again; common words, and six of the chunk's

So recall is not trivial. Of 100,000 chunks the tenth nearest to a question has a cosine of .56, the
hundredth .46 and the thousandth .35; of the 500 nearest by a bit for each component (Hamming
distance), .995 of the ten nearest, where .989 was measured on real passages of an encyclopedia.
"""

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.local.engine.transformer import Encoder
from tests.bench import ROOT
from tests.quality import CORPORA

PASSAGES = 1_000
WORDS = 100  # of a passage, and of what a chunk has from its own
QUESTIONS = 300
NEAREST = 10
MEAN = 8  # chunks of a document
MIXED = (0.3, 0.9)  # s of a chunk
MOVED = (0.3, 0.8)  # t
BLOCK = 50_000  # chunks that are made at once

Floats = NDArray[np.float32]
Whole = NDArray[Any]


def write_corpus(folder: Path, size: int, questions: int = QUESTIONS) -> list[set[int]]:
    """Write a corpus: vectors.npy, texts.txt with a line for each, documents.npy with the first
    chunk of each, asked.npy and questions.json. The ten nearest chunks of each question.
    """
    folder.mkdir(parents=True)
    random = np.random.default_rng(size)
    passages = real_passages()
    real = _encoded(tuple(passages))  # (p, d)
    vocabulary = np.array(_words(random, int(400 * size**0.45)))  # Heaps' law
    first, topic = _documents(random, size, len(passages))
    np.save(folder / "documents.npy", first)
    vectors = np.lib.format.open_memmap(
        folder / "vectors.npy", "w+", np.float32, (size, real.shape[1])
    )
    with (folder / "texts.txt").open("w") as file:
        for start in range(0, size, BLOCK):
            topics = topic[start : start + BLOCK]
            others = real[random.integers(len(real), size=len(topics))]  # (b, d)
            mixed = _unit(real[topics] + _uniform(random, MIXED, len(topics)) * others)
            vectors[start : start + BLOCK] = _moved(random, mixed, real)
            file.writelines(_texts(random, [passages[one] for one in topics], vocabulary))
    subjects = np.sort(random.choice(size, questions, replace=False))  # (q,)
    asked = _moved(random, np.array(vectors[subjects]), real)  # (q, d)
    np.save(folder / "asked.npy", asked)
    lines = _lines(folder / "texts.txt", set(subjects.tolist()))
    asked_words = [
        "what is the " + " ".join(random.choice(lines[subject].split(), 6)) for subject in subjects
    ]
    (folder / "questions.json").write_text(json.dumps(asked_words))
    return nearest(vectors, asked)


def nearest(vectors: Floats, asked: Floats) -> list[set[int]]:
    """The chunks whose cosine with each question is highest, by comparing all."""
    scores: Whole = np.zeros((len(asked), 0), np.float32)
    rows: Whole = np.zeros((len(asked), 0), np.int64)
    for start in range(0, len(vectors), BLOCK):
        here = asked @ vectors[start : start + BLOCK].T  # (q, b)
        numbers = np.broadcast_to(np.arange(start, start + here.shape[1]), here.shape)
        scores, rows = np.hstack([scores, here]), np.hstack([rows, numbers])
        best = np.argpartition(-scores, NEAREST, axis=1)[:, :NEAREST]
        scores, rows = (np.take_along_axis(each, best, axis=1) for each in (scores, rows))
    return [set(row) for row in rows.tolist()]


def recall(answers: Sequence[Sequence[int]], exact: Sequence[set[int]]) -> float:
    """How many of the ten nearest were among the answers, of the questions that were asked: they
    may be the first ones only.
    """
    shares = [len(e & set(a)) / NEAREST for a, e in zip(answers, exact, strict=False)]
    return float(np.mean(shares))


def real_passages() -> list[str]:
    """Passages of the project's own pages and, where they are, of SciFact's abstracts."""
    texts = [path.read_text() for path in sorted((ROOT / "docs").rglob("*.md"))]
    if (CORPORA / "scifact").exists():
        with gzip.open(CORPORA / "scifact" / "corpus.jsonl.gz", "rt") as file:
            texts = [json.loads(line)["text"] for line in file][:1500] + texts
    words = [re.findall(r"[\w.'-]+", text) for text in texts]
    pieces = [each[i : i + WORDS] for each in words for i in range(0, len(each), WORDS)]
    whole = [" ".join(piece) for piece in pieces if len(piece) == WORDS]
    return whole[:: max(1, len(whole) // PASSAGES)][:PASSAGES]


@cache
def _encoded(passages: tuple[str, ...]) -> Floats:
    return Encoder().encode(passages)


def _documents(random: np.random.Generator, size: int, topics: int) -> tuple[Whole, Whole]:
    """The first chunk of each document, and the topic of each chunk: (documents,), (n,)."""
    sizes = random.geometric(1 / MEAN, 2 * size // MEAN + 100)
    first = np.concatenate([[0], np.cumsum(sizes)])
    first = first[first < size]
    topic = (topics * random.random(len(first)) ** 2).astype(np.int64)
    return first, np.repeat(topic, np.diff([*first, size]))


def _moved(random: np.random.Generator, vectors: Floats, real: Floats) -> Floats:
    """Unit vectors about these, each in a direction in which real ones differ."""
    one, other = (real[random.integers(len(real), size=len(vectors))] for _ in "cd")
    return _unit(vectors + _uniform(random, MOVED, len(vectors)) * (one - other))


def _uniform(random: np.random.Generator, bounds: tuple[float, float], count: int) -> Floats:
    return random.uniform(*bounds, size=(count, 1)).astype(np.float32)


def _unit(vectors: Floats) -> Floats:
    unit: Floats = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def _texts(
    random: np.random.Generator, passages: list[str], vocabulary: NDArray[np.str_]
) -> Iterator[str]:
    half = WORDS // 2
    ranks = _zipf(random, len(vocabulary), (len(passages), half))  # (n, half)
    offsets = random.integers(WORDS - half, size=len(passages)).tolist()
    for passage, offset, row in zip(passages, offsets, ranks, strict=True):
        own = passage.split()[offset : offset + half]
        yield " ".join([*own, *vocabulary[row].tolist()]) + "\n"


def _zipf(random: np.random.Generator, n: int, shape: tuple[int, ...]) -> Whole:
    """Ranks below n, the r-th with a probability in proportion to 1 / (r + 1)."""
    bounds = np.cumsum(1 / np.arange(1, n + 1))
    ranks: Whole = np.searchsorted(bounds, random.random(shape) * bounds[-1])
    return ranks


def _words(random: np.random.Generator, count: int) -> list[str]:
    syllables = [consonant + vowel for consonant in "bcdfgklmnprstvz" for vowel in "aeiou"]
    return ["".join(random.choice(syllables, random.integers(2, 6))) for _ in range(count)]


def _lines(file: Path, numbers: set[int]) -> dict[int, str]:
    with file.open() as lines:
        return {number: line for number, line in enumerate(lines) if number in numbers}
