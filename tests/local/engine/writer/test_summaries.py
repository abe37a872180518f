"""Summaries: key sentences of one document or section, in order, said to be extracts."""

import pytest

from app.answer.prompt import answer_prompt
from app.events import Passage
from app.local.engine.writer import Prompt, Sampling, Turn, Writer
from app.local.engine.writer.selection.summaries import subject_of_summary

PRICING = """# Pricing

The basic plan costs four euros a month. It has room for ten projects and three people.

## Refunds

You get your money back within thirty days. A refund is paid to the card that was charged.
"""
PUMPS = "# Pumps\n\nThe feed pump turns 1450 times a minute. It stands in the cellar of the mill.\n"


def answer(writer: Writer, question: str) -> str:
    passages = [
        Passage(1, PRICING, "s3://docs/pricing.md", 0.9),
        Passage(2, PUMPS, "s3://docs/pumps.md", 0.8),
    ]
    prompt = answer_prompt(question, [], passages)
    asked = Prompt((Turn("user", prompt.messages[-1].text),), prompt.system)
    return "".join(writer.generate(asked, Sampling(temperature=0)))


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("Summarize the pricing page", "pricing"),
        ("Can you summarise pumps.md for me?", "pumps.md"),
        ("What are the main points of the handbook?", "handbook"),
        ("What does the section on refunds say?", "refunds"),
        ("What does the pump say?", ""),
        ("Summary", ""),
        ("How much is a summary of the pricing?", ""),
    ],
)
def test_the_subject_of_a_summary_is_told(question: str, subject: str) -> None:
    assert subject_of_summary(question) == subject


def test_a_document_is_summed_up_by_its_sentences_in_order(writer: Writer) -> None:
    said = answer(writer, "Give me the key points of the pricing page")
    assert said.startswith("Extracts: The basic plan costs four euros a month [1].")
    assert said.index("four euros") < said.index("thirty days")
    assert "pump" not in said


def test_a_section_is_summed_up_alone(writer: Writer) -> None:
    said = answer(writer, "What does the section on refunds say?")
    assert said == (
        "Extracts: You get your money back within thirty days [1]."
        " A refund is paid to the card that was charged [1]."
    )


def test_of_a_document_that_is_not_there_nothing_is_summed_up(writer: Writer) -> None:
    assert "Extracts" not in answer(writer, "Summarize the staff handbook")
