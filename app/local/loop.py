"""Threads that repeat a step for ever, whatever it raises.

Every thread that the stand-in starts for its own work is a Loop. If such a thread died of an
unexpected exception, a queue or the whole ingestion would stop in silence.
"""

import logging
from collections.abc import Callable
from threading import Event, Thread

FIRST_PAUSE = 0.5  # seconds after a failed step; doubled after each further failure
LONGEST_PAUSE = 5.0

log = logging.getLogger(__name__)


class Loop(Thread):
    """Repeats a step until it is told to stop.

    A step that raises is logged and repeated after a pause; only `stop` ends the loop.

    Args:
        name: of the thread.
        step: the work. A long step has to check `stopping`, or be woken by its owner.
        passing: errors that may pass by themselves, such as a full disk. They are logged in one
            line, all others with their traceback.

    Attributes:
        stopping: set once the loop has to stop.
    """

    def __init__(
        self, name: str, step: Callable[[], None], passing: tuple[type[Exception], ...] = ()
    ) -> None:
        super().__init__(name=name, daemon=True)
        self.stopping = Event()
        self.step = step
        self._passing = passing

    def stop(self) -> None:
        """Tell the loop to stop after the current step."""
        self.stopping.set()

    def wait_for_end(self, seconds: float | None = None) -> None:
        """Wait until the thread has ended, for at most `seconds`. A loop that was never started
        has ended.
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
