"""Outcrop's own files in a function's bundle. This module does not import the CDK."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
LEFT_OUT = frozenset(("local", "cli", "mcp", "page", "deploy"))
"""Folders of `app` that no bundle contains."""


SPECS = "lambdas/tools/*/tool_specs.json"
"""The agent's tools as the application offers them to a model."""


CUSTOM_RESOURCES = ("page", "vector_index")
"""The functions that CloudFormation calls, and that answer it."""


def sources(entry: str) -> Iterator[Path]:
    """The files of the function whose folder in `lambdas/` is `entry`."""
    yield ROOT / "lambdas" / "__init__.py"
    for folder in (ROOT / "app", ROOT / "lambdas" / entry):
        for path in sorted(folder.rglob("*")):
            parts = path.relative_to(ROOT).parts
            is_left_out = parts[0] == "app" and parts[1] in LEFT_OUT
            if path.is_file() and not is_left_out and "__pycache__" not in parts:
                yield path
    if entry in CUSTOM_RESOURCES:
        yield ROOT / "lambdas" / "cloudformation.py"
    if entry == "api":
        yield from sorted(ROOT.glob(SPECS))
