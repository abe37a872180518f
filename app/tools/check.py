"""Checks the arguments of a call, as a model wrote them, before the tool is called.

A tool's function checks its parameters again. This check is the runner's own: it refuses what the
tool has no parameter for, and costs no call.
"""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from app.tools.json_schema import problems
from app.tools.tool import Refusal, Tool

MOST_PROBLEMS = 5


def check(tool: Tool, arguments: object) -> Refusal | None:
    """A refusal that names each field at fault and its rule, for the model to mend; None if the
    arguments fit the tool's input schema. Null stands for an argument that may be left out.

    >>> schema = {"type": "object", "properties": {"limit": {"type": "integer", "maximum": 20}}}
    >>> tool = Tool("my_orders", "List orders.", schema, lambda arguments, session: Refusal("."))
    >>> check(tool, {"limit": 99})
    Refusal(message='limit: it has to be at most 20.', misuse=True)
    """
    if not isinstance(arguments, Mapping):
        return Refusal("The arguments have to be an object.", misuse=True)
    try:
        first = list(islice(problems(tool.input_schema, _present(tool, arguments)), MOST_PROBLEMS))
    except (RecursionError, OverflowError):
        return Refusal("The arguments are nested too deeply, or too large a number.", misuse=True)
    if not first:
        return None
    rules = "; ".join(f"{field}: {rule}" if field else rule for field, rule in first)
    return Refusal(f"{rules}.", misuse=True)


def _present(tool: Tool, arguments: Mapping[str, Any]) -> dict[str, Any]:
    required = tool.input_schema.get("required", ())
    return {
        name: value for name, value in arguments.items() if value is not None or name in required
    }
