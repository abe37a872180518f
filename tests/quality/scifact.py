"""Retrieval of scientific abstracts for claims: words, vectors, both, and late interaction.

5,183 abstracts, one chunk each; the 300 claims of the test split. The weight of the vectors against
the words was chosen on the train split.
"""

import gzip
import json
import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from app.local.engine.late_order import LONGEST
from app.local.engine.retrieval import Query, retrieve
from app.local.engine.store import Chunk, StoreConfiguration, Vectors
from app.local.engine.store.embedded_store import EmbeddedStore
from app.local.engine.store.word_search import scored_rows
from app.local.engine.token_memory import TokenMemory
from app.local.engine.transformer import Encoder
from tests.quality import CORPORA
from tests.tables import Table

FOLDER = CORPORA / "scifact"
DEPTH = 100
MEMORY = 500_000_000  # bytes of tokens: all abstracts are read once
Relevant = Mapping[str, Mapping[str, int]]  # of each question, the documents and how much
Ranking = list[str]  # documents, best first

FLOORS = {
    "words": ("BM25, k1 1.5, b 0.75, stemmed", 0.686, 0.819, 0.913),
    "vectors": ("all-MiniLM-L6-v2, published", 0.645, math.nan, math.nan),
    "hybrid": ("what makes a hybrid worth having", 0.700, math.nan, math.nan),
    "late": ("", math.nan, math.nan, math.nan),
}


def run() -> Iterator[Table]:
    if not FOLDER.exists():
        yield Table("scifact", (), (), notes=["skipped: ../shared/eval/scifact is not here"])
        return
    memory = TokenMemory(Encoder(), MEMORY)
    with TemporaryDirectory() as scratch:
        store = filled(Path(scratch), memory)
        yield table(store, memory, relevant("test"))
        store.close()


def filled(folder: Path, memory: TokenMemory) -> EmbeddedStore:
    store = EmbeddedStore(folder, StoreConfiguration(memory.encoder.dimension))
    with gzip.open(FOLDER / "corpus.jsonl.gz", "rt") as file:
        abstracts = [json.loads(line) for line in file]
    texts = [f"{each['title']}\n{each['text']}" for each in abstracts]
    vectors = memory.embed(texts, [each["_id"] for each in abstracts], LONGEST)
    for abstract, text, vector in zip(abstracts, texts, vectors, strict=True):
        store.put(abstract["_id"], [Chunk(abstract["_id"], text, {}, vector)])
    return store


def table(store: EmbeddedStore, memory: TokenMemory, judged: Relevant) -> Table:
    claims = questions()
    claim_vectors = memory.encoder.encode([claims[name] for name in judged])
    vectors = dict(zip(judged, claim_vectors, strict=True))
    ways: Mapping[str, Callable[[str], Ranking]] = {
        "words": lambda name: by_words(store, claims[name]),
        "vectors": lambda name: ranking(store, vectors[name], None),
        "hybrid": lambda name: ranking(store, vectors[name], claims[name]),
        "late": lambda name: as_retrieved(store, memory, claims[name]),
    }
    rows = []
    for way, rank in ways.items():
        found = {name: rank(name) for name in judged}
        measured = [
            float(np.mean([measure(found[name], judged[name]) for name in judged]))
            for measure in (ndcg, lambda r, j: recall(r, j, 10), lambda r, j: recall(r, j, 100))
        ]
        floor, *values = FLOORS[way]
        rows.append((way, *map(_cell, measured), floor, *map(_cell, values)))
    columns = ("search", "nDCG@10", "R@10", "R@100", "floor", "nDCG@10", "R@10", "R@100")
    return Table(f"scifact, {len(judged)} claims", columns, rows)


def ranking(store: EmbeddedStore, vector: Vectors, text: str | None) -> Ranking:
    return [hit.document for hit in store.search(vector, text, DEPTH)]


def as_retrieved(store: EmbeddedStore, memory: TokenMemory, text: str) -> Ranking:
    """By Retrieve, which puts the first hits in order by late interaction."""
    query = Query(text, DEPTH, by_words=True)
    return [hit.document for _, hit in retrieve(memory.encoder, store, query, memory)]


def by_words(store: EmbeddedStore, text: str) -> Ranking:
    """By BM25 alone, which the store does not offer."""
    index = store._live.current
    rows, scores = scored_rows(index, text, index.alive, np.empty(0, np.intp), DEPTH)
    numbers = index.numbers_of(rows)[np.argsort(-scores, kind="stable")[:DEPTH]]
    documents = {row.number: row.document for row in store._truth.chunks(numbers)}
    return [documents[number] for number in numbers.tolist()]


def ndcg(found: Ranking, judged: Mapping[str, int], depth: int = 10) -> float:
    """Normalised discounted cumulative gain with linear gain (Järvelin and Kekäläinen, 2002).

    >>> round(ndcg(["x", "a"], {"a": 1}), 3)  # found second: 1 / log2(3)
    0.631
    """
    gains = [judged.get(document, 0) for document in found[:depth]]
    ideal = sorted(judged.values(), reverse=True)[:depth]
    return _discounted(gains) / _discounted(ideal)


def recall(found: Ranking, judged: Mapping[str, int], depth: int) -> float:
    return len(set(found[:depth]) & set(judged)) / len(judged)


def _discounted(gains: list[int]) -> float:
    return sum(gain / math.log2(rank + 2) for rank, gain in enumerate(gains))


def questions() -> dict[str, str]:
    lines = (FOLDER / "queries.jsonl").read_text().splitlines()
    return {claim["_id"]: claim["text"] for claim in map(json.loads, lines)}


def relevant(split: str) -> Relevant:
    judged: dict[str, dict[str, int]] = {}
    for line in (FOLDER / "qrels" / f"{split}.tsv").read_text().splitlines()[1:]:
        question, document, grade = line.split("\t")
        judged.setdefault(question, {})[document] = int(grade)
    return judged


def _cell(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.3f}"
