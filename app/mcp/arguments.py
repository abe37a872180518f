"""The arguments of a call, checked before anything is done with them."""

import json

from app.errors import InvalidRequest, TooLarge
from app.tools import Arguments, Tool
from app.tools import check as check_by_schema

LARGEST = 64 * 1024
"""The most bytes that the arguments of a call may have, as JSON."""


def check(tool: Tool, arguments: Arguments) -> None:
    """Check arguments by the input schema of a tool.

    Raises:
        CallerError: naming the argument, and the rule that it breaks.
    """
    try:
        size = len(json.dumps(arguments))
    except RecursionError:
        raise InvalidRequest("The arguments are nested too deeply.", field="arguments") from None
    if size > LARGEST:
        raise TooLarge(
            f"The arguments have {size:,} bytes as JSON, and may have {LARGEST:,} at most.",
            field="arguments",
        )
    if refusal := check_by_schema(tool, arguments):
        raise InvalidRequest(refusal.message, field="arguments")
