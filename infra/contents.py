"""Outcrop's own files in a function's bundle. This module does not import the CDK."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
LEFT_OUT = frozenset(("local", "cli", "mcp", "page", "deploy", "__pycache__"))
"""Folders that no bundle contains."""


SPECS = "lambdas/tools/*/tool_specs.json"
"""The agent's tools as the application offers them to a model."""


def sources(entry: str) -> Iterator[Path]:
    """The files of the function whose folder in `lambdas/` is `entry`."""
    yield ROOT / "lambdas" / "__init__.py"
    for folder in (ROOT / "app", ROOT / "lambdas" / entry):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not LEFT_OUT & set(path.relative_to(ROOT).parts):
                yield path
    if entry == "api":
        yield from sorted(ROOT.glob(SPECS))
