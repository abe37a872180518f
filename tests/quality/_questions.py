"""Questions over passages, with what is known of their answers: from xquad_en and awsdocs_qa.

answerable   the five nearest paragraphs, or chunks of the gold page
far          paragraphs of other articles only
near         the nearest paragraphs but for the gold one, none of which holds the answer's words
"""

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from app.local.knowledge.chunk import chunk
from app.local.parsers import Section
from app.local.text import sentences
from app.local.transformer import Encoder, Vectors
from app.local.writer.candidates import Candidate, candidates, plain
from app.local.writer.evidence import Case, Evidence, evidence
from app.local.writer.question import Question
from app.local.writer.vectors import Remembered
from tests.quality import CORPORA

PASSAGES = 5
Kind = Literal["answerable", "far", "near"]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Asked:
    """A question put to passages.

    Attributes:
        half: 0 or 1; by article or page, so that the halves share no passage.
        gold: of each candidate, whether it is the sentence that the answer stands in.
        holds: of each candidate, whether it holds the answer's words, in a gold passage.
        cited: of each candidate, whether it is of a gold passage.
    """

    half: int
    question: str
    passages: tuple[str, ...]
    answer: str
    candidates: Sequence[Candidate]
    vectors: Vectors
    evidence: Evidence
    gold: Mask
    holds: Mask
    cited: Mask


def xquad(encoder: Encoder | Remembered, kind: Kind) -> list[Asked]:
    paragraphs = list(_lines("xquad_en/corpus.jsonl"))
    places = {one["_id"]: place for place, one in enumerate(paragraphs)}
    articles = np.array([one["article"] for one in paragraphs])
    vectors = encoder.encode([one["text"] for one in paragraphs])
    return [
        _xquad_question(
            row, kind, paragraphs, places[row["gold_passage"]], articles, vectors, encoder
        )
        for row in _lines("xquad_en/qa_public.jsonl")
    ]


def _xquad_question(
    row: dict[str, Any],
    kind: Kind,
    paragraphs: list[dict[str, Any]],
    gold: int,
    articles: NDArray[Any],
    vectors: Vectors,
    encoder: Encoder | Remembered,
) -> Asked:
    answer = row["answers"][0]
    near = np.argsort(-(vectors @ encoder.encode([row["question"]])[0])).tolist()
    if kind == "far":
        near = [place for place in near if articles[place] != row["article"]]
    elif kind == "near":
        near = [p for p in near if p != gold and not contains(paragraphs[p]["text"], answer)]
    shown = near[:PASSAGES]
    text = paragraphs[gold]["text"]
    [sentence] = [text[a:b] for a, b in sentences(text) if a <= row["answer_start"][0] < b]
    return asked(
        row["question"],
        [paragraphs[place]["text"] for place in shown],
        answer,
        [number for number, place in enumerate(shown) if place == gold],
        plain(sentence),
        row["article"] // 2 % 2,
        encoder,
    )


def awsdocs(encoder: Encoder | Remembered, tokens: Encoder) -> list[Asked]:
    """Only the questions whose answer stands in its page word for word."""
    with gzip.open(CORPORA / "awsdocs_qa" / "corpus.jsonl.gz", "rt") as file:
        pages = {page["_id"]: page["text"] for page in map(json.loads, file)}
    found = []
    for number, row in enumerate(_lines("awsdocs_qa/qa_public.jsonl")):
        if row["answer_contiguous_in_doc"]:
            chunks = [
                piece.text for piece in chunk([Section(pages[row["gold_doc"]], None)], None, tokens)
            ]
            near = np.argsort(-(encoder.encode(chunks) @ encoder.encode([row["question"]])[0]))
            shown = [chunks[place] for place in near[:PASSAGES]]
            gold = list(range(len(shown)))
            found.append(
                asked(row["question"], shown, row["answer"], gold, None, number % 2, encoder)
            )
    return found


def asked(
    question: str,
    passages: Sequence[str],
    answer: str,
    gold_passages: Sequence[int],
    gold_sentence: str | None,
    half: int,
    encoder: Encoder | Remembered,
) -> Asked:
    found = candidates(passages)
    vectors = encoder.encode([one.text for one in found])
    case = Case(Question(question), found, vectors, encoder.encode([question])[0])
    cited = np.array([one.passage in gold_passages for one in found], bool)
    holds = cited & np.array([contains(one.text, answer) for one in found], bool)
    gold = holds
    if gold_sentence is not None:
        gold = cited & np.array([one.text == gold_sentence for one in found], bool)
    return Asked(
        half, question, tuple(passages), answer, found, vectors, evidence(case), gold, holds, cited
    )


def contains(text: str, answer: str) -> bool:
    """Whether the answer's words are a run of the text's.

    >>> contains("It was in 1,066 or so.", "1,066")
    True
    """
    said, wanted = (re.findall(r"[a-z0-9]+", one.lower()) for one in (text, answer))
    return any(said[i : i + len(wanted)] == wanted for i in range(len(said) - len(wanted) + 1))


def _lines(name: str) -> Iterator[dict[str, Any]]:
    with (CORPORA / name).open() as file:
        yield from map(json.loads, file)
