"""Speed, side by side with what one would use instead, as ratios from one run.

    python -m tests.bench              every measurement
    python -m tests.bench search       one of them

Each module here but `__main__` is a measurement: it has `run()`, which yields tables. Nothing
here asserts a time. What we are compared with lives in an environment of its own, made by
`peers`, so that none of it can leak into Outcrop's.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def peers(name: str) -> Path:
    """The Python of an environment that holds `tests/bench/requirements-<name>.txt`."""
    environment = ROOT / ".venv-peers" / name
    python = environment / "bin" / "python"
    requirements = Path(__file__).with_name(f"requirements-{name}.txt")
    stamp = environment / "installed"
    if stamp.exists() and stamp.stat().st_mtime > requirements.stat().st_mtime:
        return python
    print(f"setting up {environment.relative_to(ROOT)}", file=sys.stderr)
    uv = ROOT / ".venv" / "bin" / "uv"
    subprocess.run([uv, "venv", "--quiet", "--clear", environment], check=True)
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--no-deps", "--require-hashes",
         "--python", python, "-r", requirements],
        check=True,
        cwd=environment.anchor,  # where no pyproject.toml says what to leave out
    )  # fmt: skip
    stamp.touch()
    return python
