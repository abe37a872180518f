"""A thread that does the same thing again and again, and goes on whatever happens.

Every thread that the stand-in starts for its own work is a Loop. A thread that dies of an exception
that nobody thought of would stop a queue, or the whole ingestion, in silence.
"""

import logging
from collections.abc import Callable
from threading import Event, Thread

FIRST_PAUSE = 0.5  # seconds after a step that failed; twice as long after each that follows
LONGEST_PAUSE = 5.0

log = logging.getLogger(__name__)


class Loop(Thread):
    """Takes one step after the other until it is told to stop.

    A step that raises is logged and taken again after a pause; nothing but `stop` ends the loop.

    Args:
        name: of the thread.
        step: what is done. It looks at `stopping`, or is woken, when it may take long.
        passing: errors that may pass by themselves, such as a full disk. They are logged in one
            line, all others with their traceback.

    Attributes:
        stopping: set once the loop is to stop.
    """

    def __init__(
        self, name: str, step: Callable[[], None], passing: tuple[type[Exception], ...] = ()
    ) -> None:
        super().__init__(name=name, daemon=True)
        self.stopping = Event()
        self.step = step
        self._passing = passing

    def stop(self) -> None:
        """Tell it to stop after the step that it is at."""
        self.stopping.set()

    def wait_for_end(self, seconds: float | None = None) -> None:
        """Return when the thread has ended or the seconds are over; at once if it was never
        started.
        """
        if self.is_alive():
            self.join(seconds)

    def run(self) -> None:
        pause = FIRST_PAUSE
        while not self.stopping.is_set():
            try:
                self.step()
            except BaseException as error:  # noqa: BLE001 - SystemExit would end it in silence
                if self.stopping.is_set():
                    return
                self._report(error)
                self.stopping.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            else:
                pause = FIRST_PAUSE

    def _report(self, error: BaseException) -> None:
        if isinstance(error, self._passing):
            log.warning("%s is held up, and goes on soon: %s", self.name, _brief(error))
        else:
            log.error("%s failed, and goes on soon", self.name, exc_info=error)


def _brief(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
