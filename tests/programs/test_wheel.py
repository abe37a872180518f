"""What is built from here, installed elsewhere: the command starts and serves a home."""

import signal
import subprocess
from pathlib import Path

import pytest

from tests.wheel import build, elsewhere, install_with_packages, run


@pytest.fixture(scope="module")
def outcrop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    wheel = build(tmp_path_factory.mktemp("built"))
    return install_with_packages(wheel, tmp_path_factory.mktemp("fresh"))


def test_the_command_starts_and_answers(outcrop: Path, tmp_path: Path) -> None:
    assert "Usage: outcrop" in run(outcrop, tmp_path, "--help")
    assert f"free for {tmp_path}/outcrop" in run(outcrop, tmp_path, "doctor")
    (tmp_path / "notes.md").write_text("The beekeeper of the village is called Ambrosius.")
    assert "1 of 1 documents indexed" in run(outcrop, tmp_path, "ingest", "notes.md")
    assert "Ambrosius [1]" in run(outcrop, tmp_path, "ask", "What is the beekeeper called?")
    assert (tmp_path / "outcrop" / "s3").is_dir(), "nothing is kept in site-packages"


def test_the_installed_wheel_serves_a_home_that_answers_with_a_source(
    outcrop: Path, tmp_path: Path
) -> None:
    (tmp_path / "notes.md").write_text("The beekeeper of the village is called Ambrosius.")
    with subprocess.Popen(
        [outcrop, "up", "--json"],
        cwd=tmp_path,
        env=elsewhere(tmp_path),
        stdout=subprocess.PIPE,
        text=True,
    ) as up:
        assert up.stdout
        assert "".join(iter(up.stdout.readline, "}\n")), "it says where it serves"
        run(outcrop, tmp_path, "ingest", "notes.md")
        answer = run(outcrop, tmp_path, "ask", "What is the beekeeper called?")
        up.send_signal(signal.SIGINT)
    assert "Ambrosius [1]" in answer
    assert "[1] notes.md" in answer
