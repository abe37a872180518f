"""What can be said of a model that writes text: the columns of the capability table."""

from dataclasses import dataclass
from typing import Literal

Parameter = Literal["temperature", "top_p", "top_k", "stop"]
ForcedChoice = Literal["any", "tool"]
Geography = Literal["us", "us-gov", "ca", "eu", "apac", "au", "jp", "in", "global"]
FamilyName = Literal[
    "anthropic",
    "nova",
    "titan",
    "llama3",
    "llama4",
    "mistral",
    "mistral-chat",
    "command-r",
    "command",
    "jamba",
    "jurassic-2",
    "openai",
    "chat completions",
]
"""What `app.models.families.FAMILIES` calls the shapes of InvokeModel's bodies."""


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What one model can do.

    Attributes:
        id: as ListFoundationModels has it.
        family: whose bodies it speaks.
        context: the context window in tokens; None where it is not known.
        output: the longest answer in tokens; None where it is not known.
        takes: the parameters that it accepts.
        one_sampler: it accepts `temperature` or `top_p`, and not both at once.
        stops: how many stop sequences it accepts; None where no limit is known.
        images: it accepts images.
        tools: it calls tools, as far as AWS's pages tell; where they do not, Bedrock is to say.
        forced_choices: how it may be told to call a tool: "any", or one by its name ("tool").
        tool_streams: it calls tools in a stream. Others are asked for the whole reply.
        schemas: it can be held to a JSON schema (structured output).
        streams: InvokeModelWithResponseStream works. Others are invoked whole.
        profile: in most Regions it is called by an inference profile only (`us.`, `global.`, ..).
        geographies: those that it has inference profiles of; `regions` says where they are taken.
        system: Converse takes a system prompt; where not, it has to stand in the first message.
        state: "legacy" models answer old customers only; "gone" ones are past their end of life.
        end: the end of life, where it is announced.
        successor: what replaced it.
        note: what is doubtful in this row.
    """

    id: str
    family: FamilyName
    context: int | None = None
    output: int | None = None
    takes: frozenset[Parameter] = frozenset({"temperature", "top_p", "stop"})
    one_sampler: bool = False
    stops: int | None = None
    images: bool = False
    tools: bool = True
    forced_choices: frozenset[ForcedChoice] = frozenset({"any", "tool"})
    tool_streams: bool = True
    schemas: bool = False
    streams: bool = True
    profile: bool = False
    geographies: tuple[Geography, ...] = ()
    system: bool = True
    state: Literal["active", "legacy", "gone"] = "active"
    end: str = ""
    successor: str = ""
    note: str = ""
