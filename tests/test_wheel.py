"""What is built from here, installed elsewhere: the command says what it is, and what it needs.

`tests/programs/test_wheel.py` lets it serve a home.
"""

from pathlib import Path

import pytest

from tests.wheel import build, install_alone, install_with_packages, run


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def outcrop(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install_with_packages(wheel, tmp_path_factory.mktemp("fresh"))


def test_the_command_says_its_version_and_python_runs_it_as_a_module(
    wheel: Path, outcrop: Path, tmp_path: Path
) -> None:
    version = wheel.name.split("-")[1]
    assert run(outcrop, tmp_path, "--version") == f"outcrop {version}"
    assert run(outcrop.with_name("python"), tmp_path, "-m", "app", "--version").endswith(version)


def test_what_needs_a_checkout_says_so(outcrop: Path, tmp_path: Path) -> None:
    assert "is in a checkout only" in run(outcrop, tmp_path, "demo", code=1)
    assert "in a checkout of Outcrop only" in run(outcrop, tmp_path, "deploy", code=1)


def test_the_command_without_its_packages_says_how_to_install_them(
    wheel: Path, tmp_path: Path
) -> None:
    output = run(install_alone(wheel, tmp_path / "bare"), tmp_path, "--help", code=1)
    assert "is missing. Install what the command line needs" in output
