"""PDF: text that no reader sees is left out; form fields and FreeText are read."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from app.local.engine.parsers.pdf import parse
from tests.local.engine.parsers.documents import PICTURE, Placed, parsed, pdf

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
    ],
    ids=[
        "invisible", "white", "nearly white", "of the colour of its ground", "below the page",
        "beside the page", "tiny", "scaled down", "blacked out",
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
