"""Fit the coefficients of `app.local.engine.writer`, or measure them as they stand:

    python -m tests.quality._fit --dump FILE            fit: figures, then coefficients to paste
    python -m tests.quality._fit --dump FILE --score    the figures of the coefficients as they are

FILE keeps the passages that search found; what it lacks is asked of a home first.

Which candidate: a conditional logit over the candidates of each question. Whether there is an
answer: a logistic regression over the signs of the best one. docs/writer.md says how what is landed
came about.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from pprint import pformat

import numpy as np
from numpy.typing import NDArray

from app.local.engine.transformer import Encoder
from app.local.engine.writer.choose import score, signs
from app.local.engine.writer.coefficients import ANSWERABLE, INTERCEPT, WEIGHTS
from app.local.engine.writer.evidence import FEATURES
from app.local.engine.writer.vectors import Remembered
from tests.quality._figures import figures
from tests.quality._labelled import NEAR, Labelled, labelled
from tests.quality._passages import CORPUS, passages
from tests.quality._regression import Array, Example, conditional_logit, logistic
from tests.tables import Table

BY_HAND = {"definition": 5.0, "of another": -6.0, "exact": 3.0}  # hardly any question has the case
ANSWERABLE_PRIOR = 3.0
FOLDS = 6
LOST = (0.02, 0.04, 0.05, 0.10)  # of users' answerable questions
OF_USERS = ("user_questions", "readmes", "own")


@dataclass(frozen=True)
class Counts:
    """How many questions of xquad_en a question counts as, and the weight of the prior."""

    users: float
    awsdocs: float
    prior: float

    def for_weights(self, one: Labelled) -> float:
        own = self.users / 4
        users = dict.fromkeys(("user_questions", "readmes"), self.users)
        return {**users, "own": own, "awsdocs_qa": self.awsdocs}.get(one.origin, 1.0)


def for_answerable(one: Labelled) -> float:
    """What a case counts for whether there is an answer: few are unanswerable of themselves."""
    if one.origin == "xquad_en":
        return 1.0
    count = {NEAR: 1.5, "unanswerable": 8.0}.get(one.kind, 5.0)
    return count * (0.3 if one.origin == "awsdocs_qa" else 1.0)


def fit_weights(cases: Sequence[Labelled], counts: Counts) -> Array:
    """What each feature is worth, (features,)."""
    examples = [
        Example(one.evidence, one.gold, counts.for_weights(one)) for one in cases if one.answerable
    ]
    by_hand = {place: BY_HAND[name] for place, name in enumerate(FEATURES) if name in BY_HAND}
    return conditional_logit(examples, counts.prior, by_hand)


def folds(cases: Sequence[Labelled], count: int = FOLDS) -> NDArray[np.int64]:
    """The fold of each case; the cases of a document are in the same one."""
    documents = sorted({(one.origin, one.document) for one in cases})
    order = np.random.default_rng(0).permutation(len(documents))
    fold = {documents[place]: number % count for number, place in enumerate(order)}
    return np.array([fold[one.origin, one.document] for one in cases])


def _told(cases: Sequence[Labelled], weights: Sequence[Array]) -> Array:
    """The signs of each case, judged by its own weights, (cases, signs)."""
    return np.array(
        [
            list(signs(one.case, one.evidence, one.evidence @ its).values())
            for one, its in zip(cases, weights, strict=True)
        ]
    )


def fit(cases: Sequence[Labelled], counts: Counts, say: Callable[[object], None]) -> None:
    fold = folds(cases)
    by_fold = [
        fit_weights([one for one, its in zip(cases, fold, strict=True) if its != k], counts)
        for k in range(FOLDS)
    ]
    crossed = [by_fold[k] for k in fold]
    whole = fit_weights(cases, counts)
    say(_choice(cases, crossed, whole))

    truth = np.array([one.answerable for one in cases])
    worths = np.array([for_answerable(one) for one in cases])
    table, sure = _told(cases, crossed), np.zeros(len(cases))
    for k in range(FOLDS):
        others, own = fold != k, fold == k
        worth, intercept = logistic(table[others], truth[others], worths[others], ANSWERABLE_PRIOR)
        sure[own] = table[own] @ worth + intercept
    say(_abstention(cases, sure))
    worth, intercept = logistic(table, truth, worths, ANSWERABLE_PRIOR)

    deviations = np.std(by_fold, axis=0)
    rows = [
        (name, f"{fitted:.3f}", f"{deviation:.2f}", f"{WEIGHTS[name]:.3f}")
        for name, fitted, deviation in zip(FEATURES, whole, deviations, strict=True)
    ]
    rows += [
        (f"answerable: {name}", f"{fitted:.3f}", "", f"{ANSWERABLE[name]:.3f}")
        for name, fitted in zip(ANSWERABLE, worth, strict=True)
    ]
    rows.append(("intercept", f"{intercept:.3f}", "", f"{INTERCEPT:.3f}"))
    say(Table("Coefficients", ("of", "fitted", "± between folds", "as it stands"), rows))
    say(f"WEIGHTS = {_pasted(dict(zip(FEATURES, whole.tolist(), strict=True)))}")
    say(f"ANSWERABLE = {_pasted(dict(zip(ANSWERABLE, worth.tolist(), strict=True)))}")
    say(
        "INTERCEPT is chosen by hand, on what --score prints. One that loses "
        + ", ".join(f"{lost:.0%}: {intercept - _limit(cases, sure, lost):.3f}" for lost in LOST)
        + " of users' answerable questions."
    )


def _choice(cases: Sequence[Labelled], crossed: Sequence[Array], whole: Array) -> Table:
    """How often the best candidate is a right one, and of a document that answers."""
    ways: dict[str, Callable[[int], Array]] = {
        "as it stands": lambda place: score(cases[place].evidence),
        "other folds": lambda place: cases[place].evidence @ crossed[place],
        "all": lambda place: cases[place].evidence @ whole,
    }
    groups: dict[str, list[int]] = {}
    for place, one in enumerate(cases):
        if one.answerable:
            for name in dict.fromkeys((one.origin, f"{one.origin}, {one.kind}")):
                groups.setdefault(name, []).append(place)
    best = {
        way: {place: int(scores(place).argmax()) for some in groups.values() for place in some}
        for way, scores in ways.items()
    }
    rows = [
        (
            name,
            str(len(some)),
            *(
                f"{np.mean([cases[place].gold[best[way][place]] for place in some]):.3f} / "
                f"{np.mean([cases[place].cited[best[way][place]] for place in some]):.3f}"
                for way in ways
            ),
        )
        for name, some in sorted(groups.items())
    ]
    return Table(
        "The best candidate is a right one / of a document that answers, by what it is fitted on",
        ("questions", "number", *ways),
        rows,
    )


def _limit(cases: Sequence[Labelled], sure: Array, lost: float) -> float:
    """How sure one may be of so many of users' answerable questions at most."""
    users = [one.origin in OF_USERS and one.answerable for one in cases]
    if not any(users):
        users = [one.answerable for one in cases]
    return float(np.quantile(sure[users], lost))


def _abstention(cases: Sequence[Labelled], sure: Array) -> Table:
    parts: dict[str, Callable[[Labelled], bool]] = {
        "users'": lambda one: one.origin in OF_USERS and one.answerable,
        "xquad_en": lambda one: one.origin == "xquad_en" and one.answerable,
        "awsdocs_qa": lambda one: one.origin == "awsdocs_qa" and one.answerable,
        "unanswerable": lambda one: one.kind == "unanswerable",
        "without its documents": lambda one: one.kind == NEAR,
    }

    def refused(belongs: Callable[[Labelled], bool], limit: float) -> str:
        some = sure[[belongs(one) for one in cases]]
        return f"{np.mean(some <= limit):.3f}" if len(some) else ""

    rows = [
        (f"{lost:.0%}", *(refused(part, _limit(cases, sure, lost)) for part in parts.values()))
        for lost in LOST
    ]
    return Table(
        f"Refused, fitted on the other {FOLDS - 1} of {FOLDS} folds, by users' questions lost",
        ("lost", *parts),
        rows,
    )


def _pasted(table: dict[str, float]) -> str:
    return pformat({name: round(value, 3) for name, value in table.items()}, sort_dicts=False)


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.quality._fit", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--dump", type=Path, required=True, metavar="FILE")
    parser.add_argument("--score", action="store_true", help="measure, and fit nothing")
    parser.add_argument("--sets", nargs="+", choices=list(CORPUS), default=list(CORPUS))
    parser.add_argument("--every", type=int, default=6, help="of xquad_en every so many questions")
    parser.add_argument("--users", type=float, default=8, help="what a user's question counts")
    parser.add_argument("--awsdocs", type=float, default=0.8, help="what one of awsdocs_qa counts")
    parser.add_argument("--prior", type=float, default=5, help="weight of the prior, in questions")
    options = parser.parse_args(arguments)

    def say(what: object) -> None:
        print(what, end="\n\n", flush=True)

    found = passages(options.dump, options.sets, say)
    if not found:
        say("There is nothing to fit on.")
    elif options.score:
        for table in figures(found, options.every):
            say(table)
    else:
        sets = labelled(found, Remembered(Encoder()), options.every)
        cases = [one for _, some in sets for one in some]
        fit(cases, Counts(options.users, options.awsdocs, options.prior), say)


if __name__ == "__main__":
    main(sys.argv[1:])
