"""PowerPoint: the order of reading, what lies beside a slide, and decks that PowerPoint opens."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from app.local.engine.parsers import Document, pptx
from app.local.engine.parsers.slide_order import Box, Placed, reading_order
from tests.local.engine.parsers.documents import archive, changed, parts_of, strict


def deck(fill: Callable[[Any], None]) -> bytes:
    """A presentation whose one blank slide, ten inches by seven and a half, `fill` fills."""
    from pptx import Presentation

    presentation = Presentation()
    fill(presentation.slides.add_slide(presentation.slide_layouts[6]))
    content = BytesIO()
    presentation.save(content)
    return content.getvalue()


def box(
    shapes: Any, text: str, left: float, top: float, width: float = 4, height: float = 1
) -> Any:
    from pptx.util import Inches

    shape = shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(height))
    shape.text_frame.text = text
    return shape


def read(path: Path, content: bytes) -> list[str]:
    """The blocks of the slide."""
    (path / "a.pptx").write_bytes(content)
    [section] = pptx.parse(Document(path / "a.pptx"))
    return section.text.split("\n\n")


def boxes(**places: tuple[float, float, float, float]) -> list[str]:
    return list(reading_order([Placed(name, Box(*place)) for name, place in places.items()]))


def test_what_is_close_together_is_read_together() -> None:
    columns = boxes(
        body2=(5.2, 2.5, 9, 6),
        head2=(5.2, 1.5, 9, 2.5),
        body1=(1, 2.5, 5, 6),
        head1=(1, 1.5, 5, 2.5),
    )
    assert columns == ["head1", "body1", "head2", "body2"]
    rows = boxes(
        value2=(3.1, 3, 6, 3.5),
        value1=(3.1, 1, 6, 1.5),
        label2=(1, 3, 3, 3.5),
        label1=(1, 1, 3, 1.5),
    )
    assert rows == ["label1", "value1", "label2", "value2"]
    far_apart = {
        f"{side}{row}": (left, row, left + 3, row + 0.8)
        for row in range(3)
        for side, left in (("value", 4.0), ("label", 0.5))
    }
    assert boxes(**far_apart) == ["label0", "value0", "label1", "value1", "label2", "value2"]
    under_a_banner = boxes(right=(5, 2, 9, 6), left=(0, 2, 4, 6), banner=(0, 0, 9, 1))
    assert under_a_banner == ["banner", "left", "right"]
    piled = boxes(last=(0, 1, 9, 9), first=(0, 0, 9, 9))
    assert piled == ["first", "last"]


def test_shapes_are_read_by_their_places_and_not_as_drawn(tmp_path: Path) -> None:
    def fill(slide: Any) -> None:
        box(slide.shapes, "Winter: twice", 1, 5)
        box(slide.shapes, "Winter", 1, 4)
        box(slide.shapes, "Summer: nine times", 1, 2)
        box(slide.shapes, "Summer", 1, 1)

    blocks = read(tmp_path, deck(fill))
    assert blocks == ["Summer", "Summer: nine times", "Winter", "Winter: twice"]


def test_what_lies_beside_the_slide_or_is_hidden_is_left_out(tmp_path: Path) -> None:
    def fill(slide: Any) -> None:
        box(slide.shapes, "far left", -9, 1)
        box(slide.shapes, "below", 1, 8)
        box(slide.shapes, "half on it", 8, 6)
        box(slide.shapes, "hidden", 1, 1)._element.nvSpPr.cNvPr.set("hidden", "1")
        group = slide.shapes.add_group_shape()
        box(group.shapes, "in a group beside it", 20, 1)
        box(group.shapes, "in a group on it", 1, 4)

    assert read(tmp_path, deck(fill)) == ["in a group on it", "half on it"]


def test_the_places_in_a_group_are_those_that_it_is_shown_at(tmp_path: Path) -> None:
    def fill(slide: Any) -> None:
        group = slide.shapes.add_group_shape()
        box(group.shapes, "moved onto it", 20, 1)
        places = group._element.grpSpPr.get_or_add_xfrm()
        places.find("{*}off").set("x", "914400")

    assert read(tmp_path, deck(fill)) == ["moved onto it"]


def test_links_keep_their_addresses(tmp_path: Path) -> None:
    def fill(slide: Any) -> None:
        paragraph = box(slide.shapes, "See ", 1, 1).text_frame.paragraphs[0]
        for text in ("the ", "tariff"):
            run = paragraph.add_run()
            run.text, run.hyperlink.address = text, "https://example.com/tariff"
        shape = box(slide.shapes, "All of it", 1, 3)
        shape.click_action.hyperlink.address = "https://example.com/all"

    assert read(tmp_path, deck(fill)) == [
        "See [the tariff](https://example.com/tariff)",
        "[All of it](https://example.com/all)",
    ]


def test_hidden_slides_are_named_in_a_warning_and_footers_are_shown_once(tmp_path: Path) -> None:
    from pptx import Presentation

    presentation = Presentation()
    for number in range(3):
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        slide.shapes.title.text = f"Slide {number}"
        for kind, text in (("ftr", "Quast Shipping"), ("sldNum", str(number))):
            shape = box(slide.shapes, text, 1, 7, height=0.3)
            place = shape._element.nvSpPr.nvPr
            place.append(place.makeelement(place.tag.replace("nvPr", "ph"), {"type": kind}))
    presentation.slides[1].element.set("show", "0")
    content = BytesIO()
    presentation.save(content)
    (tmp_path / "a.pptx").write_bytes(content.getvalue())
    document = Document(tmp_path / "a.pptx")
    texts = [section.text for section in pptx.parse(document)]
    assert texts == ["# Slide 0\n\nQuast Shipping", "# Slide 2"]
    assert document.warnings == ["Slide 2 has been left out, since shows leave out hidden ones."]


def test_a_slide_that_is_only_a_picture_is_named_in_a_warning(tmp_path: Path) -> None:
    from pptx import Presentation
    from pptx.util import Inches

    presentation = Presentation()
    clay(presentation.slides.add_slide(presentation.slide_layouts[6]))
    for text in ("", "A map"):
        slide = presentation.slides.add_slide(presentation.slide_layouts[6])
        picture = slide.shapes.add_picture(BytesIO(PIXEL), Inches(1), Inches(1))
        picture._element.nvPicPr.cNvPr.set("descr", text)
    content = BytesIO()
    presentation.save(content)
    (tmp_path / "a.pptx").write_bytes(content.getvalue())
    document = Document(tmp_path / "a.pptx")
    assert [section.text for section in pptx.parse(document)] == ["Clay", "", "A map"]
    [warning] = document.warnings
    assert warning.startswith("Slide 2 has no text, only a picture: say what it shows")


PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00"
    b"\x00\x02\x02D\x01\x00;"
)


def clay(slide: Any) -> None:
    box(slide.shapes, "Clay", 1, 1)


FORMULA = (
    '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="m"><mc:Choice Requires="a14"><p:sp><p:nvSpPr><p:cNvPr id="9" name=""/><p:cNvSpPr/>'
    "<p:nvPr/></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:p><a:r><a:t>so </a:t></a:r><m:oMathPara>"
    "<m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath></m:oMathPara></a:p></p:txBody></p:sp></mc:Choice>"
    "<mc:Fallback/></mc:AlternateContent></p:spTree>"
)


def part(content: bytes, name: str) -> str:
    return dict(parts_of(content))[name].decode()


def test_an_equation_is_read_from_the_form_that_has_it(tmp_path: Path) -> None:
    content, name = deck(clay), "ppt/slides/slide1.xml"
    slide = part(content, name).replace("</p:spTree>", FORMULA)
    assert read(tmp_path, changed(content, {name: slide})) == ["Clay", "so $x=1$"]


def test_decks_that_powerpoint_opens_are_read(tmp_path: Path) -> None:
    content = deck(clay)
    assert read(tmp_path, strict(content)) == ["Clay"]
    types = part(content, "[Content_Types].xml").replace("presentation.main", "slideshow.main")
    assert read(tmp_path, changed(content, {"[Content_Types].xml": types})) == ["Clay"]
    names = {
        name: name.replace("/", "\\").upper() for name, _ in parts_of(content) if "slide1" in name
    }
    assert read(tmp_path, changed(content, {}, names)) == ["Clay"]
    without = {name: each for name, each in parts_of(content) if "printerSettings" not in name}
    assert read(tmp_path, archive(without)) == ["Clay"]


@pytest.mark.parametrize("code", ["0%", "General"])
def test_the_values_of_a_chart_have_its_number_format(tmp_path: Path, code: str) -> None:
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    def fill(slide: Any) -> None:
        data = CategoryChartData(number_format=code)
        data.categories = ["Mon"]
        data.add_series("share", (0.25,))
        slide.shapes.add_chart(XL_CHART_TYPE.PIE, Inches(1), Inches(1), Inches(3), Inches(3), data)

    last = read(tmp_path, deck(fill))[-1]
    assert last.endswith("| Mon | 25% |" if code == "0%" else "| Mon | 0.25 |")


INK = (
    '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
    '<mc:Choice Requires="p14"><p:contentPart r:id="rId9"/></mc:Choice></mc:AlternateContent>'
    '<p:sp><p:nvSpPr><p:cNvPr id="7" name=""/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody>'
    '<a:bodyPr/><a:p><a:pPr lvl="x"><a:buAutoNum type="romanUcPeriod" startAt="4"/></a:pPr><a:r>'
    "<a:t>sand</a:t></a:r></a:p></p:txBody></p:sp></p:spTree>"
)


def test_ink_and_odd_levels_are_no_failure_and_numbers_have_their_form(tmp_path: Path) -> None:
    content, name = deck(clay), "ppt/slides/slide1.xml"
    slide = part(content, name).replace("</p:spTree>", INK)
    assert read(tmp_path, changed(content, {name: slide})) == ["Clay", "IV. sand"]


def test_a_chart_has_all_levels_of_its_categories(tmp_path: Path) -> None:
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    def fill(slide: Any) -> None:
        data = CategoryChartData()
        for year, quarters in (("2023", ("Q1", "Q2")), ("2024", ("Q1",))):
            category = data.add_category(year)
            for quarter in quarters:
                category.add_sub_category(quarter)
        data.add_series("Fee", (1, 2, 3))
        place = (Inches(1), Inches(1), Inches(3), Inches(3))
        slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *place, data)

    assert read(tmp_path, deck(fill)) == [
        "Bar chart",
        "|  | Fee |\n| --- | --- |\n| 2023 Q1 | 1 |\n| 2023 Q2 | 2 |\n| 2024 Q1 | 3 |",
    ]
