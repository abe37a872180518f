"""`--stack NAME`: the same words against a stack, called through an API Gateway that checks.

The application behind the gateway is a real one, as `outcrop up` serves it.
"""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from unittest.mock import patch

import pytest
from botocore.credentials import Credentials
from typer.testing import CliRunner

from app.aws import Signer
from app.cli import cli
from app.cli.client import Client, Refused
from app.cli.stack import SignatureAuth
from app.deploy import laptop
from app.deploy.stack.description import describe_complete
from app.errors import OperatorError
from app.settings import LaptopSettings, environment
from tests.cli.api_gateway import Check, Gateway, bearer, signed
from tests.cli.cognito import CLIENT, Cognito
from tests.cli.test_signin import free_port
from tests.deploy.aws_account import Account, Fault

OUTCROP = Path(sys.executable).with_name("outcrop")
NOTES = "# Notes\n\nThe beekeeper of the village is called Ambrosius. He has forty hives.\n"
REGION = "eu-central-1"  # of tests.deploy.aws_account
PERSON = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1]).read()"


@dataclass(frozen=True)
class Ran:
    """What a command said, its error with it."""

    stdout: str
    stderr: str


@dataclass
class Home:
    """A stack, seen from the shell of somebody who uses it."""

    account: Account
    gateway: Gateway
    folder: Path
    outputs: dict[str, str]

    def run(
        self,
        *words: str,
        code: int = 0,
        env: Mapping[str, str] | None = None,
        lines: str | None = None,
    ) -> Ran:
        """A command without a terminal, with these lines to read."""
        words = (*words, "--stack", "Outcrop")
        result = CliRunner().invoke(cli, words, input=lines, env=self.shell(env or {}))
        message = "" if isinstance(result.exception, SystemExit | None) else str(result.exception)
        ran = Ran(result.stdout, result.stderr + message)
        assert result.exit_code == code, f"{words}: {ran}"
        return ran

    def json(self, *words: str, env: Mapping[str, str] | None = None) -> Any:
        return json.loads(self.run(*words, "--json", env=env).stdout)

    def at_a_terminal(self, *words: str) -> int:
        """The exit code of a command whose standard error is a terminal, with a browser at hand."""
        ours, theirs = pty.openpty()
        try:
            return subprocess.run(
                [OUTCROP, *words, "--stack", "Outcrop"],
                env=environment(self.shell({})),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=theirs,
                timeout=60,
                check=False,
            ).returncode
        finally:
            os.close(theirs)
            os.close(ours)

    def shell(self, changes: Mapping[str, str]) -> dict[str, str]:
        stack = {
            "StackName": "Outcrop",
            "StackStatus": "CREATE_COMPLETE",
            "CreationTime": "2026-11-20T10:00:00Z",
            "Outputs": [{"OutputKey": k, "OutputValue": v} for k, v in self.outputs.items()],
        }
        self.account.answer("DescribeStacks", {"Stacks": [stack]})
        person = f"{sys.executable} {self.folder / 'person.py'} %s"
        own = {"OUTCROP_HOME": str(self.folder), "COLUMNS": "200", "BROWSER": person}
        return {**self.account.environment(), **own, **changes}


class Start(Protocol):
    """Puts a gateway with this check before the application."""

    def __call__(self, check: Check, **outputs: str) -> Home: ...


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with patch.dict(os.environ):
        settings = LaptopSettings(home=tmp_path_factory.mktemp("application"))
        with laptop.serving(settings) as addresses:
            yield addresses.application


@pytest.fixture
def stack(application: str, tmp_path: Path) -> Iterator[Start]:
    """Gives a home for a way of knowing callers."""
    (tmp_path / "person.py").write_text(PERSON)
    with ExitStack() as cleanup:
        account = cleanup.enter_context(Account())

        def start(check: Check, **outputs: str) -> Home:
            gateway = cleanup.enter_context(Gateway(application, check))
            return Home(account, gateway, tmp_path, {"ApiUrl": gateway.url, **outputs})

        yield start


@pytest.fixture
def by_iam(stack: Start) -> Home:
    return stack(signed("test", "test", REGION), Auth="iam")


def test_the_same_words_work_against_a_stack(by_iam: Home, tmp_path: Path) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text(NOTES)
    assert by_iam.json("ingest", str(notes))["indexed"] == 1
    assert "Ambrosius [1]" in by_iam.run("ask", "What is the beekeeper called?").stdout
    answer = by_iam.json("ask", "How many hives does the beekeeper have?")
    assert "forty hives" in answer["answer"]
    assert by_iam.json("search", "beekeeper hives")["passages"][0]["document"] == "notes.md"
    assert [item["name"] for item in by_iam.json("docs", "ls")["items"]] == ["notes.md"]
    assert by_iam.json("docs", "show", "notes.md")["status"] == "INDEXED"
    assert "no search finds it" in by_iam.run("docs", "rm", "notes.md").stdout
    assert all(line.split()[1].startswith("/v1/") for line in by_iam.gateway.requests)


def test_a_stack_is_chatted_with(by_iam: Home) -> None:
    ran = by_iam.run("chat", lines="What is the beekeeper called?\n")
    assert "There are no documents yet" in ran.stderr


def test_a_wrong_secret_key_is_refused_with_the_gateways_reason(by_iam: Home) -> None:
    ran = by_iam.run("docs", "ls", code=1, env={"AWS_SECRET_ACCESS_KEY": "another"})
    assert "The application answered 403: The request signature we calculated" in ran.stderr


def test_no_keys_say_how_to_get_some(by_iam: Home) -> None:
    ran = by_iam.run(
        "docs", "ls", code=1, env={"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    )
    assert "Set up credentials" in ran.stderr
    assert by_iam.gateway.requests == []


@pytest.mark.parametrize("cursor", ["a b", "ü/+&=~*", "50%", "a%20b"])
def test_what_is_signed_is_what_is_sent(cursor: str, application: str) -> None:
    with Gateway(application, signed("k", "s", "us-east-1")) as gateway:
        signer = Signer("execute-api", "us-east-1", Credentials("k", "s"))
        client = Client(gateway.url, SignatureAuth(signer))
        assert (
            client.call("GET", "/documents", params={"cursor": cursor, "limit": 1})["items"] == []
        )
        with pytest.raises(Refused) as refused:
            client.call("GET", f"/documents/{cursor.replace('/', '-')}")
        assert refused.value.problem["status"] in (400, 404), "the application's own refusal"


def test_a_person_signs_in_once_and_is_remembered(stack: Start) -> None:
    with Cognito(f"http://localhost:{free_port()}/") as cognito:
        outputs = {"SignInUrl": cognito.sign_in_url, "UserPoolClientId": CLIENT}
        home = stack(bearer(cognito.valid), Auth="cognito", **outputs)
        nobody = home.run("docs", "ls", code=1)
        assert "Nobody is signed in to the stack Outcrop" in nobody.stderr
        assert home.at_a_terminal("docs", "ls") == 0
        assert home.json("docs", "ls") == {"items": []}
        assert cognito.visits == 1
        cognito.revoke()
        assert "Nobody is signed in" in home.run("docs", "ls", code=1).stderr


def test_a_machine_brings_a_token_in_its_environment(stack: Start) -> None:
    outputs = {
        "SignInUrl": "https://a.example/oauth2/authorize?redirect_uri=http://localhost:8484/",
        "UserPoolClientId": CLIENT,
    }
    home = stack(bearer({"a-token"}), Auth="cognito", **outputs)
    assert home.json("docs", "ls", env={"OUTCROP_TOKEN": "a-token"}) == {"items": []}
    refused = home.run("docs", "ls", code=1, env={"OUTCROP_TOKEN": "another"})
    assert "The application answered 401: Unauthorized" in refused.stderr
    assert "another" not in refused.stderr


def test_what_is_throttled_is_sent_again_but_no_question(by_iam: Home) -> None:
    by_iam.gateway.throttle = 1
    assert by_iam.json("docs", "ls") == {"items": []}
    assert len(by_iam.gateway.requests) == 2
    by_iam.gateway.throttle = 1
    ran = by_iam.run("ask", "Anything?", "--json", code=1)
    assert "The application answered 429: Too Many Requests" in ran.stderr


def test_an_evaluation_of_a_stack_says_what_it_costs_and_asks_first(
    by_iam: Home, tmp_path: Path
) -> None:
    single = {"question": "What is the capital of Mongolia?", "abstain": True}
    file = tmp_path / "questions.jsonl"
    file.write_text(f"{json.dumps(single)}\n{json.dumps({'turns': [single, single]})}\n")
    ran = by_iam.run("eval", str(file), code=1)
    assert "The stack Outcrop: 3 questions take 4 calls of amazon.nova-lite-v1:0" in ran.stderr
    assert "of which 1 rewrite a follow-up, about $0.00 if each reads 2,000 tokens" in ran.stderr
    assert "add --yes" in ran.stderr
    assert not [line for line in by_iam.gateway.requests if line.endswith("/chat")]
    report = by_iam.json("eval", str(file), "--yes", "--price", "1000000/0")
    [*_, whole] = report["kinds"]
    assert (whole["right"], whole["dollars"]) == (3, whole["input_tokens"])


def test_an_evaluation_waits_where_a_stack_is_throttled(by_iam: Home, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"question": "Anything?", "abstain": true}\n')
    by_iam.gateway.throttled_path = "/chat"
    by_iam.gateway.throttle = 1
    report = by_iam.json("eval", str(file), "--yes")
    assert report["kinds"][-1]["errors"] == 0
    assert [line.rpartition("/")[2] for line in by_iam.gateway.requests] == [
        *("models", "chat", "chat"),
    ]


@pytest.mark.parametrize(
    ("outputs", "says"),
    [
        ({"Auth": "iam"}, "has no output ApiUrl"),
        ({"ApiUrl": "http://127.0.0.1:1/"}, "has no output Auth"),
        ({"ApiUrl": "http://127.0.0.1:1/", "Auth": "cognito"}, "has no output SignInUrl"),
        ({"ApiUrl": "http://127.0.0.1:1/", "Auth": "ldap"}, "is called by 'ldap'"),
        ({"ApiUrl": "http://127.0.0.1:1/", "Auth": "iam"}, "could not be reached"),
    ],
)
def test_what_a_stack_lacks_is_named(outputs: Mapping[str, str], says: str, by_iam: Home) -> None:
    by_iam.outputs = dict(outputs)
    assert says in by_iam.run("docs", "ls", code=1).stderr


def test_no_stack_and_an_unfinished_one_are_told_apart(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in account.environment().items():
        monkeypatch.setenv(name, value)
    account.answer("DescribeStacks", Fault("ValidationError", "Stack with id X does not exist"))
    with pytest.raises(OperatorError, match="There is no stack X in eu-central-1"):
        describe_complete("X")
    stack = {"StackName": "X", "StackStatus": "CREATE_IN_PROGRESS", "CreationTime": "2026-11-20"}
    account.answer("DescribeStacks", {"Stacks": [stack]})
    with pytest.raises(OperatorError, match="The stack X is CREATE_IN_PROGRESS"):
        describe_complete("X")
    account.answer("DescribeStacks", Fault("AccessDenied", "not authorized", 403))
    with pytest.raises(OperatorError, match="not authorized"):
        describe_complete("X")


@pytest.fixture
def account() -> Iterator[Account]:
    with Account() as account:
        yield account
