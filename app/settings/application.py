"""The application's settings, and those of the ingest function."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo

from app.filter_attributes import FilterAttributes
from app.settings.environment import Environment

_PROMPT = r"(arn:aws[a-z-]*:bedrock:[a-z0-9-]+:\d{12}:prompt/)?[0-9a-zA-Z]{10}(:\d{1,5})?"


def _partner_of_agent(alias: str | None, others: ValidationInfo) -> str | None:
    """The alias, if an agent goes with it, and if one goes with the agent."""
    if (alias is None) != (others.data.get("agent_id") is None):
        missing = "OUTCROP_AGENT_ALIAS_ID" if alias is None else "OUTCROP_AGENT_ID"
        raise ValueError(f"an agent is named by its id and its alias; {missing} is missing")
    return alias


def _whole_sign_in(client: str | None, others: ValidationInfo) -> str | None:
    """The client, if all that it takes to sign in is there, or nothing of it."""
    values = {
        "OUTCROP_SIGN_IN_AUTHORITY": others.data.get("sign_in_authority"),
        "OUTCROP_SIGN_IN_ISSUER": others.data.get("sign_in_issuer"),
        "OUTCROP_SIGN_IN_CLIENT": client,
    }
    missing = [name for name, value in values.items() if value is None]
    if 0 < len(missing) < len(values):
        raise ValueError(f"the page cannot sign in without {' and '.join(missing)}")
    return client


class DocumentSettings(Environment):
    """The ingest function's settings: the documents bucket and the Knowledge Base."""

    knowledge_base_id: str = Field(description="The Knowledge Base for answers.")
    knowledge_base_type: Literal["VECTOR", "MANAGED"] = Field(
        default="VECTOR",
        description="MANAGED if Bedrock manages the vector store too, and has a search of its own.",
    )
    data_source_id: str = Field(
        description="The Knowledge Base's data source: the documents bucket."
    )
    documents_bucket: str = Field(description="The bucket for documents.")

    @property
    def managed(self) -> bool:
        """Whether Bedrock manages the Knowledge Base."""
        return self.knowledge_base_type == "MANAGED"


class Settings(DocumentSettings):
    """The application's settings, in either home."""

    conversations_bucket: str = Field(description="The bucket for conversations.")
    auth: Literal["local", "api-gateway"] = Field(
        description="Who a request comes from: `local` means one principal, `local`; "
        "`api-gateway` takes whom API Gateway has authorized, by Cognito or by IAM."
    )

    model_id: str = Field(
        default="amazon.nova-lite-v1:0",
        description="The model that answers: a model id or an inference profile.",
    )
    base_model_id: str | None = Field(
        default=None,
        description="The model behind OUTCROP_MODEL_ID, where that id does not tell: an "
        "application inference profile, or a model newer than the catalogue.",
    )
    models: str | None = Field(
        default=None,
        pattern=r"^[^,\s]+(,[^,\s]+)*$",
        description="The models that may answer, besides OUTCROP_MODEL_ID, with commas between "
        "them. Others are refused. Without it, any may.",
    )
    embedding_model_id: str | None = Field(
        default=None,
        description="The model that /v1/embeddings may call. Without it, any that embeds.",
    )
    search_type: Literal["HYBRID", "SEMANTIC"] = Field(
        default="HYBRID",
        description="The type of search. HYBRID needs a vector store that supports it.",
    )
    rerank_model_id: str | None = Field(
        default=None,
        description="The model that puts what a search finds in its final order, such as "
        "cohere.rerank-v3-5:0. Without it, the order is the search's.",
    )
    filter_model_id: str | None = Field(
        default=None,
        description="The model that makes a filter of a question, on AWS one of Claude's: a model "
        "id, or the ARN of an inference profile. Needed with OUTCROP_FILTER_ATTRIBUTES.",
    )
    filter_attributes: FilterAttributes = Field(
        default="[]",  # type: ignore[arg-type]  # JSON, as the environment has it
        description="The attributes of documents for such filters, as a JSON list: each has a "
        "`key`, a `type` (STRING, NUMBER, BOOLEAN, STRING_LIST) and a `description`.",
    )
    passages: int = Field(
        default=5, ge=1, le=100, description="The most passages that an answer may use."
    )
    max_tokens: int = Field(
        default=1024, ge=1, description="The longest answer, in tokens. Always sent to the model."
    )
    agent_runner: Literal["converse", "bedrock-agent"] = Field(
        default="converse",
        description="What runs the agent: `converse` is Outcrop's own loop over Converse; "
        "`bedrock-agent` an agent of Bedrock, in accounts that may have one. It needs "
        "OUTCROP_AGENT_ID and OUTCROP_AGENT_ALIAS_ID, which `outcrop up` sets itself.",
    )
    agent_id: str | None = Field(
        default=None,
        pattern=r"^[0-9a-zA-Z]{1,10}$",
        description="The agent of Bedrock, for OUTCROP_AGENT_RUNNER=bedrock-agent. Its model has "
        "to be OUTCROP_MODEL_ID, by which its tokens are priced.",
    )
    agent_alias_id: Annotated[str | None, AfterValidator(_partner_of_agent)] = Field(
        default=None,
        pattern=r"^[0-9a-zA-Z]{1,10}$",
        validate_default=True,
        description="The alias of OUTCROP_AGENT_ID that is invoked.",
    )
    agent_steps: int = Field(
        default=8, ge=1, le=50, description="The most replies of the model in an agent's turn."
    )
    agent_errors: int = Field(
        default=4,
        ge=1,
        description="The most calls of an agent's turn that are refused or fail; then it stops.",
    )
    agent_tokens: int = Field(
        default=100_000,
        ge=1,
        description="The most tokens, read and written, of an agent's turn; then it stops.",
    )
    agent_dollars: float | None = Field(
        default=None,
        gt=0,
        description="The most US dollars that an agent's turn may cost, by list prices; a model "
        "whose price is not known then runs no agent.",
    )
    confirmation_seconds: int = Field(
        default=600,
        ge=1,
        description="For how long an agent's call that changes something waits to be confirmed.",
    )
    deadline_seconds: float = Field(
        default=120, gt=0, description="A turn that has not ended by then ends with an error."
    )
    concurrent_turns: int = Field(
        default=1000,
        ge=1,
        description="The most questions that are answered at once; one more is refused with 429.",
    )
    budget_table: str | None = Field(
        default=None,
        description="The DynamoDB table that counts what each principal spends. Without it nothing "
        "is counted, and no budget holds.",
    )
    principal_tokens_day: int | None = Field(
        default=None, ge=1, description="The most tokens of one principal in a day (UTC)."
    )
    principal_tokens_month: int | None = Field(
        default=None, ge=1, description="The most tokens of one principal in a month."
    )
    principal_dollars_day: float | None = Field(
        default=None,
        gt=0,
        description="The most US dollars of one principal in a day, by list prices. A model whose "
        "price is not known is then refused.",
    )
    principal_dollars_month: float | None = Field(
        default=None, gt=0, description="The most US dollars of one principal in a month."
    )
    budget_warning_percent: int = Field(
        default=80, ge=1, le=100, description="The part of a budget from which on answers warn."
    )
    principal_turns: int | None = Field(
        default=None,
        ge=1,
        description="The most questions of one principal that are answered at once; one more is "
        "refused with 429.",
    )
    prices: str | None = Field(
        default=None,
        pattern=r"^[^=,\s]+=[0-9.]+/[0-9.]+(,[^=,\s]+=[0-9.]+/[0-9.]+)*$",
        description="Prices of models that the list lacks, in US dollars for a million tokens read "
        "and written, as in my-model=0.8/3.2,other=1/5.",
    )
    guardrail_id: str | None = Field(
        default=None, description="The guardrail that judges every question and answer."
    )
    guardrail_version: str = Field(default="DRAFT", description="The guardrail's version.")
    guardrail_api: Literal["apply", "invoke"] = Field(
        default="apply",
        description="What judges an answer: `apply` is ApplyGuardrail, called beside the model; "
        "with `invoke` the model's own call carries the guardrail.",
    )
    guardrail_mode: Literal["buffer", "window", "verdict"] = Field(
        default="window",
        description="When a streamed answer is judged: `buffer` before any of it is shown; "
        "`window` sentence by sentence, each held until it is judged; `verdict` when all is shown, "
        "and taken back if it is blocked.",
    )
    guardrail_passages: bool = Field(
        default=True,
        description="Whether the guardrail judges passages too, before a model reads them.",
    )
    guardrail_when_down: Literal["closed", "open"] = Field(
        default="closed",
        description="What happens to a text that gets no verdict because the guardrail is missing, "
        "throttled or down: `closed` ends the turn with an error, `open` lets the text pass and "
        "says so.",
    )
    tool_functions: str | None = Field(
        default=None,
        pattern=r"^[a-z][a-z0-9_]*=[\w:.$-]+(,[a-z][a-z0-9_]*=[\w:.$-]+)*$",
        description="The Lambda functions of the tools, by the names of their groups, as in "
        "orders=FUNCTION,products=FUNCTION. Without it, an agent has none of them.",
    )
    stored_prompts: str | None = Field(
        default=None,
        pattern=rf"^[a-z]+={_PROMPT}(,[a-z]+={_PROMPT})*$",
        description="Prompts of Prompt management that are used in place of the application's own, "
        "as in answer=ARN,rewrite=ARN: the ARN of a version, or without one that of the draft.",
    )
    inside_url: str | None = Field(
        default=None,
        pattern=r"^http://(127\.0\.0\.1|localhost|\[::1\]):\d{1,5}$",
        description="The stand-in whose models can be looked into (`outcrop explain`). "
        "`outcrop up` sets it; in AWS there is none.",
    )
    origin: str | None = Field(
        default=None,
        pattern=r"^https?://[^/?#@\s]+$",
        description="The page that may call the application from a browser: its scheme, host and "
        "port, as in https://chat.example.com.",
    )

    sign_in_authority: str | None = Field(
        default=None,
        pattern=r"^https?://[^/?#@\s]+$",
        description="The page on which people sign in: its scheme and host. With it, and with the "
        "next two, the application serves its page where API Gateway stands before it.",
    )
    sign_in_issuer: str | None = Field(
        default=None, description="Whom the ID tokens of OUTCROP_SIGN_IN_AUTHORITY name as issuer."
    )
    sign_in_client: Annotated[str | None, AfterValidator(_whole_sign_in)] = Field(
        default=None,
        validate_default=True,
        description="The client of OUTCROP_SIGN_IN_AUTHORITY as which the page signs in.",
    )

    @property
    def patience_seconds(self) -> float:
        """How long a database may take to start after a pause: half of a turn's time."""
        return self.deadline_seconds / 2

    @property
    def limits_spending(self) -> bool:
        """Whether there is a limit for a principal, which has to be counted."""
        return any(
            each is not None
            for each in (
                self.principal_tokens_day,
                self.principal_tokens_month,
                self.principal_dollars_day,
                self.principal_dollars_month,
                self.principal_turns,
            )
        )

    @property
    def searches(self) -> Literal["HYBRID", "SEMANTIC", "MANAGED"]:
        """The type of search, unless a request chooses another."""
        return "MANAGED" if self.managed else self.search_type
