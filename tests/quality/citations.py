"""Citations, sentence by sentence: how many are right, how many sentences have one, and how many
wrong ones are noticed.

The citations of a sentence of the offline writer are right if their passages together have every
word of it, because the writer takes its sentences from passages; the language behind a fence is no
word of a block of code. A sentence without a citation of its own has that of the sentence before or
behind it if the quote, which a reader is shown, has every word of it. Wrong ones are planted: the
sentence with another passage of the same retrieval, with another number, or negated. Sentences that
models wrote, with people's judgement whether the evidence supports them, are of `begin` and
`scifact`.
"""

import gzip
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.citations.abstention import is_abstention
from app.citations.cite import cite
from app.citations.sentences import Unit, claims
from app.citations.sentences import units as whole_units
from app.events import Citation, Passage
from tests.flows.home import Home, laptop
from tests.quality import CORPORA
from tests.quality._score import FOLDER, Score
from tests.quality.answers import XQUAD, index
from tests.tables import Table

SAMPLE = 4  # of XQuAD's questions, every fourth is asked
BEGIN = CORPORA / "begin"
SCIFACT = CORPORA / "scifact"

_WORD = re.compile(r"\w+")
_MARK = re.compile(r"\s*\[\d{1,3}\]")
_FENCE = re.compile(r"^(?:`{3,}|~{3,}).*$", re.MULTILINE)
_VERB = re.compile(r"\b(is|was|are|were|has been|can|will)\b")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Case:
    """A sentence, a passage that it is cited for, and whether the passage supports it."""

    claim: str
    passage: str
    right: bool

    @property
    def verdict(self) -> bool | None:
        """What an answer with this sentence says of its citation."""
        passage = Passage(1, self.passage, "s3://d/a.txt", 1.0)
        events = cite([f"{self.claim} [1]"], [passage])
        return next((each.supported for each in events if isinstance(each, Citation)), None)


@dataclass(frozen=True)
class Cited:
    """A sentence of an answer, its citations, and the passages that were found."""

    claim: str
    citations: Sequence[Mapping[str, Any]]
    passages: Sequence[str]


def run() -> Iterator[Table]:
    if XQUAD.exists() and FOLDER.exists():
        sentences = {
            "user_questions": _user_questions(),
            f"xquad_en, 1 of {SAMPLE}": _xquad(),
        }
        yield _writers(sentences)
        cases = {
            f"{name}, {kind}": rows
            for name, some in sentences.items()
            for kind, rows in _planted(some).items()
        }
    else:
        cases = {}
    cases |= {name: rows for name, rows in _judged() if rows}
    yield Table(
        "Citations, right and wrong",
        ("sentences", "right", "lost", "not known", "wrong", "noticed", "not known"),
        [row(name, rows) for name, rows in cases.items()],
        notes=["Lost: right, and said not to be supported. Noticed: wrong, and said so."],
    )


def row(name: str, cases: Sequence[Case]) -> tuple[str, ...]:
    """Counts, and shares of the right and of the wrong ones."""
    counts = Counter((case.right, case.verdict) for case in cases)
    cells = [name]
    for right in (True, False):
        total = counts[right, True] + counts[right, False] + counts[right, None]
        shares = (counts[right, False], counts[right, None])
        cells += [str(total), *(f"{count / total:.3f}" if total else "" for count in shares)]
    return tuple(cells)


def hard_negatives() -> list[Case]:
    """Sentences of XQuAD with their own paragraph, and with the one that shares most words."""
    paragraphs = [row["text"] for row in _rows(XQUAD / "corpus.jsonl")]
    bags = [_words(text) for text in paragraphs]
    cases = []
    for own, text in list(enumerate(paragraphs))[::SAMPLE]:
        for unit in claims(text)[:2]:
            claim = text[unit.start : unit.end]
            others = (place for place in range(len(bags)) if place != own)
            other = max(others, key=lambda place: len(_words(claim) & bags[place]))
            cases += [Case(claim, text, True), Case(claim, paragraphs[other], False)]
    return cases


def _writers(sentences: Mapping[str, Sequence[Cited]]) -> Table:
    rows = []
    for name, some in sentences.items():
        citations = [(one, cited) for one in some for cited in one.citations]
        right = [_is_right(one.citations, one.claim) for one, _ in citations]
        shown = [cited["supported"] is not False for _, cited in citations]
        kept = [one for one, is_shown in zip(right, shown, strict=True) if is_shown]
        with_right = sum(_is_right(one.citations, one.claim) for one in some)
        rows.append(
            (
                name,
                str(len(some)),
                str(len(citations)),
                f"{sum(right) / len(right):.3f}",
                f"{sum(kept) / len(kept):.3f}",
                f"{with_right / len(some):.3f}",
            )
        )
    return Table(
        "Citations of the offline writer, sentence by sentence",
        ("questions", "sentences", "citations", "precision", "precision, supported", "recall"),
        rows,
        notes=["Recall: the share of sentences with a right citation."],
    )


def _user_questions() -> list[Cited]:
    score = Score()
    with TemporaryDirectory() as scratch, laptop(Path(scratch)) as home:
        bucket = Path(scratch) / "s3" / home.settings.documents_bucket
        shutil.copytree(score.documents, bucket, dirs_exist_ok=True)
        for path in sorted(one for one in score.documents.rglob("*") if one.is_file()):
            home.until(path.relative_to(score.documents).as_posix(), lambda _: True, seconds=600)
        questions = [row["question"] for row in score.questions("questions_public.jsonl")]
        return [one for question in questions for one in _ask(home, question)]


def _xquad() -> list[Cited]:
    rows = _rows(XQUAD / "corpus.jsonl")
    questions = [row["question"] for row in _rows(XQUAD / "qa_public.jsonl")]
    with TemporaryDirectory() as scratch, laptop(Path(scratch)) as home:
        index(home, Path(scratch), {f"{one['_id']}.md": one["text"] for one in rows})
        return [one for question in questions[::SAMPLE] for one in _ask(home, question)]


def _ask(home: Home, question: str) -> list[Cited]:
    """The sentences of an answer. A citation belongs to the sentence that its mark is in or behind,
    and to the whole of a table or list, with the line before it that ends with a colon. Small talk
    and abstentions have neither.
    """
    parts = home.stream({"message": question})
    text = "".join(part["delta"] for part in parts if part["type"] == "text-delta")
    [retrieval] = [part["data"] for part in parts if part["type"] == "data-retrieval"]
    texts = {passage["number"]: passage["text"] for passage in retrieval["passages"]}
    passages = list(texts.values())
    citations = [
        part["data"] | {"passage": texts[part["data"]["passageNumber"]]}
        for part in parts
        if part["type"] == "data-citation"
    ]
    if is_abstention(text) or not citations:
        return []
    units = [
        unit
        for unit in whole_units(text)
        if unit.kind not in ("heading", "header")
        and _words(_MARK.sub("", text[unit.start : unit.end]))
    ]
    starts = [unit.start for unit in units]
    sentences: list[list[Mapping[str, Any]]] = [[] for _ in units]
    for citation in citations:
        place = sum(start <= citation["mark"] for start in starts) - 1
        sentences[max(place, 0)].append(citation)
    lines = [
        _FENCE.sub("```", _MARK.sub("", text[unit.start : unit.end])).strip() for unit in units
    ]
    for place in range(1, len(units)):  # a mark on the line with a colon, before what it introduces
        if not sentences[place] and _leads(lines[place - 1], units[place - 1], units[place]):
            sentences[place] = sentences[place - 1]
    for place in range(len(units) - 2, -1, -1):  # or behind it
        if not sentences[place] and _leads(lines[place], units[place], units[place + 1]):
            sentences[place] = sentences[place + 1]
    for place in (*range(len(lines) - 2, -1, -1), *range(1, len(lines))):
        for beside in (place + 1, place - 1):
            if not sentences[place] and 0 <= beside < len(lines):
                sentences[place] = [
                    one for one in sentences[beside] if _holds(one["text"], lines[place])
                ]
    return [Cited(line, some, passages) for line, some in zip(lines, sentences, strict=True)]


def _leads(line: str, unit: Unit, after: Unit) -> bool:
    """Whether a citation of one part is one of the part after it, and the other way round."""
    return line.endswith(":") or (unit.kind == after.kind and unit.kind in ("item", "row"))


def _planted(sentences: Sequence[Cited]) -> dict[str, list[Case]]:
    """Right citations, each with wrong ones made from it."""
    cases: dict[str, list[Case]] = {"another passage": [], "another number": [], "negated": []}
    for one in sentences:
        right = [c["passage"] for c in one.citations if _holds(c["passage"], one.claim)]
        if not right:
            continue
        passage = right[0]
        own = Case(one.claim, passage, True)
        others = [text for text in one.passages if text != passage and not _holds(text, one.claim)]
        cases["another passage"] += [own, *(Case(one.claim, text, False) for text in others[:1])]
        if match := _NUMBER.search(one.claim):
            number = str(int(match[0]) + 3)
            claim = one.claim[: match.start()] + number + one.claim[match.end() :]
            cases["another number"] += [own, Case(claim, passage, False)]
        negated, count = _VERB.subn(r"\1 not", one.claim, count=1)
        if count:
            cases["negated"] += [own, Case(negated, passage, False)]
    return cases


def _judged() -> Iterator[tuple[str, list[Case]]]:
    """Sentences that models or experts wrote, as people judged them."""
    if BEGIN.exists():
        rows = [
            json.loads(line)
            for path in sorted(BEGIN.glob("*.jsonl"))
            for line in path.read_text().splitlines()
        ]
        yield (
            "begin, written by models",
            [
                Case(row["response"], row["evidence"], bool(row["grounded"]))
                for row in rows
                if row["grounded"] is not None
            ],
        )
    if SCIFACT.exists():
        with gzip.open(SCIFACT / "corpus.jsonl.gz", "rt") as lines:
            texts = {
                one["_id"]: f"{one['title']}\n\n{one['text']}" for one in map(json.loads, lines)
            }
        rows = _rows(SCIFACT / "grounding_pairs_train.jsonl")
        for label in ("NOT_ENOUGH_INFO", "CONTRADICT"):
            yield (
                f"scifact, written by experts, {label}",
                [
                    Case(row["claim"], texts[row["doc_id"]], row["label"] == "SUPPORT")
                    for row in rows
                    if row["label"] in ("SUPPORT", label)
                ],
            )


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def _holds(passage: str, claim: str) -> bool:
    return _words(claim) <= _words(passage)


def _is_right(citations: Sequence[Mapping[str, Any]], claim: str) -> bool:
    said = (f"{one['document']} {one['title']} {one['passage']}" for one in citations)
    return bool(citations) and _holds("\n".join(said), claim)


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))
