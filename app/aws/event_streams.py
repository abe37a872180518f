"""The events of a streamed response, as botocore reads them.

botocore takes it that a service keeps to its model. Of a payload that does not, it raises whatever
Python does: an AttributeError, a UnicodeDecodeError, a RecursionError.
"""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from botocore.eventstream import ParserError

_UNREADABLE = (
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,  # and of these UnicodeDecodeError, and what JSON and base64 raise
)

E = TypeVar("E")


def events_of(stream: Iterable[E]) -> Iterator[E]:
    """The events of a stream, which its caller closes.

    Raises:
        ParserError: one of them is not what the service's model says. Other errors are botocore's.
    """
    events = iter(stream)
    while True:
        try:
            event = next(events)
        except StopIteration:
            return
        except _UNREADABLE as error:
            raise ParserError(f"an event cannot be read ({type(error).__name__})") from error
        yield event
