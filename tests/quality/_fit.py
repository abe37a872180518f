"""Fit the coefficients of `app.local.engine.writer`, or measure them as they stand:

    python -m tests.quality._fit --dump FILE            fit: figures, then coefficients to paste
    python -m tests.quality._fit --dump FILE --prose    the same, of PROSE alone
    python -m tests.quality._fit --dump FILE --answerable    whether there is an answer, only
    python -m tests.quality._fit --dump FILE --score    the figures of the coefficients as they are

FILE keeps the passages that search found; what it lacks is asked of a home first.

Which candidate: a conditional logit over the candidates of each question. Whether there is an
answer: a logistic regression over the signs of the best one. Questions of the origin "unfitted" are
only counted. `docs/experiments/writer-coefficients.md` says how the coefficients came about.
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
from app.local.engine.writer.evidence import FEATURES
from app.local.engine.writer.evidence.vectors import Remembered
from app.local.engine.writer.selection import score, signs
from app.local.engine.writer.selection.coefficients import ANSWERABLE, INTERCEPT, PROSE, WEIGHTS
from app.local.engine.writer.selection.documents import of_one_document
from tests.quality._figures import figures
from tests.quality._labelled import LACKING, NEAR, UNFITTED, Labelled, labelled
from tests.quality._passages import CORPUS, passages
from tests.quality._regression import Array, Example, Mask, conditional_logit, logistic
from tests.tables import Table

BY_HAND = {  # hardly any question has the case
    "definition": 5.0,
    "of another": -6.0,
    "exact": 3.0,
    "does": 1.0,
    "undoes": -3.0,
    "special": -1.5,
    "command": 2.5,
}
OF_PROSE = (  # features that paragraphs have; what else they have is worth the same as elsewhere
    "cosine",
    "late",
    "least near",
    "covered",
    "covered before",
    "covered after",
    "passage covered",
    "passage late",
    "rank",
    "top passage",
    "number",
    "date",
    "person",
    "place",
    "reason",
    "decides",
    "pointer",
    "length",
    "exact",
    "heads missing",
    "not of the kind",
)
ANSWERABLE_PRIOR = 3.0
WRONG = 0.3  # what an answerable question counts whose best candidate does not answer it
FOLDS = 6
LOST = (0.02, 0.04, 0.05, 0.10)  # of users' questions whose answer is right
OF_USERS = ("user_questions", "readmes", "ordinary", "own")


@dataclass(frozen=True)
class Counts:
    """How many questions of xquad_en a question counts as, and the weight of the prior."""

    users: float
    awsdocs: float
    prior: float

    def for_weights(self, one: Labelled) -> float:
        own = self.users / 4
        users = dict.fromkeys(("user_questions", "readmes", "ordinary"), self.users)
        return {**users, "own": own, "awsdocs_qa": self.awsdocs}.get(one.origin, 1.0)


def for_answerable(one: Labelled, *, right: bool) -> float:
    """What a case counts for whether there is an answer: few are unanswerable of themselves. Over
    mere paragraphs a lost answer costs more than a wrong one, which still cites the paragraph.

    Args:
        right: whether the best candidate answers. To refuse another one loses little.
    """
    count = 1.0 if right or not one.answerable else WRONG
    if one.origin == "xquad_en":
        return count * {NEAR: 0.5, LACKING: 0.1}.get(one.kind, 2.0)
    count *= {NEAR: 1.5, LACKING: 0.5, "unanswerable": 4.0}.get(one.kind, 5.0)
    return count * (0.3 if one.origin == "awsdocs_qa" else 1.0)


def fit_weights(cases: Sequence[Labelled], counts: Counts) -> Array:
    """What each feature is worth, (features,)."""
    examples = [
        Example(one.evidence, one.gold, counts.for_weights(one)) for one in cases if one.answerable
    ]
    by_hand = {place: BY_HAND[name] for place, name in enumerate(FEATURES) if name in BY_HAND}
    return conditional_logit(examples, counts.prior, by_hand)


def fit_prose(cases: Sequence[Labelled], prior: float, say: Callable[[object], None]) -> None:
    """What each feature is worth where all passages are mere paragraphs."""
    some = [one for one in cases if one.answerable and one.case.mostly_prose]
    by_hand = {place: WEIGHTS[name] for place, name in enumerate(FEATURES) if name not in OF_PROSE}

    def fitted(of: Sequence[Labelled]) -> Array:
        examples = [Example(one.evidence, one.gold) for one in of]
        return conditional_logit(examples, prior, by_hand)

    fold = folds(some)
    by_fold = [
        fitted([one for one, its in zip(some, fold, strict=True) if its != k]) for k in range(FOLDS)
    ]
    whole = fitted(some)
    say(_choice(some, [by_fold[k] for k in fold], whole))
    fitted_ones = {
        name: worth
        for name, worth in zip(FEATURES, whole.tolist(), strict=True)
        if name in OF_PROSE
    }
    say(f"PROSE = WEIGHTS | {_pasted(fitted_ones)}")


def folds(cases: Sequence[Labelled], count: int = FOLDS) -> NDArray[np.int64]:
    """The fold of each case; the cases of a document are in the same one."""
    documents = sorted({(one.origin, one.document) for one in cases})
    order = np.random.default_rng(0).permutation(len(documents))
    fold = {documents[place]: number % count for number, place in enumerate(order)}
    return np.array([fold[one.origin, one.document] for one in cases])


def _told(cases: Sequence[Labelled], weights: Sequence[Array]) -> tuple[list[str], Array]:
    """The names of the signs, and those of each case, judged by its own weights, (cases, signs)."""
    told = [
        signs(one.case, one.evidence, int(_scores(one, its).argmax()))
        for one, its in zip(cases, weights, strict=True)
    ]
    return list(told[0]), np.array([list(one.values()) for one in told])


def _scores(one: Labelled, weights: Array) -> Array:
    """The scores of the candidates, as the writer compares them."""
    return of_one_document(one.case, one.evidence @ weights)


def _is_right(one: Labelled, weights: Array) -> bool:
    """Whether the best candidate answers; of a mere paragraph, whether it is of the right one."""
    best = int(_scores(one, weights).argmax())
    return bool((one.cited if one.origin == "xquad_en" else one.gold)[best])


def fit(cases: Sequence[Labelled], counts: Counts, say: Callable[[object], None]) -> None:
    fold = _folds_and_counted(cases)
    by_fold = [
        fit_weights(
            [one for one, its in zip(cases, fold, strict=True) if its not in (k, FOLDS)], counts
        )
        for k in range(FOLDS + 1)
    ]
    crossed, whole = [by_fold[k] for k in fold], by_fold[FOLDS]
    say(_choice(cases, crossed, whole))
    deviations = np.std(by_fold[:FOLDS], axis=0)
    rows = [
        (name, f"{fitted:.3f}", f"{deviation:.2f}", f"{WEIGHTS[name]:.3f}")
        for name, fitted, deviation in zip(FEATURES, whole, deviations, strict=True)
    ]
    say(Table("Weights", ("of", "fitted", "± between folds", "as it stands"), rows))
    say(f"WEIGHTS = {_pasted(dict(zip(FEATURES, whole.tolist(), strict=True)))}")
    fit_answerable(cases, crossed, say)


def fit_answerable(
    cases: Sequence[Labelled], weights: Sequence[Array], say: Callable[[object], None]
) -> None:
    """What each sign is worth for there being an answer, beside the weights of each case."""
    fold = _folds_and_counted(cases)
    counted = fold == FOLDS
    truth = np.array([one.answerable for one in cases])
    right = np.array([_is_right(one, its) for one, its in zip(cases, weights, strict=True)])
    worths = np.array(
        [for_answerable(one, right=bool(its)) for one, its in zip(cases, right, strict=True)]
    )
    names, table = _told(cases, weights)
    sure = np.zeros(len(cases))
    for k in range(FOLDS + 1):
        others, own = (fold != k) & ~counted, fold == k
        worth, intercept = logistic(table[others], truth[others], worths[others], ANSWERABLE_PRIOR)
        sure[own] = table[own] @ worth + intercept
    say(_abstention(cases, sure, right))
    rows = [
        (name, f"{fitted:.3f}", f"{ANSWERABLE.get(name, 0):.3f}")
        for name, fitted in zip(names, worth, strict=True)
    ]
    rows.append(("intercept", f"{intercept:.3f}", f"{INTERCEPT:.3f}"))
    say(Table("Whether there is an answer", ("of", "fitted", "as it stands"), rows))
    say(f"ANSWERABLE = {_pasted(dict(zip(names, worth.tolist(), strict=True)))}")
    say(
        "INTERCEPT is chosen by hand, on what --score prints. One that loses "
        + ", ".join(
            f"{lost:.0%}: {intercept - _limit(cases, sure, right, lost):.3f}" for lost in LOST
        )
        + " of users' questions whose answer is right."
    )


def _folds_and_counted(cases: Sequence[Labelled]) -> NDArray[np.int64]:
    """The fold of each case; the last has what is only counted."""
    counted = [one.origin == UNFITTED for one in cases]
    return np.where(counted, FOLDS, folds(cases))


def as_it_stands(one: Labelled) -> Array:
    """The weights that the writer compares a case's candidates by."""
    weights = PROSE if one.case.mostly_prose else WEIGHTS
    return np.array([weights[name] for name in FEATURES])


def _choice(cases: Sequence[Labelled], crossed: Sequence[Array], whole: Array) -> Table:
    """How often the best candidate is a right one, and of a document that answers."""
    ways: dict[str, Callable[[int], Array]] = {
        "as it stands": lambda place: of_one_document(
            cases[place].case, score(cases[place].case, cases[place].evidence)
        ),
        "other folds": lambda place: _scores(cases[place], crossed[place]),
        "all": lambda place: _scores(cases[place], whole),
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


def _limit(cases: Sequence[Labelled], sure: Array, right: Mask, lost: float) -> float:
    """How sure one may be of so many of users' questions at most whose answer is right."""
    users = np.array([one.origin in OF_USERS and one.answerable for one in cases]) & right
    if not users.any():
        users = right
    return float(np.quantile(sure[users], lost))


def _abstention(cases: Sequence[Labelled], sure: Array, right: Mask) -> Table:
    parts: dict[str, Callable[[Labelled], bool]] = {
        "users', right": lambda one: one.origin in OF_USERS,
        "unfitted, right": lambda one: one.origin == UNFITTED,
        "xquad_en, right": lambda one: one.origin == "xquad_en",
        "awsdocs_qa, right": lambda one: one.origin == "awsdocs_qa",
        "unanswerable": lambda one: one.kind == "unanswerable" and one.origin != UNFITTED,
        "unfitted, unanswerable": lambda one: one.kind == "unanswerable" and one.origin == UNFITTED,
        "without its documents": lambda one: one.kind == NEAR,
        "without its answer": lambda one: one.kind == LACKING,
    }

    def refused(name: str, limit: float) -> str:
        among = np.array([parts[name](one) for one in cases])
        some = sure[among & right if name.endswith("right") else among]
        return f"{np.mean(some <= limit):.3f}" if len(some) else ""

    rows = [
        (f"{lost:.0%}", *(refused(part, _limit(cases, sure, right, lost)) for part in parts))
        for lost in LOST
    ]
    return Table(
        f"Refused, fitted on the other {FOLDS - 1} of {FOLDS} folds, by users' right answers lost",
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
    parser.add_argument("--answerable", action="store_true", help="beside the weights as they are")
    parser.add_argument("--prose", action="store_true", help="fit what mere paragraphs have")
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
        if options.prose:
            fit_prose(cases, options.prior, say)
            return
        if options.answerable:
            fit_answerable(cases, [as_it_stands(one) for one in cases], say)
            return
        fit(cases, Counts(options.users, options.awsdocs, options.prior), say)


if __name__ == "__main__":
    main(sys.argv[1:])
