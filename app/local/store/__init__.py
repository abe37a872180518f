"""Chunks, searched by vector and by words."""

from pathlib import Path

from app.local.store.contract import (
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
    from app.local.store.engine import Embedded

    return Embedded(path)
