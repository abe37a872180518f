"""The first search after a start, whose twelve hits late interaction reads: by the encoder, as when
there is no file of tokens, from that file, and once they are in memory.

    before     what a restart cost without the file
    after      what it costs with it

Each engine is a new one for each round, as after a start, and the three take turns. Beside them
stands what ingestion pays: the same passages embedded with nothing remembered, in memory alone, and
in the file as well.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from app.local.engine import LATE_BYTES, LATE_FILE, LATE_FILE_BYTES
from app.local.engine.late_order import FIRST, LONGEST
from app.local.engine.retrieval import Query, retrieve
from app.local.engine.store import Chunk, StoreConfiguration
from app.local.engine.store.embedded_store import EmbeddedStore
from app.local.engine.token_file import TokenFile
from app.local.engine.token_memory import TokenMemory
from app.local.engine.transformer import Encoder
from tests.bench.embedding import Texts
from tests.tables import Table

PASSAGES, TOKENS = 60, 300
ROUNDS = 15


def run() -> Iterator[Table]:
    texts = Texts(np.random.default_rng(2))
    passages = [texts.text(TOKENS) for _ in range(PASSAGES)]
    questions = [texts.text(8) for _ in range(ROUNDS)]
    encoder = Encoder()
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        store = EmbeddedStore(folder / "store", StoreConfiguration(encoder.dimension))
        yield _embedding(folder, encoder, passages)
        file = _file(folder / LATE_FILE)
        vectors = TokenMemory(encoder, 0, file).embed(passages, passages, LONGEST)
        for number, (text, vector) in enumerate(zip(passages, vectors, strict=True)):
            store.put(text, [Chunk(str(number), text, {}, vector)])
        yield _searches(store, encoder, file, questions)
        file.close()
        store.close()


def _searches(
    store: EmbeddedStore, encoder: Encoder, file: TokenFile, questions: list[str]
) -> Table:
    milliseconds: dict[str, list[float]] = {"the encoder": [], "the file": [], "memory": []}
    for question in questions:
        memory = TokenMemory(encoder, LATE_BYTES, file)
        ways = {"the encoder": TokenMemory(encoder, LATE_BYTES), "the file": memory}
        for name, late in (*ways.items(), ("memory", memory)):
            search = partial(retrieve, encoder, store, Query(question, 10, by_words=True), late)
            milliseconds[name].append(_milliseconds(search))
    return _table(
        f"The first search, {PASSAGES} passages of {TOKENS} tokens: its {FIRST} hits are read from",
        milliseconds,
    )


def _embedding(folder: Path, encoder: Encoder, passages: list[str]) -> Table:
    milliseconds: dict[str, list[float]] = {"nothing": [], "memory": [], "memory and the file": []}
    for number in range(ROUNDS // 3):
        file = _file(folder / str(number) / LATE_FILE)
        ways: Mapping[str, Callable[[], object]] = {
            "nothing": partial(encoder.encode, passages),
            "memory": partial(TokenMemory(encoder, LATE_BYTES).embed, passages, passages, LONGEST),
            "memory and the file": partial(
                TokenMemory(encoder, LATE_BYTES, file).embed, passages, passages, LONGEST
            ),
        }
        for name, embed in ways.items():
            milliseconds[name].append(_milliseconds(embed) / len(passages))
        file.close()
    return _table("Embedding a passage, and remembering its tokens in", milliseconds)


def _milliseconds(act: Callable[[], object]) -> float:
    """Of processor time of all threads, which other work on the machine mostly leaves out."""
    began = time.process_time()
    act()
    return 1000 * (time.process_time() - began)


def _file(path: Path) -> TokenFile:
    return TokenFile(path, LATE_FILE_BYTES, Encoder.dimension, "int8")


def _table(title: str, milliseconds: Mapping[str, list[float]]) -> Table:
    medians = {name: statistics.median(some) for name, some in milliseconds.items()}
    least = min(medians.values())
    rows = [(name, f"{one:.1f}", f"{one / least:.2f}") for name, one in medians.items()]
    return Table(title, ("from or in", "processor ms, median", "times the least"), rows)
