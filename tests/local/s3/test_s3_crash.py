"""What was acknowledged is there after SIGKILL at any moment; what was not is whole, or is not."""

import json
import subprocess
import sys
from pathlib import Path
from random import SystemRandom

import pytest

from tests.local.s3.putting import scratch

ROOT = Path(__file__).parents[3]
SEED = SystemRandom().randrange(10**6)


@pytest.mark.parametrize("more", [(), ("versions",)], ids=["plain", "versions"])
def test_a_bucket_survives_being_killed_at_any_moment(more: tuple[str, ...]) -> None:
    with scratch() as folder:
        ended = subprocess.run(
            [sys.executable, "-m", "tests.local.s3.crashing", str(folder), str(SEED), *more],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert ended.returncode == 0, f"seed {SEED}\n{ended.stderr}"
    counts = json.loads(ended.stdout)
    print(counts)
    assert counts["kills"] >= 40
    assert counts["acknowledged"] >= 40
