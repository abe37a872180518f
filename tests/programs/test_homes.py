"""Homes that commands start, and `outcrop up` serves: their processes end when they should."""

import json
import signal
import subprocess
import sys
from pathlib import Path

from app.deploy import laptop
from app.deploy.laptop.children import STOP_SECONDS
from app.deploy.laptop.home import take
from app.settings import LaptopSettings, environment
from tests.cli.shell import NOTES, Shell
from tests.cli.warm import OUTCROP, Warm


def test_a_command_starts_an_application_of_its_own_and_leaves_nothing_running(
    tmp_path: Path,
) -> None:
    with Warm() as warm:
        check_alone(Shell(tmp_path / "alone", warm), tmp_path)


def check_alone(alone: Shell, tmp_path: Path) -> None:
    assert "There are no documents yet" in alone.run("ask", "Who keeps the bees?").stderr
    (tmp_path / "a.md").write_text(NOTES)
    assert "1 of 1 documents indexed" in alone.run("ingest", str(tmp_path / "a.md")).stderr
    assert "Ambrosius" in alone.json("ask", "What is the beekeeper called?")["answer"]
    assert laptop.running(LaptopSettings(home=alone.home)) is None
    refused = alone.run("env", code=1)
    assert "`outcrop up` or `outcrop local` starts it" in refused.stderr


def test_up_serves_until_it_is_told_to_stop_and_its_processes_end_with_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for ending in (signal.SIGINT, signal.SIGKILL):
        with subprocess.Popen(
            [OUTCROP, "up", "--json"],
            env=environment({"OUTCROP_HOME": str(home)}),
            stdout=subprocess.PIPE,
            text=True,
        ) as up:
            assert up.stdout
            addresses = json.loads("".join(iter(up.stdout.readline, "}\n")) + "}")
            up.send_signal(ending)
        for url in addresses.values():
            _until_silent(url)
        lock = take(home / "lock", STOP_SECONDS)
        assert lock, "they hold the home's lock until they have ended"
        lock.close()
    assert laptop.running(LaptopSettings(home=home)) is None


def _until_silent(url: str) -> None:
    """Returns once nothing listens there; the processes have ten seconds to end."""
    port = int(url.rsplit(":", 1)[1])
    for _ in range(100):
        listening = subprocess.run(
            [
                sys.executable,
                "-c",
                f"import socket; socket.create_connection(('127.0.0.1', {port}))",
            ],
            capture_output=True,
            check=False,
        )
        if listening.returncode:
            return
    raise AssertionError(f"something still listens on {url}")
