"""What the guard asks ApplyGuardrail, and how it reads the reply."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from app.aws import Clients, clients
from app.events import Passage
from app.guardrail import BedrockGuard, SensitiveInformation, Unguarded
from app.guardrail.bedrock import BATCH
from tests.models.loopback import JSON_TYPE, Loopback, reply

PASS = {"action": "NONE", "outputs": [], "assessments": []}


def mask(text: str) -> dict[str, Any]:
    pii = {"match": "Ada", "type": "NAME", "action": "ANONYMIZED", "detected": True}
    policy = {"piiEntities": [pii], "regexes": []}
    return {
        "action": "GUARDRAIL_INTERVENED",
        "outputs": [{"text": text}],
        "assessments": [{"sensitiveInformationPolicy": policy}],
    }


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with Loopback() as server:
        yield server


@pytest.fixture(scope="module")
def aws(server: Loopback) -> Clients:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", server.url)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        return clients(20)


@pytest.fixture
def guard(aws: Clients) -> BedrockGuard:
    return BedrockGuard(aws.bedrock_runtime, "g1", "1")


def answer(server: Loopback, *replies: dict[str, Any]) -> None:
    for each in replies:
        server.enqueue(reply(json.dumps(each).encode(), headers=JSON_TYPE))


def test_a_masked_tool_input_is_json_still(guard: BedrockGuard, server: Loopback) -> None:
    answer(server, mask('{"name": "{NAME}"}'))
    verdict = guard.tool_input({"name": "Ada"})
    assert (verdict.action, json.loads(verdict.text)) == ("masked", {"name": "{NAME}"})
    [assessment] = verdict.assessments
    assert assessment.sensitive_information == (SensitiveInformation("NAME", "Ada", "ANONYMIZED"),)


def test_a_tool_input_that_a_mask_breaks_is_blocked(guard: BedrockGuard, server: Loopback) -> None:
    answer(server, mask('{"year": {AGE}}'))
    verdict = guard.tool_input({"year": 42})
    assert verdict.blocked
    assert "not JSON" in verdict.text


def test_a_tool_result_goes_on_as_it_is_or_masked(guard: BedrockGuard, server: Loopback) -> None:
    answer(server, PASS, mask("{NAME} ordered a tent."))
    assert guard.tool_result("A tent.").text == "A tent."
    assert guard.tool_result("Ada ordered a tent.").text == "{NAME} ordered a tent."


def test_long_passages_are_judged_in_several_calls(guard: BedrockGuard, server: Loopback) -> None:
    long = [Passage(number, "x" * (BATCH // 2), "s3://d/a.md", 0.5) for number in (1, 2, 3)]
    blank = Passage(4, " ", "s3://d/b.md", 0.1)
    answer(server, PASS, mask("masked"))
    verdicts = guard.passages([*long, blank])
    assert [verdict.action for verdict in verdicts] == ["none", "none", "masked", "none"]
    assert [verdict.text for verdict in verdicts[2:]] == ["masked", " "]


def test_without_a_guardrail_every_text_passes_as_it_is() -> None:
    guard = Unguarded()
    assert guard.question("Q?").text == "Q?"
    assert json.loads(guard.tool_input({"a": 1}).text) == {"a": 1}
    assert guard.answer("A.", "Q?", []).events("answer") == ()
