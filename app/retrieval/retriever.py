"""One call of Retrieve.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Retrieve.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from app.aws import calling
from app.events import Passage
from app.retrieval.folding import fold, results_for
from app.retrieval.passages import read_passages
from app.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent_runtime import AgentsforBedrockRuntimeClient

SearchType = Literal["HYBRID", "SEMANTIC", "MANAGED"]
"""The type of search; a managed Knowledge Base has its own, MANAGED."""

FEWEST_TO_RERANK = 20
"""Results that are found before they are reranked: a reranker can lift only what was found."""


@dataclass(frozen=True, slots=True)
class ImplicitFilter:
    """What Bedrock makes a filter of a question with.

    Attributes:
        model_id: the model that does it: a model id, or the ARN of an inference profile.
        attributes: of documents, each with its `key`, `type` and `description`.
    """

    model_id: str
    attributes: Sequence[Mapping[str, str]]


def implicit_filter(settings: Settings) -> ImplicitFilter | None:
    """The implicit filter of the settings; None if they have none."""
    if not settings.filter_attributes or settings.filter_model_id is None:
        return None
    return ImplicitFilter(
        settings.filter_model_id, [one.model_dump() for one in settings.filter_attributes]
    )


def retrieve(
    agent_runtime: "AgentsforBedrockRuntimeClient",
    knowledge_base_id: str,
    query: str,
    *,
    limit: int,
    search_type: SearchType,
    retrieval_filter: Mapping[str, Any] | None = None,
    rerank_model_id: str | None = None,
    implicit: ImplicitFilter | None = None,
) -> tuple[Passage, ...]:
    """The passages that fit the query best, best first, numbered from 1, no two of the same text.

    Args:
        query: at most 20,000 characters.
        limit: at most 100.
        retrieval_filter: Bedrock's RetrievalFilter.
        rerank_model_id: the model that puts what is found in its final order.
        implicit: for a filter that is made of the query, beside `retrieval_filter`. A managed
            Knowledge Base has none.
    """
    configuration = retrieval_configuration(
        agent_runtime,
        results=results_for(limit),
        search_type=search_type,
        retrieval_filter=retrieval_filter,
        rerank_model_id=rerank_model_id,
        implicit=implicit,
    )
    with calling("Retrieve"):
        reply = agent_runtime.retrieve(
            knowledgeBaseId=knowledge_base_id,
            retrievalQuery={"text": query},
            retrievalConfiguration=configuration,
        )
    return fold(tuple(read_passages(reply["retrievalResults"])), limit)


def retrieval_configuration(
    agent_runtime: "AgentsforBedrockRuntimeClient",
    *,
    results: int,
    search_type: SearchType,
    retrieval_filter: Mapping[str, Any] | None = None,
    rerank_model_id: str | None = None,
    implicit: ImplicitFilter | None = None,
) -> Any:
    """The KnowledgeBaseRetrievalConfiguration of a search, for Retrieve or for an agent; the other
    arguments as for `retrieve`.

    Args:
        results: how many to ask for.
    """
    search: dict[str, Any] = {"numberOfResults": results}
    if retrieval_filter:
        search["filter"] = retrieval_filter
    if rerank_model_id:
        search["numberOfResults"] = max(search["numberOfResults"], FEWEST_TO_RERANK)
        search["rerankingConfiguration"] = _reranking(agent_runtime, rerank_model_id)
    configuration: dict[str, Any] = {"managedSearchConfiguration": search}
    if rerank_model_id and search_type == "MANAGED":
        search["rerankingModelType"] = "CUSTOM"
    if search_type != "MANAGED":
        if implicit:
            search["implicitFilterConfiguration"] = {
                "modelArn": _model_arn(agent_runtime, implicit.model_id),
                "metadataAttributes": implicit.attributes,
            }
        search["overrideSearchType"] = search_type
        configuration = {"vectorSearchConfiguration": search}
    return configuration


def _reranking(agent_runtime: "AgentsforBedrockRuntimeClient", model_id: str) -> Mapping[str, Any]:
    """Retrieve's rerankingConfiguration."""
    model = {"modelArn": _model_arn(agent_runtime, model_id)}
    return {
        "type": "BEDROCK_RERANKING_MODEL",
        "bedrockRerankingConfiguration": {"modelConfiguration": model},
    }


def _model_arn(agent_runtime: "AgentsforBedrockRuntimeClient", model_id: str) -> str:
    """The ARN of a model in the client's Region; what is an ARN already stays as it is."""
    if model_id.startswith("arn:"):
        return model_id
    meta = agent_runtime.meta
    return f"arn:{meta.partition}:bedrock:{meta.region_name}::foundation-model/{model_id}"
