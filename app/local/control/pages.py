"""Pages of lists, by the parameters `maxResults` and `nextToken`.

A token names its list and the last item of the page. So items that are added or removed between
two pages do not make others appear twice, or not at all.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from app.local.control.records import digest
from app.local.wire import JSON, ServiceError

DEFAULT_RESULTS = 100
MAX_RESULTS = 1000
T = TypeVar("T")


def position(operation: str, params: JSON) -> Any | None:
    """The last item of the page before, by the request's `nextToken`; None without a token.

    Raises:
        ServiceError: ValidationException, the token is not one of this list.
    """
    token = params.get("nextToken")
    if token is None:
        return None
    try:
        scope, last = json.loads(base64.b64decode(token, altchars=b"-_", validate=True))
    except (ValueError, TypeError, binascii.Error):
        scope = last = None
    if scope != _scope(operation, params):
        raise ServiceError(
            "ValidationException",
            "nextToken: it is not a token that this request was answered with. Send the same "
            "parameters with it, or none to begin again.",
        )
    return last


def token(operation: str, params: JSON, last: Any) -> str:
    """The `nextToken` of a page that ended with `last`, a JSON value."""
    text = json.dumps([_scope(operation, params), last])
    return base64.b64encode(text.encode(), altchars=b"-_").decode()


def page(
    operation: str,
    params: JSON,
    items: Iterable[T],
    key: Callable[[T], Any],
    *,
    descending: bool = False,
    most: int = MAX_RESULTS,
) -> tuple[list[T], JSON]:
    """The page of `items` that a request asks for, and the member `nextToken` if more items follow.

    The items are sorted by `key`, a unique JSON value. A page has at most `most` items, whatever
    `maxResults` says.
    """
    last = position(operation, params)
    rest = sorted(items, key=key, reverse=descending)
    if last is not None:
        rest = [item for item in rest if (key(item) < last if descending else key(item) > last)]
    limit = min(params.get("maxResults", DEFAULT_RESULTS), most)
    if len(rest) <= limit:
        return rest, {}
    return rest[:limit], {"nextToken": token(operation, params, key(rest[limit - 1]))}


def _scope(operation: str, params: JSON) -> str:
    filters = {name: value for name, value in params.items() if name not in _PAGING}
    return digest([operation, filters])[:16]


_PAGING = ("nextToken", "maxResults")
