"""The parameters of a request, checked against what its model takes, by their names there."""

from app import models
from app.errors import InvalidRequest
from app.models.converse import CONVERSE
from app.models.facts.parameters import ParameterRange, ranges
from app.models.prompt import Prompt
from app.settings import Settings
from app.turn import Sampling
from app.web import schemas

WIRE = {
    "temperature": "temperature",
    "top_p": "topP",
    "top_k": "topK",
    "max_tokens": "maxTokens",
}
"""What the parameters of a prompt are called in a request's body."""


def sampling_in(body: schemas.Question | schemas.UIQuestion, settings: Settings) -> Sampling:
    """How the answer to a question is to be drawn.

    Raises:
        InvalidRequest: naming the parameter, and what the model takes.
    """
    values = body.parameters.model_dump(exclude_none=True) if body.parameters else {}
    if not values:
        return Sampling()
    if body.mode == "agent" and settings.agent_runner == "bedrock-agent":
        raise InvalidRequest(
            "The agent of Bedrock has parameters of its own; leave them out.", field="parameters"
        )
    model = models.find(body.model or settings.model_id, settings.base_model_id)
    known: dict[str, ParameterRange] = {
        one.name: one for one in ranges(model.facts, settings.max_tokens)
    }
    for name, value in values.items():
        wire, one = WIRE[name], known.get(name)
        if one is None:
            raise _wrong(wire, f"{model.facts.id} does not take {wire}; leave it out.")
        if value < one.least or (one.most is not None and value > one.most):
            rule = (
                f"{model.facts.id} takes {wire} from {one.least:g} to {one.most:g}, not {value:g}."
            )
            raise _wrong(wire, rule)
    sampling = Sampling(**values)
    prompt = sampling.apply(Prompt((models.user("."),), max_tokens=1))
    try:
        model.check(prompt, CONVERSE if body.mode == "agent" else model.family)
    except InvalidRequest as error:
        wire = WIRE.get(error.field or "", "")
        raise (
            _wrong(wire, error.detail.replace(error.field or "", wire)) if wire else error
        ) from None
    return sampling


def _wrong(wire: str, rule: str) -> InvalidRequest:
    return InvalidRequest(rule, field=f"parameters.{wire}")
