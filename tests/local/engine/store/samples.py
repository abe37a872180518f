"""Chunks to test with, and what a store that keeps nothing but a dictionary would answer."""

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from hypothesis import settings

from app.local.engine.store import Chunk, Metadata, StoreConfiguration, Vectors
from app.local.engine.store.filters import Condition, Filter

DIMENSION = 384
CONFIGURATION = StoreConfiguration(DIMENSION)
PROPERTY = settings(deadline=None, derandomize=True, max_examples=60)  # the same on any machine

_WORDS = """
    amber bridge candle delta ember forest granite harbour island juniper kettle lantern meadow
    nickel orchard pepper quarry ribbon saddle timber umbrella velvet willow yellow zephyr
"""
WORDS = _WORDS.split()


@lru_cache
def vector(seed: int, dimension: int = DIMENSION) -> Vectors:
    """A unit vector of its own for every seed."""
    direction = np.random.default_rng(seed).standard_normal(dimension)
    unit: Vectors = (direction / np.linalg.norm(direction)).astype(np.float32)
    return unit


def sentence(seed: int, words: int = 8) -> str:
    return " ".join(np.random.default_rng(seed).choice(WORDS, words))


def chunk(name: str, seed: int, text: str | None = None, metadata: Metadata | None = None) -> Chunk:
    return Chunk(name, sentence(seed) if text is None else text, metadata or {}, vector(seed))


def passes(metadata: Metadata, where: Filter | None) -> bool:
    """What a filter means, said without an index."""
    if where is None:
        return True
    if isinstance(where, Condition):
        if where.key not in metadata:
            return where.passes_without
        return where.passing([metadata[where.key]])[0]
    combine = all if where.quantifier == "all" else any
    return combine(passes(metadata, member) for member in where.members)


def nearest(
    chunks: Iterable[Chunk], query: Vectors, limit: int, where: Filter | None = None
) -> list[tuple[str, float]]:
    """The ids and scores that a SEMANTIC search is to give, by comparing everything."""
    scores = [
        (each.id, 1 / (3 - 2 * float(each.vector.astype(float) @ query.astype(float))))
        for each in chunks
        if each.vector is not None and passes(each.metadata, where)
    ]
    return sorted(scores, key=lambda pair: (-round(pair[1], 6), pair[0]))[:limit]
