"""This version beside an earlier one: what an answer, an embedding and a page take.

    python -m tests.bench versions             beside BEFORE
    python -m tests.bench versions:COMMIT      beside another commit

Each version runs in a process of its own, with the packages that are installed now and the same
documents, questions and texts; the two take turns. Times are the processor time of that process in
all its threads, so that other programs of the machine do not count, nor does the parser's process.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from app.settings import environment
from tests.bench import ROOT
from tests.tables import Table

BEFORE = "7703706"
INGESTIONS, ROUNDS = 5, 5
ENGINE = Path(__file__).with_name("_version_engine.py")
MEASURES = {
    "answer": ("an answer from 5 passages, the model's call alone, p50", "processor ms"),
    "turn": ("a turn over HTTP, with its Retrieve, p50", "processor ms"),
    "question": ("embedding a question, p50", "processor ms"),
    "chunk": ("embedding a chunk of 200 tokens, among 32", "processor ms"),
    "page": ("ingesting a page of 1,250 words", "processor ms"),
    "share": ("... times the embedding of its chunks alone", "times"),
}

Figures = dict[str, list[Any]]  # by measure


def run(before: str = BEFORE) -> Iterator[Table]:
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "before"
        if not export(before, folder):
            yield without(before)
            return
        versions = [Version(one, ENGINE, ROOT / "docs") for one in (folder, ROOT)]
        for name in (*["round"] * ROUNDS, *["ingest"] * INGESTIONS):
            for version in versions:
                version.measure(name)
        for version in versions:
            version.close()
    earlier, now = (version.figures for version in versions)
    yield Table(
        f"Speed beside commit {before}",
        ("what", "in", "before", "now", "now / before"),
        [_row(name, earlier, now) for name in MEASURES],
        [f"Medians of {ROUNDS} rounds and {INGESTIONS} ingestions, over the project's docs."],
    )


def _row(name: str, earlier: Figures, now: Figures) -> tuple[str, ...]:
    title, unit = MEASURES[name]
    first, second = median(earlier[name]), median(now[name])
    return (title, unit, f"{first:.2f}", f"{second:.2f}", f"{second / first:.2f}")


def without(commit: str) -> Table:
    """Instead of a measurement: that there is nothing to compare with."""
    return Table("Two versions", ("skipped",), ((f"there is no commit {commit} here",),))


@dataclass
class Version:
    """The process of one version, and what it has measured.

    Attributes:
        folder: where its files are.
        engine: the program that measures, and `argument` what it reads.
    """

    folder: Path
    engine: Path
    argument: Path
    figures: Figures = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, self.engine, self.argument],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env=environment({"PYTHONPATH": str(self.folder)}),
        )

    def measure(self, name: str) -> None:
        """Have it measure, and keep the figures."""
        assert self._process.stdin
        assert self._process.stdout
        print(name, file=self._process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        assert answer.pop("app") == str(self.folder / "app"), "it runs its own version"
        for measure, values in answer.items():
            self.figures.setdefault(measure, []).extend(values)

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


def export(commit: str, folder: Path) -> bool:
    """Write the files of a commit into a folder; False if there is none."""
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=False)
    if archive.returncode:
        return False
    folder.mkdir()
    subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
    return True
