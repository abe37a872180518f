"""Questions that compare two things, taken apart into one question about each.

What is the difference between A and B?     A?                    B?
Which is faster, A or B?                    A faster?             B faster?
How do A and B differ in price?             A in price?           B in price?
A vs B                                      A?                    B?
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.local.engine.store.analysis import terms
from app.local.engine.writer.candidates import Candidate

# A side goes on up to what parts it from the other, or up to what is compared in both.
_ABOUT = r"in terms of|regarding|with regard to|concerning|when it comes to|in"
_A = r"(?P<a>(?:(?! (?:and|with|to|or|vs\.?|versus|differ|compared?|different) )[^?,:;]){1,60}+)"
_B = rf"(?P<b>(?:(?!,? (?:{_ABOUT}) |,? how | (?:differ|different|compare)\b)[^?,:;]){{1,60}}+)"
_ASPECT = rf"(?P<aspect>(?:,? (?:{_ABOUT}) [^?]{{1,60}}+)?+)"
_DIFFER = r"(?:differ|different|compare)"
_LEAD = r"(?P<lead>[^?,:]{1,60}+)"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        (
            r"(?:what(?:['\u2019]s| is| are)? |explain |tell me )?+(?:the |a )?+(?:main |key )?+"
            r"differences? (?:in (?P<lead>(?:(?! between )[\w ]){1,40}+) )?+"
            rf"between {_A} and {_B}{_ASPECT}"
        ),
        (
            rf"(?:please |can you |could you )?+(?:compare|contrast) {_A}"
            rf" (?:and|with|to|versus|vs\.?) {_B}{_ASPECT}"
        ),
        (
            rf"how (?:does|do|is|are) {_A} (?:differ from|different from|compared? (?:to|with))"
            rf" {_B}{_ASPECT}"
        ),
        rf"how (?:do|are) {_A} and {_B} {_DIFFER}{_ASPECT}",
        rf"{_A} and {_B}[,:]?+ how (?:do|are) they {_DIFFER}{_ASPECT}",
        rf"{_A} or {_B}[,:] (?:which|what|how) {_LEAD}",
        rf"(?:which|what|who) {_LEAD}[,:] {_A} or {_B}",
        rf"{_A} (?:vs\.?|versus) {_B}",
    )
)
_BEGINNING = re.compile(r"\W*+(?:(?:and|so|ok)\W++)?+", re.IGNORECASE)
_MOST_OF_NAME = 0.6  # of the terms of a name: an identifier has some for its parts as well
_OF_COMPARISON = re.compile(
    rf"\b(?:{_ABOUT}|which|one|is|are|do|they|better|best|difference|differ|has|have)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Comparison:
    """Two things, and what is asked about both; empty if it is what they are."""

    sides: tuple[str, str]
    aspect: str

    def question(self, side: str) -> str:
        """What is asked, of one side alone."""
        return f"{side} {self.aspect}".strip() if self.aspect else f"What is {side}?"


def comparison_in(question: str) -> Comparison | None:
    """What a question compares; None if it does not compare two things.

    >>> one = comparison_in("Which is faster, HTTP/1.1 or HTTP/2?")
    >>> one.sides, one.aspect
    (('HTTP/1.1', 'HTTP/2'), 'faster')
    >>> comparison_in("What is the difference in price between pine and oak?").question("oak")
    'oak price'
    """
    text = _BEGINNING.sub("", question, count=1).rstrip(" ?.!")
    for form in _FORMS:
        match = form.fullmatch(text)
        if match is None:
            continue
        groups = match.groupdict()
        aspect = groups.get("aspect") or groups.get("lead") or ""
        sides = (match["a"].strip(), match["b"].strip())
        if set(terms(sides[0])) - set(terms(sides[1])) and set(terms(sides[1])) - set(
            terms(sides[0])
        ):
            return Comparison(sides, " ".join(_OF_COMPARISON.sub(" ", aspect).split()).strip(" ,"))
    return None


def names_side(one: Candidate, side: str, other: str) -> bool:
    """Whether a candidate is about one side: it holds, itself or with the headings over it, most of
    what only this side is called.
    """
    own = frozenset(terms(side)) - frozenset(terms(other))
    held = own & frozenset(terms(f"{one.context} {one.text}"))
    return len(held) >= _MOST_OF_NAME * len(own) > 0


def tells_both(candidates: Sequence[Candidate], comparison: Comparison) -> bool:
    """Whether one of some candidates names both sides itself."""
    a, b = comparison.sides
    both = frozenset(terms(f"{a} {b}"))
    return any(both <= frozenset(terms(one.text)) for one in candidates)
