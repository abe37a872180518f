"""Retrieve: its request checked and translated to a query; the hits to Bedrock's results.

Which search a base has depends on the type of store that it was declared with, as on AWS, though
the laptop's own store has both. Bedrock's user guide says that HYBRID is there for OpenSearch
Serverless, Aurora (RDS) and MongoDB Atlas, and that elsewhere the search is SEMANTIC whatever the
request says; S3 Vectors is known to refuse instead, with the error below. A managed base has a
search of its own, always by both.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from itertools import starmap
from typing import Literal, Protocol

from app.local.bedrock_agent_runtime.filters import parse_filter
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
from app.local.engine.retrieval import Query, RankedHit
from app.local.engine.store import Hit, Store
from app.local.engine.store.filters import Filter, Group
from app.local.wire import JSON, Call

MANAGED = "MANAGED"
HYBRID_STORES = ("OPENSEARCH_SERVERLESS", "RDS", "MONGO_DB_ATLAS", MANAGED)
FEWER_OPERATORS = ("S3_VECTORS", MANAGED)
DEFAULT_RESULTS = 5
ROOM = 2**20
"""Bytes of results in a response; the rest is another page's. AWS does not say how many."""

_SEARCH = "retrievalConfiguration.vectorSearchConfiguration"
_MANAGED_SEARCH = "retrievalConfiguration.managedSearchConfiguration"
_IMPLICIT = f"{_SEARCH}.implicitFilterConfiguration"
_MISSING = {
    "guardrailConfiguration": "a guardrail on Retrieve",
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


def retrieve(engine: Engine, bases: SearchableBases, models: RetrievalModels, call: Call) -> JSON:
    """Bedrock's Retrieve.

    Raises:
        ServiceError: ValidationException, for what is wrong with the request or is not supported;
            and the errors of `SearchableBases.searchable`.
    """
    params = call.params
    question = _question(params)
    identifier = params["knowledgeBaseId"].rpartition("/")[2]
    base = bases.searchable(identifier)
    search = _search(base.storage, params)
    start = pages.position("Retrieve", params) or 0
    query = Query(
        question,
        limit=search.get("numberOfResults", DEFAULT_RESULTS),
        start=start,
        by_words=_is_hybrid(identifier, base.storage, search.get("overrideSearchType")),
        filter=_filter(base.storage, search["filter"]) if "filter" in search else None,
    )
    if configuration := search.get("implicitFilterConfiguration"):
        attributes = attributes_of(models, _IMPLICIT, configuration)
        query = with_implicit(engine, base.store, base.languages, query, attributes)
    reranking = _reranking(base.storage, models, call.region, search)
    if reranking is None:
        hits = engine.retrieve(base.store, query, base.languages)
    else:
        whole = engine.retrieve(
            base.store, replace(query, start=0, is_reranked=True), base.languages
        )
        candidates = [hit for _, hit in whole]
        order = reranked(engine, question, candidates, reranking)
        hits = list(starmap(RankedHit, enumerate(order[start:], start)))
    results: list[JSON] = []
    room = ROOM
    for rank, hit in hits:
        result = _result(base, hit)
        room -= len(json.dumps(result).encode())
        if results and room < 0:
            return {
                "retrievalResults": results,
                "nextToken": pages.token("Retrieve", params, rank),
            }
        results.append(result)
    return {"retrievalResults": results}


def _result(base: SearchableBase, hit: Hit) -> JSON:
    """Bedrock's KnowledgeBaseRetrievalResult."""
    kind, name = base.location(hit.document)
    if kind == "CUSTOM":
        location: JSON = {"type": kind, "customDocumentLocation": {"id": name}}
    else:
        location = {"type": kind, "s3Location": {"uri": name}}
    return {
        "content": {"type": "TEXT", "text": hit.text},
        "location": location,
        "score": hit.score,
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


def _search(storage: str, params: JSON) -> JSON:
    """The vectorSearchConfiguration, or a managed base's managedSearchConfiguration."""
    for field, what in _MISSING.items():
        if _member(params, field) is not None:
            raise unsupported(field, what)
    own, other = _SEARCH, _MANAGED_SEARCH
    if storage == MANAGED:
        own, other = other, own
    if _member(params, other) is not None:
        raise invalid(other, f"does not belong to this knowledge base: {own} does.")
    return _member(params, own) or {}


def _reranking(
    storage: str, models: RerankingModels, region: str, search: JSON
) -> Reranking | None:
    """How the hits are reranked; None if they are not.

    A managed base has a reranker of its own, MANAGED, and says CUSTOM for one that is named.
    """
    configuration = search.get("rerankingConfiguration")
    where = _SEARCH if storage != MANAGED else _MANAGED_SEARCH
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


def _member(params: JSON, field: str) -> JSON | None:
    """A member of a member, by its dotted name; None where the request does not have it.

    >>> _member({"a": {"b": {"c": 1}}}, "a.b")
    {'c': 1}
    """
    member: JSON | None = params
    for name in field.split("."):
        member = (member or {}).get(name)
    return member


def _is_hybrid(base: str, storage: str, search_type: str | None) -> bool:
    """Whether the words of the question count in a base's search, beside its vector."""
    if search_type == "HYBRID" and storage == "S3_VECTORS":
        raise invalid(
            f"{_SEARCH}.overrideSearchType",
            f"HYBRID search type is not supported for search operation on index {base}: "
            "its storage is S3_VECTORS, which has SEMANTIC alone.",
        )
    return search_type != "SEMANTIC" and storage in HYBRID_STORES


def _filter(storage: str, retrieval_filter: Mapping[str, object]) -> Filter:
    try:
        conditions = parse_filter(retrieval_filter)
    except ValueError as error:
        raise invalid(f"{_SEARCH}.filter", f"{error}.") from error
    missing = _operators(conditions) & {"startsWith", "stringContains"}
    if storage in FEWER_OPERATORS and missing:
        raise invalid(f"{_SEARCH}.filter", f"storage of type {storage} has no {min(missing)}.")
    return conditions


def _operators(conditions: Filter) -> set[str]:
    if not isinstance(conditions, Group):
        return {conditions.operator}
    return set().union(*(_operators(member) for member in conditions.members))
