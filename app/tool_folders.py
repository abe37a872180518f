"""Where the agent's tools are: a folder of `lambdas/tools/` for each group of them.

Whoever makes a home reads them (`app.tools.declaration`), and the settings know whose variables
begin with a group's name. This imports nothing, so that the stack's template is made without the
application's packages.
"""

from collections.abc import Iterator
from pathlib import Path

TOOLS = Path(__file__).parents[1] / "lambdas" / "tools"


def tool_groups(folder: Path = TOOLS) -> Iterator[str]:
    """The names of the groups, in their order: folders with a `handler.py`."""
    return (path.parent.name for path in sorted(folder.glob("*/handler.py")))


def tool_prefix(group: str) -> str:
    """What the names of the variables of a group's function begin with.

    >>> tool_prefix("orders")
    'OUTCROP_ORDERS_'
    """
    return f"OUTCROP_{group.upper()}_"
