"""A function's bundle: for Lambda's processor and Python, from hashed wheels, with nothing else."""

import os
import re
import struct
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infra.contents import sources

if TYPE_CHECKING:
    from infra.bundle import Bundle

BUNDLES = ("api", "ingest", "tools", "vector_index")
AARCH64 = 183  # e_machine of an ELF header
NEEDED = {
    "api": (
        "lambdas/api/run.sh",
        "lambdas/api/__main__.py",
        "app/web/__init__.py",
        "lambdas/tools/orders/tool_specs.json",
        "lambdas/tools/products/tool_specs.json",
        "fastapi",
        "uvicorn",
    ),
    "ingest": ("lambdas/ingest/handler.py", "app/documents/__init__.py", "boto3"),
    "tools": (
        "lambdas/tools/orders/handler.py",
        "lambdas/tools/products/handler.py",
        "aws_lambda_powertools",
    ),
    "vector_index": (
        "lambdas/vector_index/handler.py",
        "lambdas/vector_index/aurora.py",
        "opensearchpy",
    ),
}
NOT_CARRIED = (
    "app/local",
    "app/cli",
    "app/mcp",
    "typer",
    "rich",
    "httpx2",
    "onnxruntime",
    "numpy",
    "bin",
    "tests",
    "grpc",
    "botocore/data/ec2",
)


@pytest.fixture(scope="module")
def bundles() -> Mapping[str, "Bundle"]:
    from infra import application, ingest, tools
    from infra.stores import vector_index

    each = (application.BUNDLE, ingest.BUNDLE, tools.BUNDLE, vector_index.BUNDLE)
    return dict(zip(BUNDLES, each, strict=True))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, bundles: Mapping[str, "Bundle"]) -> Path:
    """The API's bundle and the index function's, the two with code for a processor."""
    root = tmp_path_factory.mktemp("bundles")
    for name, bundle in bundles.items():
        (root / name).mkdir()
        try:
            bundle.build(root / name)
        except subprocess.CalledProcessError:
            pytest.skip(
                "the wheels for Lambda are neither in uv's cache nor to be had from the index"
            )
    return root


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_has_what_its_function_needs_and_nothing_of_the_laptop(
    built: Path, name: str
) -> None:
    assert [path for path in NEEDED[name] if not (built / name / path).exists()] == []
    assert [path for path in NOT_CARRIED if (built / name / path).exists()] == []


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundles_machine_code_is_for_lambda(built: Path, name: str) -> None:
    from infra.wheels import PYTHON

    libraries = list((built / name).rglob("*.so"))
    for library in libraries:
        machine = struct.unpack_from("<H", library.read_bytes(), 18)[0]
        assert machine == AARCH64, library
        tags = library.name.split(".")
        assert (
            "abi3" in tags or f"cpython-{PYTHON.replace('.', '')}" in library.name or len(tags) == 2
        )
    assert libraries or name == "none"


def test_the_api_is_started_by_a_program(built: Path) -> None:
    assert os.access(built / "api" / "lambdas" / "api" / "run.sh", os.X_OK)


def test_a_bundle_that_outgrows_its_limit_is_refused(tmp_path: Path, built: Path) -> None:
    from infra.bundle import Bundle, TooLarge

    assert built
    small = Bundle("ingest", "requirements-ingest.txt", limit=10)
    with pytest.raises(TooLarge, match=r"The ingest function has \d\d\.\d MB, and may have 10"):
        small.build(tmp_path)


def test_the_hash_is_that_of_what_goes_in(bundles: Mapping[str, "Bundle"]) -> None:
    from infra.bundle import Bundle

    ingest = bundles["ingest"]
    assert len({bundle.digest() for bundle in bundles.values()}) == len(BUNDLES)
    assert ingest.digest() == Bundle("ingest", "requirements-ingest.txt", limit=1).digest()
    names = [path.as_posix() for path in sources(ingest.entry)]
    assert not [name for name in names if "/app/local/" in name or "__pycache__" in name]


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_has_botocores_data_of_what_it_calls(built: Path, name: str) -> None:
    from infra.wheels import SERVICES

    data = built / name / "botocore" / "data"
    assert {each.name for each in data.iterdir() if each.is_dir()} == set(SERVICES[name])
    assert (data / "endpoints.json").exists() or (data / "partitions.json").exists()
    called = {
        service
        for path in (built / name / "lambdas").rglob("*.py")
        for service in re.findall(r'(?:client|resource)\("([a-z0-9-]+)"', path.read_text())
    }
    assert called <= set(SERVICES[name])


def test_bytecode_is_loaded_without_a_look_at_its_source_and_is_the_same_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By this Python: a bundle has bytecode only of the runtime's own. It is in the bundle, even
    if bytecode is kept elsewhere on this machine.
    """
    from infra.wheels import IN_LAMBDA, compile_all

    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path / "elsewhere"))
    for name in ("one", "two"):
        (tmp_path / name / "package").mkdir(parents=True)
        (tmp_path / name / "package" / "module.py").write_text("def f():\n    return {'a', 'b'}\n")
        compile_all(tmp_path / name, sys.executable)
    one, two = (
        next((tmp_path / name).rglob("module.*.pyc")).read_bytes() for name in ("one", "two")
    )
    assert one == two
    assert struct.unpack_from("<I", one, 4)[0] == 0b01, "by its hash, which is not looked at"
    assert f"{IN_LAMBDA}/package/module.py".encode() in one


@pytest.mark.parametrize(
    ("script", "is_taken"),
    [
        ("echo cpython-314 final", True),
        ("echo cpython-314 alpha", False),
        ("echo pypy314 final", False),
        ("echo cpython-315 final", False),
        ("echo 'pyenv: python3.14: command not found' >&2; exit 127", False),
    ],
)
def test_only_a_release_of_the_runtimes_own_python_makes_bytecode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, is_taken: bool
) -> None:
    from infra.wheels import runtime_python

    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))
    assert runtime_python() is None
    python = tmp_path / "python3.14"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    assert runtime_python() == (str(python) if is_taken else None)


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_has_bytecode_if_the_runtimes_python_can_make_it(built: Path, name: str) -> None:
    from infra.wheels import PYTHON, runtime_python

    pycs = list((built / name).rglob("*.pyc"))
    assert bool(pycs) == bool(runtime_python())
    tag = f"cpython-{PYTHON.replace('.', '')}"
    assert not [path for path in pycs if tag not in path.name]
