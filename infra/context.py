"""The choices: every value that `-c name=value` may set, read and checked before anything is made.

  make synth ARGS="-c vector_store=s3-vectors -c production=true"

An unknown name or value is refused: a misspelt choice must not deploy the default.
"""

import re
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from app.guardrail_definition import GuardrailChoice, WrongDefinition, read_choice
from app.guardrail_definition.definition import PROFILE
from app.models.facts.embedding import DEFAULT_EMBEDDING_MODEL, DIMENSIONS
from app.models.facts.ids import GEOGRAPHIES, parse
from app.models.facts.reranking import RERANKING_MODELS
from app.settings import RENAMED

if TYPE_CHECKING:
    from constructs import Node

VectorStoreName = Literal[
    "opensearch-serverless", "opensearch-managed", "s3-vectors", "aurora", "managed"
]
Chunking = Literal["default", "fixed", "hierarchical", "semantic", "none"]

NETWORKED = ("opensearch-serverless", "aurora")
"""The stores in a network."""

RESERVED = ("aws", "amazon", "cognito")
"""Words that the name of a sign-in page must not contain; the stack's name is a part of it."""

FORMER_NAMES = {**RENAMED, "budget_month": "account_dollars_month"}
"""Choices under their former names, which are refused with the new ones."""

MODEL_ID = re.compile(r"arn:[a-z0-9-]+:bedrock:\S+|[a-z0-9-]+(\.[a-zA-Z0-9_-]+)+(:[a-z0-9]+)*")


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
    models: str | None = Field(
        default=None,
        description="Further models that a question may be answered with, as in "
        "`amazon.nova-pro-v1:0,us.anthropic.claude-sonnet-4-5-20250929-v1:0`: the role may invoke "
        "these and `model_id`, and no others.",
    )
    agent: Literal["converse", "bedrock-agent"] = Field(
        default="converse",
        description="`bedrock-agent` adds a Bedrock agent with the tools as action groups; "
        "accounts that have never had one cannot create one.",
    )
    guardrail: str | None = Field(
        default=None,
        description="The guardrail: the path of a definition, as in `rules/support.toml`, of which "
        "the stack makes one; ID:VERSION or ARN:VERSION of one that exists; or `none`, and nothing "
        "is judged. Without it, the definition is Outcrop's own.",
    )
    guardrail_profile: str | None = Field(
        default=None,
        pattern=PROFILE,
        description="The cross-Region profile of a guardrail that exists, if it has one, as in "
        "us.guardrail.v1:0: the permission to apply it needs that.",
    )
    guardrail_mode: Literal["buffer", "window", "verdict"] = Field(
        default="window",
        description="When a streamed answer is judged: `buffer` before any of it is shown, "
        "`window` sentence by sentence, `verdict` when all is shown.",
    )
    guardrail_passages: bool = Field(
        default=True, description="Whether passages are judged, before a model reads them."
    )
    guardrail_when_down: Literal["closed", "open"] = Field(
        default="closed",
        description="What happens to a text that gets no verdict: `closed` ends the turn, `open` "
        "lets it pass and says so.",
    )
    prompts: Literal["none", "stored", "draft"] = Field(
        default="stored",
        description="The application's prompts in Bedrock's Prompt management: `stored` makes a "
        "prompt and a version of each, `draft` has the application ask what is in their drafts, "
        "which an operator changes without a deployment; `none` makes none.",
    )
    auth: Literal["cognito", "iam"] = Field(
        default="cognito",
        description="Who may call the API: people who sign in, or roles that IAM allows.",
    )
    principal_tokens_day: int | None = Field(
        default=None, ge=1, description="The most tokens of one principal in a day (UTC)."
    )
    principal_tokens_month: int | None = Field(
        default=None, ge=1, description="The most tokens of one principal in a month."
    )
    principal_dollars_day: float | None = Field(
        default=None, gt=0, description="The most US dollars of one principal in a day."
    )
    principal_dollars_month: float | None = Field(
        default=None, gt=0, description="The most US dollars of one principal in a month."
    )
    principal_turns: int = Field(
        default=10, ge=1, description="The most questions of one principal at once."
    )
    origin: str | None = Field(
        default=None,
        pattern=r"^https://[a-z0-9.-]+(:\d+)?$|^http://localhost(:\d+)?$",
        description="The page that may call the API and upload from a browser, as in "
        "https://docs.example.com.",
    )
    page: Literal["cloudfront", "function", "none"] | None = Field(
        default=None,
        description="What serves the page: `cloudfront`, from a bucket; `function`, the API's "
        "function, where an account has no CloudFront; or `none`. Without it, `cloudfront`, and "
        "with auth=iam `none`: a browser has no keys to sign with.",
    )
    page_domain: str | None = Field(
        default=None,
        pattern=r"^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+$",
        description="The page's own name, as in chat.example.com, for page=cloudfront. Its record "
        "in DNS leads to the output PageAlias. It needs page_certificate.",
    )
    page_certificate: str | None = Field(
        default=None,
        pattern=r"^arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate/[0-9a-f-]+$",
        description="The ARN of page_domain's certificate, which CloudFront takes from us-east-1 "
        "only.",
    )
    page_firewall: str | None = Field(
        default=None,
        pattern=r"^arn:aws[a-z-]*:wafv2:us-east-1:\d{12}:global/webacl/[\w-]+/[0-9a-f-]+$",
        description="The ARN of a web ACL for CloudFront, which is in us-east-1, to stand before "
        "the page too. Without it, the files have none, and the API's own stands before the API.",
    )
    alarm_email: str | None = Field(
        default=None,
        pattern=r"^[^@\s]+@[^@\s]+$",
        description="The address for alarms. Without it, only the dashboard shows them.",
    )
    account_dollars_month: int | None = Field(
        default=None,
        ge=1,
        description="US dollars of the whole account in a month: AWS Budgets mails `alarm_email` "
        "at 80 % of that, when it is spent, and when it is forecast. It refuses nothing. It counts "
        "all that the account has, because tokens have no tags.",
    )
    zones: str | None = Field(
        default=None,
        pattern=r"^[a-z]{2}(-[a-z]+)+-\d[a-z](,[a-z]{2}(-[a-z]+)+-\d[a-z])+$",
        description="For opensearch-serverless and aurora: the zones of the network, as in "
        "`us-east-1a,us-east-1b`. Without it, the Region's first two; `outcrop doctor --aws` says "
        "whether these will do.",
    )
    gateway_log_role: Literal["stack", "account"] = Field(
        default="stack",
        description="The role with which API Gateway writes logs, one for all APIs of an account "
        "in a Region: `stack` makes it and sets it, `account` leaves the account's own in place.",
    )

    @field_validator("guardrail")
    @classmethod
    def _guardrail_can_be_read(cls, guardrail: str | None) -> str | None:
        try:
            read_choice(guardrail)
        except WrongDefinition as error:
            raise ValueError(error.detail.rstrip(".")) from error
        return guardrail

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
            f"base_model_id={self.base_model_id}: model_id={self.model_id} tells its model; leave "
            "base_model_id out": self.base_model_id is not None and not parse(self.model_id).opaque,
            f"zones={self.zones}: vector_store={self.vector_store} has no network; only "
            f"{' and '.join(NETWORKED)} have one": self.zones is not None
            and self.vector_store not in NETWORKED,
            f"zones={self.zones}: they have to be two or more, of one Region": len(
                {zone[:-1] for zone in self.zone_names}
            )
            > 1
            or len(set(self.zone_names)) < len(self.zone_names),
            f"page={self.page}: with auth=iam there is none, because a browser has no keys to sign "
            "with": self.page in ("cloudfront", "function") and self.auth == "iam",
            **{
                f"{name}={getattr(self, name)}: it is for page=cloudfront": getattr(self, name)
                is not None
                and self.page_home != "cloudfront"
                for name in ("page_domain", "page_certificate", "page_firewall")
            },
            f"page_domain={self.page_domain}: a name and its certificate go together; "
            "page_certificate": (self.page_domain is None) != (self.page_certificate is None),
            f"account_dollars_month={self.account_dollars_month}: nobody would be told; say whom "
            "by alarm_email": self.account_dollars_month is not None and self.alarm_email is None,
            f"guardrail_profile={self.guardrail_profile}: it is for a guardrail that exists; a "
            "definition names its own as cross_region_profile": self.guardrail_profile is not None
            and self.guardrail_choice.existing is None,
            **self._model_rules(),
            f"stack={self.stack}: the sign-in page's name cannot hold {word!r}; choose another "
            "name, or auth=iam": word is not None and self.auth == "cognito",
        }
        for rule, is_broken in rules.items():
            if is_broken:
                raise ValueError(rule)
        return self

    def _model_rules(self) -> dict[str, bool]:
        """Each model by its form, and by what it can do for this stack."""
        rules: dict[str, bool] = {}
        for model_id in self.model_ids:
            choice = "model_id" if model_id == self.model_id else "models"
            model = parse(model_id)
            rules |= {
                f"{choice}={model_id}: {model.geography!r} is no geography of inference profiles; "
                f"there are {', '.join(sorted(GEOGRAPHIES))}": model.geography is not None
                and model.geography not in GEOGRAPHIES,
                f"{choice}={model_id}: that is no model's id, as in amazon.nova-lite-v1:0, and no "
                "ARN": not MODEL_ID.fullmatch(model_id),
                f"{choice}={model_id}: it makes vectors or reranks, and answers no "
                "question": model.model in {*DIMENSIONS, *RERANKING_MODELS},
                f"models={model_id}: an application inference profile does not tell its model; it "
                "can be model_id, with base_model_id": model.opaque and choice == "models",
            }
        return rules

    @property
    def model_ids(self) -> tuple[str, ...]:
        """The models that a question may be answered with, the default first."""
        listed = (self.models or "").split(",")
        return tuple(dict.fromkeys([self.model_id, *filter(None, map(str.strip, listed))]))

    @property
    def page_home(self) -> Literal["cloudfront", "function", "none"]:
        """What serves the page."""
        return self.page or ("none" if self.auth == "iam" else "cloudfront")

    @property
    def guardrail_choice(self) -> GuardrailChoice:
        """The guardrail, with the definition that the choice names."""
        return read_choice(self.guardrail)

    @property
    def zone_names(self) -> tuple[str, ...]:
        """The zones of the network; empty for the Region's first two."""
        return tuple(self.zones.split(",")) if self.zones else ()

    @property
    def standby(self) -> str:
        """Whether a collection has standby replicas, which double its cost: a classic one of a
        trial has none. NextGen knows no collections without.
        """
        on = self.production or self.opensearch_generation == "nextgen"
        return "ENABLED" if on else "DISABLED"

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
            _problem(
                str(problem["loc"][0]) if problem["loc"] else "", problem["msg"], problem["type"]
            )
            for problem in error.errors()
        )
        raise ContextError(f"The stack cannot be made so: {problems}.") from error


def _problem(name: str, message: str, kind: str) -> str:
    if not name:
        return message.removeprefix("Value error, ")
    if name in FORMER_NAMES:
        return f"{name} is now called {FORMER_NAMES[name]}"
    if name not in Context.model_fields:
        return f"{name} is no choice; there are {', '.join(Context.model_fields)}"
    if kind == "string_pattern_mismatch":  # what it should be, in words
        message = f"{message}. {Context.model_fields[name].description}".rstrip(".")
    return f"{name}: {message.removeprefix('Value error, ')}"
