"""The end of the process that started this one."""

import os
import signal
import sys
from threading import Thread


def end_with_input() -> None:
    """End this process by SIGTERM when its standard input is closed, as it is when the process that
    holds its other end has ended, in whatever way.
    """
    Thread(target=_read_to_end, daemon=True).start()


def _read_to_end() -> None:
    try:
        while os.read(
            sys.stdin.fileno(), 1024
        ):  # unbuffered: a thread must not hold the buffer's lock
            pass
    finally:  # an input that cannot be read, such as a closed terminal's, has ended too
        os.kill(os.getpid(), signal.SIGTERM)
