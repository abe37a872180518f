"""How far the sources support a claim: signs of it, each a number, and what they come to.

The signs by words are of the sentence that says most of the claim; those by meaning compare token
vectors of the encoder. A logistic regression weighs them (`coefficients`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np

from app.local.engine.encoder import TokenVectors
from app.local.engine.guard.grounding.comparison import SentenceComparison, missing_amounts
from app.local.engine.guard.grounding.sources import SourceSentences
from app.local.engine.guard.grounding.statement import Statement, read
from app.local.engine.languages import Language
from app.local.engine.late_interaction import nearest, weights

_AS_GOOD = 0.92  # of the best: a sentence that says nearly as much may be the one that is meant
_TOPIC = 5  # sentences that tell whether the source is about the same as the claim
_RAREST = 10.0  # what the rarest token weighs
_OWN = frozenset(("i", "my", "me", "we", "our", "us", "myself", "i'm", "i've"))
_QUESTION = ("?", "？")  # noqa: RUF001 the sign is meant
_FAR = 0.5  # of how much of a claim the sources say: then their tenor tells nothing
_LITTLE = 0.15  # how much nearer a word of the claim may be to another sentence than the best
_UNLIKE = 0.45  # of the stems in common: with fewer, a claim and a sentence are not alike
_MEANT = 3  # sentences whose tenor is compared with the claim's
_RARE = 4  # names and numbers of a claim whose binding is looked at


@dataclass(frozen=True, eq=False)
class ClaimCase:
    """A claim with the sentences that may support it.

    Attributes:
        text: of the claim.
        said_in: its language.
        quoted: whether the claim stands in a source word by word, or says a row of a table with its
            header, in whatever order.
    """

    text: str
    said_in: Language
    claim: Statement
    comparisons: Sequence[SentenceComparison]
    quoted: bool

    @property
    def texts(self) -> list[str]:
        """What has to be encoded: nothing of a quotation."""
        if self.quoted or not self.comparisons:
            return []
        return [self.text, *(one.sentence.text for one in self.comparisons)]


def case_of(text: str, sources: SourceSentences, said_in: Language) -> ClaimCase:
    """Look up what may support a claim. Its words are read in the language of the source, because a
    short claim hardly tells its own.
    """
    candidates = sources.candidates(text)
    claim = read(text, candidates[0].said_in if candidates else said_in)
    comparisons = [SentenceComparison(claim, one, sources.around(one)) for one in candidates]
    quoted = sources.quotes(text) or any(one.row for one in comparisons)
    return ClaimCase(text, said_in, claim, comparisons, quoted)


def signs(case: ClaimCase, vectors: Mapping[str, TokenVectors]) -> dict[str, float]:
    """The signs of a claim's support, by name.

    Args:
        vectors: the tokens of `case.texts`.
    """
    if not case.comparisons:
        return _signs_of_none(case)
    meaning = _Meaning.of(case, vectors)
    support = np.array([one.coverage for one in case.comparisons]) + meaning.late
    best = int(support.argmax())
    alike = [
        one
        for one, its in zip(case.comparisons, support, strict=True)
        if its >= _AS_GOOD * support[best]
    ]
    nearby = case.comparisons[best]
    everywhere: frozenset[str] = frozenset().union(
        *(one.sentence.statement.content for one in case.comparisons)
    )
    amounts = [amount for one in case.comparisons for amount in one.sentence.statement.amounts]
    everything = {word for one in case.comparisons for word in one.sentence.statement.words}
    names, weight = case.claim.names, nearby.weights
    total = sum(weight.values()) or 1.0
    cover = nearby.coverage_around
    missing = min(one.amounts_missing for one in alike)
    nameless = min(one.names_missing for one in alike)
    direction, denied = _tenor(case, meaning)
    polarity, opposite, quantity, order = min(one.conflicts for one in alike)
    of_another = 0.0  # how far a number is said of what only another sentence speaks of
    if case.claim.amounts and not missing:
        of_another = max(0.0, meaning.least - meaning.least_here - _LITTLE)
    alikeness = min(max((nearby.likeness - _UNLIKE) * 5, 0.0), 1.0)
    exchanged = min(one.exchanged for one in alike)
    if case.quoted:  # nothing can be against it but a negation right before it
        missing = nameless = opposite = quantity = order = exchanged = 0.0
        polarity = min(one.denied_before for one in alike)
    plain = {
        "cosine": meaning.cosine,
        "late": float(meaning.late[best]),
        "late mean": meaning.mean,
        "late anywhere": meaning.anywhere,
        "late least": meaning.least,
        "late least here": meaning.least_here,
        "topic": meaning.topic,
        "tokens": meaning.tokens,
        "tokens anywhere": meaning.tokens_anywhere,
        "coverage": nearby.coverage,
        "coverage around": cover,
        "coverage anywhere": sum(w for stem, w in weight.items() if stem in everywhere) / total,
        "run": max(one.run for one in alike),
        "quoted": float(case.quoted),
        "same direction": direction,
        "denied otherwise": denied,
        "numbers missing": missing,
        "numbers nowhere": missing_amounts(case.claim.amounts, amounts),
        "names missing": nameless,
        "names nowhere": len(names - everywhere) / len(names) if names else 0.0,
        "polarity": polarity,
        "opposite": opposite,
        "quantity": quantity,
        "order": order,
        "close and numbers missing": float(missing > 0) * cover,
        "close and names missing": float(nameless > 0) * cover,
        "close and polarity": polarity * cover,
        "close and opposite": opposite * cover,
        "close and quantity": quantity * cover,
        "exchanged": exchanged,
        "close and exchanged": exchanged * nearby.coverage,
        "alike and exchanged": exchanged * alikeness,
        "alike and of another": alikeness * of_another,
        "edited": min(one.edited for one in alike) * float(not case.quoted),
        "apart": _apart(case.claim, case.comparisons),
        "own": float(bool(_OWN & set(case.claim.words) - everything)),
        "asks": float(case.text.endswith(_QUESTION)),
        "negated": float(bool(case.claim.negated) and not case.quoted),
        "rarity": meaning.rarity,
        "length": log(1 + len(case.claim.content)),
    }
    nearness = min(max((meaning.anywhere - _FAR) * 4, 0.0), 1.0)
    return plain | {
        "same direction nearby": direction * nearness,
        "denied otherwise nearby": denied * nearness,
        "agrees": max(direction, 0.0),
        "late squared": meaning.anywhere**2,
        "late and coverage": meaning.anywhere * plain["coverage anywhere"],
    }


def _signs_of_none(case: ClaimCase) -> dict[str, float]:
    """Of a claim that shares nothing with the sources."""
    nothing = dict.fromkeys(SIGNS, 0.0)
    nothing |= {
        "numbers missing": float(bool(case.claim.amounts)),
        "numbers nowhere": float(bool(case.claim.amounts)),
        "names missing": float(bool(case.claim.names)),
        "names nowhere": float(bool(case.claim.names)),
        "length": log(1 + len(case.claim.content)),
    }
    return nothing


def _tenor(case: ClaimCase, meaning: "_Meaning") -> tuple[float, float]:
    """How far the sentences that say most of a claim speak of more or less as it does, -1 to 1, and
    how far they deny what it does not deny, or the other way round, 0 to 1.
    """
    if case.quoted:
        return 0.0, 0.0
    order = np.argsort(-meaning.late, kind="stable")[:_MEANT]
    others = [case.comparisons[int(place)].sentence.statement for place in order]
    direction = sum(case.claim.direction * one.direction for one in others) / len(others)
    denials = sum(one.denied for one in others) / len(others)
    return direction, abs(case.claim.denied - denials)


def _apart(claim: Statement, comparisons: Sequence[SentenceComparison]) -> float:
    """The share of pairs of names, numbers and rare stems that stand together in no sentence."""
    heavy = [*claim.names, *(one.value for one in claim.amounts)]
    others = sorted(claim.content.difference(heavy), key=lambda stem: (-len(stem), stem))
    things = list(dict.fromkeys([*heavy, *others]))[:_RARE]
    pairs = [(a, b) for place, a in enumerate(things) for b in things[place + 1 :]]
    if not pairs:
        return 0.0
    bags = [one.sentence.statement.content for one in comparisons]
    return sum(not any(a in bag and b in bag for bag in bags) for a, b in pairs) / len(pairs)


@dataclass(frozen=True, eq=False)
class _Meaning:
    """What the encoder says: the nearest cosine; how much of the claim each sentence says, and all
    of them together, token by token, each weighing what it tells; of the tokens the least.
    """

    cosine: float
    late: "np.ndarray[tuple[int], np.dtype[np.float64]]"  # (sentences,)
    mean: float
    anywhere: float
    least: float
    least_here: float
    topic: float
    tokens: float
    tokens_anywhere: float
    rarity: float

    @classmethod
    def of(cls, case: ClaimCase, vectors: Mapping[str, TokenVectors]) -> "_Meaning":
        if case.quoted:
            late = np.array([one.run for one in case.comparisons])
            return cls(1.0, late, *[1.0] * 8)
        claim = vectors[case.text]
        texts = [vectors[one.sentence.text] for one in case.comparisons]
        near = nearest(claim, texts).astype(np.float64)  # (sentences, tokens)
        weight = weights(claim)
        if not weight.any():
            weight = np.ones_like(weight)
        late = near @ weight / (weight.sum() or 1.0)
        best = near.max(axis=0, initial=0.0)
        telling = weight > weight.max(initial=0.0) / 2
        held = np.array([np.isin(claim.ids, one.ids) for one in texts], np.float64)
        cosine = max(float(claim.mean @ one.mean) for one in texts)
        return cls(
            cosine,
            late,
            float(near[int(late.argmax())].mean()) if near.size else 0.0,
            float(best @ weight / (weight.sum() or 1.0)),
            float(best[telling].min(initial=1.0)),
            float(near[int(late.argmax())][telling].min(initial=1.0)),
            float(np.sort(late)[-_TOPIC:].mean()),
            float(held[int(late.argmax())] @ weight / (weight.sum() or 1.0)),
            float(held.max(axis=0) @ weight / (weight.sum() or 1.0)),
            float(weight[weight > 0].mean()) / _RAREST if weight.any() else 0.0,
        )


SIGNS = (
    *(
        "cosine",
        "late",
        "late mean",
        "late anywhere",
        "late least",
        "late least here",
        "topic",
        "tokens",
    ),
    *("tokens anywhere", "coverage", "coverage around"),
    *(
        "coverage anywhere",
        "run",
        "quoted",
        "same direction",
        "denied otherwise",
        "numbers missing",
        "numbers nowhere",
    ),
    *("names missing", "names nowhere", "polarity", "opposite", "quantity", "order"),
    *("close and numbers missing", "close and names missing", "close and polarity"),
    *(
        "close and opposite",
        "close and quantity",
        "exchanged",
        "close and exchanged",
        "alike and exchanged",
        "alike and of another",
        "edited",
        "apart",
        "own",
        "asks",
        "negated",
        "rarity",
        "length",
    ),
    *("same direction nearby", "denied otherwise nearby", "agrees", "late squared"),
    "late and coverage",
)
"""The names of the signs, in the order of the coefficients."""


def sigmoid(value: float) -> float:
    """The logistic curve, from any number to 0..1."""
    return 1 / (1 + exp(-max(-60.0, min(60.0, value))))
