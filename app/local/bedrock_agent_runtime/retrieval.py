"""Retrieve: its request checked and translated to a query; the hits to Bedrock's results.

Which search a base has depends on the type of store that it was declared with, as on AWS, though
the laptop's own store has both. Bedrock's user guide says that HYBRID is there for OpenSearch
Serverless, Aurora (RDS) and MongoDB Atlas, and that elsewhere the search is SEMANTIC whatever the
request says; S3 Vectors is known to refuse instead, with the error below. A managed base has a
search of its own, always by both.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import starmap
from typing import Literal, Protocol

from app.local.bedrock_agent_runtime.filters import parse_filter
from app.local.bedrock_agent_runtime.guarding import ACTIONS, guard_of
from app.local.bedrock_agent_runtime.implicit_filters import (
    WritingModels,
    attributes_of,
    with_implicit,
)
from app.local.bedrock_agent_runtime.reranking import (
    Reranking,
    RerankingModels,
    reranked,
    reranking_of,
)
from app.local.control import pages
from app.local.control.errors import invalid, unsupported
from app.local.engine import Engine
from app.local.engine.encoder import Languages
from app.local.engine.implicit import Attribute
from app.local.engine.retrieval import Query, RankedHit
from app.local.engine.store import Hit, Store
from app.local.engine.store.filters import Filter, Group
from app.local.judgement import Judge
from app.local.wire import JSON, Call

MANAGED = "MANAGED"
HYBRID_STORES = ("OPENSEARCH_SERVERLESS", "RDS", "MONGO_DB_ATLAS", MANAGED)
FEWER_OPERATORS = ("S3_VECTORS", MANAGED)
DEFAULT_RESULTS = 5
ROOM = 2**20
"""Bytes of results in a response; the rest is another page's. AWS does not say how many."""

RETRIEVAL = "retrievalConfiguration"
MEMBERS = ("vectorSearchConfiguration", "managedSearchConfiguration")
_MISSING = {
    "userContext": "access control",
}


class RetrievalModels(RerankingModels, WritingModels, Protocol):
    """The foundation models, as far as Retrieve uses them."""


class SearchableBase(Protocol):
    """A Knowledge Base, as far as Retrieve uses it."""

    @property
    def storage(self) -> str:
        """The type of store that it was declared with, or MANAGED."""
        ...

    @property
    def store(self) -> Store: ...

    @property
    def languages(self) -> Languages:
        """Which of the laptop's encoders filled the store."""
        ...

    def location(self, document: str) -> tuple[Literal["S3", "CUSTOM"], str]:
        """The origin of a document of the store: a URI in S3, or the id that a caller gave it."""
        ...


class SearchableBases(Protocol):
    """The Knowledge Bases, which bedrock-agent keeps."""

    def searchable(self, base: str) -> SearchableBase:
        """The base with this id.

        Raises:
            ServiceError: ResourceNotFoundException, or ConflictException while it is deleted;
                DependencyFailedException while its store is rebuilt: what a search would find is
                not all.
        """
        ...


@dataclass(frozen=True, slots=True)
class Search:
    """How a Knowledge Base is searched, as a request configures it.

    Attributes:
        limit: the most hits.
        by_words: whether the words of the question count, beside its meaning.
        filter: the condition that a chunk's metadata has to meet.
        attributes: from which a filter is made of what the question implies.
        reranking: how the hits are put in order; None leaves the search's own order.
    """

    engine: Engine
    base: SearchableBase
    limit: int
    by_words: bool
    filter: Filter | None
    attributes: Sequence[Attribute]
    reranking: Reranking | None

    def hits(self, question: str, start: int = 0) -> list[RankedHit]:
        """The hits for a question, best first, from the rank `start` on."""
        store, languages = self.base.store, self.base.languages
        query = Query(question, self.limit, start, by_words=self.by_words, filter=self.filter)
        if self.attributes:
            query = with_implicit(self.engine, store, languages, query, self.attributes)
        if self.reranking is None:
            return self.engine.retrieve(store, query, languages)
        whole = self.engine.retrieve(store, replace(query, start=0, is_reranked=True), languages)
        order = reranked(self.engine, question, [hit for _, hit in whole], self.reranking)
        return list(starmap(RankedHit, enumerate(order[start:], start)))


def search_of(
    engine: Engine,
    bases: SearchableBases,
    models: RetrievalModels,
    region: str,
    identifier: str,
    configuration: JSON,
    field: str = RETRIEVAL,
) -> Search:
    """Check a retrievalConfiguration for the Knowledge Base with this id.

    Args:
        region: that the request is sent to.
        field: the request's member that the configuration is.

    Raises:
        ServiceError: ValidationException, naming the member and the rule; and the errors of
            `SearchableBases.searchable`.
    """
    base = bases.searchable(identifier)
    member = MEMBERS[base.storage == MANAGED]
    where = f"{field}.{member}"
    other = MEMBERS[base.storage != MANAGED]
    if configuration.get(other) is not None:
        raise invalid(f"{field}.{other}", f"does not belong to this knowledge base: {where} does.")
    search = configuration.get(member) or {}
    implicit = search.get("implicitFilterConfiguration")
    return Search(
        engine,
        base,
        search.get("numberOfResults", DEFAULT_RESULTS),
        _is_hybrid(where, identifier, base.storage, search.get("overrideSearchType")),
        _filter(where, base.storage, search["filter"]) if "filter" in search else None,
        attributes_of(models, f"{where}.implicitFilterConfiguration", implicit) if implicit else (),
        _reranking(where, models, region, search),
    )


def retrieve(
    engine: Engine,
    bases: SearchableBases,
    models: RetrievalModels,
    judge: Judge | None,
    call: Call,
) -> JSON:
    """Bedrock's Retrieve. A question that its guardrail blocks finds nothing.

    Args:
        judge: judges by guardrails; without it a request that names one is refused.

    Raises:
        ServiceError: ValidationException, for what is wrong with the request or is not supported;
            and the errors of `SearchableBases.searchable`.
    """
    params = call.params
    question = _question(params)
    for field, what in _MISSING.items():
        if params.get(field) is not None:
            raise unsupported(field, what)
    identifier = params["knowledgeBaseId"].rpartition("/")[2]
    configuration = params.get("retrievalConfiguration") or {}
    search = search_of(engine, bases, models, call.region, identifier, configuration)
    start = pages.position("Retrieve", params) or 0
    response: JSON = {}
    guard = guard_of(judge, "guardrailConfiguration", params.get("guardrailConfiguration"))
    if guard is not None:
        verdict = guard.question(question)
        response["guardrailAction"] = ACTIONS[verdict.action]
        if verdict.action == "blocked":
            return response | {"retrievalResults": []}
        question = "".join(verdict.texts)
    results: list[JSON] = []
    room = ROOM
    for rank, hit in search.hits(question, start):
        result = reference(search.base, hit) | {"score": hit.score}
        room -= len(json.dumps(result).encode())
        if results and room < 0:
            token = pages.token("Retrieve", params, rank)
            return response | {"retrievalResults": results, "nextToken": token}
        results.append(result)
    return response | {"retrievalResults": results}


def reference(base: SearchableBase, hit: Hit) -> JSON:
    """A hit as Bedrock's RetrievedReference, which is a result of Retrieve without its score."""
    kind, name = base.location(hit.document)
    if kind == "CUSTOM":
        location: JSON = {"type": kind, "customDocumentLocation": {"id": name}}
    else:
        location = {"type": kind, "s3Location": {"uri": name}}
    return {
        "content": {"type": "TEXT", "text": hit.text},
        "location": location,
        "metadata": dict(hit.metadata),
    }


def _question(params: JSON) -> str:
    query = params["retrievalQuery"]
    if query.get("type", "TEXT") != "TEXT" or "image" in query:
        raise unsupported("retrievalQuery.image", "a query by image")
    text: str = query.get("text", "")
    if not text.strip():
        raise invalid("retrievalQuery.text", "must hold the question.")
    return text


def _reranking(where: str, models: RerankingModels, region: str, search: JSON) -> Reranking | None:
    """How the hits are reranked; None if they are not.

    A managed base has a reranker of its own, MANAGED, and says CUSTOM for one that is named.
    """
    configuration = search.get("rerankingConfiguration")
    kind = search.get("rerankingModelType", "NONE" if configuration is None else "CUSTOM")
    if (kind == "CUSTOM") != (configuration is not None):
        raise invalid(
            f"{where}.rerankingConfiguration",
            "is required for the rerankingModelType CUSTOM, and belongs to no other.",
        )
    if kind == "MANAGED":
        return Reranking()
    field = f"{where}.rerankingConfiguration"
    return reranking_of(models, region, field, configuration) if configuration else None


def _is_hybrid(where: str, base: str, storage: str, search_type: str | None) -> bool:
    """Whether the words of the question count in a base's search, beside its vector."""
    if search_type == "HYBRID" and storage == "S3_VECTORS":
        raise invalid(
            f"{where}.overrideSearchType",
            f"HYBRID search type is not supported for search operation on index {base}: "
            "its storage is S3_VECTORS, which has SEMANTIC alone.",
        )
    return search_type != "SEMANTIC" and storage in HYBRID_STORES


def _filter(where: str, storage: str, retrieval_filter: Mapping[str, object]) -> Filter:
    try:
        conditions = parse_filter(retrieval_filter)
    except ValueError as error:
        raise invalid(f"{where}.filter", f"{error}.") from error
    missing = _operators(conditions) & {"startsWith", "stringContains"}
    if storage in FEWER_OPERATORS and missing:
        raise invalid(f"{where}.filter", f"storage of type {storage} has no {min(missing)}.")
    return conditions


def _operators(conditions: Filter) -> set[str]:
    if not isinstance(conditions, Group):
        return {conditions.operator}
    return set().union(*(_operators(member) for member in conditions.members))
