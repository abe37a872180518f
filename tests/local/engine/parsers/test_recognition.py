"""Text recognition in pictures of pages, where its optional packages are installed (`make ocr`)."""

from pathlib import Path

import pypdfium2
import pytest

from app.local.engine.parsers import Document, TooSlow, Unreadable, pdf, recognizes_pictures
from app.local.engine.parsers.process import Limits, Parser
from tests.local.engine.parsers.documents import PICTURE, Placed
from tests.local.engine.parsers.documents import pdf as make_pdf

INSTALLED = pytest.mark.skipif(
    not recognizes_pictures(), reason="text recognition is optional: `make ocr` installs it"
)
TEXT: Placed = (72, 700, 12, "The first page has text.")


def scan(path: Path, *lines: str) -> str:
    """What a scanner makes of a page with these lines: the content of a page with a picture."""
    shown: list[Placed] = [(72, 640 - 40 * at, 22, line) for at, line in enumerate(lines)]
    path.write_bytes(make_pdf([shown]))
    with pypdfium2.PdfDocument(path) as source:
        picture = source[0].render(grayscale=True).to_numpy()
    height, width = picture.shape[:2]
    header = f"BI /W {width} /H {height} /BPC 8 /CS /G /F /AHx ID"
    return f"q 612 0 0 792 0 0 cm {header} {picture.tobytes().hex()}> EI Q"


@INSTALLED
def test_the_text_of_a_scanned_page_is_recognized_and_a_warning_says_so(tmp_path: Path) -> None:
    page = scan(tmp_path / "scan.pdf", "The kiln is lit at six", "and burns until midnight.")
    file = tmp_path / "a.pdf"
    file.write_bytes(make_pdf([[TEXT], [page], [PICTURE]]))
    parser = Parser()
    try:
        document = parser.parse(file, "a.pdf")
    finally:
        parser.close()
    first, second = document.sections
    assert (first.page, second.page) == (1, 2)
    assert " ".join(second.text.split()) == "The kiln is lit at six and burns until midnight."
    assert document.warnings == (
        "Page 3 has no text layer, and no text was recognized in the picture.",
        (
            "Page 2 has no text layer: the text was recognized in the picture, and may have "
            "mistakes."
        ),
    )


@INSTALLED
def test_a_scan_is_set_aside_where_others_wait_for_it(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(make_pdf([[TEXT], [PICTURE]]))
    parser = Parser(Limits())
    try:
        with pytest.raises(TooSlow, match="pictures of pages"):
            parser.parse(file, "a.pdf", seconds=3)
    finally:
        parser.close()


def test_without_recognition_the_warning_and_the_reason_name_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "recognizes_pictures", lambda: False)
    file = tmp_path / "a.pdf"
    file.write_bytes(make_pdf([[TEXT], [PICTURE]]))
    document = Document(file)
    assert [section.text for section in pdf.parse(document)] == [TEXT[3], ""]
    assert "`make ocr`" in document.warnings[0]
    file.write_bytes(make_pdf([[PICTURE]]))
    with pytest.raises(Unreadable, match="`make ocr`"):
        list(pdf.parse(Document(file)))
