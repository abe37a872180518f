"""The stores of the bases: one a base, opened when it is first asked for, and then kept open."""

import logging
import shutil
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from app.local.engine.store import Store, StoreDamaged

log = logging.getLogger(__name__)


class Stores:
    """Stores by base.

    Args:
        home: the folder that holds a folder a base.
        open_store: opens the store in a folder, and makes it if it is not there.
    """

    def __init__(self, home: Path, open_store: Callable[[Path], Store]) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._home = home
        self._open_store = open_store
        self._opening = threading.Lock()
        self._open: dict[str, Store] = {}

    def of(self, base: str) -> Store:
        with self._opening:
            if base not in self._open:
                self._open[base] = self._opened(self._home / base)
            return self._open[base]

    def keep(self, bases: Iterable[str]) -> None:
        """Remove the files of every other base."""
        for folder in {path.name for path in self._home.iterdir() if path.is_dir()} - set(bases):
            self.remove(folder)

    def remove(self, base: str) -> None:
        """Remove a base's store and its files."""
        with self._opening:
            if base in self._open:
                self._open.pop(base).close()
            if (self._home / base).exists():
                shutil.rmtree(self._home / base)

    def close(self) -> None:
        with self._opening:
            while self._open:
                self._open.popitem()[1].close()

    def _opened(self, folder: Path) -> Store:
        try:
            return self._open_store(folder)
        except StoreDamaged:
            log.exception("The store %s is damaged: its documents are indexed again", folder)
            shutil.rmtree(folder)
            return self._open_store(folder)
