"""Answers with their sources, and whether the sources support them.

begin, scifact    written by models and by experts, judged by people
the writer        right answers to the questions of the evaluation sets, and the same with one
                  fact changed
"""

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.quality import CORPORA
from tests.quality._mutations import mutations
from tests.quality._passages import rows
from tests.quality._written import Written, written

BEGIN = CORPORA / "begin"
SCIFACT = CORPORA / "scifact"
SETS = ("user_questions", "readmes", "xquad_en", "awsdocs_qa")
RIGHT = "right"
ADDED = "claim added"


@dataclass(frozen=True)
class Judged:
    """An answer.

    Attributes:
        origin: the set.
        kind: `right`, or what is wrong with it.
        group: what no two folds may share: a claim, a question, a piece of evidence.
    """

    origin: str
    kind: str
    group: str
    query: str
    answer: str
    sources: Sequence[str]

    @property
    def right(self) -> bool:
        return self.kind == RIGHT


def begin() -> Iterator[Judged]:
    """Responses of models. Generic ones, which are neither right nor wrong, are left out."""
    for path in sorted(BEGIN.glob("*.jsonl")):
        for row in rows(path):
            if row["grounded"] is not None:
                kind = RIGHT if row["grounded"] else "not attributable"
                evidence = row["evidence"]
                yield Judged("begin", kind, evidence, "", row["response"], (evidence,))


def scifact() -> Iterator[Judged]:
    with gzip.open(SCIFACT / "corpus.jsonl.gz", "rt") as lines:
        texts = {one["_id"]: f"{one['title']}\n\n{one['text']}" for one in map(json.loads, lines)}
    for row in rows(SCIFACT / "grounding_pairs_train.jsonl"):
        kind = RIGHT if row["label"] == "SUPPORT" else row["label"]
        yield Judged("scifact", kind, row["claim_id"], "", row["claim"], (texts[row["doc_id"]],))


def answers(file: Path, sets: Sequence[str] = SETS, every: int = 1) -> list[Written]:
    """The right answers of the writer that cite a passage.

    Args:
        file: keeps what search found.
        every: of xquad_en, every so many questions.
    """
    return [one for one in written(file, sets, every) if one.cited and one.right]


def changed(some: Sequence[Written]) -> Iterator[Judged]:
    """Answers as they are, each followed by the same with one fact changed."""
    for place, one in enumerate(some):
        right = Judged(one.origin, RIGHT, one.question, one.question, one.answer, one.sources)
        yield right
        for kind, answer in mutations(one.answer, one.sources, other(some, place).answer):
            yield replace(right, kind=kind, answer=answer)


def other(some: Sequence[Written], place: int) -> Written:
    """An answer to another question, from other passages."""
    one = some[place]
    later = (*some[place + 7 :], *some[:place])
    return next(each for each in later if not set(each.sources) & set(one.sources))
