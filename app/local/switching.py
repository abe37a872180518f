"""How soon a thread has to let another run."""

import sys

SECONDS = 0.0005


def switch_soon() -> None:
    """Have threads take turns ten times as often as by Python's own 5 ms. A search lets go of the
    interpreter in each step that NumPy takes without it, some dozens of times, and may wait so long
    for it again each time, while a document is indexed or segments are merged.
    """
    sys.setswitchinterval(SECONDS)
