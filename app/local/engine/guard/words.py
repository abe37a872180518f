"""Words and phrases, each as a whole and in any case."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import regex

from app.local.engine.guard.findings import Span, WordFinding
from app.local.engine.guard.policy import Word


def find(texts: Sequence[str], words: tuple[Word, ...]) -> Iterator[WordFinding]:
    """Every word of the list in the texts, in their order. Within another word, none is found."""
    if not words:
        return
    rules = {word.text.casefold(): word for word in words}
    pattern = _compiled(tuple(rules))
    for number, text in enumerate(texts):
        for match in pattern.finditer(text):
            rule = rules[regex.sub(r"\s+", " ", match[0]).casefold()]
            yield WordFinding(rule, match[0], Span(number, *match.span()), rule.action)


@lru_cache(maxsize=16)
def _compiled(words: tuple[str, ...]) -> "regex.Pattern[str]":
    longest_first = sorted(words, key=len, reverse=True)
    either = "|".join(r"\s+".join(map(regex.escape, word.split())) for word in longest_first)
    return regex.compile(rf"(?<!\w)(?:{either})(?!\w)", regex.IGNORECASE)
