"""How the embedded store grows: built, opened, asked, changed and deleted from at several sizes.

    python -m tests.bench scale                          10,000 and 50,000 chunks
    python -m tests.bench scale:10000,100000,1000000     other sizes

A million chunks take up to 10 GB of disk for a while, and most of an hour. Each step is a process
of its own, so that its memory is its own; a step after the build ends by itself. `_corpus` says
what is asked of what.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

import numpy as np

from tests.bench import ROOT
from tests.bench._corpus import recall, write_corpus
from tests.tables import Table

SIZES = "10000,50000"
SECONDS = 30
STEPS = ("build", "query", "change", "delete")
WAYS = ("hybrid", "vectors", "2 % pass", "80 % pass")

Steps = Mapping[str, Mapping[str, Any]]


def run(sizes: str = SIZES) -> Iterator[Table]:
    measured: dict[int, Steps] = {}
    exact: dict[int, list[set[int]]] = {}
    for size in map(int, sizes.split(",")):
        with TemporaryDirectory() as scratch:
            corpus = Path(scratch, "corpus")
            exact[size] = write_corpus(corpus, size)
            measured[size] = {step: measure(step, corpus, Path(scratch, "store")) for step in STEPS}
    yield growth(measured, exact)


def measure(step: str, corpus: Path, folder: Path) -> dict[str, Any]:
    """What a step printed, and the most that the store took of the disk meanwhile."""
    step_of = [sys.executable, "-m", "tests.bench._scale_engine", step]
    peak, done = [0], Event()

    def watch() -> None:
        while not done.wait(0.2):
            peak[0] = max(peak[0], size_of(folder))

    watcher = Thread(target=watch)
    watcher.start()
    try:
        result = subprocess.run(
            [*step_of, corpus, folder, str(SECONDS)],
            check=False,
            capture_output=True,
            text=True,
            cwd=ROOT,
        )
    finally:
        done.set()
        watcher.join()
    if result.returncode:
        raise RuntimeError(f"{step} failed: {result.stderr[-2000:]}")
    after = size_of(folder)
    disk = {"disk MB": after / 1e6, "peak disk MB": max(peak[0], after) / 1e6}
    printed: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return printed | disk


def size_of(folder: Path) -> int:
    """The bytes of a folder's files, some of which may vanish meanwhile."""
    total = 0
    for path in folder.glob("*"):
        try:
            total += path.stat().st_blocks * 512
        except FileNotFoundError:
            continue
    return total


def growth(measured: Mapping[int, Steps], exact: Mapping[int, list[set[int]]]) -> Table:
    """A column for each size."""
    columns = [_column(steps, exact[size]) for size, steps in measured.items()]
    rows = [(name, *(column[name] for column in columns)) for name in columns[0]]
    titles = ("what", *(f"{size:,} chunks" for size in measured))
    return Table("The embedded store, as it grows", titles, rows)


def _column(steps: Steps, exact: list[set[int]]) -> dict[str, str]:
    build, query, change, deletion = (steps[step] for step in STEPS)
    cells = {
        "built, chunks/s": f"{build['chunks'] / build['s']:.0f}",
        "... a put, first tenth": _puts(build["first"]),
        "... a put, last tenth, p50 / longest ms, processor ms": _puts(build["last"]),
        "... peak MB, of which its own": _memory(build),
        "... disk MB": f"{build['disk MB']:.0f}",
        "... at most": f"{build['peak disk MB']:.0f}",
        "open to first answer s, processor s": (
            f"{query['ready']['s']:.2f}, {query['ready']['processor']:.2f}"
        ),
    }
    for way in WAYS:
        p50, p95 = np.quantile(query[way]["ms"], [0.5, 0.95])
        processor = np.median(query[way]["processor"])
        cells[f"{way}, p50 / p95 ms, processor ms"] = f"{p50:.2f} / {p95:.2f}, {processor:.2f}"
    cells["vectors, recall@10"] = f"{recall(query['vectors']['ids'], exact):.3f}"
    cells["peak MB while asked, of which its own"] = _memory(query)
    p99, longest = np.quantile(change["alone"], 0.99), max(change["alone"])
    cells["a question alone, p99 / longest ms"] = f"{p99:.1f} / {longest:.1f}"
    p99, longest = np.quantile(change["asked"], 0.99), max(change["asked"])
    cells["... while documents change"] = f"{p99:.1f} / {longest:.1f}"
    p99, longest = np.quantile(change["waits"], 0.99), max(change["waits"])
    cells["... of which it waited for no processor"] = f"{p99:.1f} / {longest:.1f}"
    p50, longest = np.quantile(change["puts"], 0.5), max(change["puts"])
    cells["a document replaced meanwhile, p50 / longest ms"] = f"{p50:.1f} / {longest:.1f}"
    p50, longest = np.quantile(deletion["deletions"], 0.5), max(deletion["deletions"])
    cells["a document deleted, p50 / longest ms"] = f"{p50:.1f} / {longest:.1f}"
    cells["... still found"] = str(deletion["ghosts"])
    cells["... disk at most, times that before"] = (
        f"{deletion['peak disk MB'] / change['disk MB']:.2f}"
    )
    return cells


def _puts(tenth: Mapping[str, Any]) -> str:
    p50, longest = np.quantile(tenth["puts"], 0.5), max(tenth["puts"])
    return f"{p50:.1f} / {longest:.1f}, {tenth['processor']:.1f}"


def _memory(step: Mapping[str, float]) -> str:
    return f"{step['peak MB']:.0f} / {step['own MB']:.0f}"
