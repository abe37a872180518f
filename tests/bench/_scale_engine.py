"""The embedded store over the bench's corpus, a step of its life in a process of its own.

    python -m tests.bench._scale_engine build|query|change|delete <corpus> <folder> <seconds>

Prints one JSON object. No step takes much longer than `seconds`, but for the build.
"""

import json
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice, pairwise
from pathlib import Path
from threading import Event, Thread, get_native_id
from typing import Any

import numpy as np

LIMIT = 10
DIMENSION = 384
CHANGES = 200  # documents that are put while questions run

Result = dict[str, Any]


class Corpus:
    """What `_corpus.write_corpus` wrote, read a document at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.asked = np.load(folder / "asked.npy")  # (q, d)
        self.questions: list[str] = json.loads((folder / "questions.json").read_text())
        self.first: list[int] = np.load(folder / "documents.npy").tolist()

    def documents(self) -> Iterator[tuple[str, list[Any]]]:
        """Every document's name and chunks."""
        from app.local.engine.store import Chunk

        with (self._folder / "vectors.npy").open("rb") as file, self._texts() as texts:
            np.lib.format.read_magic(file)
            (size, dimension), *_ = np.lib.format.read_array_header_1_0(file)
            for number, (start, stop) in enumerate(pairwise([*self.first, size])):
                vectors = np.fromfile(file, np.float32, (stop - start) * dimension)
                rows = vectors.reshape(-1, dimension)
                metadata: dict[str, Any] = {
                    "tenant": f"tenant-{number % 50}",
                    "year": 2000 + number % 25,
                }
                name = f"s3://bench/{number}.md"
                chunks = [
                    Chunk(str(start + n), line[:-1], {**metadata, "source": name, "page": n}, row)
                    for n, (line, row) in enumerate(
                        zip(islice(texts, stop - start), rows, strict=True)
                    )
                ]
                yield name, chunks

    def _texts(self) -> Any:
        return (self._folder / "texts.txt").open()


def opened(folder: Path) -> Any:
    from app.local.engine.store import StoreConfiguration, open_embedded

    return open_embedded(folder, StoreConfiguration(DIMENSION))


def build(corpus: Corpus, folder: Path, seconds: float) -> Result:
    """Put every document. `seconds` is not for this step: half a store says nothing."""
    store = opened(folder)
    puts, processor = list[float](), list[float]()
    start = time.perf_counter()
    for name, chunks in corpus.documents():
        begin, used = time.perf_counter(), time.process_time()
        store.put(name, chunks)
        puts.append(1e3 * (time.perf_counter() - begin))
        processor.append(1e3 * (time.process_time() - used))
    seconds = time.perf_counter() - start
    store.settle()
    total = sum(store.documents().values())
    store.close()
    tenth = len(puts) // 10
    tenths = {
        name: {"puts": puts[part], "processor": float(np.mean(processor[part]))}
        for name, part in (("first", slice(tenth)), ("last", slice(-tenth, None)))
    }
    return {"s": seconds, "chunks": total, **tenths} | memory()


def query(corpus: Corpus, folder: Path, seconds: float) -> Result:
    """Open, and ask the questions in each way."""
    from app.local.engine.store.filters import Condition

    tenant = Condition("equals", "tenant", "tenant-7")
    most = Condition("greaterThan", "year", 2004)
    start, used = time.perf_counter(), time.process_time()
    store = opened(folder)
    store.search(corpus.asked[0], corpus.questions[0], LIMIT)
    ready = {"s": time.perf_counter() - start, "processor": time.process_time() - used}
    ways: dict[str, Callable[[int], Any]] = {
        "vectors": lambda q: store.search(corpus.asked[q], None, LIMIT),
        "hybrid": lambda q: store.search(corpus.asked[q], corpus.questions[q], LIMIT),
        "2 % pass": lambda q: store.search(corpus.asked[q], corpus.questions[q], LIMIT, tenant),
        "80 % pass": lambda q: store.search(corpus.asked[q], corpus.questions[q], LIMIT, most),
    }
    result: Result = {"ready": ready}
    for way, ask in ways.items():
        times, processor, ids = [], [], []
        begin = time.perf_counter()
        for question in range(len(corpus.questions)):
            now, used = time.perf_counter(), time.thread_time()
            hits = ask(question)
            processor.append(1e3 * (time.thread_time() - used))
            times.append(1e3 * (time.perf_counter() - now))
            ids.append([int(hit.id) for hit in hits])
            if time.perf_counter() - begin > seconds:
                break
        result[way] = {"ms": times, "processor": processor, "ids": ids}
    store.close()
    return result | memory()


def change(corpus: Corpus, folder: Path, seconds: float) -> Result:
    """Replace documents while questions run in another thread: how long each took, and how much of
    that it waited for anything but a processor: for the put, or for what is merged beside.
    """
    store = opened(folder)
    stop, asked, waits, puts = Event(), list[float](), list[float](), list[float]()

    def ask_once() -> None:
        question = len(asked) % len(corpus.questions)
        begin, busy = time.perf_counter(), on_processor()
        store.search(corpus.asked[question], corpus.questions[question], LIMIT)
        asked.append(1e3 * (time.perf_counter() - begin))
        waits.append(max(0.0, asked[-1] - (on_processor() - busy)))

    def ask() -> None:
        while not stop.is_set():
            ask_once()

    ask_alone = time.perf_counter() + min(seconds, 5)
    while time.perf_counter() < ask_alone:
        ask_once()
    alone = list(asked)
    asked.clear()
    waits.clear()
    thread = Thread(target=ask)
    thread.start()
    begin = time.perf_counter()
    for name, chunks in islice(corpus.documents(), CHANGES):
        time.sleep(0.02)
        now = time.perf_counter()
        store.put(name, chunks)
        puts.append(1e3 * (time.perf_counter() - now))
        if time.perf_counter() - begin > seconds:
            break
    stop.set()
    thread.join()
    store.close()
    return {"alone": alone, "asked": asked, "waits": waits, "puts": puts} | memory()


def delete(corpus: Corpus, folder: Path, seconds: float) -> Result:
    """Delete documents by chance, and look that none of them is found."""
    store = opened(folder)
    names = list(store.documents())
    random.Random(1).shuffle(names)
    times, gone = [], set[str]()
    begin = time.perf_counter()
    for name in names[: len(names) // 5]:
        now = time.perf_counter()
        store.delete(name)
        times.append(1e3 * (time.perf_counter() - now))
        gone.add(name)
        if time.perf_counter() - begin > seconds:
            break
    ghosts = sum(
        hit.document in gone
        for vector, text in zip(corpus.asked, corpus.questions, strict=True)
        for hit in store.search(vector, text, LIMIT)
    )
    store.close()
    return {"deletions": times, "ghosts": ghosts} | memory()


def on_processor() -> float:
    """The milliseconds in which this thread has run, or could have, had others not; Linux counts
    them.
    """
    times = Path(f"/proc/self/task/{get_native_id()}/schedstat").read_text().split()
    return (int(times[0]) + int(times[1])) / 1e6


def memory() -> dict[str, float]:
    """What this process had in memory at its peak and has now, MB; and what of it is its own."""
    status = Path("/proc/self/status").read_text()
    kilobytes = {name: int(value) for name, value in re.findall(r"(\w+):\s+(\d+) kB", status)}
    names = {"peak MB": "VmHWM", "MB": "VmRSS", "own MB": "RssAnon"}
    return {name: kilobytes[key] / 1e3 for name, key in names.items()}


STEPS = {"build": build, "query": query, "change": change, "delete": delete}


def main(step: str, corpus: str, folder: str, seconds: str) -> None:
    from app.local.switching import switch_soon

    switch_soon()  # as the stand-in does
    print(json.dumps(STEPS[step](Corpus(Path(corpus)), Path(folder), float(seconds))))


if __name__ == "__main__":
    main(*sys.argv[1:])
