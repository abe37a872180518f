"""The kind of answer that a question expects is in what answers it."""

import pytest

from app.local.engine.writer import Prompt, Sampling, Turn, Writer
from app.local.engine.writer.question import Question
from app.local.engine.writer.question.expected import (
    gives_reason,
    tells_person,
    tells_place,
    tells_time,
)

LOOM = """\
# Loom

To use Loom, install `loom` from the package manager, where it is developed further:

```sh
pip install loom
```

The project was begun by the group for textiles at the Technical College Reutlingen.

Loom weaves by night, as it is noisy. It is written in one language, such as this one.
"""


def answered(writer: Writer, question: str, text: str = LOOM) -> str:
    message = f'<passages>\n<passage n="1" document="guide.md">\n{text}\n</passage>\n</passages>'
    prompt = Prompt(
        (Turn("user", f"{message}\n<question>{question}</question>"),),
        "Answer from the numbered passages and cite them, like [1]. If they do not answer the "
        "question, reply with exactly: The documents do not say.",
    )
    return "".join(writer.generate(prompt, Sampling(temperature=0.0)))


def test_where_is_answered_by_a_place(writer: Writer) -> None:
    answer = answered(writer, "Where was Loom started?")
    assert answer.startswith("The project was begun by the group for textiles at the Technical")
    assert "pip install" not in answer


def test_why_is_answered_by_a_reason(writer: Writer) -> None:
    assert "as it is noisy" in answered(writer, "Why does Loom weave by night?")


@pytest.mark.parametrize(
    ("text", "is_reason"),
    [
        ("It is off because it is slow.", True),
        ("It is off, as most people want that.", True),
        ("Since nobody reads it, it is off.", True),
        ("SQS is used so that calls do not wait.", True),
        ("It is used since 2019 and since version 2.", False),
        ("Formats such as this one are read.", False),
        ("It is known as a good one, as well as the other.", False),
        ("It goes on as long as that holds.", False),
    ],
)
def test_a_reason_is_told_from_a_time_and_a_comparison(text: str, is_reason: bool) -> None:
    assert gives_reason(text) is is_reason


@pytest.mark.parametrize(
    ("question", "text", "tells"),
    [
        ("Where was Loom developed?", "It began at the College of Ulm.", True),
        ("Where was Loom developed?", "Install `loom` from the package manager.", False),
        ("Where was Loom developed?", "It is in Loom.", False),
        ("Where are the logs of Loom?", "They are in `logs/loom.txt`.", True),
        ("Where are the logs of Loom?", "They are kept in the bucket.", True),
        ("Where are the logs of Loom?", "They are short.", False),
        ("Where does Loom keep the key of a signed user?", "It keeps it in `.keys/`.", True),
    ],
)
def test_a_place_is_told(question: str, text: str, tells: bool) -> None:
    assert tells_place(Question(question), text) is tells


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("Ada Lovelace wrote it.", True),
        ("It was written by its maintainers.", True),
        ("It was written in 1843.", False),
        ("In Loom it is short.", False),
    ],
)
def test_a_person_is_told(text: str, tells: bool) -> None:
    assert tells_person(Question("Who wrote the program in Loom?"), text) is tells


@pytest.mark.parametrize(
    ("question", "text", "tells"),
    [
        ("When does the mill open?", "It opens at 7:30.", True),
        ("When does the mill open?", "On Saturdays.", True),
        ("When does the mill open?", "Once the dew is gone.", True),
        ("When does the mill open?", "It is made of wood.", False),
        ("By when do I have to hand it in?", "Hand it in by the 20th.", True),
        ("When was the mill seen to smoke?", "It smoked at 11:30.", True),
        ("When was the mill built?", "It is open from 11:30 to 13:00.", False),
        ("When was the mill built?", "It turns once the wind blows.", False),
        ("When was the mill built?", "It dates from the 14th century.", True),
        ("When was the mill built?", "It was built in 1843.", True),
        ("When was the mill renamed?", "It needs Python 3.10 - 3.15.", False),
        ("Is it open on Saturdays, and until when?", "On Saturdays.", False),
    ],
)
def test_a_time_is_told(question: str, text: str, tells: bool) -> None:
    assert tells_time(Question(question), text) is tells


QUIRE = """\
# Quire

Quire reads PDF files and writes text. It is fast.

## Usage

Read the text of a PDF with Quire:

```python
print(quire.text("letter.pdf"))
```

Split a PDF with Quire into its pages:

```python
quire.split("letter.pdf")
```

Quire was made at the mill.
"""


@pytest.mark.parametrize(
    "question",
    [
        "How do I encrypt a PDF with Quire?",
        "How do I sign a PDF with Quire?",
        "When was Quire made?",
    ],
)
def test_what_is_near_to_all_but_the_word_that_counts_is_no_answer(
    writer: Writer, question: str
) -> None:
    assert answered(writer, question, QUIRE) == "The documents do not say."


def test_what_stands_there_is_answered(writer: Writer) -> None:
    assert "quire.split" in answered(writer, "How do I split a PDF with Quire?", QUIRE)
