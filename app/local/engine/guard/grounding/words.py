"""The words that turn what a sentence says into something else, read from `words.toml`."""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from app.local import lazy_re as re
from app.local.engine.languages import language

_FILE = Path(__file__).with_name("words.toml")
_NOT = re.compile(
    r"\b(?:not|never|no|none|nor|neither|nothing|nobody|nowhere|cannot|without|hardly|unable"
    r"|lack(?:s|ed|ing)?|fail(?:s|ed|ing)? to|absence of|no longer)\b|n['’]t\b",  # noqa: RUF001 the sign is meant
    re.IGNORECASE,
)


@cache
def _tables() -> Mapping[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@cache
def opposites(code: str) -> Mapping[str, frozenset[str]]:
    """The opposites of each word of a language, by the word, in lower case.

    >>> sorted(opposites("en")["larger"])
    ['smaller']
    """
    pairs: defaultdict[str, set[str]] = defaultdict(set)
    for group in _tables()["opposites"].get(code, "").split():
        first, *others = group.split("/")
        for other in others:
            pairs[first].add(other)
            pairs[other].add(first)
    return {word: frozenset(others) for word, others in pairs.items()}


@cache
def quantity_words(code: str) -> Mapping[str, re.Pattern[str]]:
    """How a language says `all`, `some`, `only`, `few`, `least` and `most`."""
    table = _tables()["quantity"].get(code, {})
    return {name: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for name, words in table.items()}


@cache
def directions(code: str) -> Mapping[str, frozenset[str]]:
    """The words of a language for more of something, `plus`, and for less of it, `minus`.

    >>> "enhances" in directions("en")["plus"]
    True
    """
    table = _tables()["directions"].get(code, {})
    return {kind: frozenset(_forms(words.split())) for kind, words in table.items()}


def _forms(words: Iterable[str]) -> Iterator[str]:
    """English verbs with their endings."""
    for word in words:
        yield word
        bare = word.removesuffix("e")
        yield from (f"{word}s", f"{bare}ed", f"{bare}ing", f"{bare}ion", f"{word}ment")


@cache
def units() -> Mapping[str, tuple[str, float]]:
    """What each unit measures, and how many of the base unit it is.

    >>> units()["km"], units()["minutes"]
    (('metres', 1000.0), ('seconds', 60.0))
    """
    return {
        name: (measure, float(factor))
        for measure, row in _tables()["units"].items()
        for name, _, factor in (one.partition("=") for one in row.split())
    }


@cache
def numerals(code: str) -> Mapping[str, float]:
    """The numbers that a language writes in words.

    >>> numerals("en")["seven"], numerals("de")["elf"], numerals("fr")["vingt"]
    (7.0, 11.0, 20.0)
    """
    rows = _tables()["numerals"].get(code, "").split()
    return {
        word: float(value) if value else float(place)
        for place, (word, _, value) in enumerate(one.partition("=") for one in rows)
    }


@cache
def negation(code: str) -> re.Pattern[str]:
    """What turns a sentence of a language over."""
    if code == "en":
        return _NOT
    return language(code).verdicts.get("negation", _NOT)
