"""The stores of bases: one for each, opened when it is first used, and then held open."""

import logging
import threading
from collections.abc import Iterable
from typing import get_args

from app.local.engine import Engine
from app.local.engine.encoder import Languages
from app.local.engine.store import Store, StoreConfiguration, StoreDamaged, StoreForeign

log = logging.getLogger(__name__)


class BaseStores:
    """The engine's stores, by the ids of the bases."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._stores = engine, engine.stores
        self._configuration = {
            languages: StoreConfiguration(encoder.dimension, encoder.identity)
            for languages in get_args(Languages)
            for encoder in [engine.encoder_of(languages)]
        }
        self._opening = threading.Lock()
        self._open: dict[str, Store] = {}

    def of(self, base: str, languages: Languages) -> Store:
        """The store of a base, whose vectors are of the encoder for these languages."""
        with self._opening:
            if base not in self._open:
                self._open[base] = self._open_store(base, self._configuration[languages])
            return self._open[base]

    def remove_all_but(self, bases: Iterable[str]) -> None:
        """Remove the store of every other base."""
        for base in self._stores.names() - set(bases):
            self.remove(base)

    def remove(self, base: str) -> None:
        """Remove a base's store with its contents."""
        with self._opening:
            if base in self._open:
                self._open.pop(base).close()
            self._stores.remove(base)

    def forget_others(self) -> None:
        """Forget what the engine remembers of documents that no open store has."""
        with self._opening:
            documents = [store.documents() for store in self._open.values()]
        self._engine.keep(set().union(*documents))

    def close(self) -> None:
        with self._opening:
            while self._open:
                self._open.popitem()[1].close()

    def _open_store(self, base: str, configuration: StoreConfiguration) -> Store:
        try:
            return self._stores.open(base, configuration)
        except (StoreDamaged, StoreForeign) as error:
            log.warning("The documents of %s are indexed again: %s", base, error)
            self._stores.remove(base)
            return self._stores.open(base, configuration)
