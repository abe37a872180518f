"""What a section of a number format writes for a number: digits, fractions, exponents."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from itertools import takewhile

from app.local import lazy_re as re
from app.local.engine.parsers.sheets.format_sections import Token

_CURRENCY = re.compile(r"\$([^-]*)(?:-(.*))?")
_SMALLEST = -6  # the power of ten down to which numbers are written out
_WIDE = Context(prec=400)


def write_number(number: Decimal, section: list[Token]) -> str:
    """What a section writes for a number: its digits, with the section's own words around them."""
    if any(each.kind == "general" or each == ("other", "@") for each in section):
        shown = general(number)
        return "".join(
            shown if each.kind == "general" or each == ("other", "@") else literal(each)
            for each in section
        )
    if not any(each.kind == "digit" for each in section):
        return "".join(map(literal, section))
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
        shown.get(at, "") if each.kind == "digit" else "." if at == point else literal(each)
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
    rest = "".join(literal(each) for each in power if each.kind != "digit")
    return f"{_decimal(number.scaleb(-exponent), mantissa)}E{sign}{abs(exponent):0{width}}{rest}"


def _fraction(number: Decimal, section: list[Token]) -> str:
    """A number such as "1 1/2"."""
    text = "".join(each.text for each in section if each.kind in ("digit", "other", "literal"))
    match = re.search(
        r"([0#?]{1,30}\s{1,30})?([0#?]{1,30})\s{0,30}/\s{0,30}([0#?]{1,30}|\d{1,30})", text
    )
    if match is None:
        return general(number)
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


def general(number: Decimal) -> str:
    """A number without a format: its 15 digits, or the whole number as it is stored."""
    if number == number.to_integral_value() and number.adjusted() < 20:
        return f"{number:f}".partition(".")[0]
    if _SMALLEST <= number.adjusted() < 20:
        return f"{number.normalize():f}"
    mantissa, _, exponent = f"{number.normalize():E}".partition("E")
    return f"{mantissa}E{exponent[0]}{exponent[1:]:0>2}"


def literal(token: Token) -> str:
    """What a piece of a format shows by itself."""
    if token.kind == "width":
        return " "
    if token.kind == "bracket":
        match = _CURRENCY.fullmatch(token.text)
        return match[1] if match else ""
    return token.text if token.kind in ("literal", "other") else ""
