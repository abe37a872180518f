"""The demo, and every command that the docs show, as a person runs them."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.deploy import laptop
from app.settings import LaptopSettings, environment
from tests.docs_code import ROOT, commands


@pytest.fixture(scope="module")
def demonstrated(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, "subprocess.CompletedProcess[str]"]:
    """A home in which the demo has run, and what it said."""
    home = tmp_path_factory.mktemp("docs")
    ran = subprocess.run(
        [Path(sys.executable).with_name("outcrop"), "demo"],
        env=environment({"OUTCROP_HOME": str(home)}),
        capture_output=True,
        text=True,
        check=False,
    )
    return home, ran


@pytest.fixture(scope="module")
def served(
    demonstrated: tuple[Path, "subprocess.CompletedProcess[str]"],
) -> Iterator[dict[str, str]]:
    """The environment of a shell beside a running `outcrop up`, after the demo: what the pages show
    is said after it.
    """
    home, _ = demonstrated
    with laptop.serving(LaptopSettings(home=home)):
        path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
        yield environment({"OUTCROP_HOME": str(home), "PATH": path})


def test_the_demo_ingests_the_docs_and_ends_with_a_cited_answer(
    demonstrated: tuple[Path, "subprocess.CompletedProcess[str]"],
) -> None:
    _, ran = demonstrated
    assert ran.returncode == 0, ran.stderr
    assert "The whole difference between the homes is a set of endpoint variables" in ran.stdout
    assert "[1] docs/architecture.md, boto3 is the port" in ran.stdout
    assert "Try next" in ran.stdout


def test_every_command_that_the_docs_show_works(served: dict[str, str]) -> None:
    assert commands()
    for command in commands():
        ran = subprocess.run(
            command, shell=True, env=served, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, f"{command}: {ran.stderr}"
        assert ran.stdout or ran.stderr, f"{command} says nothing"
