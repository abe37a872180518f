"""Fills the tools' tables with their first items, exactly as those of a deployed stack."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.deploy.replay.document import TemplateError
from app.settings import environment
from app.tools.declaration import declarations

REPOSITORY = Path(__file__).parents[3]
PRINCIPAL = "local"


def seed(outputs: Mapping[str, Any]) -> None:
    """Fill the tables, whose names are outputs such as OrdersTable; items that exist stay as they
    are.

    Raises:
        TemplateError: a table refuses the items.
    """
    for tool in declarations():
        table = outputs.get(output_name(tool.group))
        if table is None or not tool.has_seed:
            continue
        owner = [f"{name}={value}" for name, value in tool.owned(PRINCIPAL).items()]
        process = subprocess.run(
            [sys.executable, "-m", "lambdas.tools.seed", tool.group, table, *owner],
            check=False,
            cwd=REPOSITORY,
            env=environment({}),
            capture_output=True,
            text=True,
        )
        if process.returncode:
            last = process.stderr.strip().splitlines()[-1:]
            raise TemplateError(f"{table} cannot be filled: {''.join(last)}")


def output_name(group: str) -> str:
    """The output of the template with the name of a tool's table.

    >>> output_name("gift_cards")
    'GiftCardsTable'
    """
    return f"{group.title().replace('_', '')}Table"
