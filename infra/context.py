"""The choices: every value that `-c name=value` may set, read and checked before anything is made.

  make synth ARGS="-c vector_store=s3-vectors -c production=true"

An unknown name or value is refused: a misspelt choice must not deploy the default.
"""

import re
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.models.facts.embedding import DEFAULT_EMBEDDING_MODEL, DIMENSIONS
from app.models.facts.ids import parse
from app.models.facts.reranking import RERANKING_MODELS

if TYPE_CHECKING:
    from constructs import Node

VectorStoreName = Literal[
    "opensearch-serverless", "opensearch-managed", "s3-vectors", "aurora", "managed"
]
Chunking = Literal["default", "fixed", "hierarchical", "semantic", "none"]

RESERVED = ("aws", "amazon", "cognito")
"""Words that the name of a sign-in page must not contain; the stack's name is a part of it."""


class ContextError(Exception):
    """A choice breaks a rule: the message names both."""


class Context(BaseModel):
    """The choices of a stack. Values come from the command line as text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stack: str = Field(
        default="Outcrop",
        pattern=r"^[A-Za-z][A-Za-z0-9-]{0,23}$",
        description="The stack's name. Stacks of different names can exist side by side.",
    )
    production: bool = Field(
        default=False,
        description="Keep documents, conversations and tables when the stack is destroyed, log "
        "for a year, write access logs, and run the vector store on standby replicas.",
    )
    vector_store: VectorStoreName = Field(
        default="opensearch-serverless", description="The vector store."
    )
    opensearch_generation: Literal["classic", "nextgen"] = Field(
        default="classic",
        description="For opensearch-serverless: `classic` always runs, `nextgen` scales to zero.",
    )
    embedding_model_id: str = Field(
        default=DEFAULT_EMBEDDING_MODEL,
        description=f"The embedding model: one of {', '.join(DIMENSIONS)}.",
    )
    rerank_model_id: str | None = Field(
        default=None,
        description="The model that reranks what a search finds: one of "
        f"{', '.join(RERANKING_MODELS)}, in a Region that offers it. Without it, the order is the "
        "search's.",
    )
    chunking: Chunking = Field(
        default="default",
        description="How documents are cut; `default` leaves it to Bedrock. Another choice makes "
        "another index and Knowledge Base, because existing chunks cannot be cut again.",
    )
    model_id: str = Field(
        default="amazon.nova-lite-v1:0",
        min_length=1,
        description="The model that answers: a model id, or an inference profile's id or ARN.",
    )
    base_model_id: str | None = Field(
        default=None,
        description="The model of an application inference profile, which its ARN does not name.",
    )
    agent: Literal["converse", "bedrock-agent"] = Field(
        default="converse",
        description="`bedrock-agent` adds a Bedrock agent with the tools as action groups; "
        "accounts that have never had one cannot create one.",
    )
    auth: Literal["cognito", "iam"] = Field(
        default="cognito",
        description="Who may call the API: people who sign in, or roles that IAM allows.",
    )
    origin: str | None = Field(
        default=None,
        pattern=r"^https://[a-z0-9.-]+(:\d+)?$|^http://localhost(:\d+)?$",
        description="The page that may call the API and upload from a browser, as in "
        "https://docs.example.com.",
    )
    alarm_email: str | None = Field(
        default=None,
        pattern=r"^[^@\s]+@[^@\s]+$",
        description="The address for alarms. Without it, only the dashboard shows them.",
    )

    @model_validator(mode="after")
    def _together(self) -> "Context":
        """Check the rules between choices.

        Raises:
            ValueError: naming the values and the rule.
        """
        word = next((word for word in RESERVED if word in self.stack.lower()), None)
        rules = {
            f"embedding_model_id={self.embedding_model_id}: it has to be one of "
            f"{', '.join(DIMENSIONS)}": self.embedding_model_id not in DIMENSIONS,
            f"rerank_model_id={self.rerank_model_id}: it has to be one of "
            f"{', '.join(RERANKING_MODELS)}": self.rerank_model_id is not None
            and self.rerank_model_id not in RERANKING_MODELS,
            f"opensearch_generation={self.opensearch_generation}: vector_store="
            f"{self.vector_store} has no generations": self.opensearch_generation != "classic"
            and self.vector_store != "opensearch-serverless",
            f"model_id={self.model_id}: an application inference profile does not tell its "
            "model; name that in base_model_id": parse(self.model_id).opaque
            and self.base_model_id is None,
            f"stack={self.stack}: the sign-in page's name cannot hold {word!r}; choose another "
            "name, or auth=iam": word is not None and self.auth == "cognito",
        }
        for rule, is_broken in rules.items():
            if is_broken:
                raise ValueError(rule)
        return self

    @property
    def dimensions(self) -> int:
        """The number of a vector's components."""
        return DIMENSIONS[self.embedding_model_id]


def read(node: "Node") -> Context:
    """The choices in a construct tree's context.

    Names with a colon or a slash are the CDK's own: feature flags, and results of look-ups.

    Raises:
        ContextError: naming every choice that is unknown or wrong.
    """
    ours = {
        name: value for name, value in node.get_all_context().items() if not re.search("[:/]", name)
    }
    try:
        return Context(**ours)
    except ValidationError as error:
        problems = "; ".join(
            _problem(str(problem["loc"][0]) if problem["loc"] else "", problem["msg"])
            for problem in error.errors()
        )
        raise ContextError(f"The stack cannot be made so: {problems}.") from error


def _problem(name: str, message: str) -> str:
    if not name:
        return message.removeprefix("Value error, ")
    if name not in Context.model_fields:
        return f"{name} is no choice; there are {', '.join(Context.model_fields)}"
    return f"{name}: {message}"
