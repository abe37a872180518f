"""OpenDocument (ODF 1.3): texts, spreadsheets and presentations of LibreOffice and others.

A text becomes HTML, and on Markdown. A spreadsheet has a section for each sheet: its cells hold
what they show. A presentation has a section for each slide, with the slide's number as its page.
What is hidden is left out: sections, sheets, rows, columns, slides.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from app.local.engine.parsers import Document, Section, Unreadable
from app.local.engine.parsers.hypertext import to_markdown
from app.local.engine.parsers.numbering import attribute
from app.local.engine.parsers.opendocument_styles import OpenDocumentStyles
from app.local.engine.parsers.opendocument_text import Renderer, table_rows
from app.local.engine.parsers.package import Package, local_name, open_package
from app.local.engine.parsers.render import heading, line, numbers
from app.local.engine.parsers.sheets import Sheet, warning_of_hidden
from app.local.engine.parsers.slide_order import Box, Placed, reading_order

_MOST_REPEATED = 1000  # times that one cell or row is read: more fill up a sheet to its end
_UNITS = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72, "pc": 2.54 / 6, "px": 2.54 / 96}


def parse(document: Document) -> Iterator[Section]:
    with open_package(document.path) as package:
        if package.tree("META-INF/manifest.xml").find(".//{*}encryption-data") is not None:
            raise Unreadable(
                "The file is encrypted with a password: remove it and upload the file again."
            )
        body = package.tree("content.xml").find("{*}body")
        content = next(iter(body), None) if body is not None else None
        if content is None:
            raise Unreadable(
                "The file is no OpenDocument: it holds no content.xml. Give it the suffix of what "
                "it really is."
            )
        styles = OpenDocumentStyles(package)
        match local_name(content):
            case "spreadsheet":
                yield from _sheets(content, styles, document)
            case "presentation" | "drawing":
                yield from _slides(content, styles, document)
            case _:
                yield Section(_text(content, styles, package), None)


def _text(content: Element, styles: OpenDocumentStyles, package: Package) -> str:
    renderer = Renderer(styles)
    page = package.tree("styles.xml").find("{*}master-styles/{*}master-page")
    around = {"header": "", "footer": ""}
    for each in () if page is None else page:
        if (name := local_name(each)) in around and attribute(each, "display") != "false":
            around[name] = renderer.blocks(each)
    body = renderer.blocks(content)
    html = around["header"] + body + around["footer"] + renderer.notes()
    return to_markdown(html, has_numbers=False)


def _sheets(content: Element, styles: OpenDocumentStyles, document: Document) -> Iterator[Section]:
    hidden = []
    for element in content.iterfind("{*}table"):
        if styles.hides_table(attribute(element, "style-name")):
            hidden.append(line(attribute(element, "name")))
            continue
        sheet = Sheet(line(attribute(element, "name")))
        notes: list[str] = []
        _read_rows(element, sheet, notes, styles)
        if warning := sheet.warning():
            document.warn(warning)
        drawn = [
            text
            for shapes in element.iterfind("{*}shapes")
            if (text := to_markdown(Renderer(styles).blocks(shapes)))
        ]
        blocks = [*sheet.tables(), *drawn, *notes]
        if blocks:
            yield Section("\n\n".join([heading(sheet.title, 2), *blocks]), None)
    if hidden:
        document.warn(warning_of_hidden(hidden))


def _read_rows(table: Element, sheet: Sheet, notes: list[str], styles: OpenDocumentStyles) -> None:
    column = 1
    for element in table.iter():
        if local_name(element) == "table-column":
            last = column + _count(element, "number-columns-repeated") - 1
            if attribute(element, "visibility") in ("collapse", "filter"):
                sheet.hidden_columns.append((column, last))
            column = last + 1
    row = 1
    for element in table_rows(table):
        repeated = _count(element, "number-rows-repeated")
        cells = dict(_read_cells(element, row, sheet, notes, styles))
        for number in range(row, row + min(repeated, _MOST_REPEATED)):
            if cells:
                sheet.rows[number] = cells
            if attribute(element, "visibility") in ("collapse", "filter"):
                sheet.hidden_rows.add(number)
        row += repeated


def _read_cells(
    row: Element, number: int, sheet: Sheet, notes: list[str], styles: OpenDocumentStyles
) -> Iterator[tuple[int, str]]:
    column = 1
    for cell in row:
        if local_name(cell) not in ("table-cell", "covered-table-cell"):
            continue
        repeated = _count(cell, "number-columns-repeated")
        text = line(" ".join(_cell_texts(cell, styles)))
        if text:
            for at in range(column, column + min(repeated, _MOST_REPEATED)):
                yield at, text
        width, height = (_count(cell, f"number-{kind}-spanned") for kind in ("columns", "rows"))
        if width > 1 or height > 1:
            last = (number + height - 1, column + width - 1)
            sheet.merged.append(((number, column), last))
        for note in cell.iterfind("{*}annotation"):
            words = line(" ".join("".join(each.itertext()) for each in note.iterfind("{*}p")))
            notes += [f"Note on {text!r}: {words}" if text else f"Note: {words}"] if words else []
        column += repeated


def _cell_texts(cell: Element, styles: OpenDocumentStyles) -> Iterator[str]:
    for paragraph in cell.iterfind("{*}p"):
        yield to_markdown(Renderer(styles).blocks([paragraph]))


def _slides(content: Element, styles: OpenDocumentStyles, document: Document) -> Iterator[Section]:
    hidden = []
    for number, page in enumerate(content.iterfind("{*}page"), start=1):
        if styles.hides_page(attribute(page, "style-name")):
            hidden.append(number)
            continue
        titles, placed = [], []
        for shape in page:
            name = local_name(shape)
            if name in ("notes", "animations", "forms") or name.endswith("par"):
                continue
            if attribute(shape, "class") in ("title",):
                titles.append(shape)
            else:
                placed.append(Placed(shape, _box(shape)))
        texts = [
            heading(text, 1)
            for shape in titles
            if (text := to_markdown(Renderer(styles).blocks([shape])))
        ]
        texts += [to_markdown(Renderer(styles).blocks([shape])) for shape in reading_order(placed)]
        for notes in page.iterfind("{*}notes/{*}frame"):
            if attribute(notes, "class") == "notes":
                words = to_markdown(Renderer(styles).blocks([notes]))
                texts.append(f"Notes: {words}" if words else "")
        yield Section("\n\n".join(filter(None, texts)), number)
    if hidden:
        document.warn(
            f"{numbers('Slide', hidden)} been left out, since shows leave out hidden ones."
        )


def _box(shape: Element) -> Box:
    left, top, width, height = (
        _centimetres(attribute(shape, name)) for name in ("x", "y", "width", "height")
    )
    return Box(left, top, left + width, top + height)


def _centimetres(length: str) -> float:
    """A length such as "2.5cm" in centimetres.

    >>> _centimetres("10mm")
    1.0
    """
    try:
        return float(length[:-2]) * _UNITS.get(length[-2:], 1.0)
    except ValueError:
        return 0.0


def _count(element: Element, name: str) -> int:
    """A number from 1 in an attribute; 1 where there is none."""
    value = attribute(element, name)
    return max(1, int(value)) if value.isdecimal() and len(value) < 10 else 1
