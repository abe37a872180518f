"""kill -9 in the middle of ingesting: what was acknowledged is there afterwards, whole."""

import multiprocessing
import os
import random
import signal
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.local.bedrock_agent.knowledge_bases import crash
from tests.local.bedrock_agent.knowledge_bases.world import (
    ROOM,
    SETTLED,
    Source,
    World,
    until,
)

CYCLES, ALL_CYCLES = 4, 15  # kills; the others with --thorough


def killed(home: Path, diary: Path, custom: Source, synced: Source, seed: int) -> None:
    """Let a process live until it has written some lines into its diary, and kill it."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.local.bedrock_agent.knowledge_bases.crash"])
    chance = random.Random(seed)
    enough = _lines(diary) + chance.randrange(30)
    child = context.Process(
        target=crash.live, args=(home, diary, custom.ids, synced.bucket, synced.ids, seed)
    )
    child.start()
    until(lambda: _lines(diary), lambda lines: lines >= enough)
    time.sleep(chance.uniform(0, 0.02))
    assert child.pid
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    assert child.exitcode == -signal.SIGKILL


def _lines(diary: Path) -> int:
    return len(diary.read_text().splitlines()) if diary.exists() else 0


def pages(world: World, source: Source) -> dict[str, list[str]]:
    """The texts that Retrieve finds of every document of a data source, sorted."""
    mine = {"equals": {"key": "x-amz-bedrock-kb-data-source-id", "value": source.id}}
    pages_by_document: defaultdict[str, list[str]] = defaultdict(list)
    for result in world.retrieve(source.base, "page", numberOfResults=100, filter=mine):
        location: Any = result["location"]
        name = location.get("customDocumentLocation") or location["s3Location"]
        pages_by_document[name.get("id") or name["uri"].rsplit("/", 1)[1]].append(
            result["content"]["text"]
        )
    return {name: sorted(texts) for name, texts in pages_by_document.items()}


def test_a_crash_loses_no_acknowledged_document_and_halves_none(
    tmp_path: Path, thorough: bool
) -> None:
    home, diary = tmp_path / "home", tmp_path / "diary"
    with World(home, room=ROOM) as world:
        custom, synced = world.custom(), world.source()
    for seed in range(ALL_CYCLES if thorough else CYCLES):
        killed(home, diary, custom, synced, seed)
        with World(home, room=ROOM) as world:
            custom.world = synced.world = world
            until(custom.statuses, lambda found: SETTLED.issuperset(found.values()))
            assert "FAILED" not in custom.statuses().values()
            found = pages(world, custom)
            assert found.keys() == custom.statuses().keys()
            for name, allowed in crash.outcomes(diary).items():
                versions = [crash.text(name, v).split("\f") if v else None for v in allowed]
                assert found.get(name) in versions

            until(synced.running_jobs, lambda found: not found)
            synced.job()
            bucket = home / "s3" / synced.bucket
            files = {path.name: path.read_text().split("\f") for path in bucket.glob("*.md")}
            assert pages(world, synced) == files
