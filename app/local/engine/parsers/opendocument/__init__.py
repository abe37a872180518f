"""OpenDocument (ODF 1.3): texts, spreadsheets and presentations of LibreOffice and others.

A text becomes HTML, and on Markdown. A spreadsheet has a section for each sheet: its cells hold
what they show. A presentation has a section for each slide, with the slide's number as its page.
What is hidden is left out: sections, sheets, rows, columns, slides.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from app.local import lazy_re as re
from app.local.engine.parsers import Document, Section, Unreadable
from app.local.engine.parsers.hypertext import to_markdown
from app.local.engine.parsers.numbering import attribute
from app.local.engine.parsers.opendocument.numbers import centimetres, count
from app.local.engine.parsers.opendocument.styles import OpenDocumentStyles
from app.local.engine.parsers.opendocument.text import Renderer, table_rows, value_of_cell
from app.local.engine.parsers.package import local_name, open_package
from app.local.engine.parsers.render import heading, line, numbers
from app.local.engine.parsers.sheets import Sheet, warning_of_hidden
from app.local.engine.parsers.sheets.references import Place
from app.local.engine.parsers.slide_order import Box, Placed, reading_order

_SHIFT = re.compile(r"translate\s{0,9}\(\s{0,9}([-\w.]{1,30})\s{1,9}([-\w.]{1,30})")
_MOST_REPEATED = 1000  # times that one cell or row is read: more fill up a sheet to its end


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
                yield Section(_text(content, styles), None)


def _text(content: Element, styles: OpenDocumentStyles) -> str:
    renderer = Renderer(styles, is_paper=True)
    header, footer = (
        "".join(dict.fromkeys(renderer.blocks(each) for each in styles.margins(kind)))
        for kind in ("header", "footer")
    )
    body = renderer.blocks(content)
    return to_markdown(header + body + footer + renderer.notes(), has_numbers=True)


def _sheets(content: Element, styles: OpenDocumentStyles, document: Document) -> Iterator[Section]:
    hidden = []
    for element in content.iterfind("{*}table"):
        if styles.hides_table(attribute(element, "style-name")):
            hidden.append(line(attribute(element, "name")))
            continue
        sheet = Sheet(line(attribute(element, "name")))
        notes: list[str] = []
        _read_rows(element, sheet, notes, styles)
        if element.find("{*}conditional-formats") is None:
            sheet.remove(_white(element, styles))
        if warning := sheet.warning():
            document.warn(warning)
        drawn = [
            text
            for shapes in (*map(list, element.iterfind("{*}shapes")), *_frames(element))
            if (text := to_markdown(Renderer(styles).blocks(shapes)))
        ]
        blocks = [*sheet.tables(), *drawn, *notes]
        if blocks:
            yield Section("\n\n".join([heading(sheet.title, 2), *blocks]), None)
    if hidden:
        document.warn(warning_of_hidden(hidden))


def _frames(table: Element) -> Iterator[list[Element]]:
    """What is anchored to the cells of a table."""
    for row in table_rows(table):
        for cell in row:
            if frames := cell.findall("{*}frame"):
                yield frames


def _white(table: Element, styles: OpenDocumentStyles) -> Iterator[Place]:
    """The cells whose style is white letters without a background."""
    row = 1
    for element in table_rows(table):
        column = 1
        for cell in element:
            if styles.fades(attribute(cell, "style-name")):
                yield row, column
            column += count(cell, "number-columns-repeated")
        row += count(element, "number-rows-repeated")


def _read_rows(table: Element, sheet: Sheet, notes: list[str], styles: OpenDocumentStyles) -> None:
    column = 1
    for element in table.iter():
        if local_name(element) == "table-column":
            last = column + count(element, "number-columns-repeated") - 1
            if attribute(element, "visibility") in ("collapse", "filter"):
                sheet.hidden_columns.append((column, last))
            column = last + 1
    row = 1
    for element in table_rows(table):
        repeated = count(element, "number-rows-repeated")
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
        repeated = count(cell, "number-columns-repeated")
        text = line(" ".join(_cell_texts(cell, styles)))
        if text:
            for at in range(column, column + min(repeated, _MOST_REPEATED)):
                yield at, text
        width, height = (count(cell, f"number-{kind}-spanned") for kind in ("columns", "rows"))
        if width > 1 or height > 1:
            last = (number + height - 1, column + width - 1)
            sheet.merged.append(((number, column), last))
        for note in cell.iterfind("{*}annotation"):
            words = line(" ".join("".join(each.itertext()) for each in note.iterfind("{*}p")))
            notes += [f"Note on {text!r}: {words}" if text else f"Note: {words}"] if words else []
        column += repeated


def _cell_texts(cell: Element, styles: OpenDocumentStyles) -> Iterator[str]:
    paragraphs = list(cell.iterfind("{*}p"))
    for paragraph in paragraphs:
        yield to_markdown(Renderer(styles).blocks([paragraph]))
    if not paragraphs:
        yield value_of_cell(cell)


def _slides(content: Element, styles: OpenDocumentStyles, document: Document) -> Iterator[Section]:
    hidden = []
    footers = {
        attribute(each, "name"): line(each.text or "")
        for each in content.iterfind("{*}footer-decl")
    }
    for number, page in enumerate(content.iterfind("{*}page"), start=1):
        if styles.hides_page(attribute(page, "style-name")):
            hidden.append(number)
            continue
        titles, placed, comments = list[Element](), list[Placed[Element]](), list[Element]()
        master = attribute(page, "master-page-name")
        size = [centimetres(side) for side in styles.page_size(master)]
        for shape in page:
            name = local_name(shape)
            if name in ("notes", "animations", "forms") or name.endswith("par"):
                continue
            if name == "annotation":
                comments.append(shape)
            elif attribute(shape, "class") == "title":
                titles.append(shape)
            else:
                box = _box(shape)
                if not (all(size) and box.right > box.left and box.is_outside(*size)):
                    placed.append(Placed(shape, box))
        texts = [
            heading(text, 1)
            for shape in titles
            if (text := to_markdown(Renderer(styles).blocks([shape])))
        ]
        texts += [to_markdown(Renderer(styles).blocks([shape])) for shape in reading_order(placed)]
        footer = footers.pop(attribute(page, "use-footer-name"), "")
        texts += [footer, *(to_markdown(Renderer(styles).blocks([each])) for each in comments)]
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
    """A shape's place; that of a group is the one of all that is in it."""
    inner = [_box(each) for each in shape] if local_name(shape) == "g" else []
    inner = [each for each in inner if each.right > each.left or each.bottom > each.top]
    if inner:
        return Box(
            min(each.left for each in inner),
            min(each.top for each in inner),
            max(each.right for each in inner),
            max(each.bottom for each in inner),
        )
    left, top, width, height = (
        centimetres(attribute(shape, name)) for name in ("x", "y", "width", "height")
    )
    if shift := _SHIFT.search(attribute(shape, "transform")):
        left, top = centimetres(shift[1]), centimetres(shift[2])
    return Box(left, top, left + width, top + height)
