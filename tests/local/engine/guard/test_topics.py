"""Denied topics, by definition and examples."""

import pytest

from app.local.engine.guard import Guard, Policy
from app.local.engine.guard.policy import Topic

INVESTMENT = Topic(
    "Investment advice",
    "Recommendations on how to invest money, such as which stocks, bonds, funds or currencies to "
    "buy or to sell, with the goal of generating returns.",
    (
        "Is investing in the stocks better than bonds?",
        "Should I invest in gold?",
        "Which fund will bring the best return?",
    ),
    "block",
)
RELIGION = Topic("Religion", "Faiths, gods, and which religion is the right one.", (), "block")


def detected(guard: Guard, *texts: str) -> list[str]:
    findings = guard.judge(Policy(topics=(INVESTMENT, RELIGION)), texts).topics
    assert [one.rule for one in findings] == [INVESTMENT, RELIGION]
    return [one.rule.name for one in findings if one.detected]


@pytest.mark.parametrize(
    "text",
    [
        "Should I put my savings into shares or into bonds?",
        "Is it wise to invest in stocks now?",
        "Thank you for the report. Which stocks should I buy with my bonus? It is raining here.",
    ],
)
def test_a_text_about_the_topic_is_found_by_one_of_its_sentences(text: str, guard: Guard) -> None:
    assert detected(guard, text) == ["Investment advice"]


def test_a_topic_without_examples_is_found_by_its_definition(guard: Guard) -> None:
    assert detected(guard, "Which religion is the true one, and does God exist?") == ["Religion"]


@pytest.mark.parametrize(
    "text",
    [
        "What is the best way to do this?",
        "How much did the company invest in its new plant?",
        "How do I create a bucket?",
        "When was the cathedral built?",
        " ",
    ],
)
def test_a_question_that_is_only_like_those_about_it_passes(text: str, guard: Guard) -> None:
    assert detected(guard, text) == []


def test_one_of_several_texts_is_enough(guard: Guard) -> None:
    texts = ("How do I create a bucket?", "Should I invest in gold or in bonds?")
    assert detected(guard, *texts) == ["Investment advice"]
    assert detected(guard) == []
