"""The command line's settings: for the laptop's home, and for a stack."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr

from app.settings.environment import Environment, WrongSettings, inherited

FOLDER = Path(__file__).parents[2]
"""The folder with the package: a checkout of Outcrop, or an environment's site-packages."""


def checkout() -> Path | None:
    """The checkout of this code; None if it was installed from a wheel, which has no docs/, no
    infra/ and no Node.
    """
    return FOLDER if (FOLDER / "cdk.json").is_file() else None


def _home() -> Path:
    if here := checkout():
        return here / ".outcrop"
    data = inherited("XDG_DATA_HOME")
    return _expanded(Path(data or "~/.local/share")) / "outcrop"


def _expanded(path: Path) -> Path:
    """The path with the user's own folder in place of ~, as a shell has it.

    Raises:
        WrongSettings: the user has no folder.
    """
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise WrongSettings(
            f"{path} cannot be found, for this user has no home folder: set HOME, or set "
            "OUTCROP_HOME to a folder's whole path."
        ) from error


def opensearch_folder() -> Path:
    """Where the files of an OpenSearch on this machine lie, which all homes share."""
    here = checkout()
    return here / ".opensearch" if here else _home().with_name("outcrop-opensearch")


class LaptopSettings(Environment):
    """The command line's settings for the laptop's home."""

    home: Annotated[Path, AfterValidator(_expanded)] = Field(
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


class StackSettings(Environment):
    """The command line's settings for a stack."""

    cdk: Path = Field(
        default=FOLDER / "node_modules" / ".bin" / "cdk",
        description="The CDK's command line; `make synth` installs this one.",
    )
    make: str = Field(
        default="make", description="The make that builds the page before a deployment."
    )
    token: SecretStr | None = Field(
        default=None,
        description="The ID token for calling a stack, if nobody can sign in.",
    )
