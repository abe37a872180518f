"""How well the stand-in model reads: what it cites, what its answer holds, when it abstains.

"Other half": fitted on one half of the questions and judged on the other, both ways round. "As it
is": the coefficients as they are, fitted on all of them; its last rows are the writer itself, asked
with a prompt.
"""

import re
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from app.local.engine.transformer import Encoder
from app.local.engine.writer import (
    Prompt,
    Sampling,
    Turn,
    Writer,
)
from app.local.engine.writer.evidence.vectors import Remembered
from app.local.engine.writer.selection import chosen, score, signs
from tests.quality import CORPORA
from tests.quality._questions import Asked, awsdocs, contains, xquad
from tests.quality._regression import Example, conditional_logit, logistic
from tests.tables import Table

Array = NDArray[np.float64]
Metric = Callable[[Asked, Array], float]

PRIOR = 10.0  # in questions
ANSWERABLE_PRIOR = 1.0
REFUSED = (0.01, 0.02, 0.03, 0.05, 0.10)
ABSTENTION = "The passages do not say."
ABSTENTION_NOTE = (
    "The first two are answerable, and are to be answered at .95 or more; the last two are not: "
    "five paragraphs of other articles, or the nearest five without the answer."
)
SYSTEM = (
    "Answer the question from the numbered passages, and cite them like [1]. If they do not "
    f"answer it, reply with exactly: {ABSTENTION}"
)


def run() -> Iterator[Table]:
    if not all((CORPORA / name).exists() for name in ("xquad_en", "awsdocs_qa")):
        yield Table("Reading", ("corpora",), (("../shared/eval has not got them",),))
        return
    encoder = Encoder()
    remembered = Remembered(encoder)
    paragraphs = xquad(remembered, "answerable")
    pages = awsdocs(remembered, encoder)
    strangers = {"far": xquad(remembered, "far"), "near": xquad(remembered, "near")}
    writer = Writer(encoder)
    yield _reading(paragraphs, pages, writer)
    yield _abstention(paragraphs, pages, strangers, writer)


def _reading(paragraphs: Sequence[Asked], pages: Sequence[Asked], writer: Writer) -> Table:
    halves = [_weights(_half([*paragraphs, *pages], 1 - half)) for half in (0, 1)]

    def row(name: str, floor: str, metric: Metric, asked: Sequence[Asked]) -> tuple[str, ...]:
        crossed = [metric(one, one.evidence @ halves[one.half]) for one in asked]
        shipped = [metric(one, score(one.case, one.evidence)) for one in asked]
        return name, floor, _mean(crossed), _mean(shipped)

    answers = [_answer(one, writer) for one in paragraphs]
    exact = [one for one in pages if one.exact]
    holds = [contains(answer, one.answer) for one, answer in zip(paragraphs, answers, strict=True)]
    cites = [_cited(answer, one) for one, answer in zip(paragraphs, answers, strict=True)]
    return Table(
        "Reading: 612 questions of xquad_en over 5 paragraphs, 35 of awsdocs_qa over 5 chunks",
        ("metric", "floor", "other half", "as it is"),
        (
            row("xquad_en, cites the gold paragraph", ".925", _first_cited, paragraphs),
            row("xquad_en, span in the best sentence", ".693", _span_in(1), paragraphs),
            row("xquad_en, span in three sentences", ".876", _span_in(3), paragraphs),
            row("xquad_en, span in the one to three chosen", "", _span_in_chosen, paragraphs),
            row("awsdocs_qa, span in the best sentence", "", _span_in(1), exact),
            row("awsdocs_qa, span in three sentences", "", _span_in(3), exact),
            ("xquad_en, the writer's answer cites gold first", "", "", _mean(cites)),
            ("xquad_en, the writer's answer holds the span", "", "", _mean(holds)),
            (
                "xquad_en, words an answer",
                "",
                "",
                f"{np.mean([len(a.split()) for a in answers]):.0f}",
            ),
        ),
    )


def _abstention(
    paragraphs: Sequence[Asked],
    pages: Sequence[Asked],
    strangers: dict[str, list[Asked]],
    writer: Writer,
) -> Table:
    rows = [
        (f"{refused:.0%} of those it is fitted on", *map(_mean, answered))
        for refused, answered in zip(REFUSED, _curve(paragraphs, pages, strangers), strict=True)
    ]
    kinds = (paragraphs, pages, strangers["far"], strangers["near"])
    shipped = [[_answer(one, writer) != ABSTENTION for one in kind] for kind in kinds]
    return Table(
        "Abstention: how many questions are answered",
        ("refused", "xquad_en", "awsdocs_qa", "other articles", "near misses"),
        (*rows, ("the writer as it is", *map(_mean, shipped))),
        (ABSTENTION_NOTE,),
    )


def _curve(
    paragraphs: Sequence[Asked], pages: Sequence[Asked], strangers: dict[str, list[Asked]]
) -> list[list[list[bool]]]:
    """For each rate of REFUSED, of each kind of question, which of them are answered."""
    kinds = (paragraphs, pages, strangers["far"], strangers["near"])
    curve: list[list[list[bool]]] = [[[] for _ in kinds] for _ in REFUSED]
    for half in (0, 1):
        known = _half([*paragraphs, *pages], half)
        unknown = _half([*strangers["far"], *strangers["near"]], half)
        weights = _weights(known)
        table = np.array([_told(one, weights) for one in (*known, *unknown)])
        truth = np.arange(len(table)) < len(known)
        worth, _ = logistic(table, truth, np.ones(len(table)), ANSWERABLE_PRIOR)

        def sure(one: Asked, weights: Array = weights, worth: Array = worth) -> float:
            return float(_told(one, weights) @ worth)

        lowest = np.quantile([sure(one) for one in known], REFUSED)
        for place, kind in enumerate(kinds):
            told = [sure(one) for one in _half(kind, 1 - half)]
            for answered, least in zip(curve, lowest, strict=True):
                answered[place] += [value > least for value in told]
    return curve


def _weights(asked: Sequence[Asked]) -> Array:
    return conditional_logit([Example(one.evidence, one.gold) for one in asked], PRIOR)


def _told(one: Asked, weights: Array) -> Array:
    return np.array(
        list(signs(one.case, one.evidence, int((one.evidence @ weights).argmax())).values())
    )


def _first_cited(one: Asked, scores: Array) -> bool:
    return bool(one.cited[scores.argmax()])


def _span_in(sentences: int) -> Metric:
    return lambda one, scores: bool(one.holds[np.argsort(-scores, kind="stable")[:sentences]].any())


def _span_in_chosen(one: Asked, scores: Array) -> bool:
    order = np.argsort(-scores, kind="stable").tolist()
    return bool(one.holds[chosen(one.candidates, order, scores, one.vectors)].any())


def _answer(one: Asked, writer: Writer) -> str:
    passages = "\n".join(
        f'<passage n="{number}">\n{text}\n</passage>' for number, text in enumerate(one.passages, 1)
    )
    message = f"<passages>\n{passages}\n</passages>\n\n<question>{one.question}</question>"
    return "".join(writer.generate(Prompt((Turn("user", message),), SYSTEM), Sampling()))


def _cited(answer: str, one: Asked) -> bool:
    mark = re.search(r"\[(\d+)\]", answer)
    gold = {c.passage + 1 for c, of_gold in zip(one.candidates, one.cited, strict=True) if of_gold}
    return mark is not None and int(mark[1]) in gold


def _half(asked: Sequence[Asked], half: int) -> list[Asked]:
    return [one for one in asked if one.half == half]


def _mean(values: Sequence[float]) -> str:
    return f"{np.mean(values):.3f}".lstrip("0") if np.mean(values) < 1 else "1.000"
