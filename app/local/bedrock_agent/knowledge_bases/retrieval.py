"""Retrieve: question -> embed -> store.search -> passages.

Which search a base has is a matter of the store type that it was declared with, as on AWS, though
the laptop's own store has both. Bedrock's user guide says that HYBRID is there for OpenSearch
Serverless, Aurora (RDS) and MongoDB Atlas, and that elsewhere the search is SEMANTIC whatever was
asked; S3 Vectors is known to refuse instead, with the error below. A managed base has a search of
its own, always by both.

Where chunks are HIERARCHICAL, children are found and counted, and their parents returned, each once
and in the place of its best child: so fewer results than asked for may come back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from app.local.bedrock_agent.knowledge_bases import bases, queue
from app.local.bedrock_agent.knowledge_bases.state import State
from app.local.bedrock_agent.knowledge_bases.stores import Stores
from app.local.control import pages
from app.local.control.errors import invalid, unsupported
from app.local.engine.chunk import Encoder
from app.local.engine.store import Hit, Store
from app.local.engine.store.filters import Filter, Group, compile_filter
from app.local.wire import JSON, ServiceError

HYBRID_STORES = ("OPENSEARCH_SERVERLESS", "RDS", "MONGO_DB_ATLAS", bases.MANAGED)
FEWER_OPERATORS = ("S3_VECTORS", bases.MANAGED)
DEFAULT_RESULTS = 5
_SEARCH = "retrievalConfiguration.vectorSearchConfiguration"
_MANAGED_SEARCH = "retrievalConfiguration.managedSearchConfiguration"
_MISSING = {
    "guardrailConfiguration": "a guardrail on Retrieve",
    "userContext": "access control",
    f"{_SEARCH}.rerankingConfiguration": "reranking",
    f"{_SEARCH}.implicitFilterConfiguration": "a filter that a model writes",
    f"{_MANAGED_SEARCH}.rerankingConfiguration": "reranking",
}


def retrieve(state: State, stores: Stores, encoder: Encoder, params: JSON) -> JSON:
    """Bedrock's Retrieve.

    Raises:
        ServiceError: ValidationException, for what is wrong with the request or is not there;
            ResourceNotFoundException and ConflictException, for the base;
            DependencyFailedException while its store is rebuilt: what it would find is not all.
    """
    question = _question(params)
    base = params["knowledgeBaseId"].rpartition("/")[2]
    with state.transaction() as db:
        storage = bases.storage(bases.usable(db, base))
        if lost := bases.lost(db, base):
            raise _rebuilding(base, lost)
    search = _search(storage, params)
    words = question if _hybrid(base, storage, search.get("overrideSearchType")) else None
    conditions = _filter(storage, search["filter"]) if "filter" in search else None
    start = pages.position("Retrieve", params) or 0
    end = start + search.get("numberOfResults", DEFAULT_RESULTS)

    store = stores.of(base)
    (vector,) = encoder.encode([question])
    hits = store.search(vector, words, end + 1, conditions)
    answer: JSON = {"retrievalResults": [_result(hit) for hit in _folded(store, hits[:end], start)]}
    if len(hits) > end:
        answer["nextToken"] = pages.token("Retrieve", params, end)
    return answer


def _rebuilding(base: str, lost: int) -> ServiceError:
    return ServiceError(
        "DependencyFailedException",
        f"The store of the Knowledge Base {base} was lost, and is rebuilt from its documents: "
        f"{lost} of them are still to be indexed. Send the request again when it is ACTIVE.",
    )


def _folded(store: Store, hits: Sequence[Hit], start: int) -> Iterator[Hit]:
    """The hits from `start` on, a parent in the place of its first child. Left out are those that
    a hit before `start` stood for, and those of a document that was replaced in this moment.
    """
    parents = store.parents([hit.parent for hit in hits[start:] if hit.parent])
    seen = {hit.parent for hit in hits[:start]}
    for hit in hits[start:]:
        if hit.parent is None:
            yield hit
        elif hit.parent not in seen and hit.parent in parents:
            seen.add(hit.parent)
            yield replace(parents[hit.parent], score=hit.score)


def _result(hit: Hit) -> JSON:
    """Bedrock's KnowledgeBaseRetrievalResult."""
    _, _, uri = hit.document.partition("/")
    if uri.startswith(queue.CUSTOM):
        location: JSON = {
            "type": "CUSTOM",
            "customDocumentLocation": {"id": uri.removeprefix(queue.CUSTOM)},
        }
    else:
        location = {"type": "S3", "s3Location": {"uri": uri}}
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
    if storage == bases.MANAGED:
        own, other = other, own
    if _member(params, other) is not None:
        raise invalid(other, f"does not belong to this knowledge base: {own} does.")
    search = _member(params, own) or {}
    if search.get("rerankingModelType", "NONE") != "NONE":
        raise unsupported(f"{own}.rerankingModelType", "reranking")
    return search


def _member(params: JSON, field: str) -> JSON | None:
    """A member of a member, by its dotted name; None where it is not given.

    >>> _member({"a": {"b": {"c": 1}}}, "a.b")
    {'c': 1}
    """
    found: JSON | None = params
    for name in field.split("."):
        found = (found or {}).get(name)
    return found


def _hybrid(base: str, storage: str, asked: str | None) -> bool:
    if asked == "HYBRID" and storage == "S3_VECTORS":
        raise invalid(
            f"{_SEARCH}.overrideSearchType",
            f"HYBRID search type is not supported for search operation on index {base}: "
            "its storage is S3_VECTORS, which has SEMANTIC alone.",
        )
    return asked != "SEMANTIC" and storage in HYBRID_STORES


def _filter(storage: str, asked: Mapping[str, object]) -> Filter:
    try:
        conditions = compile_filter(asked)
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
