"""The store in OpenSearch beside the embedded one: whether the same questions find the same
abstracts, and how long they take.

SciFact's 5,183 abstracts and 300 test claims; the same vectors in all stores. OpenSearch compares
every vector (exact), and then asks its graph (HNSW), as beyond 10,000 chunks. Then both stores, by
turns, at several sizes of the corpus that `scale` uses too (`_corpus`).

    python -m tests.bench opensearch                           a node is started for it
    python -m tests.bench opensearch:http://127.0.0.1:9200     one that runs
"""

import gzip
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np
from opensearchpy import OpenSearch

from app.deploy.opensearch import install, running
from app.errors import OperatorError
from app.local.engine.store import (
    Chunk,
    Store,
    StoreConfiguration,
    StoreUnavailable,
    Vectors,
    open_embedded,
)
from app.local.engine.store.filters import Condition, Filter
from app.local.engine.store.opensearch import store as opensearch_store
from app.local.engine.transformer import Encoder
from app.settings import opensearch_folder
from tests.bench._corpus import recall, write_corpus
from tests.bench._scale_engine import Corpus
from tests.opensearch.node import free_ports, fresh_folder
from tests.opensearch.stores import index_of, indexes
from tests.quality.scifact import FOLDER, Relevant, ndcg, questions, relevant
from tests.tables import Table

LIMIT = 10
TOGETHER = 50  # abstracts of a put
SIZES = (10_000, 100_000)  # chunks
ASKED = 200  # questions of a size
PATIENCE = 600  # seconds
WAYS: Mapping[str, tuple[bool, Filter | None]] = {  # with words, and by which filter
    "hybrid": (True, None),
    "vectors": (False, None),
    "2 % pass": (True, Condition("equals", "tenant", "tenant-7")),
}
COLUMNS = (
    "search", "store", "the same 10", "the same at each rank", "nDCG@10", "p50 ms", "p95 ms",
)  # fmt: skip
Answers = Mapping[str, Sequence[str]]  # of each claim, the abstracts


def run(url: str | None = None) -> Iterator[Table]:
    with ExitStack() as stack:
        if url is None:
            try:
                distribution = install(opensearch_folder())
            except OperatorError as error:
                yield Table("OpenSearch", (), (), notes=[f"skipped: {error.detail}"])
                return
            folder = stack.enter_context(fresh_folder())
            [node] = stack.enter_context(running(distribution, folder, free_ports(1)))
            url = node.url
        scratch = Path(stack.enter_context(TemporaryDirectory()))
        if FOLDER.exists():
            yield table(url, scratch)
        else:
            yield Table("OpenSearch", (), (), notes=["skipped: ../shared/eval/scifact is not here"])
        yield side_by_side([row for size in SIZES for row in sized(url, scratch, size)])


def table(url: str, scratch: Path) -> Table:
    encoder = Encoder()
    judged = relevant("test")
    claims = questions()
    vectors = dict(zip(judged, encoder.encode([claims[name] for name in judged]), strict=True))
    chunks = _chunks(encoder)
    configuration = StoreConfiguration(encoder.dimension)
    with indexes(url) as open_store:
        embedded = open_embedded(scratch / "embedded", configuration)
        real = open_store(scratch / "real", configuration)
        built = {}
        for name, store in (("embedded", embedded), ("OpenSearch", real)):
            start = time.perf_counter()
            for first in range(0, len(chunks), TOGETHER):
                store.put(f"s3://scifact/{first}", chunks[first : first + TOGETHER])
            store.refresh()
            built[name] = time.perf_counter() - start
        rows = []
        for search in ("HYBRID", "SEMANTIC"):
            texts = claims if search == "HYBRID" else None
            expected, times = _ask(embedded, vectors, texts)
            rows.append(_row(search, "embedded", expected, expected, judged, times))
            for way, exact in (("OpenSearch, exact", True), ("OpenSearch, HNSW", False)):
                with patch.object(opensearch_store, "EXACT", len(chunks) if exact else 0):
                    answers, times = _ask(real, vectors, texts)
                rows.append(_row(search, way, expected, answers, judged, times))
        embedded.close()
        real.close()
        megabytes = stored_bytes(url, index_of(scratch / "real")) / 1e6
    notes = [f"{name}: built in {seconds:.0f} s" for name, seconds in built.items()]
    notes.append(f"OpenSearch: {megabytes:.1f} MB on the disk")
    return Table(
        f"OpenSearch, {len(chunks):,} abstracts, {len(judged)} claims", COLUMNS, rows, notes
    )


def stored_bytes(url: str, index: str) -> int:
    """What an index takes on the disk, without its copies."""
    with OpenSearch(url) as client:
        stats = client.indices.stats(index=index, metric="store")
    return int(stats["_all"]["primaries"]["store"]["size_in_bytes"])


def side_by_side(rows: Sequence[Sequence[str]]) -> Table:
    columns = ("chunks", "store", "built, chunks/s", *(f"{way}, p50 / p95 ms" for way in WAYS))
    return Table("Both stores, as they grow", (*columns, "vectors, recall@10"), rows)


def sized(url: str, scratch: Path, size: int) -> Iterator[tuple[str, ...]]:
    """A row for each store, which were filled with the same chunks and asked by turns."""
    exact = write_corpus(scratch / f"corpus-{size}", size)
    corpus = Corpus(scratch / f"corpus-{size}")
    configuration = StoreConfiguration(corpus.asked.shape[1])
    with indexes(url) as open_store, ExitStack() as closing_stores:
        stores: dict[str, Store] = {
            "embedded": open_embedded(scratch / f"embedded-{size}", configuration),
            "OpenSearch": open_store(scratch / f"real-{size}", configuration),
        }
        built = {}
        for name, store in stores.items():
            closing_stores.callback(store.close)
            start = time.perf_counter()
            for document, chunks in corpus.documents():
                store.put(document, chunks)
            until_shown(store)
            built[name] = size / (time.perf_counter() - start)
        times = {name: {way: list[float]() for way in WAYS} for name in stores}
        nearest: dict[str, list[list[int]]] = {name: [] for name in stores}
        for number, (question, vector) in enumerate(
            zip(corpus.questions, corpus.asked, strict=True)
        ):
            if number >= ASKED:
                break
            for name, store in stores.items():
                for way, (has_words, where) in WAYS.items():
                    start = time.perf_counter()
                    hits = store.search(vector, question if has_words else None, LIMIT, where)
                    times[name][way].append(1000 * (time.perf_counter() - start))
                    if way == "vectors":
                        nearest[name].append([int(hit.id) for hit in hits])
    for name in stores:
        quantiles = [np.quantile(times[name][way], [0.5, 0.95]) for way in WAYS]
        cells = (f"{p50:.1f} / {p95:.1f}" for p50, p95 in quantiles)
        found = recall(nearest[name], exact)
        yield f"{size:,}", name, f"{built[name]:.0f}", *cells, f"{found:.3f}"


def until_shown(store: Store) -> None:
    """Wait for what was written: OpenSearch may be busy for longer than a request waits."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            store.refresh()
        except StoreUnavailable:
            if time.monotonic() > until:
                raise
        else:
            return


def _chunks(encoder: Encoder) -> list[Chunk]:
    with gzip.open(FOLDER / "corpus.jsonl.gz", "rt") as file:
        abstracts = [json.loads(line) for line in file]
    texts = [f"{each['title']}\n{each['text']}" for each in abstracts]
    vectors = encoder.encode(texts)
    return [
        Chunk(abstract["_id"], text, {}, vector)
        for abstract, text, vector in zip(abstracts, texts, vectors, strict=True)
    ]


def _ask(
    store: Store, vectors: Mapping[str, Vectors], texts: Mapping[str, str] | None
) -> tuple[Answers, list[float]]:
    """The ten best of each claim, and the milliseconds that each took."""
    answers, times = {}, []
    for name, vector in vectors.items():
        start = time.perf_counter()
        hits = store.search(vector, texts[name] if texts else None, LIMIT)
        times.append(1000 * (time.perf_counter() - start))
        answers[name] = [hit.id for hit in hits]
    return answers, times


def _row(
    search: str,
    way: str,
    expected: Answers,
    answers: Answers,
    judged: Relevant,
    times: Sequence[float],
) -> tuple[str, ...]:
    same = np.mean([len(set(expected[name]) & set(answers[name])) / LIMIT for name in judged])
    at_rank = np.mean(
        [
            one == other
            for name in judged
            for one, other in zip(expected[name], answers[name], strict=True)
        ]
    )
    gain = np.mean([ndcg(list(answers[name]), judged[name]) for name in judged])
    p50, p95 = np.quantile(times, [0.5, 0.95])
    return (
        *(search, way, f"{same:.4f}", f"{at_rank:.4f}", f"{gain:.3f}"),
        *(f"{p50:.1f}", f"{p95:.1f}"),
    )
