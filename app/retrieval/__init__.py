"""Retrieval: from a query to passages, for every flow and for `/search`.

    query -- filter, checked -- Retrieve -- passages -- folded -- named documents first -- guard

    filters       checks Bedrock's RetrievalFilter before a call that costs
    retriever     one call of Retrieve
    passages      Retrieve's results -> Passage
    folding       passages of the same text -> one
    named         documents that the query names by a path or a file's name
    screening     applies the guard's verdicts: masks texts, leaves out blocked passages
    explanation   why a passage is at its place

`Retriever` is these stages in one call.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.events import Passage
from app.guardrail import Guard
from app.meter import Account
from app.retrieval.explanation import Explanation, explain
from app.retrieval.filters import check_filter
from app.retrieval.named import addresses, named_first, names_in, of_addresses
from app.retrieval.passages import read_passages
from app.retrieval.retriever import (
    ImplicitFilter,
    SearchType,
    implicit_filter,
    retrieval_configuration,
    retrieve,
)
from app.retrieval.screening import Screening, screen
from app.retrieval.waking import awake

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent_runtime import AgentsforBedrockRuntimeClient

__all__ = [
    "Explanation",
    "ImplicitFilter",
    "Retriever",
    "Screening",
    "SearchType",
    "check_filter",
    "explain",
    "implicit_filter",
    "read_passages",
    "retrieval_configuration",
    "retrieve",
    "screen",
]


@dataclass(frozen=True, slots=True)
class Retriever:
    """Finds passages in one Knowledge Base, on the account of one principal.

    Attributes:
        patience: seconds that a database may take to start after a pause.
        implicit: for a filter that is made of each query.
    """

    agent_runtime: "AgentsforBedrockRuntimeClient"
    knowledge_base_id: str
    guard: Guard
    account: Account
    rerank_model_id: str | None = None
    patience: float = 0
    implicit: ImplicitFilter | None = None

    def passages(
        self,
        query: str,
        *,
        limit: int,
        search_type: SearchType,
        retrieval_filter: Mapping[str, Any] | None = None,
        is_reranked: bool = True,
    ) -> Screening:
        """The passages that fit a query best and may be used; arguments as for `retrieve`. They are
        reranked if the retriever has a model for it and `is_reranked` does not say otherwise. Those
        of documents that the query names come first.

        The Knowledge Base embeds the query with its own model and does not report the tokens, so
        the meter records the call without them. One whose database starts after a pause is asked
        again until `patience` seconds have passed.

        Raises:
            Waking: the database takes longer than that.
        """

        def attempt(condition: Mapping[str, Any] | None) -> tuple[Passage, ...]:
            with self.account.call(f"knowledge-base/{self.knowledge_base_id}", "retrieve"):
                return retrieve(
                    self.agent_runtime,
                    self.knowledge_base_id,
                    query,
                    limit=limit,
                    search_type=search_type,
                    retrieval_filter=condition,
                    rerank_model_id=self.rerank_model_id if is_reranked else None,
                    implicit=self.implicit,
                )

        passages = awake(lambda: attempt(retrieval_filter), self.patience)
        uris = addresses(names_in(query), passages)
        if uris and (condition := of_addresses(uris, retrieval_filter)):
            passages = named_first(attempt(condition), passages, limit)
        return screen(passages, self.guard)
