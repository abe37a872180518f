"""A process that writes to a store until it is killed, and what it must have written by then."""

import random
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

from app.local.engine.store import Chunk, Store, open_embedded
from tests.local.engine.store.samples import CONFIGURATION, chunk

Operation = dict[str, list[Chunk] | None]
"""Documents, and their chunks; None deletes it. Several are put together."""
Documents = dict[str, list[Chunk]]


def operations(seed: int) -> Iterator[Operation]:
    """Without end, and the same for the same seed. A chunk says which put wrote it."""
    dice = random.Random(seed)
    for step in range(10**9):
        documents = dice.sample(range(12), dice.choice([1, 1, 1, 4]))
        if len(documents) == 1 and dice.random() < 0.25:
            yield {_name(documents[0]): None}
            continue
        yield {
            _name(document): [
                chunk(
                    f"{seed}-{step}-{document}-{n}",
                    dice.randrange(50),
                    metadata={"seed": seed, "step": step},
                )
                for n in range(dice.choice([1, 3, 40, 90]))
            ]
            for document in documents
        }


def _name(document: int) -> str:
    return f"s3://b/{document}"


def apply(store: Store, operation: Operation) -> None:
    put = {document: chunks for document, chunks in operation.items() if chunks is not None}
    for document in operation.keys() - put.keys():
        store.delete(document)
    if len(put) == 1:
        store.put(*next(iter(put.items())))
    elif put:
        store.put_all(put)


def after(documents: Documents, operation: Operation) -> Documents:
    """What a store holds then, if this was in it."""
    changed = {**documents, **operation}
    return {document: chunks for document, chunks in changed.items() if chunks is not None}


def write(path: Path, seed: int, acknowledge: Connection) -> None:
    """Never returns. Sends one byte for each operation that has returned."""
    store = open_embedded(path, CONFIGURATION)
    for operation in operations(seed):
        apply(store, operation)
        acknowledge.send_bytes(b".")
