"""A search in the index of a million chunks, without the hour in which they are put.

    python -m tests.bench large_index                   20,000 chunks, five times
    python -m tests.bench large_index:100000,10         others

Chunks of `_corpus` are put into a store. Their index is there several times: the words in other
orders, under lengths that differ by up to ten terms, with vectors of its own, made as the corpus's
are. So a question's words are of no chunk that is near to it, which is the harder case. The index
alone is searched; a store reads ten rows of its truth besides. Times are the thread's own.

Then questions are asked while another thread merges segments as a store does beside. Of what a
question waited for anything but a processor, that counts in which other threads of the process ran:
they had the interpreter. On a busy machine the rest is mostly a thread that lost the processor
while it had the interpreter.
"""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import count, cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

import numpy as np

from app.local.engine.store import StoreConfiguration
from app.local.engine.store.checked import Matrix
from app.local.engine.store.embedded_store import EmbeddedStore
from app.local.engine.store.filters import Condition, Filter
from app.local.engine.store.index import Index, Part
from app.local.engine.store.live_index import PAUSE
from app.local.engine.store.search import search
from app.local.engine.store.segment import Segment, signs
from tests.bench import _corpus
from tests.bench._scale_engine import DIMENSION, LIMIT, Corpus, on_processor
from tests.tables import Table

ARGUMENT = "20000,5"
MERGED = 4  # segments at a time
SECONDS = 30
WAYS: dict[str, tuple[bool, Filter | None]] = {
    "vectors": (False, None),
    "hybrid": (True, None),
    "hybrid, 80 % pass a filter": (True, Condition("greaterThan", "year", 2004)),
    "hybrid, 2 % pass a filter": (True, Condition("equals", "tenant", "tenant-7")),
}


def run(argument: str = ARGUMENT) -> Iterator[Table]:
    size, times = map(int, argument.split(","))
    random = np.random.default_rng(size)
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _corpus.write_corpus(folder / "corpus", size)
        corpus = Corpus(folder / "corpus")
        base = _put(corpus, folder / "store")
        vectors = [_vectors(random, size) for _ in range(times)]
        index = Index(tuple(_copies(random, base, vectors, folder)))
        subjects = random.choice(size * times, len(corpus.questions), replace=False)
        whole = np.concatenate(vectors)
        asked = _corpus._moved(random, whole[subjects], _real())
        exact = _corpus.nearest(whole, asked)
        del vectors, whole
        rows = [_measure(index, way, asked, corpus.questions, exact) for way in WAYS]
        waits = [
            _waits("alone", index, asked, corpus.questions),
            _waits_beside_merges(index, asked, corpus.questions, folder),
        ]
    yield Table(
        f"A search in the index of {size * times:,} chunks",
        ("search", "p50 processor ms", "p95", "recall@10"),
        rows,
    )
    yield Table(
        f"A question to {size * times:,} chunks, and merges of {MERGED} segments beside",
        ("asked", "questions", "waited, p99 / longest ms", "others ran, p99 / longest ms"),
        waits,
    )


def _put(corpus: Corpus, folder: Path) -> Segment:
    """The index of the corpus as one segment."""
    with closing(EmbeddedStore(folder, StoreConfiguration(DIMENSION))) as store:
        for name, chunks in corpus.documents():
            store.put(name, chunks)
        store.settle()
        index = store._live.current
        return index.merge(range(len(index.parts)))


def _copies(
    random: np.random.Generator, base: Segment, vectors: list[Any], folder: Path
) -> Iterator[Part]:
    for number, own in enumerate(vectors):
        places = random.permutation(len(base)).astype(np.int32)
        lengths = np.empty_like(base.lengths)
        lengths[places] = np.maximum(1, base.lengths + random.integers(-10, 11, len(base)))
        heads, tails = signs(own)
        copy = replace(
            base,
            numbers=np.arange(number * len(base), (number + 1) * len(base)),
            vectors=Matrix(own),
            heads=heads,
            tails=tails,
            lengths=lengths,
            words=base.words.move(places)._sorted(),
            attributes=base.attributes.move(places),
        )
        path = folder / f"{number}.segment"
        copy.save(path)
        yield Part.whole(Segment.load(path), number)


def _vectors(random: np.random.Generator, size: int) -> Any:
    real = _real()
    _, topic = _corpus._documents(random, size, len(real))
    others = real[random.integers(len(real), size=size)]
    mixed = _corpus._unit(real[topic] + _corpus._uniform(random, _corpus.MIXED, size) * others)
    return _corpus._moved(random, mixed, real)


def _real() -> Any:
    return _corpus._encoded(tuple(_corpus.real_passages()))


def _measure(
    index: Index, way: str, asked: Any, questions: list[str], exact: list[set[int]]
) -> tuple[str, ...]:
    has_words, where = WAYS[way]
    milliseconds, numbers = list[float](), list[list[int]]()
    for vector, question in zip(asked, questions, strict=True):
        begin = time.thread_time()
        hits, _ = search(index, vector, question if has_words else None, LIMIT, where)
        numbers.append(hits.tolist())
        milliseconds.append(1e3 * (time.thread_time() - begin))
    p50, p95 = np.quantile(milliseconds, [0.5, 0.95])
    recall = "" if has_words else f"{_corpus.recall(numbers, exact):.3f}"
    return way, f"{p50:.1f}", f"{p95:.1f}", recall


def _waits_beside_merges(
    index: Index, asked: Any, questions: list[str], folder: Path
) -> tuple[str, ...]:
    stop, merged = Event(), count()

    def merge() -> None:
        while not stop.is_set():
            index.merge(range(MERGED), lambda: time.sleep(PAUSE)).save(folder / "merged.segment")
            Segment.load(folder / "merged.segment")
            next(merged)

    merger = Thread(target=merge)
    merger.start()
    try:
        row = _waits("beside merges", index, asked, questions)
    finally:
        stop.set()
        merger.join()
    return (f"{row[0]}, {next(merged)} of them", *row[1:])


def _waits(name: str, index: Index, asked: Any, questions: list[str]) -> tuple[str, ...]:
    """What questions waited for anything but a processor, and in how much of that other threads of
    the process ran.
    """
    waits, others = list[float](), list[float]()
    until = time.perf_counter() + SECONDS
    for vector, question in cycle(zip(asked, questions, strict=True)):
        begin, busy = time.perf_counter(), on_processor()
        process, thread = time.process_time(), time.thread_time()
        search(index, vector, question, LIMIT, None)
        wait = 1e3 * (time.perf_counter() - begin) - (on_processor() - busy)
        ran = 1e3 * ((time.process_time() - process) - (time.thread_time() - thread))
        waits.append(max(0.0, wait))
        others.append(max(0.0, min(wait, ran)))
        if time.perf_counter() > until:
            break
    return name, str(len(waits)), _late(waits), _late(others)


def _late(milliseconds: list[float]) -> str:
    return f"{np.quantile(milliseconds, 0.99):.1f} / {max(milliseconds):.1f}"
