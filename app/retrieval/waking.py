"""A Knowledge Base on Aurora that was paused: its first Retrieve fails until the cluster runs.

Aurora Serverless takes about 15 seconds to resume, and 30 or more after a day of pause:
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html
"""

import logging
import time
from collections.abc import Callable
from itertools import chain, repeat
from typing import TypeVar

from app.aws import cancellation
from app.errors import Waking

log = logging.getLogger(__name__)

PAUSES = (1.0, 2.0, 4.0)  # seconds between the attempts; the last of them again and again

T = TypeVar("T")


def awake(attempt: Callable[[], T], patience: float) -> T:
    """What `attempt` returns once the store runs. A turn that is cancelled, as at its deadline,
    waits no longer.

    Raises:
        Waking: it does not run when `patience` seconds have passed.
    """
    end = time.monotonic() + patience
    pauses = chain(PAUSES, repeat(PAUSES[-1]))
    while True:
        try:
            return attempt()
        except Waking as error:
            pause = next(pauses)
            if time.monotonic() + pause > end:
                raise
            log.warning("the store of the documents is starting: %s", error.detail)
        cancellation().wait(pause)
