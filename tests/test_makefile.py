"""What `make` sets up, where a run was stopped half-way: Python and uv are scripts that note their
arguments.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

MAKEFILE = Path(__file__).parents[1] / "Makefile"
SCRIPT = """#!/bin/sh
test "$1" = -c && exit "${WRONG:-0}"
echo "$(basename $0) $*" >> "$CALLS"
case "$*" in "$STOPPED_AT"*) test -n "$STOPPED_AT" && exit 1;; esac
case "$*" in
  "-m venv"*) mkdir -p .venv/bin; cp "$0" .venv/bin/python;;
  "-m pip install"*) cp "$0" .venv/bin/uv;;
esac
"""
UV_INSTALLS = "pip install --quiet --no-deps --require-hashes"


@dataclass(frozen=True)
class Checkout:
    """A folder with the Makefile, and with what it sets up from."""

    folder: Path

    def make(self, *, stopped_at: str = "", code: int = 0, **variables: str) -> list[str]:
        """The programs that were called, with their arguments.

        Args:
            stopped_at: how the arguments begin of a call that fails, as one does that Ctrl-C ends.
            variables: of the environment.
        """
        calls = self.folder / "calls"
        calls.write_text("")
        made = subprocess.run(
            ["make", ".venv/laptop", f"PYTHON={self.folder / 'python'}"],
            cwd=self.folder,
            env={"PATH": os.defpath, "CALLS": str(calls), "STOPPED_AT": stopped_at, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == code, made.stdout + made.stderr
        return calls.read_text().splitlines()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    shutil.copy(MAKEFILE, tmp_path)
    for name in ("requirements-uv.txt", "requirements-laptop.txt", "pyproject.toml"):
        (tmp_path / name).touch()
    (tmp_path / "python").write_text(SCRIPT)
    (tmp_path / "python").chmod(0o755)
    return Checkout(tmp_path)


def installs(calls: list[str]) -> list[str]:
    return [call for call in calls if call.startswith("uv ") and "--editable" not in call]


def test_what_is_set_up_is_not_set_up_again(checkout: Checkout) -> None:
    assert installs(checkout.make()) == [f"uv {UV_INSTALLS} -r requirements-laptop.txt"]
    assert checkout.make() == []


def test_packages_whose_installation_was_stopped_are_all_installed_again(
    checkout: Checkout,
) -> None:
    """Half a package would count as installed."""
    checkout.make(stopped_at=UV_INSTALLS, code=2)
    again = [f"uv {UV_INSTALLS} --reinstall -r requirements-laptop.txt"]
    assert installs(checkout.make()) == again
    assert checkout.make() == []


@pytest.mark.parametrize("step", ["-m venv", "-m pip install"])
def test_an_environment_that_was_stopped_half_way_is_made_anew(
    checkout: Checkout, step: str
) -> None:
    checkout.make(stopped_at=step, code=2)
    assert "python -m venv --clear .venv" in checkout.make()
    assert checkout.make() == []


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: Checkout) -> None:
    checkout.make()
    (checkout.folder / ".venv/bin/python").unlink()
    assert "python -m venv --clear .venv" in checkout.make()


def test_a_python_that_is_too_old_makes_nothing(checkout: Checkout) -> None:
    assert checkout.make(code=2, WRONG="1") == []
    assert not (checkout.folder / ".venv").exists()


def test_an_environment_of_somebody_elses_is_not_cleared(checkout: Checkout) -> None:
    checkout.make()
    (checkout.folder / ".venv/bin/uv").unlink()
    assert "python -m venv .venv" in checkout.make()
