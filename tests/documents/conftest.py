"""A real bucket of the stand-in's, before a Knowledge Base that answers what a test tells it to."""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from app.aws import clients
from app.deploy.endpoint import endpoint_variables, misleading_names
from app.documents import Bucket, KnowledgeBase, Upload, offer
from app.events import MetadataValue
from app.local.wire import JSON, Call, Service, ServiceError
from tests import http_calls
from tests.local.home import home

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "documents"
SECONDS = 30


@dataclass
class Base:
    """A Knowledge Base that does as it is told, and no more.

    Attributes:
        documents: what it knows: URI -> the URI of the sidecar, or None.
        calls: what it was asked: operation, keys.
        during: run within each call, before it takes effect: what else happens at that moment.
        refuses: the keys that it cannot take; it then refuses the whole call, as Bedrock does.
        message: what it says when it refuses.
        says: of a document that it knows: its status, and what else a detail may have.
    """

    documents: dict[str, str | None] = field(default_factory=dict)
    calls: list[tuple[str, Sequence[str]]] = field(default_factory=list)
    during: dict[str, Callable[[], Any]] = field(default_factory=dict)
    refuses: Sequence[str] = ()
    message: str = "This document cannot be."
    says: JSON = field(default_factory=lambda: {"status": "INDEXED"})

    def reset(self) -> None:
        self.__init__()  # type: ignore[misc]  # as new: every field has a default

    def ingest(self, call: Call) -> JSON:
        sidecars = {_content(one): _sidecar(one) for one in call.params["documents"]}
        self._note("ingest", list(sidecars))
        self.documents |= sidecars
        return {"documentDetails": []}

    def delete(self, call: Call) -> JSON:
        uris = [one["s3"]["uri"] for one in call.params["documentIdentifiers"]]
        self._note("delete", uris)
        for uri in uris:
            self.documents.pop(uri, None)
        return {"documentDetails": []}

    def get(self, call: Call) -> JSON:
        uris = [one["s3"]["uri"] for one in call.params["documentIdentifiers"]]
        self._note("get", uris)
        details = [
            {
                "knowledgeBaseId": "KB12345678",
                "dataSourceId": "DS12345678",
                "identifier": {"dataSourceType": "S3", "s3": {"uri": uri}},
                **(self.says if uri in self.documents else {"status": "NOT_FOUND"}),
            }
            for uri in uris
        ]
        return {"documentDetails": details}

    def _note(self, operation: str, uris: Sequence[str]) -> None:
        keys = [uri.removeprefix(f"s3://{BUCKET}/") for uri in uris]
        self.calls.append((operation, keys))
        if happens := self.during.pop(operation, None):
            happens()
        if any(key in self.refuses for key in keys):
            raise ServiceError("ValidationException", self.message)


@dataclass
class Sides:
    """The bucket and the Knowledge Base, as the application has them, and what is behind them."""

    s3: "S3Client"
    base: Base
    bucket: Bucket
    knowledge_base: KnowledgeBase

    def put(self, *keys: str, **more: Any) -> None:
        for key in keys:
            self.s3.put_object(Bucket=BUCKET, Key=key, Body=f"This is {key}.".encode(), **more)

    def upload(
        self, key: str, content: str = "A text.", sha256: str | None = None, **more: MetadataValue
    ) -> None:
        """By a form of the application's; what else is given are attributes."""
        post(offer(self.bucket, self.knowledge_base, key, more, sha256), content)

    def attributes(self, key: str) -> Any:
        """What the sidecar says that the Knowledge Base was told of with a document."""
        uri = self.base.documents[f"s3://{BUCKET}/{key}"]
        if uri is None:
            return None
        sidecar = self.s3.get_object(Bucket=BUCKET, Key=uri.removeprefix(f"s3://{BUCKET}/"))
        return json.loads(sidecar["Body"].read())["metadataAttributes"]

    def delete(self, key: str) -> None:
        self.s3.delete_object(Bucket=BUCKET, Key=key)

    @property
    def known(self) -> list[str]:
        """The keys that the Knowledge Base knows."""
        return sorted(uri.removeprefix(f"s3://{BUCKET}/") for uri in self.base.documents)


def post(upload: Upload, content: str) -> None:
    """Use a form."""
    sent = http_calls.post(upload.url, data=dict(upload.fields), files={"file": content.encode()})
    assert sent.is_success, sent.text


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sides]:
    """Both, answering; this process's boto3 leads to them."""
    base = Base()
    operations = {
        "IngestKnowledgeBaseDocuments": base.ingest,
        "DeleteKnowledgeBaseDocuments": base.delete,
        "GetKnowledgeBaseDocuments": base.get,
    }
    services: dict[str, Service] = {
        "bedrock-agent": operations,
        "bedrock-agent-runtime": {"Retrieve": lambda _: {"retrievalResults": []}},
    }
    with (
        home(tmp_path_factory.mktemp("home"), services) as running,
        pytest.MonkeyPatch.context() as environment,
    ):
        for name, value in endpoint_variables(running.server.url).items():
            environment.setenv(name, value)
        for name in misleading_names(os.environ):
            environment.delenv(name, raising=False)
        aws = clients(SECONDS)
        aws.s3.create_bucket(Bucket=BUCKET)
        knowledge_base = KnowledgeBase(aws, "KB12345678", "DS12345678", managed=False)
        yield Sides(aws.s3, base, Bucket(aws.s3, BUCKET), knowledge_base)


@pytest.fixture
def sides(serving: Sides) -> Sides:
    """Both, empty."""
    serving.base.reset()
    for item in serving.s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        serving.delete(item["Key"])
    return serving


@pytest.fixture
def calls(sides: Sides) -> Iterator[Counter[str]]:
    """The operations that AWS is called with, counted."""
    counted: Counter[str] = Counter()

    def count(model: object, **_: object) -> None:
        counted[str(getattr(model, "name", ""))] += 1

    aws = sides.knowledge_base.clients
    each = [aws.s3, aws.bedrock_agent, aws.bedrock_agent_runtime]
    for client in each:
        client.meta.events.register("before-call", count, unique_id="count")
    yield counted
    for client in each:
        client.meta.events.unregister("before-call", unique_id="count")


def _content(document: JSON) -> str:
    uri: str = document["content"]["s3"]["s3Location"]["uri"]
    return uri


def _sidecar(document: JSON) -> str | None:
    uri: str | None = document.get("metadata", {}).get("s3Location", {}).get("uri")
    return uri
