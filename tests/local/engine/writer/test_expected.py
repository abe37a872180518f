"""The kind of answer that a question expects is in what answers it."""

import pytest

from app.local.engine.writer import Prompt, Sampling, Turn, Writer
from app.local.engine.writer.expected import gives_reason, tells_person, tells_place
from app.local.engine.writer.question import Question

LOOM = """\
# Loom

To use Loom, install `loom` from the package manager, where it is developed further:

```sh
pip install loom
```

The project was begun by the group for textiles at the Technical College Reutlingen.

Loom weaves by night, as it is noisy. It is written in one language, such as this one.
"""


def answered(writer: Writer, question: str) -> str:
    message = f'<passages>\n<passage n="1" document="loom.md">\n{LOOM}\n</passage>\n</passages>'
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
