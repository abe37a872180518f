r"""Regular expressions of a guardrail's own.

RE2 matches them: in a time in proportion to the text, whatever the expression is. It has therefore
no lookaround, no backreferences and no possessive repeats, and `\d`, `\w` and `\b` are of ASCII;
`\p{L}` is any letter. https://github.com/google/re2/wiki/Syntax

A text is matched as it is, not as `normal` reads it: an expression may well look for a sign that
nobody sees.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import re2

from app.local.engine.guard.findings import PatternFinding, Span
from app.local.engine.guard.policy import Pattern

MEMORY = 1 << 26
"""Bytes that RE2 may use for an expression and the states in which it has read a text."""
LARGEST = 3_000
"""Instructions of an expression. One of a few hundred is large: `\\p{L}` has 400, and `{1,1000}`
has as many as it may repeat. The time for a text is at most in proportion to them as well."""


class NotAPattern(ValueError):
    """RE2 does not take an expression. Its argument says why."""


def find(texts: Sequence[str], patterns: Sequence[Pattern]) -> Iterator[PatternFinding]:
    """Every match of each expression in the texts, but empty ones.

    Raises:
        NotAPattern: RE2 does not take an expression, whose name the argument has as well.
    """
    if not patterns:
        return
    encoded = [text.encode("utf-8", "replace") for text in texts]
    points = [_points(text, data) for text, data in zip(texts, encoded, strict=True)]
    for pattern in patterns:
        try:
            expression = compiled(pattern.regex)
        except NotAPattern as error:
            raise NotAPattern(f"{pattern.name}: {error}") from None
        for number, (text, data) in enumerate(zip(texts, encoded, strict=True)):
            for match in expression.finditer(data):
                start, end = match.span()
                if start == end:
                    continue
                if (numbers := points[number]) is not None:
                    start, end = int(numbers[start]), int(numbers[end])
                yield PatternFinding(pattern, text[start:end], Span(number, start, end))


@lru_cache(maxsize=256)
def compiled(regex: str) -> Any:
    """An expression of RE2 for UTF-8.

    Raises:
        NotAPattern: RE2 does not take it, or it is too large.
    """
    options = re2.Options()
    options.log_errors, options.never_capture, options.max_mem = False, True, MEMORY
    try:
        expression = re2.compile(regex.encode(), options)
    except re2.error as error:
        reason = error.args[0]
        raise NotAPattern(reason.decode() if isinstance(reason, bytes) else reason) from None
    except UnicodeEncodeError:
        raise NotAPattern("it has half of a character outside of the Basic Plane") from None
    if expression.programsize > LARGEST:
        raise NotAPattern(
            f"it has {expression.programsize:,} instructions, and may have {LARGEST:,}"
        )
    return expression


def _points(text: str, data: bytes) -> Any:
    """The code point at each byte of UTF-8, and at the end; None where they are the same."""
    if len(text) == len(data):
        return None
    signs = np.frombuffer(data, np.uint8)
    firsts = (signs & 0xC0) != 0x80
    return np.concatenate((np.cumsum(firsts, dtype=np.int32) - 1, [len(text)]))
