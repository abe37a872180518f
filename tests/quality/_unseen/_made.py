"""Office files and PDFs, made of text that is kept: `talk.pptx.md` is made into `talk.pptx`.

.docx.md    headings, paragraphs, lists and tables of Markdown
.pptx.md    a slide for each heading, with its lines or its table
.xlsx.csv   a sheet for each line "# name"
.pdf.txt    paragraphs, and headings in a larger size
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from io import BytesIO
from pathlib import Path
from textwrap import wrap

from tests.local.engine.parsers.documents import Placed, docx, pdf

Part = list[str]  # lines

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_WIDTH = 90  # characters of a line in a PDF
_LINES = 46  # of a page


def made(file: Path) -> tuple[str, bytes]:
    """The name and the bytes of the document that a file is made into, or is."""
    for suffix, make in _MAKERS.items():
        if file.name.endswith(suffix):
            name = file.name.removesuffix(Path(suffix).suffix)
            return name, make(file.read_text(encoding="utf-8"))
    return file.name, file.read_bytes()


def _word(text: str) -> bytes:
    return docx("".join(_in_word(part) for part in _parts(text)))


def _in_word(part: Part) -> str:
    if part[0].startswith("|"):
        rows = "".join(
            f"<w:tr>{''.join(f'<w:tc>{_paragraph(cell)}</w:tc>' for cell in row)}</w:tr>"
            for row in _rows(part)
        )
        return f"<w:tbl>{rows}</w:tbl>"
    if heading := re.match(r"(#+) (.*)", part[0]):
        return _paragraph(heading[2], f'<w:pStyle w:val="Heading{len(heading[1])}"/>')
    return "".join(_paragraph(line) for line in part)


def _paragraph(text: str, style: str = "") -> str:
    return f"<w:p><w:pPr>{style}</w:pPr><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


def _slides(text: str) -> bytes:
    from pptx import Presentation  # slow to load, and not needed to list the tests
    from pptx.util import Inches

    deck = Presentation()
    for title, lines in _under_headings(text):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = "\n".join(
            line.removeprefix("- ") for line in lines if not line.startswith("|")
        )
        rows = _rows([line for line in lines if line.startswith("|")])
        if rows:
            box = (Inches(1), Inches(2), Inches(8), Inches(3))
            table = slide.shapes.add_table(len(rows), len(rows[0]), *box).table
            for y, row in enumerate(rows):
                for x, cell in enumerate(row):
                    table.cell(y, x).text = cell
    return _saved(deck.save)


def _workbook(text: str) -> bytes:
    import openpyxl  # slow to load, and not needed to list the tests

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in _under_headings(text):
        sheet = book.create_sheet(name)
        for row in csv.reader(lines):
            sheet.append([float(cell) if _NUMBER.fullmatch(cell) else cell for cell in row])
    return _saved(book.save)


def _saved(save: Callable[[BytesIO], object]) -> bytes:
    content = BytesIO()
    save(content)
    return content.getvalue()


def _pages(text: str) -> bytes:
    lines: list[tuple[int, str]] = []  # size and text
    for part in _parts(text):
        size = 16 if part[0].startswith("#") else 10
        lines += [(size, one) for line in part for one in wrap(line.lstrip("# "), _WIDTH)]
        lines.append((10, ""))
    pages = [lines[place : place + _LINES] for place in range(0, len(lines), _LINES)]
    return pdf([list(_placed(page)) for page in pages])


def _placed(page: Sequence[tuple[int, str]]) -> Iterator[Placed]:
    for number, (size, text) in enumerate(page):
        if text:
            yield (72, 720 - 14 * number, size, text)


def _parts(text: str) -> Iterator[Part]:
    """What empty lines divide."""
    for part in re.split(r"\n\s*\n", text.strip()):
        yield part.split("\n")


def _under_headings(text: str) -> Iterator[tuple[str, Part]]:
    for part in re.split(r"^# ", text, flags=re.MULTILINE)[1:]:
        title, *lines = part.strip().split("\n")
        yield title, [line for line in lines if line]


def _rows(lines: Part) -> list[list[str]]:
    cells = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines]
    return [row for row in cells if set("".join(row)) - {"-"}]


_MAKERS: Mapping[str, Callable[[str], bytes]] = {
    ".docx.md": _word,
    ".pptx.md": _slides,
    ".xlsx.csv": _workbook,
    ".pdf.txt": _pages,
}
