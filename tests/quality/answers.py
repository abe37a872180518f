"""The whole path, from files in the bucket to cited answers: awsdocs_qa and xquad_en.

Every document is put into the bucket's folder as it is, and goes the way that documents go: event,
queue, function, direct ingestion, parsing, chunking, embedding. Every question goes through
`POST /search` and `POST /chat`.
"""

import gzip
import json
import math
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.flows.home import Home, Json, laptop
from tests.quality import CORPORA
from tests.tables import Table

DEPTH = 100  # chunks; a page's rank is its first chunk's
SHOWN = 3  # chunks that a span is looked for in
XQUAD = CORPORA / "xquad_en"


@dataclass(frozen=True)
class Asked:
    """A question, the document that answers it, and how: `spans` are equally good."""

    question: str
    gold: str
    spans: Sequence[str]


@dataclass(frozen=True)
class Found:
    """What came of a question: chunks as (document, text), best first, and the answer."""

    asked: Asked
    chunks: Sequence[tuple[str, str]]
    answer: Json

    @property
    def rank(self) -> float:
        """The gold document's rank among the documents found, from 1."""
        documents = list(dict.fromkeys(document for document, _ in self.chunks))
        gold = self.asked.gold
        return documents.index(gold) + 1 if gold in documents else math.inf

    @property
    def cites_gold(self) -> bool:
        cited = self.answer["citations"]
        return bool(cited) and _key(cited[0]["uri"]) == self.asked.gold


def run() -> Iterator[Table]:
    yield from _awsdocs()
    yield from _xquad()


def _awsdocs() -> Iterator[Table]:
    folder = CORPORA / "awsdocs_qa"
    if not folder.exists():
        yield Table("awsdocs_qa", ("skipped",), (("../shared/eval/awsdocs_qa is not here",),))
        return
    with gzip.open(folder / "corpus.jsonl.gz", "rt") as lines:
        pages = {page["_id"]: page["text"] for page in map(json.loads, lines)}
    questions = [
        Asked(one["question"], one["gold_doc"], [one["answer"]])
        for one in _lines(folder / "qa_public.jsonl")
    ]
    spanned = [one["answer_contiguous_in_doc"] for one in _lines(folder / "qa_public.jsonl")]
    found, seconds = measured(pages, questions)
    with_span = [one for one, spans in zip(found, spanned, strict=True) if spans]
    rows = [
        ("page nDCG@10", "BM25 .731", mean(found, ndcg)),
        ("page recall@5", "BM25 .816", mean(found, lambda one: one.rank <= 5)),
        ("page recall@10", "BM25 .857", mean(found, lambda one: one.rank <= 10)),
        ("gold span in the first 3 chunks", "BM25 .743", mean(with_span, span_in_chunks)),
        ("gold page found first", "", mean(found, lambda one: one.rank == 1)),
        ("cited page = gold page", "BM25 .59", mean(found, lambda one: one.cites_gold)),
    ]
    yield Table(
        f"awsdocs_qa, {len(pages)} pages, {len(questions)} questions, the whole path",
        ("measure", "floor", "measured"),
        rows,
        notes=[f"Indexed in {seconds:.0f} s, {len(pages) / seconds:.1f} pages/s."],
    )


def _xquad() -> Iterator[Table]:
    if not XQUAD.exists():
        yield Table("xquad_en", ("skipped",), (("../shared/eval/xquad_en is not here",),))
        return
    found, seconds = xquad()
    rows = [
        (name, f"{floor.of} {floor.least}", mean(found, floor.measure))
        for name, floor in XQUAD_FLOORS.items()
    ]
    rows += [
        (f"gold paragraph among the first {most}", "", mean(found, partial(_within, most)))
        for most in (1, 5)
    ]
    rows.append(("answered at all", "", mean(found, lambda one: bool(one.answer["citations"]))))
    yield Table(
        f"xquad_en, {len(found)} questions, the whole path",
        ("measure", "floor", "measured"),
        rows,
        notes=[f"Indexed in {seconds:.0f} s."],
    )


def xquad() -> tuple[list[Found], float]:
    """Every question of xquad_en, asked; and how long indexing took, in seconds."""
    paragraphs = {f"{one['_id']}.md": one["text"] for one in _lines(XQUAD / "corpus.jsonl")}
    questions = [
        Asked(one["question"], f"{one['gold_passage']}.md", one["answers"])
        for one in _lines(XQUAD / "qa_public.jsonl")
    ]
    return measured(paragraphs, questions)


def measured(documents: Mapping[str, str], questions: Sequence[Asked]) -> tuple[list[Found], float]:
    """Index, ask everything, and say how long indexing took, in seconds."""
    with TemporaryDirectory() as scratch, laptop(Path(scratch)) as home:
        seconds = index(home, Path(scratch), documents)
        return [ask(home, one) for one in questions], seconds


def index(home: Home, folder: Path, documents: Mapping[str, str]) -> float:
    """Put documents into the bucket's folder, and wait until the last of them is indexed."""
    began = time.monotonic()
    bucket = folder / "s3" / home.settings.documents_bucket
    for name, text in documents.items():
        path = bucket / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for name in documents:
        became = home.until(name, lambda _: True, seconds=1800)
        assert became["status"] == "INDEXED", became
    return time.monotonic() - began


def ask(home: Home, asked: Asked) -> Found:
    found = home.call("POST", "/search", {"query": asked.question, "limit": DEPTH})
    chunks = [(_key(passage["uri"]), passage["text"]) for passage in found["passages"]]
    answer = home.call("POST", "/chat", {"message": asked.question})
    return Found(asked, chunks, answer)


@dataclass(frozen=True)
class Floor:
    """What a measure has to reach: what `of` reaches, on the same questions."""

    measure: Callable[[Found], float]
    of: str
    least: float


def ndcg(found: Found) -> float:
    """With one relevant document the ideal is 1, and the gain of rank r is 1 / log2(r + 1)."""
    return 1 / math.log2(found.rank + 1) if found.rank <= 10 else 0.0


def _within(most: int, found: Found) -> bool:
    return found.rank <= most


def span_in_chunks(found: Found) -> bool:
    return any(contains(text, found.asked.spans) for _, text in found.chunks[:SHOWN])


def span_in_answer(found: Found) -> bool:
    return contains(found.answer["answer"], found.asked.spans)


XQUAD_FLOORS = {
    "cited paragraph = gold": Floor(lambda one: one.cites_gold, "best sentence", 0.925),
    "answer contains a gold span": Floor(span_in_answer, "three sentences", 0.876),
}


def contains(text: str, spans: Sequence[str]) -> bool:
    """Whether the words of one of the spans stand in the text, in a row.

    >>> contains("It has a hardness of 7 [1].", ["Hardness of 7"])
    True
    """
    words = _words(re.sub(r"\[\d+\]", " ", text))
    return any(_words(span) in words for span in spans)


def mean(found: Sequence[Found], measure: Callable[[Found], float]) -> str:
    return f"{average(found, measure):.3f}"


def average(found: Sequence[Found], measure: Callable[[Found], float]) -> float:
    return sum(map(measure, found)) / len(found)


def _words(text: str) -> str:
    return f" {' '.join(re.findall('[a-z0-9]+', text.lower()))} "


def _key(uri: str) -> str:
    return uri.removeprefix("s3://").partition("/")[2]


def _lines(path: Path) -> list[Json]:
    return [json.loads(line) for line in path.read_text().splitlines()]
