"""Trials of models, and the templates that they begin with."""

import base64
import binascii
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from app.events import StopReason
from app.models.content import ImageFormat
from app.web.schemas.answers import GuardrailVerdict, Usage
from app.web.schemas.base import Schema

MOST_MESSAGES = 100
MOST_STOPS = 10


class ImageSource(Schema):
    """A picture's file."""

    bytes: str = Field(description="In base64. A whole body has at most 65,535 bytes.")

    @field_validator("bytes")
    @classmethod
    def check_base64(cls, value: str) -> str:
        try:
            if base64.b64decode(value, validate=True):
                return value
        except binascii.Error:
            pass
        raise ValueError("A picture's bytes have to be in base64, and not empty.")


class TrialImage(Schema):
    """A picture, for a model that takes pictures."""

    format: ImageFormat
    source: ImageSource


class TextBlock(Schema):
    """A text of a message."""

    text: str = Field(min_length=1)


class ImageBlock(Schema):
    """A picture of a message."""

    image: TrialImage


class TrialMessage(Schema):
    """A message of the conversation. The user begins and speaks last."""

    role: Literal["user", "assistant"]
    content: list[TextBlock | ImageBlock] = Field(min_length=1, max_length=20)


class TrialParameters(Schema):
    """How the reply is drawn. What is left out is the model's default; a parameter that the model
    does not take is refused by name.
    """

    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, ge=0, le=1)
    top_k: int | None = Field(default=None, ge=0)
    max_tokens: int | None = Field(
        default=None, ge=1, description="The longest reply. OUTCROP_MAX_TOKENS holds as well."
    )
    stop: list[Annotated[str, Field(min_length=1, max_length=100)]] = Field(
        default_factory=list, max_length=MOST_STOPS
    )


class NewTrial(Schema):
    """What a model is asked."""

    messages: list[TrialMessage] = Field(min_length=1, max_length=MOST_MESSAGES)
    model: str | None = Field(default=None, max_length=2048, description="An id of GET /models.")
    system: str | None = Field(default=None, description="What the model is told of its task.")
    parameters: TrialParameters = TrialParameters()
    guardrail: bool | None = Field(
        default=None,
        description="What the caller takes for granted: that the home's guardrail judges (true), "
        "or that the home has none (false). It is refused where that is not so.",
    )


class NativeRequest(Schema):
    """The request to Bedrock, to the letter.

    Attributes:
        body: in the shape of the model's family.
        boto3: a program that sends it.
        curl: a command that asks for the same reply as a whole.
    """

    operation: Literal["InvokeModel", "InvokeModelWithResponseStream"]
    model: str
    region: str
    url: str
    body: dict[str, Any]
    boto3: str
    curl: str


class TrialReply(Schema):
    """The reply, as the guardrail has left it.

    Attributes:
        request: null if the guardrail blocked the trial.
        response: the native response: the one body of InvokeModel, or each chunk of the stream;
            null if it is withheld.
        is_withheld: whether it holds what the guardrail masked or blocked.
        dollars: by list price; null if the price is not known.
        first_token_milliseconds: until the model's first token.
        milliseconds: until the end of the reply.
    """

    request: NativeRequest | None
    text: str
    reasoning: str
    response: list[Any] | None
    is_withheld: bool
    model: str
    stop_reason: StopReason
    usage: Usage
    dollars: float | None
    first_token_milliseconds: int | None
    milliseconds: int
    guardrail: list[GuardrailVerdict]


class TemplateVariable(Schema):
    """A variable of a template."""

    name: str
    about: str
    is_required: bool


class TemplateExample(Schema):
    """An input, and the reply that is wanted."""

    input: str
    reply: str


class TrialTemplate(Schema):
    """A prompt to begin with. Its texts have their variables in double braces."""

    name: str
    about: str
    system: str
    message: str
    variables: list[TemplateVariable]
    examples: list[TemplateExample]


class TrialTemplates(Schema):
    """The prompts to begin with."""

    items: list[TrialTemplate]


class TemplateValues(Schema):
    """The values of a template's variables, each of one text or more, and how many examples."""

    values: dict[str, list[Annotated[str, Field(min_length=1)]]]
    shots: int = Field(default=0, ge=0, le=10)


class TrialStart(Schema):
    """A template with its values filled in."""

    system: str
    messages: list[TrialMessage]
