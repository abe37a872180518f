"""The lines of a PDF page as PDFium gives them, by the places of their letters."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, repeat

import pypdfium2
import pypdfium2.raw as pdfium

from app.local import lazy_re as re
from app.local.engine.parsers.pdf.hyphens import SOFT_HYPHEN
from app.local.engine.parsers.pdf.letters import RIGHT_TO_LEFT, LetterBoxes, inserted, insertions
from app.local.engine.parsers.pdf.lines import GUTTER, PIECE, Line
from app.local.engine.parsers.pdf.vertical import vertical

# PDFium writes U+0002 for a hyphen at the end of a line. Another control character is a sign that
# the font has no name for; at the start of a line, that is a bullet.
_HYPHEN = re.compile(r"(?<=\w)\x02(?=\w)")
_BULLET = re.compile(r"^[\x01-\x1f\x7f-\x9f\ue000-\uf8ff\u2022\u25aa\u25cf]\s+")

# It also splits Arabic's ligature of lam and alef in the wrong order. After an alef, no word has
# that order, so it can be reversed there.
_LAM_ALEF = re.compile("\u0627([\u0622\u0623\u0625\u0627])\u0644")
_LINE, _WORD = re.compile(r"\S[^\r\n]*"), re.compile(r"\S+")
_RISE = 0.3  # times the size: words that differ by more in height may be of two lines


def drawn_lines(page: pypdfium2.PdfPage) -> Iterator[Line]:
    """The page's lines with text, in the order in which they are drawn."""
    glyphs = page.get_textpage()
    codes = map(pdfium.FPDFText_GetUnicode, repeat(glyphs.raw), range(glyphs.count_chars()))
    text = "".join(map(chr, codes))
    for match in _LINE.finditer(text):
        yield from _measure(glyphs, match)
    glyphs.close()


def _measure(glyphs: pypdfium2.PdfTextPage, match: re.Match[str]) -> Iterator[Line]:
    """The lines that PDFium has made one, if it is more than one, by the places of the words."""
    text = match.group()
    box = _Boxes(glyphs, match.start())
    if columns := vertical(text, box):
        yield from (replace(column, text=_mend(column.text)) for column in columns)
        return
    spans = [part for word in _WORD.finditer(text) for part in _apart(box, *word.span())]
    starts = [box(start) for start, _ in spans]
    ends = [box(end - 1) for _, end in spans]
    gaps = [b.left - a.right for a, b in zip(ends[:-1], starts[1:], strict=True)]
    size = starts[0].top - starts[0].bottom
    is_far = [
        (abs(b.bottom - a.bottom) > _RISE * size and not -size < gap < GUTTER * size)
        or (gap < -GUTTER * size and not RIGHT_TO_LEFT.search(text))
        for a, b, gap in zip(ends[:-1], starts[1:], gaps, strict=True)
    ]
    missing = dict(insertions(text, box))
    missing |= {b: " " for (_, a), (b, _) in pairwise(spans) if a == b}
    own = _Words(*inserted(text, spans, missing), starts, ends, gaps)
    breaks = [0, *(at for at, far in enumerate(is_far, start=1) if far), len(spans)]
    for first, end in pairwise(breaks):
        yield own.line(first, end)


class _Boxes:
    """The boxes of a line's letters, by their places in its text; each is asked for once."""

    def __init__(self, glyphs: pypdfium2.PdfTextPage, offset: int) -> None:
        self._glyphs = glyphs
        self._offset = offset
        self._boxes: dict[int, pdfium.FS_RECTF] = {}

    def __call__(self, at: int) -> pdfium.FS_RECTF:
        if at not in self._boxes:
            self._boxes[at] = _box(self._glyphs, self._offset + at)
        return self._boxes[at]


def _apart(box: LetterBoxes, start: int, end: int) -> list[tuple[int, int]]:
    """The parts of a word whose letters stand in several columns: a row of check marks, which
    PDFium gives as one word.
    """
    if end - start == 1:
        return [(start, end)]
    first, last = box(start), box(end - 1)
    size = first.top - first.bottom
    if last.right - first.left < (end - start + GUTTER) * size:
        return [(start, end)]
    boxes = [box(at) for at in range(start, end)]
    wide = [b.left - a.right >= GUTTER * size for a, b in pairwise(boxes)]
    cuts = [start, *(at for at, gap in enumerate(wide, start=start + 1) if gap), end]
    return list(pairwise(cuts))


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
