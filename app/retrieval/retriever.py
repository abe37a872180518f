"""One call of Retrieve.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Retrieve.html
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from app.aws import calling
from app.events import Passage
from app.retrieval.passages import read_passages

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent_runtime import AgentsforBedrockRuntimeClient

SearchType = Literal["HYBRID", "SEMANTIC", "MANAGED"]
"""The type of search; a managed Knowledge Base has its own, MANAGED."""


def retrieve(
    agent_runtime: "AgentsforBedrockRuntimeClient",
    knowledge_base_id: str,
    query: str,
    *,
    limit: int,
    search_type: SearchType,
    retrieval_filter: Mapping[str, Any] | None = None,
) -> tuple[Passage, ...]:
    """The passages that fit the query best, best first, numbered from 1.

    Args:
        query: at most 20,000 characters.
        limit: at most 100.
        retrieval_filter: Bedrock's RetrievalFilter.
    """
    search: dict[str, Any] = {"numberOfResults": limit}
    if retrieval_filter:
        search["filter"] = retrieval_filter
    configuration: dict[str, Any] = {"managedSearchConfiguration": search}
    if search_type != "MANAGED":
        search["overrideSearchType"] = search_type
        configuration = {"vectorSearchConfiguration": search}
    with calling("Retrieve"):
        reply = agent_runtime.retrieve(
            knowledgeBaseId=knowledge_base_id,
            retrievalQuery={"text": query},
            retrievalConfiguration=configuration,  # type: ignore[arg-type]  # built above, member by member
        )
    return tuple(read_passages(reply["retrievalResults"]))
