"""`outcrop chat` at a terminal: a pseudo-terminal, and what it was sent."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.deploy import laptop
from app.settings import LaptopSettings, environment
from tests.cli.terminal import OUTCROP, PATIENCE, PROMPT, Terminal

NOTES = "# Notes\n\nThe beekeeper of the village is called Ambrosius. He has forty hives.\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("home")
    notes = tmp_path_factory.mktemp("notes") / "notes.md"
    notes.write_text(NOTES)
    with laptop.serving(LaptopSettings(home=home)):
        variables = environment({"OUTCROP_HOME": str(home)})
        subprocess.run([OUTCROP, "ingest", notes], env=variables, check=True, capture_output=True)
        yield home


def test_a_line_is_edited_remembered_and_goes_on_later(home: Path) -> None:
    terminal = Terminal(home, "chat")
    try:
        terminal.until(PROMPT)
        terminal.type("What is the beekeeper calledX\x7f?\r")
        terminal.until(r"Ambrosius[\s\S]*tokens in[\s\S]*" + PROMPT)
        terminal.type("\x03")
        terminal.until(r"Ctrl-D ends[\s\S]*" + PROMPT)
        terminal.type("\x1b[A\r")  # up: the question before
        terminal.until(r"Ambrosius[\s\S]*tokens in[\s\S]*" + PROMPT)
        # Two lines that are pasted are one question.
        terminal.type("\x1b[200~How many hives\ndoes he have?\x1b[201~\r")
        terminal.until(r"forty[\s\S]*tokens in[\s\S]*" + PROMPT)
        terminal.type("/quit\r")
        match = terminal.until(r"Go on with: outcrop chat --conversation ([\w-]+)")
        assert terminal.process.wait(PATIENCE) == 0
    finally:
        terminal.close()
    history = home / "chat-history"
    assert history.stat().st_mode & 0o777 == 0o600
    assert "+What is the beekeeper called?" in history.read_text()
    assert "+How many hives\n+does he have?" in history.read_text()
    again = Terminal(home, "chat", "--conversation", match[1])
    try:
        again.until("Going on after 3 turns")
        again.until(PROMPT)
        again.type("\x04")
        again.until(f"--conversation {match[1]}")
        assert again.process.wait(PATIENCE) == 0
    finally:
        again.close()


def test_a_conversation_that_is_not_there_is_said_before_the_first_question(home: Path) -> None:
    ran = subprocess.run(
        [OUTCROP, "chat", "-c", "0123456789abcdef"],
        env=environment({"OUTCROP_HOME": str(home)}),
        input="What?\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "onversation" in ran.stderr
    assert "> " not in ran.stdout
