"""What of ours goes into a function's bundle. Nothing of the CDK is imported for it."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
LEFT_OUT = frozenset(("local", "cli", "deploy", "__pycache__"))
"""Folders that no function carries."""


def sources(entry: str) -> Iterator[Path]:
    """The files of the function whose folder in `lambdas/` is `entry`."""
    yield ROOT / "lambdas" / "__init__.py"
    for folder in (ROOT / "app", ROOT / "lambdas" / entry):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not LEFT_OUT & set(path.relative_to(ROOT).parts):
                yield path
