"""`python -m app.local.repair --home DIR`: what is damaged in a home, set aside or named.

    databases       set aside; the stand-in makes a new one, `outcrop up` what it has to hold
    stores          nothing is to be done: a damaged one is made again from the documents
    objects         named, and left where they are: whoever has the document can put it again

What is set aside lies in `<home>/set-aside/<moment>/`, by the path that it had; nothing is deleted.
Prints one JSON object: `setAside`, `damagedObjects`, and `folder` where anything was set aside.
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
from app.local.control import state as control
from app.local.database import Damaged, Database, InUse
from app.local.dynamodb import storage
from app.local.lambda_.runtime import catalogue
from app.local.s3.storage import Buckets, index
from app.local.s3.storage.folder import STATE_FOLDER
from app.local.s3.storage.objects import DamagedObject
from app.local.sqs.broker import queues

INDEX = Path("s3", STATE_FOLDER, "buckets.sqlite")
DATABASES = {
    Path("queues.sqlite"): queues.SCHEMA,
    INDEX: index.SCHEMA,
    Path("knowledge", "state.sqlite"): knowledge.SCHEMA + control.SCHEMA,
    Path("functions", "functions.sqlite"): catalogue.SCHEMA,
    Path("dynamodb", "tables.sqlite"): storage.SCHEMA,
    Path("guard", "state.sqlite"): guardrails.SCHEMA + control.SCHEMA,
    Path("profiles", "state.sqlite"): inference_profiles.SCHEMA + control.SCHEMA,
    Path("agents", "state.sqlite"): agents.SCHEMA + control.SCHEMA,
}
BESIDE = ("", "-wal", "-shm", ".seal")  # what belongs to a file of SQLite's


def repair(home: Path) -> dict[str, object]:
    """Set aside what is damaged, and name the objects that are.

    Raises:
        InUse: a stand-in runs on this home.
    """
    aside = home / "set-aside" / datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    damaged = [file for file, schema in DATABASES.items() if _is_damaged(home / file, schema)]
    for file in damaged:
        for ending in BESIDE:
            _move(home, aside, file.with_name(file.name + ending))
        if file == INDEX:  # which alone knows whose these bytes are
            _move(home, aside, INDEX.with_name("staged"))
    objects = list(_damaged_objects(home))
    return {
        "setAside": [str(file) for file in damaged],
        "damagedObjects": objects,
        **({"folder": str(aside)} if damaged else {}),
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
