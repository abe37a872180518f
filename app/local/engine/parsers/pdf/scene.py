"""The objects of a PDF page: which texts a reader sees, and which way they are turned.

A text is hidden if it has the colour of its background, lies off the page, is too small to be
read, is covered by an opaque rectangle, clipped away, or invisible (rendering mode 3). Invisible
text over a picture is what text recognition found in it, and is kept; so is the invisible text of a
page that has no other. A text that is drawn twice at one place, to look bold, counts once.
"""

import ctypes
import math
from collections import defaultdict
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

from app.local.engine.parsers.pdf.objects import (
    Box,
    Colour,
    PageObject,
    box_of,
    clipped,
    colour_of,
    filling,
    is_layered,
    matrix_of,
    objects,
    product,
)

_SMALLEST = 1.5  # points: the size of a font that can be read
_SAME_COLOUR = 12  # of 255: colours that differ by less look alike
_OPAQUE = 250  # of 255
_FAINT = 8  # of 255: text of a lower opacity is hidden
_TWICE = 0.1  # times the height: two equal texts that are this close are one
_TWICE_ACROSS = 0.3  # times the width: the same for a letter that stands next to another one
_INVISIBLE = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
_COLOURS = {
    pdfium.FPDF_TEXTRENDERMODE_FILL: (pdfium.FPDFPageObj_GetFillColor,),
    pdfium.FPDF_TEXTRENDERMODE_STROKE: (pdfium.FPDFPageObj_GetStrokeColor,),
    pdfium.FPDF_TEXTRENDERMODE_FILL_STROKE: (
        pdfium.FPDFPageObj_GetFillColor,
        pdfium.FPDFPageObj_GetStrokeColor,
    ),
}
_THINNEST = 0.02  # times its height: the least width of a letter's space
_LEAST_SEEN = 0.05  # of the area of a text that clipping leaves
_WHITE = (255, 255, 255)
_MOST_SEGMENTS = 6  # of the path of a rectangle


@dataclass(frozen=True)
class PlacedText:
    """A text of a page.

    Attributes:
        place: its place in the order in which the page is drawn.
        box: its bounds.
        size: of its font, in points.
        turn: the direction of its lines, in quarter turns counterclockwise.
        is_invisible: whether it is drawn in rendering mode 3.
        colours: of its letters and their outlines; none if they are no plain colours.
        is_gone: whether it is all but transparent, clipped away, or without any width.
        layered: whether it belongs to a layer, which may be switched off.
        in_form: whether it stands in a form XObject, which may belong to one.
    """

    place: int
    box: Box
    size: float
    turn: int
    is_invisible: bool
    colours: tuple[Colour, ...]
    is_gone: bool
    layered: bool = False
    in_form: bool = False


@dataclass(frozen=True)
class Surface:
    """A filled rectangle or a picture of a page.

    Attributes:
        colour: of an opaque rectangle; None for a picture and everything else.
        covers: whether it hides what was drawn before it.
    """

    place: int
    box: Box
    colour: Colour | None
    covers: bool
    is_picture: bool


@dataclass(frozen=True)
class Scene:
    """The objects of a page, in the order in which they are drawn."""

    page: Box
    texts: list[PlacedText]
    surfaces: list[Surface]

    @property
    def pictures(self) -> list[Box]:
        return [surface.box for surface in self.surfaces if surface.is_picture]

    def hidden(self) -> set[int]:
        """The places of the texts that no reader sees."""
        twice = self._twice()
        hidden = {text.place for text in self.texts if self._is_hidden(text)} | twice
        invisible = [text for text in self.texts if text.is_invisible and text.place not in hidden]
        if len(invisible) + len(hidden) < len(self.texts):
            pictures = self.pictures
            hidden |= {
                text.place
                for text in invisible
                if not any(_contains(picture, *_centre(text.box)) for picture in pictures)
            }
        return hidden

    def _is_hidden(self, text: PlacedText) -> bool:
        left, bottom, right, top = text.box
        if right <= left or top <= bottom:  # spaces
            return False
        x, y = _centre(text.box)
        if not _contains(self.page, x, y) or text.size < _SMALLEST:
            return True
        if text.is_invisible:
            return False
        if text.is_gone or any(
            surface.covers and surface.place > text.place and _holds(surface.box, text.box)
            for surface in self.surfaces
        ):
            return True
        return bool(text.colours) and self._is_camouflaged(text, x, y)

    def _is_camouflaged(self, text: PlacedText, x: float, y: float) -> bool:
        background: Colour | None = _WHITE
        for surface in self.surfaces:
            if surface.place < text.place and _contains(surface.box, x, y):
                background = surface.colour
        return background is not None and all(
            _look_alike(background, colour) for colour in text.colours
        )

    def _twice(self) -> set[int]:
        """The places of texts that repeat one of the same size at almost the same place."""
        twice: set[int] = set()
        alike: defaultdict[tuple[float, float, int], list[Box]] = defaultdict(list)
        for text in self.texts:
            left, bottom, right, top = text.box
            width, height = right - left, top - bottom
            if width <= 0 or height <= 0:
                continue
            across, up = min(_TWICE_ACROSS * width, _TWICE * height), _TWICE * height
            keys = [(round(width, 2), round(height, 2), int(bottom) + at) for at in (0, -1, 1)]
            if any(
                abs(other[0] - left) <= across and abs(other[1] - bottom) <= up
                for key in keys
                if key in alike
                for other in alike[key]
            ):
                twice.add(text.place)
            else:
                alike[keys[0]].append(text.box)
        return twice


def scene(page: pypdfium2.PdfPage) -> Scene:
    """The texts, filled rectangles and pictures of a page, also those within form XObjects."""
    texts, surfaces = [], []
    for place, item in enumerate(objects(page)):
        kind = pdfium.FPDFPageObj_GetType(item.raw)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            texts.append(_text(place, item))
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            if surface := _path(place, item):
                surfaces.append(surface)
        elif kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING):
            is_image = kind == pdfium.FPDF_PAGEOBJ_IMAGE
            surfaces.append(Surface(place, box_of(item), None, False, is_image))
    return Scene(_visible(page), texts, surfaces)


def _visible(page: pypdfium2.PdfPage) -> Box:
    """What of a page is shown. Its boxes may be those of the tree of pages above it, which
    pypdfium2's own functions do not look at.
    """
    box = pdfium.FS_RECTF()
    if not pdfium.FPDF_GetPageBoundingBox(page.raw, ctypes.byref(box)):
        left, bottom, right, top = page.get_cropbox()
        return left, bottom, right, top
    return float(box.left), float(box.bottom), float(box.right), float(box.top)


def keep(page: pypdfium2.PdfPage, places: set[int]) -> None:
    """Remove all texts from a page but those at `places`."""
    for place, item in list(enumerate(objects(page))):
        if place in places or pdfium.FPDFPageObj_GetType(item.raw) != pdfium.FPDF_PAGEOBJ_TEXT:
            continue
        if item.form is None:
            pdfium.FPDFPage_RemoveObject(page.raw, item.raw)
        else:
            pdfium.FPDFFormObj_RemoveObject(item.form, item.raw)
        pdfium.FPDFPageObj_Destroy(item.raw)


def upright(page: pypdfium2.PdfPage, turn: int) -> None:
    """Turn a page's objects so that texts in this direction become upright."""
    width, height = _visible(page)[2:]
    matrix = {
        1: pdfium.FS_MATRIX(0, -1, 1, 0, 0, width),
        2: pdfium.FS_MATRIX(-1, 0, 0, -1, width, height),
        3: pdfium.FS_MATRIX(0, 1, -1, 0, height, 0),
    }[turn]
    for index in range(pdfium.FPDFPage_CountObjects(page.raw)):
        item = pdfium.FPDFPage_GetObject(page.raw, index)
        pdfium.FPDFPageObj_TransformF(item, ctypes.byref(matrix))


def _text(place: int, item: PageObject) -> PlacedText:
    mode = pdfium.FPDFTextObj_GetTextRenderMode(item.raw)
    size = ctypes.c_float()
    pdfium.FPDFTextObj_GetFontSize(item.raw, ctypes.byref(size))
    a, b, c, d = product(matrix_of(item.raw), item.matrix)[:4]
    quarter = math.atan2(b, a) / (math.pi / 2) if b or a < 0 else 0.0
    turn = round(quarter) % 4 if abs(quarter - round(quarter)) < 0.1 else 0
    box = box_of(item)
    getters = _COLOURS.get(mode, ())
    colours = [colour_of(item.raw, get) for get in getters]
    plain = tuple(colour for colour, _ in colours if colour is not None)
    is_faint = bool(colours) and all(opacity < _FAINT for _, opacity in colours)
    is_thin = math.hypot(a, b) < _THINNEST * math.hypot(c, d)
    return PlacedText(
        place,
        box,
        size.value * math.hypot(c, d),
        turn,
        mode in _INVISIBLE,
        plain if len(plain) == len(colours) else (),
        is_faint or is_thin or _is_clipped_away(item, box),
        layered=is_layered(item.raw),
        in_form=item.form is not None,
    )


def _is_clipped_away(item: PageObject, box: Box) -> bool:
    """Whether clipping leaves next to nothing of a text."""
    left, bottom, right, top = box
    if right <= left or top <= bottom:
        return False
    rest = clipped(item, box)
    if rest is None:
        return True
    area = (rest[2] - rest[0]) * (rest[3] - rest[1])
    return area < _LEAST_SEEN * (right - left) * (top - bottom)


def _path(place: int, item: PageObject) -> Surface | None:
    """A filled path as a surface; None for lines."""
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(item.raw, ctypes.byref(mode), ctypes.byref(stroke))
    if not mode.value:
        return None
    colour, opacity = filling(item.raw)
    is_rectangle = pdfium.FPDFPath_CountSegments(item.raw) <= _MOST_SEGMENTS
    is_plain = opacity >= _OPAQUE and not pdfium.FPDFPageObj_HasTransparency(item.raw)
    is_known = is_rectangle and is_plain and colour is not None
    box = clipped(item, box_of(item))
    return Surface(place, box, colour if is_known else None, is_known, False) if box else None


def _centre(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _contains(box: Box, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _holds(outer: Box, inner: Box) -> bool:
    """Whether a rectangle covers the letters of a text, which fill most of its height."""
    slack = 0.3 * min(inner[2] - inner[0], inner[3] - inner[1])
    return (
        outer[0] <= inner[0] + slack
        and outer[1] <= inner[1] + slack
        and outer[2] >= inner[2] - slack
        and outer[3] >= inner[3] - slack
    )


def _look_alike(one: Colour, other: Colour) -> bool:
    return all(abs(a - b) < _SAME_COLOUR for a, b in zip(one, other, strict=True))
