"""`outcrop guardrail`: a definition is checked without anything, a text judged by a stack's."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from app.cli import cli
from app.guardrail_definition import create_parameters, digest, read_definition
from tests.deploy.aws_account import Account

EVERY_POLICY = Path(__file__).parents[1] / "guardrail_definition" / "every_policy.toml"
STACK: dict[str, Any] = {
    "StackName": "Outcrop",
    "CreationTime": "2026-11-29T00:00:00Z",
    "StackStatus": "CREATE_COMPLETE",
}
JUDGED: dict[str, Any] = {
    "action": "GUARDRAIL_INTERVENED",
    "outputs": [{"text": "Held back."}],
    "assessments": [
        {
            "topicPolicy": {"topics": [{"name": "Fees", "type": "DENY", "action": "BLOCKED"}]},
            "contentPolicy": {
                "filters": [
                    {
                        "type": "HATE",
                        "confidence": "NONE",
                        "action": "NONE",
                        "detected": False,
                    }
                ]
            },
            "wordPolicy": {
                "customWords": [{"match": "zephyr", "action": "NONE", "detected": True}],
                "managedWordLists": [],
            },
            "sensitiveInformationPolicy": {
                "piiEntities": [
                    {"match": "ada@example.com", "type": "EMAIL", "action": "ANONYMIZED"}
                ],
                "regexes": [],
            },
            "contextualGroundingPolicy": {
                "filters": [
                    {"type": "GROUNDING", "score": 0.31, "threshold": 0.7, "action": "BLOCKED"}
                ]
            },
            "invocationMetrics": {"guardrailProcessingLatency": 41},
        }
    ],
    "usage": {
        "topicPolicyUnits": 1,
        "contentPolicyUnits": 0,
        "wordPolicyUnits": 1,
        "sensitiveInformationPolicyUnits": 0,
        "sensitiveInformationPolicyFreeUnits": 0,
        "contextualGroundingPolicyUnits": 2,
    },
}


@pytest.fixture
def account(own_account: Account) -> Account:
    """An account with a stack that has a guardrail."""
    own_account.answer(
        "DescribeStacks", {"Stacks": [_stack(GuardrailId="g1", GuardrailVersion="3")]}
    )
    own_account.answer("ApplyGuardrail", JUDGED)
    return own_account


def test_a_definition_is_shown_rule_by_rule() -> None:
    result = run("check", str(EVERY_POLICY))
    rows = [" ".join(line.split()) for line in result.output.splitlines()]
    assert "content, STANDARD HATE HIGH, BLOCK LOW, NONE" in rows
    assert "content, STANDARD PROMPT_ATTACK MEDIUM, BLOCK NONE" in rows
    assert "topic, STANDARD Competitors NONE BLOCK" in rows
    assert "words 2 of your own" in rows
    assert "PII NAME OFF ANONYMIZE" in rows
    assert "regex Ticket BLOCK ANONYMIZE" in rows
    assert "grounding GROUNDING below 0.75: NONE" in rows
    assert rows[-1] == f"{EVERY_POLICY} is right: rules {digest(read_definition(EVERY_POLICY))}."


def test_a_definition_as_json_is_what_create_guardrail_takes() -> None:
    shown = json.loads(run("check", str(EVERY_POLICY), "--json").output)
    assert shown["create"] == create_parameters(read_definition(EVERY_POLICY), "outcrop")
    assert json.loads(run("check", "--json").output)["rules"] == digest(read_definition())


def test_a_text_is_judged_by_the_stacks_guardrail(account: Account) -> None:
    result = run("try", "Write to ada@example.com.", "--stack", "Outcrop")
    rows = [" ".join(line.split()) for line in result.output.splitlines()]
    assert "topic Fees BLOCKED" in rows
    assert "content HATE NONE passed" in rows
    assert "word zephyr NONE" in rows
    assert "PII EMAIL ada@example.com ANONYMIZED" in rows
    assert "grounding GROUNDING 0.31, least 0.7 BLOCKED" in rows
    assert rows[-2:] == [
        "GUARDRAIL_INTERVENED, in 41 ms; text units: topic 1, word 1, contextualGrounding 2",
        "Held back.",
    ]
    [(_, request)] = [call for call in account.asked if call[0] == "ApplyGuardrail"]
    assert (request["guardrailIdentifier"], request["guardrailVersion"]) == ("g1", "3")
    assert (request["source"], request["outputScope"]) == ("INPUT", "FULL")
    assert request["content"] == [
        {"text": {"text": "Write to ada@example.com.", "qualifiers": ["guard_content"]}}
    ]


def test_an_answer_is_judged_with_its_sources_and_its_question(
    account: Account, tmp_path: Path
) -> None:
    answer, passage = tmp_path / "answer.txt", tmp_path / "passage.md"
    answer.write_text("Tokyo.")
    passage.write_text("Tokyo is the capital of Japan.")
    words = ("--file", str(answer), "--source", str(passage), "--query", "What is the capital?")
    shown = json.loads(run("try", *words, "--stack", "Outcrop", "--json").output)
    assert shown == {"guardrailId": "g1", "guardrailVersion": "3", **JUDGED}
    [(_, request)] = [call for call in account.asked if call[0] == "ApplyGuardrail"]
    assert request["source"] == "OUTPUT"
    assert [
        (block["text"]["qualifiers"], block["text"]["text"]) for block in request["content"]
    ] == [
        (["grounding_source"], "Tokyo is the capital of Japan."),
        (["query"], "What is the capital?"),
        (["guard_content"], "Tokyo."),
    ]


def test_a_stack_without_a_guardrail_says_so(account: Account) -> None:
    account.answer("DescribeStacks", {"Stacks": [_stack()]})
    result = run("try", "a", "--stack", "Outcrop", code=1)
    assert "The stack Outcrop has no guardrail: nothing is judged." in str(result.exception)


@pytest.mark.parametrize(
    "words", [(), ("text", "--file", str(EVERY_POLICY)), (" ",), ("--file", "/nowhere.txt")]
)
def test_there_is_one_text(words: tuple[str, ...]) -> None:
    assert CliRunner().invoke(cli, ["guardrail", "try", *words]).exit_code != 0


def _stack(**outputs: str) -> dict[str, Any]:
    pairs = [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]
    return {**STACK, "Outputs": pairs}


def run(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(cli, ["guardrail", *words])
    assert result.exit_code == code, result.output
    return result
