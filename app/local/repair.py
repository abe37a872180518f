"""`python -m app.local.repair --home DIR`: sets aside the damaged databases of a home.

    databases       moved away; the stand-in makes new ones, and `outcrop up` the resources in them
    stores          left: the stand-in builds a damaged store again from the documents
    objects         listed, and left in place: whoever has the document can upload it again

A damaged file moves to `<home>/set-aside/<moment>/`, under the path that it had; nothing is
deleted. It prints one JSON object: `setAside`, `damagedObjects`, and `folder` if any file was set
aside.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from app.local.bedrock import inference_profiles
from app.local.bedrock.guardrails import guardrails
from app.local.bedrock_agent.agents import state as agents
from app.local.bedrock_agent.knowledge_bases import state as knowledge
from app.local.bedrock_agent_runtime.agents import sessions as agent_sessions
from app.local.bedrock_agent_runtime.generation import sessions
from app.local.control import state as control
from app.local.database import Damaged, Database, InUse
from app.local.dynamodb import storage
from app.local.lambda_.runtime import catalogue
from app.local.s3.storage import Buckets, index
from app.local.s3.storage.folder import STATE_FOLDER
from app.local.s3.storage.objects import DamagedObject
from app.local.sqs.broker import queue

INDEX = Path("s3", STATE_FOLDER, "buckets.sqlite")
DATABASES = {
    Path("queues.sqlite"): queue.SCHEMA,
    INDEX: index.SCHEMA,
    Path("knowledge", "state.sqlite"): knowledge.SCHEMA + control.SCHEMA,
    Path("functions", "functions.sqlite"): catalogue.SCHEMA,
    Path("dynamodb", "tables.sqlite"): storage.SCHEMA,
    Path("guard", "state.sqlite"): guardrails.SCHEMA + control.SCHEMA,
    Path("profiles", "state.sqlite"): inference_profiles.SCHEMA + control.SCHEMA,
    Path("agents", "state.sqlite"): agents.SCHEMA + control.SCHEMA,
    Path("agents", "sessions.sqlite"): agent_sessions.SCHEMA,
    Path("sessions", "state.sqlite"): sessions.SCHEMA,
}
BESIDE = ("", "-wal", "-shm", ".seal")  # the suffixes of a database's files


def repair(home: Path) -> dict[str, object]:
    """Set aside the damaged databases, and list the damaged objects.

    Raises:
        InUse: a stand-in runs on this home.
    """
    aside = home / "set-aside" / datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    damaged_databases = [
        file for file, schema in DATABASES.items() if _is_damaged(home / file, schema)
    ]
    for file in damaged_databases:
        for ending in BESIDE:
            _move(home, aside, file.with_name(file.name + ending))
        if file == INDEX:  # without the index nobody knows whose these bytes are
            _move(home, aside, INDEX.with_name("staged"))
    objects = list(_damaged_objects(home))
    return {
        "setAside": [str(file) for file in damaged_databases],
        "damagedObjects": objects,
        **({"folder": str(aside)} if damaged_databases else {}),
    }


def _is_damaged(file: Path, schema: str) -> bool:
    if not file.exists():
        return False
    try:
        Database(file, schema).close()
    except Damaged:
        return True
    return False


def _move(home: Path, aside: Path, file: Path) -> None:
    if (home / file).exists():
        (aside / file).parent.mkdir(parents=True, exist_ok=True)
        (home / file).rename(aside / file)


def _damaged_objects(home: Path) -> Iterator[str]:
    buckets = Buckets(home)
    try:
        for bucket in buckets.names():
            for item in buckets.list(bucket):
                try:
                    buckets.open(bucket, item.key)[1].close()
                except DamagedObject:
                    yield f"s3://{bucket}/{item.key}"
    finally:
        buckets.close()


def main() -> None:
    """Repair the home that the command line names."""
    arguments = argparse.ArgumentParser(prog="python -m app.local.repair", description=__doc__)
    arguments.add_argument("--home", type=Path, required=True)
    try:
        print(json.dumps(repair(arguments.parse_args().home)))  # noqa: T201
    except InUse:
        sys.exit("A stand-in runs on this home. Stop it first (Ctrl-C in `outcrop up`).")


if __name__ == "__main__":
    main()
