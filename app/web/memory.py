"""How the C library is to hand out memory to a process of many threads."""

import ctypes
from contextlib import suppress

M_ARENA_MAX = -8  # of mallopt(3)


def share_one_arena() -> None:
    """Let all threads share one pool of memory; before the first of them starts.

    By itself glibc gives up to eight pools to each core, so that threads do not wait for each
    other. Python's threads take turns anyway, and what each pool keeps for itself is ten kilobytes
    a turn. Other C libraries have no such pools, and are left alone.
    """
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
