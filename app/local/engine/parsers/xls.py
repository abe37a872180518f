"""Excel before 2007 (BIFF): a section for each sheet, with its cells as they are shown, and notes.

What Excel opens under this suffix is read too: newer workbooks, web pages, and text.
"""

import os
from collections.abc import Iterator
from typing import Any

import xlrd
from xlrd.biffh import XLRDError

from app.local.engine.parsers import Document, Section, Unreadable, delimited, hypertext, xlsx
from app.local.engine.parsers.render import heading, line
from app.local.engine.parsers.sheets import Sheet, warning_of_hidden
from app.local.engine.parsers.sheets.number_formats import show_number, show_text

_COMPOUND_FILE = b"\xd0\xcf\x11\xe0"  # how Office's files before 2007 begin
_WORKBOOK = b"\x09"  # how a workbook without a file around it begins: record BOF
_ZIP = b"PK\x03\x04"


def parse(document: Document) -> Iterator[Section]:
    with document.path.open("rb") as file:
        start = file.read(512)
    if start.startswith(_ZIP):
        yield from xlsx.parse(document)
    elif start.startswith((_COMPOUND_FILE, _WORKBOOK)):
        yield from _sheets(document)
    elif start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        yield from hypertext.parse(document)
    else:
        yield from delimited.parse(document)


def _sheets(document: Document) -> Iterator[Section]:
    book = _open(document)
    if hidden := [line(sheet.name) for sheet in book.sheets() if sheet.visibility]:
        document.warn(warning_of_hidden(hidden))
    for sheet in book.sheets():
        if sheet.visibility:
            continue
        shown = _read(book, sheet)
        if warning := shown.warning():
            document.warn(warning)
        blocks = [*shown.tables(), *_notes(sheet, shown)]
        if blocks:
            yield Section("\n\n".join([heading(shown.title, 2), *blocks]), None)


def _open(document: Document) -> Any:
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 for what the library prints
        try:
            return xlrd.open_workbook(
                file_contents=document.path.read_bytes(), formatting_info=True, logfile=nowhere
            )
        except XLRDError as error:
            if "encrypted" not in str(error):
                raise
            raise Unreadable(
                "The file is encrypted with a password: remove it and upload the file again."
            ) from error


def _read(book: Any, sheet: Any) -> Sheet:
    shown = Sheet(line(sheet.name))
    for row in range(sheet.nrows):
        cells = sheet.row(row)
        shown.rows[row + 1] = {
            at: text for at, cell in enumerate(cells, start=1) if (text := _text(book, cell))
        }
        if (information := sheet.rowinfo_map.get(row)) and information.hidden:
            shown.hidden_rows.add(row + 1)
    for column, information in sheet.colinfo_map.items():
        if information.hidden:
            shown.hidden_columns.append((column + 1, column + 1))
    for top, bottom, left, right in sheet.merged_cells:  # the ends are those after the last
        shown.merged.append(((top + 1, left + 1), (bottom, right)))
    return shown


def _text(book: Any, cell: Any) -> str:
    code = "General"
    if cell.xf_index is not None and cell.xf_index < len(book.xf_list):
        form = book.format_map.get(book.xf_list[cell.xf_index].format_key)
        code = form.format_str if form else code
    match cell.ctype:
        case xlrd.XL_CELL_TEXT:
            return line(show_text(cell.value, code))
        case xlrd.XL_CELL_NUMBER | xlrd.XL_CELL_DATE:
            return show_number(repr(cell.value), code, from_1904=bool(book.datemode))
        case xlrd.XL_CELL_BOOLEAN:
            return "TRUE" if cell.value else "FALSE"
        case xlrd.XL_CELL_ERROR:
            return str(xlrd.error_text_from_code.get(cell.value, "#ERROR!"))
        case _:
            return ""


def _notes(sheet: Any, shown: Sheet) -> Iterator[str]:
    for (row, column), note in sorted(sheet.cell_note_map.items()):
        if shown.shows((row + 1, column + 1)) and (text := line(note.text)):
            yield f"Note on {xlrd.cellname(row, column)}: {text}"
