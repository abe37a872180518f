"""Regular expressions of a guardrail's own."""

from collections.abc import Iterator, Sequence

import regex

from app.local.engine.guard.findings import PatternFinding, Span
from app.local.engine.guard.policy import Pattern

SECONDS = 1.0
"""The longest that one expression may look at one text."""


class SlowPattern(Exception):
    """An expression takes too long for a text. Its argument is the expression's name."""


def find(texts: Sequence[str], patterns: Sequence[Pattern]) -> Iterator[PatternFinding]:
    """Every match of each expression in the texts.

    Raises:
        SlowPattern: an expression has looked at a text for `SECONDS`.
    """
    for pattern in patterns:
        for number, text in enumerate(texts):
            try:
                for match in regex.finditer(pattern.regex, text, timeout=SECONDS):
                    if match[0]:
                        yield PatternFinding(pattern, match[0], Span(number, *match.span()))
            except TimeoutError:
                raise SlowPattern(pattern.name) from None
