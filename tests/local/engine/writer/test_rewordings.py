"""What documents say in other words than the question has, and what they do not say at all."""

import pytest

from app.local.engine.writer import Prompt, Sampling, Turn, Writer
from app.local.engine.writer.candidates import candidates
from app.local.engine.writer.question.measures import lacks_measure
from app.local.engine.writer.selection.superlatives import extreme_row

PASSAGES = """\
<passage n="1" document="rowing-club.md">
# Rowing club

## Membership

Membership fees are due on 1 March. Whoever leaves the club has to tell the office by 30 September.

An adult pays 120 euros a year, a student 60 euros.

## People

| name | task | telephone |
| --- | --- | --- |
| Lena Adler | treasurer | 0555 4411 |
| Ulf Castell | head coach | 0555 4412 |

Ulf Castell is in the boathouse on Thursdays from 16:00 to 18:00.
</passage>
<passage n="2" document="dishwasher.md">
# Dishwasher: programs

| program | temperature °C | duration min | water l |
| --- | --- | --- | --- |
| Eco | 50 | 195 | 9 |
| Quick | 45 | 35 | 8 |
| Night | 55 | 240 | 10 |
</passage>
<passage n="3" document="boiler.md">
# Boiler in the hall

The burner is fine, but the flange needs a new gasket of type G-38. The gasket costs 14 euros.

The expansion tank is too small. We recommend one of 80 litres. It would be delivered within three
weeks.

Your invoice number is 2026-771. Our offer is valid until 31 October.
</passage>"""
ABSTENTION = "do not answer this"


def answered(writer: Writer, question: str) -> str:
    message = f"{PASSAGES}\n<question>{question}</question>"
    return "".join(writer.generate(Prompt((Turn("user", message),)), Sampling()))


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("How long does the Quick program take?", "duration min 35"),
        ("Which program uses the least water?", "Quick"),
        ("Which program is the hottest?", "Night"),
        ("What is Ms Adler's number?", "0555 4411"),
        ("What number do I call to reach Ulf Castell?", "0555 4412"),
        ("When are Mr Castell's office hours?", "16:00 to 18:00"),
        ("When is the adult membership due?", "1 March"),
        ("What is the deadline for leaving the club?", "30 September"),
        ("When does the offer expire?", "31 October"),
        ("When is the expansion tank delivered?", "three weeks"),
        # Near misses
        ("How long does the Delicate program take?", ABSTENTION),
        ("When are Dr. Petrov's office hours?", ABSTENTION),
        ("What is Lena Adler's fax number?", ABSTENTION),
        ("What is the order number?", ABSTENTION),
        ("What does the burner weigh?", ABSTENTION),
    ],
)
def test_what_is_asked_in_other_words_is_found(question: str, holds: str, writer: Writer) -> None:
    assert holds in answered(writer, question)


def test_of_two_questions_the_one_without_an_answer_is_named(writer: Writer) -> None:
    both = answered(writer, "Which gasket does the flange need, and what does it cost?")
    assert "G-38" in both
    assert "14 euros" in both
    one = answered(writer, "Which gasket does the flange need, and when was the burner sold?")
    assert "G-38" in one
    assert one.endswith("The documents do not say: When was the burner sold?")


def test_a_unit_of_one_letter_is_a_weight_behind_a_number_only() -> None:
    asked = "What does the burner weigh?"
    assert [lacks_measure(asked, text) for text in ("It has 70 g.", "It is a G-38.")] == [
        False,
        True,
    ]


PARCELS = (
    "| parcel | sender | weight kg | distance km | days |\n| --- | --- | --- | --- | --- |\n"
    "| A | Weaver | 4.2 | 310 | 3 |\n| B | Lin | 0.8 | 45 | 1 |\n| C | Ost | 7.1 | 240 | 2 |\n"
)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Which parcel travels farthest?", "A"),
        ("Who sent the heaviest parcel?", "C"),
        ("What is the fastest parcel?", "B"),
        ("How heavy is the heaviest parcel?", "C"),
        ("How many grams has the heaviest parcel?", None),
        ("Which parcel is the heaviest of the red ones?", None),
    ],
)
def test_a_superlative_names_its_column_in_another_word(question: str, name: str | None) -> None:
    row = extreme_row(question, candidates([PARCELS]), ["parcels.md"])
    assert (row and row.cells[0][1]) == name


FEES = """\
<passage n="1" document="club.md">
# Rowing club

An adult pays 120 euros a year, a student 60 euros. Whoever joins has to pay a deposit of 20 euros
in cash. Membership fees are due on 1 March.
</passage>"""


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("When is the adult membership due?", "Membership fees are due on 1 March."),
        ("When is the corporate membership due?", ABSTENTION),
    ],
)
def test_what_is_said_of_all_is_said_of_a_sort_that_the_passage_names(
    writer: Writer, question: str, holds: str
) -> None:
    message = f"{FEES}\n<question>{question}</question>"
    assert holds in "".join(writer.generate(Prompt((Turn("user", message),)), Sampling()))
