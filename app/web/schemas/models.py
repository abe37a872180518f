"""Models that can answer."""

from typing import Literal

from app.web.schemas.base import Schema


class ModelParameter(Schema):
    """A parameter of a question, as this model takes it.

    Attributes:
        most: None where no limit is known.
        default: what is sent without it; None leaves that to the model.
    """

    name: Literal["temperature", "topP", "topK", "maxTokens"]
    least: float
    most: float | None
    default: float | None


class Price(Schema):
    """US dollars for a million tokens, read and written, by list prices.

    Attributes:
        verified: whether the price was read in a list of AWS's.
    """

    input: float
    output: float
    verified: bool


class Model(Schema):
    """A model, and the parameters that it takes.

    Attributes:
        inputs: what it reads.
        price: by the id with which it is called here; None where it is not known.
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
    parameters: list[ModelParameter]
    inputs: list[Literal["text", "image", "document"]]
    price: Price | None
    one_sampler: bool
    streams: bool
    needs_inference_profile: bool
    inference_profiles: list[str]
    note: str | None


class Models(Schema):
    """The models that can answer, and the default."""

    default: str
    items: list[Model]
