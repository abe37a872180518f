"""`outcrop chat` at a terminal: a pseudo-terminal, and what it was sent."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.deploy import laptop
from app.settings import LaptopSettings, environment

OUTCROP = Path(sys.executable).with_name("outcrop")
NOTES = "# Notes\n\nThe beekeeper of the village is called Ambrosius. He has forty hives.\n"
PROMPT = r"\x1b\[\?2004h"  # it asks for pastes in brackets: from then on it reads
PATIENCE = 60  # seconds, until the terminal shows what it should


class Terminal:
    """A command at a terminal of its own."""

    def __init__(self, home: Path, *words: str) -> None:
        self._ours, theirs = pty.openpty()
        self.shown = ""
        self.process = subprocess.Popen(
            [OUTCROP, *words],
            env=environment({"OUTCROP_HOME": str(home), "TERM": "xterm", "NO_COLOR": "1"}),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=_controlling,  # noqa: PLW1509 - so that a Ctrl-C typed there is a SIGINT
        )
        os.close(theirs)

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def until(self, pattern: str) -> "re.Match[str]":
        """Read until the pattern is there; what was before is not looked at again."""
        deadline = time.monotonic() + PATIENCE
        while not (match := re.search(pattern, self.shown)):
            ready, _, _ = select.select([self._ours], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"{pattern!r} did not come: {self.shown!r}"
            # It asks where the cursor is, and waits for the answer, as of a terminal.
            sent = os.read(self._ours, 4096).decode(errors="replace")
            if "\x1b[6n" in sent:
                self.type("\x1b[1;1R")
            self.shown += sent
        self.shown = self.shown[match.end() :]
        return match

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)


def _controlling() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


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
