"""Values of strings and lists that a question names.

    "Which films of Denis Villeneuve are there?"  ->  director equals "Denis Villeneuve"

A value is named where its words stand in the question in a row. The longest of overlapping values
counts. Of two attributes that have the same value, that counts whose own words stand nearer.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.local.engine.implicit.attribute import (
    FUNCTION_WORDS,
    WORD,
    Attribute,
    AttributeValues,
    QuestionWord,
    distance,
    is_negated,
    words_of,
)
from app.local.engine.store.filters import Condition, Filter, Group
from app.local.engine.store.unspaced import UNSPACED

_QUOTES = "\"'`“”‘’«»„"  # noqa: RUF001 these signs are meant


@dataclass(frozen=True)
class _Mention:
    """A value, and the words [first, last) of the question that name it, or as many characters."""

    attribute: Attribute
    value: str
    first: int
    last: int


def name_filters(question: str, values: AttributeValues) -> Iterator[Filter]:
    """A filter for each attribute of which the question names a value; for two or more values of
    one attribute any of them passes. An attribute that is named and negated has no filter.
    """
    words = words_of(question)
    mentions = _unambiguous(_longest(list(_mentions(question, words, values))), words)
    values_of: defaultdict[Attribute, list[str]] = defaultdict(list)
    negated = set()
    for mention in mentions:
        if mention.value not in values_of[mention.attribute]:
            values_of[mention.attribute].append(mention.value)
        if is_negated(words, mention.first):
            negated.add(mention.attribute)
    for attribute, names in values_of.items():
        if attribute not in negated:
            yield _filter(attribute, names)


def _filter(attribute: Attribute, names: Sequence[str]) -> Filter:
    if attribute.kind == "list":
        members = tuple(Condition("listContains", attribute.key, name) for name in names)
        return members[0] if len(members) == 1 else Group("any", members)
    if len(names) == 1:
        return Condition("equals", attribute.key, names[0])
    return Condition("in", attribute.key, tuple(names))


def _mentions(
    question: str, words: Sequence[QuestionWord], values: AttributeValues
) -> Iterator[_Mention]:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, word in enumerate(words):
        places[word.folded].append(place)
    for attribute, all_values in values.items():
        if attribute.kind not in ("string", "list"):
            continue
        for value in all_values:
            if isinstance(value, str):
                for first, last in _runs(question, words, places, value):
                    if _is_meant(question, words[first:last], value) or (
                        distance(words, first, last, attribute) == 0
                    ):
                        yield _Mention(attribute, value, first, last)


def _runs(
    question: str,
    words: Sequence[QuestionWord],
    places: dict[str, list[int]],
    value: str,
) -> Iterator[tuple[int, int]]:
    """The words [first, last) of the question that are the value's."""
    if UNSPACED.search(value):
        start = question.find(value)
        inside = [n for n, word in enumerate(words) if word.start <= start < word.end]
        if inside:
            yield inside[0], inside[0] + 1
        return
    own = [word.casefold() for word in WORD.findall(value)]
    for first in places.get(own[0], ()) if own else ():
        last = first + len(own)
        if [word.folded for word in words[first:last]] == own:
            yield first, last


def _is_meant(question: str, run: Sequence[QuestionWord], value: str) -> bool:
    """Whether the words can be nothing but the value. One function word or letter alone ("it", "a")
    is meant if it is written in capitals as the value is ("IT"), or in quotes.
    """
    first = run[0].folded
    if len(run) > 1 or (len(first) > 1 and first not in FUNCTION_WORDS):
        return True
    start, end = run[0].start, run[-1].end
    in_quotes = question[start - 1 : start] in _QUOTES and question[end : end + 1] in _QUOTES
    is_quoted = start > 0 and end < len(question) and in_quotes
    in_capitals = len(value) > 1 and question[start:end] == value and value.isupper()
    return is_quoted or (in_capitals and not question.isupper())


def _longest(mentions: Sequence[_Mention]) -> list[_Mention]:
    """Those that are not within a longer one."""

    def within(one: _Mention, other: _Mention) -> bool:
        inside = other.first <= one.first and one.last <= other.last
        return inside and other.last - other.first > one.last - one.first

    return [one for one in mentions if not any(within(one, other) for other in mentions)]


def _unambiguous(mentions: Sequence[_Mention], words: Sequence[QuestionWord]) -> list[_Mention]:
    """Those whose words name a value of one attribute, or whose attribute stands the nearest."""
    by_words: defaultdict[tuple[int, int], list[_Mention]] = defaultdict(list)
    for mention in mentions:
        by_words[mention.first, mention.last].append(mention)
    result = []
    for (first, last), some in by_words.items():
        away = [distance(words, first, last, mention.attribute) for mention in some]
        nearest = [one for one, far in zip(some, away, strict=True) if far == min(away)]
        if len({mention.attribute for mention in nearest}) == 1:
            result += nearest
    return result
