"""PDF: a page of very many lines, or of forms within forms, takes steps in proportion to it.

Steps are the calls that are made, also those of built-in functions.
"""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from app.local.engine.parsers.pdf import parse, reading_order
from app.local.engine.parsers.pdf.lines import Grid, Line, Part, Run
from app.local.engine.parsers.pdf.objects import objects
from app.local.engine.parsers.pdf.reading_order import in_reading_order
from app.local.engine.parsers.pdf.scene import scene
from tests.local.engine.parsers.documents import parsed, pdf

FEW = 50
LEFTS = (66, 240, 320)


def steps(work: Callable[[], object]) -> int:
    """The calls that the work takes."""
    count = 0

    def see(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(see)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def line(text: str, left: float, top: float, pieces: tuple[Line, ...] = ()) -> Line:
    right = pieces[-1].right if pieces else left + 5 * len(text)
    return Line(text, 10, left, right, top, top, 20, 0, pieces)


def row(top: float, *cells: str) -> Line:
    parts = tuple(line(cell, left, top) for left, cell in zip(LEFTS, cells, strict=True))
    return line(" ".join(cells), LEFTS[0], top, parts)


def tables(count: int) -> list[Line]:
    """Tables below each other, each with a header of two lines and a note behind it."""
    lines: list[Line] = []
    for top in range(200 * count, 0, -200):
        lines += [line("Layers", 66, top), line("in all", 64, top - 13)]
        lines += [line("Score", 272, top), line("simple", 228, top - 13)]
        lines += [line("complex", 306, top - 13), row(top - 30, *"649"), row(top - 42, *"258")]
        lines.append(line("It is dry in the summer.", 66, top - 110))
    return lines


def disorder(count: int) -> list[Line]:
    """Lines at one distance, of which the first is drawn last."""
    lines = [line("Sand is grains of rock.", 0, 12 * at) for at in range(count, 0, -1)]
    return [*lines[1:], lines[0]]


@pytest.mark.parametrize("page", [tables, disorder])
def test_a_page_of_many_lines_is_put_in_order_in_linear_steps(
    page: Callable[[int], list[Line]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_order, "_MOST_LOOKS", 20 * FEW)
    few, many = (steps(partial(in_reading_order, page(count))) for count in (FEW, 4 * FEW))
    assert many < 5 * few


def heads(parts: list[Part]) -> list[object]:
    return [part.rows[0] if isinstance(part, Grid) else part.lines[0].text for part in parts]


def test_each_of_many_tables_keeps_its_header_and_its_place() -> None:
    header = ("Layers in all", "Score simple", "Score complex")
    assert heads(in_reading_order(tables(3))) == [header, "It is dry in the summer."] * 3


def test_what_would_take_too_long_to_be_cut_is_read_from_top_to_bottom(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading_order, "_MOST_LOOKS", 2 * FEW)
    [run] = in_reading_order(disorder(FEW))
    assert [one.top for one in run.lines] == [12 * at for at in range(FEW, 0, -1)]


def test_a_page_of_more_lines_than_any_text_has_stays_as_it_is_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading_order, "MOST_LINES", FEW)
    page = disorder(FEW + 1)
    assert in_reading_order(page) == [Run(page)]
    assert in_reading_order(disorder(FEW)) != [Run(disorder(FEW))]


def forms_within_forms(levels: int) -> bytes:
    """A PDF of a form that draws another one twice, and that one the next one; the last a text."""
    objects = ""
    for level in range(levels):
        is_last = level == levels - 1
        drawn = "BT /F 10 Tf 72 700 Td (Clay.) Tj ET" if is_last else "/X Do /X Do"
        used = "/Font << /F 3 0 R >>" if is_last else f"/XObject << /X {100 + level} 0 R >>"
        objects += (
            f"{99 + level} 0 obj\n<< /Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources "
            f"<< {used} >> /Length {len(drawn)} >>\nstream\n{drawn}\nendstream\nendobj\n"
        )
    content = pdf([["/X Do"]]).replace(b"xref\n", objects.encode() + b"xref\n", 1)
    return content.replace(
        b"/Resources << /Font << /F 3 0 R >> >> /Contents",
        b"/Resources << /XObject << /X 99 0 R >> >> /Contents",
    )


def test_forms_that_draw_each_other_again_and_again_are_looked_at_a_bounded_number_of_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys.modules[objects.__module__], "MOST_OBJECTS", FEW)
    page = pypdfium2.PdfDocument(forms_within_forms(10))[0]
    assert steps(lambda: scene(page)) < 30 * FEW
    assert pdfium.FPDFPage_CountObjects(page.raw) == 1


def test_a_text_in_forms_within_forms_is_read_once(tmp_path: Path) -> None:
    [section] = parsed(parse, tmp_path / "a.pdf", forms_within_forms(10))
    assert section.text == "Clay."
