"""Models that can answer."""

from typing import Literal

from app.web.schemas.base import Schema


class Model(Schema):
    """A model, and the parameters that it takes.

    Attributes:
        offered: whether Bedrock lists it in this Region.
        one_sampler: whether it takes `temperature` or `top_p`, but not both at once.
        needs_inference_profile: whether this Region does not take its bare id.
        inference_profiles: the ids of inference profiles by which this Region takes it.
    """

    id: str
    family: str
    offered: bool
    state: Literal["active", "legacy", "gone"]
    end_of_life: str | None
    successor: str | None
    context_tokens: int | None
    output_tokens: int | None
    parameters: list[str]
    one_sampler: bool
    streams: bool
    needs_inference_profile: bool
    inference_profiles: list[str]
    note: str | None


class Models(Schema):
    """The models that can answer, and the default."""

    default: str
    items: list[Model]
