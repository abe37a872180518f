"""What is built from here, installed elsewhere: the command starts and serves a home."""

import signal
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from app.settings import environment

ROOT = Path(__file__).parents[1]
UV = Path(sys.executable).with_name("uv")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = tmp_path_factory.mktemp("built")
    build = [str(UV), "build", "--wheel", "--offline", "--out-dir", str(built), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    [wheel] = built.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def outcrop(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of the wheel, with the packages that it needs: those of our environment."""
    fresh = tmp_path_factory.mktemp("fresh")
    command = installed(wheel, fresh)
    [site_packages] = fresh.glob("lib/*/site-packages")
    # What is installed as editable in there, our own code, is not found by this way.
    (site_packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return command


def installed(wheel: Path, folder: Path) -> Path:
    """The command, in a new environment that has the wheel and nothing else."""
    venv.create(folder)
    python = str(folder / "bin" / "python")
    install = [str(UV), "pip", "install", "--offline", "--no-deps", "--python", python, str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    return folder / "bin" / "outcrop"


def elsewhere(home: Path) -> dict[str, str]:
    """The environment of a shell that knows nothing of this checkout."""
    return environment({"OUTCROP_HOME": "", "PYTHONPATH": "", "XDG_DATA_HOME": str(home)})


def run(outcrop: Path, home: Path, *words: str, code: int = 0) -> str:
    """What it says, run from elsewhere."""
    ran = subprocess.run(
        [outcrop, *words],
        cwd=home,
        env=elsewhere(home),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == code, ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    return " ".join((ran.stdout + ran.stderr).split())


def test_the_command_starts_and_answers(outcrop: Path, tmp_path: Path) -> None:
    assert "Usage: outcrop" in run(outcrop, tmp_path, "--help")
    assert f"free for {tmp_path}/outcrop" in run(outcrop, tmp_path, "doctor")
    (tmp_path / "notes.md").write_text("The beekeeper of the village is called Ambrosius.")
    assert "1 of 1 documents indexed" in run(outcrop, tmp_path, "ingest", "notes.md")
    assert "Ambrosius [1]" in run(outcrop, tmp_path, "ask", "What is the beekeeper called?")
    assert (tmp_path / "outcrop" / "s3").is_dir(), "nothing is kept in site-packages"


def test_the_command_says_its_version_and_python_runs_it_as_a_module(
    wheel: Path, outcrop: Path, tmp_path: Path
) -> None:
    version = wheel.name.split("-")[1]
    assert run(outcrop, tmp_path, "--version") == f"outcrop {version}"
    assert run(outcrop.with_name("python"), tmp_path, "-m", "app", "--version").endswith(version)


def test_the_installed_wheel_serves_a_home_that_answers_with_a_source(
    outcrop: Path, tmp_path: Path
) -> None:
    (tmp_path / "notes.md").write_text("The beekeeper of the village is called Ambrosius.")
    with subprocess.Popen(
        [outcrop, "up", "--json"],
        cwd=tmp_path,
        env=elsewhere(tmp_path),
        stdout=subprocess.PIPE,
        text=True,
    ) as up:
        assert up.stdout
        assert "".join(iter(up.stdout.readline, "}\n")), "it says where it serves"
        run(outcrop, tmp_path, "ingest", "notes.md")
        answer = run(outcrop, tmp_path, "ask", "What is the beekeeper called?")
        up.send_signal(signal.SIGINT)
    assert "Ambrosius [1]" in answer
    assert "[1] notes.md" in answer


def test_what_needs_a_checkout_says_so(outcrop: Path, tmp_path: Path) -> None:
    assert "is in a checkout only" in run(outcrop, tmp_path, "demo", code=1)
    assert "in a checkout of Outcrop only" in run(outcrop, tmp_path, "deploy", code=1)


def test_the_command_without_its_packages_says_how_to_install_them(
    wheel: Path, tmp_path: Path
) -> None:
    output = run(installed(wheel, tmp_path / "bare"), tmp_path, "--help", code=1)
    assert "is missing. Install what the command line needs" in output
