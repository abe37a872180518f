"""What of a passage can be quoted: hard cases of every kind, and what holds of any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.citations.sections import Sections
from app.citations.sentences import claims, units

SETEXT = "Ring buffer\n===========\n\nIt is read.\n\nExample\n---\nIt runs.\n\n---\n\nMore."
CUT_AMID_CODE = "# reset the buffer\nreset()\n```\n\nIt takes four.\n"


def read(text: str) -> list[tuple[str, str]]:
    return [(unit.kind, text[unit.start : unit.end]) for unit in units(text)]


def section(text: str, words: str) -> str | None:
    return Sections(text, units(text)).at(text.index(words))


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It is 2.5 m. Is it? Yes!", ["It is 2.5 m.", "Is it?", "Yes!"]),
        ('He said "no." Then he left.', ['He said "no."', "Then he left."]),
        ("It was shown.[1] Then denied.", ["It was shown.[1]", "Then denied."]),
        ("これは文です。「はい。」と言った。次", ["これは文です。", "「はい。」と言った。", "次"]),
        ("他来了。“真的吗？”是的", ["他来了。", "“真的吗？”", "是的"]),  # noqa: RUF001
        ("ပန့်သည်။ နောက်။", ["ပန့်သည်။", "နောက်။"]),
        (
            "ปั๊มน้ำอยู่ในห้องใต้ดิน ปั๊มหมุน 1450 รอบต่อนาที เปิด จันทร์ ศุกร์",
            ["ปั๊มน้ำอยู่ในห้องใต้ดิน", "ปั๊มหมุน 1450 รอบต่อนาที", "เปิด จันทร์ ศุกร์"],
        ),
        ("यह वाक्य है। दूसरा।", ["यह वाक्य है।", "दूसरा।"]),
        ("A line that\ngoes on. New", ["A line that\ngoes on.", "New"]),
        ("Name: Ann\nCity: Rome", ["Name: Ann", "City: Rome"]),
        ("L-1,Ada,3\nL-2,Bo,5", ["L-1,Ada,3", "L-2,Bo,5"]),
        ("One\r\n\r\nTwo", ["One", "Two"]),
        ("> It rains\n> in Spain. Often", ["> It rains\n> in Spain.", "Often"]),
    ],
)
def test_a_text_is_cut_into_sentences(text: str, sentences: list[str]) -> None:
    assert read(text) == [("sentence", each) for each in sentences]


def columns(number: int) -> str:
    """A line of so many columns, without a stop."""
    return "Monday ".ljust(number, "x")


@pytest.mark.parametrize(
    ("above", "below", "others", "joined"),
    [
        (columns(60), "Tuesday", "", True),  # the word would not have fitted above
        (columns(60), "Tuesday is a day", "", True),
        (columns(53), "Tuesday", columns(61), False),  # it would just have fitted
        (columns(54), "Tuesday", columns(61), True),
        (columns(42), "Tuesday", columns(50), False),
        (columns(43), "Tuesday", columns(50), True),
        (columns(49), "Tuesday", "", False),  # too narrow to be wrapped
        ("漢" * 30, "Tuesday", "", True),  # two columns each
        ("漢" * 24, "Tuesday", "", False),
    ],
)
def test_a_line_goes_on_where_the_next_word_would_not_have_fitted(
    above: str, below: str, others: str, joined: bool
) -> None:
    text = "\n".join(filter(None, (others, above, below)))
    last = read(text)[-1][1]
    assert last.endswith(below)
    assert (last == below) is not joined


@pytest.mark.parametrize("sign", list(".,;:!?)]}\\a"))
def test_a_line_that_begins_in_the_midst_of_a_sentence_goes_on(sign: str) -> None:
    assert len(read(f"One\n{sign}")) == 1
    assert len(read("One\nTwo")) == 2


def test_rows_of_tables_and_blocks_of_code_are_units() -> None:
    text = "| a | b |\n|---|:-:|\n| 1 | 2 |\n~~~~\n# c\n```\n~~~~\nEnd"
    assert read(text) == [
        ("header", "| a | b |"), ("row", "| 1 | 2 |"), ("code", "~~~~\n# c\n```\n~~~~"),
        ("sentence", "End"),
    ]  # fmt: skip
    assert [unit.header for unit in units(text)][1] == (0, 9)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("- wet clay\n- dry\n2. hard", ["- wet clay", "- dry", "2. hard"]),
        (
            "- Ask. Then pay\n  in cash. Go.\n- Wait.",
            ["- Ask. Then pay\n  in cash. Go.", "- Wait."],
        ),
        ("1. Ask. Pay.\nNow.", ["1. Ask. Pay.", "Now."]),
        (f"- {columns(58)}\nTuesday. Go.", [f"- {columns(58)}\nTuesday. Go."]),
        (
            f"- {columns(43)}\nTuesday.\n{columns(60)}",
            [f"- {columns(43)}", "Tuesday.", columns(60)],
        ),
        ("- Ask.\n\n  Pay. Go.", ["- Ask.", "Pay.", "Go."]),
        (
            "* Run:\n  ```sh\n  ls\n\n  # all\n  ```\n* Go.",
            ["* Run:", "```sh\n  ls\n\n  # all\n  ```", "* Go."],
        ),
        ("ls\n\ncd\n```\n\nDone.\n\n```\npwd\n```", ["ls\n\ncd\n```", "Done.", "```\npwd\n```"]),
        ("```\nls", ["```\nls"]),
        ("```\n```\nNo.", ["No."]),
        ("```{note}\nMind it. Now.\n```\n\n```\nls\n```", ["Mind it.", "Now.", "```\nls\n```"]),
        ("```{note} It\n```{tip}\nA.\n```\nB.\n```\nC.", ["A.", "B.", "C."]),
        ("```{testcode}\nls\n```", ["```{testcode}\nls\n```"]),
        ("<!-- # To do\n- a -->\nYes. <!-- b --> No.", ["Yes.", "<!-- b --> No."]),
        ("<!-- a --> \n# B", ["# B"]),
        ("A.\n\n* * *\n\n___\nB.", ["A.", "B."]),
        ("---\ntitle: A\ntags: b\n---\nIt is.", ["It is."]),
        ("- item\n---\nIt is.", ["- item", "It is."]),
        (f"{'x' * 201}. B.\n---\nIt is.", [f"{'x' * 201}.", "B.", "It is."]),
        ("---\nIt is.\n---\nSo.", ["It is.", "So."]),
    ],
)
def test_items_and_blocks_of_code_are_whole_and_what_nobody_sees_is_left_out(
    text: str, parts: list[str]
) -> None:
    assert [words for _, words in read(text)] == parts


def test_a_claim_is_a_sentence_of_an_item() -> None:
    text = "- Ask. Then pay.\n\n```\nls\npwd\n```"
    assert [text[one.start : one.end] for one in claims(text)] == [
        "- Ask.",
        "Then pay.",
        "```\nls\npwd\n```",
    ]


@pytest.mark.parametrize(
    ("text", "words", "titles"),
    [
        ("# A\n\n## B\n\n### C\n\n## D\n\nIt is.", "It is", ("A", "D")),
        ("### C\n\n## D\n\nIt is.", "It is", ("D",)),
        ("Rules\n===\n\nLockers\nand keys\n---\n\nIt is.", "It is", ("Rules", "Lockers and keys")),
        ("# A\n\n##\n\nIt is.", "It is", ("A",)),
        ("It is.\n\n# A", "It is", ()),
    ],
)
def test_a_unit_has_the_headings_above_it(text: str, words: str, titles: tuple[str, ...]) -> None:
    assert Sections(text, units(text)).above(text.index(words)) == titles


@pytest.mark.parametrize(
    ("text", "words", "title"),
    [
        ("# Use of C# ##\n\nIt is.", "It is", "Use of C#"),
        ("#hashtag\n\nIt is.", "It is", None),
        ("## A\n\n```sh\n# b\nx\n```\nIt is.", "It is", "A"),
        ("## A\n\n```sh\n# b\nx", "x", "A"),
        ("## A\n\n  ```\n# b\n  ```\n\n    # c\n\nIt is.", "It is", "A"),
        ("## A\n\n\t# c\n\nIt is.", "It is", "A"),
        ("## A\n\n   # C\n\nIt is.", "It is", "C"),
        ("- a\n\n    # C\n\n    It is.", "It is", "C"),
        ("- a\n\nb\n\n    # C\n\n    It is.", "It is", None),
        ("# A\n\n<!--\n# B\n-->\n\nIt is.", "It is", "A"),
        ("---\ntitle: B\n---\n\nIt is.", "It is", None),
        (SETEXT, "It is read", "Ring buffer"),
        (SETEXT, "It runs", "Example"),
        (SETEXT, "More", "Example"),
        (CUT_AMID_CODE, "It takes", None),
        ("```\n# x\n", "# x", None),
        ("Use ```code``` here\n\n# Then\n\nIt is.", "It is", "Then"),
        ("- item\n---\nIt is.", "It is", None),
        ("#\n\nIt is.", "It is", None),
        ("## A##\n\nIt is.", "It is", "A##"),
        ("# Plan X\n\nIt is.", "It is", "Plan X"),
        ("# Plan #\n\nIt is.", "It is", "Plan"),
        ("## ##\n\nIt is.", "It is", None),
        ("A title\nof two lines\n===\nIt is.", "It is", "A title of two lines"),
        (f"{'x' * 200}\n---\nIt is.", "It is", "x" * 200),
        (f"{'x' * 201}\n---\nIt is.", "It is", None),
        ("####### A\n\nIt is.", "It is", None),
        ("###### A\n\nIt is.", "It is", "A"),
    ],
)
def test_a_unit_has_the_title_of_its_section(text: str, words: str, title: str | None) -> None:
    assert section(text, words) == title


# fmt: off
_pieces = st.sampled_from([
    "a", "B", "12", ".", "!", "。", "」", " ", "\n", "\n\n", "\t", "- ", "1. ", "# ", "#", "| ",
    "---", "===", "```", "~~~", '"', "[1]", "\u2028", "\r\n", "漢", "と", "> ",
])
# fmt: on


@given(st.lists(_pieces, max_size=40).map("".join) | st.text(max_size=60))
def test_units_are_in_order_and_have_no_white_space_around_them(text: str) -> None:
    edges = [0, *(edge for unit in units(text) for edge in (unit.start, unit.end)), len(text)]
    assert edges == sorted(edges)
    assert all(text_of_unit == text_of_unit.strip() != "" for _, text_of_unit in read(text))


@pytest.mark.parametrize(
    "sentence",
    [
        "Install it with a package manager, e.g. pip, i.e. at once.",
        "Erstellen Sie einen Agent (z.B. in der Konsole).",
        "Dr. Ito and Prof. Sato agree.",
        "It is None for no limits. (Default 100).",
        "It is wet. (Sand is dry.)",
    ],
)
def test_a_stop_within_a_sentence_does_not_end_it(sentence: str) -> None:
    text = f"{sentence} Water stays."
    assert [text[one.start : one.end] for one in units(text)] == [sentence, "Water stays."]


@pytest.mark.parametrize("second", ["(Old) wells are dry.", "It is e.g.", "(see below"])
def test_other_parentheses_and_stops_begin_and_end_a_sentence(second: str) -> None:
    text = f"It is wet. {second}"
    assert [text[one.start : one.end] for one in units(text)] == ["It is wet.", second]
