"""What the tools' tables hold for a first try, put in as it is into those of a deployed stack."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.deploy.replay.document import TemplateError
from app.settings import environment

REPOSITORY = Path(__file__).parents[3]
SEEDS = {"OrdersTable": ("orders", "customer=local"), "ProductsTable": ("products",)}
"""Output that names a table -> the tool that it is of, and what its items say besides."""


def seed(outputs: Mapping[str, Any]) -> None:
    """Fill the tables; what is in there already stays as it is.

    Raises:
        TemplateError: a table does not take it.
    """
    for output, (tool, *owner) in SEEDS.items():
        if output in outputs:
            command = [sys.executable, "-m", "lambdas.tools.seed", tool, outputs[output], *owner]
            ran = subprocess.run(
                command,
                check=False,
                cwd=REPOSITORY,
                env=environment({}),
                capture_output=True,
                text=True,
            )
            if ran.returncode:
                last = ran.stderr.strip().splitlines()[-1:]
                raise TemplateError(f"{outputs[output]} cannot be filled: {''.join(last)}")
