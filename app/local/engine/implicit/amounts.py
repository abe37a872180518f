"""Numbers and days that a question names, and how a document's have to compare with them.

    "films since 2019"                   ->  year >= 2019
    "tickets with a priority above 3"    ->  priority > 3
    "minutes of March 2024"              ->  date, written as 2024-03-05, from the 1st to the 31st

A number belongs to the attribute whose own words stand near it, a year also to the only attribute
of years. An equal number has to be one that the index has.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

from app.local import lazy_re as re
from app.local.engine.implicit.attribute import (
    Attribute,
    AttributeValues,
    QuestionWord,
    StoredScalar,
    distance,
    is_negated,
    words_of,
)
from app.local.engine.planner.dates import moments
from app.local.engine.store.filters import Condition, Filter, Group

NEAR = 4  # words between a number and a word of its attribute
_NUMBER = re.compile(r"(?<![\w.,:/#-])-?\d{1,15}+(?:,\d{3})*+(?:\.\d{1,9}+)?+(?![\w%]|[.,:/-]\w)")
_SPAN = re.compile(r"\b(\d{4})[-\u2013](\d{4})\b")
_YEARS = range(1500, 2101)
_OF_YEARS = frozenset(("year", "date", "publish", "public", "releas", "issu", "written", "creat"))
_DATE = re.compile(r"\d{4}-\d{2}(?:-\d{2})?(?:[T ].*)?")

_LOWEST = ("at least", "no less than", "not less than", "since", "starting in", "minimum")
_ABOVE = ("more than", "greater than", "higher than", "later than", "newer than", "over", "above",
          "after", "exceeding")  # fmt: skip
_HIGHEST = ("at most", "no more than", "not more than", "up to", "until", "till", "through",
            "maximum")  # fmt: skip
_UNDER = ("less than", "fewer than", "lower than", "earlier than", "older than", "under", "below",
          "before", "prior to")  # fmt: skip
_FILLERS = frozenset(("the", "a", "an", "year", "years", "of", "in"))
_OR_MORE = re.compile(r"\s*(?:or|and) (?:more|later|newer|higher|above|after|up|over)\b")
_OR_LESS = re.compile(r"\s*(?:or|and) (?:less|fewer|earlier|older|lower|below|before|under)\b")


@dataclass(frozen=True)
class _Amount:
    """What a question says of a number or of a day, which is the number YYYYMMDD: between `low` and
    `high`, these included or not.

    Attributes:
        span: the characters of the question.
    """

    span: tuple[int, int]
    low: float
    high: float
    without_low: bool = False
    without_high: bool = False

    @property
    def is_one(self) -> bool:
        return self.low == self.high

    def has(self, number: float) -> bool:
        above = number > self.low if self.without_low else number >= self.low
        below = number < self.high if self.without_high else number <= self.high
        return above and below


def amount_filters(question: str, values: AttributeValues, most: int) -> Iterator[Filter]:
    """A filter for each attribute of which the question names a number or a day.

    Args:
        most: so many values of an attribute are not all of them.
    """
    words = words_of(question)
    days = [attribute for attribute in values if _is_of_days(values[attribute])]
    numbers = [
        attribute for attribute in values if attribute.kind == "number" and attribute not in days
    ]
    used: set[Attribute] = set()
    for amount in _amounts(question, _days(question)):
        attribute = _attribute(words, amount.span, days, is_year=True)
        if attribute and attribute not in used and len(values[attribute]) < most:
            used.add(attribute)
            yield from _day_filter(attribute, amount, values[attribute])
    for amount in _amounts(question, _numbers(question)):
        is_year = amount.is_one and amount.low in _YEARS
        is_year = is_year or any(end in _YEARS for end in (amount.low, amount.high))
        attribute = _attribute(words, amount.span, numbers, is_year=is_year)
        if attribute and attribute not in used:
            used.add(attribute)
            if not amount.is_one:
                yield _between(attribute.key, amount)
            elif amount.low in values[attribute]:
                yield Condition("equals", attribute.key, amount.low)


def _between(key: str, amount: _Amount) -> Filter:
    members = []
    if amount.low > -inf:
        operator = "greaterThan" if amount.without_low else "greaterThanOrEquals"
        members.append(Condition(operator, key, amount.low))
    if amount.high < inf:
        operator = "lessThan" if amount.without_high else "lessThanOrEquals"
        members.append(Condition(operator, key, amount.high))
    return members[0] if len(members) == 1 else Group("all", tuple(members))


def _day_filter(
    attribute: Attribute, amount: _Amount, values: Sequence[StoredScalar]
) -> Iterator[Filter]:
    """Days that are numbers are compared as such; those that are strings by all that fit."""
    if attribute.kind == "number":
        if any(amount.has(value) for value in values if not isinstance(value, str)):
            yield _between(attribute.key, amount)
        return
    days = tuple(
        value for value in values if isinstance(value, str) and amount.has(_number_of(value))
    )
    if days:
        yield Condition("in", attribute.key, days)


def _is_of_days(values: Sequence[StoredScalar]) -> bool:
    """Whether all values are days: 2024-03-05, with a time or without, or the number 20240305."""
    return bool(values) and all(
        _DATE.fullmatch(value) is not None
        if isinstance(value, str)
        else not isinstance(value, bool) and value in range(15_000_101, 21_001_232)
        for value in values
    )


def _number_of(day: str) -> int:
    """The number of a day, or of a month's first: 20240305."""
    digits = day[:10].replace("-", "")
    return int(digits) if len(digits) == 8 else int(digits[:6]) * 100 + 1


def _attribute(
    words: Sequence[QuestionWord],
    span: tuple[int, int],
    attributes: Sequence[Attribute],
    *,
    is_year: bool,
) -> Attribute | None:
    """The attribute that an amount is of; None if it could be of two, or is negated."""
    inside = [n for n, word in enumerate(words) if span[0] <= word.start < span[1]]
    first, last = inside[0], inside[-1] + 1
    if is_negated(words, first):
        return None
    away = {one: distance(words, first, last, one) for one in attributes}
    near = [one for one in attributes if away[one] <= NEAR and away[one] == min(away.values())]
    if not near and is_year:
        near = [one for one in attributes if one.terms & _OF_YEARS]
    return near[0] if len(near) == 1 else None


def _numbers(question: str) -> list[_Amount]:
    taken = [match.span() for match in _SPAN.finditer(question)]
    spans = [
        _Amount(match.span(), float(match[1]), float(match[2]))
        for match in _SPAN.finditer(question)
    ]
    singles = []
    for match in _NUMBER.finditer(question):
        number = float(match[0].replace(",", ""))
        if not any(start <= match.start() < end for start, end in taken):
            singles.append(_Amount(match.span(), number, number))
    return sorted([*spans, *singles], key=lambda one: one.span)


def _days(question: str) -> list[_Amount]:
    """Days, months and years as numbers of days."""
    result = [
        _Amount((one.start, one.end), *_first_and_last(one.year, one.month, one.day))
        for one in moments(question)
        if one.year
    ]
    for amount in _numbers(question):
        is_apart = all(amount.span[1] <= a or b <= amount.span[0] for a, b in _spans(result))
        if is_apart and amount.low in _YEARS and amount.high in _YEARS:
            low, high = int(amount.low), int(amount.high)
            result.append(_Amount(amount.span, low * 10_000 + 101, high * 10_000 + 1231))
    return sorted(result, key=lambda one: one.span)


def _spans(amounts: Sequence[_Amount]) -> list[tuple[int, int]]:
    return [amount.span for amount in amounts]


def _first_and_last(year: int, month: int, day: int) -> tuple[int, int]:
    """The first and the last day of a day, a month or a year, whose other parts are 0.

    >>> _first_and_last(2024, 2, 0)
    (20240201, 20240229)
    """
    if not month:
        return year * 10_000 + 101, year * 10_000 + 1231
    start = year * 10_000 + month * 100
    return (start + day, start + day) if day else (start + 1, start + monthrange(year, month)[1])


def _amounts(question: str, plain: Sequence[_Amount]) -> Iterator[_Amount]:
    """The amounts with what stands around them: "between 3 and 5" and "from 3 to 5" are one."""
    rest = list(plain)
    while rest:
        amount = rest.pop(0)
        before = _before(question, amount.span[0])
        between = question[amount.span[1] : rest[0].span[0]].strip() if rest else ""
        if (before.endswith("between") and between == "and") or (
            before.endswith("from") and between in ("to", "until", "till", "through")
        ):
            other = rest.pop(0)
            yield _Amount((amount.span[0], other.span[1]), amount.low, other.high)
        else:
            yield _compared(amount, before, question[amount.span[1] :].casefold())


def _compared(amount: _Amount, before: str, after: str) -> _Amount:
    def ends(phrases: Sequence[str]) -> bool:
        return before.endswith(tuple(f" {phrase}" for phrase in phrases))

    span, low, high = amount.span, amount.low, amount.high
    if ends(_LOWEST) or _OR_MORE.match(after):
        return _Amount(span, low, inf)
    if ends(_HIGHEST) or _OR_LESS.match(after):
        return _Amount(span, -inf, high)
    if ends(_ABOVE):
        return _Amount(span, high, inf, without_low=True)
    if ends(_UNDER):
        return _Amount(span, -inf, low, without_high=True)
    return amount


def _before(question: str, start: int) -> str:
    """What stands before a place, in lower case, a space first, without articles at its end."""
    words = question[max(0, start - 60) : start].casefold().split()
    while words and words[-1] in _FILLERS:
        words.pop()
    return " ".join(["", *words])
