"""Questions, in either of the forms that /chat takes."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from app.web.schemas.base import LONGEST_ID, Identifier, Message, RetrievalFilter, Schema

Mode = Literal["answer", "agent"]
"""Who answers: the documents alone, or an agent, which also calls tools."""


class Parameters(Schema):
    """How the answer is drawn. What a model takes, and in which range, GET /models says; what it
    does not take is refused by name.
    """

    temperature: float | None = Field(
        default=None, description="0 for the likeliest answer, more for variety."
    )
    top_p: float | None = Field(
        default=None,
        description="Draw from the likeliest tokens that together have this probability.",
    )
    top_k: int | None = Field(default=None, description="Draw from this many likeliest tokens.")
    max_tokens: int | None = Field(
        default=None, description="The longest answer, in tokens, up to OUTCROP_MAX_TOKENS."
    )


Supersedes = Annotated[
    int | None,
    Field(
        ge=0,
        le=999_999,
        description="The number of a turn: that one and all after it are replaced by this one.",
    ),
]


class Question(Schema):
    """A question, alone or as the next of a conversation."""

    message: Message
    conversation_id: Identifier | None = Field(
        default=None, description="The conversation to go on with; left out, a new one begins."
    )
    model: str | None = Field(default=None, max_length=2048, description="An id of GET /models.")
    filter: RetrievalFilter | None = Field(
        default=None, description="Bedrock's RetrievalFilter: which documents may be used."
    )
    mode: Mode = Field(
        default="answer",
        description="`answer` answers from the documents; `agent` may call tools as well.",
    )
    supersedes: Supersedes = None
    parameters: Parameters | None = None


class UIPart(BaseModel):
    """A part of a message of the UI message protocol."""

    model_config = ConfigDict(extra="allow")

    type: str
    text: str = ""


class UIMessage(BaseModel):
    """A message of the UI message protocol. Only the last one is read: Outcrop stores the
    conversation, and not the page.
    """

    model_config = ConfigDict(extra="allow")

    id: str
    role: Literal["system", "user", "assistant"]
    parts: list[UIPart]


class UIQuestion(Schema):
    """The body of `useChat`: the chat's id and its messages, of which the last is the question, or
    the agent's, with the person's decision on a call; and `model`, `filter`, `mode`,
    `supersedes` and `parameters`, from the option `body`.
    """

    id: Identifier = Field(description="The conversation.")
    messages: Annotated[list[UIMessage], Field(min_length=1)]
    trigger: Literal["submit-message", "regenerate-message"] = Field(
        default="submit-message",
        description="`regenerate-message`: the last message is answered again, and the new answer "
        "takes the place of the one before.",
    )
    message_id: str | None = Field(
        default=None,
        max_length=LONGEST_ID,
        description="The id of the message that is replaced, with all after it: of a question that "
        "was edited, or of an answer that is to be written again.",
    )
    metadata: Any = Field(default=None, description="Ignored.")
    model: str | None = Field(default=None, max_length=2048, description="An id of GET /models.")
    filter: RetrievalFilter | None = Field(
        default=None, description="Bedrock's RetrievalFilter: which documents may be used."
    )
    mode: Mode = Field(
        default="answer",
        description="`answer` answers from the documents; `agent` may call tools as well.",
    )
    supersedes: Supersedes = None
    parameters: Parameters | None = None


QUESTION_TAGS = ("question", "ui")


def _which(body: Any) -> str:
    return "ui" if isinstance(body, dict) and "messages" in body else "question"


AnyQuestion = Annotated[
    Annotated[Question, Tag("question")] | Annotated[UIQuestion, Tag("ui")], Discriminator(_which)
]
