"""Ctrl-C, SIGTERM and a terminal that is closed, for commands that serve until they are stopped."""

import signal
import sys
from threading import Event
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop:
    """Receives these signals from when it is made.

    While the command starts, a signal interrupts it: a start may wait for another command, or for
    minutes. Once `wait` is called, and while the command ends, signals only make `wait` return, so
    that what the command has started is stopped in order.
    """

    def __init__(self) -> None:
        self._received = Event()
        self._interrupts = True
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN or number != signal.SIGHUP:
                signal.signal(number, self._receive)  # nohup has it ignored

    def wait(self, seconds: float) -> bool:
        """Wait for a signal, for at most so long; whether one was received."""
        self._interrupts = False
        return self._received.wait(seconds)

    def set(self) -> None:
        """Have `wait` return, as by a signal."""
        self._received.set()

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        self._received.set()
        if self._interrupts:
            self._interrupts = False
            if number == signal.SIGINT:
                raise KeyboardInterrupt
            sys.exit(128 + number)
