"""`python -m app.local.reindex --home DIR --target FILE`: moves the chunks of a home from its
folder into OpenSearch; with `--source FILE` back.

    each base   its documents into the new store, read back and compared
    switch      the home remembers the new place, from one moment to the next
    tidy        the old stores are removed

FILE says which OpenSearch, as for `python -m app.local`. It
prints a line of JSON for each step, `{"base": ..., "done": ..., "total": ...}`. Before the switch
the home is as it was, wherever this stops; called again, it goes on. After the switch nothing is
moved any more: what could not be removed is told, as `"left"`, and removed when it is called again.
No stand-in may run. It ends when its standard input is closed.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from app.local.bedrock_agent.knowledge_bases.bases import languages
from app.local.bedrock_agent.knowledge_bases.state import State
from app.local.database import Damaged, InUse
from app.local.engine.multilingual import MultilingualEncoder
from app.local.engine.store import (
    EmbeddedStores,
    Store,
    StoreConfiguration,
    StoreDamaged,
    StoreError,
    StoreForeign,
    Stores,
    open_embedded,
)
from app.local.engine.store.moving import move
from app.local.engine.store.opensearch.endpoint import Endpoint
from app.local.engine.store.opensearch.stores import OpenSearchStores
from app.local.engine.store.place import EMBEDDED, open_stores, place_of, switch
from app.local.engine.transformer import Encoder
from app.local.parent import end_with_input


def reindex(home: Path, source: Path | None, target: Path | None) -> Iterator[dict[str, object]]:
    """Move the chunks. Yields each step.

    Raises:
        StoreError: a store cannot be used, or both places are of one kind.
        InUse: a stand-in runs on this home.
        Damaged: the state of the home's Knowledge Bases cannot be read.
    """
    if (source is None) == (target is None):
        raise StoreError(
            "The chunks go from the home into OpenSearch, or back. From one OpenSearch to another, "
            "move them back first."
        )
    folder = home / "knowledge" / "stores"
    with closing(State(home / "knowledge" / "state.sqlite")) as state:
        configurations = _configurations(state)
        endpoint = Endpoint.read(target) if target else None
        place = endpoint.place if endpoint else EMBEDDED
        if place_of(folder) != place:
            old = open_stores(folder, source)
            new = OpenSearchStores(endpoint, folder) if endpoint else _embedded(folder)
            for base, configuration in configurations.items():
                yield from _move(old, new, base, configuration)
            switch(folder, place)
        yield from _tidy(folder, source, configurations)


def _move(
    old: Stores, new: Stores, base: str, configuration: StoreConfiguration
) -> Iterator[dict[str, object]]:
    with (
        closing(old.open(base, configuration)) as from_store,
        closing(_opened(new, base, configuration)) as to_store,
    ):
        total = len(from_store.documents())
        yield {"base": base, "done": 0, "total": total}
        for done in move(from_store, to_store):
            yield {"base": base, "done": done, "total": total}


def _tidy(folder: Path, source: Path | None, bases: Iterable[str]) -> Iterator[dict[str, object]]:
    """Remove the stores where the chunks were. Yields what could not be removed."""
    try:
        if source is None:
            stores = _embedded(folder)
            for base in bases:
                stores.remove_files(base)
        elif ledgers := OpenSearchStores.ledgers(folder):
            old = OpenSearchStores(Endpoint.read(source), folder)
            for base in ledgers:
                old.remove(base)
    except (StoreError, OSError) as error:
        yield {"left": str(error)}


def _configurations(state: State) -> dict[str, StoreConfiguration]:
    """Of each base, what its store is opened with."""
    encoder = Encoder()
    configurations = {
        name: StoreConfiguration(one.dimension, one.identity)
        for name, one in (("english", encoder), ("multilingual", MultilingualEncoder(encoder)))
    }
    with state.transaction() as db:
        rows = db.execute("SELECT * FROM knowledge_bases").fetchall()
        return {row["id"]: configurations[languages(row)] for row in rows}


def _opened(stores: Stores, base: str, configuration: StoreConfiguration) -> Store:
    """The store that is filled; a new one where what a stop has left cannot be read."""
    try:
        return stores.open(base, configuration)
    except (StoreDamaged, StoreForeign):
        if isinstance(stores, EmbeddedStores):
            stores.remove_files(base)  # the ledger beside them is the source's
        else:
            stores.remove(base)
        return stores.open(base, configuration)


def _embedded(folder: Path) -> EmbeddedStores:
    return EmbeddedStores(folder, open_embedded)


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m app.local.reindex", description=__doc__)
    arguments.add_argument("--home", type=Path, required=True)
    arguments.add_argument("--source", type=Path, help="which OpenSearch has the chunks")
    arguments.add_argument("--target", type=Path, help="which OpenSearch gets them")
    options = arguments.parse_args()
    end_with_input()
    try:
        for step in reindex(options.home, options.source, options.target):
            print(json.dumps(step), flush=True)  # noqa: T201
    except (StoreError, InUse, Damaged) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
