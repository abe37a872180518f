"""What goes in and out in OpenAI's dialect. Names are as there."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from app.web.schemas import RetrievalFilter

MOST_MESSAGES = 1000
MOST_TEXTS = 96
LONGEST_TEXT = 50_000  # characters, which is what Titan reads


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TextPart(_Request):
    """A part of a message's content; only text is read."""

    type: Literal["text"]
    text: str


class ChatMessage(BaseModel):
    """A message of the conversation. Members that only answers have are of no effect."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[TextPart] | None = None
    tool_calls: None = Field(default=None, description="Nothing here calls tools yet.")

    @property
    def text(self) -> str:
        """Its words; parts are set apart by an empty line."""
        if isinstance(self.content, list):
            return "\n\n".join(part.text for part in self.content)
        return self.content or ""


class StreamOptions(_Request):
    """What a stream holds beside the answer."""

    include_usage: bool = Field(default=False, description="End with a chunk of the usage.")
    include_obfuscation: bool = Field(default=False, description="Of no effect.")


class ResponseFormat(_Request):
    """Answers are text."""

    type: Literal["text"]


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Stop = Annotated[
    list[Annotated[str, StringConstraints(min_length=1)]],
    BeforeValidator(_as_list),
    Field(max_length=4),
]


class ChatCompletionRequest(_Request):
    """A conversation that ends with a question of its user's."""

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
        description="Beyond OpenAI's members: Bedrock's RetrievalFilter, which documents may be "
        "used. The SDK sends it by `extra_body`.",
    )

    # Only what happens anyway may be asked for.
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

    # Of no effect, and missed by nobody: who asks is known by how he signed in.
    user: str | None = None
    safety_identifier: str | None = None
    prompt_cache_key: str | None = None
    metadata: dict[str, str] | None = None
    parallel_tool_calls: bool | None = None
    seed: int | None = None


class UrlCitation(BaseModel):
    """A mark in the answer, and the document that stands behind it.

    Attributes:
        url: where the document lies.
        title: its name, and the page where there is one.
        start_index: where the mark begins in the answer, in characters.
        end_index: where it ends.
    """

    url: str
    title: str
    start_index: int
    end_index: int


class Annotation(BaseModel):
    """What is said about a part of the answer."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class AnswerMessage(BaseModel):
    """The answer."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[Annotation]


FinishReason = Literal["stop", "length", "content_filter"]


class Choice(BaseModel):
    """The only one."""

    index: Literal[0] = 0
    message: AnswerMessage
    logprobs: None = None
    finish_reason: FinishReason


class CompletionUsage(BaseModel):
    """What the turn's model calls were billed for, in tokens."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatCompletion(BaseModel):
    """A whole answer."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: CompletionUsage


class ListedModel(BaseModel):
    """A model that may be asked."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str


class ModelList(BaseModel):
    """Models: those that answer, then those that embed."""

    object: Literal["list"] = "list"
    data: list[ListedModel]


EmbeddedText = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT)]


class EmbeddingRequest(_Request):
    """Texts to embed."""

    model: str = Field(max_length=2048, description="An embedding model of GET /v1/models.")
    input: Annotated[
        list[EmbeddedText], BeforeValidator(_as_list), Field(min_length=1, max_length=MOST_TEXTS)
    ] = Field(description=f"A text, or up to {MOST_TEXTS}. Tokens are not taken.")
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = Field(default=None, ge=1)
    user: str | None = Field(default=None, description="Of no effect.")


class Embedding(BaseModel):
    """The vector of one text: numbers, or their little-endian float32 bytes in base64."""

    object: Literal["embedding"] = "embedding"
    index: int
    embedding: list[float] | str


class EmbeddingUsage(BaseModel):
    """What the calls were billed for, in tokens."""

    prompt_tokens: int
    total_tokens: int


class EmbeddingList(BaseModel):
    """The vectors, in the order of the texts."""

    object: Literal["list"] = "list"
    data: list[Embedding]
    model: str
    usage: EmbeddingUsage
