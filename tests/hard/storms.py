"""Storms of events: many puts and deletes of few keys, their events doubled and out of order.

At the end of each storm the bucket and the Knowledge Base agree: what is in the bucket is found in
its last words and with its last attributes, and what is not is not found.
"""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from botocore.exceptions import ClientError
from rich.progress import track

from app.deploy.laptop.names import QUEUE
from tests.hard import Count, Plan
from tests.hard.home import Home, serving

NUMBER = 200
KEYS = 4
EVENTS = 24  # of a storm
SIDECAR = ".metadata.json"
PATIENCE = 60.0  # until they have to agree
TOGETHER = 4  # storms at once


@dataclass(frozen=True)
class Storm:
    """A storm over the keys of a folder of its own."""

    number: int
    seed: int

    @property
    def keys(self) -> list[str]:
        return [f"storm-{self.number}/{n}.md" for n in range(KEYS)]


def run(plan: Plan) -> Iterator[Count]:
    """So many storms, four at once."""
    number = plan.number or NUMBER
    storms = [Storm(n, plan.seed * 1_000_000 + n) for n in range(number)]
    groups = [storms[start : start + TOGETHER] for start in range(0, number, TOGETHER)]
    differences: list[str] = []
    slowest = 0.0
    with TemporaryDirectory() as folder, serving(Path(folder)) as home:
        for group in track(groups, "storms", transient=True):
            with ThreadPoolExecutor(TOGETHER) as threads:
                for done in [threads.submit(_rage, home, storm) for storm in group]:
                    done.result()
            began = time.monotonic()
            differences += _until_agreed(home, group)
            slowest = max(slowest, time.monotonic() - began)
    yield Count("storms", number)
    yield Count("puts, deletes and events", number * EVENTS)
    yield Count("seconds until they agreed, at most", round(slowest, 1))
    yield Count("differences at the end", len(differences), 0, tuple(differences[:10]))


def _rage(home: Home, storm: Storm) -> None:
    """Puts and deletes of the storm's keys; and between them, events of any that there were."""
    random = Random(storm.seed)
    s3, bucket = home.aws.s3, home.settings.documents_bucket
    queue = home.deployer.sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    for count in range(EVENTS):
        key = random.choice(storm.keys)
        match random.choice(("put", "put", "delete", "sidecar", "no sidecar", "event", "event")):
            case "put":
                text = f"Granite of storm {storm.number}, words {count} of {key}."
                s3.put_object(Bucket=bucket, Key=key, Body=text.encode())
            case "delete":
                s3.delete_object(Bucket=bucket, Key=key)
            case "sidecar":
                attributes = json.dumps({"metadataAttributes": {"version": count}})
                s3.put_object(Bucket=bucket, Key=key + SIDECAR, Body=attributes.encode())
            case "no sidecar":
                s3.delete_object(Bucket=bucket, Key=key + SIDECAR)
            case _:
                event = _event(random, bucket, key + random.choice(("", "", SIDECAR)))
                home.deployer.sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(event))
        time.sleep(random.choice((0, 0, 0.01, 0.1)))


def _event(random: Random, bucket: str, key: str) -> dict[str, Any]:
    """An event as S3 writes it, late or doubled: it need not be true any more."""
    name = random.choice(("ObjectCreated:Put", "ObjectRemoved:Delete"))
    entry = {"key": key, "sequencer": f"{random.randrange(2**40):016X}"}
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "eventName": name,
        "eventTime": "2026-11-21T09:30:00.000Z",
        "s3": {"bucket": {"name": bucket, "arn": f"arn:aws:s3:::{bucket}"}, "object": entry},
    }
    return {"Records": [record]}


def _until_agreed(home: Home, storms: list[Storm]) -> list[str]:
    """What bucket and Knowledge Base differ in, once they could agree."""
    deadline = time.monotonic() + PATIENCE
    agreed_since: float | None = None
    while True:
        differences = [one for storm in storms for one in _differences(home, storm)]
        now = time.monotonic()
        agreed_since = None if differences else agreed_since or now
        # They may agree by chance while an event is still on its way.
        if agreed_since and _is_empty(home) and now > agreed_since + 0.3:
            return []
        if now > deadline:
            return differences or ["the queue of events is not empty"]
        time.sleep(0.2)


def _is_empty(home: Home) -> bool:
    sqs = home.deployer.sqs
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return all(value == "0" for value in counts.values())


def _differences(home: Home, storm: Storm) -> Iterator[str]:
    """Between what the bucket has of a storm's keys, and what the Knowledge Base finds of them."""
    found = _found(home, storm)
    for key in storm.keys:
        text = _read(home, key)
        sidecar = _read(home, key + SIDECAR)
        version = json.loads(sidecar)["metadataAttributes"]["version"] if sidecar else None
        right = None if text is None else (text, version)
        if found.get(key) != right:
            yield f"{key}: the bucket has {right}, the Knowledge Base finds {found.get(key)}"


def _read(home: Home, key: str) -> str | None:
    s3, bucket = home.aws.s3, home.settings.documents_bucket
    try:
        return s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        return None


def _found(home: Home, storm: Storm) -> dict[str, tuple[str, Any]]:
    """By key, the text and the attribute that a search has."""
    prefix = f"s3://{home.settings.documents_bucket}/"
    uri = {"key": "x-amz-bedrock-kb-source-uri", "value": f"{prefix}storm-{storm.number}/"}
    configuration: Any = {
        "vectorSearchConfiguration": {"numberOfResults": 100, "filter": {"startsWith": uri}}
    }
    results = home.aws.bedrock_agent_runtime.retrieve(
        knowledgeBaseId=home.settings.knowledge_base_id,
        retrievalQuery={"text": "granite of a storm"},
        retrievalConfiguration=configuration,
    )["retrievalResults"]
    found: dict[str, tuple[str, Any]] = {}
    for result in results:
        key = result["location"]["s3Location"]["uri"].removeprefix(prefix)
        version = result["metadata"].get("version")
        known = found.get(key)
        text = result["content"]["text"] + (f" AND {known[0]}" if known else "")
        found[key] = (text, None if version is None else int(str(version).partition(".")[0]))
    return found
