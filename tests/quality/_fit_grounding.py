"""Fit the coefficients of `app.local.engine.guard.grounding`:

    python -m tests.quality._fit_grounding --dump FILE

FILE keeps the passages that search found; what it lacks is asked of a home first. It prints the
coefficients to paste; `python -m tests.quality grounding` measures them.

    SUPPORT     a logistic regression on begin and scifact, and on answers of the writer, right or
                with a claim added, which count little
    CONFLICT    on answers of the writer, right or with a fact changed, and on what is supported in
                begin and scifact, which has no conflict
    RELEVANCE   on answers of the writer to their own question, to another, to another one about the
                same paragraph, and to their own with another name in it

An answer has several claims: it is as well supported as the weakest of them, as much in conflict as
the worst, as relevant as the best. Which of them that is depends on the coefficients, so fitting
and choosing take turns (Andrews and others, 2002: multiple-instance learning).
"""

import argparse
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import numpy as np

from app.local.engine.guard.grounding import Grounding
from app.local.engine.guard.grounding import coefficients as landed
from app.local.engine.guard.grounding.claims import claims
from app.local.engine.guard.grounding.relevance import QueryText
from app.local.engine.guard.grounding.sources import SourceSentences
from app.local.engine.guard.grounding.support import case_of
from app.local.engine.languages import detect
from app.local.engine.multilingual import MultilingualEncoder
from app.local.engine.transformer import Encoder
from tests.quality import CORPORA
from tests.quality._grounded import ADDED, Judged, answers, begin, changed, other, scifact
from tests.quality._passages import rows
from tests.quality._regression import Array, logistic
from tests.quality._written import Written
from tests.quality.answers import contains

ROUNDS = 6
PRIORS = {"SUPPORT": 40.0, "CONFLICT": 2.0, "RELEVANCE": 3.0}
SIBLING, RENAMED, OTHER = "sibling", "renamed", "other"
RELEVANCE_COUNTS = {SIBLING: 0.3, RENAMED: 0.6, "right": 1.3}
_NAME = re.compile(r"(?<=[a-z] )[A-Z][a-z]{3,}")


@dataclass(frozen=True)
class Signs:
    """The signs of each claim of an answer, (claims, signs)."""

    judged: Judged
    table: Array


def fit(
    some: Sequence[Signs],
    truth: Sequence[bool],
    counts: Sequence[float],
    pick: Callable[[Array], "np.intp"],
    prior: float,
) -> tuple[Array, float]:
    """What each sign is worth, and the intercept."""
    chosen = [one.table.mean(axis=0) for one in some]
    for _ in range(ROUNDS):
        worth, intercept = logistic(
            np.array(chosen), np.array(truth), np.array(counts, np.float64), prior
        )
        chosen = [one.table[int(pick(one.table @ worth))] for one in some]
    return worth, intercept


def evenly(some: Sequence[Signs], totals: Mapping[tuple[str, bool], float]) -> list[float]:
    """What each counts, so that those of a set, right or wrong, count a total together."""
    keys = [_key(one, totals) for one in some]
    sizes = {key: keys.count(key) for key in set(keys)}
    return [totals[key] / sizes[key] for key in keys]


def _key(one: Signs, totals: Mapping[tuple[str, bool], float]) -> tuple[str, bool]:
    key = (one.judged.origin, one.judged.right)
    return key if key in totals else ("writer", one.judged.right)


def support(some: Sequence[Signs]) -> tuple[Array, float]:
    used = [
        one
        for one in some
        if one.judged.origin in ("begin", "scifact") or one.judged.kind in ("right", ADDED)
    ]
    totals = {
        (origin, right): total
        for origin, total in (("begin", 300.0), ("scifact", 1500.0), ("writer", 30.0))
        for right in (True, False)
    }
    truth = [one.judged.right for one in used]
    return fit(used, truth, evenly(used, totals), np.argmin, PRIORS["SUPPORT"])


def conflict(some: Sequence[Signs]) -> tuple[Array, float]:
    used = [
        one
        for one in some
        if (one.judged.right or one.judged.origin not in ("begin", "scifact"))
        and one.judged.kind != ADDED
    ]
    totals = {
        ("begin", True): 1700.0,
        ("scifact", True): 1500.0,
        ("writer", True): 400.0,
        ("writer", False): 700.0,
    }
    truth = [not one.judged.right for one in used]
    return fit(used, truth, evenly(used, totals), np.argmax, PRIORS["CONFLICT"])


def relevance(some: Sequence[Signs]) -> tuple[Array, float]:
    counts = [
        RELEVANCE_COUNTS.get(one.judged.kind, 1.0) * (1 + (one.judged.origin != "xquad_en"))
        for one in some
    ]
    truth = [one.judged.right for one in some]
    return fit(some, truth, counts, np.argmax, PRIORS["RELEVANCE"])


class Reader:
    """Reads the signs of answers."""

    def __init__(self) -> None:
        encoder = Encoder()
        self._grounding = Grounding(encoder, MultilingualEncoder(encoder))
        self._sources: tuple[Sequence[str], SourceSentences] = ((), SourceSentences(()))

    def of_support(self, some: Iterator[Judged], names: Sequence[str]) -> Iterator[Signs]:
        for one in some:
            cases = [case_of(claim, self._read(one), detect(claim)) for claim in claims(one.answer)]
            signs = [self._grounding.support_signs(case) for case in cases]
            if signs:
                yield Signs(one, np.array([[each[name] for name in names] for each in signs]))

    def of_relevance(self, some: Iterator[Judged], names: Sequence[str]) -> Iterator[Signs]:
        for one in some:
            cases = [case_of(claim, self._read(one), detect(claim)) for claim in claims(one.answer)]
            query = QueryText.of(one.query, detect(one.query))
            signs = self._grounding.relevance_signs(query, cases) if cases else []
            if signs:
                yield Signs(one, np.array([[each[name] for name in names] for each in signs]))

    def _read(self, one: Judged) -> SourceSentences:
        if self._sources[0] != one.sources:
            self._sources = (one.sources, SourceSentences(one.sources))
        return self._sources[1]


def questions(some: Sequence[Written]) -> Iterator[Judged]:
    """Answers with their question, and with others that they do not answer."""
    random = Random(1)
    gold = {row["question"]: row for row in rows(CORPORA / "xquad_en" / "qa_public.jsonl")}
    names = sorted({name for one in some for name in _NAME.findall(one.question)})
    for place, one in enumerate(some):
        own = Judged(one.origin, "right", one.question, one.question, one.answer, one.sources)
        yield own
        far = other(some, place)
        yield replace(own, kind=OTHER, answer=far.answer, sources=far.sources)
        held = set(re.findall(r"\w+", " ".join(one.sources)))
        if len(set(_NAME.findall(one.question))) == 1:
            name = random.choice([each for each in names if each not in held])
            yield replace(own, kind=RENAMED, query=_NAME.sub(name, one.question))
        if one.question in gold:
            row = gold[one.question]
            beside = [
                each
                for each in some
                if gold.get(each.question, {}).get("gold_passage") == row["gold_passage"]
                and not contains(each.answer, row["answers"])
            ]
            if beside:
                sibling = random.choice(beside)
                yield replace(own, kind=SIBLING, answer=sibling.answer, sources=sibling.sources)


def pasted(name: str, names: Sequence[str], fitted: tuple[Array, float]) -> str:
    """The coefficients as Python, with the intercept shifted."""
    worth, intercept = fitted
    lines = [f'    "intercept": {intercept + landed.SHIFTS[name]:.3f},']
    lines += [f'    "{one}": {value:.3f},' for one, value in zip(names, worth, strict=True)]
    return "\n".join((f"{name} = {{", *lines, f'    **BY_HAND["{name}"],', "}"))


def fitted_names(name: str, table: Mapping[str, float]) -> list[str]:
    """The signs whose coefficients are fitted."""
    return [one for one in table if one not in landed.BY_HAND[name] and one != "intercept"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--dump", type=Path, required=True, help="what search found")
    some = answers(parser.parse_args().dump)
    reader = Reader()
    judged = [*begin(), *scifact(), *changed(some)]
    names = [*dict.fromkeys([*landed.SUPPORT, *landed.CONFLICT])]
    names.remove("intercept")
    signs = list(reader.of_support(iter(judged), names))
    for name, table, fitter in (
        ("SUPPORT", landed.SUPPORT, support),
        ("CONFLICT", landed.CONFLICT, conflict),
    ):
        own = fitted_names(name, table)
        columns = [names.index(one) for one in own]
        cut = [replace(one, table=one.table[:, columns]) for one in signs]
        print(pasted(name, own, fitter(cut)))
    own = fitted_names("RELEVANCE", landed.RELEVANCE)
    rows_of_questions = list(reader.of_relevance(questions(some), own))
    print(pasted("RELEVANCE", own, relevance(rows_of_questions)))


if __name__ == "__main__":
    main()
