"""A stand-in with Knowledge Bases and buckets on a loopback port, and boto3 clients of it."""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from app.local import bedrock_agent_runtime, bedrock_runtime
from app.local.bedrock import foundation_models
from app.local.bedrock_agent import knowledge_base_handlers
from app.local.bedrock_agent.knowledge_bases import Knowledge
from app.local.engine import LATE_FILE
from app.local.engine.encoder import TokenEncoder
from app.local.engine.parsers import SectionParser
from app.local.engine.store import EmbeddedStores, open_embedded
from app.local.engine.store.embedded_stores import OpenStore
from app.local.engine.token_file import TokenFile
from app.local.s3.storage import Buckets
from app.local.wire import JSON, Call
from tests.local.bedrock_agent.knowledge_bases.fakes import DIMENSION, PlainParser
from tests.local.engines import engine_of
from tests.wire_server import Server, serving

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent import AgentsforBedrockClient
    from mypy_boto3_bedrock_agent_runtime import AgentsforBedrockRuntimeClient

T = TypeVar("T")
ROLE = "arn:aws:iam::000000000000:role/knowledge"
MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0"
FIELDS = {"vectorField": "vector", "textField": "text", "metadataField": "metadata"}
SERVERLESS = {
    "type": "OPENSEARCH_SERVERLESS",
    "opensearchServerlessConfiguration": {
        "collectionArn": "arn:aws:aoss:us-east-1:000000000000:collection/abcdefghij",
        "vectorIndexName": "index",
        "fieldMapping": FIELDS,
    },
}
S3_VECTORS = {
    "type": "S3_VECTORS",
    "s3VectorsConfiguration": {
        "indexArn": "arn:aws:s3vectors:us-east-1:000000000000:bucket/vectors/index/knowledge"
    },
}
ROOM = 10_000_000  # bytes for the tokens of many small documents
ENDED = {"COMPLETE", "FAILED", "STOPPED"}
SETTLED = {"INDEXED", "FAILED", "NOT_FOUND"}


class World:
    """Everything in one process. Documents are put straight into the buckets' folders. Tokens are
    remembered if there are bytes of room for them.
    """

    def __init__(
        self,
        home: Path,
        encoder: TokenEncoder | None = None,
        open_store: OpenStore = open_embedded,
        parser: Callable[[], SectionParser] | None = None,
        room: int = 0,
    ) -> None:
        self.home = home
        self.parser = PlainParser()
        self.buckets = Buckets(home)
        folder = home / "knowledge" / "stores"
        self.tokens = TokenFile(folder / LATE_FILE, room, DIMENSION, "int8")
        self.engine = engine_of(
            encoder,
            new_parser=parser or (lambda: self.parser),
            stores=EmbeddedStores(folder, open_store),
            token_file=self.tokens,
        )
        self.knowledge = Knowledge(home, self.engine, self.buckets)
        self._exits = ExitStack()

    def __enter__(self) -> Self:
        self._exits.callback(self.buckets.close)
        self._exits.callback(self.engine.close)
        self.knowledge.start()
        self._exits.callback(self.knowledge.close)
        return self

    def __exit__(self, *error: object) -> None:
        self._exits.close()

    @cached_property
    def server(self) -> Server:
        agent = knowledge_base_handlers.handlers(self.knowledge)
        sessions = bedrock_agent_runtime.Sessions(self.home)
        self._exits.callback(sessions.close)
        models = bedrock_runtime.handlers(self.engine, foundation_models)
        runtime = bedrock_agent_runtime.handlers(
            self.engine, self.knowledge, foundation_models, agent, models, sessions, self.buckets
        )
        services = {"bedrock-agent": agent, "bedrock-agent-runtime": runtime}
        return self._exits.enter_context(serving(services))

    @cached_property
    def agent(self) -> "AgentsforBedrockClient":
        client: AgentsforBedrockClient = self.server.client("bedrock-agent")
        return client

    @cached_property
    def runtime(self) -> "AgentsforBedrockRuntimeClient":
        client: AgentsforBedrockRuntimeClient = self.server.client("bedrock-agent-runtime")
        return client

    def call(self, operation: str, **params: Any) -> JSON:
        """An operation of `bedrock-agent`, without HTTP."""
        handler = knowledge_base_handlers.handlers(self.knowledge)[operation]
        return handler(Call("bedrock-agent", operation, params, {}, "request"))

    def base(self, storage: Mapping[str, Any] = SERVERLESS, **params: Any) -> str:
        """A Knowledge Base of its own for a test."""
        created = self.agent.create_knowledge_base(
            **{
                "name": f"base-{uuid4()}",
                "roleArn": ROLE,
                "knowledgeBaseConfiguration": {
                    "type": "VECTOR",
                    "vectorKnowledgeBaseConfiguration": {"embeddingModelArn": MODEL},
                },
                "storageConfiguration": storage,
                **params,
            }
        )
        return created["knowledgeBase"]["knowledgeBaseId"]

    def source(self, base: str | None = None, **params: Any) -> "Source":
        """An S3 data source with a bucket of its own."""
        base = base or self.base()
        bucket = f"bucket-{uuid4()}"
        self.buckets.create(bucket)
        settings = {"bucketArn": f"arn:aws:s3:::{bucket}", **params.pop("s3Configuration", {})}
        created = self.agent.create_data_source(
            **{
                "knowledgeBaseId": base,
                "name": f"source-{uuid4()}",
                "dataSourceConfiguration": {"type": "S3", "s3Configuration": settings},
                **params,
            }
        )
        return Source(self, base, created["dataSource"]["dataSourceId"], bucket)

    def custom(self, base: str | None = None, **params: Any) -> "Source":
        """A CUSTOM data source."""
        base = base or self.base()
        created = self.agent.create_data_source(
            **{
                "knowledgeBaseId": base,
                "name": f"source-{uuid4()}",
                "dataSourceConfiguration": {"type": "CUSTOM"},
                **params,
            }
        )
        return Source(self, base, created["dataSource"]["dataSourceId"], "")

    def retrieve(self, base: str, question: str, **search: Any) -> list[Any]:
        configuration: Any = {"vectorSearchConfiguration": search}
        reply = self.runtime.retrieve(
            knowledgeBaseId=base,
            retrievalQuery={"text": question},
            retrievalConfiguration=configuration,
        )
        return list(reply["retrievalResults"])


class Source:
    """A data source, its base and its bucket."""

    def __init__(self, world: World, base: str, identifier: str, bucket: str) -> None:
        self.world, self.base, self.id, self.bucket = world, base, identifier, bucket
        self.ids: Any = {"knowledgeBaseId": base, "dataSourceId": identifier}

    def uri(self, key: str) -> str:
        return f"s3://{self.bucket}/{key}"

    def put(self, key: str, text: str, sidecar: str | None = None) -> None:
        path = self.world.home / "s3" / self.bucket / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        if sidecar is not None:
            path.with_name(path.name + ".metadata.json").write_text(sidecar)

    def remove(self, key: str) -> None:
        (self.world.home / "s3" / self.bucket / key).unlink()

    def job(self) -> Any:
        """Run an ingestion job to its end."""
        started = self.world.agent.start_ingestion_job(**self.ids)["ingestionJob"]
        return self.ended(started["ingestionJobId"])

    def ended(self, job: str) -> Any:
        return until(
            lambda: self.world.agent.get_ingestion_job(**self.ids, ingestionJobId=job)[
                "ingestionJob"
            ],
            lambda description: description["status"] in ENDED,
        )

    def running_jobs(self) -> list[Any]:
        jobs = self.world.agent.list_ingestion_jobs(**self.ids)["ingestionJobSummaries"]
        return [job for job in jobs if job["status"] not in ENDED]

    def ingest(self, *keys: str) -> Any:
        """Ask for documents of the bucket; the details that are answered."""
        return self.world.agent.ingest_knowledge_base_documents(
            **self.ids,
            documents=[
                {"content": {"dataSourceType": "S3", "s3": {"s3Location": {"uri": self.uri(key)}}}}
                for key in keys
            ],
        )["documentDetails"]

    def delete(self, *keys: str) -> Any:
        return self.world.agent.delete_knowledge_base_documents(
            **self.ids, documentIdentifiers=[self.identifier(key) for key in keys]
        )["documentDetails"]

    def get(self, *keys: str) -> Any:
        return self.world.agent.get_knowledge_base_documents(
            **self.ids, documentIdentifiers=[self.identifier(key) for key in keys]
        )["documentDetails"]

    def settled(self, *keys: str) -> list[Any]:
        """The details of documents once nothing is left to be done about them."""
        details: list[Any] = until(
            lambda: self.get(*keys), lambda latest: all(d["status"] in SETTLED for d in latest)
        )
        return details

    def statuses(self) -> dict[str, str]:
        """The status of every document, by its key or id."""
        pages = self.world.agent.get_paginator("list_knowledge_base_documents").paginate(**self.ids)
        return {
            _name(detail["identifier"]): detail["status"]
            for page in pages
            for detail in page["documentDetails"]
        }

    def identifier(self, key: str) -> Any:
        if self.bucket:
            return {"dataSourceType": "S3", "s3": {"uri": self.uri(key)}}
        return {"dataSourceType": "CUSTOM", "custom": {"id": key}}

    def found(self, question: str, **search: Any) -> list[str]:
        """The keys, or ids, of what Retrieve finds, best first."""
        return [
            _name(_flat(result["location"]))
            for result in self.world.retrieve(self.base, question, **search)
        ]


def refused(call: Callable[..., Any], *args: Any, **params: Any) -> tuple[str, int, str]:
    """The code, the HTTP status and the message of the error that a call is answered with."""
    with pytest.raises(ClientError) as caught:
        call(*args, **params)
    response: Any = caught.value.response
    status = response["ResponseMetadata"]["HTTPStatusCode"]
    return response["Error"]["Code"], status, response["Error"]["Message"]


def until(look: Callable[[], T], done: Callable[[T], bool], seconds: float = 30) -> T:
    """Look until it is done."""
    deadline = time.monotonic() + seconds
    while not done(state := look()):
        assert time.monotonic() < deadline, f"still {state}"
        time.sleep(0.005)
    return state


def _flat(location: Mapping[str, Any]) -> Mapping[str, Any]:
    """A result's location as a document's identifier."""
    if location["type"] == "S3":
        return {"s3": location["s3Location"]}
    return {"custom": location["customDocumentLocation"]}


def _name(identifier: Mapping[str, Any]) -> str:
    if "custom" in identifier:
        return str(identifier["custom"]["id"])
    return str(identifier["s3"]["uri"].split("/", 3)[3])
