"""Questions that want several things: all rows, items or steps that answer, and no others."""

import re

import pytest

from app.answer.prompt import answer_prompt
from app.events import Passage
from app.local.engine.writer import Prompt, Sampling, Turn, Writer

HARBOUR = """# Harbour

| Berth | Fee | Pier | Has power |
| --- | --- | --- | --- |
| B2701 | 20.00 | North | yes |
| B2702 | 21.50 | South | no |
| B2703 | 23.00 | North | no |
| B2704 | 24.50 | South | yes |
| B2705 | 26.00 | North | no |
"""
VAULT = """# Connect the scale

## Store the credentials

1. Open the vault.
2. Make a new entry with the following names.

   - Name: `scaleId`, Value: <ID>
   - Name: `scaleSecret`, Value: <SECRET>
   - Name: `serverUrl`, Value: <URL>

3. Save it. Note the number of the entry.
"""
PUMP = """# Set up the pump

The pump is delivered in two boxes. Read this first.

## Step 1: Close the valve

Turn the red valve to the right. The lamp goes out.

## Step 2: Fill the tank

Pour in 12 litres of water.

## Step 3: Start the motor

Press the green button.

## Warranty

The warranty is two years.
"""
BOATS = """# Boats

| code | boat | berths | has sails |
| --- | --- | --- | --- |
| A1 | Tern dinghy | 2 | yes |
| B1 | Heron motor boat | 4 | no |
| C1 | Gannet ketch | 6 | yes |
| D1 | Eider pilot boat | 5 | yes |
"""
PUMPS = """# The pumps

## Switch over to the second pump

Switch over only if the first pump is silent.

1. Close the valve of the first pump: `pump close 1`.
2. Check that the pressure falls: `pump pressure`.
3. Open the second one: `pump open 2`.
4. Tell the harbour master.
"""
RULES = """# Rules

| rule | default | says |
| --- | --- | --- |
| depth | 3 metres | How deep a boat may lie. |
| noise | none | When engines may run. |
"""
RELEASES = """# Releases

Earlier releases of Quarry run on these versions of Python:

| Python              | 3.11 | 3.10 | 3.6 | 2.7 |
|---------------------|:----:|:----:|:---:|:---:|
| quarry 3.x          |  ✅  |  ✅  |  ✅ |  ❌ |
| quarry 2.0 and up   |  ✅  |  ✅  |  ✅ |  ❌ |
| quarry 1.20 to 1.28 |  ❌  |  ✅  |  ✅ |  ✅ |
| quarry 1.15 to 1.20 |  ❌  |  ❌  |  ❌ |  ✅ |
"""
OCR = """# Quarry

| Extra | Description |
| --- | --- |
| alpha | Installs Alpha as OCR engine. |
| web | Fetches pages of the Web. |
| beta | Installs the OCR engine Beta. |
| gamma | Uses Gamma for OCR. |
| charts | Draws charts. |
"""


def answer(writer: Writer, question: str, *texts: str) -> str:
    passages = [
        Passage(number, text, "s3://docs/yard.md", 0.9) for number, text in enumerate(texts, 1)
    ]
    prompt = answer_prompt(question, [], passages)
    asked = Prompt((Turn("user", prompt.messages[-1].text),), prompt.system)
    return "".join(writer.generate(asked, Sampling(temperature=0)))


@pytest.mark.parametrize(
    ("question", "berths"),
    [
        ("Which berths are at the North pier?", "B2701 B2703 B2705"),
        ("List the berths at the South pier", "B2702 B2704"),
        ("Which berths have power?", "B2701 B2704"),
        ("What is the fee of berth B2702?", "B2702"),
        ("Which berths have a fee of more than 23.00?", "B2704 B2705"),
        ("Which berths have a fee of at least 23.00?", "B2703 B2704 B2705"),
        ("Which berths have a fee under 21.50?", "B2701"),
        ("Which berths are there?", "B2701 B2702 B2703 B2704 B2705"),
    ],
)
def test_of_a_table_the_rows_that_answer_are_said(
    writer: Writer, question: str, berths: str
) -> None:
    said = answer(writer, question, HARBOUR)
    assert re.findall(r"B27\d\d", said) == berths.split()
    assert ("| Berth | Fee | Pier | Has power |" in said) == (" " in berths)


@pytest.mark.parametrize(
    ("rows", "fee", "said"), [(24, "20.00", 24), (25, "20.00", 1), (20, "in coins " * 9, 1)]
)
def test_of_more_rows_than_24_or_longer_than_1800_characters_only_the_best_is_said(
    writer: Writer, rows: int, fee: str, said: int
) -> None:
    head = "# Harbour\n\n| Berth | Fee | Pier |\n| --- | --- | --- |\n"
    berths = [f"| B{2800 + row} | {fee} | North |\n" for row in range(rows)]
    others = [f"| B{2900 + row} | 20.00 | South |\n" for row in range(4)]
    text = "".join([head, *berths, *others])
    assert answer(writer, "Which berths are at the North pier?", text).count("B28") == said


def test_a_yes_counts_more_than_the_word_for_the_things_themselves(writer: Writer) -> None:
    """Two of the boats are called so."""
    said = answer(writer, "Which boats have sails?", BOATS)
    assert re.findall(r"[A-D]1", said) == ["A1", "C1", "D1"]


@pytest.mark.parametrize(
    ("question", "releases"),
    [
        (
            "Which release should I take if I'm still on Python 2.7?",
            ["1.20 to 1.28", "1.15 to 1.20"],
        ),
        ("Which release runs on Python 2.7 and on 3.10?", ["1.20 to 1.28"]),
        ("What release of quarry do I need for Python 3.11?", ["3.x"]),
    ],
)
def test_a_row_with_a_no_in_the_column_that_is_named_does_not_answer(
    writer: Writer, question: str, releases: list[str]
) -> None:
    said = answer(writer, question, RELEASES)
    assert re.findall(r"quarry (\d[^|:]*?)\s*[|:]", said) == releases


def test_a_row_with_a_no_answers_a_question_that_says_no(writer: Writer) -> None:
    said = answer(writer, "Which berth at the South pier has no power?", HARBOUR)
    assert "B2702" in said
    assert "B2704" in answer(writer, "Which berth at the South pier has power?", HARBOUR)


def test_how_something_is_done_takes_all_steps(writer: Writer) -> None:
    """Also one that names nothing of the question; each once."""
    said = answer(writer, "How do I switch over to the second pump?", PUMPS)
    assert re.findall(r"^\d\.", said, re.MULTILINE) == ["1.", "2.", "3.", "4."]
    assert said.count("`pump pressure`") == 1


def test_rows_that_answer_in_other_words_are_said_too(writer: Writer) -> None:
    said = answer(writer, "Which OCR engines can Quarry use?", OCR)
    assert all(name in said for name in ("Alpha", "Beta", "Gamma"))


def test_rows_of_a_table_in_two_passages_are_said_with_the_mark_of_each(writer: Writer) -> None:
    header = HARBOUR[HARBOUR.index("| Berth") : HARBOUR.index("| B2701")]
    second = f"{header}| B2706 | 27.50 | North | yes |\n| B2707 | 29.00 | North | no |\n"
    said = answer(writer, "Which berths are at the North pier?", HARBOUR, second)
    assert re.findall(r"B27\d\d|\[\d\]", said) == [
        *("[1]", "B2701", "B2703", "B2705"),
        *("[2]", "B2706", "B2707"),
    ]


def test_a_list_under_an_item_is_said_whole(writer: Writer) -> None:
    said = answer(writer, "What must the names of the entry in the vault be?", VAULT)
    names = re.findall(r"`\w+`", said)
    assert names == ["`scaleId`", "`scaleSecret`", "`serverUrl`"]


def test_steps_are_the_headings_with_what_stands_under_them(writer: Writer) -> None:
    said = answer(writer, "What are the steps to set up the pump?", PUMP)
    assert said == (
        "Set up the pump [1]:\n\n"
        "- Step 1: Close the valve: Turn the red valve to the right. The lamp goes out.\n"
        "- Step 2: Fill the tank: Pour in 12 litres of water.\n"
        "- Step 3: Start the motor: Press the green button."
    )


def test_a_section_is_no_step_where_no_steps_are_wanted(writer: Writer) -> None:
    said = answer(writer, "How much water does the tank of the pump take?", PUMP)
    assert "12 litres" in said
    assert "Step 3" not in said


def test_the_verb_over_a_column_is_not_said_before_its_cells(writer: Writer) -> None:
    said = answer(writer, "What does the rule of depth say?", RULES)
    assert "depth: default 3 metres, How deep a boat may lie" in said
    assert "says" not in said


def test_a_lead_in_to_another_list_is_no_rest_of_an_item(writer: Writer) -> None:
    first = "# Kinds\n\nThe yard has these tools:\n\n- crane\n- trolley\n"
    second = "More to read:\n\n- boats of the yard\n- ropes of the yard\n"
    said = answer(writer, "Which tools does the yard have?", first, second)
    assert "trolley" in said
    assert "ropes" not in said


def test_rows_of_another_table_with_the_same_header_are_not_said(writer: Writer) -> None:
    inland = HARBOUR.replace("# Harbour", "# Canal").replace("B270", "C270")
    for passages in ((f"{HARBOUR}\n{inland}",), (HARBOUR, inland)):
        said = answer(writer, "Which berths of the harbour are at the North pier?", *passages)
        assert re.findall(r"[BC]270\d", said) == ["B2701", "B2703", "B2705"]
