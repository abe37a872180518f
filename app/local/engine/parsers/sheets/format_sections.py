"""The sections of a number format, and which of them shows a number.

A format has up to four, for positive and negative numbers, zero and text, or for what their
conditions say: ECMA-376 part 1, 18.8.31.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from app.local import lazy_re as re

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<width>.)|\*(?P<fill>.)|\[(?P<bracket>[^\[\]]*)\]'
    r"|(?P<general>General)|(?P<day>(?i:AM/PM|A/P)|[yY]+|[mM]+|[dD]+|[hH]+|[sS]+(?:\.0+)?"
    r"|[gG]{1,3}|[eE]{1,4}(?![+-])|[aA]{3,4})"
    r"|(?P<exponent>[eE][+-])|(?P<digit>[0#?])|(?P<other>.)",
    re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[\d.]+)")
_ELAPSED = re.compile(r"[hH]+|[mM]+|[sS]+")
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


def sections_of(code: str) -> list[list[Token]]:
    """The pieces of each section of a format; Excel reads four at most."""
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


def section_for(
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


def _condition(section: list[Token]) -> tuple[str, Decimal] | None:
    for each in section:
        if each.kind == "bracket" and (match := _CONDITION.fullmatch(each.text)):
            return match[1], Decimal(match[2])
    return None
