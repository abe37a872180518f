"""The wheels of a function's bundle, and what is taken from them and added to them.

This module does not import the CDK.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

PYTHON, PLATFORM = "3.14", "aarch64-manylinux2014"
RUNTIME = f"cpython-{PYTHON.replace('.', '')} final"
"""What a Python that makes bytecode for the runtime says of itself."""

MEGABYTE = 1_000_000
IN_LAMBDA = "/var/task"

_BEDROCK = ("bedrock", "bedrock-agent", "bedrock-agent-runtime", "bedrock-runtime", "lambda", "s3")
"""The services of `app.aws.clients`."""

SERVICES: Mapping[str, tuple[str, ...]] = {
    "api": (*_BEDROCK, "dynamodb"),
    "ingest": (*_BEDROCK, "sqs"),
    "page": ("s3",),
    "tools": ("dynamodb",),
    "vector_index": ("rds-data",),
}
"""The services that each function calls, by boto3's names."""


def runtime_python() -> str | None:
    """A Python of the runtime's version, whose bytecode Lambda can load: this one or another on the
    PATH; None if there is none. A command of that name is asked what it is: a version manager has
    one for each version that it knows, and another implementation may have taken the name.
    """
    for python in (sys.executable, shutil.which(f"python{PYTHON}")):
        if python and _describe(python) == RUNTIME:
            return python
    return None


@cache
def _describe(python: str) -> str:
    """The name that a Python gives its bytecode, and whether it is a release; empty if it does not
    run.
    """
    program = "import sys; print(sys.implementation.cache_tag, sys.version_info.releaselevel)"
    try:
        ran = subprocess.run(
            [python, "-I", "-c", program], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ran.stdout.strip() if ran.returncode == 0 else ""


def size_of(folder: Path) -> float:
    """Megabytes of its files."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / MEGABYTE


def drop_other_services(target: Path, services: Sequence[str]) -> None:
    """Remove botocore's data of the services that a function does not call. What they share, such
    as its endpoints, stays.
    """
    for folder in sorted((target / "botocore" / "data").iterdir()):
        if folder.is_dir() and folder.name not in services:
            shutil.rmtree(folder)


def compile_all(target: Path, python: str) -> None:
    """Write bytecode beside every module. It is not compared with the source when it is loaded,
    because a time of the source is not the same where it is unpacked. Paths in it are those in
    Lambda, and the same modules give the same bytes.
    """
    modules = ["-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    where = ["-s", str(target), "-p", IN_LAMBDA, str(target)]
    variables = {"PYTHONHASHSEED": "0", "PYTHONPYCACHEPREFIX": ""}  # a prefix would lead elsewhere
    subprocess.run([python, *modules, *where], check=True, env=os.environ | variables)


def install(requirements: Path, target: Path) -> None:
    """Install the wheels for Lambda."""
    uv = Path(sys.executable).with_name("uv")
    options = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--no-installer-metadata"]
    where = ["--target", str(target), "--python-version", PYTHON, "--python-platform", PLATFORM]
    subprocess.run(
        [uv, "pip", "install", "--quiet", *options, *where, "-r", requirements], check=True
    )
    shutil.rmtree(target / "bin", ignore_errors=True)
    (target / ".lock").unlink(missing_ok=True)
