"""How far a part of an answer is about what is asked: signs of it, each a number.

late        how much of the query the part says, token by token, by meaning
coverage    the share of the query's stems that it has, by weight
around      the same, with what stands beside it in its source
names       of the query that it lacks
whole       the same of the whole answer
kind        whether it has what the query asks for: a number, a name
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from app.local import lazy_re as re
from app.local.engine.encoder import TextEncoder, TokenVectors
from app.local.engine.guard.grounding.comparison import share
from app.local.engine.guard.grounding.statement import Statement, read
from app.local.engine.guard.grounding.support import ClaimCase
from app.local.engine.languages import Language
from app.local.engine.late_interaction import coverage, nearest
from app.local.engine.late_interaction import weights as weights_of

LONGEST = 1000  # characters of a query, as Bedrock limits them
_NUMBER = re.compile(
    r"\bhow (?:many|much|long|large|big|old|high|far|often|fast)\b"
    r"|\b(?:what|which) (?:year|date|number|percentage|size|temperature)\b|^when\b",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"\b(?:who|whom|whose)\b"
    r"|\b(?:what|which) (?:person|city|country|company|team|place|state)\b|^where\b",
    re.IGNORECASE,
)
SIGNS = (
    *("late", "late whole", "cosine", "coverage", "coverage whole", "around", "names missing"),
    *(
        "other names",
        "other kind",
        "lacks number",
        "lacks name",
        "multilingual",
        "is multilingual",
        "length",
    ),
)
"""The names of the signs, in the order of the coefficients."""


@dataclass(frozen=True, eq=False)
class QueryText:
    """A query, taken apart for the comparison with an answer."""

    text: str
    said_in: Language
    statement: Statement

    @classmethod
    def of(cls, text: str, said_in: Language) -> "QueryText":
        text = text[:LONGEST]
        return cls(text, said_in, read(text, said_in))


def signs(
    query: QueryText,
    asked_for: TokenVectors,
    cases: Sequence[ClaimCase],
    vectors: Sequence[TokenVectors],
    cosines_of_languages: Sequence[float | None],
) -> list[dict[str, float]]:
    """The signs of each part of an answer, by name.

    Args:
        asked_for: the query's tokens.
        vectors: the tokens of each part.
        cosines_of_languages: of each part, by the multilingual encoder; None of an English part
            and an English query.
    """
    statements = [
        case.claim if case.said_in is query.said_in else read(case.text, query.said_in)
        for case in cases
    ]
    names = query.statement.names
    weights = {stem: 2.0 if stem in names else 1.0 for stem in query.statement.content}
    everywhere: frozenset[str] = frozenset().union(*(one.content for one in statements))
    whole = _late(asked_for, vectors)
    rows = []
    for case, says, tokens, cosine in zip(
        cases, statements, vectors, cosines_of_languages, strict=True
    ):
        near = case.comparisons[0] if case.comparisons else None
        there = says.content | near.around if near else says.content
        own = near.sentence.statement.content if near else frozenset()
        english = cosine is None
        across = case.said_in is not query.said_in
        lacking = frozenset() if across else names - says.content - own
        rows.append(
            {
                "late": coverage(asked_for, tokens) if english else 0.0,
                "late whole": whole if english else 0.0,
                "cosine": float(asked_for.mean @ tokens.mean) if english else 0.0,
                "coverage": share(weights, says.content),
                "coverage whole": share(weights, everywhere),
                "around": share(weights, there),
                "names missing": len(lacking) / len(names) if names else 0.0,
                "other names": float(bool(lacking) and bool(says.names - query.statement.content)),
                "other kind": 0.0 if across else _other_kind(query.statement, says),
                "lacks number": float(bool(_NUMBER.search(query.text)) and not says.amounts),
                "lacks name": float(bool(_NAME.search(query.text)) and not says.names),
                "multilingual": cosine or 0.0,
                "is multilingual": float(not english),
                "length": log(1 + len(says.words)),
            }
        )
    return rows


def _other_kind(query: Statement, part: Statement) -> float:
    """1 if the part is about another kind of what is asked for, such as a brokerage account and not
    a checking account, else 0.
    """
    kinds = _kinds(query)
    return float(
        any(
            its - query.content and not kinds[thing] & part.content
            for thing, its in _kinds(part).items()
            if thing in kinds
        )
    )


def _kinds(statement: Statement) -> dict[str, frozenset[str]]:
    """Of each stem the stems right before it: the kinds of what it stands for."""
    kinds: dict[str, set[str]] = {}
    run: list[str] = []
    for stem in statement.stems:
        if stem and run:
            kinds.setdefault(stem, set()).update(run)
        run = [*run, stem] if stem else []
    return {stem: frozenset(its) for stem, its in kinds.items()}


def _late(asked_for: TokenVectors, vectors: Sequence[TokenVectors]) -> float:
    """How much of the query all parts together say."""
    weight = weights_of(asked_for)
    near = nearest(asked_for, vectors).max(axis=0, initial=0.0)
    return float(near @ weight / (weight.sum() or 1.0))


def cosines(encoder: TextEncoder, query: str, parts: Sequence[str]) -> list[float]:
    """The cosine of each part to the query."""
    vectors = encoder.encode([query, *parts])
    return [float(one) for one in vectors[1:] @ vectors[0]]
