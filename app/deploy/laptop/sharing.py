"""Which command serves a home, which ones use it, and which of them ends it.

A command goes through the home's door, a lock, to begin and to end. In between it holds a lock on
`users`, which any number may share: the last one that leaves is the one that gets it for itself.
"""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import IO

from app.deploy.laptop.children import STOP_SECONDS, keeping_alive
from app.deploy.laptop.deployment import Deploy, prepare, provision_home
from app.deploy.laptop.home import identity, is_locked, locked, take
from app.deploy.laptop.processes import LOOK_SECONDS, starting
from app.deploy.laptop.record import lock_file, read_record, remove_record
from app.deploy.laptop.served import Served
from app.errors import OperatorError
from app.settings import LaptopSettings


@contextmanager
def serving(
    settings: LaptopSettings,
    deploy: Deploy = provision_home,
    on_wait: Callable[[Path], None] = lambda _home: None,
) -> Iterator[Served]:
    """Serve the home while the context lasts. If a command other than `up` serves it, wait for its
    end.

    Args:
        deploy: makes the resources.
        on_wait: is told the home once, before such a wait.

    Raises:
        OperatorError: `up` serves it already, or it cannot be served.
    """
    home = prepare(settings)
    with ExitStack() as stack:
        served, is_told = None, False
        while served is None:
            with _door(home):
                if not is_locked(lock_file(home)):
                    served = stack.enter_context(starting(settings, deploy, stays=True))
                    stack.enter_context(locked(_users(home), fcntl.LOCK_SH))
                elif (record := read_record(home)) and record.stays:
                    raise OperatorError(
                        f"{home} is being served already. Stop that first, or set OUTCROP_HOME to "
                        "serve another."
                    )
            if served is None:
                if not is_told:
                    on_wait(home)
                is_told = True
                time.sleep(LOOK_SECONDS)
        try:
            yield served
        finally:
            with nullcontext() if served.was_removed else _door(home):
                stack.close()


@contextmanager
def sharing(settings: LaptopSettings) -> Iterator[Served]:
    """Use the home that is served, or serve it until the last command that uses it has ended.

    Raises:
        OperatorError: it cannot be served.
    """
    home = prepare(settings)
    with ExitStack() as stack:
        with _door(home):
            last = _Last(home)
            served = _join(home, stack, last) or stack.enter_context(
                starting(settings, provision_home, stays=False, is_last=lambda: last.true)
            )
            users = stack.enter_context(locked(_users(home), fcntl.LOCK_SH))
        try:
            yield served
        finally:
            with _door(home):
                users.close()
                last.look()
                stack.close()


class _Last:
    """Whether a command is the last one that uses a home, checked when it leaves."""

    def __init__(self, home: Path) -> None:
        self._users, self.true = _users(home), True

    def look(self) -> None:
        """Check, holding the door's lock, after this command has stopped using it."""
        self.true = not is_locked(self._users, fcntl.LOCK_EX)


def _join(home: Path, stack: ExitStack, last: _Last) -> Served | None:
    """The home, if it is served already; else None."""
    record = read_record(home) if is_locked(lock_file(home)) else None
    if record is None:
        return None
    if not record.addresses.application:
        raise OperatorError(
            f"{home} is being served by `outcrop local`, which has no application. Stop that "
            "first, or set OUTCROP_HOME to use another."
        )
    try:
        keeping = keeping_alive(home)
        keeping.__enter__()
    except OSError:  # the processes are ending, because the command that used them was killed
        return None

    def leave() -> None:
        keeping.__exit__(None, None, None)
        if last.true and (lock := take(lock_file(home), STOP_SECONDS)):
            remove_record(home)
            lock.close()

    stack.callback(leave)
    return Served(**asdict(record.addresses), home=home, folder=identity(home))


def _users(home: Path) -> Path:
    return home / "users"


def _door(home: Path) -> AbstractContextManager[IO[str]]:
    return locked(home / "door")
