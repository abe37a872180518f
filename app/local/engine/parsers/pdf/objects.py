"""The objects of a PDF page as PDFium has them, also those within forms: where each lies, in what
colour, and what clipping leaves of it.
"""

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

# Of a page, with the forms among them, which may draw others thousands of times. Those after it, of
# a map or a drawing, count as visible.
MOST_OBJECTS = 50_000

Box = tuple[float, float, float, float]
"""Left, bottom, right and top, in points from the page's lower left corner."""
Matrix = tuple[float, float, float, float, float, float]
Colour = tuple[int, int, int]
_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True)
class PageObject:
    """An object, and the matrix from its coordinates to the page's."""

    raw: pdfium.FPDF_PAGEOBJECT
    matrix: Matrix
    form: pdfium.FPDF_PAGEOBJECT | None


def objects(page: pypdfium2.PdfPage) -> Iterator[PageObject]:
    """The objects of a page in the order in which they are drawn, forms taken apart; MOST_OBJECTS
    at most.
    """
    left = MOST_OBJECTS
    stack = [
        (pdfium.FPDFPage_GetObject(page.raw, index), _IDENTITY, None)
        for index in reversed(range(min(left, pdfium.FPDFPage_CountObjects(page.raw))))
    ]
    while stack and left:
        raw, matrix, form = stack.pop()
        left -= 1
        if pdfium.FPDFPageObj_GetType(raw) == pdfium.FPDF_PAGEOBJ_FORM:
            inner = product(matrix_of(raw), matrix)
            count = min(left, pdfium.FPDFFormObj_CountObjects(raw))
            stack += [
                (pdfium.FPDFFormObj_GetObject(raw, index), inner, raw)
                for index in reversed(range(count))
            ]
            continue
        yield PageObject(raw, matrix, form)


def is_layered(raw: pdfium.FPDF_PAGEOBJECT) -> bool:
    """Whether an object is marked as one of a layer: PDF 32000-1:2008, 8.11.3.2."""
    for index in range(max(0, pdfium.FPDFPageObj_CountMarks(raw))):
        name = (ctypes.c_ushort * 3)()
        length = ctypes.c_ulong()
        mark = pdfium.FPDFPageObj_GetMark(raw, index)
        pdfium.FPDFPageObjMark_GetName(mark, name, ctypes.sizeof(name), ctypes.byref(length))
        if length.value == ctypes.sizeof(name) and name[:2] == [ord("O"), ord("C")]:
            return True
    return False


def clipped(item: PageObject, box: Box) -> Box | None:
    """The bounds of what an object's clipping leaves of its box, if that is anything."""
    left, bottom, right, top = box
    clip = pdfium.FPDFPageObj_GetClipPath(item.raw)
    x, y = ctypes.c_float(), ctypes.c_float()
    at_x, at_y = ctypes.byref(x), ctypes.byref(y)
    for path in range(pdfium.FPDFClipPath_CountPaths(clip) if clip else 0):
        xs, ys = [], []
        for index in range(pdfium.FPDFClipPath_CountPathSegments(clip, path)):
            segment = pdfium.FPDFClipPath_GetPathSegment(clip, path, index)
            pdfium.FPDFPathSegment_GetPoint(segment, at_x, at_y)
            place = (x.value, y.value)
            if item.matrix is not _IDENTITY:
                place = _moved(item.matrix, *place)
            xs.append(place[0])
            ys.append(place[1])
        if xs:
            left, right = max(left, min(xs)), min(right, max(xs))
            bottom, top = max(bottom, min(ys)), min(top, max(ys))
    return (left, bottom, right, top) if left < right and bottom < top else None


def _moved(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def filling(raw: pdfium.FPDF_PAGEOBJECT) -> tuple[Colour | None, int]:
    """The colour and the opacity, of 255, of an object's filling."""
    return colour_of(raw, pdfium.FPDFPageObj_GetFillColor)


def colour_of(raw: pdfium.FPDF_PAGEOBJECT, get: Callable[..., int]) -> tuple[Colour | None, int]:
    """What one of PDFium's getters tells: a colour, unless it is no plain one, and the opacity, of
    255.
    """
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not get(raw, red, green, blue, alpha):
        return None, 255
    return (red.value, green.value, blue.value), alpha.value


def box_of(item: PageObject) -> Box:
    """The bounds of an object on its page, before clipping."""
    sides = [ctypes.c_float() for _ in range(4)]
    pdfium.FPDFPageObj_GetBounds(item.raw, *sides)
    left, bottom, right, top = (side.value for side in sides)
    if item.matrix is _IDENTITY:
        return left, bottom, right, top
    corners = [(left, bottom), (left, top), (right, bottom), (right, top)]
    xs, ys = zip(*(_moved(item.matrix, x, y) for x, y in corners), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def matrix_of(raw: pdfium.FPDF_PAGEOBJECT) -> Matrix:
    """The matrix from an object's own coordinates to those of what it stands in."""
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(raw, ctypes.byref(matrix))
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def product(inner: Matrix, outer: Matrix) -> Matrix:
    """The matrix that applies `inner`, then `outer`."""
    if outer is _IDENTITY:
        return inner
    a, b, c, d, e, f = inner
    o = outer
    return (
        a * o[0] + b * o[2],
        a * o[1] + b * o[3],
        c * o[0] + d * o[2],
        c * o[1] + d * o[3],
        e * o[0] + f * o[2] + o[4],
        e * o[1] + f * o[3] + o[5],
    )
