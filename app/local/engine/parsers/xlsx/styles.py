"""The styles of a workbook's cells: their number formats, and which are white on white."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from app.local.engine.parsers.package import Package
from app.local.engine.parsers.sheets.number_formats import built_in
from app.local.engine.parsers.sheets.references import whole_number

_WHITE = (("rgb", "FFFFFFFF"), ("rgb", "00FFFFFF"), ("theme", "0"), ("indexed", "9"))


@dataclass(frozen=True)
class CellStyles:
    """What each style of a cell says, by its number.

    Attributes:
        formats: the number format.
        white: the styles of white letters without a filling.
    """

    formats: list[str] = field(default_factory=list)
    white: set[int] = field(default_factory=set)

    def format(self, style: int) -> str:
        return self.formats[style] if style < len(self.formats) else "General"


def read_styles(package: Package, parts: Iterable[str]) -> CellStyles:
    """The styles in these parts; none if they are damaged."""
    try:
        roots = [package.tree(part) for part in parts]
    except ParseError:
        return CellStyles()
    codes = {
        whole_number(each.get("numFmtId")): each.get("formatCode") or "General"
        for each in _all(roots, "numFmts/{*}numFmt")
    }
    fonts = [_is_white(each) for each in _all(roots, "fonts/{*}font")]
    fills = [_is_filled(each) for each in _all(roots, "fills/{*}fill")]
    styles = CellStyles()
    for at, style in enumerate(_all(roots, "cellXfs/{*}xf")):
        number = whole_number(style.get("numFmtId"))
        styles.formats.append(codes.get(number) or built_in(number))
        font, fill = whole_number(style.get("fontId")), whole_number(style.get("fillId"))
        if any(fonts[font : font + 1]) and not any(fills[fill : fill + 1]):
            styles.white.add(at)
    return styles


def _all(roots: Iterable[Element], path: str) -> Iterator[Element]:
    for root in roots:
        yield from root.iterfind(f"{{*}}{path}")


def _is_white(font: Element) -> bool:
    colour = font.find("{*}color")
    if colour is None or colour.get("tint"):
        return False
    return any(colour.get(kind, "").upper() == value for kind, value in _WHITE)


def _is_filled(fill: Element) -> bool:
    pattern = fill.find("{*}patternFill")
    if pattern is None:
        return len(fill) > 0  # a gradient
    return pattern.get("patternType", "none") != "none"
