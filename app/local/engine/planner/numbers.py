"""Numbers of a text: in digits and in words, with their units, as English and German write them."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.local import lazy_re as re
from app.local.engine.planner.vocabulary import UNITS
from app.local.engine.planner.words import TOKEN, word_list

_RUN = re.compile(
    r"(?<![\w.])(?P<sign>[-+\u2212](?=[\d$\u20ac\u00a3.]))?(?P<currency>[$\u20ac\u00a3\u00a5] ?)?"
    r"(?P<digits>\.?\d++(?:[.,']\d++)*+)"
)
_UNIT = re.compile(
    r" ?(?:(?P<sign>[%\u20ac$\u00a3\u2030]|\u00b0 ?[CFK]?\b|-?(?P<word>[^\W\d_]{1,20}+"
    r"(?:/[^\W\d_]{1,12}+)?(?:\^?[23\u00b2\u00b3])?))(?![^\W_]))"
)
_SCALES = {
    "thousand": 1e3, "tausend": 1e3, "million": 1e6, "millions": 1e6, "millionen": 1e6, "mio": 1e6,
    "billion": 1e9, "billions": 1e9, "milliarde": 1e9, "milliarden": 1e9, "mrd": 1e9,
    "trillion": 1e12, "k": 1e3, "bn": 1e9, "mn": 1e6, "dozen": 12, "hundred": 100,
}  # fmt: skip
_ONES = word_list("""
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen
""")
_EINS = word_list("""
null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn
sechzehn siebzehn achtzehn neunzehn
""")
_TENS = word_list("""
twenty thirty forty fifty sixty seventy eighty ninety
""")
_ZEHNER = word_list("""
zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig
""")
_WORDS = {
    **{word: n for n, word in enumerate(_ONES)},
    **{word: n for n, word in enumerate(_EINS)},
    **{word: 20 + 10 * n for n, word in enumerate(_TENS)},
    **{word: 20 + 10 * n for n, word in enumerate(_ZEHNER)},
    "once": 1, "twice": 2, "thrice": 3, "half": 0.5, "couple": 2, "dozen": 12, "hundred": 100,
    "thousand": 1000, "million": 1_000_000,
}  # fmt: skip
_LONGEST = 40  # digits; what is longer is no quantity
_GREATEST = 1e15
_COMMA = re.compile(r"\d+,\d{1,2}")
_MEASURES = frozenset(unit for units in UNITS.values() for unit in units)
_MOST_GROUPS = 3  # of thousands in one number; more of them are a list without spaces
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_TAUSENDER = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")


@dataclass(frozen=True)
class Number:
    """A number, at the characters [start, end); the unit stands outside of them, if it follows."""

    start: int
    end: int
    value: float
    unit: str = ""
    word: bool = False


def numbers(text: str, german: bool = False) -> list[Number]:
    """All numbers, in reading order.

    >>> [(n.value, n.unit) for n in numbers("It took 2,500 km and five days; 3.5 million, $12.50")]
    [(2500, 'km'), (5, 'days'), (3500000, ''), (12.5, '$')]
    >>> [(n.value, n.unit) for n in numbers("1.234,50 Euro und 3,5 kg", german=True)]
    [(1234.5, 'euro'), (3.5, 'kg')]
    """
    result: list[Number] = []
    written = [*_in_digits(text, german), *_in_words(text)]
    for one in sorted(written, key=lambda one: one.start):
        if not result or one.start >= result[-1].end:
            result.append(one)
    return result


def _in_digits(text: str, german: bool) -> Iterator[Number]:
    for run in _RUN.finditer(text):
        digits, start = run["digits"], run.start("digits")
        measured = _unit(text, run.end())[0] in _MEASURES
        decimal = german or (measured and _COMMA.fullmatch(digits) is not None)  # "19,5 kg"
        sign = -1 if run["sign"] in ("-", "\u2212") else 1
        begin = run.start()
        for place, (part, value) in enumerate(_values(digits, decimal)):
            where = start + part
            end = start + len(digits) if place < 0 else where + _length(digits, part, decimal)
            unit, scale, end = _unit(text, end)
            unit = (run["currency"] or "").strip() or unit
            amount = value * scale * (sign if place == 0 else 1)
            yield Number(begin if place == 0 else where, end, _whole(amount), unit)


def _length(digits: str, start: int, german: bool) -> int:
    comma = digits.find(",", start) if _is_list(digits, german) else -1
    return (comma if comma >= 0 else len(digits)) - start


def _is_list(digits: str, german: bool) -> bool:
    """Whether a run of digits and commas is several numbers.

    >>> [_is_list(run, False) for run in ("3,4", "1,000", "12,24,36", "1.5,2.5", "7")]
    [True, False, True, True, False]
    """
    if "," not in digits or _TAUSENDER.fullmatch(digits):
        return False
    if _THOUSANDS.fullmatch(digits):
        return digits.count(",") > _MOST_GROUPS
    return not (german and digits.count(",") == 1)


def _values(digits: str, german: bool) -> Iterator[tuple[int, float]]:
    """Where each number of a run begins, and what it is; nothing for versions and addresses."""
    if _is_list(digits, german):
        place = 0
        for part in digits.split(","):
            yield from ((place, value) for _, value in _values(part, german))
            place += len(part) + 1
        return
    if _TAUSENDER.fullmatch(digits) and (german or "," in digits or digits.count(".") > 1):
        digits = digits.replace(".", "").replace(",", ".")
    elif german and digits.count(",") == 1 and "." not in digits:
        digits = digits.replace(",", ".")
    digits = digits.replace(",", "").replace("'", "")
    if digits.count(".") <= 1 and len(digits) <= _LONGEST:
        yield 0, float(digits)


def _unit(text: str, end: int) -> tuple[str, float, int]:
    """The unit behind a number, what it is multiplied with, and where the number ends."""
    match = _UNIT.match(text, end)
    word = (match["sign"].strip(" -").lower() if match else "").strip()
    if match and word in _SCALES and match[0].strip() != "K":  # 298 K is no 298,000
        unit, _, _ = _unit(text, match.end())
        return unit, _SCALES[word], match.end()
    return word, 1, end


def _in_words(text: str) -> Iterator[Number]:
    """Numbers in words; those that stand side by side are one number: "two hundred five"."""
    value: float = 0
    start = end = -1
    for token in TOKEN.finditer(text):
        word = token[0].lower()
        n = _word_value(word)
        apart = start >= 0 and text[end : token.start()].strip()
        if n is None or apart or value > _GREATEST:
            if start >= 0:
                yield _number(text, start, end, value)
            start, value = -1, 0
        if n is None:
            continue
        if start < 0:
            start, value = token.start(), n
        else:
            value = value * n if n >= 100 else value + n
        end = token.end()
    if start >= 0:
        yield _number(text, start, end, value)


def _number(text: str, start: int, end: int, value: float) -> Number:
    unit, scale, end = _unit(text, end)
    return Number(start, end, _whole(value * scale), unit, word=True)


def _word_value(word: str) -> float | None:
    if word in _WORDS:
        return _WORDS[word]
    ten, _, one = word.partition("-")
    if ten in _WORDS and one in _WORDS and 20 <= _WORDS[ten] < 100 and _WORDS[one] < 10:
        return _WORDS[ten] + _WORDS[one]
    return None


def _whole(value: float) -> float:
    """An integer where the value is one."""
    value = round(value, 10)
    return int(value) if abs(value) < _GREATEST and value == int(value) else value
