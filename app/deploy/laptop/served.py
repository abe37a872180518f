"""A home whose processes run, as a command that uses it sees it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.deploy.laptop.children import Child, rotate
from app.deploy.laptop.home import identity, is_locked
from app.deploy.laptop.record import Addresses, lock_file, read_record
from app.errors import OperatorError
from app.settings import LaptopSettings


@dataclass(frozen=True, kw_only=True)
class Served(Addresses):
    """A home that this process uses.

    Attributes:
        folder: by which it is noticed that another folder is in its place, or none.
        children: those of its processes that this one started.
    """

    home: Path
    folder: tuple[int, int] | None
    children: Sequence[Child] = field(default=())

    def death(self) -> OperatorError | None:
        """The error of a process that has ended, or of a home that was removed, if one has or
        was.
        """
        if self.was_removed:
            return OperatorError(
                f"{self.home} was removed or replaced while it was served: what is put in now "
                "would be lost. Start again."
            )
        for child in self.children:
            if death := child.death():
                return death
        if not self.children and not is_locked(lock_file(self.home)):
            return OperatorError(
                f"What served {self.home} has ended; stand-in.log and application.log there say "
                "more. The stored data is kept."
            )
        return None

    @property
    def was_removed(self) -> bool:
        """Whether another folder is in the home's place, or none."""
        return identity(self.home) != self.folder

    def keep_small(self) -> None:
        """Rotate the logs that have grown too large."""
        for child in self.children:
            rotate(child.log)


def running(settings: LaptopSettings) -> Addresses | None:
    """The addresses of the home, if it is served."""
    record = read_record(settings.home) if is_locked(lock_file(settings.home)) else None
    return record.addresses if record else None
