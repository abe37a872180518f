"""Embedding with all-MiniLM-L6-v2: Outcrop's encoder beside sentence-transformers on torch.

Each engine runs in a process of its own, and they take turns, so that a busy moment of the machine
meets them all. Texts are made here, seeded, of the model's own vocabulary: English words, the more
common the more often, one token each.
"""

import base64
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from app.local.engine.transformer import Vectors, weights
from tests.bench import ROOT, peers
from tests.bench._roofline import Precision, Roofline, operations
from tests.tables import Table

ROUNDS = 5
QUESTIONS = 40  # a round, one at a time
CHUNKS = 32  # a round, in one call
CHUNK = 198  # words, and with [CLS] and [SEP] 200 tokens
ENGINE = Path(__file__).with_name("_embedding_engine.py")

PEER = "sentence_transformers"
NAMES = {
    PEER: "sentence-transformers on torch",
    "fastembed": "fastembed, on the published ONNX file",
    "outcrop_fp32": "Outcrop, fp32",
    "outcrop_int8": "Outcrop, int8",
}
OURS: dict[str, Precision] = {"outcrop_fp32": "fp32", "outcrop_int8": "int8"}
COLUMNS = (
    "engine",
    "short question p50 ms",
    "200-token chunks/s",
    "memory MB",
    "its own, no mapped files",
    "start to first vector s",
    "question, times as fast",
    "chunks, times as many",
    "cosine to the peer's: mean",
    "min",
    "GFLOP a processor second",
    "of the peak",
)


def run() -> Iterator[Table]:
    runs = {engine: Run(engine, Path(sys.executable)) for engine in OURS}
    runs = {PEER: Run(PEER, peers("sentence-transformers")), **runs}
    yield side_by_side("Embedding, all-MiniLM-L6-v2", runs, PEER)


def side_by_side(title: str, runs: Mapping[str, "Run"], peer: str) -> Table:
    """Let the engines take turns; the table compares each with the peer."""
    texts = Texts(np.random.default_rng(0))
    rooflines = {engine: Roofline(OURS[engine]) for engine in runs if engine in OURS}
    for _ in range(ROUNDS):
        for roofline in rooflines.values():
            roofline.measure()
        questions = [texts.text(int(n)) for n in texts.random.integers(4, 13, QUESTIONS)]
        chunks = [texts.text(CHUNK) for _ in range(CHUNKS)]
        for measured in runs.values():
            measured.round(questions, chunks)
    for measured in runs.values():
        measured.close()
    return Table(
        title,
        COLUMNS,
        [
            [*row(measured, runs[peer]), *_beside_peak(measured, rooflines.get(engine))]
            for engine, measured in runs.items()
        ],
        [
            f"{ROUNDS} rounds of {QUESTIONS} questions of 4 to 12 words and {CHUNKS} chunks.",
            "Peak: what ONNX Runtime reaches on this machine, multiplying matrices alone.",
        ],
    )


class Texts:
    """English words, the r-th most common with a probability in proportion to 1 / (r + 10)."""

    def __init__(self, random: np.random.Generator) -> None:
        self.random = random
        tokenizer = json.loads((weights.folder() / "tokenizer.json").read_text())
        vocabulary = tokenizer["model"]["vocab"]
        self._words = [word for word in vocabulary if word.isascii() and word.isalpha()]
        odds = 1 / (np.arange(len(self._words)) + 10)
        self._bounds = np.cumsum(odds / odds.sum())

    def text(self, words: int) -> str:
        ranks = np.searchsorted(self._bounds, self.random.random(words))
        return " ".join(self._words[min(rank, len(self._words) - 1)] for rank in ranks)


@dataclass
class Run:
    """One engine's process, and what it measured."""

    engine: str
    python: Path
    folder: Path = field(default_factory=weights.folder)  # of the model's files
    question_seconds: list[float] = field(default_factory=list)
    chunks_per_second: list[float] = field(default_factory=list)
    processor_seconds: list[float] = field(default_factory=list)  # of a chunk
    vectors: list[Vectors] = field(default_factory=list)

    def __post_init__(self) -> None:
        begin = time.perf_counter()
        self._process = subprocess.Popen(
            [self.python, ENGINE, self.engine, self.folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={"HF_HUB_OFFLINE": "1"},
        )
        self.ask(["first"])
        self.start = time.perf_counter() - begin

    def round(self, questions: list[str], chunks: list[str]) -> None:
        for question in questions:
            answer = self.ask([question])
            self.question_seconds.append(answer["seconds"])
            self.vectors.append(answer["vectors"])
        answer = self.ask(chunks)
        self.chunks_per_second.append(len(chunks) / answer["seconds"])
        self.processor_seconds.append(answer["processor"] / len(chunks))
        self.vectors.append(answer["vectors"])
        self.memory = answer["memory"]

    def ask(self, texts: list[str]) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(texts), file=self._process.stdin, flush=True)
        answer = json.loads(self._process.stdout.readline())
        vectors = np.frombuffer(base64.b64decode(answer["vectors"]), np.float32)
        return answer | {"vectors": vectors.reshape(len(texts), -1)}

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


def _beside_peak(run: Run, roofline: Roofline | None) -> tuple[str, str]:
    if roofline is None:
        return "", ""
    rate = operations(CHUNK + 2) / np.median(run.processor_seconds)
    return f"{rate / 1e9:.0f}", f"{rate / roofline.peak:.0%}"


def row(run: Run, peer: Run) -> list[str]:
    question, chunks = np.median(run.question_seconds), np.median(run.chunks_per_second)
    cosines = (np.vstack(run.vectors) * np.vstack(peer.vectors)).sum(axis=1)  # (n,)
    return [
        NAMES[run.engine],
        f"{1e3 * question:.2f}",
        f"{chunks:.1f}",
        f"{run.memory['all']:.0f}",
        f"{run.memory['own']:.0f}",
        f"{run.start:.2f}",
        f"{np.median(peer.question_seconds) / question:.1f}",
        f"{chunks / np.median(peer.chunks_per_second):.1f}",
        f"{cosines.mean():.5f}",
        f"{cosines.min():.5f}",
    ]
