"""Pictures that are written out as `data:` addresses are no text, in whatever file they stand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.local.engine.parsers.process import Parser

PICTURE = "data:image/png;base64," + "iVBORw0KGgo/" * 200
LINES = "data:image/png;base64,\n" + "\n".join(["iVBORw0KGgo/" * 6] * 30)


@pytest.fixture(scope="module")
def parser() -> Iterator[Parser]:
    parser = Parser()
    yield parser
    parser.close()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", f"Logo: {PICTURE}\n\nThe rate is 26 euros."),
        ("a.txt", f"Logo: {LINES}\n\nThe rate is 26 euros."),
        ("a.md", f"{PICTURE}\n\nThe rate is 26 euros."),
        ("a.md", f"[the logo]({PICTURE}) The rate is 26 euros."),
        ("a.md", f'![the logo](<{PICTURE}> "a logo") The rate is 26 euros.'),
        ("a.rst", f".. image:: {PICTURE}\n\nThe rate is 26 euros.\n"),
        ("a.rst", f".. figure:: {PICTURE}\n\n   The logo\n\nThe rate is 26 euros.\n"),
        ("a.adoc", f"image::{PICTURE}[The logo]\n\nThe rate is 26 euros.\n"),
        ("a.csv", f'logo,rate\n"{PICTURE}",The rate is 26 euros.\n'),
        ("a.json", f'{{"logo": "{PICTURE}", "rate": "The rate is 26 euros."}}'),
        ("a.html", f'<p style="background: url({PICTURE})">The rate is 26 euros.'),
    ],
)
def test_a_written_out_picture_is_no_text(
    parser: Parser, tmp_path: Path, name: str, text: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    [section] = parser.parse(path, name).sections
    assert "The rate is 26 euros." in section.text
    assert "iVBOR" not in section.text


def test_its_label_stays(parser: Parser, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"[the logo]({PICTURE}) is blue.")
    assert parser.parse(path, "a.md").sections[0].text == "the logo is blue."


def test_a_short_address_stays(parser: Parser, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("An address such as data:text/plain;base64,SGVsbG8= says Hello.")
    assert "data:text/plain;base64,SGVsbG8=" in parser.parse(path, "a.txt").sections[0].text
