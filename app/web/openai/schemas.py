"""Requests and responses of the OpenAI API, with its names."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from app.web.schemas import RetrievalFilter

MOST_MESSAGES = 1000
MOST_TEXTS = 96
LONGEST_TEXT = 50_000  # characters: the limit of Titan's embedding models


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TextPart(_Request):
    """A part of a message's content; only text is supported."""

    type: Literal["text"]
    text: str


class ChatMessage(BaseModel):
    """A message of the conversation. Members of an answer only, such as `refusal`, are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[TextPart] | None = None
    tool_calls: None = Field(default=None, description="Tools are not supported.")

    @property
    def text(self) -> str:
        """The text of all parts, joined by empty lines."""
        if isinstance(self.content, list):
            return "\n\n".join(part.text for part in self.content)
        return self.content or ""


class StreamOptions(_Request):
    """The chunks of a stream beside the answer."""

    include_usage: bool = Field(default=False, description="End with a chunk of the usage.")
    include_obfuscation: bool = Field(default=False, description="Ignored.")


class ResponseFormat(_Request):
    """The format of the answer, which is always text."""

    type: Literal["text"]


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Stop = Annotated[
    list[Annotated[str, StringConstraints(min_length=1)]],
    BeforeValidator(_as_list),
    Field(max_length=4),
]


class ChatCompletionRequest(_Request):
    """A conversation whose last message is the user's question."""

    model: str = Field(max_length=2048, description="An id of GET /v1/models.")
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=MOST_MESSAGES)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    stop: Stop | None = None
    filter: RetrievalFilter | None = Field(
        default=None,
        description="Not a member of OpenAI's: Bedrock's RetrievalFilter, which limits the "
        "documents that are used. The SDK sends it by `extra_body`.",
    )

    # Features that are not supported: only their neutral values are accepted.
    n: Literal[1] | None = None
    presence_penalty: Annotated[float, Field(ge=0, le=0)] | None = None
    frequency_penalty: Annotated[float, Field(ge=0, le=0)] | None = None
    logit_bias: Annotated[dict[str, float], Field(max_length=0)] | None = None
    logprobs: Literal[False] | None = None
    top_logprobs: Literal[0] | None = None
    response_format: ResponseFormat | None = None
    modalities: list[Literal["text"]] | None = None
    tools: Annotated[list[Any], Field(max_length=0)] | None = None
    tool_choice: Literal["none", "auto"] | None = None
    service_tier: Literal["auto", "default"] | None = None
    store: Literal[False] | None = None

    # Ignored. The user is known by his sign-in.
    user: str | None = None
    safety_identifier: str | None = None
    prompt_cache_key: str | None = None
    metadata: dict[str, str] | None = None
    parallel_tool_calls: bool | None = None
    seed: int | None = None


class UrlCitation(BaseModel):
    """A mark in the answer, and the document that it cites.

    Attributes:
        url: the document's address.
        title: the document's name, with the page if it has pages.
        start_index: the start of the mark in the answer, in characters.
        end_index: the end of the mark.
    """

    url: str
    title: str
    start_index: int
    end_index: int


class Annotation(BaseModel):
    """A note on a part of the answer: a citation."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class AnswerMessage(BaseModel):
    """The answer, as a message of the assistant."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[Annotation]


FinishReason = Literal["stop", "length", "content_filter"]


class Choice(BaseModel):
    """The answer and the reason of its end. A completion has exactly one choice."""

    index: Literal[0] = 0
    message: AnswerMessage
    logprobs: None = None
    finish_reason: FinishReason


class CompletionUsage(BaseModel):
    """The tokens that the model calls of the turn were billed for."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatCompletion(BaseModel):
    """A complete answer."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: CompletionUsage


class ListedModel(BaseModel):
    """A model that a request may name."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str


class ModelList(BaseModel):
    """The chat models, then the embedding models."""

    object: Literal["list"] = "list"
    data: list[ListedModel]


EmbeddedText = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT)]


class EmbeddingRequest(_Request):
    """Texts to embed."""

    model: str = Field(max_length=2048, description="An embedding model of GET /v1/models.")
    input: Annotated[
        list[EmbeddedText], BeforeValidator(_as_list), Field(min_length=1, max_length=MOST_TEXTS)
    ] = Field(description=f"A text, or a list of up to {MOST_TEXTS} texts; not tokens.")
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = Field(default=None, ge=1)
    user: str | None = Field(default=None, description="Ignored.")


class Embedding(BaseModel):
    """The vector of one text: numbers, or their little-endian float32 bytes in base64."""

    object: Literal["embedding"] = "embedding"
    index: int
    embedding: list[float] | str


class EmbeddingUsage(BaseModel):
    """The tokens that the calls were billed for."""

    prompt_tokens: int
    total_tokens: int


class EmbeddingList(BaseModel):
    """The vectors, in the order of the texts."""

    object: Literal["list"] = "list"
    data: list[Embedding]
    model: str
    usage: EmbeddingUsage
