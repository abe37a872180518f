"""Excel: a section for each sheet, with its tables, text boxes, charts and notes.

Values are as Excel last computed them, in the formats in which it shows them. Hidden sheets, rows
and columns and white letters on white are left out, because a reader does not see them. A sheet has
no page number: its name is the heading of its section.

The XML is read directly: Excel opens files that are not quite valid, and libraries refuse them.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from xml.etree.ElementTree import Element

from app.local import lazy_re as re
from app.local.engine.parsers import Document, Section
from app.local.engine.parsers.package import Package, local_name, open_package, relation_id
from app.local.engine.parsers.render import heading, line
from app.local.engine.parsers.sheets import Sheet, warning_of_hidden
from app.local.engine.parsers.sheets.number_formats import show_number, show_text
from app.local.engine.parsers.sheets.references import (
    Place,
    Range,
    place_of,
    range_of,
    whole_number,
)
from app.local.engine.parsers.xlsx.formulas import Formulas
from app.local.engine.parsers.xlsx.objects import drawn, margin, notes
from app.local.engine.parsers.xlsx.styles import read_styles

_MAIN = "xl/workbook.xml"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001 day 0 of Excel, which knows no zones
_MOST_NAMED = 5  # cells that a warning names


def parse(document: Document) -> Iterator[Section]:
    with open_package(document.path) as package:
        main = package.main("workbook", _MAIN)
        book = _Workbook(package, main)
        if hidden := [title for title, _, is_hidden in book.sheets() if is_hidden]:
            document.warn(warning_of_hidden(hidden))
        seen: set[str] = set()
        for title, part, is_hidden in book.sheets():
            if is_hidden or part in seen:
                continue
            seen.add(part)
            sheet, uncomputed = book.read(title, part)
            if warning := sheet.warning():
                document.warn(warning)
            if uncomputed:
                document.warn(_uncomputed(title, uncomputed))
            blocks = [*sheet.tables(), *drawn(package, part), *notes(package, part, sheet)]
            if blocks:
                blocks = [*filter(None, [sheet.header]), *blocks, *filter(None, [sheet.footer])]
                yield Section("\n\n".join([heading(title, 2), *blocks]), None)


def _uncomputed(title: str, cells: list[str]) -> str:
    named = ", ".join(cells[:_MOST_NAMED]) + (", ..." if len(cells) > _MOST_NAMED else "")
    return (
        f"Sheet {title!r}: the file holds no results for {len(cells)} of its formulas ({named}), "
        "so the formulas stand there instead: open it in Excel and save it."
    )


class _Workbook:
    """Reads the sheets of a workbook.

    Args:
        package: the file.
        main: its main part.
    """

    def __init__(self, package: Package, main: str) -> None:
        self._package = package
        self._main = main
        self._root = package.tree(main)
        properties = self._root.find("{*}workbookPr")
        switch = "" if properties is None else properties.get("date1904", "")
        self._from_1904 = switch in ("1", "true", "on")
        self._strings = [
            text for part in self._parts("sharedStrings") for text in self._items(part)
        ]
        self._styles = read_styles(package, self._parts("styles"))

    def sheets(self) -> Iterator[tuple[str, str, bool]]:
        """The name and part of each sheet, and whether it is hidden."""
        parts = self._package.relationships(self._main)
        for sheet in self._root.iterfind("{*}sheets/{*}sheet"):
            relation = parts.get(relation_id(sheet))
            if relation:
                is_hidden = sheet.get("state", "visible") != "visible"
                yield line(sheet.get("name", "")), relation.target, is_hidden

    def read(self, title: str, part: str) -> tuple[Sheet, list[str]]:
        """A sheet, and the names of cells whose formula has no result."""
        sheet, uncomputed, formulas = Sheet(title), list[str](), Formulas()
        white: set[Place] = set()
        has_other_colours = False
        links: list[tuple[Range, str]] = []
        addresses = self._package.relationships(part)
        row = 0
        for element in self._package.elements(part):
            match local_name(element):
                case "row":
                    row = whole_number(element.get("r")) or row + 1
                    sheet.rows[row] = dict(self._row(element, row, uncomputed, white, formulas))
                    if _is_hidden(element, "ht"):
                        sheet.hidden_rows.add(row)
                    element.clear()
                case "col" if _is_hidden(element, "width"):
                    first, last = whole_number(element.get("min")), whole_number(element.get("max"))
                    sheet.hidden_columns.append((first, last or first))
                case "sheetFormatPr":
                    sheet.shows_other_rows = element.get("zeroHeight") not in ("1", "true")
                case "mergeCell":
                    sheet.merged += filter(None, [range_of(element.get("ref", ""))])
                case "tablePart" | "conditionalFormatting":
                    has_other_colours = True  # which no style of a cell tells
                case "headerFooter":
                    sheet.header, sheet.footer = (
                        margin(element, kind) for kind in ("Header", "Footer")
                    )
                case "hyperlink":
                    reference, link = element.get("ref", ""), relation_id(element)
                    place = range_of(reference) or range_of(f"{reference}:{reference}")
                    if place and link in addresses and addresses[link].is_external:
                        links.append((place, addresses[link].target))
                case _:
                    pass
        if not has_other_colours:
            sheet.remove(white)
        for place, address in links:
            sheet.link(place, address)
        return sheet, uncomputed

    def _row(
        self,
        row: Element,
        number: int,
        uncomputed: list[str],
        white: set[Place],
        formulas: Formulas,
    ) -> Iterator[tuple[int, str]]:
        column = 0
        for cell in row:
            if local_name(cell) == "c":
                place = place_of(cell.get("r", ""))
                column = place[1] if place else column + 1
                text, has_result = self._cell(cell, (number, column), formulas)
                if not has_result:
                    uncomputed.append(cell.get("r") or f"row {number}")
                if whole_number(cell.get("s")) in self._styles.white:
                    white.add((number, column))
                if text:
                    yield column, text

    def _cell(self, cell: Element, place: Place, formulas: Formulas) -> tuple[str, bool]:
        """The text of a cell, and whether the file has its value."""
        kind, value, formula = cell.get("t", "n"), None, None
        for child in cell:
            match local_name(child):
                case "v":
                    value = child.text or ""
                case "f":
                    formula = formulas.text(child, place)
                case "is":
                    value, kind = _string(child), "inlineStr"
                case _:
                    pass
        if formula is not None and not value and kind != "str":
            return f"={formula or '?'}", False
        if not value:
            return "", True
        code = self._styles.format(whole_number(cell.get("s")))
        match kind:
            case "s":
                index = whole_number(value)
                string = self._strings[index] if index < len(self._strings) else ""
                return line(show_text(string, code)), True
            case "b":
                return ("FALSE" if value.strip() in ("0", "false") else "TRUE"), True
            case "n" | "":
                return _shown(value.strip(), code, self._from_1904), True
            case "d":
                return _shown_date(value.strip(), code), True
            case "inlineStr":
                return line(show_text(value, code)), True
            case _:
                return line(show_text(_unescape(value), code)), True

    def _parts(self, kind: str) -> list[str]:
        """The parts of a kind; that of most files if the relationships name none."""
        folder = self._main.rpartition("/")[0]
        return self._package.related(self._main, kind) or [f"{folder}/{kind}.xml"]

    def _items(self, part: str) -> Iterator[str]:
        for element in self._package.elements(part):
            if local_name(element) == "si":
                yield _string(element)
                element.clear()


@lru_cache(maxsize=4096)
def _shown(value: str, code: str, from_1904: bool) -> str:
    return show_number(value, code, from_1904=from_1904)


def _shown_date(value: str, code: str) -> str:
    """A date that is stored as in ISO 8601, in a format.

    >>> _shown_date("2024-03-15T06:40:00", "d mmm yyyy h:mm"), _shown_date("06:40:00", "General")
    ('15 Mar 2024 6:40', '06:40:00')
    """
    try:
        moment = datetime.fromisoformat(value if "-" in value else f"{_FIRST_DAY:%Y-%m-%d}T{value}")
    except ValueError:
        return value
    if code == "General":
        return value.replace("T", " ").removesuffix(" 00:00:00")
    days = (moment.replace(tzinfo=None) - _FIRST_DAY) / timedelta(days=1)
    return show_number(repr(days), code)


def _string(element: Element) -> str:
    """The text of a string, without the readings beside it (`rPh`)."""
    texts = (
        text.text or ""
        for child in element
        if local_name(child) in ("t", "r")
        for text in ([child] if local_name(child) == "t" else child.iterfind("{*}t"))
    )
    return _unescape("".join(texts))


def _unescape(text: str) -> str:
    r"""A text in which characters that XML cannot hold are escaped: ECMA-376 part 1, 22.9.2.19.

    >>> _unescape("one_x000D_\ntwo_x005F_x0041_")
    'one\r\ntwo_x0041_'
    """
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _is_hidden(element: Element, size: str) -> bool:
    """Whether a row or column is hidden, or has no height or width at all."""
    return element.get("hidden") in ("1", "true") or element.get(size) == "0"
