"""The opposite of what a question asks about: when a thing closes, of when it opens."""

from collections.abc import Sequence

from app.local import lazy_re as re
from app.local.engine.store.analysis import terms

_PAIRS = """
open close, begin end, start end, start finish, arrive depart, arrive leave, buy sell
income expense, highest lowest, maximum minimum, entrance exit, born died, rise fall
earliest latest
"""
_SPAN = re.compile(r"\d\s?(?:to|until|till|and|-|\u2013)\s?\d", re.IGNORECASE)

Opposites = Sequence[tuple[str, str]]
"""Terms that a question has, each with its opposite."""


def opposites(question: str) -> Opposites:
    """The terms of a question that have an opposite which it does not name, and these opposites.

    >>> opposites("When does it close?")
    [('close', 'open')]
    """
    names = frozenset(terms(question))
    pairs = [terms(pair) for pair in _PAIRS.strip().replace("\n", ",").split(",")]
    both_ways = ((one, other) for pair in pairs for one, other in (pair, pair[::-1]))
    return [(one, other) for one, other in both_ways if one in names and other not in names]


def tells_opposite(text: str, opposites: Opposites) -> bool:
    """Whether a text has the opposite of what the question names, and not the thing itself, nor a
    span of time, which has a beginning and an end.

    >>> closing = [("close", "open")]
    >>> [tells_opposite(text, closing) for text in ("It opens at 9:00.", "Closed.", "Open 9-17")]
    [True, False, False]
    """
    if not opposites or _SPAN.search(text):
        return False
    words = frozenset(terms(text))
    return any(other in words and one not in words for one, other in opposites)
