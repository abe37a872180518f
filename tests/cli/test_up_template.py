"""`outcrop up --template`, as a shell runs it."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.settings import environment
from tests.deploy.replay.conftest import API

OUTCROP = Path(sys.executable).with_name("outcrop")
OUTPUTS = {"ApiFunction": {"Value": {"Ref": "Api"}}, "Bucket": {"Value": {"Ref": "Documents"}}}
APPLICATION = {
    "OUTCROP_AUTH": "api-gateway",
    "OUTCROP_GUARDRAIL_ID": "abcdefghij",
    "OUTCROP_KNOWLEDGE_BASE_ID": "ABCDEFGHIJ",
    "OUTCROP_DATA_SOURCE_ID": "ABCDEFGHIJ",
    "OUTCROP_DOCUMENTS_BUCKET": {"Ref": "Documents"},
    "OUTCROP_CONVERSATIONS_BUCKET": {"Ref": "Documents"},
}


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A bucket and a function, in a network that the laptop has not."""
    properties = {**API["Properties"], "Environment": {"Variables": APPLICATION}}
    resources = {
        "Documents": {"Type": "AWS::S3::Bucket"},
        "Api": {"Type": "AWS::Lambda::Function", "Properties": properties},
        "Network": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": {"Ref": "Block"}}},
    }
    parameters = {"Block": {"Type": "String"}}
    path = tmp_path / "Small.template.json"
    path.write_text(
        json.dumps({"Resources": resources, "Outputs": OUTPUTS, "Parameters": parameters})
    )
    return path


@contextmanager
def up(home: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [OUTCROP, "up", *words],
        env=environment({"OUTCROP_HOME": str(home), "COLUMNS": "120"}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)


def test_up_prints_which_resources_were_made_and_which_left_out(
    template: Path, tmp_path: Path
) -> None:
    words = ["--template", str(template), "-p", "Block=10.0.0.0/16"]
    with up(tmp_path / "home", *words, "--json") as process:
        assert process.stdout
        report: Any = json.loads("".join(iter(process.stdout.readline, "}\n")) + "}")
        assert set(report) == {"application", "stand_in", "template"}
        became = {step["id"]: step["became"] for step in report["template"]["steps"]}
        assert became == {"Documents": "created", "Api": "created", "Network": "left out"}
        assert report["template"]["outputs"]["Bucket"].startswith("small-documents-")
        assert report["template"]["variables"]["OUTCROP_AUTH"] == "api-gateway"
    with up(tmp_path / "home", *words) as process:
        assert process.stdout
        lines = list(iter(process.stdout.readline, "\n"))
        assert [line.split() for line in lines[1:]] == [
            ["Documents", "AWS::S3::Bucket", "unchanged"],
            ["Api", "AWS::Lambda::Function", "unchanged"],
        ]
        lines = list(iter(process.stdout.readline, "\n"))
        assert "AWS::EC2::VPC (1)" in lines[1]
        assert "loopback network only" in lines[1]
        lines = list(iter(process.stdout.readline, "\n"))
        assert lines[1].split()[0] == "OUTCROP_AUTH=local"
        assert lines[2].split()[:2] == ["without", "OUTCROP_GUARDRAIL_ID"]
        assert "page         http://127.0.0.1:" in process.stdout.readline()
        assert "application  http://127.0.0.1:" in process.stdout.readline()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--template", "no-such.template.json"], 1, "make synth"),
        (["-p", "Block=10.0.0.0/16"], 2, "--template"),
        (["--template", "{template}", "-p", "Block"], 2, "NAME=VALUE"),
        (["--template", "{template}", "-p", "Blok=1"], 1, "has no parameter Blok; it has Block"),
    ],
)
def test_up_refuses_wrong_arguments_in_one_sentence(
    template: Path, tmp_path: Path, words: Sequence[str], code: int, says: str
) -> None:
    ran = subprocess.run(
        [OUTCROP, "up", *(word.format(template=template) for word in words)],
        env=environment({"OUTCROP_HOME": str(tmp_path / "home"), "COLUMNS": "120"}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == code
    assert says in " ".join(ran.stderr.split())
    assert "Traceback" not in ran.stderr
