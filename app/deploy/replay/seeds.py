"""Fills the tools' tables with their first items, exactly as those of a deployed stack."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.deploy.replay.document import TemplateError
from app.settings import environment

REPOSITORY = Path(__file__).parents[3]
SEEDS = {"OrdersTable": ("orders", "customer=local"), "ProductsTable": ("products",)}
"""The output with a table's name -> its tool, and further attributes of its items."""


def seed(outputs: Mapping[str, Any]) -> None:
    """Fill the tables; items that exist stay as they are.

    Raises:
        TemplateError: a table refuses the items.
    """
    for output, (tool, *owner) in SEEDS.items():
        if output in outputs:
            command = [sys.executable, "-m", "lambdas.tools.seed", tool, outputs[output], *owner]
            process = subprocess.run(
                command,
                check=False,
                cwd=REPOSITORY,
                env=environment({}),
                capture_output=True,
                text=True,
            )
            if process.returncode:
                last = process.stderr.strip().splitlines()[-1:]
                raise TemplateError(f"{outputs[output]} cannot be filled: {''.join(last)}")
