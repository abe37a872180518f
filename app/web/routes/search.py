"""The route of searches: Retrieve's passages, without an answer, to examine the sources of
answers.
"""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from app.aws import Clients
from app.errors import InvalidRequest
from app.events import Passage
from app.guardrail import guard
from app.meter import Account
from app.retrieval import Retriever, Screening, SearchType, explain, implicit_filter
from app.settings import Settings
from app.web import schemas
from app.web.principal import principal_of

TAG = "search"


def router(clients: Clients, settings: Settings) -> APIRouter:
    """`/search`."""
    routes = APIRouter()
    principal_from = principal_of(settings)
    shared_guard = guard(clients.bedrock_runtime, settings)

    async def retriever(request: Request) -> Retriever:
        return Retriever(
            clients.bedrock_agent_runtime,
            settings.knowledge_base_id,
            shared_guard,
            Account(request.app.state.meter, principal_from(request)),
            settings.rerank_model_id,
            settings.patience_seconds,
            implicit_filter(settings),
        )

    @routes.post("/search")
    def search(
        body: schemas.Search, retriever: Annotated[Retriever, Depends(retriever)]
    ) -> schemas.SearchResults:
        """Search, and respond with the passages."""
        if body.search_type and settings.managed:
            raise InvalidRequest(
                "The Knowledge Base is managed: its search is its own, and has no types.",
                field="searchType",
            )
        search_type = body.search_type or settings.searches
        screening = _passages(retriever, body, search_type)
        passages = [schemas.Passage.model_validate(passage) for passage in screening.passages]
        if body.explain:
            by_meaning = _by_meaning(retriever, body, search_type, screening.passages)
            passages = [
                schemas.Passage.model_validate(passage).model_copy(
                    update={
                        "explanation": schemas.Explanation.model_validate(
                            explain(passage, body.query, by_meaning, settings.passages)
                        )
                    }
                )
                for passage in screening.passages
            ]
        return schemas.SearchResults(
            query=body.query,
            search_type=search_type,
            passages=passages,
            interventions=[
                schemas.GuardrailVerdict.model_validate(event) for event in screening.interventions
            ],
        )

    return routes


def _passages(
    retriever: Retriever,
    body: schemas.Search,
    search_type: SearchType,
    *,
    is_reranked: bool = True,
) -> Screening:
    return retriever.passages(
        body.query,
        limit=body.limit,
        search_type=search_type,
        retrieval_filter=body.filter,
        is_reranked=is_reranked,
    )


def _by_meaning(
    retriever: Retriever,
    body: schemas.Search,
    search_type: SearchType,
    passages: Sequence[Passage],
) -> Sequence[Passage]:
    """The passages in their order by meaning; a managed Knowledge Base has no such order."""
    match search_type:
        case "SEMANTIC" if retriever.rerank_model_id is None:
            return passages
        case "SEMANTIC" | "HYBRID":
            return _passages(retriever, body, "SEMANTIC", is_reranked=False).passages
        case "MANAGED":
            return ()
