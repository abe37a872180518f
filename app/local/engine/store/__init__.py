"""Chunks of documents, searched by vector and by words.

    put     document -- truth, in one transaction -- segment -- index
    search  vector, words and filter -- index -- numbers and scores -- truth -- hits

The truth is SQLite. The index is derived from it, and can be made again from it at any time.

    contract        what every store promises: Chunk, Hit, Store
    filters         Bedrock's RetrievalFilter
    engine          the store in a folder
      truth         every document's chunks, in SQLite
      index         segments, merged as they grow, and which of their rows are alive
        segment     vectors, words and metadata of some chunks
          inverted, attributes, arrays      what it is made of, and its file
      search        a query over the index
        analysis    text to terms
        bm25, fusion                        the formulas
"""

from pathlib import Path

from app.local.engine.store.contract import (
    Chunk,
    Hit,
    Metadata,
    Store,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreInUse,
    Vectors,
)

__all__ = [
    "Chunk",
    "Hit",
    "Metadata",
    "Store",
    "StoreDamaged",
    "StoreError",
    "StoreFull",
    "StoreInUse",
    "Vectors",
    "embedded",
]


def embedded(path: Path) -> Store:
    """The store in the folder `path`, made if it is not there."""
    from app.local.engine.store.engine import Embedded

    return Embedded(path)
