"""A clock for what lasts: how long a message is hidden, how old it is.

The system's clock jumps: it is set right after a start, or set back, and it goes on while a laptop
sleeps. What waits until a time of that clock would then wait for a day too long, or be given up.
"""

import time


class SteadyClock:
    """Seconds since 1970 by the system's clock at the start, and from then on as the machine works:
    never back, and not further while it sleeps.

    Args:
        not_before: the latest time that an earlier process has written down. The clock begins
            there where the system's was set back meanwhile.
    """

    def __init__(self, not_before: float = 0.0) -> None:
        self._start = max(time.time(), not_before) - time.monotonic()

    def __call__(self) -> float:
        return self._start + time.monotonic()
