"""`outcrop local`, as a shell starts it."""

import json
import subprocess
import sys
from pathlib import Path

from app.settings import environment


def test_outcrop_local_is_an_empty_aws_on_a_port_that_one_chooses(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "app", "local", "--home", str(tmp_path / "home"), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        served = json.loads(process.stdout.readline())
        port = served["stand_in"].rpartition(":")[2]
        variables = {**environment({}), **served["variables"]}
        for name in served["unset"]:
            variables.pop(name, None)
        program = "import boto3; print(boto3.client('s3').list_buckets()['Buckets'])"
        asked = subprocess.run(
            [sys.executable, "-c", program],
            env=variables,
            capture_output=True,
            text=True,
            check=True,
        )
        shell = [sys.executable, "-m", "app", "env", "--home", str(tmp_path / "home"), "--json"]
        exports = subprocess.run(shell, capture_output=True, text=True, check=True)
        again = subprocess.run(command, capture_output=True, text=True, check=False)
        taken = subprocess.run(
            [*command[:4], "--port", port], capture_output=True, text=True, check=False
        )
        process.terminate()
    assert process.returncode == 0
    assert asked.stdout == "[]\n"
    assert json.loads(exports.stdout)["AWS_ENDPOINT_URL"] == served["stand_in"]
    assert again.returncode == 1
    assert "is being served already" in again.stderr
    assert taken.returncode == 1
    assert "--port" in taken.stderr
