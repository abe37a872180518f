"""The Knowledge Base, as far as documents need it: direct ingestion, and what became of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.aws import Clients, calling
from app.settings import DocumentSettings

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent.type_defs import (
        DocumentContentTypeDef,
        DocumentIdentifierTypeDef,
        KnowledgeBaseDocumentDetailTypeDef,
        KnowledgeBaseDocumentTypeDef,
    )

BATCH = 10  # documents a call, by the service's model
NOT_FOUND = "NOT_FOUND"
SOURCE_URI = "x-amz-bedrock-kb-source-uri"


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """A Knowledge Base. Documents are called by their URIs in the bucket.

    Attributes:
        data_source_id: the bucket. A managed base takes documents directly from a custom connector
            only, to which a document is told as one whose id is its URI.
    """

    clients: Clients
    id: str
    data_source_id: str
    managed: bool

    @classmethod
    def of(cls, clients: Clients, settings: DocumentSettings) -> "KnowledgeBase":
        """The one that the settings name."""
        return cls(clients, settings.knowledge_base_id, settings.data_source_id, settings.managed)

    def ingest(self, sidecars: Mapping[str, str | None]) -> None:
        """Take on documents, new or changed: URI -> the URI of its sidecar, if it has one."""
        for batch in _batches(list(sidecars)):
            with calling("IngestKnowledgeBaseDocuments"):
                self.clients.bedrock_agent.ingest_knowledge_base_documents(
                    knowledgeBaseId=self.id,
                    dataSourceId=self.data_source_id,
                    documents=[self._document(uri, sidecars[uri]) for uri in batch],
                )

    def delete(self, uris: Sequence[str]) -> None:
        for batch in _batches(uris):
            with calling("DeleteKnowledgeBaseDocuments"):
                self.clients.bedrock_agent.delete_knowledge_base_documents(
                    knowledgeBaseId=self.id,
                    dataSourceId=self.data_source_id,
                    documentIdentifiers=[self._identifier(uri) for uri in batch],
                )

    def details(self, uris: Sequence[str]) -> "dict[str, KnowledgeBaseDocumentDetailTypeDef]":
        """What is known of these documents: of those that are not known, nothing."""
        details = {}
        for batch in _batches(uris):
            with calling("GetKnowledgeBaseDocuments"):
                reply = self.clients.bedrock_agent.get_knowledge_base_documents(
                    knowledgeBaseId=self.id,
                    dataSourceId=self.data_source_id,
                    documentIdentifiers=[self._identifier(uri) for uri in batch],
                )
            for detail in reply["documentDetails"]:
                if detail["status"] != NOT_FOUND:
                    details[_uri(detail["identifier"])] = detail
        return details

    def finds(self, uri: str) -> bool:
        """Whether Retrieve still finds anything of a document."""
        search: Any = {
            "numberOfResults": 1,
            "filter": {"equals": {"key": SOURCE_URI, "value": uri}},
        }
        kind = "managedSearchConfiguration" if self.managed else "vectorSearchConfiguration"
        with calling("Retrieve"):
            found = self.clients.bedrock_agent_runtime.retrieve(
                knowledgeBaseId=self.id,
                retrievalQuery={"text": uri},
                retrievalConfiguration={kind: search},  # type: ignore[misc]  # one of two names
            )
        return bool(found["retrievalResults"])

    def _identifier(self, uri: str) -> "DocumentIdentifierTypeDef":
        if self.managed:
            return {"dataSourceType": "CUSTOM", "custom": {"id": uri}}
        return {"dataSourceType": "S3", "s3": {"uri": uri}}

    def _document(self, uri: str, sidecar: str | None) -> "KnowledgeBaseDocumentTypeDef":
        document: KnowledgeBaseDocumentTypeDef = {"content": self._content(uri)}
        if sidecar:
            document["metadata"] = {"type": "S3_LOCATION", "s3Location": {"uri": sidecar}}
        return document

    def _content(self, uri: str) -> "DocumentContentTypeDef":
        if not self.managed:
            return {"dataSourceType": "S3", "s3": {"s3Location": {"uri": uri}}}
        return {
            "dataSourceType": "CUSTOM",
            "custom": {
                "customDocumentIdentifier": {"id": uri},
                "sourceType": "S3_LOCATION",
                "s3Location": {"uri": uri},
            },
        }


def _uri(identifier: "DocumentIdentifierTypeDef") -> str:
    return identifier["s3"]["uri"] if "s3" in identifier else identifier["custom"]["id"]


def _batches(uris: Sequence[str]) -> Iterator[Sequence[str]]:
    return (uris[start : start + BATCH] for start in range(0, len(uris), BATCH))
