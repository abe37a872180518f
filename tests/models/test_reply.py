"""An answer is the same however it is cut into chunks."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import ModelFailed, OutcropError, StreamCut
from app.events import Usage
from app.models import Completion, Reasoning, Text, TextDelta, find
from app.models.families import FAMILIES
from app.models.families.family import Family, Piece
from app.models.families.openai import CHAT, OPENAI
from app.models.reply import PartialReply
from tests.models import golden

PIECE = Piece(last=True)


def delta(content: str | None = None, finish_reason: str | None = None) -> bytes:
    choice = {"delta": {"content": content}, "finish_reason": finish_reason}
    return json.dumps({"choices": [choice]}).encode()


def read(family: Family, texts: list[str]) -> tuple[str, Completion]:
    """The text that a reader sees of a reply that comes in these pieces, and the reply."""
    reply = PartialReply("model", family)
    deltas = [part for text in texts for part in reply.add(delta(text), family.chunk)]
    reply.add(delta(finish_reason="stop"), family.chunk)
    deltas += reply.rest()
    text = "".join(part.text for part in deltas if isinstance(part, TextDelta))
    return text, reply.completion({})


# Texts that look like the reasoning of a model, or nearly so.
spoken = st.lists(
    st.sampled_from(["<reasoning>", "</reasoning>", "<think>", "</think>", "<rea", "\n", " ", "a"]),
    max_size=8,
).map("".join)


@given(spoken, st.data())
@settings(deadline=None)
def test_any_chunking_gives_the_same_text(text: str, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=6).map(sorted))
    chunked = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    for family in (OPENAI, CHAT, replace(CHAT, reasoning=())):
        _, whole = read(family, [text])
        seen, answer = read(family, chunked)
        assert answer == whole
        assert seen == answer.text


@pytest.mark.parametrize(
    ("text", "visible"),
    [
        ("\n Yes.\n", "Yes.\n"),
        ("<reasoning>Hm.</reasoning>Yes.", "Yes."),
        ("<reasoning>Hm.</reasoning>\n\n<reasoning>Hm!</reasoning>Yes.", "Yes."),
        ("<reasoning>It never ends", ""),
        ("Yes. <reasoning>is a tag</reasoning>", "Yes. <reasoning>is a tag</reasoning>"),
        ("<reasonable>Yes.", "<reasonable>Yes."),
        ("<reas", "<reas"),
        ("<think>Hm.</think>Yes.", "<think>Hm.</think>Yes."),
        ("", ""),
    ],
)
def test_the_reasoning_before_an_answer_is_no_part_of_it(text: str, visible: str) -> None:
    assert read(OPENAI, [text])[1].text == visible
    assert read(OPENAI, list(text))[1].text == visible


def test_reasoning_is_kept_as_blocks_of_its_own() -> None:
    text = "<reasoning>Hm.</reasoning>\n<reasoning>Hm!</reasoning>Yes."
    blocks = (Reasoning("Hm."), Reasoning("Hm!"), Text("Yes."))
    assert read(OPENAI, [text])[1].content == blocks
    assert read(OPENAI, list(text))[1].content == blocks
    assert read(OPENAI, ["<reasoning>It never ends"])[1].content == (Reasoning("It never ends"),)


def test_long_reasoning_is_not_held() -> None:
    answer = PartialReply("model", OPENAI)
    answer.add(delta("<reasoning>"), OPENAI.chunk)
    for _ in range(1000):
        answer.add(delta("and so on, and so on, "), OPENAI.chunk)
    assert len(answer._tags._held) < len("</reasoning>")


MEMBERS = """
    type message delta text stop_reason choices outputs usage metadata generation event_type content
    is_finished results completions output stopReason finish_reason amazon-bedrock-invocationMetrics
    inputTokenCount amazon-bedrock-trace
"""

bodies = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(MEMBERS.split()), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(bodies, st.sampled_from(list(FAMILIES.values())))
@settings(deadline=None, max_examples=300)
def test_whatever_a_model_says_is_an_answer_or_an_error_of_ours(body: Any, family: Family) -> None:
    for reader in (family.reply, family.chunk):
        answer = PartialReply("model", family)
        try:
            answer.add(json.dumps(body).encode(), reader)
            completion = answer.completion({})
        except OutcropError:
            continue
        assert isinstance(completion.text, str)


@given(st.data())
@settings(deadline=None, max_examples=300)
def test_a_golden_body_with_a_part_replaced_is_an_answer_or_an_error_of_ours(
    data: st.DataObject,
) -> None:
    one = data.draw(st.sampled_from(golden.ALL))
    family = find(one.model_id).family
    streamed = bool(one.chunks) and data.draw(st.booleans())
    reader, sent = (family.chunk, one.chunks) if streamed else (family.reply, (one.reply,))
    at = data.draw(st.integers(0, len(sent) - 1))
    answer = PartialReply("model", family)
    try:
        for index, body in enumerate(sent):
            said = replaced(body, data) if index == at else body
            answer.add(json.dumps(said).encode(), reader)
        answer.completion({})
    except OutcropError:
        return
    assert answer.whole


def replaced(body: Any, data: st.DataObject) -> Any:
    """The body with something else somewhere in it."""
    if isinstance(body, dict) and body and data.draw(st.booleans()):
        name = data.draw(st.sampled_from(sorted(body)))
        return body | {name: replaced(body[name], data)}
    if isinstance(body, list) and body and data.draw(st.booleans()):
        return [replaced(body[0], data), *body[1:]]
    return data.draw(st.none() | st.integers() | st.text(max_size=3) | st.just([]) | st.just({}))


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.name)
def test_every_end_has_a_meaning_and_any_other_is_a_failure(family: Family) -> None:
    def ended(stop: str, *, tools: bool = False) -> Completion:
        reading = replace(family, chunk=lambda body: replace(PIECE, stop=body["stop"]))
        reply = PartialReply("model", reading, tools=tools)
        reply.add(json.dumps({"stop": stop}).encode(), reading.chunk)
        return reply.completion({})

    assert family.stops
    for stop, reason in family.stops.items():
        assert ended(stop, tools=True).stop_reason == reason
    assert ended("guardrail_intervened").stop_reason == "guardrail"
    for stop in ("tool_use", "tool_calls", "malformed_model_output", "pause_turn", "ERROR", ""):
        with pytest.raises(ModelFailed, match="stopped without an answer"):
            ended(stop)


def test_every_stop_reason_of_the_converse_api_is_known_for_what_it_is() -> None:
    """Nova speaks the words of Converse: botocore knows them all."""
    from botocore.session import Session

    service: Any = Session().get_service_model("bedrock-runtime")
    words = set(service.shape_for("StopReason").enum)
    nova = find("amazon.nova-lite-v1:0").family.stops.keys()
    assert words - nova - {"guardrail_intervened"} == {
        "malformed_model_output",
        "malformed_tool_use",
    }


def test_usage_is_the_bodys_else_the_metrics_else_the_headers_else_nothing() -> None:
    headers = {
        "x-amzn-bedrock-input-token-count": "7",
        "x-amzn-bedrock-output-token-count": "8",
    }
    metrics = {"amazon-bedrock-invocationMetrics": {"inputTokenCount": 5, "outputTokenCount": 6}}
    usage = {"usage": {"prompt_tokens": 3, "completion_tokens": 4}}
    choice = {"choices": [{"delta": {}, "finish_reason": "stop"}]}

    def counted(body: dict[str, Any], headers: dict[str, str]) -> Usage:
        answer = PartialReply("model", CHAT)
        answer.add(json.dumps(body).encode(), CHAT.chunk)
        return answer.completion(headers).usage

    assert counted(choice | metrics | usage, headers) == Usage(3, 4)
    assert counted(choice | metrics, headers) == Usage(5, 6)
    assert counted(choice, headers) == Usage(7, 8)
    assert counted(choice, {}) == Usage(0, 0)


def test_an_answer_without_an_end_raises_stream_cut() -> None:
    answer = PartialReply("the-model", CHAT)
    answer.add(delta("Rock"), CHAT.chunk)
    with pytest.raises(StreamCut, match="the-model"):
        answer.completion({})
