"""Waits until a resource can be used."""

import time
from collections.abc import Callable

from app.deploy.replay.document import JSON, TemplateError

SECONDS, PAUSE = 30, 0.02


def until(look: Callable[[], JSON], status: str) -> JSON:
    """Wait while the status is CREATING, UPDATING or PREPARING; the last description.

    Raises:
        TemplateError: the resource has failed, with its reasons, or takes too long.
    """
    deadline = time.monotonic() + SECONDS
    while True:
        description = look()
        if not description[status].endswith("ING"):
            break
        if time.monotonic() > deadline:
            raise TemplateError(f"it is still {description[status]} after {SECONDS} s")
        time.sleep(PAUSE)
    if description[status].endswith(("FAILED", "UNSUCCESSFUL")):
        reasons = (
            description.get("failureReasons")
            or description.get("statusReasons")
            or ["no reason given"]
        )
        raise TemplateError(f"it is {description[status]}: {'; '.join(reasons)}")
    return description
