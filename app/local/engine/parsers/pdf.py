"""PDF: a section for each page.

A PDF has no paragraphs and no headings, only glyphs at places. PDFium gives their lines in reading
order, with the place of each; `layout` recovers paragraphs and headings.
"""

import re
from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as pdfium

from app.local.engine.parsers import Document, Section, Unreadable
from app.local.engine.parsers.layout import (
    SOFT_HYPHEN,
    Line,
    markdown,
    without_furniture,
)
from app.local.engine.parsers.render import numbers

# PDFium writes U+0002 for a hyphen at the end of a line. Another control character is a sign that
# the font has no name for; at the start of a line, that is a bullet.
_HYPHEN = re.compile(r"(?<=\w)\x02(?=\w)")
_BULLET = re.compile(r"^[\x01-\x1f\x7f-\x9f\ue000-\uf8ff\u2022\u25aa\u25cf]\s+")

# It also splits Arabic's ligature of lam and alef in the wrong order. After an alef, no word has
# that order, so it can be reversed there.
_LAM_ALEF = re.compile("\u0627([\u0622\u0623\u0625\u0627])\u0644")


def parse(document: Document) -> Iterator[Section]:
    pages, pictures = [], []
    for number, page in enumerate(_open(document), start=1):
        pages.append(list(_lines(page)))
        if not pages[-1] and _has_picture(page):
            pictures.append(number)
        page.close()
    if not any(pages):
        raise Unreadable(
            "The PDF has no text layer, only pictures of pages: run text recognition (OCR) over "
            "it and upload the result."
        )
    if pictures:
        document.warn(
            f"{numbers('Page', pictures)} no text layer, only a picture: run text recognition "
            "(OCR) over the file and upload the result."
        )
    for number, text in enumerate(markdown(without_furniture(pages)), start=1):
        yield Section(text, number)


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


def _lines(page: pypdfium2.PdfPage) -> Iterator[Line]:
    """The page's lines with text, in reading order."""
    glyphs = page.get_textpage()
    unicode = pdfium.FPDFText_GetUnicode
    text = "".join([chr(unicode(glyphs.raw, index)) for index in range(glyphs.count_chars())])
    for match in re.finditer(r"\S[^\r\n]*", text):
        yield _measure(glyphs, match)
    glyphs.close()


def _has_picture(page: pypdfium2.PdfPage) -> bool:
    return any(page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,)))


def _measure(glyphs: pypdfium2.PdfTextPage, match: re.Match[str]) -> Line:
    words = [word.span() for word in re.finditer(r"\S+", match.group())]
    starts = [_box(glyphs, match.start() + start) for start, _ in words]
    ends = [_box(glyphs, match.start() + end - 1) for _, end in words]
    return Line(
        text=_mend(match.group()),
        size=starts[0].top - starts[0].bottom,
        left=starts[0].left,
        right=ends[-1].right,
        top=starts[0].bottom,
        bottom=starts[-1].bottom,
        word=ends[0].right - starts[0].left,
        gap=max((b.left - a.right for a, b in zip(ends[:-1], starts[1:], strict=True)), default=0),
    )


def _mend(text: str) -> str:
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
