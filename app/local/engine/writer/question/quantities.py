"""Numbers with their units, and what a sentence says that they may be at most or at least."""

from dataclasses import dataclass

from app.local import lazy_re as re

_UNITS = (
    (r"bytes?|b", "byte", 1),
    (r"kilobytes?|kb|kib", "byte", 10**3),
    (r"megabytes?|mb|mib", "byte", 10**6),
    (r"gigabytes?|gb|gib", "byte", 10**9),
    (r"terabytes?|tb|tib", "byte", 10**12),
    (r"seconds?|secs?|s", "second", 1),
    (r"minutes?|mins?", "second", 60),
    (r"hours?|hrs?|h", "second", 3600),
    (r"days?", "second", 86_400),
    (r"weeks?", "second", 604_800),
    (r"months?", "month", 1),
    (r"years?", "year", 1),
    (r"characters?|chars?", "character", 1),
    (r"tokens?", "token", 1),
    (r"words?", "word", 1),
    (r"pages?", "page", 1),
    (r"people|persons?|users?|guests?|visitors?|members?|participants?", "person", 1),
    (r"files?|documents?", "document", 1),
    (r"rows?|lines?", "row", 1),
    (r"euros?|eur", "euro", 1),
    (r"dollars?|usd", "dollar", 1),
    (r"percent|%", "percent", 1),
    (r"meters?|metres?|m", "metre", 1),
    (r"kilometers?|kilometres?|km", "metre", 1000),
    (r"kilograms?|kilos?|kg", "gram", 1000),
    (r"grams?|g", "gram", 1),
)
_NUMBER = r"(?P<number>\d{1,3}(?:,\d{3}){1,4}(?!\d)|\d{1,12}(?:\.\d{1,6})?)"
_UNIT = "|".join(f"(?:{pattern})" for pattern, _, _ in _UNITS)
_QUANTITY = rf"(?<![\w.]){_NUMBER}[ -]?(?P<unit>{_UNIT})\b"
_VERSION = r"(?P<of>\b[A-Z]\w{1,20}) (?:version )?(?P<version>\d{1,4}(?:\.\d{1,4}){0,2})\b"
_ANY = re.compile(_QUANTITY, re.IGNORECASE)
_ANY_VERSION = re.compile(_VERSION)
_MOST = re.compile(
    r"\b(?:at most|up to|(?:no|not) (?:more|longer|larger) than|maximum(?: \w+)?(?: of| is)?|max\.?"
    r"|limited to|limit (?:is|of)|not exceed|cannot exceed) " + _QUANTITY,
    re.IGNORECASE,
)
_LEAST = re.compile(
    r"\b(?:at least|(?:a )?minimum(?: of| is)?|no less than|not less than|no fewer than) "
    + _QUANTITY,
    re.IGNORECASE,
)
_FROM = re.compile(
    _VERSION + r"(?:\+| (?:or|and) (?:later|newer|above|higher|greater|up)\b| upwards)"
)


@dataclass(frozen=True)
class Quantity:
    """A number of a unit, at [start, end) of its text. Of a version the unit is its product."""

    value: tuple[float, ...]
    unit: str
    start: int
    end: int

    def without(self, text: str) -> str:
        """The text without it."""
        return f"{text[: self.start]} {text[self.end :]}"


@dataclass(frozen=True)
class Bound(Quantity):
    """The most, or the least, that something may be."""

    most: bool

    def allows(self, other: Quantity) -> bool:
        """Whether another quantity keeps to it."""
        if self.most:
            return other.value <= self.value
        return other.value >= self.value[: len(other.value)]


def quantities(text: str) -> list[Quantity]:
    """The quantities and versions of a text.

    >>> [(one.value, one.unit) for one in quantities("May I send 6 MB with Python 3.7?")]
    [((6000000.0,), 'byte'), ((3.0, 7.0), 'python')]
    """
    measured = [Quantity(*_measured(match)) for match in _ANY.finditer(text)]
    return measured + [Quantity(*_versioned(match)) for match in _ANY_VERSION.finditer(text)]


def limits(text: str) -> list[Bound]:
    """What a sentence says that something may be at most or at least.

    >>> [one.most for one in limits("Up to 5 MB. It needs Python 3.8 or later.")]
    [True, False]
    """
    bounds = [
        Bound(*_measured(match), most=most)
        for pattern, most in ((_MOST, True), (_LEAST, False))
        for match in pattern.finditer(text)
    ]
    return bounds + [Bound(*_versioned(match), most=False) for match in _FROM.finditer(text)]


def _measured(match: re.Match[str]) -> tuple[tuple[float, ...], str, int, int]:
    form = match["unit"].lower()
    unit, factor = next(
        (unit, factor) for pattern, unit, factor in _UNITS if re.fullmatch(pattern, form)
    )
    return (float(match["number"].replace(",", "")) * factor,), unit, match.start(), match.end()


def _versioned(match: re.Match[str]) -> tuple[tuple[float, ...], str, int, int]:
    parts = tuple(float(part) for part in match["version"].split("."))
    return parts, match["of"].lower(), match.start(), match.end()
