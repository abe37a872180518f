"""The only reader of the environment, and the only writer.

A class for each process. `Settings` is what the application needs, in a Lambda as on the laptop,
`DocumentSettings` the part of it that the ingest function needs, `OrderSettings` and
`ProductSettings` what the tools need; the names of resources come from whoever created them: the
CDK stack in AWS, `outcrop up` on the laptop. `LaptopSettings` is what the command line needs to
start the laptop's home, `StackSettings` what it needs to deploy a stack and to call it.

Every field reads `OUTCROP_<NAME>`. A field without a default that is missing fails by name, before
anything is started. docs/settings.md is generated from the descriptions here.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.errors import OperatorError

PREFIX = "OUTCROP_"
_T = TypeVar("_T", bound="_Environment")


FOLDER = Path(__file__).parent.parent
"""What holds the package: a checkout of Outcrop, or the site-packages of an environment."""


def checkout() -> Path | None:
    """The checkout that this runs from; None where it was installed from a wheel, which has no
    docs/, no infra/ and nothing of Node.
    """
    return FOLDER if (FOLDER / "cdk.json").is_file() else None


def _home() -> Path:
    if here := checkout():
        return here / ".outcrop"
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "outcrop"


class _Environment(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, env_ignore_empty=True)


class DocumentSettings(_Environment):
    """What the ingest function needs: where documents are, and who is to know of them."""

    knowledge_base_id: str = Field(description="The Knowledge Base that answers come from.")
    knowledge_base_type: Literal["VECTOR", "MANAGED"] = Field(
        default="VECTOR",
        description="MANAGED where Bedrock keeps the vectors too: then its search is its own.",
    )
    data_source_id: str = Field(description="Its data source: the documents bucket.")
    documents_bucket: str = Field(description="The bucket that documents are uploaded to.")

    @property
    def managed(self) -> bool:
        """Whether the Knowledge Base is Bedrock's to manage."""
        return self.knowledge_base_type == "MANAGED"


class Settings(DocumentSettings):
    """What the application needs, in either home."""

    conversations_bucket: str = Field(description="The bucket that keeps conversations.")
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
    search_type: Literal["HYBRID", "SEMANTIC"] = Field(
        default="HYBRID",
        description="How Retrieve searches. HYBRID needs a vector store that has it.",
    )
    passages: int = Field(
        default=5, ge=1, le=100, description="How many passages an answer may draw on."
    )
    max_tokens: int = Field(
        default=1024, ge=1, description="The longest answer, in tokens. Always sent to the model."
    )
    deadline_seconds: float = Field(
        default=120, gt=0, description="A turn that has not ended by then ends with an error."
    )
    concurrent_turns: int = Field(
        default=1000,
        ge=1,
        description="How many questions are answered at once; one more is refused with 429.",
    )
    guardrail_id: str | None = Field(
        default=None, description="The guardrail that judges every question and answer."
    )
    guardrail_version: str = Field(default="DRAFT", description="The guardrail's version.")
    origin: str | None = Field(
        default=None,
        pattern=r"^https?://[^/?#@\s]+$",
        description="The page that may call the application from a browser: its scheme, host and "
        "port, as in https://chat.example.com.",
    )

    @property
    def searches(self) -> Literal["HYBRID", "SEMANTIC", "MANAGED"]:
        """How Retrieve is asked to search, if nobody says otherwise."""
        return "MANAGED" if self.managed else self.search_type


class OrderSettings(_Environment):
    """What the orders tool needs."""

    orders_table: str = Field(description="The table of orders.")


class ProductSettings(_Environment):
    """What the products tool needs."""

    products_table: str = Field(description="The table of products.")


class LaptopSettings(_Environment):
    """What the command line needs to start, or to find, the laptop's home."""

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
    embedding_precision: Literal["int8", "fp32"] = Field(
        default="int8",
        description="How the stand-in's encoder computes: int8 is faster, fp32 the reference.",
    )
    local_model_url: str | None = Field(
        default=None,
        description="An OpenAI-compatible server (Ollama, llama.cpp, vLLM) that writes the "
        "answers in place of the extractive stand-in model, as in http://127.0.0.1:11434/v1.",
    )
    local_model: str | None = Field(
        default=None, description="The model to ask that server for; its first one by default."
    )


class StackSettings(_Environment):
    """What the command line needs to deploy a stack, and to call it."""

    cdk: Path = Field(
        default=FOLDER / "node_modules" / ".bin" / "cdk",
        description="The CDK's command line; `make synth` installs this one.",
    )
    token: SecretStr | None = Field(
        default=None,
        description="The ID token to call a stack with, where no person is there to sign in.",
    )


class WrongSettings(OperatorError):
    """What is in the environment is missing or wrong: nothing was started."""


def read(kind: type[_T], **values: Any) -> _T:
    """Read the environment, once, at the entry point that needs it.

    Args:
        values: settings that are not read from the environment.

    Raises:
        WrongSettings: naming every variable that is missing or wrong and the rule that it breaks,
            and every one that begins with OUTCROP_ and is none.
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
    """What is wrong with names that would not be obeyed.

    >>> list(_misspelt(["OUTCROP_PASSAGE", "OUTCROP_PASSAGES", "PATH"]))
    ['OUTCROP_PASSAGE is no setting; did you mean OUTCROP_PASSAGES?']
    """
    known = sorted(name.upper() for name in _names(_Environment))
    for name in names:
        setting = name.upper().removeprefix(PREFIX)
        if name.upper().startswith(PREFIX) and setting not in known:
            near = get_close_matches(setting, known, n=1)
            hint = f"did you mean {PREFIX}{near[0]}?" if near else "docs/settings.md has all"
            yield f"{name} is no setting; {hint}"


def _names(kind: type[_Environment]) -> Iterator[str]:
    yield from kind.model_fields
    for below in kind.__subclasses__():
        yield from _names(below)


def variables(settings: _Environment) -> dict[str, str]:
    """The environment variables that say what these settings say, for another process."""
    values = settings.model_dump(mode="json", exclude_none=True)
    return {f"{PREFIX}{name.upper()}": str(value) for name, value in values.items()}


def environment(changes: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process that we start: ours, with these changes."""
    return {**os.environ, **changes}


def adopt(changes: Mapping[str, str], dropped: Iterable[str] = ()) -> None:
    """Change our own environment, before the first client is made of it."""
    os.environ.update(changes)
    for name in dropped:
        os.environ.pop(name, None)


def inherited_environment() -> Mapping[str, str]:
    """All variables, as this process found them: a copy."""
    return dict(os.environ)


def inherited(name: str) -> str | None:
    """A variable that is none of ours, as this process found it."""
    return os.environ.get(name)
