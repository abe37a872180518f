"""Dates and times of a text, as English and German write them.

What a text says of a day is kept in its own words, and as a date where it says which day it is. A
day that is told from today ("tomorrow", "in 3 days") becomes a date where the text around it says
which day today is, and stays words where nothing does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from app.local import lazy_re as re
from app.local.engine.planner.words import word_list

_NAMES = word_list("""
jan(?:uar[yi]?)? feb(?:ruar[yi]?)? m(?:ar(?:ch)?|ärz) apr(?:il)? (?:may|mai) jun[ei]? jul[yi]?
aug(?:ust)? sep(?:t(?:ember)?)? o[ck]t(?:ober)? nov(?:ember)? de[cz](?:ember)?
""")
_MONTH = "|".join(_NAMES)
_MONTHS = [re.compile(name, re.IGNORECASE) for name in _NAMES]
_DAYS = word_list("""
mon(?:day|tag) tues?(?:day)|dienstag wednesday|mittwoch thursday|donnerstag fri(?:day)|freitag
saturday|samstag|sonnabend sunday|sonntag
""")
_WEEKDAY = "|".join(_DAYS)
_WEEKDAYS = [re.compile(name, re.IGNORECASE) for name in _DAYS]
_ORDINAL = r"(?:st|nd|rd|th|\.)?"

_ISO = re.compile(
    r"(?<![\w-])(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"
    r"(?P<time>[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?)?(?![\w-])"
)
_SLASHED = re.compile(
    r"(?<![\w/-])(?P<a>\d{1,4})(?P<sign>[/-])(?P<b>\d{1,2})(?P=sign)(?P<y>\d{4}|\d{2})(?![\w/-])"
)
_DOTTED = re.compile(r"(?<![\w.])(?P<d>\d{1,2})\. ?(?P<m>\d{1,2})\.(?: ?(?P<y>\d{4}|\d{2}))?(?!\w)")
_DAY_FIRST = re.compile(
    rf"(?<!\w)(?P<d>\d{{1,2}}){_ORDINAL} (?:of )?(?P<m>{_MONTH})\b\.?(?:,? (?P<y>\d{{4}})\b)?",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"(?<!\w)(?P<m>{_MONTH})\b\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<y>\d{{4}})\b)?",
    re.IGNORECASE,
)
_MONTH_ONLY = re.compile(rf"(?<!\w)(?P<m>{_MONTH})\b,? (?P<y>\d{{4}})\b", re.IGNORECASE)
_RELATIVE = re.compile(
    r"\b(?:the )?(?P<word>day after tomorrow|day before yesterday|today|tonight|tomorrow|yesterday"
    r"|übermorgen|vorgestern|heute|(?<!guten )morgen|gestern)\b"
    r"(?: (?:morning|afternoon|evening|night|früh|abend))?"
    r"|\bin (?P<n>\d{1,3}|a|an|one|two|three|four|five|six|seven|ein(?:em|er)|zwei|drei)"
    r" (?P<unit>day|week|tag|woche)(?:s|en|n)?\b"
    rf"|\b(?P<which>next|this|last|coming|nächste[nrs]?|diese[nrs]?|letzte[nrs]?) (?P<span>"
    rf"weekend|week|month|year|wochenende|woche|monat|jahr|{_WEEKDAY})\b"
    rf"|\b(?P<weekday>{_WEEKDAY})\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?<![\w:.])(?P<h>\d{1,2})(?:[:.](?P<min>\d{2}))?(?::(?P<s>\d{2}))? ?"
    r"(?:(?P<half>[ap])\.?m\b\.?|(?P<uhr>uhr\b|o'clock\b))"
    r"|(?<![\w:.])(?P<h24>[01]?\d|2[0-3]):(?P<min24>[0-5]\d)(?::(?P<s24>[0-5]\d))?(?![\w:])"
    r"|\b(?P<named>noon|midday|midnight|mittags?|mitternacht)\b",
    re.IGNORECASE,
)
_TODAY = re.compile(
    r"\b(?:today|current date|date today|now|heute|date)\b[^\n\d]{0,30}?(?=\d|jan|feb|mar|apr|may"
    r"|jun|jul|aug|sep|oct|nov|dec)",
    re.IGNORECASE,
)
_OFFSETS = {
    "today": 0, "tonight": 0, "heute": 0, "tomorrow": 1, "morgen": 1, "yesterday": -1,
    "gestern": -1, "day after tomorrow": 2, "übermorgen": 2, "day before yesterday": -2,
    "vorgestern": -2,
}  # fmt: skip
_FEW = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
        "seven": 7, "einem": 1, "einer": 1, "zwei": 2, "drei": 3}  # fmt: skip
_HOURS = {"noon": 12, "midday": 12, "mittag": 12, "mittags": 12, "midnight": 0, "mitternacht": 0}


@dataclass(frozen=True)
class Moment:
    """A day or a time of day that a text names, at the characters [start, end).

    Attributes:
        words: how the text says it.
        year, month, day: what is known of the day; 0 for what is not.
        clock: the time, HH:MM or HH:MM:SS; empty where none is said.
    """

    kind: Literal["date", "time", "datetime"]
    start: int
    end: int
    words: str
    year: int = 0
    month: int = 0
    day: int = 0
    clock: str = ""

    @property
    def exact(self) -> bool:
        """Whether it says year, month and day."""
        return bool(self.year and self.month and self.day)

    def written(self, pattern: str = "YYYY-MM-DD") -> str:
        """The date in a format; the month's number and the year, if nothing else is known.

        >>> Moment("date", 0, 0, "3 May 2031", 2031, 5, 3).written("DD.MM.YYYY")
        '03.05.2031'
        """
        numbers = {"YYYY": f"{self.year:04}", "MM": f"{self.month:02}", "DD": f"{self.day:02}"}
        for sign, number in numbers.items():
            pattern = pattern.replace(sign, number)
        return pattern


def moments(text: str, today: date | None = None, german: bool = False) -> list[Moment]:
    """The dates and times of a text, in reading order, none within another.

    >>> [(m.kind, m.written(), m.clock) for m in moments("from 3 May 2031 until 2031-06-01 14:30")]
    [('date', '2031-05-03', ''), ('datetime', '2031-06-01', '14:30')]
    >>> [m.clock for m in moments("at 3pm, at 9:05 or um 14 Uhr")]
    ['15:00', '09:05', '14:00']
    >>> moments("See you tomorrow.", date(2031, 5, 31))[0].written()
    '2031-06-01'
    """
    taken = bytearray(len(text))
    free: list[Moment] = []
    for moment in _all(text, today, german):
        if not any(taken[moment.start : moment.end]):
            taken[moment.start : moment.end] = b"\1" * (moment.end - moment.start)
            free.append(moment)
    return sorted(free, key=lambda one: one.start)


def today_in(text: str) -> date | None:
    """The day that a text calls today, where it does.

    >>> today_in("You are helpful. Today is March 3, 2031.")
    datetime.date(2031, 3, 3)
    """
    for label in _TODAY.finditer(text):
        for moment in moments(text[label.end() : label.end() + 40]):
            if moment.exact and moment.start == 0:
                return date(moment.year, moment.month, moment.day)
    return None


def _all(text: str, today: date | None, german: bool) -> Iterator[Moment]:
    for match in _ISO.finditer(text):
        clock = (match["time"] or "").strip("T ")
        yield from _day(match, int(match["y"]), int(match["m"]), int(match["d"]), clock)
    for match in _SLASHED.finditer(text):
        yield from _slashed(match, german)
    for pattern in (_DAY_FIRST, _MONTH_FIRST):
        for match in pattern.finditer(text):
            yield from _day(match, int(match["y"] or 0), _month(match["m"]), int(match["d"]))
    for match in _MONTH_ONLY.finditer(text):
        yield from _day(match, int(match["y"]), _month(match["m"]), 0)
    for match in _DOTTED.finditer(text):
        yield from _day(match, _century(match["y"] or "0"), int(match["m"]), int(match["d"]))
    for match in _TIME.finditer(text):
        yield Moment("time", *match.span(), match[0], clock=_clock(match))
    for match in _RELATIVE.finditer(text):
        day = _relative(match, today) if today else None
        known = (day.year, day.month, day.day) if day else (0, 0, 0)
        yield Moment("date", *match.span(), match[0], *known)


def _day(
    match: re.Match[str], year: int, month: int, day: int, clock: str = ""
) -> Iterator[Moment]:
    if 1 <= month <= 12 and day <= 31:
        kind: Literal["date", "datetime"] = "datetime" if clock else "date"
        yield Moment(kind, *match.span(), match[0], year, month, day, clock)


def _slashed(match: re.Match[str], german: bool) -> Iterator[Moment]:
    """3/5/2031, 03-05-2031: the month comes first, unless it cannot, or the text is German."""
    first, second = int(match["a"]), int(match["b"])
    if len(match["a"]) == 4:
        yield from _day(match, first, second, int(match["y"]))
        return
    month, day = (second, first) if german or first > 12 else (first, second)
    yield from _day(match, _century(match["y"]), month, day)


def _century(year: str) -> int:
    return int(year) + 2000 if len(year) == 2 else int(year)


def _month(name: str) -> int:
    return next(n for n, pattern in enumerate(_MONTHS, 1) if pattern.fullmatch(name))


def _clock(match: re.Match[str]) -> str:
    if match["named"]:
        return f"{_HOURS[match['named'].lower()]:02}:00"
    hour, minute = int(match["h"] or match["h24"]), match["min"] or match["min24"] or "00"
    second = match["s"] or match["s24"]
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    return f"{hour:02}:{minute}" + (f":{second}" if second else "")


def _relative(match: re.Match[str], today: date) -> date | None:
    """The day that is meant; of a weekday the next one, today not among them."""
    if match["word"]:
        return today + timedelta(_OFFSETS[match["word"].lower()])
    if match["n"]:
        n = match["n"].lower()
        step = 7 if match["unit"].lower().startswith("w") else 1
        return today + timedelta(step * (_FEW[n] if n in _FEW else int(n)))
    name = match["weekday"] or match["span"]
    weekday = next((n for n, one in enumerate(_WEEKDAYS) if one.fullmatch(name)), None)
    if weekday is None:
        return None
    ahead = (weekday - today.weekday() - 1) % 7 + 1
    if (match["which"] or "").lower().startswith(("last", "letzt")):
        return today + timedelta(ahead - 7 if ahead < 7 else -7)
    return today + timedelta(ahead)
