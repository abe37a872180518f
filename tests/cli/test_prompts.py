"""`outcrop prompts`: of the laptop's home, and of a stack."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from app.cli import cli
from app.prompts.catalogue import TEMPLATES
from app.prompts.stored import variant_of
from tests.cli.shell import Shell
from tests.deploy.aws_account import Account
from tests.local.bedrock_agent.prompts.library import text

ARN = "arn:aws:bedrock:eu-central-1:111122223333:prompt/ABCDEFGHIJ"
OWN = "Mine: {{conversation}} {{question}}"
STACK: dict[str, Any] = {
    "StackName": "Outcrop",
    "CreationTime": "2026-11-29T00:00:00Z",
    "StackStatus": "CREATE_COMPLETE",
}
REPLY: dict[str, Any] = {
    "output": {"message": {"role": "assistant", "content": [{"text": "What of ⟦1⟧?"}]}},
    "stopReason": "end_turn",
    "usage": {"inputTokens": 7, "outputTokens": 3, "totalTokens": 10},
    "metrics": {"latencyMs": 5},
}
ASKED = ("--var", "conversation=Hi [1]", "--var", "question=And?")


def stored(*variants: Any) -> dict[str, Any]:
    """What GetPrompt answers."""
    times = dict.fromkeys(("createdAt", "updatedAt"), "2026-11-29T00:00:00Z")
    named = {"name": "p", "id": "ABCDEFGHIJ", "arn": ARN, "version": "1"}
    return named | times | {"variants": list(variants)}


@pytest.fixture
def account(own_account: Account) -> Account:
    """An account with a stack whose prompts are stored."""
    has_prompts(own_account, f"answer={ARN}:1,rewrite={ARN}:2")
    own_account.answer(
        "GetPrompt", stored(variant_of(TEMPLATES["rewrite"], "amazon.nova-pro-v1:0"))
    )
    own_account.answer("Converse", REPLY)
    return own_account


def has_prompts(account: Account, output: str) -> None:
    outputs = [{"OutputKey": "Prompts", "OutputValue": output}] if output else []
    account.answer("DescribeStacks", {"Stacks": [STACK | {"Outputs": outputs}]})


def run(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(cli, ["prompts", *words, "--stack", "Outcrop"])
    assert result.exit_code == code, result.output
    return result


def test_the_prompts_of_a_home_are_listed_shown_and_tried(shell: Shell) -> None:
    items = {item["name"]: item for item in shell.json("prompts", "ls")["items"]}
    assert items.keys() == TEMPLATES.keys()
    for item in items.values():
        assert item["stored"].endswith(":1")
        assert not item["usesStored"]
    table = shell.run("prompts", "ls").stdout
    assert items["answer"]["stored"].rpartition("/")[2] in table

    shown = shell.json("prompts", "show", "rewrite")
    assert shown["system"] == TEMPLATES["rewrite"].system
    assert [one["name"] for one in shown["variables"]] == ["conversation", "question"]
    words = shell.run("prompts", "show", "rewrite").stdout
    assert "{{conversation}}" in words
    assert "Example 3" in words

    passage = "passages=The tower of Larn is 38 metres high [4]."
    ask = ("--var", passage, "--var", "question=How high is the tower of Larn?")
    for shots in (0, 1, 2):
        tried = shell.json("prompts", "try", "answer", *ask, "--shots", str(shots))
        assert tried["shots"] == shots
        assert "38 metres" in tried["answer"]
        assert "⟦" not in tried["answer"]
        assert tried["usage"]["inputTokens"] > 0
    text = shell.run("prompts", "try", "answer", *ask, "--model", "amazon.nova-pro-v1:0").stdout
    assert "38 metres" in text
    assert "amazon.nova-pro-v1:0; 0 examples; " in text


def test_an_error_names_the_variable(shell: Shell) -> None:
    for words, code, wrong in (
        (("--var", "question=And?"), 1, "The variable conversation of the prompt rewrite has no"),
        ((*ASKED, "--var", "mood=bad"), 1, "mood is no variable of the prompt rewrite"),
        ((*ASKED, "--var", "question=a"), 1, "The variable question has one value"),
        (("--var", "question"), 2, "'question' is not of the form KEY=VALUE"),
        ((*ASKED, "--model", "nobody.knows"), 1, "nobody.knows"),
    ):
        assert wrong in shell.run("prompts", "try", "rewrite", *words, code=code).stderr
    for command in ("show", "try"):
        assert "There is no prompt 'poem'" in shell.run("prompts", command, "poem", code=1).stderr


def test_a_stacks_prompt_is_tried_with_the_model_that_it_is_for(account: Account) -> None:
    result = json.loads(run("try", "rewrite", *ASKED, "--json").output)
    assert result.pop("seconds") >= 0
    assert result == {
        "prompt": "rewrite",
        "shots": 0,
        "model": "amazon.nova-pro-v1:0",
        "answer": "What of [1]?",
        "stopReason": "end",
        "usage": {"inputTokens": 7, "outputTokens": 3},
    }
    [(_, asked)] = [call for call in account.asked if call[0] == "Converse"]
    assert asked["modelId"] == "amazon.nova-pro-v1:0"
    assert asked["system"] == [{"text": TEMPLATES["rewrite"].system}]
    assert asked["inferenceConfig"] == {"maxTokens": 200, "temperature": 0.0}
    [(_, read)] = [call for call in account.asked if call[0] == "GetPrompt"]
    assert (read["promptIdentifier"], read["promptVersion"]) == (ARN, "2")


def test_a_stack_that_asks_its_drafts_shows_what_is_in_them(account: Account) -> None:
    has_prompts(account, ",".join(f"{name}={ARN}" for name in TEMPLATES))
    account.answer("GetPrompt", stored(text(OWN)))
    items = json.loads(run("ls", "--json").output)["items"]
    assert all(item["usesStored"] for item in items)
    assert [item["name"] for item in items if item["problem"]] == ["answer", "agent"]
    [rewrite] = [item for item in items if item["name"] == "rewrite"]
    assert rewrite["examples"] == 0
    assert "as stored" in run("ls").output
    assert json.loads(run("show", "rewrite", "--json").output)["message"] == OWN
    assert f"As stored in {ARN}" in run("show", "rewrite").output
    run("try", "rewrite", *ASKED)
    [(_, asked)] = [call for call in account.asked if call[0] == "Converse"]
    assert asked["messages"][0]["content"] == [{"text": "Mine: User: Hi [1] And?"}]


def test_a_draft_that_cannot_be_used_says_what_is_missing(account: Account) -> None:
    has_prompts(account, f"rewrite={ARN}")
    account.answer("GetPrompt", stored(text("{{question}}")))
    missing = "the variable conversation is missing"
    assert missing in str(run("show", "rewrite", code=1).exception)
    items = {item["name"]: item for item in json.loads(run("ls", "--json").output)["items"]}
    assert missing in items["rewrite"]["problem"]
    assert items["answer"]["problem"] is None
    listed = run("ls").output
    assert "broken" in listed
    assert missing in listed


def test_a_stack_without_stored_prompts_has_its_own(account: Account) -> None:
    has_prompts(account, "")
    items = json.loads(run("ls", "--json").output)["items"]
    assert {item["stored"] for item in items} == {None}
    assert "Our own, stored nowhere" in run("show", "answer").output
    assert json.loads(run("try", "rewrite", *ASKED, "--json").output)["model"] == (
        "amazon.nova-lite-v1:0"
    )
