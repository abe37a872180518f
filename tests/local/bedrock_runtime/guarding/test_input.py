"""What of a prompt is handed to the judge, and what attacks are looked for in."""

from dataclasses import replace

import pytest

from app.local.bedrock_runtime.bodies import InvalidBody, Request
from app.local.bedrock_runtime.bodies.anthropic import read
from app.local.bedrock_runtime.guarding import GuardedCall, GuardrailUse
from app.local.bedrock_runtime.guarding.input import judge_body, judge_converse
from app.local.engine.writer import Prompt, Turn
from app.local.judgement import Content, Mask
from tests.linear import nonlinear
from tests.local.bedrock_runtime.guarding.test_output import PASSES, Judging
from tests.local.bedrock_runtime.scripted import JSON


def body(text: str) -> JSON:
    return {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 9,
        "system": "Be brief.",
        "messages": [
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Hello."},
            {"role": "user", "content": text},
        ],
    }


def tagged(kind: str, text: str) -> str:
    name = f"amazon-bedrock-guardrails-{kind}_xyz"
    return f"<{name}>{text}</{name}>"


GUARDED, SOURCE = tagged("guardContent", "What?"), tagged("groundingSource", "A rock.")
QUERY = tagged("query", "What is it?")


def content(text: str, *qualifiers: str) -> Content:
    return Content(text, frozenset(qualifiers))


@pytest.mark.parametrize(
    ("text", "contents", "without"),
    [
        ("Why?", [content("Hi"), content("Why?")], ("PROMPT_ATTACK",)),
        (f"Say: {GUARDED}", [content("What?", "guard_content")], ()),
        (
            f"{SOURCE}{GUARDED}{QUERY}",
            [
                content("A rock.", "grounding_source"),
                content("What?", "guard_content"),
                content("What is it?", "query"),
            ],
            (),
        ),
        (
            f"{SOURCE} {QUERY}",
            [
                content("Hi"),
                content("A rock. What is it?"),
                content("A rock.", "grounding_source"),
                content("What is it?", "query"),
            ],
            ("PROMPT_ATTACK",),
        ),
    ],
)
def test_attacks_are_looked_for_in_what_is_tagged(
    text: str, contents: list[Content], without: tuple[str, ...]
) -> None:
    judge = Judging(PASSES)
    judge_body(GuardedCall(judge, GuardrailUse("g1", "1", suffix="xyz")), body(text), read)
    assert judge.calls == [("INPUT", contents, without)]


def test_tags_without_a_suffix_are_text() -> None:
    judge = Judging(PASSES)
    plain, request = judge_body(GuardedCall(judge, GuardrailUse("g1", "1")), body(GUARDED), read)
    assert plain == body(GUARDED)
    assert request.prompt.turns[-1].text == GUARDED


def test_attacks_are_looked_for_in_every_converse_request() -> None:
    judge = Judging(PASSES)
    params = {"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}
    request = Request.of(Prompt((Turn("user", "Hi"),)))
    judge_converse(GuardedCall(judge, GuardrailUse("g1", "1")), params, lambda _: request)
    assert judge.calls == [("INPUT", [content("Hi")], ())]


def test_a_body_that_is_nested_too_deeply_is_refused() -> None:
    nested: object = GUARDED
    for _ in range(2_000):
        nested = [nested]
    guard = GuardedCall(Judging(PASSES), GuardrailUse("g1", "1", suffix="xyz"))
    with pytest.raises(InvalidBody, match="nested too deeply"):
        judge_body(guard, {**body("Hi"), "metadata": nested}, read)


def test_many_masks_of_many_tags_are_put_in_at_once() -> None:
    def mask(number: int) -> None:
        masks = tuple(Mask(place, 0, 1, "{W}") for place in range(number))
        masked = replace(PASSES, action="masked", masks=masks)
        guard = GuardedCall(Judging(masked), GuardrailUse("g1", "1", suffix="xyz"))
        _, request = judge_body(guard, body(GUARDED * number), read)
        assert request.prompt.turns[-1].text == "{W}hat?" * number

    assert nonlinear(mask, 20_000, 0.05) is None
