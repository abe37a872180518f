"""The stores of one home: a folder each, under one folder."""

import shutil
from collections.abc import Callable
from pathlib import Path

from app.local.engine.store.contract import Store, StoreConfiguration

FILES = ("truth.sqlite*", "*.segment", "*.aside", "in-use*")
OpenStore = Callable[[Path, StoreConfiguration], Store]


class EmbeddedStores:
    """See `Stores`.

    Args:
        folder: holds them; made with the first of them.
        open_store: opens the store in a folder, and makes it if it is not there.
    """

    def __init__(self, folder: Path, open_store: OpenStore) -> None:
        self._folder = folder
        self._open_store = open_store

    def open(self, name: str, configuration: StoreConfiguration) -> Store:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._open_store(self._folder / name, configuration)

    def remove(self, name: str) -> None:
        if (self._folder / name).exists():
            shutil.rmtree(self._folder / name)

    def remove_files(self, name: str) -> None:
        """Remove the store's own files, and leave the ledger of one in OpenSearch that is there
        beside them.
        """
        for pattern in FILES:
            for file in (self._folder / name).glob(pattern):
                file.unlink()

    def names(self) -> set[str]:
        if not self._folder.exists():
            return set()
        return {path.name for path in self._folder.iterdir() if path.is_dir()}
