"""Question -> passages, through the Knowledge Base's Retrieve."""

import json
from collections.abc import Iterable, Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any

from app.aws import calling, well_formed
from app.events import MetadataValue, Passage

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent_runtime import AgentsforBedrockRuntimeClient
    from mypy_boto3_bedrock_agent_runtime.type_defs import KnowledgeBaseRetrievalResultTypeDef

SearchType = str  # HYBRID, SEMANTIC, or MANAGED: the one that a managed Knowledge Base has
PAGE = "x-amz-bedrock-kb-document-page-number"
RESERVED = "x-amz-bedrock"


def retrieve(
    agent_runtime: "AgentsforBedrockRuntimeClient",
    knowledge_base_id: str,
    query: str,
    *,
    limit: int,
    search_type: SearchType,
    retrieval_filter: Mapping[str, Any] | None = None,
) -> tuple[Passage, ...]:
    """The passages that fit best, best first, numbered from 1.

    Args:
        query: at most 20,000 characters.
        limit: at most 100.
        retrieval_filter: Bedrock's RetrievalFilter, as it is.
    """
    search: dict[str, Any] = {"numberOfResults": limit}
    if retrieval_filter:
        search["filter"] = retrieval_filter
    configuration: dict[str, Any] = {"managedSearchConfiguration": search}
    if search_type != "MANAGED":
        search["overrideSearchType"] = search_type
        configuration = {"vectorSearchConfiguration": search}
    with calling("Retrieve"):
        found = agent_runtime.retrieve(
            knowledgeBaseId=knowledge_base_id,
            retrievalQuery={"text": query},
            retrievalConfiguration=configuration,  # type: ignore[arg-type]  # built above, member by member
        )
    return tuple(_passages(found["retrievalResults"]))


def _passages(results: Iterable["KnowledgeBaseRetrievalResultTypeDef"]) -> Iterable[Passage]:
    for number, result in enumerate(results, start=1):
        metadata = result.get("metadata") or {}
        yield Passage(
            number=number,
            text=well_formed(result["content"].get("text") or ""),
            uri=well_formed(_uri(result.get("location", {}))),
            score=_finite(result.get("score")) or 0.0,
            page=int(page) if (page := _finite(metadata.get(PAGE))) is not None else None,
            metadata=_own(metadata),
        )


def _own(metadata: Mapping[str, Any]) -> dict[str, MetadataValue]:
    return {
        well_formed(key): _value(value)
        for key, value in metadata.items()
        if value is not None and not key.startswith(RESERVED)
    }


def _value(value: Any) -> MetadataValue:
    """An attribute as we have them; a Knowledge Base may return any JSON, shown as its text then.

    >>> _value(3), _value(["a", 1]), _value({"deep": [None]})
    (3, ['a', '1'], '{"deep": [null]}')
    """
    if isinstance(value, list):
        return [_text(each) for each in value]
    return value if isinstance(value, bool) or _finite(value) is not None else _text(value)


def _text(value: Any) -> str:
    return well_formed(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _finite(value: Any) -> float | None:
    """A number that others can read; JSON as Python reads it has some that they cannot."""
    try:
        return value if isinstance(value, int | float) and isfinite(value) else None
    except OverflowError:
        return None


def _uri(location: Mapping[str, Any]) -> str:
    """Where the document lies.

    >>> _uri({"type": "S3", "s3Location": {"uri": "s3://docs/a.pdf"}})
    's3://docs/a.pdf'
    >>> _uri({"type": "CUSTOM", "customDocumentLocation": {"id": "s3://docs/a.pdf"}})
    's3://docs/a.pdf'
    """
    if s3 := location.get("s3Location"):
        return str(s3["uri"])
    if custom := location.get("customDocumentLocation"):
        return str(custom["id"])
    web: Mapping[str, Any] = next(
        (value for value in location.values() if isinstance(value, dict) and "url" in value), {}
    )
    return str(web.get("url", "unknown"))
