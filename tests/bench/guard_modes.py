"""What each mode of the guardrail adds to a turn: the wait for its first text, and the work.

The application answers in this process, and the stand-in judges in one of its own, by words and a
regular expression. The model is a script that writes 300 or 3,000 characters as fast as they are
read: so all of the time is the application's and the guardrail's. The modes take turns.

Processor time is that of this process: the application's, and its client's, which is the same in
every row. How long AWS takes for a judgement this cannot tell: the last column counts them.
"""

import os
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import httpx2 as httpx
from starlette.testclient import TestClient

from app.aws import clients, deployer
from app.deploy import laptop
from app.deploy.laptop.provision import provision
from app.events import Usage
from app.models import Completion, Text, TextDelta, invocation
from app.settings import LaptopSettings
from app.web import application
from tests.bench import ROOT
from tests.bench.turn import MEMORY, SECONDS, ingest, streamed
from tests.tables import Table

ROUNDS = 30
QUESTION = "Who may import whom?"
SENTENCE = "Nobody imports the stand-in, and that is sentence {} of many [1]. "
LENGTHS = (300, 3_000)
MODES = (None, "verdict", "buffer", "window")


@dataclass
class _Turns:
    """Of the turns of one row, in seconds.

    Attributes:
        judgements: the calls of ApplyGuardrail, of all turns.
    """

    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    judgements: int = 0


def run() -> Iterator[Table]:
    with (
        patch.dict(os.environ),
        TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as scratch,
        laptop.serving(LaptopSettings(home=Path(scratch))) as at,
    ):
        with httpx.Client(base_url=at.application, timeout=SECONDS) as http:
            ingest(http, [ROOT / "docs" / "architecture.md"])
        rows = {(mode, length): _Turns() for length in LENGTHS for mode in MODES}
        _measure(rows)
    yield Table(
        "What a guardrail's mode adds to a turn",
        (
            "answer",
            "mode",
            "first text p50 ms",
            "whole p50 ms",
            "beyond no guardrail",
            "processor ms",
            "beyond no guardrail",
            "calls of ApplyGuardrail",
        ),
        [_row(mode, length, rows) for mode, length in rows],
        notes=[f"{ROUNDS} rounds in which the modes take turns."],
    )


def _measure(rows: dict[tuple[str | None, int], _Turns]) -> None:
    aws = clients(SECONDS)
    settings = provision(aws, deployer(SECONDS))
    guardrail = aws.bedrock.create_guardrail(
        name="modes",
        blockedInputMessaging="No.",
        blockedOutputsMessaging="No.",
        wordPolicyConfig={"wordsConfig": [{"text": "zyzzyva"}]},
        sensitiveInformationPolicyConfig={
            "regexesConfig": [{"name": "order", "pattern": r"ORD-\d{6}", "action": "ANONYMIZE"}]
        },
    )["guardrailId"]
    calls: list[str] = []
    aws.bedrock_runtime.meta.events.register(
        "provide-client-params", lambda model, **_: calls.append(model.name)
    )
    apps = {None: settings} | {
        mode: settings.model_copy(update={"guardrail_id": guardrail, "guardrail_mode": mode})
        for mode in MODES
        if mode
    }
    for step in range(ROUNDS + 1):
        for (mode, length), turns in rows.items():
            with (
                patch.object(invocation, "stream", _script(length)),
                TestClient(application(aws, apps[mode]), "http://127.0.0.1") as http,
            ):
                streamed(http, {"message": QUESTION})  # its threads and caches are there then
                calls.clear()
                began = time.process_time()
                first, whole = streamed(http, {"message": QUESTION})
                used = time.process_time() - began
            if step:
                turns.first.append(first)
                turns.whole.append(whole)
                turns.processor.append(used)
                turns.judgements += calls.count("ApplyGuardrail")


def _script(length: int) -> Any:
    """A model that writes an answer of so many characters, a word at a time."""
    sentences = (SENTENCE.format(number) for number in range(length // len(SENTENCE)))
    words = [f"{word} " for sentence in sentences for word in sentence.split()]

    def stream(*_: Any, **__: Any) -> Iterator[TextDelta | Completion]:
        yield from map(TextDelta, words)
        yield Completion((Text("".join(words)),), "end", Usage(1000, length // 4))

    return stream


def _row(
    mode: str | None, length: int, rows: dict[tuple[str | None, int], _Turns]
) -> tuple[str, ...]:
    turns, bare = rows[mode, length], rows[None, length]
    first, whole = (statistics.median(each) * 1000 for each in (turns.first, turns.whole))
    bare_whole = statistics.median(bare.whole) * 1000
    used, bare_used = (statistics.median(each.processor) * 1000 for each in (turns, bare))
    return (
        f"{length:,} characters",
        mode or "no guardrail",
        f"{first:.1f}",
        f"{whole:.1f}",
        f"{whole - bare_whole:.1f}",
        f"{used:.1f}",
        f"{used - bare_used:.1f}",
        f"{turns.judgements / len(turns.whole):g}",
    )
