"""Questions over passages, with what is known of their answers: from xquad_en, awsdocs_qa and
user_questions.

answerable   the five nearest paragraphs, chunks of the gold page, or chunks of all documents
far          paragraphs of other articles only
near         the nearest paragraphs but for the gold one, none of which holds the answer's words
"""

import gzip
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from app.local.engine.chunk import DEFAULT, chunk
from app.local.engine.parsers import Section
from app.local.engine.parsers.process import Parser
from app.local.engine.text import sentences
from app.local.engine.transformer import Encoder, Vectors
from app.local.engine.writer.candidates import Candidate, candidates
from app.local.engine.writer.candidates.plain import plain
from app.local.engine.writer.candidates.rendering import render
from app.local.engine.writer.evidence import Evidence, evidence
from app.local.engine.writer.evidence.case import Case, case_of
from app.local.engine.writer.evidence.vectors import Remembered
from app.local.engine.writer.question import Question
from tests.quality import CORPORA
from tests.quality._score import Score

PASSAGES = 5
ENOUGH = 0.75  # of the words of an answer that does not stand in its page word for word
Kind = Literal["answerable", "far", "near"]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Asked:
    """A question put to passages.

    Attributes:
        half: 0 or 1; by article or page, so that the halves share no passage.
        exact: whether the answer stands in a gold passage word for word.
        gold: of each candidate, whether it is the one that the answer stands in.
        holds: of each candidate, whether it holds the answer's words, in a gold passage.
        cited: of each candidate, whether it is of a gold passage.
    """

    half: int
    question: str
    passages: tuple[str, ...]
    answer: str
    exact: bool
    candidates: Sequence[Candidate]
    case: Case
    vectors: Vectors
    evidence: Evidence
    gold: Mask
    holds: Mask
    cited: Mask


def xquad(encoder: Remembered, kind: Kind) -> list[Asked]:
    paragraphs = list(_lines("xquad_en/corpus.jsonl"))
    texts = [one["text"] for one in paragraphs]
    vectors = _vectors(texts, encoder)
    asked = []
    for row in _lines("xquad_en/qa_public.jsonl"):
        answer, [begins] = row["answers"][0], row["answer_start"]
        near = _nearest(row["question"], vectors, encoder)
        [gold] = [p for p in near if paragraphs[p]["_id"] == row["gold_passage"]]
        if kind == "far":
            near = [p for p in near if paragraphs[p]["article"] != row["article"]]
        elif kind == "near":
            near = [p for p in near if p != gold and not contains(texts[p], answer)]
        shown = near[:PASSAGES]
        [span] = [(a, b) for a, b in sentences(texts[gold]) if a <= begins < b]
        holder = plain(texts[gold][slice(*span)])
        asked.append(
            _asked(
                row["question"],
                [texts[place] for place in shown],
                answer,
                [number for number, place in enumerate(shown) if place == gold],
                lambda one, holder=holder: one.text == holder,  # type: ignore[misc]
                row["article"] // 2 % 2,
                encoder,
            )
        )
    return asked


def awsdocs(encoder: Remembered, tokens: Encoder) -> list[Asked]:
    with gzip.open(CORPORA / "awsdocs_qa" / "corpus.jsonl.gz", "rt") as file:
        pages = {page["_id"]: page["text"] for page in map(json.loads, file)}
    asked = []
    for number, row in enumerate(_lines("awsdocs_qa/qa_public.jsonl")):
        page, answer = Section(pages[row["gold_doc"]], None), row["answer"]
        chunks = [piece.text for piece in chunk([page], DEFAULT, tokens)]
        near = _nearest(row["question"], _vectors(chunks, encoder), encoder)[:PASSAGES]
        passages = [chunks[place] for place in near]
        exact = row["answer_contiguous_in_doc"]
        measure = contains if exact else share
        worth = partial(_worth, measure=measure, answer=answer)
        gold = list(range(len(passages)))
        asked.append(
            _asked(row["question"], passages, answer, gold, worth, number % 2, encoder, exact=exact)
        )
    return asked


def user_questions(encoder: Remembered, tokens: Encoder) -> tuple[list[Asked], list[Asked]]:
    """Those that the documents answer, and those that they do not."""
    score = Score()
    pieces = list(_pieces(score.documents, tokens))
    vectors = _vectors([text for _, text in pieces], encoder)
    answerable: list[Asked] = []
    unanswerable: list[Asked] = []
    for number, row in enumerate(score.questions("questions_public.jsonl")):
        if row["kind"] in ("chit-chat", "vague"):
            continue
        near = _nearest(row["question"], vectors, encoder)[:PASSAGES]
        names = [pieces[place][0] for place in near]
        one = _asked(
            row["question"],
            [pieces[place][1] for place in near],
            "",
            [n for n, name in enumerate(names) if name in row["gold_docs"]],
            partial(_satisfies, row=row, score=score),
            number % 2,
            encoder,
            names=names,
        )
        (unanswerable if row["abstain"] else answerable).append(one)
    return answerable, unanswerable


def _pieces(folder: Path, tokens: Encoder) -> Iterator[tuple[str, str]]:
    """The chunks of every document below a folder, each with its document's path."""
    parser = Parser()
    try:
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            sections = parser.parse(path, path.name).sections
            for piece in chunk(sections, DEFAULT, tokens):
                yield path.relative_to(folder).as_posix(), piece.text
    finally:
        parser.close()


def _satisfies(one: Candidate, row: dict[str, Any], score: Score) -> float:
    return float(score.satisfies(row, render(one, None)))


def _worth(one: Candidate, measure: Callable[[str, str], float], answer: str) -> float:
    return float(measure(one.text, answer))


def _vectors(texts: Sequence[str], encoder: Remembered) -> Vectors:
    return np.stack([one.mean for one in encoder.tokens(texts)])


def _nearest(question: str, vectors: Vectors, encoder: Remembered) -> list[int]:
    cosines = vectors @ _vectors([question], encoder)[0]
    return [int(place) for place in np.argsort(-cosines)]


def _asked(
    question: str,
    passages: Sequence[str],
    answer: str,
    gold_passages: Sequence[int],
    worth: Callable[[Candidate], float],
    half: int,
    encoder: Remembered,
    *,
    exact: bool = True,
    names: Sequence[str] = (),
) -> Asked:
    found = candidates(passages, names)
    case = case_of(encoder, Question(question), found, names)
    cited = np.array([one.passage in gold_passages for one in found], bool)
    worths = cited * np.array([worth(one) for one in found], float)
    return Asked(
        half=half,
        question=question,
        passages=tuple(passages),
        answer=answer,
        exact=exact,
        candidates=found,
        case=case,
        vectors=case.vectors,
        evidence=evidence(case),
        gold=(worths >= ENOUGH) & (worths == worths.max()),
        holds=cited & np.array([contains(one.text, answer) for one in found], bool),
        cited=cited,
    )


def contains(text: str, answer: str) -> bool:
    """Whether the answer's words are a run of the text's.

    >>> contains("It was in 1,066 or so.", "1,066")
    True
    """
    said, wanted = (re.findall(r"[a-z0-9]+", one.lower()) for one in (text, answer))
    return any(said[i : i + len(wanted)] == wanted for i in range(len(said) - len(wanted) + 1))


def share(text: str, answer: str) -> float:
    """How many of the answer's words the text has, each as often as the answer has it.

    >>> share("It is plain text or HTML.", "HTML, plain text, PDF")
    0.75
    """
    said, wanted = (Counter(re.findall(r"[a-z0-9]+", one.lower())) for one in (text, answer))
    return (said & wanted).total() / wanted.total()


def _lines(name: str) -> Iterator[dict[str, Any]]:
    with (CORPORA / name).open() as file:
        yield from map(json.loads, file)
