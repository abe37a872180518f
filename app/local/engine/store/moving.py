"""A store's documents into another store.

It may stop at any moment, and goes on where it was: a document that is in the target already is
read there and compared. Each document is read back from the target before it counts as moved.
"""

import json
from collections.abc import Iterator
from hashlib import blake2b

from app.local.engine.store.contract import Chunk, Store, StoreError

TOGETHER = 100  # documents between two refreshes of the target


def move(source: Store, target: Store) -> Iterator[int]:
    """Make the target hold what the source does. Yields how many documents it holds so far, each
    read back and compared.

    Raises:
        StoreError: the target does not hold what was put into it.
    """
    target.refresh()
    before = target.documents()
    documents = sorted(source.documents())
    for first in range(0, len(documents), TOGETHER):
        waiting = {}
        for document in documents[first : first + TOGETHER]:
            chunks = source.chunks(document)
            expected = digest(chunks)
            if document not in before or digest(target.chunks(document)) != expected:
                target.put(document, chunks)
                waiting[document] = expected
        target.refresh()
        for document, expected in waiting.items():
            if digest(target.chunks(document)) != expected:
                raise StoreError(f"{document} is not what it was after it was moved; try again.")
        yield min(first + TOGETHER, len(documents))
    for document in before.keys() - set(documents):
        target.delete(document)
    target.refresh()
    if target.documents() != source.documents():
        raise StoreError("The two stores do not hold the same number of chunks; try again.")


def digest(chunks: list[Chunk]) -> str:
    """A checksum of chunks: their ids, texts, metadata, neighbours and vectors, to the last bit."""
    sum_ = blake2b(digest_size=16)
    for chunk in chunks:
        metadata = json.dumps(dict(chunk.metadata), sort_keys=True)
        neighbours = chunk.neighbours.json() if chunk.neighbours else ""
        fields = (chunk.id, chunk.text, metadata, chunk.parent, chunk.context, neighbours)
        sum_.update(json.dumps(fields).encode())
        sum_.update(b"" if chunk.vector is None else chunk.vector.astype("<f4").tobytes())
    return sum_.hexdigest()
