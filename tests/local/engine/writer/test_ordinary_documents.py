"""What documents of ordinary people hold: titles in paragraphs, tables without code, two questions
in one; and what they do not hold.
"""

import pytest

from app.local.engine import encoders
from app.local.engine.text import sentences
from app.local.engine.writer import Prompt, Sampling, Turn, Writer
from app.local.engine.writer.candidates import candidates
from app.local.engine.writer.decomposition import two_questions
from app.local.engine.writer.evidence.surroundings import surroundings
from app.local.engine.writer.rewrite import understand

TOWN = """\
# Wexcombe

## What to see

**The Mill.** Built in 1741 by Ada Thorne. Open daily from 10:00 to 17:00. Admission is 4.

**The Bell Museum.** In an old foundry. Open Wednesday to Sunday, 11:00 to 18:00. Admission is 9.
"""
DYES = """\
# Dyeing

## Baths

| bath | contents | keeps for |
| --- | --- | --- |
| Mordant bath | alum and water | 3 days |
| Madder bath | madder and chalk | 8 days |

## If the vat foams

Stop stirring, cover the vat with a cloth and wait for ten minutes.
"""
WEEKS = """\
# Course

| week | topic | reading |
| --- | --- | --- |
| 5 | Kilns | chapter 9 |
| 6 | Glazes | chapter 11 |
"""
ERRORS = """\
# Errors

| error | raised when |
| --- | --- |
| `SpoolError` | the folder is full |
| `QuillError` | the ink is dry |
"""
CHANGES = """\
# Changes of Loam

## [2.1.0] - 2025-03-01

### Added

- A finer mill.

### Fixed

- The sieve leaked.

## [2.0.0] - 2024-02-01

### Changed

- The licence changed from GPL to MIT.
"""
FIELDS = """\
# Parcels

## Fields

| field | required | meaning |
| --- | --- | --- |
| `sender` | yes | who sends it |
| `weight` | yes | in grams |
| `note` | no | printed below |
"""
INSTALLING = """\
# quillet

quillet sorts feathers. It needs Python 3.10.

## Installation

```sh
pip install quillet
```

To sort lace as well, install the extra:

```sh
pip install "quillet[lace]"
```

## Cleaning

Feathers that nobody needs are moved to a bin. To delete them now:

```sh
quillet empty --now
```
"""


def answered(
    writer: Writer, question: str, *texts: str, said: tuple[tuple[str, str], ...] = ()
) -> str:
    """An answer from passages, each of a document of its own, behind what was said."""
    passages = "\n".join(
        f'<passage n="{n}" document="{n}.md">\n{text}\n</passage>'
        for n, text in enumerate(texts, 1)
    )
    turns = [turn for one in said for turn in (Turn("user", one[0]), Turn("assistant", one[1]))]
    message = f"<passages>\n{passages}\n</passages>\n<question>{question}</question>"
    prompt = Prompt(
        (*turns, Turn("user", message)),
        "Answer from the numbered passages and cite them, like [1]. If they do not answer the "
        "question, reply with exactly: The documents do not say.",
    )
    return "".join(writer.generate(prompt, Sampling(temperature=0.0)))


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("What does the Bell Museum cost?", TOWN, "Admission is 9"),
        ("When is the mill open?", TOWN, "10:00 to 17:00"),
        ("How do I stop the vat from foaming?", DYES, "cover the vat with a cloth"),
        ("When is SpoolError raised?", ERRORS, "the folder is full"),
        ("How do I delete feathers now?", INSTALLING, "quillet empty --now"),
        ("How do I install quillet with lace?", INSTALLING, "quillet[lace]"),
        ("What is new in 2.1.0?", CHANGES, "A finer mill"),
        ("Which version of Loam changed the licence?", CHANGES, "2.0.0"),
        ("Which fields are required?", FIELDS, "`weight`"),
        ("What is quillet?", INSTALLING, "quillet sorts feathers"),
        ("What is the topic of week 6?", WEEKS, "Glazes"),
        ("How long does the madder bath keep?", DYES, "8 days"),
    ],
)
def test_what_a_document_holds_is_said(
    writer: Writer, question: str, text: str, expected: str
) -> None:
    assert expected in answered(writer, question, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What is the topic of week 9?", WEEKS),
        ("What is the topic of week 11?", WEEKS),
        ("What is in the indigo bath?", DYES),
        ("How long does the indigo bath keep?", DYES),
        ("When is FeatherError raised?", ERRORS),
        ("What does the Harbour Museum cost?", DYES),
    ],
)
def test_a_neighbour_is_no_answer(writer: Writer, question: str, text: str) -> None:
    assert answered(writer, question, text) == "The documents do not say."


def test_rows_with_a_no_in_the_column_that_is_named_are_left_out(writer: Writer) -> None:
    assert "`note`" not in answered(writer, "Which fields are required?", FIELDS)


def test_an_initial_ends_no_sentence() -> None:
    text = 'The book is "Herons" by P. Oduya, second edition. See p. 7.'
    assert [text[a:b] for a, b in sentences(text)] == [text[:-10], "See p. 7."]


def test_a_title_in_a_paragraph_stands_over_its_sentences_alone() -> None:
    some = {one.text: one.context for one in candidates([f"{TOWN}\nThe town is small."])}
    assert "The Mill." not in some
    assert some["Admission is 4."] == "Wexcombe What to see The Mill"
    assert some["The town is small."] == "Wexcombe What to see"


def test_a_lead_in_that_leans_has_what_it_leans_on() -> None:
    [code] = [one for one in candidates([INSTALLING]) if "--now" in one.block]
    assert "Feathers that nobody needs" in code.context
    assert code.lead == "To delete them now:"


def test_two_questions_in_one_are_both_answered(writer: Writer) -> None:
    answer = answered(writer, "What is quillet and how do I install it?", INSTALLING)
    assert "quillet sorts feathers" in answer
    assert "pip install quillet" in answer


@pytest.mark.parametrize(
    "question",
    [
        "Which is harder, talc or quartz?",
        "Who patented the lamp and when?",
        "Where are bread and butter sold?",
        "What is the difference between a mill and a forge?",
    ],
)
def test_one_question_is_not_two(question: str) -> None:
    assert two_questions(question) == ()


def test_a_day_of_the_week_is_no_place() -> None:
    assert surroundings("What is the rent on Wednesdays in May?") == ()
    assert surroundings("How do I run it on Windows?") == ("Windows",)


def test_a_sentence_of_another_document_has_to_be_nearly_as_likely(writer: Writer) -> None:
    other = "Send the receipt for the bell within 60 days of the purchase. The bell is old."
    answer = answered(writer, "What does the Bell Museum cost?", TOWN, other)
    assert "[2]" not in answer


@pytest.fixture(scope="module")
def several() -> Writer:
    encoder, multilingual = encoders("int8")
    return Writer(encoder, multilingual=multilingual)


SPANISH = "# Biblioteca\n\nInternet es gratis durante una hora al día. Imprimir cuesta 0,10 euros."


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        ("What does the option --colour do?", (ERRORS, SPANISH, WEEKS)),
        ("What does --colour do?", (SPANISH,)),
    ],
)
def test_a_passage_in_another_language_is_no_way_out(
    several: Writer, question: str, texts: tuple[str, ...]
) -> None:
    assert answered(several, question, *texts) == "The documents do not say."


def test_a_passage_in_another_language_answers_where_it_has_the_word(several: Writer) -> None:
    german = "# Müll\n\nBiomüll wird jeden Mittwoch abgeholt. Papier wird am Freitag abgeholt."
    question = "When is the Biomüll collected?"
    assert "Mittwoch" in answered(several, question, ERRORS, german, WEEKS)


def test_it_is_what_was_asked_about_and_not_all_documents(writer: Writer) -> None:
    said = (("How long does the madder bath keep?", "Madder bath: keeps for 8 days [1]."),)
    assert "chalk" in answered(writer, "What is in it?", DYES, said=said)


@pytest.mark.parametrize(
    ("turn", "understood"),
    [
        ("For how long?", "At which heat do I soak it, and for how long?"),
        ("By whom?", "At which heat do I soak it, and by whom?"),
    ],
)
def test_a_bare_question_word_keeps_its_preposition(turn: str, understood: str) -> None:
    said = (Turn("user", "At which heat do I soak it?"), Turn("assistant", "At 65 degrees."))
    assert understand(turn, said).question == understood


def test_a_number_is_said_again_where_the_sentence_has_another(writer: Writer) -> None:
    text = "# Steps\n\nSoak the wool at 65 degrees for 45 minutes. Rinse it in cold water."
    said = (("At which temperature do I soak the wool?", "Soak the wool at 65 degrees for .. [1]"),)
    first = answered(writer, "At which temperature do I soak the wool?", text)
    said = (("At which temperature do I soak the wool?", first),)
    assert "45 minutes" in answered(writer, "For how long?", text, said=said)


def test_an_abstention_names_nothing() -> None:
    said = (Turn("user", "Can it be sent?"), Turn("assistant", "The documents do not say."))
    assert "documents" not in understand("Where are they kept?", said).question
