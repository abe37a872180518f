"""Contextual grounding: whether people's judgement is met, whether right answers pass, and which
changed facts are noticed, at the thresholds of Outcrop's guardrail (grounding .7, relevance .5).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import numpy as np
from numpy.typing import NDArray

from app.local.engine.guard.grounding import Grounding
from app.local.engine.multilingual import MultilingualEncoder
from app.local.engine.transformer import Encoder
from tests.quality._grounded import (
    BEGIN,
    RIGHT,
    SCIFACT,
    Judged,
    answers,
    begin,
    changed,
    other,
    scifact,
)
from tests.quality._passages import is_here
from tests.quality._written import Written
from tests.tables import Table

GROUNDED, RELEVANT = 0.7, 0.5
SAMPLE = 4  # of XQuAD's questions, every fourth is asked
SETS = ("user_questions", "readmes", "xquad_en")
"""Sets that are searched in a minute; the pages of awsdocs_qa take ten."""
HOSTILE = {
    "brackets": "[",
    "digits": "1",
    "combining marks": "a\u0301\u0316",
    "zero-width": "a\u200b",
    "rows": "| a ",
    "short sentences": "A. ",
    "ideographs": "漢字",
    "negations": "not ",
}

Scores = NDArray[np.float64]
Truth = NDArray[np.bool_]


def run() -> Iterator[Table]:
    encoder = Encoder()
    grounding = Grounding(encoder, MultilingualEncoder(encoder))
    if BEGIN.exists() and SCIFACT.exists():
        yield people(grounding)
    with TemporaryDirectory() as folder:
        sets = [name for name in SETS if is_here(name)]
        some = answers(Path(folder) / "found.json", sets, SAMPLE)
    yield passes(grounding, some)
    yield noticed(grounding, some)
    yield cost(grounding, some)


def people(grounding: Grounding) -> Table:
    """What people say of answers, and what the scores say."""
    rows = []
    for name, some in (("begin", begin()), ("scifact", scifact())):
        judged, scores, truth = scored(grounding, some)
        rows.append((name, *_figures(scores, truth)))
        if name == "scifact":
            for kind in ("NOT_ENOUGH_INFO", "CONTRADICT"):
                of_kind = np.array([one.right or one.kind == kind for one in judged])
                figures = _figures(scores[of_kind], truth[of_kind])
                rows.append((f"scifact, against {kind}", *figures))
    return Table(
        "Grounding, as people judge it",
        ("set", "answers", "AUROC", "balanced accuracy at .7", "right that pass", "wrong caught"),
        rows,
        notes=[
            "The coefficients are fitted on these answers; _fit_grounding has the figures by fold."
        ],
    )


def passes(grounding: Grounding, some: Sequence[Written]) -> Table:
    """How many right answers of the writer are held back."""
    held: dict[str, list[tuple[bool, bool, bool]]] = defaultdict(list)
    for place, one in enumerate(some):
        scores = grounding.score(one.answer, one.sources, one.question)
        far = grounding.score(other(some, place).answer, one.sources, one.question)
        row = (scores.grounding < GROUNDED, scores.relevance < RELEVANT, far.relevance < RELEVANT)
        for origin in (one.origin, "all"):
            held[origin].append(row)
    return Table(
        "Right answers of the offline writer, judged with the passages that it was shown",
        ("set", "answers", "not grounded", "not relevant", "irrelevant caught"),
        [
            (origin, str(len(few)), *(f"{share:.3f}" for share in np.mean(few, axis=0)))
            for origin, few in held.items()
        ],
        notes=["Irrelevant: the answer to another question, from other passages."],
    )


def noticed(grounding: Grounding, some: Sequence[Written]) -> Table:
    """How many changed facts are caught, by the kind of the change."""
    caught: dict[str, list[bool]] = defaultdict(list)
    for one in changed(some):
        if one.kind != RIGHT:
            scores = grounding.score(one.answer, one.sources, one.query)
            for kind in (one.kind, "all"):
                caught[kind].append(scores.grounding < GROUNDED)
    return Table(
        "The same answers with one fact changed",
        ("change", "answers", "caught"),
        [(kind, str(len(few)), f"{np.mean(few):.3f}") for kind, few in caught.items()],
    )


def cost(grounding: Grounding, some: Sequence[Written]) -> Table:
    """Milliseconds of processor time."""
    few = [one for one in some if 200 <= len(one.answer) <= 400][:20]
    long = "\n\n".join(text for one in some for text in one.sources)[:100_000]
    question = "Who built the tower?"
    other_words = "The tower was put up by an engineer, and visitors may climb it on most days."
    cases = {"a quoted answer of 300 characters, 5 passages": few}
    rows = [(name, _milliseconds(grounding, cases[name])) for name in cases]
    texts = {"two claims in other words, 100,000 characters": long}
    texts |= {f"1 MB of {name}": sign * (10**6 // len(sign)) for name, sign in HOSTILE.items()}
    for name, text in texts.items():
        one = Written("", question, other_words, (text,), cited=True, right=True)
        rows.append((name, _milliseconds(grounding, [one])))
    return Table("What a judgement costs", ("judgement", "ms of processor time"), rows)


def scored(grounding: Grounding, some: Iterable[Judged]) -> tuple[list[Judged], Scores, Truth]:
    """Answers with their scores and whether they are right."""
    judged = list(some)
    scores = [grounding.score(one.answer, one.sources, one.query).grounding for one in judged]
    return judged, np.array(scores), np.array([one.right for one in judged])


def balanced(scores: Scores, truth: Truth) -> float:
    """The mean of the shares of right answers that pass, and of wrong ones that are caught."""
    passing = scores >= GROUNDED
    return float((passing[truth].mean() + (~passing[~truth]).mean()) / 2)


def auroc(scores: Scores, truth: Truth) -> float:
    """How often a right answer scores higher than a wrong one; a tie counts half."""
    right, wrong = scores[truth][:, None], scores[~truth][None, :]
    return float((right > wrong).mean() + (right == wrong).mean() / 2)


def _figures(scores: Scores, truth: Truth) -> tuple[str, ...]:
    passing = scores >= GROUNDED
    shares = (balanced(scores, truth), passing[truth].mean(), (~passing[~truth]).mean())
    return (str(len(scores)), f"{auroc(scores, truth):.3f}", *(f"{share:.3f}" for share in shares))


def _milliseconds(grounding: Grounding, some: Sequence[Written]) -> str:
    began = process_time()
    for one in some:
        grounding.score(one.answer, one.sources, one.question)
    return f"{1000 * (process_time() - began) / len(some):.0f}"
