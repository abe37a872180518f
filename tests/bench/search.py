"""A query over 10,000 and 100,000 chunks: Outcrop's embedded store beside what one might take.

`_corpus` makes the chunks of real passages. Every engine gets the question's vector ready made, and
gives ten chunks with their texts. `search:10000` takes other sizes. OpenSearch is a node that is
started for it; where there is no Java, it is left out.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from app.deploy.opensearch import install, running
from app.errors import OperatorError
from app.settings import opensearch_folder
from tests.bench import ROOT, peers
from tests.bench._corpus import recall, write_corpus
from tests.opensearch.node import free_ports, fresh_folder
from tests.tables import Table

SIZES = "10000,100000"
ENGINE = Path(__file__).with_name("_search_engine.py")

NAMES = {
    "outcrop": "Outcrop",
    "lancedb": "LanceDB (HNSW-SQ, full text)",
    "langchain": "LangChain (FAISS flat, BM25)",
    "chroma": "chromadb (HNSW, no words)",
    "opensearch": "OpenSearch (Outcrop's index)",
}
COLUMNS = (
    "engine", "query", "p50 ms", "p95 ms", "times ours", "recall@10",
    "MB", "own MB", "open to first answer s", "build s",
)  # fmt: skip


def run(sizes: str = SIZES) -> Iterator[Table]:
    for size in map(int, sizes.split(",")):
        pythons = {
            "outcrop": Path(sys.executable),
            "lancedb": peers("search"),
            "langchain": peers("search"),
            "chroma": peers("search"),
        }
        with TemporaryDirectory() as scratch, ExitStack() as stack:
            corpus = Path(scratch, "corpus")
            exact = write_corpus(corpus, size)
            try:
                url = stack.enter_context(started())
            except OperatorError as error:
                print(f"OpenSearch is left out: {error.detail}", file=sys.stderr)
            else:
                (corpus / "opensearch").write_text(url)
                pythons["opensearch"] = Path(sys.executable)
            measured = {
                engine: measure(python, engine, corpus, Path(scratch, engine))
                for engine, python in pythons.items()
            }
        yield table(size, measured, exact)


@contextmanager
def started() -> Iterator[str]:
    """Start an OpenSearch with nothing in it, and yield its URL.

    Raises:
        OperatorError: it cannot be had on this machine.
    """
    distribution = install(opensearch_folder())
    with fresh_folder() as folder, running(distribution, folder, free_ports(1)) as [node]:
        yield node.url


def measure(python: Path, engine: str, corpus: Path, folder: Path) -> dict[str, Any]:
    """What building and, in another process, querying printed."""
    result: dict[str, Any] = {}
    for action in ("build", "query"):
        command = [python, ENGINE, action, engine, corpus, folder]
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
        if done.returncode:
            raise RuntimeError(f"{engine} could not {action}: {done.stderr[-2000:]}")
        result |= json.loads(done.stdout.splitlines()[-1])
    return result


def table(size: int, measured: dict[str, dict[str, Any]], exact: list[set[int]]) -> Table:
    rows = []
    for engine, result in measured.items():
        for kind, queries in result["kinds"].items():
            p50, p95 = np.quantile(queries["ms"], [0.5, 0.95])
            ours = measured["outcrop"]["kinds"].get(kind)
            times = f"{p50 / np.median(ours['ms']):.1f}" if ours else ""
            cells = [f"{p50:.2f}", f"{p95:.2f}", times]
            cells.append(f"{recall(queries['found'], exact):.3f}" if kind == "vectors" else "")
            if kind == next(iter(result["kinds"])):
                memory = result["memory"]
                cells += [f"{memory['all']:.0f}", f"{memory['own']:.0f}"]
                cells += [f"{result['ready']:.2f}", f"{result['built']:.0f}"]
            rows.append((NAMES[engine], kind, *cells, *[""] * (len(COLUMNS) - 2 - len(cells))))
    return Table(f"A query over {size:,} chunks", COLUMNS, rows)
