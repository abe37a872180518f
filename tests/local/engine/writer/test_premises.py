"""Questions that take something for granted which the documents deny."""

import pytest

from app.answer.prompt import answer_prompt
from app.events import Passage
from app.local.engine.writer import Prompt, Sampling, Turn, Writer
from app.local.engine.writer.selection.premises import premise_of

TEXT = (
    "# Spaces\n\nDeleting a space does not delete its documents. The documents stay in the bucket, "
    "because other spaces may have them too. A member can rename a space at any time. A space is "
    "not archived before its owner agrees.\n"
)


def answer(writer: Writer, question: str) -> str:
    prompt = answer_prompt(question, [], [Passage(1, TEXT, "s3://docs/spaces.md", 0.9)])
    asked = Prompt((Turn("user", prompt.messages[-1].text),), prompt.system)
    return "".join(writer.generate(asked, Sampling(temperature=0)))


@pytest.mark.parametrize(
    ("question", "denied_by"),
    [
        ("Why does deleting a space delete its documents?", "does not delete its documents"),
        ("Why can't a member rename a space?", "can rename a space"),
        ("Why can a member not rename a space?", "can rename a space"),
    ],
)
def test_a_premise_that_is_denied_gets_the_denial_and_no_reason(
    writer: Writer, question: str, denied_by: str
) -> None:
    said = answer(writer, question)
    assert said.startswith("The documents say otherwise: ")
    assert denied_by in said
    assert "because" not in said


@pytest.mark.parametrize(
    "question",
    [
        "Why do the documents stay in the bucket?",
        "Why is a space archived?",  # "not before its owner agrees" denies nothing
        "Why doesn't deleting a space delete its documents?",
    ],
)
def test_what_is_not_plainly_denied_is_answered_as_ever(writer: Writer, question: str) -> None:
    assert "otherwise" not in answer(writer, question)


@pytest.mark.parametrize(
    ("question", "premise"),
    [
        ("How come pumps are painted?", None),
        ("Why are pumps painted?", ("are pumps painted?", "No")),
        ("Since when does the ferry not run?", ("does the ferry run?", "Yes")),
        ("Why do I see nothing?", None),
        ("What does it do?", None),
    ],
)
def test_a_premise_is_put_as_a_question(question: str, premise: tuple[str, str] | None) -> None:
    assert premise_of(question) == premise
