"""A command at a pseudo-terminal: what a person types there, and what the terminal is sent."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

from app.settings import environment

OUTCROP = Path(sys.executable).with_name("outcrop")
PROMPT = r"\x1b\[\?2004h"  # it asks for pastes in brackets: from then on it reads
PATIENCE = 180  # seconds, until the terminal shows what it should; a busy machine takes its time


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
