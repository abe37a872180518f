"""The plugin as another project has it: with an `app` of its own, and tests that use AWS."""

import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from app.settings import environment

PROJECT = {
    "app/__init__.py": "WHOSE = 'the other project'",
    "test_theirs.py": """
        import os

        import boto3
        import pytest
        from botocore.exceptions import ClientError

        import app

        QUESTION = [{"role": "user", "content": [{"text": "Hello"}]}]
        MODEL = "amazon.nova-lite-v1:0"


        def converse():
            return boto3.client("bedrock-runtime").converse(modelId=MODEL, messages=QUESTION)


        def test_their_own_app_is_theirs():
            assert app.WHOSE == "the other project"
            assert os.environ["AWS_PROFILE"] == "production"


        def test_clients_are_led_to_the_stand_in(outcrop_stand_in):
            assert boto3.client("sts").get_caller_identity()["Account"] == "000000000000"
            boto3.client("s3").create_bucket(Bucket="documents")
            assert boto3.client("sqs").meta.endpoint_url == outcrop_stand_in.url
            assert "AWS_PROFILE" not in os.environ


        def test_what_was_put_in_stays_for_the_session(outcrop_stand_in):
            buckets = boto3.client("s3").list_buckets()["Buckets"]
            assert [bucket["Name"] for bucket in buckets] == ["documents"]


        def test_a_fresh_one_is_empty(outcrop_fresh_stand_in):
            assert boto3.client("s3").list_buckets()["Buckets"] == []


        def test_a_schedule_of_faults(outcrop_stand_in):
            throttled = {"kind": "fail", "service": "bedrock-runtime", "operation": "Converse",
                         "code": "ThrottlingException"}
            outcrop_stand_in.faults.schedule({**throttled, "call": 2}, seed=1)
            client = boto3.client("bedrock-runtime")
            client.meta.events.register("needs-retry", lambda **_: None)
            assert converse()["stopReason"] == "end_turn"
            converse()  # the SDK tries again
            assert [fault["call"] for fault in outcrop_stand_in.faults.history()] == [2]
            outcrop_stand_in.faults.add({**throttled, "code": "AccessDeniedException"})
            with pytest.raises(ClientError, match="AccessDenied"):
                converse()
            with pytest.raises(ValueError, match="line 2: chance: "):
                outcrop_stand_in.faults.schedule({**throttled, "chance": 2})
            outcrop_stand_in.faults.schedule({**throttled, "every": 1})


        def test_faults_end_with_their_test(outcrop_stand_in):
            assert converse()["stopReason"] == "end_turn"
            assert outcrop_stand_in.faults.history() == []


        def test_the_environment_is_as_it_was():
            assert os.environ["AWS_PROFILE"] == "production"
            assert "AWS_ENDPOINT_URL" not in os.environ
    """,
    "test_unused.py": """
        import sys


        def test_nothing_is_loaded_where_nothing_is_asked_for():
            assert "outcrop_pytest" in sys.modules
            assert not {"outcrop_pytest.stand_in", "app", "boto3", "httpx2"} & sys.modules.keys()
    """,
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in PROJECT.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(dedent(text))
    return tmp_path


def run(project: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"]
    changes: Mapping[str, str] = {"AWS_PROFILE": "production", "PYTHONPATH": str(project)}
    variables = {
        name: text
        for name, text in environment(changes).items()
        if not name.startswith(("PYTEST_", "AWS_ENDPOINT_URL"))
    }
    return subprocess.run(
        [*command, *words],
        cwd=project,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_another_project_tests_itself_with_it(project: Path) -> None:
    ran = run(project, "test_theirs.py")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "7 passed" in ran.stdout


def test_where_it_is_not_used_it_loads_nothing(project: Path) -> None:
    ran = run(project, "test_unused.py")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 passed" in ran.stdout


def test_the_stand_ins_process_ends_with_a_test_run_that_was_killed(tmp_path: Path) -> None:
    program = """
import os, sys
from outcrop_pytest.stand_in import running
with running() as stand_in:
    print(stand_in.url, flush=True)
    os.kill(os.getpid(), 9)
"""
    command = [sys.executable, "-P", "-c", program]
    variables = environment({"TMPDIR": str(tmp_path)})
    ran = subprocess.run(
        command, env=variables, capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == -signal.SIGKILL
    assert ran.stdout.startswith("http://127.0.0.1:")
    deadline = time.monotonic() + 60
    while left := list(tmp_path.glob("outcrop-*")):  # the home, which goes when all has ended
        assert time.monotonic() < deadline, left
        time.sleep(0.05)
