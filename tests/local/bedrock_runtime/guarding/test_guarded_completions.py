"""OpenAI's path with a guardrail, named by headers as in InvokeModel."""

import json
from collections.abc import Iterator

import httpx2
import pytest

from app.local.engine.writer import Finish, TextDelta
from tests.local.bedrock_runtime.guarding.test_invoke import ACTION, CONFIG, TRACE, tagged
from tests.local.bedrock_runtime.guardrails import NO_ANSWER, NO_QUESTION
from tests.local.bedrock_runtime.scripted import GPT, JSON, Scripted
from tests.wire_server import Server


@pytest.fixture(scope="module")
def http(server: Server) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.url, trust_env=False) as client:
        yield client


def post(http: httpx2.Client, guardrail: str, text: str, **body: object) -> httpx2.Response:
    headers = {
        "X-Amzn-Bedrock-GuardrailIdentifier": guardrail,
        "X-Amzn-Bedrock-GuardrailVersion": "DRAFT",
        "X-Amzn-Bedrock-Trace": str(body.pop("trace", "DISABLED")),
    }
    asked = {"model": GPT, "messages": [{"role": "user", "content": text}], **body}
    return http.post("/openai/v1/chat/completions", json=asked, headers=headers)


def writes(scripted: Scripted, text: str) -> None:
    scripted.scripts.append((TextDelta(text),))
    scripted.finish = Finish("end", 9, 7)


def test_a_blocked_prompt(http: httpx2.Client, guardrail: str, scripted: Scripted) -> None:
    reply = post(http, guardrail, "What is basalt?", trace="ENABLED").json()
    assert reply["choices"][0]["message"]["content"] == NO_QUESTION
    assert reply["usage"]["total_tokens"] == 0
    assert reply[ACTION] == "INTERVENED"
    assert guardrail in reply[TRACE]["guardrail"]["input"]
    assert scripted.prompts == []


@pytest.mark.parametrize("include_usage", [True, False])
def test_a_blocked_answer_in_a_stream(
    http: httpx2.Client, guardrail: str, scripted: Scripted, *, include_usage: bool
) -> None:
    writes(scripted, "It is basalt.")
    options = {"stream": True, "stream_options": {"include_usage": include_usage}}
    answer = post(http, guardrail, "What is it?", trace="ENABLED", **options)
    *data, end = [line.removeprefix("data: ") for line in answer.text.split("\n\n") if line]
    chunks: list[JSON] = [json.loads(each) for each in data]
    assert end == "[DONE]"
    deltas = [choice["delta"] for chunk in chunks for choice in chunk["choices"]]
    assert "".join(delta.get("content") or "" for delta in deltas) == NO_ANSWER
    assert [TRACE in chunk for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    assert chunks[-1][ACTION] == "INTERVENED"


def test_tags_mark_what_is_judged(http: httpx2.Client, guardrail: str, scripted: Scripted) -> None:
    writes(scripted, "Granite.")
    text = f"Basalt. {tagged('guardContent', 'What is light?')}"
    reply = post(http, guardrail, text, **{CONFIG: {"tagSuffix": "xyz"}}).json()
    assert reply[ACTION] == "NONE"
    assert scripted.prompts[0].turns[-1].text == "Basalt. What is light?"


def test_bad_input_is_refused(http: httpx2.Client, guardrail: str) -> None:
    wrong = post(http, guardrail, "Hi", trace="LOUD")
    assert wrong.status_code == 400
    assert "X-Amzn-Bedrock-Trace: must be one of" in wrong.json()["error"]["message"]
    wrong = post(http, "a1", "Hi")
    assert wrong.status_code == 400
    assert "identifier or version provided" in wrong.json()["error"]["message"]


def test_without_a_guardrail_nothing_is_said_of_one(
    http: httpx2.Client, scripted: Scripted
) -> None:
    writes(scripted, "Basalt.")
    asked = {"model": GPT, "messages": [{"role": "user", "content": "What is basalt?"}]}
    reply = http.post("/openai/v1/chat/completions", json=asked).json()
    assert reply["choices"][0]["message"]["content"] == "Basalt."
    assert ACTION not in reply
