"""The routes that look inside the laptop's models. A stack has none of them."""

from fastapi import APIRouter, Response

from app.aws import Clients
from app.inside import look_inside
from app.settings import Settings
from app.web import schemas

TAG = "inside"


def router(_clients: Clients, settings: Settings) -> APIRouter:
    """`/inside` and `/inside/candidates`, where OUTCROP_INSIDE_URL is set."""
    routes = APIRouter()
    url = settings.inside_url
    if url is None:
        return routes

    @routes.post("/inside", response_model=schemas.InsideView)
    def inside(body: schemas.TextToRead) -> Response:
        """Show how the encoder reads a text: tokens, position embeddings, attention."""
        return _json(look_inside(url, "inside", body.model_dump()))

    @routes.post("/inside/candidates", response_model=schemas.Candidates)
    def candidates(body: schemas.Draw) -> Response:
        """Show the candidates of the offline model's answer, and how likely it draws each first."""
        members = body.model_dump(by_alias=True, exclude_none=True)
        return _json(look_inside(url, "candidates", members))

    return routes


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")
