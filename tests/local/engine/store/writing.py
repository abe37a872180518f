"""A process that writes to a store until it is killed, and what it must have written by then."""

import random
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

from app.local.engine.store import Chunk, Store, open_embedded
from tests.local.engine.store.samples import CONFIGURATION, chunk

Operation = tuple[str, list[Chunk] | None]  # a document, and its chunks; None deletes it
Documents = dict[str, list[Chunk]]


def operations(seed: int) -> Iterator[Operation]:
    """Without end, and the same for the same seed. A chunk says which put wrote it."""
    dice = random.Random(seed)
    for step in range(10**9):
        document = f"s3://b/{dice.randrange(12)}"
        if dice.random() < 0.2:
            yield document, None
            continue
        yield (
            document,
            [
                chunk(
                    f"{seed}-{step}-{n}", dice.randrange(50), metadata={"seed": seed, "step": step}
                )
                for n in range(dice.choice([1, 3, 40, 90]))
            ],
        )


def apply(store: Store, operation: Operation) -> None:
    document, chunks = operation
    if chunks is None:
        store.delete(document)
    else:
        store.put(document, chunks)


def after(documents: Documents, operation: Operation) -> Documents:
    """What a store holds then, if this was in it."""
    document, chunks = operation
    others = {
        name: chunks_of_document
        for name, chunks_of_document in documents.items()
        if name != document
    }
    return others if chunks is None else {**others, document: chunks}


def write(path: Path, seed: int, acknowledge: Connection) -> None:
    """Never returns. Sends one byte for each operation that has returned."""
    store = open_embedded(path, CONFIGURATION)
    for operation in operations(seed):
        apply(store, operation)
        acknowledge.send_bytes(b".")
