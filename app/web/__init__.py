"""The application over HTTP: parse, call a flow, answer. One ASGI app, the same in both homes.

    POST   /chat                 a question -> the whole answer, with its citations
    POST   /chat/stream          the same, as it is written (UI message stream over SSE)
    POST   /confirmations/{id}   confirm an agent's call that waits, or deny it; `/stream` as well
    POST   /search               passages, explained with `explain`
    POST   /documents            a form to upload one document with
    GET    /documents            the documents, with their status
    GET    /documents/{id}       DELETE
    GET    /documents/{id}/content                            an address of the document itself
    GET    /conversations        the caller's own
    GET    /conversations/{id}   PATCH, DELETE
    GET    /conversations/{id}/messages                       the thread, for useChat
    POST   /conversations/{id}/turns/{turn}/feedback          whether an answer was of use
    GET    /conversations/{id}/turns/{turn}/passages/{number}
    GET    /suggestions          questions about the latest documents
    GET    /models               the models that answer
    POST   /playground           a model by itself, beside its native request and response
    GET    /playground/templates prompts to begin with; POST fills one in
    POST   /inside               how the laptop's encoder reads a text; `/candidates`: what its
                                 model draws an answer from (`OUTCROP_INSIDE_URL`)
    GET    /usage                what the caller has spent, and may spend
    POST   /v1/chat/completions  the same questions, by the OpenAI API (`openai/`)
    GET    /v1/models            POST /v1/embeddings
    GET    /                     the page (`page.py`), if no other server has it
    GET    /healthz  /readyz     whether the process runs; whether it can answer

All routes but those of health require a principal (`principal.py`), and so does `/openapi.json`.
Errors are RFC 9457 problems (`problems.py`), and have OpenAI's form below `/v1/`. An error after
the first byte of a stream is an error part of that stream. One setting differs between the homes:
with `OUTCROP_AUTH=local` there is no API Gateway, and the application itself checks who may call
(`app.admission`).
"""

from typing import Any

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from app import __version__
from app.admission import Admission
from app.aws import Clients
from app.budgets import Ledger
from app.meter import LogMeter, Meter
from app.settings import Settings
from app.web import problems
from app.web.page import page_callees, page_config, serve_page
from app.web.pages import PageAccess
from app.web.principal import RequirePrincipal
from app.web.request_body import ReadBody
from app.web.request_ids import RequestIds
from app.web.responses import Streams, TurnStream
from app.web.routes import (
    chat,
    confirmations,
    conversations,
    documents,
    health,
    inside,
    models,
    openai,
    playground,
    search,
    suggestions,
    usage,
)
from app.web.routes.dependencies import TurnStarter
from app.web.turns import Turns


def application(
    clients: Clients,
    settings: Settings,
    meter: Meter | None = None,
    ledger: Ledger | None = None,
) -> FastAPI:
    """The ASGI application over these clients.

    Args:
        meter: learns of every call of a model.
        ledger: holds the budgets; without it nothing is counted.
    """
    app = _Application(
        title="Outcrop",
        version=__version__,
        summary="Cited answers about your own documents.",
        description=__doc__,
        openapi_tags=[{"name": part.TAG, "description": part.__doc__} for part in PARTS],
        responses=problems.RESPONSES,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # a redirect would lead to the function's own host
    )
    app.state.meter = meter or LogMeter()
    app.state.ledger = ledger
    app.state.turns = Turns(settings.concurrent_turns, settings.deadline_seconds)
    app.state.starter = TurnStarter(clients, settings)
    for part in PARTS:
        app.include_router(part.router(clients, settings), tags=[part.TAG])
    if config := page_config(settings):
        serve_page(app, lambda: page_callees(settings, clients.s3.meta.endpoint_url), config=config)
    problems.install(app)
    # Innermost first: a request has an id before anything can refuse it.
    app.add_middleware(ReadBody)
    app.add_middleware(RequirePrincipal, settings=settings)
    if settings.auth == "local":
        app.add_middleware(Admission, origin=settings.origin, refusal=problems.problem)
    app.add_middleware(problems.CatchUnexpected)
    if settings.origin:
        app.add_middleware(PageAccess, origin=settings.origin)
    app.add_middleware(RequestIds)
    return app


class _Application(FastAPI):
    """FastAPI, of which nothing is held while a stream lasts."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await Streams(super().__call__)(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """The description. FastAPI takes whatever is no JSON for a text; a stream is of parts."""
        document = super().openapi()
        for methods in document["paths"].values():
            for method in methods.values():
                for response in method["responses"].values():
                    stream = response.get("content", {}).get(TurnStream.media_type, {})
                    if "$ref" in stream.get("schema", {}):
                        stream["schema"].pop("type", None)
        return document


PARTS = (
    chat,
    confirmations,
    search,
    documents,
    conversations,
    models,
    suggestions,
    playground,
    inside,
    usage,
    openai,
    health,
)
