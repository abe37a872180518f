"""PDF: text that no reader sees is left out; form fields and FreeText are read."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.local.engine.parsers.pdf import parse
from tests.local.engine.parsers.documents import PICTURE, Placed, parsed, parsed_document, pdf

SEEN: Placed = (72, 700, 10, "The award is 485,000 euros.")
RING = "60 640 m 400 640 l 400 680 l 60 680 l h 62 642 m 62 678 l 398 678 l 398 642 l h f"
SECRET = "(The award is 2 euros.) Tj"


def text(path: Path, *items: Placed | str) -> str:
    [section] = parsed(parse, path / "a.pdf", pdf([items]))
    return section.text


@pytest.mark.parametrize(
    "hidden",
    [
        f"BT /F 10 Tf 3 Tr 72 650 Td {SECRET} ET",
        f"q 1 g BT /F 10 Tf 72 650 Td {SECRET} ET Q",
        f"q 0.99 0.99 1 rg BT /F 10 Tf 72 650 Td {SECRET} ET Q",
        f"q 0 0 1 rg 60 640 300 30 re f BT /F 10 Tf 72 650 Td {SECRET} ET Q",
        f"BT /F 10 Tf 72 -50 Td {SECRET} ET",
        f"BT /F 10 Tf 900 650 Td {SECRET} ET",
        f"BT /F 0.5 Tf 72 650 Td {SECRET} ET",
        f"q 0.05 0 0 0.05 72 650 cm BT /F 10 Tf {SECRET} ET Q",
        f"BT /F 10 Tf 72 650 Td {SECRET} ET q 0 g 60 640 300 30 re f Q",
        f"q 1 Tr 1 G BT /F 10 Tf 72 650 Td {SECRET} ET Q",
        f"q 2 Tr 1 G 1 g BT /F 10 Tf 72 650 Td {SECRET} ET Q",
        f"q 0 0 20 20 re W n BT /F 10 Tf 72 650 Td {SECRET} ET Q",
        f"q 72 640 100 8 re W n 0 0 50 50 re W n BT /F 10 Tf 72 650 Td {SECRET} ET Q",
        f"q 0.5 Tz BT /F 10 Tf 72 650 Td {SECRET} ET Q",
    ],
    ids=[
        "invisible", "white", "nearly white", "of the colour of its ground", "below the page",
        "beside the page", "tiny", "scaled down", "blacked out",
        "outlined in white", "white and outlined in white",
        "clipped away", "clipped twice", "without width",
    ],
)  # fmt: skip
def test_what_no_reader_sees_is_left_out(tmp_path: Path, hidden: str) -> None:
    assert text(tmp_path, SEEN, hidden) == "The award is 485,000 euros."


@pytest.mark.parametrize(
    "shown",
    [
        f"q 0 0 0.5 rg 60 640 300 30 re f 1 g BT /F 10 Tf 72 650 Td {SECRET} ET Q",
        f"{PICTURE} q 1 g BT /F 10 Tf 100 650 Td {SECRET} ET Q",
        f"q 0.6 g BT /F 10 Tf 72 650 Td {SECRET} ET Q",
        f"BT /F 10 Tf 72 650 Td {SECRET} ET q 60 640 300 30 re S Q",
        f"{PICTURE} BT /F 10 Tf 3 Tr 100 650 Td {SECRET} ET",
        f"BT /F 10 Tf 0 1 -1 0 72 500 Tm {SECRET} ET q 75 495 90 200 re f Q",
        f"{RING} BT /F 10 Tf 72 650 Td {SECRET} ET",
        f"BT /F 10 Tf 72 650 Td {SECRET} ET q 60 500 300 90 re W n 60 500 300 190 re f Q",
    ],
    ids=[
        "white on blue", "white on a picture", "grey", "framed", "recognized in a picture",
        "turned beside a box", "in a frame that is a filled ring", "beside a clipped box",
    ],
)  # fmt: skip
def test_what_a_reader_sees_stays(tmp_path: Path, shown: str) -> None:
    assert "The award is 2 euros." in text(tmp_path, SEEN, shown)


LAYER = b"99 0 obj\n<< /Type /OCG /Name (notes) >>\nendobj\nxref\n"
IN_A_LAYER = f"/OC /L BDC BT /F 10 Tf 72 650 Td {SECRET} ET EMC"


@pytest.mark.parametrize("state", ["OFF", "ON"])
def test_text_in_a_layer_that_is_switched_off_is_left_out(tmp_path: Path, state: str) -> None:
    catalogue = f"/OCProperties << /OCGs [99 0 R] /D << /{state} [99 0 R] >> >>"
    content = pdf([[SEEN, IN_A_LAYER]], catalogue=catalogue)
    content = content.replace(b"xref\n", LAYER, 1).replace(
        b"/Resources <<", b"/Resources << /Properties << /L 99 0 R >>"
    )
    [section] = parsed(parse, tmp_path / "a.pdf", content)
    assert SEEN[3] in section.text
    assert ("2 euros" in section.text) == (state == "ON")


def test_invisible_text_that_is_the_only_one_is_read(tmp_path: Path) -> None:
    assert text(tmp_path, f"BT /F 10 Tf 3 Tr 72 650 Td {SECRET} ET") == "The award is 2 euros."


def test_text_that_is_drawn_twice_to_look_bold_is_read_once(tmp_path: Path) -> None:
    letters: list[Placed] = []
    left = 72.0
    for letter in "Duplication":
        letters += [(left, 700, 12, letter), (left + 0.4, 700, 12, letter)]
        left += {"i": 2.7, "l": 2.7, "t": 3.3, "c": 6.0}.get(letter, 6.7)
    lines: Sequence[Placed] = [(72, 650, 12, "A fine line"), (72.5, 650, 12, "A fine line")]
    assert text(tmp_path, *letters, *lines) == "Duplication\nA fine line"


def widget(box: str, field: str) -> str:
    return f"/Subtype /Widget /F 4 /Rect [{box}] {field}"


def text_field(box: str, value: str, more: str = "") -> str:
    return widget(box, f"/FT /Tx /T (field {box}) /V ({value}) {more}")


def check(box: str, state: str, more: str = "") -> str:
    states = "/AP << /N << /Yes 3 0 R /Off 3 0 R >> >>"
    return widget(box, f"/FT /Btn /T (field {box}) /V /{state} /AS /{state} {states} {more}")


def form(path: Path, items: Sequence[Placed | str], *annotations: str) -> list[str]:
    [section] = parsed(parse, path / "a.pdf", pdf([items], annotations=annotations))
    return [line for line in section.text.splitlines() if line]


def test_pages_may_have_the_size_that_their_tree_has(tmp_path: Path) -> None:
    places = {1150.0: "High.", 40.0: "Low.", 1250.0: "Off."}
    page: list[Placed] = [(72.0, height, 10.0, word) for height, word in places.items()]
    content = pdf([page], tree="/MediaBox [0 0 842 1191]")
    [section] = parsed(parse, tmp_path / "a.pdf", content)
    assert section.text.split() == ["High.", "Low."]


def test_the_values_of_a_form_stand_beside_their_labels(tmp_path: Path) -> None:
    labels: list[Placed] = [
        (72, 700, 10, "Permit"),
        (72, 670, 10, "Applicant:"),
        (72, 640, 10, "Cargo:"),
        (72, 610, 10, "Night work:"),
        (92, 580, 10, "Insured"),
        (92, 560, 10, "Bonded"),
        (72, 530, 10, "Remarks"),
    ]
    colours = "/Opt [(Timber) (Steel) (Grain)]"
    assert form(
        tmp_path,
        labels,
        check("150 605 162 620", "Yes"),
        text_field("150 665 350 682", "Marlene Quast"),
        widget("150 635 350 652", f"/FT /Ch /Ff 131072 /T (cargo) {colours} /V (Steel)"),
        check("75 577 87 590", "Yes"),
        check("75 557 87 570", "Off"),
        text_field("72 480 350 522", "Only in\\nthe morning"),
        text_field("72 440 350 460", "Pier 17", "/TU (Berth)"),
        text_field("72 410 350 430", ""),
        text_field("72 380 350 400", "secret", "/Ff 8192"),
        text_field("72 350 350 370", "hidden", "/F 2").replace("/F 4 ", ""),
    ) == [
        "Permit",
        "Applicant: Marlene Quast",
        "Cargo: Steel",
        "Night work: \u2612",
        "\u2612 Insured",
        "\u2610 Bonded",
        "Remarks: Only in the morning",
        "Berth: Pier 17",
    ]


def test_a_button_belongs_to_the_label_beside_it_on_a_line_of_several(tmp_path: Path) -> None:
    labels: list[Placed] = [
        (92, 580, 10, "Diesel"),
        (192, 580, 10, "Petrol"),
        (292, 580, 10, "None"),
    ]
    boxes = [check(f"{left} 577 {left + 12} 590", "Off") for left in (75, 175)]
    assert form(tmp_path, labels, *boxes, check("275 577 287 590", "Yes")) == [
        "\u2610 Diesel",
        "\u2610 Petrol",
        "\u2612 None",
    ]


def test_text_that_was_typed_on_a_page_is_read_and_other_notes_are_not(tmp_path: Path) -> None:
    assert form(
        tmp_path,
        [(72, 700, 10, "The limit is 30 bar."), (72, 500, 10, "The end.")],
        "/Subtype /FreeText /Rect [72 600 200 620] /DA (/F 10 Tf) /Contents (Approved on 4 May.)",
        "/Subtype /Text /Rect [72 650 90 670] /Contents (I doubt that.)",
    ) == ["The limit is 30 bar.", "Approved on 4 May.", "The end."]


def test_a_page_of_nothing_but_a_form_is_read(tmp_path: Path) -> None:
    field = text_field("72 440 350 460", "Pier 17", "/TU (Berth)")
    assert form(tmp_path, [], field) == ["Berth: Pier 17"]


@pytest.mark.parametrize(
    ("placed", "inner", "is_seen"),
    [
        ("1 0 0 1 200 300 cm", "", True),
        ("0.5 0 0 0.5 200 300 cm", "0 40 300 30 re W n", True),
        ("0 1 -1 0 400 200 cm", "0 40 300 30 re W n", True),
        ("1 0 0 1 200 300 cm", "0 80 300 30 re W n", False),
    ],
    ids=["shifted", "clipped and scaled", "clipped and turned", "clipped away"],
)
def test_clipping_within_a_form_is_that_of_its_place(
    tmp_path: Path, placed: str, inner: str, is_seen: bool
) -> None:
    body = f"q {inner} BT /F 10 Tf 10 50 Td {SECRET} ET Q"
    form = (
        "99 0 obj\n<< /Type /XObject /Subtype /Form /BBox [0 0 300 100] /Resources "
        f"<< /Font << /F 3 0 R >> >> /Length {len(body)} >>\nstream\n{body}\nendstream\nendobj\n"
    )
    content = pdf([[SEEN, f"q {placed} /X Do Q"]])
    content = content.replace(b"xref\n", form.encode() + b"xref\n", 1).replace(
        b"/Resources << /Font << /F 3 0 R >> >> /Contents",
        b"/Resources << /Font << /F 3 0 R >> /XObject << /X 99 0 R >> >> /Contents",
    )
    [section] = parsed(parse, tmp_path / "a.pdf", content)
    assert ("2 euros" in section.text) == is_seen


def drawn(kind: str, words: str, more: str = "") -> bytes:
    """A page with an annotation that shows words by its appearance."""
    body = f"BT /F 10 Tf 5 5 Td ({words}) Tj ET"
    appearance = (
        "99 0 obj\n<< /Type /XObject /Subtype /Form /BBox [0 0 200 20] /Resources "
        f"<< /Font << /F 3 0 R >> >> /Length {len(body)} >>\nstream\n{body}\nendstream\nendobj\n"
    )
    note = f"/Subtype /{kind} /F 4 /Rect [72 600 272 620] /AP << /N 99 0 R >> {more}"
    items: list[Placed] = [(72, 700, 10, "The rent is due."), (72, 500, 10, "The end.")]
    content = pdf([items], annotations=[note])
    return content.replace(b"xref\n", appearance.encode() + b"xref\n", 1)


@pytest.mark.parametrize(
    ("kind", "more", "is_seen"),
    [
        ("Stamp", "", True),
        ("Stamp", "/Contents (by Ann)", True),
        ("Watermark", "", True),
        ("FreeText", "", True),
        ("Line", "", True),
        ("Widget", "/FT /Sig /T (s)", True),
        ("Widget", "/FT /Tx /T (t)", True),
        ("Widget", "/FT /Tx /T (t) /Ff 8192", False),
        ("Widget", "/FT /Btn /Ff 65536 /T (b)", False),
        ("Stamp", "/F 2", False),
        ("Popup", "", False),
    ],
)
def test_the_words_of_stamps_and_signatures_are_read(
    tmp_path: Path, kind: str, more: str, is_seen: bool
) -> None:
    content = drawn(kind, "PAID ON 3 MAY", more)
    content = content.replace(b"/F 4 ", b"") if "/F 2" in more else content
    [section] = parsed(parse, tmp_path / "a.pdf", content)
    words = ["The rent is due.", *(["PAID ON 3 MAY"] if is_seen else []), "The end."]
    assert section.text.split("\n") == words


def test_a_list_beside_its_label_is_read_in_one_line_with_it(tmp_path: Path) -> None:
    choice = "/FT /Ch /Ff 2097152 /T (c) /Opt [(Steel)(Grain)(Wool)] /V [(Steel)(Wool)] /I [0 2]"
    field = widget("120 640 300 710", choice)
    assert form(tmp_path, [(72, 700, 10, "Cargo:")], field) == ["Cargo: Steel, Wool"]


@pytest.mark.parametrize("drawing", ["/OC /L BDC /X Do EMC", "/X Do"], ids=["around", "its own"])
@pytest.mark.parametrize("state", ["OFF", "ON"])
def test_a_form_in_a_layer_that_is_switched_off_is_left_out(
    tmp_path: Path, drawing: str, state: str
) -> None:
    own = "" if "BDC" in drawing else "/OC 99 0 R"
    body = f"BT /F 10 Tf 72 650 Td {SECRET} ET"
    inner = (
        f"98 0 obj\n<< /Type /XObject /Subtype /Form /BBox [0 0 600 700] {own} /Resources "
        f"<< /Font << /F 3 0 R >> >> /Length {len(body)} >>\nstream\n{body}\nendstream\nendobj\n"
    )
    catalogue = f"/OCProperties << /OCGs [99 0 R] /D << /{state} [99 0 R] >> >>"
    content = pdf([[SEEN, drawing]], catalogue=catalogue)
    content = content.replace(b"xref\n", inner.encode() + LAYER, 1).replace(
        b"/Resources << /Font << /F 3 0 R >> >> /Contents",
        b"/Resources << /Font << /F 3 0 R >> /Properties << /L 99 0 R >> /XObject << /X 98 0 R >> "
        b">> /Contents",
    )
    [section] = parsed(parse, tmp_path / "a.pdf", content)
    assert SEEN[3] in section.text
    assert ("2 euros" in section.text) == (state == "ON")


def test_of_very_many_notes_on_a_page_the_first_are_read(tmp_path: Path) -> None:
    fields = [text_field(f"72 {at % 700} 300 {at % 700 + 9}", f"v{at}") for at in range(2100)]
    document = parsed_document(parse, tmp_path / "a.pdf", pdf([[]], annotations=fields))
    words = set(re.findall(r"v\d+", document.sections[0].text))
    assert "v0" in words
    assert words.isdisjoint(f"v{at}" for at in range(2000, 2100))
    assert document.warnings[0].startswith("Page 1 has more than 2,000 form fields and notes")
