"""Waiting until what was made is usable."""

import time
from collections.abc import Callable

from app.deploy.replay.document import JSON, TemplateError

SECONDS, PAUSE = 30, 0.02


def until(look: Callable[[], JSON], status: str) -> JSON:
    """What `look` shows, once its status is none that passes: CREATING, UPDATING, PREPARING.

    Raises:
        TemplateError: it has failed, for the reasons that it tells, or does not come to an end.
    """
    deadline = time.monotonic() + SECONDS
    while True:
        shown = look()
        if not shown[status].endswith("ING"):
            break
        if time.monotonic() > deadline:
            raise TemplateError(f"it is still {shown[status]} after {SECONDS} s")
        time.sleep(PAUSE)
    if shown[status].endswith(("FAILED", "UNSUCCESSFUL")):
        reasons = shown.get("failureReasons") or shown.get("statusReasons") or ["no reason is told"]
        raise TemplateError(f"it is {shown[status]}: {'; '.join(reasons)}")
    return shown
