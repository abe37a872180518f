"""The route of suggestions: questions that one could ask of one's own documents."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from app import documents
from app.answer.suggestions import TEMPLATES, question_about
from app.aws import Clients, side_by_side
from app.events import Passage
from app.guardrail import guard
from app.meter import Account
from app.resources import SOURCE_URI
from app.retrieval import Retriever
from app.settings import Settings
from app.web import schemas
from app.web.principal import principal_of

TAG = "suggestions"
MOST = 4
PASSAGES = 2  # of a document that are looked at
KEPT = "private, max-age=600"
"""Each suggestion is a search, so a browser asks for them again after ten minutes."""


def router(clients: Clients, settings: Settings) -> APIRouter:
    """`/suggestions`."""
    routes = APIRouter()
    principal_from = principal_of(settings)
    shared_guard = guard(clients.bedrock_runtime, settings)
    bucket = documents.Bucket(clients.s3, settings.documents_bucket)
    base = documents.KnowledgeBase.of(clients, settings)

    @routes.get("/suggestions")
    def suggestions(
        request: Request,
        response: Response,
        accept_language: Annotated[str, Header(max_length=1000)] = "",
    ) -> schemas.Suggestions:
        """Suggest questions about the latest documents, in the caller's language."""
        retriever = Retriever(
            clients.bedrock_agent_runtime,
            settings.knowledge_base_id,
            shared_guard,
            Account(request.app.state.meter, principal_from(request)),
            patience=settings.patience_seconds,
        )

        def passages(document: documents.Document) -> Sequence[Passage]:
            screening = retriever.passages(
                document.name,
                limit=PASSAGES,
                search_type=settings.searches,
                retrieval_filter={"equals": {"key": SOURCE_URI, "value": document.uri}},
            )
            return [one for one in screening.passages if one.uri == document.uri]

        latest = documents.latest(bucket, base, MOST)
        all_passages = side_by_side([partial(passages, each) for each in latest], MOST)
        language = _language(accept_language)
        items = [
            schemas.Suggestion(question=question, document=document.name)
            for document, of_document in zip(latest, all_passages, strict=True)
            if of_document and (question := question_about(of_document, language))
        ]
        response.headers["cache-control"] = KEPT
        response.headers["vary"] = "accept-language"
        return schemas.Suggestions(items=items)

    return routes


def _language(accepted: str) -> str:
    """The first language that there is a template for; browsers name the best one first.

    >>> _language("nl, de-AT;q=0.9, en;q=0.8"), _language("")
    ('de', 'en')
    """
    names = (
        each.partition(";")[0].partition("-")[0].strip().lower() for each in accepted.split(",")
    )
    return next((name for name in names if name in TEMPLATES), "en")
