"""Numbers as a spreadsheet shows them: ECMA-376 part 1, 18.8.31, number formats.

A format has up to four sections, for positive and negative numbers, zero and text, or for what
their conditions say. What Excel shows by the settings of its reader's computer, such as the short
date, is shown as in ISO 8601. Where a format writes digits of its own before a number, the number
follows in brackets.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from fractions import Fraction
from itertools import takewhile
from typing import NamedTuple

from app.local.engine.parsers.sheets.date_formats import show_date

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<width>.)|\*(?P<fill>.)|\[(?P<bracket>[^\[\]]*)\]'
    r"|(?P<general>General)|(?P<day>(?i:AM/PM|A/P)|[yY]+|[mM]+|[dD]+|[hH]+|[sS]+(?:\.0+)?"
    r"|[gG]{1,3}|[eE]{1,4}(?![+-])|[aA]{3,4})"
    r"|(?P<exponent>[eE][+-])|(?P<digit>[0#?])|(?P<other>.)",
    re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[\d.]+)")
_ELAPSED = re.compile(r"[hH]+|[mM]+|[sS]+")
_CURRENCY = re.compile(r"\$([^-]*)(?:-(.*))?")
_LOCAL_DATE, _LOCAL_TIME = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
_ACCOUNTING = ("#,##0_);(#,##0)", "#,##0.00_);(#,##0.00)")
_BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
    5: '"$"#,##0_);("$"#,##0)', 6: '"$"#,##0_);("$"#,##0)',
    7: '"$"#,##0.00_);("$"#,##0.00)', 8: '"$"#,##0.00_);("$"#,##0.00)',
    9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: _LOCAL_DATE, 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: _LOCAL_TIME,
    **dict.fromkeys((27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58), _LOCAL_DATE),
    32: "h:mm", 33: "h:mm:ss", 34: "h:mm", 35: "h:mm:ss", 55: "h:mm", 56: "h:mm:ss",
    37: _ACCOUNTING[0], 38: _ACCOUNTING[0], 39: _ACCOUNTING[1], 40: _ACCOUNTING[1],
    41: _ACCOUNTING[0], 42: '"$"#,##0_);("$"#,##0)', 43: _ACCOUNTING[1],
    44: '"$"#,##0.00_);("$"#,##0.00)', 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
    48: "##0.0E+0", 49: "@",
}  # fmt: skip
_PRECISE = Context(prec=15, rounding=ROUND_HALF_UP)  # the digits that Excel keeps
_SMALLEST = -6  # the power of ten down to which numbers are written out
_FARTHEST = 308  # the power of ten of the largest number that a cell can hold
_LONGEST_NUMBER = 17  # digits of a whole number that are shown as they are stored
_LONGEST_CODE = 255  # characters of a format, as in Excel
_COMPARISONS = {
    "<": lambda number, limit: number < limit,
    ">": lambda number, limit: number > limit,
    "<=": lambda number, limit: number <= limit,
    ">=": lambda number, limit: number >= limit,
    "=": lambda number, limit: number == limit,
    "<>": lambda number, limit: number != limit,
}


class Token(NamedTuple):
    """A piece of a format. Its kind is the name of a group of `_TOKEN`, or "literal"."""

    kind: str
    text: str


def built_in(number: int) -> str:
    """The format with this number, which files do not store."""
    return _BUILT_IN.get(number, "General")


def show_number(value: str, code: str, *, from_1904: bool = False) -> str:
    """A number in a format.

    Args:
        value: the number as it is stored, such as "1.5" or "6.02E+23".
        code: the format.
        from_1904: whether days are counted from 1904.

    >>> show_number("2138", "00000"), show_number("-1234.5", '"$"#,##0.00_);("$"#,##0.00)')
    ('02138', '($1,234.50)')
    >>> show_number("1.08333333", "[h]:mm"), show_number("45366", "[$-407]d. mmmm yyyy;@")
    ('26:00', '15. März 2024')
    """
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if not number.is_finite() or abs(number.adjusted()) > _FARTHEST:
        return value
    if number != number.to_integral_value() or number.adjusted() > _LONGEST_NUMBER:
        number = _PRECISE.create_decimal(number)
    section, shown = _section(number, _sections(code))
    if section is None:
        return _general(number)
    if any(each.kind in ("day", "elapsed") for each in section):
        text = show_date(number, section, from_1904=from_1904)
        return _general(number) if text is None else " ".join(text.split())
    text = " ".join(_number(shown, section).split())
    return f"{text} ({_general(number)})" if _writes_digits(section) else text


def show_text(text: str, code: str) -> str:
    """A text in a format: formats may add words to a text, and hide it.

    >>> show_text("Rope", '0;0;0;"Item "@'), show_text("Rope", ";;;"), show_text("Rope", "0.0")
    ('Item Rope', '', 'Rope')
    """
    sections = _sections(code)
    last = sections[-1]
    if len(sections) < 4 and not any(each == ("other", "@") for each in last):
        return text
    pieces = (text if each == ("other", "@") else _literal(each) for each in last)
    return "".join(pieces).strip() if len(last) else ""


def _sections(code: str) -> list[list[Token]]:
    sections: list[list[Token]] = [[]]
    for match in _TOKEN.finditer(code[:_LONGEST_CODE]):
        kind, text = str(match.lastgroup), match[str(match.lastgroup)]
        if kind == "other" and text == ";":
            sections.append([])
        elif kind == "bracket" and _ELAPSED.fullmatch(text):
            sections[-1].append(Token("elapsed", text.lower()))
        elif kind in ("quoted", "escaped"):
            sections[-1].append(Token("literal", text))
        elif kind != "fill":
            sections[-1].append(Token(kind, text))
    return sections[:4]


def _section(
    number: Decimal, sections: Sequence[list[Token]]
) -> tuple[list[Token] | None, Decimal]:
    """The section for a number, and the number as that section shows it: mostly without its sign,
    where a section is there for negative numbers.
    """
    texts = [section for section in sections if ("other", "@") in section]
    if len(sections) == 4 or (texts and len(sections) > 1 and sections[-1] is texts[-1]):
        sections = sections[:-1]
    conditions = [_condition(section) for section in sections]
    if any(conditions):
        for at, section in enumerate(sections):
            condition = conditions[at]
            if condition is None and at == 1 and len(sections) > 2:
                condition = ("<", Decimal(0))
            if condition is None or _COMPARISONS[condition[0]](number, condition[1]):
                return section, number if condition is None else _unsigned(number, condition)
        return None, number
    if len(sections) > 2 and number == 0:
        return sections[2], number
    if len(sections) > 1 and number < 0:
        return sections[1], abs(number)
    return sections[0], number


def _unsigned(number: Decimal, condition: tuple[str, Decimal]) -> Decimal:
    """The number without its sign, if its section is only there for negative numbers."""
    return abs(number) if condition[0] in ("<", "<=") and condition[1] <= 0 else number


def _writes_digits(section: list[Token]) -> bool:
    r"""Whether a format writes digits of its own right before the number, as `\1\.00` does, so that
    what it shows is another number than the one that the cell holds.
    """
    before = list(takewhile(lambda each: each.kind != "digit", section))
    words = "".join(map(_literal, before)).split(" ")
    return len(before) < len(section) and any(map(str.isdigit, words[-1]))


def _condition(section: list[Token]) -> tuple[str, Decimal] | None:
    for each in section:
        if each.kind == "bracket" and (match := _CONDITION.fullmatch(each.text)):
            return match[1], Decimal(match[2])
    return None


def _number(number: Decimal, section: list[Token]) -> str:
    if any(each.kind == "general" or each == ("other", "@") for each in section):
        shown = _general(number)
        return "".join(
            shown if each.kind == "general" or each == ("other", "@") else _literal(each)
            for each in section
        )
    if not any(each.kind == "digit" for each in section):
        return "".join(map(_literal, section))
    if any(each == ("other", "/") for each in section):
        return _fraction(number, section)
    number *= Decimal(100) ** sum(each == ("other", "%") for each in section)
    if any(each.kind == "exponent" for each in section):
        return _scientific(number, section)
    return _decimal(number, section)


def _decimal(number: Decimal, section: list[Token]) -> str:
    digits = [at for at, each in enumerate(section) if each.kind == "digit"]
    point = next((at for at, each in enumerate(section) if each == ("other", ".")), len(section))
    whole = [at for at in digits if at < point]
    places = [at for at in digits if at > point]
    commas = [at for at, each in enumerate(section) if each == ("other", ",")]
    thousands = [
        at
        for last in (max(whole, default=-1), max(places, default=-1))
        for at in takewhile(commas.__contains__, range(last + 1, len(section)))
    ]
    groups = any(whole and whole[0] < at < whole[-1] for at in commas)
    number = number.scaleb(-3 * len(thousands))
    rounded = abs(number).quantize(Decimal(1).scaleb(-len(places)), ROUND_HALF_UP, _WIDE)
    integer, _, fraction = f"{rounded:f}".partition(".")
    shown = dict(_filled(section, whole, integer.lstrip("0"), groups=groups))
    shown |= _decimals(section, places, fraction)
    skipped = {at for at in commas if at in thousands or (whole and whole[0] < at < whole[-1])}
    sign = "-" if number < 0 and rounded else ""
    text = "".join(
        shown.get(at, "") if each.kind == "digit" else "." if at == point else _literal(each)
        for at, each in enumerate(section)
        if at not in skipped
    )
    return sign + (text if whole else _before_point(text, integer, point, section))


def _before_point(text: str, integer: str, point: int, section: list[Token]) -> str:
    """Add the whole part to a number whose format, such as ".00", has no place for it."""
    if point == len(section) or integer == "0":
        return text
    before, _, after = text.partition(".")
    return f"{before}{integer}.{after}"


def _filled(
    section: list[Token], places: list[int], digits: str, *, groups: bool
) -> Iterator[tuple[int, str]]:
    """The digits for each place before the point; the first place takes all that are left."""
    count = 0
    for at in reversed(places):
        own = digits[-1:] if at != places[0] else digits
        digits = digits[: len(digits) - len(own)]
        own = own or {"0": "0", "?": " "}.get(section[at].text, "")
        text = ""
        for digit in reversed(own):
            text = digit + ("," if groups and count and count % 3 == 0 else "") + text
            count += 1
        yield at, text


def _decimals(section: list[Token], places: list[int], digits: str) -> dict[int, str]:
    shown = dict(zip(places, digits, strict=False))
    for at in reversed(places):
        if shown.get(at) != "0" or section[at].text == "0":
            break
        shown[at] = " " if section[at].text == "?" else ""
    return shown


def _scientific(number: Decimal, section: list[Token]) -> str:
    at = next(place for place, each in enumerate(section) if each.kind == "exponent")
    mantissa, power = section[:at], section[at + 1 :]
    point = next((i for i, each in enumerate(mantissa) if each == ("other", ".")), len(mantissa))
    whole = max(1, sum(each.kind == "digit" for each in mantissa[:point]))
    places = sum(each.kind == "digit" for each in mantissa[point:])
    exponent = 0
    if number:
        rounded = Context(prec=places + whole, rounding=ROUND_HALF_UP).create_decimal(number)
        exponent = rounded.adjusted() - (rounded.adjusted() % whole if whole > 1 else 0)
    sign = "-" if exponent < 0 else "+" if section[at].text.endswith("+") else ""
    width = sum(each.kind == "digit" for each in power)
    rest = "".join(_literal(each) for each in power if each.kind != "digit")
    return f"{_decimal(number.scaleb(-exponent), mantissa)}E{sign}{abs(exponent):0{width}}{rest}"


def _fraction(number: Decimal, section: list[Token]) -> str:
    """A number such as "1 1/2"."""
    text = "".join(each.text for each in section if each.kind in ("digit", "other", "literal"))
    match = re.search(
        r"([0#?]{1,30}\s{1,30})?([0#?]{1,30})\s{0,30}/\s{0,30}([0#?]{1,30}|\d{1,30})", text
    )
    if match is None:
        return _general(number)
    value = Fraction(abs(number))
    if match[3].isdecimal() and int(match[3]):
        parts = Fraction(round(value * int(match[3])), 1)
        top, bottom = int(parts), int(match[3])
    else:
        near = value.limit_denominator(10 ** len(match[3]) - 1)
        top, bottom = near.numerator, near.denominator
    sign = "-" if number < 0 else ""
    if not match[1]:
        return f"{sign}{top}/{bottom}"
    whole, top = divmod(top, bottom)
    pieces = [str(whole)] if whole or not top else []
    return sign + " ".join(pieces + ([f"{top}/{bottom}"] if top else []))


def _general(number: Decimal) -> str:
    """A number without a format: its 15 digits, or the whole number as it is stored."""
    if number == number.to_integral_value() and number.adjusted() < 20:
        return f"{number:f}".partition(".")[0]
    if _SMALLEST <= number.adjusted() < 20:
        return f"{number.normalize():f}"
    mantissa, _, exponent = f"{number.normalize():E}".partition("E")
    return f"{mantissa}E{exponent[0]}{exponent[1:]:0>2}"


def _literal(token: Token) -> str:
    """What a piece of a format shows by itself."""
    if token.kind == "width":
        return " "
    if token.kind == "bracket":
        match = _CURRENCY.fullmatch(token.text)
        return match[1] if match else ""
    return token.text if token.kind in ("literal", "other") else ""


_WIDE = Context(prec=400)
