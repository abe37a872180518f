"""A model as it is called: the id in a request, and what is known of the model behind it."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from app.errors import InvalidRequest
from app.models.content import KINDS, Block, Document, Image, ToolResult, ToolUse
from app.models.facts.catalogue import MODELS
from app.models.facts.ids import parse
from app.models.facts.model_facts import ModelFacts, Parameter
from app.models.families import FAMILIES
from app.models.families.family import Family
from app.models.prompt import Prompt
from app.settings import Settings, WrongSettings

_BY_ID = {facts.id: facts for facts in MODELS}


@dataclass(frozen=True, slots=True)
class Model:
    """A model by the id that it is called by.

    Attributes:
        id: as the caller named it: a model id, an inference profile or an ARN.
        facts: what the model takes.
    """

    id: str
    facts: ModelFacts

    @property
    def family(self) -> Family:
        """How InvokeModel's bodies are written and read."""
        return FAMILIES[self.facts.family]

    def check(self, prompt: Prompt, family: Family) -> None:
        """Refuse what the model would refuse, by name, and what the bodies have no place for.

        A parameter or a block is never dropped in silence: the answer would not be the one that
        was asked for.

        Args:
            family: whose bodies the prompt is to be written in; the model's own, or Converse's.

        Raises:
            InvalidRequest: naming the model, the parameter or kind of block, and the rule.
        """
        for field, problem in (
            *self._parameters(prompt),
            *self._content(prompt, family),
            *self._tools(prompt, family),
        ):
            raise InvalidRequest(f"{self.facts.id} {problem}.", field=field)

    def _parameters(self, prompt: Prompt) -> Iterator[tuple[str, str]]:
        values: dict[Parameter, object] = {
            "temperature": prompt.temperature,
            "top_p": prompt.top_p,
            "top_k": prompt.top_k,
            "stop": prompt.stop or None,
        }
        facts = self.facts
        for name, value in values.items():
            if value is not None and name not in facts.takes:
                yield name, f"does not take {name}; leave it out"
        if facts.one_sampler and prompt.temperature is not None and prompt.top_p is not None:
            yield "top_p", "takes temperature or top_p, and not both; leave one out"
        if facts.stops is not None and len(prompt.stop) > facts.stops:
            yield "stop", f"takes at most {facts.stops} stop sequences, and not {len(prompt.stop)}"
        if facts.output is not None and prompt.max_tokens > facts.output:
            yield "max_tokens", f"writes at most {facts.output} tokens, and not {prompt.max_tokens}"

    def _tools(self, prompt: Prompt, family: Family) -> Iterator[tuple[str, str]]:
        through = f"in bodies of the family {family.name}"
        choice, facts = prompt.tool_choice, self.facts
        kind: Literal["any", "none", "tool"] | None = None
        if choice != "auto":
            kind = "any" if choice == "any" else "none" if choice == "none" else "tool"
        native = family.name == "Converse" and facts.family == "anthropic"  # has it all the same
        if kind == "none" and kind not in family.choices and prompt.uses_tools and not native:
            # Without calls in the conversation the tools are left out, which is the same.
            yield "tool_choice", f"cannot be kept from tools {through}, once some were called"
        if kind in ("any", "tool"):
            if kind not in facts.forced_choices:
                yield "tool_choice", f"does not take the tool choice {choice!r}; leave it out"
            if kind not in family.choices:
                yield "tool_choice", f"has no place for the tool choice {choice!r} {through}"
        wishes = {
            "output_schema": ("a schema of the answer", prompt.output_schema is not None),
            "tools": ("strict tools", any(tool.strict for tool in prompt.tools)),
        }
        for field, (what, is_set) in wishes.items():
            if is_set and not facts.schemas:
                yield field, f"does not take {what}; leave that out, or force a call of a tool"
            elif is_set and not family.schemas:
                yield field, f"has no place for {what} {through}"

    def _content(self, prompt: Prompt, family: Family) -> Iterator[tuple[str, str]]:
        through = f"in bodies of the family {family.name}"
        if prompt.tools and ToolUse not in family.blocks:
            yield "tools", f"is offered no tools {through}; call it through Converse"
        if prompt.tools and not self.facts.tools:
            yield "tools", "calls no tools; leave them out"
        for block, allowed in _blocks(prompt, family):
            kind = KINDS[type(block)]
            if type(block) not in allowed:
                yield "messages", f"takes no block of the kind {kind} {through}"
            elif isinstance(block, Image) and not self.facts.images:
                yield "messages", "takes no block of the kind image"
            elif isinstance(block, ToolUse | ToolResult) and not self.facts.tools:
                yield "messages", f"takes no block of the kind {kind}"
            elif isinstance(block, Document) and block.format not in family.documents:
                yield "messages", f"takes no document of the format {block.format} {through}"


def _blocks(prompt: Prompt, family: Family) -> Iterator[tuple[Block, frozenset[type[Block]]]]:
    """The blocks of a prompt and of its tools' results, each with the kinds that may be there."""
    for message in prompt.messages:
        for block in message.content:
            yield block, family.blocks
            if isinstance(block, ToolResult):
                for part in block.content:
                    yield part, family.results


def find(model_id: str, base_model_id: str | None = None) -> Model:
    """A model, by whatever id it is called.

    >>> find("eu.anthropic.claude-sonnet-4-6").facts.id
    'anthropic.claude-sonnet-4-6'
    >>> find("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0").family.name
    'nova'

    Args:
        model_id: a model id, alone or with a geography before it (`us.`, `global.`, ..), or the
            ARN of a foundation model or of an inference profile of AWS's.
        base_model_id: the model behind it, where `model_id` does not tell: behind an application
            inference profile, a custom, imported or provisioned model. For a model that is newer
            than the table, a relative that takes the same body.

    Raises:
        InvalidRequest: naming `model`, with near matches.
    """
    for known in (model_id, base_model_id or ""):
        if facts := _BY_ID.get(parse(known).model):
            return Model(model_id, facts)
    unknown = base_model_id or model_id
    name = parse(unknown)
    if name.opaque:
        raise InvalidRequest(
            f"{unknown} does not tell which model is behind it. Name that model in "
            "OUTCROP_BASE_MODEL_ID.",
            field="model",
        )
    near = get_close_matches(name.model, _BY_ID, n=3)
    suggestion = f" Did you mean {', '.join(near)}?" if near else ""
    raise InvalidRequest(
        f"{unknown!r} is not a text model that Outcrop knows how to invoke.{suggestion} A newer "
        "model works with an older one that takes the same body in OUTCROP_BASE_MODEL_ID.",
        field="model",
    )


def configured_model(settings: Settings) -> Model:
    """The model of `OUTCROP_MODEL_ID`; an entry point asks for it before it serves.

    Raises:
        WrongSettings: no model is known by that name, nor by `OUTCROP_BASE_MODEL_ID`.
    """
    try:
        return find(settings.model_id, settings.base_model_id)
    except InvalidRequest as error:
        name = "BASE_MODEL_ID" if settings.base_model_id else "MODEL_ID"
        value = settings.base_model_id or settings.model_id
        raise WrongSettings(
            f"Settings are missing or wrong: OUTCROP_{name}={value}: {error.detail}"
        ) from error
