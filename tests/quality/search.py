"""Search by its halves and as a whole, in one process: xquad_en, a paragraph a chunk.

A hybrid search has to be at least as good as the better of its halves, and late interaction at
least as good as the search that it orders: the differences are paired, question by question, with
an interval by resampling.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from app.local.engine import LATE_BYTES
from app.local.engine.retrieval import Query, retrieve
from app.local.engine.store import Chunk, StoreConfiguration
from app.local.engine.store.embedded_store import EmbeddedStore
from app.local.engine.token_memory import TokenMemory
from app.local.engine.transformer import Encoder
from tests.quality.answers import XQUAD
from tests.quality.scifact import by_words
from tests.tables import Table

Gains = Mapping[str, NDArray[np.float64]]  # of each way, the nDCG@10 of every question
WAYS = ("words", "meaning", "fused", "late")
RESAMPLES = 2000


def run() -> Iterator[Table]:
    if not XQUAD.exists():
        yield Table("search", (), (), notes=["skipped: ../shared/eval/xquad_en is not here"])
        return
    gains = measured()
    rows = []
    for way, before in (("words", ""), ("meaning", ""), ("fused", "words"), ("fused", "meaning"),
                        ("late", "fused")):  # fmt: skip
        difference = (
            ""
            if not before
            else "{:+.3f} [{:+.3f}, {:+.3f}]".format(*interval(gains[way] - gains[before]))
        )
        rows.append((way, f"{gains[way].mean():.3f}", before, difference))
    count = len(gains["words"])
    columns = ("search", "nDCG@10", "against", "paired difference, 95 %")
    yield Table(f"xquad_en, search alone, {count} questions", columns, rows)


def measured(every: int = 3) -> Gains:
    """The gains of every n-th question."""
    lines = (XQUAD / "corpus.jsonl").read_text().splitlines()
    texts = {one["_id"]: one["text"] for one in map(json.loads, lines)}
    questions = [
        (one["question"], one["gold_passage"])
        for one in map(json.loads, (XQUAD / "qa_public.jsonl").read_text().splitlines())
    ][::every]
    encoder = Encoder()
    memory = TokenMemory(encoder, LATE_BYTES)
    with TemporaryDirectory() as scratch:
        store = EmbeddedStore(Path(scratch), StoreConfiguration(encoder.dimension))
        vectors = encoder.encode(list(texts.values()))
        for (name, text), vector in zip(texts.items(), vectors, strict=True):
            store.put(name, [Chunk(name, text, {}, vector)])
        gains = [
            [ndcg(ranking(way, memory, store, question), gold) for way in WAYS]
            for question, gold in questions
        ]
        store.close()
    return dict(zip(WAYS, np.array(gains).T, strict=True))


def ranking(way: str, memory: TokenMemory, store: EmbeddedStore, question: str) -> Sequence[str]:
    if way == "words":
        return by_words(store, question)
    query = Query(question, 10, by_words=way != "meaning")
    hits = retrieve(memory.encoder, store, query, memory if way == "late" else None)
    return [hit.document for _, hit in hits]


def ndcg(found: Sequence[str], gold: str) -> float:
    """With one relevant document the ideal is 1."""
    return 1 / math.log2(found.index(gold) + 2) if gold in found[:10] else 0.0


def interval(differences: NDArray[np.float64]) -> tuple[float, float, float]:
    """The mean of paired differences, and the 95 % around it."""
    dice = np.random.default_rng(0)
    picks = dice.integers(0, len(differences), (RESAMPLES, len(differences)))
    low, high = np.percentile(differences[picks].mean(axis=1), [2.5, 97.5])
    return float(differences.mean()), float(low), float(high)
