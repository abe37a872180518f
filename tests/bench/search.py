"""A query over 10,000 and 100,000 chunks: Outcrop's embedded store beside what one might take.

The corpus is made here, seeded: vectors in clusters, texts whose words follow Zipf's law, half of
them the cluster's own. Every engine gets the question's vector ready made, and gives ten chunks
with their texts.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.bench import ROOT, peers
from tests.bench._search_engine import LIMIT
from tests.tables import Table

SIZES = (10_000, 100_000)
QUESTIONS = 300
DIMENSION = 384
ENGINE = Path(__file__).with_name("_search_engine.py")

NAMES = {
    "outcrop": "Outcrop",
    "lancedb": "LanceDB (HNSW-SQ, full text)",
    "langchain": "LangChain (FAISS flat, BM25)",
}
COLUMNS = (
    "engine", "query", "p50 ms", "p95 ms", "times ours", "recall@10",
    "MB", "own MB", "open to first answer s", "build s",
)  # fmt: skip
_COMMON = "the of and to in is for on that by with as are be this from it or at an"
COMMON = _COMMON.split()

Floats = NDArray[np.float32]


def run() -> Iterator[Table]:
    pythons = {
        "outcrop": Path(sys.executable),
        "lancedb": peers("search"),
        "langchain": peers("search"),
    }
    for size in SIZES:
        with TemporaryDirectory() as scratch:
            corpus = Path(scratch, "corpus")
            exact = write_corpus(corpus, size)
            measured = {
                engine: measure(python, engine, corpus, Path(scratch, engine))
                for engine, python in pythons.items()
            }
        yield table(size, measured, exact)


def write_corpus(folder: Path, size: int) -> list[set[int]]:
    """Write the corpus. The ten nearest chunks of each question."""
    random = np.random.default_rng(size)
    clusters = size // 50
    cluster = random.integers(clusters, size=size)  # (n,)
    centres = _near(random, np.zeros((clusters, DIMENSION)))  # (clusters, 384)
    vectors = _near(random, centres[cluster])  # (n, 384)
    texts = _texts(random, cluster)
    subjects = random.choice(size, QUESTIONS, replace=False)  # (q,)
    asked = _near(random, vectors[subjects])  # (q, 384)
    questions = [
        "what is the " + " ".join(random.choice(texts[subject].split(), 6)) for subject in subjects
    ]
    folder.mkdir()
    np.save(folder / "vectors.npy", vectors)
    np.save(folder / "asked.npy", asked)
    (folder / "texts.json").write_text(json.dumps(texts))
    (folder / "questions.json").write_text(json.dumps(questions))
    nearest = np.argpartition(-asked @ vectors.T, LIMIT, axis=1)[:, :LIMIT]  # (q, 10)
    return [set(row) for row in nearest.tolist()]


def _near(random: np.random.Generator, vectors: NDArray[Any]) -> Floats:
    """Unit vectors about these; of two about the same unit vector, the mean cosine is 0.6."""
    noise = random.standard_normal(vectors.shape) * 0.8 / np.sqrt(DIMENSION)
    moved = vectors + noise
    unit: Floats = (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)
    return unit


def _texts(random: np.random.Generator, cluster: NDArray[np.int64]) -> list[str]:
    """100 words each, by Zipf's law: half from all words, half from 300 that the cluster has."""
    vocabulary = np.array([*COMMON, *_words(random, 50_000)])
    general = _zipf(random, len(vocabulary), (len(cluster), 50))  # (n, 50)
    offset = random.integers(len(vocabulary), size=cluster.max() + 1)[cluster]  # (n,)
    topical = (_zipf(random, 300, (len(cluster), 50)) + offset[:, np.newaxis]) % len(vocabulary)
    words = random.permuted(np.hstack([general, topical]), axis=1)  # (n, 100)
    return [" ".join(vocabulary[row]) for row in words]


def _zipf(random: np.random.Generator, n: int, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """Ranks below n, the r-th with a probability in proportion to 1 / (r + 1)."""
    bounds = np.cumsum(1 / np.arange(1, n + 1))
    ranks: NDArray[np.int64] = np.searchsorted(bounds, random.random(shape) * bounds[-1])
    return ranks


def _words(random: np.random.Generator, count: int) -> list[str]:
    syllables = [consonant + vowel for consonant in "bcdfgklmnprstvz" for vowel in "aeiou"]
    return ["".join(random.choice(syllables, random.integers(2, 6))) for _ in range(count)]


def measure(python: Path, engine: str, corpus: Path, folder: Path) -> dict[str, Any]:
    """What building and, in another process, querying printed."""
    result: dict[str, Any] = {}
    for action in ("build", "query"):
        command = [python, ENGINE, action, engine, corpus, folder]
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
        if done.returncode:
            raise RuntimeError(f"{engine} could not {action}: {done.stderr[-2000:]}")
        result |= json.loads(done.stdout.splitlines()[-1])
    return result


def table(size: int, measured: dict[str, dict[str, Any]], exact: list[set[int]]) -> Table:
    rows = []
    for engine, result in measured.items():
        for kind, queries in result["kinds"].items():
            p50, p95 = np.quantile(queries["ms"], [0.5, 0.95])
            ours = np.median(measured["outcrop"]["kinds"][kind]["ms"])
            cells = [f"{p50:.2f}", f"{p95:.2f}", f"{p50 / ours:.1f}"]
            cells.append(f"{_recall(queries['found'], exact):.3f}" if kind == "vectors" else "")
            if kind == "hybrid":
                memory = result["memory"]
                cells += [f"{memory['all']:.0f}", f"{memory['own']:.0f}"]
                cells += [f"{result['ready']:.2f}", f"{result['built']:.0f}"]
            rows.append((NAMES[engine], kind, *cells, *[""] * (len(COLUMNS) - 2 - len(cells))))
    return Table(f"A query over {size:,} chunks", COLUMNS, rows)


def _recall(found: list[list[int]], exact: list[set[int]]) -> float:
    """How many of the ten nearest were found; `found` may be of the first questions only."""
    return float(np.mean([len(e & set(f)) / LIMIT for f, e in zip(found, exact, strict=False)]))
