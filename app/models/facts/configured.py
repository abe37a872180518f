"""The model that the settings name."""

from app.errors import InvalidRequest
from app.models.facts.catalogue import Model
from app.models.facts.ids import find
from app.settings import Settings, WrongSettings


def configured_model(settings: Settings) -> Model:
    """The row of the catalogue of `OUTCROP_MODEL_ID`; an entry point asks for it before it serves.

    Raises:
        WrongSettings: no model is known by that name, nor by `OUTCROP_BASE_MODEL_ID`.
    """
    try:
        return find(settings.model_id, settings.base_model_id)
    except InvalidRequest as error:
        name = "BASE_MODEL_ID" if settings.base_model_id else "MODEL_ID"
        value = settings.base_model_id or settings.model_id
        raise WrongSettings(
            f"Settings are missing or wrong: OUTCROP_{name}={value}: {error.detail}"
        ) from error
