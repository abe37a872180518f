"""Makes several calls at the same time, for one turn.

Each call has a thread of its own and the caller's context: its cancellation breaks off all of them,
and no thread is left behind when the results, or the first failure, are there.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")


def side_by_side(calls: Sequence[Callable[[], T]], at_once: int) -> list[T]:
    """The results of calls, in their order; at most `at_once` of them are under way.

    Raises:
        Exception: what the first call, in their order, that failed has raised. All have ended then.

    >>> side_by_side([lambda: 1, lambda: 2], 2)
    [1, 2]
    """
    if len(calls) < 2:
        return [call() for call in calls]
    with ThreadPoolExecutor(min(at_once, len(calls)), "side-by-side") as threads:
        futures = [threads.submit(copy_context().run, call) for call in calls]
        return [future.result() for future in futures]
