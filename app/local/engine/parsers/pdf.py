"""PDF: a section for each page.

A PDF has no paragraphs and no headings, only glyphs at places. PDFium gives their lines, with the
place of each, in the order in which they are drawn.

    scene           which texts a reader sees, and which way they are turned
    annotations     the values of form fields, and FreeText
    letters         what is missing between the letters of a line
    lines           a line, and the parts of a page
    reading_order   columns and tables
    table_headers   headers of several lines
    layout          paragraphs, headings, running titles
"""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise, repeat
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
from app.local.engine.parsers.annotations import notes, with_notes
from app.local.engine.parsers.layout import SOFT_HYPHEN, markdown, without_furniture
from app.local.engine.parsers.letters import RIGHT_TO_LEFT, inserted, insertions
from app.local.engine.parsers.lines import GUTTER, PIECE, Line
from app.local.engine.parsers.render import line, numbers
from app.local.engine.parsers.scene import keep, scene, upright

# PDFium writes U+0002 for a hyphen at the end of a line. Another control character is a sign that
# the font has no name for; at the start of a line, that is a bullet.
_HYPHEN = re.compile(r"(?<=\w)\x02(?=\w)")
_BULLET = re.compile(r"^[\x01-\x1f\x7f-\x9f\ue000-\uf8ff\u2022\u25aa\u25cf]\s+")

# It also splits Arabic's ligature of lam and alef in the wrong order. After an alef, no word has
# that order, so it can be reversed there.
_LAM_ALEF = re.compile("\u0627([\u0622\u0623\u0625\u0627])\u0644")


_WAY_OUT = (
    "run text recognition (OCR) over the file and upload the result. Or have Outcrop do it: run "
    "`make ocr` in its folder, start it anew, delete the document and ingest it again."
)
_LONGEST_LABEL = 40  # characters
_RISE = 0.3  # times the size: words that differ by more in height may be of two lines


def parse(document: Document) -> Iterator[Section]:
    end = monotonic() + (document.seconds or inf)
    with closing(_open(document)) as source:
        labels = [_label(source, number) for number in range(len(source))]
        forms = _forms(source, document)
        pages = [_page(source, number, forms) for number in range(len(source))]
        texts = without_furniture([page.lines for page in pages])
        pictures = [
            number
            for number, (page, lines) in enumerate(zip(pages, texts, strict=True), start=1)
            if not lines and (page.is_picture or (page.has_picture and not page.lines))
        ]
        if pictures and recognizes_pictures():
            for number, lines in _recognized(document, source, pictures, end).items():
                texts[number - 1] = lines
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
    from app.local.engine.parsers.recognition import LEAST_SECONDS, recognize

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


def _open(document: Document) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(document.path)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise Unreadable(
                "The PDF is encrypted with a password: remove it and upload the file again."
            ) from error
        raise Unreadable(
            "The file is not a PDF, or a damaged one: open it in a viewer and save it anew."
        ) from error


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
    """A page: its lines, whether it has a picture, and whether that is most of the page."""

    lines: list[Line]
    has_picture: bool
    is_picture: bool


def _page(source: pypdfium2.PdfDocument, number: int, forms: pypdfium2.PdfFormEnv | None) -> _Page:
    page = source[number]
    objects = scene(page)
    hidden = objects.hidden()
    turns: dict[int, set[int]] = {}
    for text in objects.texts:
        if text.place not in hidden:
            turns.setdefault(text.turn, set()).add(text.place)
    page_notes = list(notes(page, forms))
    lines: list[Line] = []
    for turn, places in sorted(turns.items(), key=lambda each: -len(each[1])):
        part = source[number] if len(turns) > 1 else page
        if len(turns) > 1 or hidden:
            keep(part, places)
        if part.get_rotation():
            part.set_rotation(0)
        if turn:
            upright(part, turn)
        lines += with_notes(list(_lines(part)), [] if turn else page_notes)
        if len(turns) > 1:
            part.close()
    if 0 not in turns:
        lines = with_notes(lines, page_notes)
    page.close()
    left, bottom, right, top = objects.page
    area = (right - left) * (top - bottom)
    largest = max(((b[2] - b[0]) * (b[3] - b[1]) for b in objects.pictures), default=0)
    return _Page(lines, bool(objects.pictures), largest > area / 2)


def _lines(page: pypdfium2.PdfPage) -> Iterator[Line]:
    """The page's lines with text, in the order in which they are drawn."""
    glyphs = page.get_textpage()
    codes = map(pdfium.FPDFText_GetUnicode, repeat(glyphs.raw), range(glyphs.count_chars()))
    text = "".join(map(chr, codes))
    for match in re.finditer(r"\S[^\r\n]*", text):
        yield from _measure(glyphs, match)
    glyphs.close()


def _measure(glyphs: pypdfium2.PdfTextPage, match: re.Match[str]) -> Iterator[Line]:
    """The lines that PDFium has made one, if it is more than one, by the places of the words."""
    text = match.group()
    spans = [
        part
        for word in re.finditer(r"\S+", text)
        for part in _apart(glyphs, match.start(), *word.span())
    ]
    starts = [_box(glyphs, match.start() + start) for start, _ in spans]
    ends = [_box(glyphs, match.start() + end - 1) for _, end in spans]
    gaps = [b.left - a.right for a, b in zip(ends[:-1], starts[1:], strict=True)]
    size = starts[0].top - starts[0].bottom
    is_far = [
        (abs(b.bottom - a.bottom) > _RISE * size and not -size < gap < GUTTER * size)
        or (gap < -GUTTER * size and not RIGHT_TO_LEFT.search(text))
        for a, b, gap in zip(ends[:-1], starts[1:], gaps, strict=True)
    ]
    missing = dict(insertions(text, lambda at: _box(glyphs, match.start() + at)))
    missing |= {b: " " for (_, a), (b, _) in pairwise(spans) if a == b}
    own = _Words(*inserted(text, spans, missing), starts, ends, gaps)
    breaks = [0, *(at for at, far in enumerate(is_far, start=1) if far), len(spans)]
    for first, end in pairwise(breaks):
        yield own.line(first, end)


def _apart(
    glyphs: pypdfium2.PdfTextPage, offset: int, start: int, end: int
) -> Iterator[tuple[int, int]]:
    """The parts of a word whose letters stand in several columns: a row of check marks, which
    PDFium gives as one word.
    """
    first, last = _box(glyphs, offset + start), _box(glyphs, offset + end - 1)
    size = first.top - first.bottom
    if last.right - first.left < (end - start + GUTTER) * size:
        yield start, end
        return
    boxes = [_box(glyphs, offset + at) for at in range(start, end)]
    for at, (a, b) in enumerate(pairwise(boxes), start=start + 1):
        if b.left - a.right >= GUTTER * size:
            yield start, at
            start = at
    yield start, end


@dataclass(frozen=True)
class _Words:
    """The words of one of PDFium's lines: their places in its text, the boxes of their first and
    their last letters, and the gaps between them.
    """

    text: str
    spans: list[tuple[int, int]]
    starts: list[pdfium.FS_RECTF]
    ends: list[pdfium.FS_RECTF]
    gaps: list[float]

    def line(self, first: int, end: int) -> Line:
        """The words from `first` to `end` as a line with its pieces."""
        wide = PIECE * (self.starts[first].top - self.starts[first].bottom)
        inner = range(first + 1, end)
        cuts = [first, *(at for at in inner if self.gaps[at - 1] >= wide), end]
        pieces = tuple(self.part(*cut) for cut in pairwise(cuts)) if len(cuts) > 2 else ()
        return self.part(first, end, pieces)

    def part(self, first: int, end: int, pieces: tuple[Line, ...] = ()) -> Line:
        start, last = self.spans[first][0], end - 1
        stop = self.spans[end][0] if end < len(self.spans) else len(self.text)
        has_bullet = first < last and self.spans[first][1] - start == 1
        has_bullet = has_bullet and not self.text[start].isalnum()
        lead = self.starts[first + has_bullet]  # a bullet is often of another size
        return Line(
            text=_mend(self.text[start:stop]),
            size=lead.top - lead.bottom,
            left=self.starts[first].left,
            right=self.ends[last].right,
            top=lead.bottom,
            bottom=self.starts[last].bottom,
            word=self.ends[first].right - self.starts[first].left,
            gap=max(self.gaps[first:last], default=0),
            pieces=pieces,
        )


def _mend(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    text = _HYPHEN.sub(SOFT_HYPHEN, _BULLET.sub("- ", text))
    return _LAM_ALEF.sub("\u0627\u0644\\1", text)


def _box(glyphs: pypdfium2.PdfTextPage, index: int) -> pdfium.FS_RECTF:
    """The place of a character, in points from the page's lower left corner. Its height is that of
    its font, whatever the character.
    """
    box = pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(glyphs.raw, index, box)
    return box
