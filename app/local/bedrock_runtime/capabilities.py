"""What a model can do with tools and schemas, and how Bedrock words the refusal of the rest.

The families of Bedrock differ, and within them the models. What is here was told by Bedrock's
pages, or by its answers where they say something else.

https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html
"""

from dataclasses import dataclass, replace

from app.local import lazy_re as re
from app.local.bedrock_runtime.bodies import InvalidBody
from app.local.bedrock_runtime.bodies.family import RETURNED
from app.local.bedrock_runtime.bodies.images import check_images
from app.local.bedrock_runtime.bodies.openai_tools import ANY_OBJECT
from app.local.bedrock_runtime.bodies.strict_schema import excess, violation
from app.local.bedrock_runtime.models import InvokedModel
from app.local.engine.writer import Prompt, ToolChoice

NO_TOOLS = "This model doesn't support tool use."
NO_STREAMED_TOOLS = "This model doesn't support tool use in streaming mode."
SCHEMA_MEMBER = "outputConfig.textFormat.structure.jsonSchema.schema"


@dataclass(frozen=True)
class Capabilities:
    """What a model can do.

    Attributes:
        tools: use tools at all.
        streamed_tools: use them in a stream.
        choices: which tool choices it takes but `auto`: "any", "tool".
        schemas: keep to a JSON schema, of its answer and of a strict tool's input.
        mixed_results: read other content beside the results of tools in a message.
        result_media: what they read within such a result: "image", "document".
        documents: read documents, through Converse.
    """

    tools: bool = True
    streamed_tools: bool = True
    choices: frozenset[str] = frozenset({"any", "tool"})
    schemas: bool = False
    mixed_results: bool = True
    result_media: frozenset[str] = frozenset({"image", "document"})
    documents: bool = True


_NONE = Capabilities(tools=False)
_TEXT_ONLY = Capabilities(tools=False, documents=False)
_UNFORCED: frozenset[str] = frozenset()
_ANY = frozenset({"any"})
_NO_MEDIA: frozenset[str] = frozenset()
_LLAMA = Capabilities(streamed_tools=False, choices=_UNFORCED, mixed_results=False)
_MISTRAL = Capabilities(schemas=True, mixed_results=False, result_media=frozenset({"document"}))
# Of an id the first pattern that it begins with.
_MODELS: tuple[tuple[re.Pattern[str], Capabilities], ...] = (
    (re.compile(r"anthropic\.claude-(v2|instant)"), _NONE),
    (re.compile(r"anthropic\.claude-fable-"), Capabilities(choices=_UNFORCED)),
    (re.compile(r"anthropic\.claude-3-"), Capabilities()),
    (re.compile(r"anthropic\.claude-(opus|sonnet)-4-(1-)?\d{8}"), Capabilities()),
    (re.compile(r"anthropic\."), Capabilities(schemas=True)),
    (re.compile(r"amazon\.nova-micro"), Capabilities(documents=False)),
    (re.compile(r"amazon\.nova"), Capabilities()),
    (re.compile(r"meta\.llama3-(70b|8b|2-[13]b)-"), _NONE),
    (re.compile(r"meta\."), _LLAMA),
    (re.compile(r"mistral\.(mistral-large-24|mistral-small-24)"),
     replace(_MISTRAL, streamed_tools=False, choices=_ANY, schemas=False)),
    (re.compile(r"mistral\.pixtral"), replace(_MISTRAL, choices=_ANY, schemas=False)),
    (re.compile(r"mistral\.(mistral-7b|mixtral)"), _NONE),
    (re.compile(r"mistral\.devstral"), replace(_MISTRAL, schemas=False)),
    (re.compile(r"mistral\."), _MISTRAL),
    (re.compile(r"cohere\.command-r"), Capabilities(choices=_UNFORCED)),
    (re.compile(r"ai21\.jamba-1"), Capabilities(streamed_tools=False, choices=_UNFORCED)),
    (re.compile(r"(cohere\.command-(text|light)|ai21\.j(2|amba-instruct))"), _TEXT_ONLY),
    (re.compile(r"(amazon\.titan|cohere|ai21)\.?"), _NONE),
    (re.compile(r"google\.gemma-3-4b"), Capabilities()),
    (re.compile(r"(qwen|moonshot)"), Capabilities(schemas=True, result_media=_NO_MEDIA)),
)  # fmt: skip
_OPEN_WEIGHT = Capabilities(schemas=True)


def capabilities(model: InvokedModel) -> Capabilities:
    """What a model can do.

    Most models of the OpenAI shape, whoever made them, have structured output.
    """
    return next((can for begin, can in _MODELS if begin.match(model.id)), _OPEN_WEIGHT)


def permit(model: InvokedModel, prompt: Prompt) -> None:
    """Check that a model can do what a body of its own family asks of it.

    Raises:
        InvalidBody: in the words of the family.
    """
    can = capabilities(model)
    if prompt.tools and not can.tools:
        raise InvalidBody(NO_TOOLS)
    if _forced(prompt.tool_choice) and model.body == "anthropic" and not can.choices:
        raise InvalidBody('tool_choice: type "tool" and "any" are not supported for this model.')
    images = [image for turn in prompt.turns for image in turn.all_images]
    check_images(images)
    if "IMAGE" not in model.input and images:
        raise InvalidBody(unsupported_block("image"))
    strict = next((n for n, tool in enumerate(prompt.tools) if tool.strict), None)
    if strict is not None and not can.schemas:
        raise InvalidBody(f"tools.{strict}.custom.strict: Extra inputs are not permitted")
    permit_schema(model, prompt)
    _check_excess(model, prompt)


def _check_excess(model: InvokedModel, prompt: Prompt, prefix: str = "") -> None:
    """Check that what a model of Claude's has to keep to is not too much together."""
    strict = [tool.input_schema for tool in prompt.tools if tool.strict]
    answers = [prompt.output_schema] if prompt.output_schema is not None else []
    if model.body == "anthropic" and (problem := excess([*answers, *strict], len(strict))):
        raise InvalidBody(f"{prefix}{problem}")


def permit_schema(model: InvokedModel, prompt: Prompt, prefix: str = "") -> None:
    """Check that a model can be held to a schema that a member of its family's body has.

    Raises:
        InvalidBody: in the words of the family, behind the prefix.
    """
    if prompt.output_schema in (None, ANY_OBJECT) or capabilities(model).schemas:
        return
    field = "output_config.format" if model.body == "anthropic" else "response_format"
    raise InvalidBody(f"{prefix}{field}: Extra inputs are not permitted")


def permit_converse(model: InvokedModel, prompt: Prompt, *, streamed: bool = False) -> None:
    """Check that a model can do what a Converse request asks of it.

    Raises:
        InvalidBody: in the words of Converse, or of the model, which Converse passes on.
    """
    can = capabilities(model)
    if prompt.tools and not can.tools:
        raise InvalidBody(NO_TOOLS)
    if prompt.tools and streamed and not can.streamed_tools:
        raise InvalidBody(NO_STREAMED_TOOLS)
    choice = prompt.tool_choice
    if _forced(choice) and choice.kind not in can.choices:
        raise InvalidBody(unsupported(f"toolConfig.toolChoice.{choice.kind}"))
    if prompt.output_schema is not None:
        if not can.schemas:
            raise InvalidBody(unsupported("outputConfig"))
        if problem := violation(prompt.output_schema):
            raise _schema(model, problem, "output_config.format.schema", SCHEMA_MEMBER)
    for place, tool in enumerate(prompt.tools):
        member = f"toolConfig.tools.{place}.toolSpec"
        if tool.strict and not can.schemas:
            raise InvalidBody(unsupported(f"{member}.strict"))
        if tool.strict and (problem := violation(tool.input_schema)):
            raise _schema(model, problem, f"tools.{place}.custom", f"{member}.inputSchema.json")
    _check_excess(model, prompt, RETURNED)


def _schema(model: InvokedModel, problem: str, claudes: str, member: str) -> InvalidBody:
    """What is wrong with a schema, which Claude says by the name of its own member."""
    if model.body == "anthropic":
        return InvalidBody(f"{RETURNED}{claudes}: {problem}")
    return InvalidBody(f"The value at {member} is not supported: {problem}")


def unsupported(field: str) -> str:
    """What Converse says of a field that the model has nothing for."""
    return f"This model doesn't support the {field} field. Remove {field} and try again."


def unsupported_block(kind: str) -> str:
    """What Converse says of a block that the model has nothing for."""
    return (
        f"This model doesn't support the {kind} content block that you provided. Update the "
        "content block and try again."
    )


def _forced(choice: ToolChoice) -> bool:
    return choice.kind in ("any", "tool")
