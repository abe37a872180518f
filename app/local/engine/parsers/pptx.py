"""PowerPoint: a section for each slide, with the slide's number as its page.

A slide's title is its heading. Then come its shapes in their order: text, tables, charts as tables,
pictures by their alternative text; then diagrams and the speaker's notes. Hidden slides are left
out.
"""

from collections.abc import Iterator
from typing import Any

from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE, PP_PLACEHOLDER

from app.local.engine.parsers import Document, Section
from app.local.engine.parsers.charts import chart
from app.local.engine.parsers.diagrams import diagram
from app.local.engine.parsers.package import Package, open_package
from app.local.engine.parsers.pictures import alternative_text
from app.local.engine.parsers.render import (
    heading,
    line,
    table,
    tidy,
)

# Placeholders whose paragraphs have bullets unless they say otherwise.
_BULLET_PLACEHOLDERS = (PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.VERTICAL_BODY)


def parse(document: Document) -> Iterator[Section]:
    with open_package(document.path) as package:
        package.main("presentation", "ppt/presentation.xml")
        for number, slide in enumerate(Presentation(str(document.path)).slides, start=1):
            if slide.element.get("show") != "0":
                text = tidy("\n\n".join(filter(None, _blocks(slide, package))))
                yield Section(text, number)


def _blocks(slide: Any, package: Package) -> Iterator[str]:
    title = slide.shapes.title
    if title is not None and line(title.text_frame.text):
        yield heading(title.text_frame.text, 1)
    for shape in slide.shapes:
        if title is None or shape.shape_id != title.shape_id:
            yield from _shape(shape, package)
    yield from _diagrams(slide, package)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        notes = slide.notes_slide.notes_text_frame.text.strip()
        yield f"Notes: {notes}" if notes else ""


def _shape(shape: Any, package: Package) -> Iterator[str]:
    if shape.shape_type == MSO_SHAPE_TYPE.GROUP:
        for each in shape.shapes:
            yield from _shape(each, package)
    elif shape.has_text_frame:
        yield "\n".join(_paragraphs(shape))
    elif shape.has_table:
        yield table(_cells(shape.table))
    elif shape.has_chart:
        yield chart(package.tree(_part(shape.chart.part)))
    else:
        for properties in shape.element.xpath(".//p:cNvPr[@descr]"):
            yield alternative_text(properties)


def _paragraphs(shape: Any) -> Iterator[str]:
    """The shape's paragraphs, a line each, as items of a list where they have bullets or
    numbers.
    """
    has_bullets = shape.is_placeholder and shape.placeholder_format.type in _BULLET_PLACEHOLDERS
    elements = shape.element.iterfind(".//{*}txBody/{*}p")
    numbers: dict[int, int] = {}  # level -> the last number
    for paragraph, element in zip(shape.text_frame.paragraphs, elements, strict=True):
        text, level = line(paragraph.text), paragraph.level
        if not text:
            continue
        marks = {each.tag.rpartition("}")[2] for each in element.iterfind("{*}pPr/{*}*")}
        numbers = {at: last for at, last in numbers.items() if at <= level}
        indent = "  " * level
        if "buAutoNum" in marks:
            numbers[level] = numbers.get(level, 0) + 1
            yield f"{indent}{numbers[level]}. {text}"
        else:
            numbers.pop(level, None)
            is_item = "buChar" in marks or (has_bullets and "buNone" not in marks)
            yield f"{indent}- {text}" if is_item else text


def _cells(grid: Any) -> list[list[str]]:
    """The texts of a table's cells; that of a merged cell in each place that it covers."""
    rows = [list(row.cells) for row in grid.rows]
    texts = [[cell.text for cell in row] for row in rows]
    for top, row in enumerate(rows):
        for left, cell in enumerate(row):
            if cell.is_merge_origin:
                for is_covered in texts[top : top + cell.span_height]:
                    width = len(is_covered[left : left + cell.span_width])
                    is_covered[left : left + width] = [cell.text] * width
    return texts


def _part(part: Any) -> str:
    """The name of a part in the archive."""
    return str(part.partname).lstrip("/")


def _diagrams(slide: Any, package: Package) -> Iterator[str]:
    for part in package.related(_part(slide.part), "diagramData"):
        yield "\n".join(f"- {text}" for text in diagram(package.tree(part)))
