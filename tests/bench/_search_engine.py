"""One search engine over the bench's corpus, in a process of its own.

    python _search_engine.py build|query <engine> <corpus> <folder>

Prints one JSON object. It runs in Outcrop's environment or in the peers', where mypy does not look,
so it imports nothing of either at the top.
"""

import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

LIMIT = 10
Found = list[int]
Search = Callable[[int], Found]  # from the number of a question to those of its best chunks


class Corpus:
    """Chunks, and questions that are asked of them, as the bench wrote them."""

    def __init__(self, folder: Path) -> None:
        self.vectors = np.load(folder / "vectors.npy", mmap_mode="r")  # (n, 384)
        self.asked = np.load(folder / "asked.npy")  # (q, 384)
        self.questions: list[str] = json.loads((folder / "questions.json").read_text())  # (q,)
        self._folder = folder

    def texts(self) -> list[str]:
        return (self._folder / "texts.txt").read_text().splitlines()

    @property
    def opensearch(self) -> str:
        """The URL of the node that stands beside the corpus."""
        return (self._folder / "opensearch").read_text()


def tenant(chunk: int) -> str:
    """Ten chunks are a document, and every fiftieth document is of one tenant."""
    return f"tenant-{chunk // 10 % 50}"


def build_outcrop(corpus: Corpus, folder: Path) -> None:
    from app.local.engine.store import StoreConfiguration, open_embedded

    _put(corpus, open_embedded(folder, StoreConfiguration(corpus.vectors.shape[1])))


def _put(corpus: Corpus, store: Any) -> None:
    from app.local.engine.store import Chunk

    texts = corpus.texts()
    for start in range(0, len(texts), 10):
        chunks = [
            Chunk(str(i), texts[i], {"tenant": tenant(i), "year": i % 25}, corpus.vectors[i])
            for i in range(start, min(start + 10, len(texts)))
        ]
        store.put(f"s3://bench/{start}", chunks)
    store.refresh()
    store.close()


def _opensearch(corpus: Corpus, folder: Path) -> Any:
    from app.local.engine.store import StoreConfiguration
    from app.local.engine.store.opensearch.endpoint import Endpoint
    from app.local.engine.store.opensearch.store import OpenSearchStore

    configuration = StoreConfiguration(corpus.vectors.shape[1])
    return OpenSearchStore(Endpoint(corpus.opensearch), "bench", folder, configuration)


def build_opensearch(corpus: Corpus, folder: Path) -> None:
    _put(corpus, _opensearch(corpus, folder))


def open_opensearch(corpus: Corpus, folder: Path) -> dict[str, Search]:
    return _asked(corpus, _opensearch(corpus, folder))


def _asked(corpus: Corpus, store: Any) -> dict[str, Search]:
    """What one asks of a store of Outcrop's."""
    from app.local.bedrock_agent_runtime.filters import parse_filter

    where = parse_filter({"equals": {"key": "tenant", "value": "tenant-7"}})

    def ask(question: int, text: str | None, where: Any = None) -> Found:
        return [int(hit.id) for hit in store.search(corpus.asked[question], text, LIMIT, where)]

    return {
        "hybrid": lambda q: ask(q, corpus.questions[q]),
        "hybrid, filtered": lambda q: ask(q, corpus.questions[q], where),
        "vectors": lambda q: ask(q, None),
    }


def open_outcrop(corpus: Corpus, folder: Path) -> dict[str, Search]:
    from app.local.engine.store import StoreConfiguration
    from app.local.engine.store.embedded_store import EmbeddedStore
    from app.local.engine.store.word_search import scored_rows

    store = EmbeddedStore(folder, StoreConfiguration(corpus.vectors.shape[1]))

    def words(question: int) -> Found:
        index, text = store._live.current, corpus.questions[question]
        rows, _ = scored_rows(index, text, index.alive, np.empty(0, np.intp), LIMIT)
        return [int(row.chunk.id) for row in store._truth.chunks(index.numbers_of(rows))]

    return {**_asked(corpus, store), "words": words}


def build_lancedb(corpus: Corpus, folder: Path) -> None:
    import lancedb  # type: ignore[import-not-found]
    import pyarrow as pa  # type: ignore[import-not-found]

    texts = corpus.texts()
    table = pa.table(
        {
            "id": np.arange(len(texts)),
            "text": texts,
            "tenant": [tenant(i) for i in range(len(texts))],
            "year": np.arange(len(texts)) % 25,
            "vector": pa.FixedSizeListArray.from_arrays(corpus.vectors.ravel(), 384),
        }
    )
    chunks = lancedb.connect(folder).create_table("chunks", table)
    chunks.create_fts_index("text")
    chunks.create_index(metric="cosine", index_type="IVF_HNSW_SQ", num_partitions=1)
    chunks.create_scalar_index("tenant")


def open_lancedb(corpus: Corpus, folder: Path) -> dict[str, Search]:
    import lancedb

    table = lancedb.connect(folder).open_table("chunks")

    def found(query: Any) -> Found:
        return [row["id"] for row in query.select(["id", "text"]).limit(LIMIT).to_list()]

    def hybrid(q: int) -> Any:
        return table.search(query_type="hybrid").vector(corpus.asked[q]).text(corpus.questions[q])

    return {
        "hybrid": lambda q: found(hybrid(q)),
        "hybrid, filtered": lambda q: found(hybrid(q).where("tenant = 'tenant-7'", prefilter=True)),
        "vectors": lambda q: found(table.search(corpus.asked[q]).metric("cosine")),
        "words": lambda q: found(table.search(corpus.questions[q], query_type="fts")),
    }


def build_chroma(corpus: Corpus, folder: Path) -> None:
    import chromadb  # type: ignore[import-not-found]

    texts = corpus.texts()
    chunks = chromadb.PersistentClient(str(folder)).create_collection(
        "chunks", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
    )
    for start in range(0, len(texts), 5_000):
        numbers = range(start, min(start + 5_000, len(texts)))
        chunks.add(
            ids=[str(i) for i in numbers],
            embeddings=corpus.vectors[numbers.start : numbers.stop],
            documents=texts[numbers.start : numbers.stop],
            metadatas=[{"tenant": tenant(i), "year": i % 25} for i in numbers],
        )


def open_chroma(corpus: Corpus, folder: Path) -> dict[str, Search]:
    import chromadb

    chunks = chromadb.PersistentClient(str(folder)).get_collection("chunks")

    def found(q: int, where: Any = None) -> Found:
        answer = chunks.query(query_embeddings=corpus.asked[q], n_results=LIMIT, where=where)
        return [int(chunk) for chunk in answer["ids"][0]]

    return {
        "vectors": found,
        "vectors, filtered": lambda q: found(q, {"tenant": "tenant-7"}),
    }


def build_langchain(corpus: Corpus, folder: Path) -> None:
    from langchain_community.vectorstores import FAISS  # type: ignore[import-not-found]

    texts = corpus.texts()
    metadata = [{"id": i, "tenant": tenant(i)} for i in range(len(texts))]
    pairs = zip(texts, corpus.vectors.tolist(), strict=True)
    FAISS.from_embeddings(pairs, _Known(corpus), metadata).save_local(str(folder))


def open_langchain(corpus: Corpus, folder: Path) -> dict[str, Search]:
    from langchain_classic.retrievers import EnsembleRetriever  # type: ignore[import-not-found]
    from langchain_community.retrievers import BM25Retriever  # type: ignore[import-not-found]
    from langchain_community.vectorstores import FAISS

    faiss = FAISS.load_local(str(folder), _Known(corpus), allow_dangerous_deserialization=True)
    documents = [faiss.docstore.search(key) for key in faiss.index_to_docstore_id.values()]
    bm25 = BM25Retriever.from_documents(documents, k=LIMIT)
    vectors = faiss.as_retriever(search_kwargs={"k": LIMIT})
    ensemble = EnsembleRetriever(retrievers=[bm25, vectors], weights=[0.5, 0.5])

    def found(retriever: Any, q: int) -> Found:
        return [document.metadata["id"] for document in retriever.invoke(corpus.questions[q])]

    return {
        "hybrid": lambda q: found(ensemble, q),
        "vectors": lambda q: found(vectors, q),
        "words": lambda q: found(bm25, q),
    }


class _Known:
    """LangChain's Embeddings, of the questions only; so no engine's figures hold an encoder."""

    def __init__(self, corpus: Corpus) -> None:
        self._vectors = dict(zip(corpus.questions, corpus.asked, strict=True))

    def embed_query(self, text: str) -> list[float]:
        vector: list[float] = self._vectors[text].tolist()
        return vector

    def __call__(self, text: str) -> list[float]:
        return self.embed_query(text)


ENGINES = {
    "outcrop": (build_outcrop, open_outcrop),
    "lancedb": (build_lancedb, open_lancedb),
    "langchain": (build_langchain, open_langchain),
    "chroma": (build_chroma, open_chroma),
    "opensearch": (build_opensearch, open_opensearch),
}


def memory() -> dict[str, float]:
    """What this process holds in memory, MB: all of it, and what is its own (no mapped files)."""
    status = Path("/proc/self/status").read_text()
    kilobytes = {name: int(value) for name, value in re.findall(r"(\w+):\s+(\d+) kB", status)}
    return {"all": kilobytes["VmRSS"] / 1e3, "own": kilobytes["RssAnon"] / 1e3}


def query(engine: str, corpus: Corpus, folder: Path, seconds: float) -> dict[str, Any]:
    start = time.perf_counter()
    searches = ENGINES[engine][1](corpus, folder)
    next(iter(searches.values()))(0)
    ready = time.perf_counter() - start
    kinds = {}
    for name, search in searches.items():
        times, found = [], []
        for question in range(len(corpus.questions)):
            begin = time.perf_counter()
            found.append(search(question))
            times.append(time.perf_counter() - begin)
            if sum(times) > seconds:
                break
        kinds[name] = {"ms": [1e3 * t for t in times], "found": found}
    return {"ready": ready, "memory": memory(), "kinds": kinds}


def main(action: str, engine: str, corpus: str, folder: str) -> None:
    chunks, place = Corpus(Path(corpus)), Path(folder)
    if action == "query":
        print(json.dumps(query(engine, chunks, place, seconds=20)))
        return
    start = time.perf_counter()
    ENGINES[engine][0](chunks, place)
    print(json.dumps({"built": time.perf_counter() - start}))


if __name__ == "__main__":
    main(*sys.argv[1:])
