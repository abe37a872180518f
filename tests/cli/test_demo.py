"""The first thing that a newcomer sees."""

import subprocess
import sys
from pathlib import Path

from app.settings import environment

OUTCROP = Path(sys.executable).with_name("outcrop")


def test_demo_ingests_the_docs_and_ends_with_a_cited_answer(tmp_path: Path) -> None:
    ran = subprocess.run(
        [OUTCROP, "demo"],
        env=environment({"OUTCROP_HOME": str(tmp_path)}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "The whole difference between the homes is a set of endpoint variables" in ran.stdout
    assert "[1] docs/architecture.md, " in ran.stdout
    assert "[2] docs/stand-in.md, " in ran.stdout
    assert "Try next" in ran.stdout
