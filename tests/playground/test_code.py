"""Code that sends a request: run as whoever copies it runs it."""

import io
import json
import subprocess
from contextlib import redirect_stdout
from typing import Any

import pytest

from app.local.wire import JSON, Call
from app.playground.code import RuntimeAddress, as_boto3, as_curl
from tests.conftest import Serve

MODEL = "amazon.nova-lite-v1:0"
HOSTILE = 'it\'s "quoted" $(touch x) `y` \\ {{z}} %s \n\t \u202e\u0000 \U0001f48e \'\'\'""" é'
BODY: JSON = {
    "messages": [{"role": "user", "content": [{"text": HOSTILE}]}],
    "inferenceConfig": {"temperature": 0.5, "maxTokens": 5, "stopSequences": []},
    HOSTILE: None,
    "stream": True,
}


@pytest.mark.parametrize("streamed", [False, True])
def test_the_program_sends_the_body_and_prints_what_comes_back(
    serve: Serve, streamed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[Call] = []

    def answer(call: Call) -> JSON:
        calls.append(call)
        body = json.dumps({"output": "7"}).encode()
        if not streamed:
            return {"body": body, "contentType": "application/json"}
        return {"body": iter([{"chunk": {"bytes": body}}]), "contentType": "application/json"}

    operations = ("InvokeModel", "InvokeModelWithResponseStream")
    server = serve({"bedrock-runtime": dict.fromkeys(operations, answer)})
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    code = as_boto3(RuntimeAddress("eu-west-1", server.url), MODEL, BODY, streamed=streamed)
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(code, "copied.py", "exec"), {})  # that is what it is for
    assert printed.getvalue() == "{'output': '7'}\n"
    [call] = calls
    assert json.loads(call.params["body"]) == BODY
    assert (call.params["modelId"], call.operation) == (MODEL, operations[streamed])


def test_the_program_names_no_address_where_boto3_knows_it() -> None:
    own = RuntimeAddress("us-east-1", "https://bedrock-runtime.us-east-1.amazonaws.com")
    assert "endpoint_url" not in as_boto3(own, MODEL, BODY, streamed=False)
    near = RuntimeAddress("us-east-1", "https://amazonaws.com.example.org")
    assert 'endpoint_url="https://amazonaws.com.example.org"' in as_boto3(
        near, MODEL, BODY, streamed=False
    )


def arguments_of(command: str, **environment: str) -> list[str]:
    """What a shell passes to curl, of which nothing is run."""
    script = f"curl() {{ printf '%s\\036' \"$@\"; }}\n{command}"
    shell = subprocess.run(
        ["/bin/sh", "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert not shell.stderr
    return shell.stdout.split("\036")[:-1]


def test_the_command_passes_the_body_through_a_shell_to_the_letter() -> None:
    command = as_curl(RuntimeAddress("us-east-1", "http://127.0.0.1:4000"), MODEL, BODY)
    arguments = arguments_of(command, AWS_ACCESS_KEY_ID="key", AWS_SECRET_ACCESS_KEY="secret")
    options: dict[str, Any] = dict(zip(arguments[3:-1:2], arguments[4:-1:2], strict=True))
    assert json.loads(options["--data-binary"]) == BODY
    assert options["--aws-sigv4"] == "aws:amz:us-east-1:bedrock"
    assert options["--user"] == "key:secret"
    assert arguments[-1] == "http://127.0.0.1:4000/model/amazon.nova-lite-v1%3A0/invoke"


def test_no_sign_that_cannot_be_seen_is_in_the_code() -> None:
    address = RuntimeAddress("us-east-1", "http://127.0.0.1:4000")
    for code in (as_boto3(address, MODEL, BODY, streamed=False), as_curl(address, MODEL, BODY)):
        assert not [sign for sign in code if not sign.isprintable() and sign != "\n"]
