"""Vector stores: chunks of documents, searched by vector and by words.

    put     document -- truth, in one transaction -- segment -- index
    search  vector, words and filter -- index -- numbers and scores -- truth -- hits

So it is in the embedded store. The truth is SQLite. The index is derived from it, and can be built
again from it at any time.

    contract        the interface of every store: Chunk, Hit, Store, Stores
    filters         conditions on the metadata of chunks
    rules           what may be put into a store, and asked of it
    place           where the stores of a home are
    opensearch      the stores in OpenSearch
    moving          the documents of one store into another
    embedded_stores a folder for each store
    embedded_store  the store in a folder
        truth         every document's chunks, in SQLite
        live_index    the index as it is now: changed by writes, merged beside, saved, mended
        index         segments, and which of their rows are alive
        segment       vectors, words and metadata of some chunks
            inverted, attributes, arrays      the parts of a segment, and its file
        search        a query over the index
            vector_search, word_search        the rows that are near, and those with the words
        analysis      text to terms
        spelling      the nearest term to a word that no chunk has
        bm25, fusion                          the formulas
"""

from pathlib import Path

from app.local.engine.encoder import Vectors
from app.local.engine.store.contract import (
    Chunk,
    Hit,
    Metadata,
    Store,
    StoreConfiguration,
    StoreDamaged,
    StoreError,
    StoreForeign,
    StoreFull,
    StoreInUse,
    StoreRefused,
    Stores,
    StoreUnavailable,
)
from app.local.engine.store.embedded_stores import EmbeddedStores

__all__ = [
    "Chunk",
    "EmbeddedStores",
    "Hit",
    "Metadata",
    "Store",
    "StoreConfiguration",
    "StoreDamaged",
    "StoreError",
    "StoreForeign",
    "StoreFull",
    "StoreInUse",
    "StoreRefused",
    "StoreUnavailable",
    "Stores",
    "Vectors",
    "open_embedded",
]


def open_embedded(path: Path, configuration: StoreConfiguration) -> Store:
    """Open the store in the folder `path`, and make it if it is not there.

    Raises:
        StoreInUse, StoreDamaged, StoreForeign, StoreError: see `Stores.open`.
    """
    from app.local.engine.store.embedded_store import EmbeddedStore  # imported with its index

    return EmbeddedStore(path, configuration)
