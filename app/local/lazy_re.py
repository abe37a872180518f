r"""Python's `re`, of which a pattern is compiled when it is first used.

    from app.local import lazy_re as re

    _YEAR = re.compile(r"\b(?:19|20)\d\d\b")

The stand-in has 800 patterns, most of them the writer's and the planner's. To compile them all took
half a second, a fourth of the time until it was imported, and few are used after a start.
"""

import re
from re import (
    ASCII,
    DOTALL,
    IGNORECASE,
    MULTILINE,
    VERBOSE,
    I,
    M,
    Match,
    Pattern,
    error,
    escape,
    findall,
    finditer,
    fullmatch,
    match,
    search,
    split,
    sub,
)
from typing import Any, AnyStr, cast

__all__ = [
    "ASCII",
    "DOTALL",
    "IGNORECASE",
    "MULTILINE",
    "VERBOSE",
    "I",
    "LazyPattern",
    "M",
    "Match",
    "Pattern",
    "compile",
    "error",
    "escape",
    "findall",
    "finditer",
    "fullmatch",
    "match",
    "search",
    "split",
    "sub",
]

_MEMBERS = [name for name in dir(Pattern) if not name.startswith("_")]


class LazyPattern:
    """A pattern that is compiled when one of its members is asked for, and then has all of them."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        if name not in _MEMBERS:
            raise AttributeError(name)
        compiled = re.compile(self._text, self._flags)
        vars(self).update((member, getattr(compiled, member)) for member in _MEMBERS)
        return vars(self)[name]


def compile(pattern: AnyStr, flags: int = 0) -> Pattern[AnyStr]:  # noqa: A001  # as re calls it
    """As `re.compile`; what is wrong with a pattern is said when it is first used.

    >>> compile("[0-9]+").findall("7 of 12")
    ['7', '12']
    """
    return cast("Pattern[AnyStr]", LazyPattern(pattern, flags))
