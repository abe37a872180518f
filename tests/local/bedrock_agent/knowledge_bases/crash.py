"""A life that is cut short: what the child process of test_ingest_crash does until it is killed."""

import json
import os
import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from app.local.wire import ServiceError
from tests.local.bedrock_agent.knowledge_bases.world import ROOM, World

NAMES = [f"document{n}" for n in range(8)]


def live(home: Path, diary: Path, custom: Any, bucket: str, synced: Any, seed: int) -> None:
    """Ingest, delete and sync without end, and note in the diary what is asked and answered.

    Args:
        custom: the ids of a CUSTOM data source.
        bucket: the bucket of an S3 data source.
        synced: its ids.
    """
    chance = random.Random(seed)
    file = os.open(diary, os.O_APPEND | os.O_CREAT | os.O_WRONLY)
    with World(home, room=ROOM) as world:
        for step in range(1_000_000):
            name = chance.choice(NAMES)
            version = None if chance.random() < 0.3 else f"{seed}x{step}"
            _note(file, asked=name, version=version)
            if version:
                _ingest(world, custom, name, version)
            else:
                identifier = {"dataSourceType": "CUSTOM", "custom": {"id": name}}
                world.call(
                    "DeleteKnowledgeBaseDocuments", **custom, documentIdentifiers=[identifier]
                )
            _note(file, answered=name, version=version)
            if chance.random() < 0.3:
                draft = world.home / "draft"
                draft.write_text(text(name, str(step)))
                draft.replace(world.home / "s3" / bucket / f"{name}.md")
                with suppress(ServiceError):
                    world.call("StartIngestionJob", **synced)


def text(name: str, version: str) -> str:
    """Three pages, so that a document is several chunks and could be there by half."""
    return "\f".join(f"{name} version {version} page{page}" for page in range(3))


def outcomes(diary: Path) -> dict[str, set[str | None]]:
    """What each document may be: the version that was answered last, or one asked for since."""
    allowed: dict[str, set[str | None]] = {name: {None} for name in NAMES}
    for entry in _entries(diary):
        if "asked" in entry:
            allowed[entry["asked"]].add(entry["version"])
        else:
            allowed[entry["answered"]] = {entry["version"]}
    return allowed


def _entries(diary: Path) -> Iterator[Any]:
    for line in diary.read_text().splitlines() if diary.exists() else ():
        yield json.loads(line)


def _note(file: int, **entry: Any) -> None:
    os.write(file, (json.dumps(entry) + "\n").encode())


def _ingest(world: World, ids: Any, name: str, version: str) -> None:
    content = {"type": "TEXT", "textContent": {"data": text(name, version)}}
    document = {
        "content": {
            "dataSourceType": "CUSTOM",
            "custom": {
                "customDocumentIdentifier": {"id": name},
                "sourceType": "IN_LINE",
                "inlineContent": content,
            },
        }
    }
    world.call("IngestKnowledgeBaseDocuments", **ids, documents=[document])


def _delete(world: World, ids: Any, name: str) -> None:
    identifier = {"dataSourceType": "CUSTOM", "custom": {"id": name}}
    world.call("DeleteKnowledgeBaseDocuments", **ids, documentIdentifiers=[identifier])
