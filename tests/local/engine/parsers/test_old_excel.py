"""Excel before 2007, and what else goes by its suffix."""

import struct
from pathlib import Path

import pytest

from app.local.engine.parsers import Document, xls
from tests.local.engine.parsers.documents import xlsx


def record(kind: int, *fields: bytes) -> bytes:
    body = b"".join(fields)
    return struct.pack("<HH", kind, len(body)) + body


def words(*numbers: int) -> bytes:
    return struct.pack(f"<{len(numbers)}H", *numbers)


def string(text: str, size: str = "<H") -> bytes:
    return struct.pack(size, len(text)) + b"\x01" + text.encode("utf-16-le")


def beginning(kind: int) -> bytes:
    return record(0x809, words(0x600, kind, 0x0DBB, 0x07CC), bytes(8))


def number(row: int, column: int, value: float, style: int = 0) -> bytes:
    return record(0x203, words(row, column, style), struct.pack("<d", value))


def label(row: int, column: int, text: str) -> bytes:
    return record(0x204, words(row, column, 0), string(text))


def workbook() -> bytes:
    """A workbook of a sheet with a hidden row and a hidden column, and of a hidden sheet.

    [MS-XLS]: a stream of records; the sheets follow the records of the workbook.
    """

    def globals_(place: int) -> bytes:
        font = record(0x31, words(200, 0, 0x7FFF, 400, 0), bytes(4), string("Arial", "B"))
        styles = [record(0xE0, words(0, form, 0), bytes(14)) for form in (0, 164)]
        sheets = [
            record(0x85, struct.pack("<I", place), bytes([state, 0]), string(name, "B"))
            for name, state in (("Plain", 0), ("Hidden", 1))
        ]
        form = record(0x41E, words(164), string("00000"))
        return b"".join(
            [beginning(5), record(0x42, words(1200)), *[font] * 4, form, *styles, *sheets]
        ) + record(0x0A)

    sheet = [
        beginning(0x10),
        record(0x7D, words(1, 1, 2560, 0, 1), bytes(2)),  # column 1 is hidden
        record(0x208, words(2, 0, 3, 255, 0, 0), struct.pack("<I", 0x20)),  # and so is row 2
        *(label(0, column, text) for column, text in enumerate(("Town", "Salary", "Code"))),
        label(1, 0, "Oslo"),
        number(1, 1, 900),
        number(1, 2, 2138, 1),
        label(2, 0, "gone"),
        record(0x0A),
    ]
    return globals_(len(globals_(0))) + b"".join(sheet)


def read(path: Path, content: bytes) -> tuple[str, list[str]]:
    (path / "a.xls").write_bytes(content)
    document = Document(path / "a.xls")
    [section] = xls.parse(document)
    return section.text, document.warnings


def test_an_old_workbook_is_read_as_it_is_shown(tmp_path: Path) -> None:
    text, warnings = read(tmp_path, workbook())
    assert text == "## Plain\n\n| Town | Code |\n| --- | --- |\n| Oslo | 02138 |"
    assert warnings == [
        "Hidden sheets are left out: 'Hidden'.",
        "Sheet 'Plain': 1 hidden row and 1 hidden column are left out.",
    ]


TABLE = "| a | b |\n| --- | --- |\n| 1 | 2 |"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>", TABLE),
        (b"a\tb\r\n1\t2\r\n", TABLE),
    ],
)
def test_what_excel_opens_under_the_old_suffix_is_read(
    tmp_path: Path, content: bytes, text: str
) -> None:
    assert read(tmp_path, content)[0] == text


def test_a_newer_workbook_under_the_old_suffix_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, xlsx("Clay"))[0] == "## Sheet\n\nClay"
