"""What is searched for an answer: a Knowledge Base, or documents that come with the request."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Protocol

from app.local.bedrock_agent_runtime.retrieval import Search, reference
from app.local.engine.store import Hit
from app.local.wire import JSON


class Source(Protocol):
    """The passages that an answer can be written from, and how each is referred to."""

    def hits(self, question: str) -> list[Hit]:
        """The passages for a question, best first."""
        ...

    def reference(self, hit: Hit) -> JSON:
        """A passage as Bedrock's RetrievedReference."""
        ...

    def title(self, hit: Hit) -> str:
        """What the document of a passage is called."""
        ...


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """A Knowledge Base, searched as Retrieve searches it."""

    search: Search

    def hits(self, question: str) -> list[Hit]:
        return [hit for _, hit in self.search.hits(question)]

    def reference(self, hit: Hit) -> JSON:
        return reference(self.search.base, hit)

    def title(self, hit: Hit) -> str:
        """The key of an object in S3, or the id that a caller gave."""
        kind, address = self.search.base.location(hit.document)
        return address.removeprefix("s3://").partition("/")[2] if kind == "S3" else address


def search_all(source: Source, queries: Sequence[str]) -> list[Hit]:
    """The passages for several queries, which are searched for side by side: the first of each,
    then the second of each, and so on, each text once, and no more than one query finds.
    """
    if len(queries) == 1:
        return source.hits(queries[0])
    with ThreadPoolExecutor(len(queries)) as threads:
        hits_by_query = list(threads.map(source.hits, queries))
    texts: dict[str, Hit] = {}
    for hit in filter(None, chain.from_iterable(zip_longest(*hits_by_query))):
        texts.setdefault(hit.text, hit)
    return list(texts.values())[: max(map(len, hits_by_query))]
