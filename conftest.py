"""What is collected: a module without a test or a doctest is not imported to look for one.

Pytest's `--doctest-modules` imports every module to read its docstrings. That would load the CDK,
and the Node behind it, for a run of one test of the command line.
"""

from pathlib import Path

PROMPT = b">>> "


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave a module out that has neither tests nor doctests; None lets others decide."""
    path = collection_path
    if path.suffix != ".py" or path.name.startswith("test_") or path.name == "conftest.py":
        return None
    return None if PROMPT in path.read_bytes() else True
