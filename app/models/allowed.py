"""The models that may be called: those of `OUTCROP_MODELS` for answers, that of
`OUTCROP_EMBEDDING_MODEL_ID` for /v1/embeddings; any where the setting is missing.

In AWS a role may invoke some models only. What is offered to a caller is then what the role allows,
and a model that it does not allow is refused by name, before anything is called.
"""

from collections.abc import Collection

from app.errors import InvalidRequest
from app.models.facts.catalogue import MODELS
from app.models.facts.embedding import DIMENSIONS
from app.models.facts.ids import parse
from app.settings import Settings, WrongSettings


def allowed(settings: Settings) -> tuple[str, ...] | None:
    """The ids that may answer, the default first; None for any."""
    if settings.models is None:
        return None
    return tuple(dict.fromkeys((settings.model_id, *settings.models.split(","))))


def allowed_embedding(settings: Settings) -> tuple[str, ...] | None:
    """The id that may embed; None for any."""
    return (settings.embedding_model_id,) if settings.embedding_model_id else None


def check_allowed(model_id: str, ids: Collection[str] | None) -> None:
    """Refuse a model that is not among those that may be called.

    Raises:
        InvalidRequest: naming `model`, with those that may.
    """
    if ids is not None and model_id not in ids:
        raise InvalidRequest(
            f"{model_id!r} may not be called here; these may: {', '.join(ids)}.", field="model"
        )


def check_setting(settings: Settings) -> None:
    """Check both settings; an entry point does so before it serves.

    Raises:
        WrongSettings: naming each id that is of no known model.
    """
    answering = {each.id for each in MODELS}
    for model_id in settings.models.split(",") if settings.models else ():
        if model_id != settings.model_id and parse(model_id).model not in answering:
            raise _unknown("MODELS", model_id)
    embedding = settings.embedding_model_id
    if embedding is not None and embedding not in DIMENSIONS:
        raise _unknown("EMBEDDING_MODEL_ID", embedding)


def _unknown(name: str, model_id: str) -> WrongSettings:
    return WrongSettings(
        f"Settings are missing or wrong: OUTCROP_{name}={model_id}: no model is known by this id. "
        "GET /v1/models lists those that are."
    )
