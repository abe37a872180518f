"""Numbers as a spreadsheet shows them: ECMA-376 part 1, 18.8.31, number formats.

A format is read as sections (`format_sections`); the one for a number writes a date
(`date_formats`) or digits (`digits`). What Excel shows by the settings of its reader's computer,
such as the short date, is shown as in ISO 8601. Where a format writes digits of its own before a
number, the number follows in brackets.
"""

from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from itertools import takewhile

from app.local.engine.parsers.sheets.date_formats import show_date
from app.local.engine.parsers.sheets.digits import general, literal, write_number
from app.local.engine.parsers.sheets.format_sections import Token, section_for, sections_of

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
_FARTHEST = 308  # the power of ten of the largest number that a cell can hold
_LONGEST_NUMBER = 17  # digits of a whole number that are shown as they are stored


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
    section, shown = section_for(number, sections_of(code))
    if section is None:
        return general(number)
    if any(each.kind in ("day", "elapsed") for each in section):
        text = show_date(number, section, from_1904=from_1904)
        return general(number) if text is None else " ".join(text.split())
    text = " ".join(write_number(shown, section).split())
    return f"{text} ({general(number)})" if _writes_digits(section) else text


def show_text(text: str, code: str) -> str:
    """A text in a format: formats may add words to a text, and hide it.

    >>> show_text("Rope", '0;0;0;"Item "@'), show_text("Rope", ";;;"), show_text("Rope", "0.0")
    ('Item Rope', '', 'Rope')
    """
    sections = sections_of(code)
    last = sections[-1]
    if len(sections) < 4 and not any(each == ("other", "@") for each in last):
        return text
    pieces = (text if each == ("other", "@") else literal(each) for each in last)
    return "".join(pieces).strip() if len(last) else ""


def _writes_digits(section: list[Token]) -> bool:
    r"""Whether a format writes digits of its own right before the number, as `\1\.00` does, so that
    what it shows is another number than the one that the cell holds.
    """
    before = list(takewhile(lambda each: each.kind != "digit", section))
    words = "".join(map(literal, before)).split(" ")
    return len(before) < len(section) and any(map(str.isdigit, words[-1]))
