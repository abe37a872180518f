"""The functions as Lambda runs them: from a bundle, each in a process of its own, with variables
as the template gives them. What they call is the stand-in.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.aws import table
from app.local import dynamodb
from app.local.wire import JSON, Call
from infra.contents import ROOT, sources
from lambdas.tools.seed import seed
from tests.lambdas.tools.events import function_event, said
from tests.lambdas.tools.shop import KEYS, create, environment
from tests.lambdas.vector_index.answering import answering
from tests.local.home import Home, home

WHERE = "import app, pydantic\ndef handler(event, context): return app.__file__, pydantic.__file__"


@dataclass
class Lambda:
    """The stand-in, and what its Knowledge Base was told."""

    home: Home
    ingested: list[JSON]

    def create(self, name: str, handler: str, **variables: str) -> None:
        """As CloudFormation makes it of the template's properties."""
        entry = handler.split(".")[1]
        self.home.lambda_.create_function(
            FunctionName=name,
            Architectures=["arm64"],
            Runtime="python3.14",
            Handler=handler,
            Role="arn:aws:iam::123456789012:role/any",
            Code={"ZipFile": bundle(entry)},
            Environment={"Variables": variables},
            LoggingConfig={"LogFormat": "JSON", "LogGroup": f"/outcrop/{name}"},
            MemorySize=256,
            Timeout=60,
            TracingConfig={"Mode": "Active"},
        )

    def invoke(self, name: str, event: JSON) -> Any:
        answer = self.home.lambda_.invoke(FunctionName=name, Payload=json.dumps(event))
        result = json.loads(answer["Payload"].read())
        assert answer.get("FunctionError") is None, result
        return result


@pytest.fixture(scope="module")
def lambda_(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lambda]:
    ingested: list[JSON] = []

    def ingest(call: Call) -> JSON:
        ingested.append(call.params)
        return {"documentDetails": []}

    folder = tmp_path_factory.mktemp("home")
    with ExitStack() as stack:
        tables = stack.enter_context(closing(dynamodb.Tables(folder)))
        services = {
            "bedrock-agent": {"IngestKnowledgeBaseDocuments": ingest},
            "dynamodb": dynamodb.handlers(tables),
        }
        running = stack.enter_context(home(folder, services))
        yield Lambda(running, ingested)


def bundle(entry: str) -> bytes:
    """What is ours in a function's archive, and a handler that says where it runs."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("lambdas/where.py", WHERE)
        for path in sources(entry):
            archive.write(path, str(path.relative_to(ROOT)))
    return packed.getvalue()


def test_our_code_is_the_archives_and_packages_are_this_environments(lambda_: Lambda) -> None:
    lambda_.create("where", "lambdas.where.handler")
    ours, theirs = map(Path, lambda_.invoke("where", {}))
    assert ours.is_relative_to(lambda_.home.folder)
    assert not theirs.is_relative_to(lambda_.home.folder)


def test_ingest_tells_the_knowledge_base(lambda_: Lambda) -> None:
    lambda_.create(
        "ingest",
        "lambdas.ingest.handler.handler",
        OUTCROP_KNOWLEDGE_BASE_ID="KB12345678",
        OUTCROP_DATA_SOURCE_ID="DS12345678",
        OUTCROP_DOCUMENTS_BUCKET="documents",
    )
    lambda_.home.s3.create_bucket(Bucket="documents")
    lambda_.home.s3.put_object(Bucket="documents", Key="a guide.md", Body=b"# A guide")
    notice = {"Records": [{"s3": {"object": {"key": "a+guide.md"}}}]}
    event: JSON = {"Records": [{"messageId": "1", "body": json.dumps(notice)}]}
    assert lambda_.invoke("ingest", event) == {"batchItemFailures": []}
    documents = lambda_.ingested[0]
    assert (documents["knowledgeBaseId"], documents["dataSourceId"]) == ("KB12345678", "DS12345678")
    assert "a guide.md" in json.dumps(documents["documents"])


def test_the_tools_read_their_tables(lambda_: Lambda, monkeypatch: pytest.MonkeyPatch) -> None:
    server = lambda_.home.server
    for name, value in environment(server.url).items():
        monkeypatch.setenv(name, value)
    owners: dict[str, dict[str, str]] = {"orders": {"customer": "ada"}, "products": {}}
    for tool, owner in owners.items():
        create(server.client("dynamodb"), f"Outcrop-{tool}", KEYS[tool])
        into = table(f"Outcrop-{tool}", 30)
        seed(tool, into, **owner)
        into.meta.client.close()
        variable = {f"OUTCROP_{tool.upper()}_TABLE": into.name}
        lambda_.create(tool, f"lambdas.tools.{tool}.handler.handler", **variable)
    order = said(lambda_.invoke("orders", function_event("order_status", order_id="A-1042")))
    assert (order["status"], order["total"]) == ("shipped", "238.00")
    price = said(lambda_.invoke("products", function_event("product_price", product_id="P-107")))
    assert price["total"] == "49.90"


def test_the_index_is_made_and_cloudformation_is_told(lambda_: Lambda) -> None:
    lambda_.create("vector-index", "lambdas.vector_index.handler.handler")
    with answering() as node, answering() as cloudformation:
        node.enqueue((200, {"acknowledged": True}), (200, {"hits": {"hits": []}}))
        cloudformation.enqueue((200, {}))
        event: JSON = {
            "RequestType": "Create",
            "ResponseURL": f"{cloudformation.url}/answer",
            "StackId": "a-stack",
            "RequestId": "a-request",
            "LogicalResourceId": "Index",
            "ResourceProperties": {
                "Service": "es",
                "Endpoint": node.url,
                "IndexName": "outcrop",
                "Dimension": "1024",
                "Engine": "faiss",
                "SpaceType": "l2",
                "VectorField": "vector",
                "TextField": "text",
                "MetadataField": "metadata",
            },
        }
        assert lambda_.invoke("vector-index", event) is None
        assert cloudformation.asked[0].body["Status"] == "SUCCESS"
        assert node.requests == ["PUT /outcrop", "POST /outcrop/_search"]
