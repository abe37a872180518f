"""Comparisons: answered from two places, one for each side."""

import re

import pytest

from app.answer.prompt import answer_prompt
from app.events import Passage
from app.local.engine.writer import Prompt, Sampling, Turn, Writer
from app.local.engine.writer.selection.comparisons import comparison_in

TEXTS = (
    "# Wood\n\nPine is a soft wood that grows fast.\n\nPine is sold in planks of three metres.\n",
    "# More wood\n\nOak is a hard wood that grows slowly.\n\nOak is used for barrels.\n",
    (
        "# Prices\n\n| wood | price | delivery |\n| --- | --- | --- |\n"
        "| pine | 4 euros | 2 days |\n| ash | 6 euros | 4 days |\n| oak | 9 euros | 8 days |\n"
    ),
)


def answer(writer: Writer, question: str) -> str:
    passages = [
        Passage(number, text, f"s3://docs/{number}.md", 0.9) for number, text in enumerate(TEXTS, 1)
    ]
    prompt = answer_prompt(question, [], passages)
    asked = Prompt((Turn("user", prompt.messages[-1].text),), prompt.system)
    return "".join(writer.generate(asked, Sampling(temperature=0)))


@pytest.mark.parametrize(
    ("question", "sides", "aspect"),
    [
        ("What is the difference between pine and oak?", ("pine", "oak"), ""),
        ("What's the difference in price between pine and oak?", ("pine", "oak"), "price"),
        ("How do pine and oak differ in price?", ("pine", "oak"), "price"),
        ("How does pine differ from oak?", ("pine", "oak"), ""),
        ("Compare pine with oak regarding price", ("pine", "oak"), "price"),
        ("pine vs. oak", ("pine", "oak"), ""),
        ("Which is harder, pine or oak?", ("pine", "oak"), "harder"),
        ("Pine or oak in houses: how do they differ?", ("Pine", "oak"), "houses"),
        ("pine vs oak, what are the main differences?", ("pine", "oak"), ""),
        ("What distinguishes pine from oak?", ("pine", "oak"), ""),
        ("What sets pine apart from oak in price?", ("pine", "oak"), "price"),
        ("Is there a difference between pine and oak?", ("pine", "oak"), ""),
        ("Should I use pine or oak for a table?", ("pine", "oak"), "for a table"),
        ("Pine or oak: which is harder?", ("Pine", "oak"), "harder"),
        ("So what are the differences between the basic plan and the premium plan?",
         ("the basic plan", "the premium plan"), ""),
    ],
)  # fmt: skip
def test_both_sides_of_a_comparison_are_told(
    question: str, sides: tuple[str, str], aspect: str
) -> None:
    comparison = comparison_in(question)
    assert comparison is not None
    assert (comparison.sides, comparison.aspect) == (sides, aspect)


@pytest.mark.parametrize(
    "question",
    [
        "What is pine?",
        "Is pine hard or soft?",
        "What is the difference between oak and oak?",
        "Where do pine and oak grow?",
        "How much is a plank of pine or oak?",
    ],
)
def test_what_compares_nothing_is_no_comparison(question: str) -> None:
    assert comparison_in(question) is None


def test_each_side_is_answered_from_its_own_place(writer: Writer) -> None:
    said = answer(writer, "What is the difference between pine and oak?")
    assert said == (
        "Pine is a soft wood that grows fast [1]. Oak is a hard wood that grows slowly [2]."
    )


def test_of_a_table_the_rows_of_both_sides_are_said(writer: Writer) -> None:
    said = answer(writer, "What is the difference in price between pine and oak?")
    assert re.search(r"pine: price 4 euros.*oak: price 9 euros", said)
    assert "6 euros" not in said


def test_of_a_side_that_no_passage_names_that_is_said(writer: Writer) -> None:
    said = answer(writer, "What is the difference between pine and teak?")
    assert said == (
        "Pine is a soft wood that grows fast [1]. I found nothing about teak in the documents."
    )


def test_if_no_passage_names_either_side_nothing_is_said(writer: Writer) -> None:
    said = answer(writer, "What is the difference between copper and teak?")
    assert said == "The documents do not say."


def test_a_side_is_told_from_under_its_own_heading(writer: Writer) -> None:
    """A list that names both tells nothing of either; "auth" is short for "authentication"."""
    text = (
        "# Schemes\n\nThe argument may be one of these:\n\n* A tuple, for basic authentication.\n"
        "* An instance of `DigestAuth`, for digest authentication.\n\n## Basic authentication\n\n"
        "A password is sent as it is with this scheme.\n\n## Digest authentication\n\n"
        "Both sides prove that they know the password, in a further round-trip.\n"
    )
    passage = Passage(1, text, "s3://docs/client/auth.md", 0.9)
    question = "Basic or digest auth in the client: how do they differ?"
    prompt = answer_prompt(question, [], [passage])
    asked = Prompt((Turn("user", prompt.messages[-1].text),), prompt.system)
    answer = "".join(writer.generate(asked, Sampling(temperature=0)))
    assert "sent as it is" in answer
    assert "round-trip" in answer
    assert "tuple" not in answer


def test_what_is_set_out_as_the_differences_is_said_whole(writer: Writer) -> None:
    """Two words, such as "loom it", do not tell their language."""
    text = (
        "# loom it\n\nUse it in workshops.\n\n"
        "The main differences between `loom weave` and `loom it` are:\n\n"
        "* The pattern must be there already.\n* The thread is cut first.\n"
        "* Nothing is written to the pattern.\n"
    )
    passage = Passage(1, text, "s3://docs/loom-it.md", 0.9)
    prompt = answer_prompt("What is the difference between loom weave and loom it?", [], [passage])
    asked = Prompt((Turn("user", prompt.messages[-1].text),), prompt.system)
    said = "".join(writer.generate(asked, Sampling(temperature=0)))
    assert said.startswith("The main differences between")
    assert said.count("\n* ") == 3


def test_two_words_are_compared_as_english_whatever_they_look_like() -> None:
    one = comparison_in("What is the difference between npm install and npm ci?")
    assert one is not None
    assert one.sides == ("npm install", "npm ci")
