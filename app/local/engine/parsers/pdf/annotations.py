"""The texts of a PDF page that are not in its content: the values of form fields, and FreeText; and
what else is drawn on the page, such as stamps, which becomes content.

A value goes to its label: the text to the left of the field on its line, or else right above it;
for a box or a button to check, also the text to its right.
"""

import ctypes
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import pypdfium2
import pypdfium2.raw as pdfium

from app.local.engine.parsers.pdf.lines import GUTTER, Line
from app.local.engine.parsers.render import line

CHECKED, UNCHECKED = "\u2612", "\u2610"
_HIDDEN = pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW
_PASSWORD = 1 << 13  # a flag of text fields: PDF 32000-1:2008, table 228
_CHECKS = (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON)
_CHOICES = (pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX)
_DRAWN = (
    pdfium.FPDF_ANNOT_STAMP,
    pdfium.FPDF_ANNOT_WATERMARK,
    pdfium.FPDF_ANNOT_FREETEXT,
    pdfium.FPDF_ANNOT_LINE,
    pdfium.FPDF_ANNOT_SQUARE,
    pdfium.FPDF_ANNOT_CIRCLE,
    pdfium.FPDF_ANNOT_POLYGON,
    pdfium.FPDF_ANNOT_POLYLINE,
)
_DRAWN_FIELDS = (pdfium.FPDF_FORMFIELD_SIGNATURE, pdfium.FPDF_FORMFIELD_TEXTFIELD)
_WORDS = (pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_FORM)
MOST_NOTES = 2000  # of a page: each is put among all lines
_MOST_OBJECTS = 1000  # of an annotation, among which words are looked for
_FURTHEST = 20  # times the size: the most between a label and its field
_ABOVE = 1.5  # times the size: the most between a field and a label above it


@dataclass(frozen=True)
class Note:
    """A text at a place of the page.

    Attributes:
        text: never empty.
        name: of a form field, its name for a reader; may be empty.
        is_check: whether it is a box or a button to check.
        is_field: whether it is a form field.
    """

    text: str
    left: float
    bottom: float
    right: float
    top: float
    name: str = ""
    is_check: bool = False
    is_field: bool = True


def notes(page: pypdfium2.PdfPage, form: pypdfium2.PdfFormEnv | None) -> tuple[list[Note], bool]:
    """The visible notes of a page, MOST_NOTES at most, and whether there are more."""
    page_notes = filter(None, (_note(raw, form) for raw in _visible(page)))
    first = list(islice(page_notes, MOST_NOTES + 1))
    return first[:MOST_NOTES], len(first) > MOST_NOTES


def draw(page: pypdfium2.PdfPage, form: pypdfium2.PdfFormEnv | None) -> bool:
    """Draw the words of stamps and the like, which are no notes, into the content of a page.

    Returns whether there are any. The page has lost its other annotations then, and has
    to be opened anew.
    """
    places = {at for at, raw in _numbered(page) if _is_drawn(raw, form)}
    if not places:
        return False
    for at in reversed(range(pdfium.FPDFPage_GetAnnotCount(page.raw))):
        if at not in places:
            pdfium.FPDFPage_RemoveAnnot(page.raw, at)
    pdfium.FPDFPage_Flatten(page.raw, pdfium.FLAT_NORMALDISPLAY)
    return True


def attached(page: pypdfium2.PdfPage) -> Iterator[str]:
    """The names of files that are attached to places of a page."""
    for raw in _visible(page):
        if pdfium.FPDFAnnot_GetSubtype(raw) != pdfium.FPDF_ANNOT_FILEATTACHMENT:
            continue
        if file := pdfium.FPDFAnnot_GetFileAttachment(raw):
            yield line(_string(lambda *more, file=file: pdfium.FPDFAttachment_GetName(file, *more)))


def _visible(page: pypdfium2.PdfPage) -> Iterator[pdfium.FPDF_ANNOTATION]:
    return (raw for _, raw in _numbered(page))


def _numbered(page: pypdfium2.PdfPage) -> Iterator[tuple[int, pdfium.FPDF_ANNOTATION]]:
    """The visible annotations of a page with their places."""
    for index in range(pdfium.FPDFPage_GetAnnotCount(page.raw)):
        raw = pdfium.FPDFPage_GetAnnot(page.raw, index)
        if not raw:
            continue
        if not pdfium.FPDFAnnot_GetFlags(raw) & _HIDDEN:
            yield index, raw
        pdfium.FPDFPage_CloseAnnot(raw)


def _is_drawn(raw: pdfium.FPDF_ANNOTATION, form: pypdfium2.PdfFormEnv | None) -> bool:
    """Whether an annotation shows words by its appearance alone."""
    kind = pdfium.FPDFAnnot_GetSubtype(raw)
    if kind == pdfium.FPDF_ANNOT_WIDGET and form:
        is_secret = pdfium.FPDFAnnot_GetFormFieldFlags(form.raw, raw) & _PASSWORD
        is_field = pdfium.FPDFAnnot_GetFormFieldType(form.raw, raw) in _DRAWN_FIELDS
        is_drawn = is_field and not is_secret
    else:
        is_drawn = kind in _DRAWN
    if not is_drawn or _note(raw, form):
        return False
    objects = range(min(pdfium.FPDFAnnot_GetObjectCount(raw), _MOST_OBJECTS))
    return any(
        pdfium.FPDFPageObj_GetType(pdfium.FPDFAnnot_GetObject(raw, at)) in _WORDS for at in objects
    )


def _note(raw: pdfium.FPDF_ANNOTATION, form: pypdfium2.PdfFormEnv | None) -> Note | None:
    kind = pdfium.FPDFAnnot_GetSubtype(raw)
    text, name, is_check = "", "", False
    if kind == pdfium.FPDF_ANNOT_FREETEXT:
        text = _string(lambda *more: pdfium.FPDFAnnot_GetStringValue(raw, b"Contents", *more))
    elif kind == pdfium.FPDF_ANNOT_WIDGET and form:
        field = pdfium.FPDFAnnot_GetFormFieldType(form.raw, raw)
        is_check = field in _CHECKS
        text = _value(raw, form, field)
        name = _string(
            lambda *more: pdfium.FPDFAnnot_GetFormFieldAlternateName(form.raw, raw, *more)
        )
    if not line(text):
        return None
    box = pdfium.FS_RECTF()
    pdfium.FPDFAnnot_GetRect(raw, ctypes.byref(box))
    left, right = sorted((box.left, box.right))
    bottom, top = sorted((box.bottom, box.top))
    is_field = kind == pdfium.FPDF_ANNOT_WIDGET
    return Note(line(text), left, bottom, right, top, line(name), is_check, is_field)


def _value(raw: pdfium.FPDF_ANNOTATION, form: pypdfium2.PdfFormEnv, field: int) -> str:
    if field in _CHECKS:
        return CHECKED if pdfium.FPDFAnnot_IsChecked(form.raw, raw) else UNCHECKED
    if field in _CHOICES:
        chosen = [
            _string(lambda *more, at=at: pdfium.FPDFAnnot_GetOptionLabel(form.raw, raw, at, *more))
            for at in range(pdfium.FPDFAnnot_GetOptionCount(form.raw, raw))
            if pdfium.FPDFAnnot_IsOptionSelected(form.raw, raw, at)
        ]
        if chosen:
            return ", ".join(chosen)
    elif field != pdfium.FPDF_FORMFIELD_TEXTFIELD:
        return ""
    if pdfium.FPDFAnnot_GetFormFieldFlags(form.raw, raw) & _PASSWORD:
        return ""
    return _string(lambda *more: pdfium.FPDFAnnot_GetFormFieldValue(form.raw, raw, *more))


def _string(get: Callable[..., int]) -> str:
    """The text that one of PDFium's functions writes into a buffer, as UTF-16."""
    length = get(None, 0)
    if length <= 2:
        return ""
    buffer = ctypes.create_string_buffer(length)
    get(ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), length)
    return buffer.raw[:length].decode("utf-16-le", "replace").rstrip("\0")


def with_notes(lines: Sequence[Line], page_notes: Sequence[Note]) -> list[Line]:
    """The lines of a page with its notes: a value beside its label, another note as a line of its
    own, at its height.
    """
    checks = [note for note in page_notes if note.is_check]
    merged = [part for own in lines for part in _apart(own, checks)]
    for note in sorted(page_notes, key=lambda note: (-note.top, note.left)):
        label = _label(merged, note) if note.is_field else None
        if label is None:
            text = f"{note.name}: {note.text}" if note.name else note.text
            _insert(merged, note, text)
        else:
            place, text = label
            own = merged[place]
            gap = 2 * GUTTER * own.size  # so that no line goes on with it
            right = max(own.right, note.right)
            merged[place] = replace(own, text=text, right=right, gap=gap, pieces=())
    return merged


def _apart(own: Line, checks: Sequence[Note]) -> Sequence[Line]:
    """A line as one, or its parts, if there are boxes to check between them."""
    if len(own.pieces) < 2:
        return (own,)
    left, right = own.span
    beside = [
        note
        for note in checks
        if own.bottom - own.size / 2 <= (note.bottom + note.top) / 2 <= own.top + 1.5 * own.size
    ]
    between = [note for note in beside if left < note.left and note.right < right]
    return own.pieces if between else (own,)


def _label(lines: Sequence[Line], note: Note) -> tuple[int, str] | None:
    """The place of the line of a value's label, and the text of both."""
    middle = (note.bottom + note.top) / 2
    before, after, above = [], [], []
    for place, own in enumerate(lines):
        is_beside = own.bottom - own.size / 2 <= middle <= own.top + 1.5 * own.size
        if is_beside or (not note.is_check and note.bottom <= own.top <= note.top - own.size / 2):
            if -own.size <= note.left - own.right <= _FURTHEST * own.size:
                before.append((note.left - own.right, place))
            if note.is_check and -own.size <= own.left - note.right <= 3 * own.size:
                after.append((own.left - note.right, place))
        overlaps = own.left < note.right and own.right > note.left
        if overlaps and 0 <= own.bottom - note.top + own.size / 2 <= _ABOVE * own.size:
            above.append((own.bottom - note.top, place))
    if after and (not before or min(after) < min(before)):
        place = min(after)[1]
        return place, f"{note.text} {lines[place].text}"
    if before or (above and not note.is_check):
        place = min(before or above)[1]
        label = lines[place].text.rstrip(" _.\u2026")
        return place, f"{label}{':' if label[-1:].isalnum() else ''} {note.text}"
    return None


def _insert(lines: list[Line], note: Note, text: str) -> None:
    """Insert a note as a line, before the first line that is wholly below it."""
    size = min([note.top - note.bottom, 12.0])
    own = Line(text, size, note.left, note.right, note.bottom, note.bottom, 0, 0)
    below = (place for place, other in enumerate(lines) if other.top < note.bottom - size / 2)
    lines.insert(next(below, len(lines)), own)
