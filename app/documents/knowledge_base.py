"""The Knowledge Base: its direct ingestion, and the status of its documents.

A call takes ten documents, and Bedrock refuses the whole call if it cannot take one of them. So a
document that direct ingestion cannot name is never sent, and a refused call is repeated with one
document at a time: then a document fails alone.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.aws import Clients, calling
from app.errors import InvalidRequest, OutcropError, Unavailable
from app.resources import SOURCE_URI
from app.settings import DocumentSettings

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent.type_defs import (
        DocumentContentTypeDef,
        DocumentIdentifierTypeDef,
        KnowledgeBaseDocumentTypeDef,
    )

BATCH = 10  # documents a call, by the service's model
NOT_FOUND, REFUSED = "NOT_FOUND", "REFUSED"
LONGEST_URI = {False: len("s3://") + 128, True: 1024}
"""Characters of a document's URI, by whether the base is managed: the patterns of S3BucketUri and
S3ObjectUri in the service's model."""
LINE_END = re.compile(
    r"[\n\r\x85\u2028\u2029]"
)  # the signs that the dot of those patterns does not match
ONGOING = re.compile(r"ongoing (ingestion job|KnowledgeBaseDocuments)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Detail:
    """A document's status in the Knowledge Base.

    Attributes:
        status: one of Bedrock's DocumentStatus, or REFUSED: direct ingestion cannot take it.
        updated: the time of the last change of the status.
        reason: what is wrong with the document; of an indexed one, what of its text is missing in
            the index, one warning on each line.
    """

    status: str
    updated: datetime | None = None
    reason: str | None = None

    @property
    def kept(self) -> bool:
        """Whether the document is in the base or on its way there: not refused, not being
        deleted.
        """
        return self.status != REFUSED and not self.status.startswith("DELET")


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """A Knowledge Base. Documents are named by their URIs in the bucket.

    Attributes:
        data_source_id: the data source of the bucket. A managed base takes documents directly only
            through a custom connector, in which a document's id is its URI.
    """

    clients: Clients
    id: str
    data_source_id: str
    managed: bool

    @classmethod
    def of(cls, clients: Clients, settings: DocumentSettings) -> "KnowledgeBase":
        return cls(clients, settings.knowledge_base_id, settings.data_source_id, settings.managed)

    def refusal(self, uri: str) -> str | None:
        """The rule of direct ingestion that a document's URI breaks, if it breaks one."""
        longest = LONGEST_URI[self.managed]
        if len(uri) > longest:
            return (
                f"Its address, {uri[:60]}..., has {len(uri)} characters; Bedrock's direct "
                f"ingestion takes {longest}. Put it into the bucket under a shorter name."
            )
        if LINE_END.search(uri):
            return (
                "Its name holds a line break, which Bedrock's direct ingestion does not take. Put "
                "it into the bucket under another name."
            )
        return None

    def ingest(self, sidecars: Mapping[str, str | None]) -> dict[str, OutcropError]:
        """Ingest documents, new or changed: URI -> the URI of its sidecar, if it has one.

        Returns:
            The documents that were refused, and why.
        """

        def ingest(uris: Sequence[str]) -> None:
            with _direct("IngestKnowledgeBaseDocuments"):
                self.clients.bedrock_agent.ingest_knowledge_base_documents(
                    knowledgeBaseId=self.id,
                    dataSourceId=self.data_source_id,
                    documents=[self._document(uri, sidecars[uri]) for uri in uris],
                )

        return _in_batches(list(sidecars), ingest)

    def delete(self, uris: Sequence[str]) -> dict[str, OutcropError]:
        """Delete documents; returns the same as `ingest`."""

        def delete(uris: Sequence[str]) -> None:
            with _direct("DeleteKnowledgeBaseDocuments"):
                self.clients.bedrock_agent.delete_knowledge_base_documents(
                    knowledgeBaseId=self.id,
                    dataSourceId=self.data_source_id,
                    documentIdentifiers=[self._identifier(uri) for uri in uris],
                )

        return _in_batches(uris, delete)

    def details(self, uris: Sequence[str]) -> dict[str, Detail]:
        """The details of those of these documents that the base knows.

        Raises:
            OutcropError: the call failed. That one document cannot be named in a call is no error:
                its status is REFUSED.
        """
        details = {uri: Detail(REFUSED, reason=rule) for uri in uris if (rule := self.refusal(uri))}

        def get(uris: Sequence[str]) -> None:
            with calling("GetKnowledgeBaseDocuments"):
                reply = self.clients.bedrock_agent.get_knowledge_base_documents(
                    knowledgeBaseId=self.id,
                    dataSourceId=self.data_source_id,
                    documentIdentifiers=[self._identifier(uri) for uri in uris],
                )
            for detail in reply["documentDetails"]:
                if detail["status"] != NOT_FOUND:
                    details[_uri(detail["identifier"])] = Detail(
                        detail["status"], detail.get("updatedAt"), detail.get("statusReason")
                    )

        for uri, error in _in_batches([uri for uri in uris if uri not in details], get).items():
            if not isinstance(error, InvalidRequest):
                raise error
            details[uri] = Detail(REFUSED, reason=error.detail)
        return details

    def finds(self, uri: str) -> bool:
        """Whether Retrieve still finds a passage of a document."""
        search: Any = {
            "numberOfResults": 1,
            "filter": {"equals": {"key": SOURCE_URI, "value": uri}},
        }
        kind = "managedSearchConfiguration" if self.managed else "vectorSearchConfiguration"
        with calling("Retrieve"):
            response = self.clients.bedrock_agent_runtime.retrieve(
                knowledgeBaseId=self.id,
                retrievalQuery={"text": uri},
                retrievalConfiguration={kind: search},  # type: ignore[misc]  # one of two names
            )
        return bool(response["retrievalResults"])

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


@contextmanager
def _direct(operation: str) -> Iterator[None]:
    """A call of direct ingestion. While an ingestion job of the data source runs, Bedrock refuses
    it with a ValidationException, though nothing is wrong with the request.
    """
    try:
        with calling(operation):
            yield
    except InvalidRequest as error:
        if ONGOING.search(error.detail):
            raise Unavailable(error.detail) from error
        raise


def _in_batches(
    uris: Sequence[str], call: Callable[[Sequence[str]], None]
) -> dict[str, OutcropError]:
    """Call with ten documents at a time, and with one at a time where ten were refused.

    Returns:
        The documents whose call failed, each with its error.
    """
    failures: dict[str, OutcropError] = {}
    for start in range(0, len(uris), BATCH):
        batch = uris[start : start + BATCH]
        try:
            call(batch)
        except InvalidRequest as error:
            if len(batch) == 1:
                failures[batch[0]] = error
                continue
            for uri in batch:
                failures |= _in_batches([uri], call)
        except OutcropError as error:
            failures |= dict.fromkeys(batch, error)
    return failures


def _uri(identifier: "DocumentIdentifierTypeDef") -> str:
    return identifier["s3"]["uri"] if "s3" in identifier else identifier["custom"]["id"]
