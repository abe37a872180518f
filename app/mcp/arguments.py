"""The arguments of a call, checked before anything is done with them."""

import json
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from app.errors import InvalidRequest, TooLarge

LARGEST = 64 * 1024
"""The most bytes that the arguments of a call may have, as JSON."""
LONGEST_MESSAGE = 300  # characters; a rule's message quotes the value that breaks it


def check(arguments: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    """Check arguments by the input schema of a tool.

    >>> check({"limit": 0}, {"properties": {"limit": {"minimum": 1}}})
    Traceback (most recent call last):
    app.errors.InvalidRequest: limit: 0 is less than the minimum of 1.

    Raises:
        CallerError: naming the argument, and the rule that it breaks.
    """
    try:
        size = len(json.dumps(arguments, ensure_ascii=False, allow_nan=False).encode())
    except (ValueError, RecursionError):  # NaN, half of a surrogate pair, a thousand levels
        raise InvalidRequest(
            "arguments: they have to be JSON of whole characters and finite numbers, and not "
            "nested too deep.",
            field="arguments",
        ) from None
    if size > LARGEST:
        raise TooLarge(
            f"arguments: they have {size:,} bytes, and may have {LARGEST:,} at most.",
            field="arguments",
        )
    fault = best_match(Draft202012Validator(schema).iter_errors(arguments))
    if fault is not None:
        field = ".".join(map(str, fault.absolute_path)) or "arguments"
        message = fault.message
        if len(message) > LONGEST_MESSAGE:
            message = f"{message[:LONGEST_MESSAGE]}..."
        raise InvalidRequest(f"{field}: {message}.", field=field)
