"""A stand-in with a Knowledge Base of two documents, and how it is asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.local.stand_in import Options, StandIn
from tests.local.bedrock_agent.knowledge_bases.world import MODEL, ROLE, SERVERLESS, until
from tests.wire_server import Server, serving

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent_runtime import AgentsforBedrockRuntimeClient

WRITER = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"
ABSTENTION = "Sorry, I am unable to assist you with this request."
DOCUMENTS = {
    "quartz": "# Quartz\n\nQuartz has a hardness of 7 on the Mohs scale. Quartz is found in "
    "granite. Its melting point is 1,713 °C.",
    "talc": "# Talc\n\nTalc has a hardness of 1 on the Mohs scale. Talc is mined in Finland. "
    "Talc is soft \U0001f9fc like soap.",
}


@dataclass(frozen=True)
class Library:
    """A served stand-in, and the id of its Knowledge Base."""

    server: Server
    base: str
    runtime: "AgentsforBedrockRuntimeClient"

    def configuration(self, **members: Any) -> Any:
        """A configuration for the Knowledge Base, with these members."""
        return {
            "type": "KNOWLEDGE_BASE",
            "knowledgeBaseConfiguration": {
                "knowledgeBaseId": self.base,
                "modelArn": WRITER,
                **members,
            },
        }

    def answer(self, question: str, session: str | None = None, **members: Any) -> Any:
        more: Any = {"sessionId": session} if session else {}
        return self.runtime.retrieve_and_generate(
            input={"text": question},
            retrieveAndGenerateConfiguration=self.configuration(**members),
            **more,
        )


@contextmanager
def library(home: Path, **options: Any) -> Iterator[Library]:
    """Serve a home that has the two documents; they are put into it if it is new."""
    with StandIn(Options(home, **options)) as stand_in, serving(stand_in.services) as server:
        stand_in.start(server.url)
        agent = server.client("bedrock-agent")
        bases = agent.list_knowledge_bases()["knowledgeBaseSummaries"]
        base = bases[0]["knowledgeBaseId"] if bases else make_base(agent, "minerals", DOCUMENTS)
        yield Library(server, base, server.client("bedrock-agent-runtime"))


def make_base(agent: Any, name: str, documents: dict[str, str], **params: Any) -> str:
    """A Knowledge Base with custom documents, by their ids; its own id."""
    described = {
        "knowledgeBaseConfiguration": {
            "type": "VECTOR",
            "vectorKnowledgeBaseConfiguration": {"embeddingModelArn": MODEL},
        },
        "storageConfiguration": SERVERLESS,
        **params,
    }
    base = agent.create_knowledge_base(name=name, roleArn=ROLE, **described)
    ids = {"knowledgeBaseId": base["knowledgeBase"]["knowledgeBaseId"]}
    source = agent.create_data_source(**ids, name=name, dataSourceConfiguration={"type": "CUSTOM"})[
        "dataSource"
    ]
    ids["dataSourceId"] = source["dataSourceId"]
    if documents:
        agent.ingest_knowledge_base_documents(
            **ids, documents=[_document(*one) for one in documents.items()]
        )
    until(
        lambda: agent.list_knowledge_base_documents(**ids)["documentDetails"],
        lambda details: all(detail["status"] == "INDEXED" for detail in details),
    )
    return str(ids["knowledgeBaseId"])


def _document(identifier: str, text: str) -> Any:
    return {
        "metadata": {
            "type": "IN_LINE_ATTRIBUTE",
            "inlineAttributes": [
                {"key": "mineral", "value": {"type": "STRING", "stringValue": identifier}}
            ],
        },
        "content": {
            "dataSourceType": "CUSTOM",
            "custom": {
                "customDocumentIdentifier": {"id": identifier},
                "sourceType": "IN_LINE",
                "inlineContent": {"type": "TEXT", "textContent": {"data": text}},
            },
        },
    }


def parts_of(citations: Any) -> list[tuple[str, int, int]]:
    """The text and the span of each citation."""
    parts = [one["generatedResponsePart"]["textResponsePart"] for one in citations]
    return [(part["text"], part["span"]["start"], part["span"]["end"]) for part in parts]
