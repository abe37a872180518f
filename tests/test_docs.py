"""The docs are run: what they show works, and what the code has is in them."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import __version__
from app.cli import laptop
from app.settings import LaptopSettings, environment
from tests.docs import DOCS, ROOT, pages

BLOCK = re.compile(r"(?ms)^```(\w+)\n(.*?)^```$")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")
WRITTEN = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def blocks(language: str) -> list[tuple[str, str]]:
    return [
        (page.name, block[2])
        for page in WRITTEN
        for block in BLOCK.finditer(page.read_text())
        if block[1] == language
    ]


def commands() -> list[str]:
    """Every line of shell in the docs, without its comment."""
    lines = [line for _, block in blocks("sh") for line in block.splitlines()]
    return [line.split(" #")[0].strip() for line in lines if line.strip()]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a shell beside a running `outcrop up`."""
    home = tmp_path_factory.mktemp("docs")
    with laptop.serving(LaptopSettings(home=home)):
        path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
        yield environment({"OUTCROP_HOME": str(home), "PATH": path})


def test_the_generated_parts_are_current() -> None:
    stale = [page.name for page, text in pages() if not page.exists() or page.read_text() != text]
    assert not stale, "run `make docs`"


def test_every_command_that_the_docs_show_works(served: dict[str, str]) -> None:
    assert commands()
    for command in commands():
        ran = subprocess.run(
            command, shell=True, env=served, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, f"{command}: {ran.stderr}"
        assert ran.stdout or ran.stderr, f"{command} says nothing"


def test_every_json_that_the_docs_show_is_json() -> None:
    for _, block in blocks("json"):
        json.loads(block)


def test_every_link_in_the_docs_leads_somewhere() -> None:
    for page in WRITTEN:
        for link in LINK.findall(page.read_text()):
            assert (page.parent / link).exists(), f"{page.name} links to {link}"


def test_the_version_is_the_same_everywhere() -> None:
    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text()
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text()
