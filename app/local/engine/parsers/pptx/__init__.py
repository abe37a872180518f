"""PowerPoint: a section for each slide, with the slide's number as its page.

A slide's title is its heading. Then come its shapes in the order of reading: text, tables, charts
as tables, pictures by their alternative text, diagrams; then the speaker's notes and comments.
Hidden slides, and what lies beside a slide, are left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pptx.enum.shapes import PP_PLACEHOLDER

from app.local import lazy_re as re
from app.local.engine.parsers import Document, Section
from app.local.engine.parsers.drawings.charts import chart
from app.local.engine.parsers.drawings.diagrams import diagram
from app.local.engine.parsers.drawings.pictures import alternative_text
from app.local.engine.parsers.numbering import number_in
from app.local.engine.parsers.package import Package, local_name, open_package, relation_id
from app.local.engine.parsers.pptx.colours import is_white_paper
from app.local.engine.parsers.pptx.slides import open_presentation
from app.local.engine.parsers.pptx.text import click_address, paragraph_text
from app.local.engine.parsers.render import heading, line, linked, numbers, table, tidy
from app.local.engine.parsers.sheets.references import whole_number
from app.local.engine.parsers.slide_order import Box, Placed, reading_order

# Placeholders whose paragraphs have bullets unless they say otherwise.
_BULLET_PLACEHOLDERS = (PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.VERTICAL_BODY)
_DEEPEST = 8  # levels of a list, from 0
_NUMBERED = re.compile(
    r"(alphaLc|alphaUc|romanLc|romanUc)?[A-Za-z0-9]*?(ParenBoth|ParenR|Period)?\Z"
)
_FORMS = {
    "alphaLc": "lowerLetter", "alphaUc": "upperLetter", "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
}  # fmt: skip
_FURNITURE = (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.HEADER)


def parse(document: Document) -> Iterator[Section]:
    with open_package(document.path) as package:
        presentation = open_presentation(package)
        size = (presentation.slide_width or 0, presentation.slide_height or 0)
        furniture: set[str] = set()
        hidden: list[int] = []
        pictures: list[int] = []
        for number, slide in enumerate(presentation.slides, start=1):
            if slide.element.get("show") in ("0", "false"):
                hidden.append(number)
                continue
            text = tidy(_Slide(slide, package, size, furniture).text())
            if not text and any(True for _ in slide.element.iter("{*}pic")):
                pictures.append(number)
            yield Section(text, number)
        if hidden:
            document.warn(
                f"{numbers('Slide', hidden)} been left out, since shows leave out hidden ones."
            )
        if pictures:
            document.warn(
                f"{numbers('Slide', pictures)} no text, only a picture: say what it shows in its "
                "alternative text, and upload the file again."
            )


@dataclass(frozen=True)
class _Frame:
    """How the places within a group become places on the slide."""

    left: float
    top: float
    width: float  # of a unit within the group
    height: float

    def box(self, left: float, top: float, width: float, height: float) -> Box:
        x, y = self.left + left * self.width, self.top + top * self.height
        return Box(x, y, x + width * self.width, y + height * self.height)


_SLIDE = _Frame(0, 0, 1, 1)


class _Slide:
    """Reads one slide.

    Args:
        slide: of `python-pptx`.
        package: the presentation.
        size: of all slides: width and height.
        furniture: footers and dates that have been shown on a slide before.
    """

    def __init__(
        self, slide: Any, package: Package, size: tuple[int, int], furniture: set[str]
    ) -> None:
        self._slide = slide
        self._package = package
        self._size = size
        self._furniture = furniture
        self._title = slide.shapes.title
        self._on_white = is_white_paper(slide)

    def text(self) -> str:
        return "\n\n".join(filter(None, self._blocks()))

    def _blocks(self) -> Iterator[str]:
        if self._title is not None and line(self._title.text_frame.text):
            yield heading(" ".join(_texts(self._title.text_frame, self._slide.part)), 1)
        yield from self._shapes(self._slide.shapes, _SLIDE)
        if self._slide.has_notes_slide:
            frame = self._slide.notes_slide.notes_text_frame
            notes = [] if frame is None else _texts(frame, self._slide.notes_slide.part)
            yield "\n".join(["Notes: " + notes[0], *notes[1:]]) if notes else ""
        yield from self._comments()

    def _shapes(self, shapes: Any, frame: _Frame) -> Iterator[str]:
        for shape in reading_order(list(self._placed(shapes, frame))):
            yield from self._shape(shape, frame)

    def _placed(self, shapes: Any, frame: _Frame) -> Iterator[Placed[Any]]:
        """The shapes that lie on the slide, at their places."""
        box = Box(0, 0, 0, 0)
        for shape in shapes:
            is_title = self._title is not None and shape.element is self._title.element
            if is_title or any(each.get("hidden") in ("1", "true") for each in _properties(shape)):
                continue
            own = _box(shape, frame)
            box = own or box
            if not (own and all(self._size) and own.is_outside(*self._size)):
                yield Placed(shape, box)

    def _shape(self, shape: Any, frame: _Frame) -> Iterator[str]:
        if local_name(shape.element) == "grpSp":
            yield from self._shapes(shape.shapes, _frame(shape, frame))
        elif shape.has_text_frame:
            yield self._framed(shape)
        elif shape.has_table:
            yield table(self._cells(shape.table))
        elif shape.has_chart:
            yield chart(self._package.tree(_part(shape.chart.part)))
        else:
            for properties in _properties(shape):
                address = click_address(properties, self._slide.part)
                yield linked(alternative_text(properties), address)
            for relations in shape.element.iterfind(".//{*}relIds"):
                yield from self._diagram(relation_id(relations, "dm"))

    def _framed(self, shape: Any) -> str:
        """The text of a shape, without numbers of slides, and with each footer once."""
        kind = shape.placeholder_format.type if shape.is_placeholder else None
        if kind == PP_PLACEHOLDER.SLIDE_NUMBER:
            return ""
        text = "\n".join(_paragraphs(shape, self._slide.part, on_white=self._on_white))
        if kind in _FURNITURE:
            if text in self._furniture:
                return ""
            self._furniture.add(text)
        return text

    def _cells(self, grid: Any) -> list[list[str]]:
        """The texts of a table's cells; that of a merged cell in each place that it covers."""
        rows = [list(row.cells) for row in grid.rows]
        texts = [[self._cell(cell) for cell in row] for row in rows]
        for top, row in enumerate(rows):
            for left, cell in enumerate(row):
                if cell.is_merge_origin:
                    text = texts[top][left]
                    for covered in texts[top : top + cell.span_height]:
                        width = len(covered[left : left + cell.span_width])
                        covered[left : left + width] = [text] * width
        return texts

    def _cell(self, cell: Any) -> str:
        return " ".join(_texts(cell.text_frame, self._slide.part))

    def _diagram(self, relation: str) -> Iterator[str]:
        related = self._package.relationships(_part(self._slide.part)).get(relation)
        if related and (texts := diagram(self._package.tree(related.target))):
            yield "\n".join(f"- {text}" for text in texts)

    def _comments(self) -> Iterator[str]:
        for part in self._package.related(_part(self._slide.part), "comments"):
            for comment in self._package.tree(part):
                texts = (text for each in comment.iter() for text in [each.text] if text)
                if text := line(" ".join(texts)):
                    yield f"Comment: {text}"


def _paragraphs(shape: Any, part: Any, *, on_white: bool) -> Iterator[str]:
    """The shape's paragraphs, a line each, as items of a list where they have bullets or
    numbers.
    """
    has_bullets = shape.is_placeholder and shape.placeholder_format.type in _BULLET_PLACEHOLDERS
    numbers: dict[int, int] = {}  # level -> the last number
    address = next((click_address(each, part) for each in _properties(shape)), "")
    for element in shape.element.iterfind("{*}txBody/{*}p"):
        text = paragraph_text(element, part, on_white=on_white)
        if not text:
            continue
        properties = element.find("{*}pPr")
        level = 0 if properties is None else min(whole_number(properties.get("lvl")), _DEEPEST)
        marks = {local_name(each) for each in (() if properties is None else properties)}
        numbers = {at: last for at, last in numbers.items() if at <= level}
        indent, text = "  " * level, linked(text, address)
        if "buAutoNum" in marks:
            numbers[level] = numbers.get(level, _first_number(properties) - 1) + 1
            yield f"{indent}{_label(properties.find('{*}buAutoNum'), numbers[level])} {text}"
        else:
            numbers.pop(level, None)
            is_item = "buChar" in marks or (has_bullets and "buNone" not in marks)
            yield f"{indent}- {text}" if is_item else text


def _first_number(properties: Any) -> int:
    return whole_number(properties.find("{*}buAutoNum").get("startAt")) or 1


def _label(numbering: Any, number: int) -> str:
    """A number in one of PowerPoint's forms: ECMA-376 part 1, 20.1.10.61.

    >>> _label({"type": "romanUcPeriod"}, 4), _label({"type": "alphaLcParenBoth"}, 2)
    ('IV.', '(b)')
    """
    match = _NUMBERED.match(numbering.get("type") or "")
    shown = number_in(_FORMS.get(match[1], "decimal") if match else "decimal", number)
    end = match[2] if match else ""
    return {"ParenBoth": f"({shown})", "ParenR": f"{shown})"}.get(end, f"{shown}.")


def _texts(frame: Any, part: Any) -> list[str]:
    """The paragraphs of a frame that have text."""
    texts = (paragraph_text(each._p, part) for each in frame.paragraphs)  # noqa: SLF001 no other way
    return [text for text in texts if text]


def _properties(shape: Any) -> list[Any]:
    """The shape's `p:cNvPr`."""
    return list(shape.element.iterfind("{*}*/{*}cNvPr"))


def _part(part: Any) -> str:
    """The name of a part in the archive."""
    return str(part.partname).lstrip("/")


def _frame(group: Any, outer: _Frame) -> _Frame:
    """The frame of the shapes in a group: ECMA-376 part 1, 19.3.1.22 and 20.1.7.5."""
    places = {
        local_name(each): [int(value) for value in each.attrib.values()]
        for each in group.element.iterfind("{*}grpSpPr/{*}xfrm/{*}*")
    }
    (left, top), (inner_left, inner_top) = (places.get(name, [0, 0]) for name in ("off", "chOff"))
    width, height = (
        own / inner if inner else 1.0
        for own, inner in zip(places.get("ext", [1, 1]), places.get("chExt", [1, 1]), strict=True)
    )
    return _Frame(
        outer.left + outer.width * (left - inner_left * width),
        outer.top + outer.height * (top - inner_top * height),
        outer.width * width,
        outer.height * height,
    )


def _box(shape: Any, frame: _Frame) -> Box | None:
    """The shape's place on the slide; None if neither it nor its layout has one."""
    places = (shape.left, shape.top, shape.width, shape.height)
    if None in places:
        return None
    if local_name(shape.element) == "grpSp" and not (shape.width and shape.height):
        return None  # it takes the place of what it holds
    return frame.box(*places)
