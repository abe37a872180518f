"""PDF: a section for each page.

A PDF has no paragraphs and no headings, only glyphs at places. PDFium gives their lines, with the
place of each, in the order in which they are drawn.

    opening         the file, also a damaged one
    scene           which texts a reader sees, and which way they are turned
    layers          which of them belong to a layer that is switched off
    annotations     the values of form fields, and FreeText
    drawn_lines     lines by the places of their letters
    vertical        lines that are written downwards
    letters         what is missing between the letters of a line
    lines           a line, and the parts of a page
    reading_order   columns and tables
    cell_tables     tables that are drawn cell by cell
    column_tables   tables that are drawn column by column
    table_headers   headers of several lines
    hyphens         words that the end of a line broke
    running_titles  what recurs at the edges of pages
    layout          paragraphs, headings
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from math import inf
from time import monotonic

import pypdfium2
import pypdfium2.raw as pdfium

from app.local.engine.parsers import (
    Document,
    Section,
    TooSlow,
    Unreadable,
    recognizes_pictures,
)
from app.local.engine.parsers.mail import warn_of_attachments
from app.local.engine.parsers.pdf.annotations import MOST_NOTES, attached, draw, notes, with_notes
from app.local.engine.parsers.pdf.drawn_lines import drawn_lines
from app.local.engine.parsers.pdf.layers import switched_off
from app.local.engine.parsers.pdf.layout import markdown
from app.local.engine.parsers.pdf.lines import Line
from app.local.engine.parsers.pdf.opening import attachment_names, has_layers, open_pdf
from app.local.engine.parsers.pdf.running_titles import PageLines, without_furniture
from app.local.engine.parsers.pdf.scene import keep, scene, upright
from app.local.engine.parsers.pdf.vertical import in_order
from app.local.engine.parsers.render import line, numbers

_WAY_OUT = (
    "run text recognition (OCR) over the file and upload the result. Or have Outcrop do it: run "
    "`make ocr` in its folder, start it anew, delete the document and ingest it again."
)
_LONGEST_LABEL = 40  # characters


def parse(document: Document) -> Iterator[Section]:
    end = monotonic() + (document.seconds or inf)
    content = document.path.read_bytes()
    with closing(open_pdf(content, document)) as source:
        attachments = attachment_names(source)
        labels = [_label(source, number) for number in range(len(source))]
        forms = _forms(source, document)
        layered = cache(lambda: has_layers(content))
        pages = [_page_or_damaged(source, number, forms, layered) for number in range(len(source))]
        if damaged := [number for number, page in enumerate(pages, start=1) if page is _DAMAGED]:
            document.warn(f"{numbers('Page', damaged)} not been read: the PDF is damaged there.")
        if crowded := [number for number, page in enumerate(pages, start=1) if page.has_more_notes]:
            document.warn(
                f"{numbers('Page', crowded)} more than {MOST_NOTES:,} form fields and notes, of "
                "which the others are not read: split the file into smaller ones."
            )
        warn_of_attachments(document, [*attachments, *(n for page in pages for n in page.files)])
        texts = without_furniture([page.lines for page in pages])
        pictures = [
            number
            for number, (page, lines) in enumerate(zip(pages, texts, strict=True), start=1)
            if not lines and (page.is_picture or (page.has_picture and not page.lines))
        ]
        if pictures and recognizes_pictures():
            for number, lines in _recognized(document, source, pictures, end).items():
                texts[number - 1] = PageLines(lines)
        elif pictures and any(texts):
            document.warn(f"{numbers('Page', pictures)} no text layer, only a picture: {_WAY_OUT}")
    if not any(texts) and not any(page.lines for page in pages):
        way_out = "and no text was recognized in them." if recognizes_pictures() else _WAY_OUT
        raise Unreadable(f"The PDF has no text layer, only pictures of pages: {way_out}")
    for number, (text, label) in enumerate(zip(markdown(texts), labels, strict=True), start=1):
        yield Section(text, number, page_label=None if label == str(number) else label)


def _recognized(
    document: Document, source: pypdfium2.PdfDocument, pictures: list[int], end: float
) -> dict[int, list[Line]]:
    """The lines that are recognized in the pictures of pages before time is up.

    Raises:
        TooSlow: there is too little time for one of them.
    """
    from app.local.engine.parsers.pdf.recognition import LEAST_SECONDS, recognize

    if end - monotonic() < LEAST_SECONDS:
        raise TooSlow("The file has pictures of pages, and to recognize text in them takes long.")
    pages: dict[int, list[Line]] = {}
    for number in pictures:
        if end - monotonic() < LEAST_SECONDS:
            document.warn(
                f"{numbers('Page', pictures[len(pages) :])} not been read: to recognize the text "
                "in the pictures takes too long. Split the file into smaller ones."
            )
            break
        pages[number] = recognize(source[number - 1])
    if empty := [number for number, lines in pages.items() if not lines]:
        document.warn(
            f"{numbers('Page', empty)} no text layer, and no text was recognized in the picture."
        )
    read = [number for number, lines in pages.items() if lines]
    if read:
        document.warn(
            f"{numbers('Page', read)} no text layer: the text was recognized in the picture, and "
            "may have mistakes."
        )
    return pages


def _label(source: pypdfium2.PdfDocument, number: int) -> str | None:
    """What the PDF calls a page (its page labels: PDF 32000-1:2008, 12.4.2), if it does."""
    label = source.get_page_label(number).encode("utf-16-le", "surrogatepass")
    return line(label.decode("utf-16-le", "replace"))[:_LONGEST_LABEL] or None


def _forms(source: pypdfium2.PdfDocument, document: Document) -> pypdfium2.PdfFormEnv | None:
    """What PDFium needs to tell the values of form fields; None if there are none."""
    kind = source.get_formtype()
    if kind == pdfium.FORMTYPE_NONE:
        return None
    if kind == pdfium.FORMTYPE_XFA_FULL:
        document.warn(
            "The PDF is a dynamic form (XFA), whose fields cannot be read: print it to a PDF file "
            "and upload that."
        )
    source.init_forms()
    return source.formenv


@dataclass(frozen=True)
class _Page:
    """A page: its lines, whether it has a picture, whether that is most of the page, the names of
    files that are attached to it, and whether it has more notes than are read.
    """

    lines: list[Line]
    has_picture: bool
    is_picture: bool
    files: list[str]
    has_more_notes: bool = False


_DAMAGED = _Page([], has_picture=False, is_picture=False, files=[])


def _page_or_damaged(
    source: pypdfium2.PdfDocument,
    number: int,
    forms: pypdfium2.PdfFormEnv | None,
    layered: Callable[[], bool],
) -> _Page:
    """A page; `_DAMAGED` for one that cannot be opened, as in a tree of pages that leads back."""
    try:
        return _page(source, number, forms, layered)
    except pypdfium2.PdfiumError:
        return _DAMAGED


def _page(
    source: pypdfium2.PdfDocument,
    number: int,
    forms: pypdfium2.PdfFormEnv | None,
    layered: Callable[[], bool],
) -> _Page:
    page = source[number]
    page_notes, has_more_notes = notes(page, forms)
    files = list(attached(page))
    if draw(page, forms):
        page.close()
        page = source[number]
    objects = scene(page)
    hidden = objects.hidden()
    hidden |= switched_off(page, objects, hidden, layered)
    turns: dict[int, set[int]] = {}
    for text in objects.texts:
        if text.place not in hidden:
            turns.setdefault(text.turn, set()).add(text.place)
    lines: list[Line] = []
    for turn, places in sorted(turns.items(), key=lambda each: -len(each[1])):
        part = source[number] if len(turns) > 1 else page
        if len(turns) > 1 or hidden:
            keep(part, places)
        if part.get_rotation():
            part.set_rotation(0)
        if turn:
            upright(part, turn)
        lines += with_notes(in_order(list(drawn_lines(part))), [] if turn else page_notes)
        if len(turns) > 1:
            part.close()
    if 0 not in turns:
        lines = with_notes(lines, page_notes)
    page.close()
    left, bottom, right, top = objects.page
    area = (right - left) * (top - bottom)
    largest = max(((b[2] - b[0]) * (b[3] - b[1]) for b in objects.pictures), default=0)
    return _Page(lines, bool(objects.pictures), largest > area / 2, files, has_more_notes)
