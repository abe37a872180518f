"""What an answer is worth."""

from typing import Any

import pytest

from app.evaluation import Exchange, Expectation, Quote, RecordedAnswer, judge, results
from app.evaluation.matching import holds, normalize

CITED = (Quote(1, "s3://bucket/guides/bees.md"),)


def question(**members: Any) -> Expectation:
    return Expectation("q", "fact", "How many?", **members)


def answer(text: str = "It has 40 hives.", **members: Any) -> RecordedAnswer:
    return RecordedAnswer("q", "How many?", text, **{"citations": CITED, **members})


@pytest.mark.parametrize(
    ("text", "string"),
    [
        ("It has **40** hives.", "40 hives"),
        ("It has `40` hives", "40 Hives"),
        ("See [the guide](a/b.md).", "see the guide."),
        ("40 hives [1][2].", "40 hives."),
        ("40\u00a0hives \u2013 \u201cmany\u201d", '40 hives - "many"'),
        ("40\n  hives", "40 hives"),
        ("No: it does not.", "^no"),
        ("**No**, never", "^No"),
        ("It is -3 degrees", "-3"),
        ("from 5 to 7", "5"),
        ("it ends at 5.", "5"),
        ("httpx.Limits(max=1)", "httpx.Limits("),
        ("costs 1,250 euros", "1,250"),
    ],
)
def test_a_string_is_found_however_it_is_typeset(text: str, string: str) -> None:
    assert holds(normalize(text), string)


@pytest.mark.parametrize(
    ("text", "string"),
    [
        ("It has 400 hives", "40"),
        ("It has 140 hives", "40"),
        ("version 5.2", "5"),
        ("version 1.5", "5"),
        ("1,250", "250"),
        ("col-3", "-3"),
        ("Nothing does", "^no"),
        ("It does not: no", "^no"),
        ("a list[1] of", "a list of"),
        ("40 hives", "41 hives"),
    ],
)
def test_a_part_of_a_longer_number_or_word_is_not_it(text: str, string: str) -> None:
    assert not holds(normalize(text), string)


@pytest.mark.parametrize(
    ("members", "text", "outcome", "reason"),
    [
        ({"must": (("40", "forty"),)}, "It has forty hives.", "right", ""),
        ({"must": (("40",), ("bees",))}, "It has 40 hives.", "wrong", "lacks bees"),
        ({"must": (("40",),), "must_not": ("50",)}, "40 or 50", "wrong", "has 50"),
        ({"gold_docs": ("guides/bees.md",)}, "Much.", "right", ""),
        ({"gold_docs": ("bees.md",)}, "Much.", "right", ""),
        ({"gold_docs": ("ees.md",)}, "Much.", "wrong", "cites no gold document"),
        ({"abstain": True}, "It has 40.", "wrong", "it should abstain"),
    ],
)
def test_an_answer_is_right_or_wrong_with_a_reason(
    members: dict[str, Any], text: str, outcome: str, reason: str
) -> None:
    result = judge(question(**members), answer(text))
    assert (result.outcome, result.reason) == (outcome, reason)


def test_without_a_citation_it_abstains_rightly_or_not() -> None:
    silent = answer("The documents do not say.", citations=())
    assert judge(question(abstain=True), silent).outcome == "right"
    assert judge(question(must=(("40",),)), silent).outcome == "abstained"


def test_an_error_is_wrong_also_where_it_should_abstain() -> None:
    failure = answer("", citations=(), error="429: slow down")
    result = judge(question(abstain=True), failure)
    assert (result.outcome, result.reason) == ("wrong", "error: 429: slow down")


def test_a_gold_document_is_cited_whether_or_not_the_answer_is_right() -> None:
    result = judge(question(must=(("50",),), gold_docs=("guides/bees.md",)), answer())
    assert (result.outcome, result.cites_gold) == ("wrong", True)
    assert judge(question(abstain=True), answer()).cites_gold is None


def test_code_is_fenced_where_all_of_it_stands_in_blocks() -> None:
    call = question(must=(("run(",), ("stop(",)))
    assert judge(call, answer("```py\nrun()\n```\nthen\n```\nstop()\n```")).is_fenced
    assert not judge(call, answer("```py\nrun()\n```\nthen stop()")).is_fenced


def test_an_answer_to_other_words_under_the_same_id_is_none() -> None:
    exchange = Exchange("q", (question(must=(("40",),)),))
    assert len(list(results([exchange], {"q": answer()}))) == 1
    other = RecordedAnswer("q", "How few?", "40", CITED)
    assert list(results([exchange], {"q": other})) == []
