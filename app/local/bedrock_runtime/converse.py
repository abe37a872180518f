"""Converse: one shape for every family. Its request -> a Prompt; an answer -> its response.

Nova's bodies are Converse's, so the blocks of an answer are written by `bodies.nova`. Which tools
there are, and the blocks of a conversation that uses them, are read by `tools`.
"""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from app.local.bedrock_runtime.answers import Answering, failing_in_stream
from app.local.bedrock_runtime.bodies import Family, InvalidBody, Request
from app.local.bedrock_runtime.bodies.conversation import conversation
from app.local.bedrock_runtime.bodies.nova import STOPS, block_events, message, usage
from app.local.bedrock_runtime.bodies.schema import malformed
from app.local.bedrock_runtime.tools import (
    check_configured,
    read_choice,
    read_result,
    read_tools,
    read_use,
)
from app.local.engine.writer import Prompt, Turn
from app.local.wire import JSON

UNSUPPORTED = (
    "This action doesn't support the model that you provided. Try again with a supported text or "
    "chat model."
)
RETURNED = "The model returned the following errors: "
_ALTERNATE = (
    "A conversation must alternate between user and assistant roles. Make sure the conversation "
    "alternates between user and assistant roles and try again."
)


def read(params: JSON, family: Family, *, may_use_tools: bool) -> Request:
    """What a Converse request asks for.

    Args:
        params: of Converse, or of CountTokens, which has the same members.
        family: of the model.
        may_use_tools: whether the model, and what writes in its place, can use tools.

    Raises:
        InvalidBody: naming what the model does not take.
    """
    tools = read_tools(params, may_use_tools=may_use_tools)
    for name in ("promptVariables", "outputConfig"):
        if params.get(name):
            raise InvalidBody(f"This model doesn't support {name}. Remove it and try again.")
    messages = list(enumerate(params.get("messages", [])))
    turns = [_turn(one, f"messages.{n}") for n, one in messages if one["role"] != "system"]
    if any(one.role == other.role for one, other in pairwise(turns)):
        raise InvalidBody(_ALTERNATE)
    check_configured(turns, tools)
    system = [
        _text(params.get("system", []), "system"),
        *(_text(one["content"], f"messages.{n}") for n, one in messages if one["role"] == "system"),
    ]
    config = params.get("inferenceConfig", {})
    return Request.of(
        Prompt(
            conversation(turns),
            "\n\n".join(filter(None, system)),
            tools=tools,
            tool_choice=read_choice(params),
        ),
        max_tokens=config.get("maxTokens"),
        temperature=config.get("temperature"),
        top_p=config.get("topP"),
        top_k=_top_k(params.get("additionalModelRequestFields") or {}, family),
        stop=config.get("stopSequences", ()),
    )


def _turn(message: JSON, where: str) -> Turn:
    """A message. What tools it uses, and what they answered, stands apart from its text."""
    blocks = message["content"]
    rest = [block for block in blocks if not block.keys() & {"toolUse", "toolResult"}]
    return Turn(
        message["role"],
        _text(rest, where),
        tuple(read_use(block["toolUse"]) for block in blocks if "toolUse" in block),
        tuple(read_result(block["toolResult"]) for block in blocks if "toolResult" in block),
    )


def _text(blocks: Sequence[JSON], where: str) -> str:
    return "\n".join(
        text
        for place, block in enumerate(blocks)
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
        case {"cachePoint": _}:
            return None
        case _:
            raise InvalidBody(
                f"This model doesn't support the {next(iter(block))} content block that you "
                "provided. Update the content block and try again."
            )


def _top_k(fields: Any, family: Family) -> int | None:
    """The parameter beyond Converse's own that a family has, by its name in the family's body."""
    for name in family.top_k or ("",):
        if not isinstance(fields, Mapping):
            raise _returned(f"#: expected type: JSONObject, found: {fields}")
        if unknown := [key for key in fields if key != name]:
            raise _returned(f"#: extraneous key [{unknown[0]}] is not permitted")
        if name not in fields:
            return None
        fields = fields[name]
    if not isinstance(fields, int) or isinstance(fields, bool) or fields < 0:
        raise _returned(f"#/{'/'.join(family.top_k)}: {fields} is not greater or equal to 0")
    return fields


def _returned(violation: str) -> InvalidBody:
    return InvalidBody(f"{RETURNED}{malformed(violation).message}")


async def whole(params: JSON, family: Family, answering: Answering) -> JSON:
    reply = await answering.whole()
    return {
        "output": message(reply),
        "stopReason": STOPS[reply.finish.reason],
        "usage": usage(reply.finish),
        "metrics": {"latencyMs": answering.latency()},
        **_additional(params, lambda: [family.whole(reply)]),
        **_echoed(params),
    }


async def events(params: JSON, family: Family, answering: Answering) -> AsyncGenerator[JSON, None]:
    """The events of ConverseStream."""
    with failing_in_stream(timeout="ModelStreamErrorException"):
        yield {"messageStart": {"role": "assistant"}}
        async for event, _ in answering.events():
            for body in block_events(event):
                yield body
        reply = answering.reply()
        stopped = {"stopReason": STOPS[reply.finish.reason]}
        yield {"messageStop": stopped | _additional(params, lambda: family.closing(reply))}
        metrics = {"latencyMs": answering.latency()}
        yield {"metadata": {"usage": usage(reply.finish), "metrics": metrics, **_echoed(params)}}


def _echoed(params: JSON) -> JSON:
    return {name: params[name] for name in ("performanceConfig", "serviceTier") if name in params}


def _additional(params: JSON, bodies: Callable[[], Sequence[JSON]]) -> JSON:
    """The fields of the family's own bodies that the caller points at, where they stand there."""
    fields: JSON = {}
    pointers = params.get("additionalModelResponseFieldPaths", [])
    for body in bodies() if pointers else ():
        for pointer in pointers:
            _copy(pointer.strip("/").split("/"), body, fields)
    return {"additionalModelResponseFields": fields} if fields else {}


def _copy(names: Sequence[str], source: Any, target: JSON) -> None:
    """Copy what the names lead to, under the same names.

    >>> target = {}
    >>> _copy(["delta", "stop"], {"delta": {"stop": 1, "more": 2}}, target)
    >>> target
    {'delta': {'stop': 1}}
    """
    name, *deeper = names
    if isinstance(source, Mapping) and name in source:
        if deeper:
            inner: JSON = target.get(name, {})
            _copy(deeper, source[name], inner)
            if inner:
                target[name] = inner
        else:
            target[name] = source[name]
