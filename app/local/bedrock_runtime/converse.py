"""The requests of Converse, one shape for every family: read as a Prompt, and held against what
the model can do. `converse_response` writes the answer.

Which tools there are, and the blocks of a conversation that uses them, are read by
`bodies.tool_configuration`; what a model can do with them is in `capabilities`.
"""

import json
from collections.abc import Mapping, Sequence, Set
from itertools import pairwise
from typing import Any

from app.local.bedrock_runtime.bodies import Family, InvalidBody, Request
from app.local.bedrock_runtime.bodies.conversation import conversation
from app.local.bedrock_runtime.bodies.documents import (
    check_citations,
    check_files,
    converse_document,
)
from app.local.bedrock_runtime.bodies.family import RETURNED
from app.local.bedrock_runtime.bodies.images import check_images, converse_image
from app.local.bedrock_runtime.bodies.parts import parts_of
from app.local.bedrock_runtime.bodies.schema import malformed
from app.local.bedrock_runtime.bodies.tool_configuration import (
    APART,
    check_tool_turns,
    not_an_object,
    read_choice,
    read_tool_blocks,
    read_tools,
)
from app.local.bedrock_runtime.capabilities import (
    SCHEMA_MEMBER,
    Capabilities,
    capabilities,
    permit_converse,
    permit_schema,
    unsupported,
    unsupported_block,
)
from app.local.bedrock_runtime.models import InvokedModel
from app.local.engine.writer import Prompt, Turn
from app.local.wire import JSON

UNSUPPORTED = (
    "This action doesn't support the model that you provided. Try again with a supported text or "
    "chat model."
)
_ALTERNATE = (
    "A conversation must alternate between user and assistant roles. Make sure the conversation "
    "alternates between user and assistant roles and try again."
)


def read(params: JSON, family: Family) -> Request:
    """What a Converse request asks for.

    Args:
        params: of Converse, or of CountTokens, which has the same members.
        family: of the model.

    Raises:
        InvalidBody: naming what the model does not take.
    """
    configuration = params.get("toolConfig")
    tools = read_tools(configuration)
    messages = [(f"messages.{n}", one) for n, one in enumerate(params.get("messages", []))]
    turns = [(at, _turn(one, at)) for at, one in messages if one["role"] != "system"]
    if any(one.role == other.role for (_, one), (_, other) in pairwise(turns)):
        raise InvalidBody(_ALTERNATE)
    check_tool_turns(turns, tools)
    check_files([turn for _, turn in turns])
    system = [
        _text(params.get("system", []), "system"),
        *(_text(one["content"], at) for at, one in messages if one["role"] == "system"),
    ]
    config = params.get("inferenceConfig", {})
    fields = params.get("additionalModelRequestFields") or {}
    request = Request.of(
        Prompt(
            conversation(turn for _, turn in turns),
            "\n\n".join(filter(None, system)),
            tools=tools,
            tool_choice=read_choice(configuration, tools),
            output_schema=_output_schema(params),
        ),
        max_tokens=config.get("maxTokens"),
        temperature=config.get("temperature"),
        top_p=config.get("topP"),
        effort=params.get("outputConfig", {}).get("effort"),
        top_k=_top_k(fields, family),
        stop=config.get("stopSequences", ()),
    )
    return _extended(request, {name: fields[name] for name in family.more & fields.keys()}, family)


def _extended(request: Request, fields: JSON, family: Family) -> Request:
    """The request, with what the family's own members among the additional fields ask for."""
    if not fields:
        return request
    try:
        return family.extend(fields, request)
    except InvalidBody as error:
        messages = (f"{RETURNED}{words}" for words in (error.message, error.native) if words)
        raise InvalidBody(*messages) from error


def check_media(model: InvokedModel, params: JSON) -> None:
    """Check that nothing is to be watched or heard.

    Raises:
        InvalidBody: in the words of Converse where the model takes no such block, and in the
            stand-in's where it does.
    """
    for place, one in enumerate(params.get("messages", [])):
        for number, block in enumerate(one["content"]):
            for kind in ("video", "audio"):
                if kind in block:
                    if kind.upper() not in model.input:
                        raise InvalidBody(unsupported_block(kind))
                    raise InvalidBody(
                        f"messages.{place}.content.{number}.{kind}: the stand-in takes no {kind}; "
                        "this model on AWS does. Leave it out."
                    )
            if "image" in block.get("guardContent", {}):
                raise InvalidBody(
                    f"messages.{place}.content.{number}.guardContent.image: the stand-in judges no "
                    "images; AWS does. Leave it out."
                )


def permit(model: InvokedModel, params: JSON, request: Request, *, streamed: bool = False) -> None:
    """Check that a model can do what a Converse request asks of it.

    Raises:
        InvalidBody: in the words of Converse.
    """
    can = capabilities(model)
    if request.prompt.system and not model.system:
        raise InvalidBody(
            "This model doesn't support system messages. Try again without a system message or use "
            "a model that supports system messages."
        )
    if request.sampling.stop and not model.stops:
        raise InvalidBody(unsupported("stopSequences"))
    if "outputConfig" not in params:
        permit_schema(model, request.prompt, RETURNED)
    permit_converse(model, request.prompt, streamed=streamed)
    if params.get("outputConfig") and not can.schemas:
        raise InvalidBody(unsupported("outputConfig"))
    images = [image for turn in request.prompt.turns for image in turn.all_images]
    check_images(images, RETURNED)
    if "IMAGE" not in model.input and images:
        raise InvalidBody(unsupported_block("image"))
    if any(turn.documents for turn in request.prompt.turns):
        if not can.documents:
            raise InvalidBody(unsupported_block("document"))
        if model.body == "anthropic":
            check_citations(request.prompt.turns, RETURNED)
    _check_results(request.prompt, can)
    if not can.mixed_results:
        _check_unmixed(params)


def _check_results(prompt: Prompt, can: Capabilities) -> None:
    """Check that the model reads what the results of tools hold."""
    for turn in prompt.turns:
        for result in turn.tool_results:
            media = {"image": result.images, "document": result.documents}
            for kind, parts in media.items():
                if parts and kind not in can.result_media:
                    raise InvalidBody(unsupported_block(kind))


def _check_unmixed(params: JSON) -> None:
    """Check that results of tools stand alone in their messages, as some models want it."""
    for place, one in enumerate(params.get("messages", [])):
        kinds = {"toolResult" in block for block in one["content"] if "cachePoint" not in block}
        if len(kinds) > 1:
            raise InvalidBody(
                f"messages.{place}.content: Conversation blocks and tool result blocks cannot be "
                "provided in the same turn."
            )


def _output_schema(params: JSON) -> JSON | None:
    """The schema that the answer has to keep to; its JSON stands in a text."""
    form = params.get("outputConfig", {}).get("textFormat")
    if not form:
        return None
    try:
        schema = json.loads(form["structure"]["jsonSchema"]["schema"])
    except ValueError:
        schema = None
    if not isinstance(schema, dict):
        raise not_an_object(SCHEMA_MEMBER)
    return schema


def _turn(message: JSON, where: str) -> Turn:
    """A message. What tools it uses, and what they answered, stands apart from its text."""
    if not message["content"]:
        raise InvalidBody(
            f"The content field in the Message object at {where} is empty. Add a ContentBlock "
            "object to the content field and try again."
        )
    uses, results = read_tool_blocks(message["role"], message["content"], where)
    content = message["content"]
    return Turn(
        message["role"],
        _text(content, where, APART),
        uses,
        results,
        parts_of(content, where, converse_image),
        parts_of(content, where, converse_document),
    )


def _text(blocks: Sequence[JSON], where: str, apart: Set[str] = frozenset()) -> str:
    """The text of blocks, but for those that are read apart from it."""
    return "\n".join(
        text
        for place, block in enumerate(blocks)
        if not block.keys() & apart
        if (text := _block(block, f"{where}.content.{place}")) is not None
    )


def _block(block: JSON, where: str) -> str | None:
    """A block's text; None where it has none to say."""
    match block:
        case {"text": text} | {"guardContent": {"text": {"text": text}}}:
            if not text.strip():
                raise InvalidBody(
                    f"The text field in the ContentBlock object at {where} is blank. Add text to "
                    "the text field, and try again."
                )
            return str(text)
        case {"citationsContent": {"content": list(parts)}}:  # an answer that comes back
            return "".join(str(part.get("text", "")) for part in parts)
        case {"cachePoint": _}:
            return None
        case _:
            raise InvalidBody(unsupported_block(next(iter(block))))


def _top_k(fields: Any, family: Family) -> int | None:
    """The parameter beyond Converse's own that a family has, by its name in the family's body."""
    above: list[str] = []
    for name in family.top_k or ("",):
        where, dotted = "/".join(["#", *above]), ".".join(above) or "body"
        if not isinstance(fields, Mapping):
            type_name = type(fields).__name__
            raise _returned(
                f"{where}: expected type: JSONObject, found: {type_name}",
                f"{dotted}: Input should be a valid dictionary",
            )
        known = {name, family.betas, *(() if above else family.more | family.inert)}
        rest = [key for key in fields if key not in known and fields[key] != _DISABLED]
        if rest:
            key = rest[0]
            if key in family.lacks and not above:
                raise InvalidBody(
                    f"additionalModelRequestFields.{key}: the stand-in does not have this; AWS "
                    "takes it. Leave it out."
                )
            raise _returned(
                f"{where}: extraneous key [{key}] is not permitted",
                f"{'.'.join([*above, key])}: Extra inputs are not permitted",
            )
        _check_betas(fields.get(family.betas, []), family)
        if name not in fields:
            return None
        above.append(name)
        fields = fields[name]
    where, dotted = "/".join(["#", *above]), ".".join(above)
    if not isinstance(fields, int) or isinstance(fields, bool):
        raise _returned(
            f"{where}: expected type: Integer, found: {type(fields).__name__}",
            f"{dotted}: Input should be a valid integer",
        )
    if fields < 0:
        raise _returned(
            f"{where}: {fields} is not greater or equal to 0",
            f"{dotted}: Input should be greater than or equal to 0",
        )
    return fields


_DISABLED = {"type": "disabled"}  # as of thinking: it asks for nothing


def _check_betas(betas: Any, family: Family) -> None:
    """Check the names of features in beta, which are taken and change nothing."""
    if not isinstance(betas, list) or not all(isinstance(beta, str) for beta in betas):
        raise _returned(
            f"#/{family.betas}: expected type: JSONArray, found: {type(betas).__name__}",
            f"{family.betas}: Input should be a valid list",
        )


def _returned(violation: str, native: str) -> InvalidBody:
    return InvalidBody(f"{RETURNED}{malformed(violation).message}", f"{RETURNED}{native}")
