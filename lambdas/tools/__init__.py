"""What an agent may call: an action group a folder, each a Lambda of its own.

    contract.py   the one tool contract: functions with typed parameters, called by an event
    orders/       the status of an order, the orders of whoever asks
    products/     search, prices
    seed.py       what the tables hold for a first try

A folder holds the functions (`handler.py`), what an agent is told of them (`action_group.json`,
written from the functions by `python -m lambdas.tools`) and what its table holds for a first try
(`seed.json`).
"""

import json
from pathlib import Path
from typing import Any

TOOLS = Path(__file__).parent
NAMES = ("orders", "products")


def action_group(name: str) -> dict[str, Any]:
    """What an agent is told of these tools: name, description and functionSchema, as the parameters
    of CreateAgentActionGroup have them.
    """
    told: dict[str, Any] = json.loads((TOOLS / name / "action_group.json").read_text())
    return told
