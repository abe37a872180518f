"""Whether white text on a slide is unseen: on a white background, with nothing drawn behind it."""

from collections.abc import Iterator
from typing import Any

from app.local.engine.parsers.package import local_name

_WHITE_BY_NAME = ("bg1", "lt1")
_DRAWN = frozenset(("pic", "blipFill", "gradFill", "pattFill"))


def is_white_paper(slide: Any) -> bool:
    """Whether a slide is plain white: no shape of it, its layout or its master has a filling.

    Args:
        slide: of `python-pptx`.
    """
    layout = slide.slide_layout
    roots = [slide.element, layout.element, layout.slide_master.element]
    mapping = roots[-1].find("{*}clrMap")
    if mapping is None or mapping.get("bg1") != "lt1":
        return False
    backgrounds = [each for root in roots for each in root.iterfind("{*}cSld/{*}bg")]
    if not backgrounds or not all(map(_is_white, _colours(backgrounds[0]))):
        return False
    shapes = [each for root in roots for each in root.iterfind("{*}cSld/{*}spTree")]
    return not any(_fills(element) for tree in shapes for element in tree.iter())


def is_white(run: Any) -> bool:
    """Whether the letters of a run are white."""
    colours = list(run.iterfind("{*}rPr/{*}solidFill/*"))
    return bool(colours) and all(map(_is_white, colours))


def _colours(background: Any) -> Iterator[Any]:
    """The colours of a background; the background itself if it is no plain colour."""
    for each in background:
        name = local_name(each)
        fill = each if name == "bgRef" else each.find("{*}solidFill")
        yield from [background] if fill is None else fill


def _is_white(colour: Any) -> bool:
    value = colour.get("val", "")
    if len(colour):  # it is darkened or lightened
        return False
    return value.upper() == "FFFFFF" or value in _WHITE_BY_NAME


def _fills(element: Any) -> bool:
    """Whether an element fills something, or may by its style."""
    name = local_name(element)
    if name == "spPr":
        return element.find("{*}solidFill") is not None or element.find("{*}grpFill") is not None
    return name in _DRAWN or name == "style"
