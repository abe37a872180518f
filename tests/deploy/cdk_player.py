"""Plays the CDK's command line: a queue of answers, and a record of what it was asked.

    player = CdkPlayer(folder)
    player.enqueue(["Outcrop |   1 | 6:17:40 AM | CREATE_COMPLETE | ..."], code=0)
    ... OUTCROP_CDK=player.executable ...
    player.asked == [["deploy", "Outcrop", ...]]

What it plays in the tests was said by version 2.1148.1.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

SCRIPT = """\
#!{python}
import json, os, sys
from pathlib import Path
queue, record = Path({queue!r}), Path({record!r})
answers = json.loads(queue.read_text())
answer = answers.pop(0)
queue.write_text(json.dumps(answers))
with record.open("a") as out:
    print(json.dumps({{"words": sys.argv[1:], "path": os.environ["PATH"]}}), file=out)
for line in answer["lines"]:
    print(line, file=sys.stderr, flush=True)
sys.exit(answer["code"])
"""


class CdkPlayer:
    """An executable, and its queue."""

    def __init__(self, folder: Path) -> None:
        self.executable = folder / "cdk"
        self._queue, self._record = folder / "queue.json", folder / "record.jsonl"
        self._queue.write_text("[]")
        self._record.touch()
        names = {"queue": str(self._queue), "record": str(self._record)}
        self.executable.write_text(SCRIPT.format(python=sys.executable, **names))
        self.executable.chmod(0o755)

    def enqueue(self, lines: Sequence[str], code: int = 0) -> None:
        answers = json.loads(self._queue.read_text())
        self._queue.write_text(json.dumps([*answers, {"lines": list(lines), "code": code}]))

    @property
    def asked(self) -> list[list[str]]:
        return [json.loads(line)["words"] for line in self._record.read_text().splitlines()]

    @property
    def path(self) -> str:
        """The PATH that it was started with, the last time."""
        path: str = json.loads(self._record.read_text().splitlines()[-1])["path"]
        return path
