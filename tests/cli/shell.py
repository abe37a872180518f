"""A shell without a terminal, in which `outcrop` is run."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.settings import environment
from tests.cli.warm import COLUMNS, Warm

NOTES = "# Notes\n\nThe beekeeper of the village is called Ambrosius. He has forty hives.\n"


@dataclass
class Shell:
    """A shell beside a home."""

    home: Path
    warm: Warm

    def run(
        self, *words: str, stdin: str = "", code: int = 0, cwd: Path | None = None
    ) -> "subprocess.CompletedProcess[str]":
        variables = environment({"OUTCROP_HOME": str(self.home), "COLUMNS": COLUMNS})
        ran = self.warm.run(words, variables, stdin, cwd)
        assert ran.returncode == code, f"{words}: {ran.stdout}{ran.stderr}"
        return ran

    def json(self, *words: str, code: int = 0, cwd: Path | None = None) -> Any:
        return json.loads(self.run(*words, "--json", code=code, cwd=cwd).stdout)


NewShell = Callable[[Path], Shell]
