"""The only module that reads and writes the environment.

Each process has a class. `Settings` has the application's settings, in a Lambda function as on the
laptop; `DocumentSettings` is the part of them for the ingest function. A tool's function has its
own, whose names begin with its group's: `tool_table` reads the name of its table, and a subclass of
`ToolSettings` in the tool's folder whatever else it needs. Whoever creates the resources sets their
names: the CDK stack in AWS, `outcrop up` on the laptop. `LaptopSettings` are for the command line
to start the laptop's home, `StackSettings` to deploy a stack and to call it.

Every field is read from `OUTCROP_<NAME>`. If a field without a default is missing, nothing is
started, and the error names it. docs/settings.md is generated from the descriptions here.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, SecretStr, ValidationError, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.errors import OperatorError
from app.filter_attributes import FilterAttributes
from app.tool_folders import tool_groups, tool_prefix

PREFIX = "OUTCROP_"

RENAMED = {
    f"budget_{unit}_{period}": f"principal_{unit}_{period}"
    for unit in ("tokens", "dollars")
    for period in ("day", "month")
}
"""Settings under their former names, which are refused with the new ones."""

_T = TypeVar("_T", bound="_Environment")


FOLDER = Path(__file__).parent.parent
"""The folder with the package: a checkout of Outcrop, or an environment's site-packages."""


def checkout() -> Path | None:
    """The checkout of this code; None if it was installed from a wheel, which has no docs/, no
    infra/ and no Node.
    """
    return FOLDER if (FOLDER / "cdk.json").is_file() else None


def _home() -> Path:
    if here := checkout():
        return here / ".outcrop"
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "outcrop"


def opensearch_folder() -> Path:
    """Where the files of an OpenSearch on this machine lie, which all homes share."""
    here = checkout()
    return here / ".opensearch" if here else _home().with_name("outcrop-opensearch")


_PROMPT = r"(arn:aws[a-z-]*:bedrock:[a-z0-9-]+:\d{12}:prompt/)?[0-9a-zA-Z]{10}(:\d{1,5})?"


class _Environment(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, env_ignore_empty=True)


class DocumentSettings(_Environment):
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
    origin: str | None = Field(
        default=None,
        pattern=r"^https?://[^/?#@\s]+$",
        description="The page that may call the application from a browser: its scheme, host and "
        "port, as in https://chat.example.com.",
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


class ToolSettings(_Environment):
    """A tool's own settings, declared in its folder: their names begin with that of its group."""


class LaptopSettings(_Environment):
    """The command line's settings for the laptop's home."""

    home: Path = Field(
        default_factory=_home,
        description="Where the laptop keeps its documents, index and conversations; without a "
        "checkout of Outcrop $XDG_DATA_HOME/outcrop, or ~/.local/share/outcrop.",
    )
    port: int = Field(
        default=0, ge=0, le=65535, description="The application's port; 0 takes a free one."
    )
    stand_in_port: int = Field(
        default=0, ge=0, le=65535, description="The stand-in's port; 0 takes a free one."
    )
    embedding_model: str | None = Field(
        default=None,
        description="The embedding model of a new home's index. For documents or questions in "
        "other languages than English: cohere.embed-multilingual-v3. By default "
        "amazon.titan-embed-text-v2:0, or what the home was made with.",
    )
    guardrail: str | None = Field(
        default=None,
        description="The guardrail that the laptop's home makes: the path of a definition; "
        "ID:VERSION of one that is in it; or `none`, and nothing is judged. Without it, the "
        "definition is Outcrop's own, unless OUTCROP_GUARDRAIL_ID names a guardrail.",
    )
    embedding_precision: Literal["int8", "fp32"] = Field(
        default="int8",
        description="The precision of the stand-in's encoder: int8 is faster, fp32 the reference.",
    )
    local_model_url: str | None = Field(
        default=None,
        description="An OpenAI-compatible server (Ollama, llama.cpp, vLLM) that writes the "
        "answers in place of the extractive stand-in model, as in http://127.0.0.1:11434/v1.",
    )
    local_model: str | None = Field(
        default=None, description="The model of that server; by default its first that chats."
    )
    opensearch_url: SecretStr | None = Field(
        default=None,
        description="The OpenSearch that has the chunks of the laptop's Knowledge Bases in place "
        "of the home, as in http://127.0.0.1:9200 or https://user:password@search.example.com.",
    )
    opensearch_remote: bool = Field(
        default=False,
        description="Whether that OpenSearch may be on another machine: then texts of documents "
        "and questions leave this one.",
    )
    opensearch_service: Literal["es", "aoss"] | None = Field(
        default=None,
        description="Sign the requests to it with AWS's credentials: `es` for a domain of Amazon "
        "OpenSearch Service, `aoss` for a collection of OpenSearch Serverless.",
    )
    opensearch_engine: Literal["lucene", "faiss", "default"] = Field(
        default="lucene",
        description="The k-NN engine of its indexes: `lucene` every OpenSearch has, `faiss` is "
        "what AWS's Knowledge Bases use, `default` names none, for a NextGen collection.",
    )
    opensearch_ca: Path | None = Field(
        default=None,
        description="A file with the certificate of the authority that signed its certificate.",
    )


class StackSettings(_Environment):
    """The command line's settings for a stack."""

    cdk: Path = Field(
        default=FOLDER / "node_modules" / ".bin" / "cdk",
        description="The CDK's command line; `make synth` installs this one.",
    )
    token: SecretStr | None = Field(
        default=None,
        description="The ID token for calling a stack, if nobody can sign in.",
    )


class WrongSettings(OperatorError):
    """A setting is missing or wrong. Nothing was started."""


def read(kind: type[_T], **values: Any) -> _T:
    """Read the environment, once, at the entry point that needs it.

    Args:
        values: settings that are not read from the environment.

    Raises:
        WrongSettings: naming every variable that is missing or wrong with the rule that it breaks,
            and every unknown variable that begins with OUTCROP_.
    """
    problems = list(_misspelt(os.environ))
    try:
        settings = kind(**values)
    except ValidationError as error:
        problems += map(_problem, error.errors())
    else:
        if not problems:
            return settings
    raise WrongSettings(f"Settings are missing or wrong: {'; '.join(problems)}.")


def _problem(problem: Any) -> str:
    name = f"{PREFIX}{'_'.join(map(str, problem['loc'])).upper()}"
    value = "" if problem["type"] == "missing" else f"={problem['input']}"
    return f"{name}{value}: {problem['msg']}"


def _misspelt(names: Iterable[str]) -> Iterator[str]:
    """A message for each unknown name that begins with OUTCROP_.

    >>> list(_misspelt(["OUTCROP_PASSAGE", "OUTCROP_PASSAGES", "PATH"]))
    ['OUTCROP_PASSAGE is no setting; did you mean OUTCROP_PASSAGES?']
    >>> list(_misspelt(["OUTCROP_BUDGET_TOKENS_DAY"]))
    ['OUTCROP_BUDGET_TOKENS_DAY is now called OUTCROP_PRINCIPAL_TOKENS_DAY']
    """
    settings = sorted(name.upper() for name in _names(_Environment))
    for name in names:
        setting = name.upper().removeprefix(PREFIX)
        if not name.upper().startswith(PREFIX) or setting in settings:
            continue
        if name.startswith(tuple(map(tool_prefix, tool_groups()))):
            continue
        if new := RENAMED.get(setting.lower()):
            yield f"{name} is now called {PREFIX}{new.upper()}"
        else:
            near = get_close_matches(setting, settings, n=1)
            hint = f"did you mean {PREFIX}{near[0]}?" if near else "docs/settings.md has all"
            yield f"{name} is no setting; {hint}"


def _names(kind: type[_Environment]) -> Iterator[str]:
    yield from kind.model_fields
    for below in kind.__subclasses__():
        yield from _names(below)


def tool_table(group: str) -> str:
    """The table of a group of tools: OUTCROP_<GROUP>_TABLE, in its function's environment.

    Raises:
        WrongSettings: as for `read`.
    """
    fields: Any = {f"{group}_table": (str, Field(description=f"The table of {group}."))}
    kind = create_model("ToolTableSettings", __base__=ToolSettings, **fields)
    table: str = getattr(read(kind), f"{group}_table")
    return table


def variables(settings: _Environment) -> dict[str, str]:
    """The environment variables of these settings, for another process."""
    values = settings.model_dump(mode="json", exclude_none=True, round_trip=True)
    return {f"{PREFIX}{name.upper()}": str(value) for name, value in values.items()}


def environment(changes: Mapping[str, str]) -> dict[str, str]:
    """The environment of a child process: this one's, with these changes."""
    return {**os.environ, **changes}


def adopt(changes: Mapping[str, str], dropped: Iterable[str] = ()) -> None:
    """Change this process's environment, before the first client is made."""
    os.environ.update(changes)
    for name in dropped:
        os.environ.pop(name, None)


def inherited_environment() -> Mapping[str, str]:
    """A copy of the variables with which this process was started."""
    return dict(os.environ)


def inherited(name: str) -> str | None:
    """A variable of another program, with which this process was started."""
    return os.environ.get(name)
