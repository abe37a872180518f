"""The wheel that is built from here, and its command in an environment of its own."""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from app.settings import environment

ROOT = Path(__file__).parents[1]
UV = Path(sys.executable).with_name("uv")


def build(folder: Path) -> Path:
    """The wheel, built into a folder."""
    command = [str(UV), "build", "--wheel", "--offline", "--out-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    return wheel


def install_with_packages(wheel: Path, folder: Path) -> Path:
    """The wheel's command, with the packages that it needs: those of our environment."""
    command = install_alone(wheel, folder)
    [site_packages] = folder.glob("lib/*/site-packages")
    # What is installed as editable in there, our own code, is not found by this way.
    (site_packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return command


def install_alone(wheel: Path, folder: Path) -> Path:
    """The command, in a new environment that has the wheel and nothing else."""
    venv.create(folder)
    python = str(folder / "bin" / "python")
    command = [str(UV), "pip", "install", "--offline", "--no-deps", "--python", python, str(wheel)]
    subprocess.run(command, check=True, capture_output=True)
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
