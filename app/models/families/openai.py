"""OpenAI-shaped models: chat completions. gpt-oss, and most open-weight models of others.

    request   {"messages": [{"role": "system", "content": ".."}, {"role": "user", ..}],
               "max_completion_tokens": 1024, "temperature", "top_p", "stop": [".."]}
    reply     {"choices": [{"message": {"content": ".."}, "finish_reason": "stop"}],
               "usage": {"prompt_tokens": 9, "completion_tokens": 4}}
    tools     "tools": [{"type": "function", "function": {"name", "description", "parameters"}}]
              called in {"role": "assistant", "tool_calls": [{"id", "type": "function", "function":
                  {"name", "arguments": JSON as text}}]}, in a stream piece by piece,
              answered in {"role": "tool", "tool_call_id": "..", "content": ".."}
              "tool_choice": "auto", "required", "none", {"type": "function", "function": {"name"}}
    schema    "response_format": {"type": "json_schema", "json_schema": {"name", "schema"}}
    images    {"type": "image_url", "image_url": {"url": "data:image/png;base64,.."}}
    chunks    {"choices": [{"delta": {"content": ".."}, "finish_reason": null}]}
              {"choices": [{"delta": {}, "finish_reason": "stop"}]}, the last with choices
              {"choices": [], "usage": {..}}, where it comes

Only OpenAI's own models are asked for `max_completion_tokens`; the others know `max_tokens`.
gpt-oss writes its reasoning in front of the answer, within <reasoning> tags. That a tool has failed
can be said in words only.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-openai.html
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from app.models.content import (
    Delta,
    Image,
    Message,
    ReplyStop,
    Text,
    ToolInputDelta,
    ToolResult,
    ToolUse,
    ToolUseStart,
    text_of,
)
from app.models.families.converse_shape import base64_text
from app.models.families.family import (
    JSON,
    Family,
    Piece,
    count,
    drop_missing,
    plain,
    string,
    text_deltas,
)
from app.models.prompt import Prompt, ToolSpecification

STOPS: dict[str, ReplyStop] = {
    "stop": "end",
    "length": "length",
    "content_filter": "filtered",
    "tool_calls": "tool_use",
}


def messages(prompt: Prompt) -> list[JSON]:
    """The conversation as chat completions have it, the system prompt first.

    >>> from app.models.content import user
    >>> messages(Prompt((user("Hello"),), system="Be brief."))
    [{'role': 'system', 'content': 'Be brief.'}, {'role': 'user', 'content': 'Hello'}]
    """
    system = [{"role": "system", "content": prompt.system}] if prompt.system else []
    return system + [
        written
        for message in prompt.alternating()
        for written in (_user(message) if message.role == "user" else _assistant(message))
    ]


def _user(message: Message) -> Iterator[JSON]:
    """Results of tools are messages of their own, and come before what else the user says."""
    for block in message.content:
        if isinstance(block, ToolResult):
            words = text_of(block.content)
            content = f"Error: {words}" if block.status == "error" else words
            yield {"role": "tool", "tool_call_id": block.id, "content": content}
    rest = tuple(block for block in message.content if not isinstance(block, ToolResult))
    if any(isinstance(block, Image) for block in rest):
        yield {"role": "user", "content": [_part(block) for block in rest]}
    elif rest:
        yield {"role": "user", "content": plain(message)}


def _part(block: object) -> JSON:
    match block:
        case Text(text=words):
            return {"type": "text", "text": words}
        case Image(format=format_, data=data):
            url = f"data:image/{format_};base64,{base64_text(data)}"
            return {"type": "image_url", "image_url": {"url": url}}
    raise TypeError(f"{type(block).__name__} has no place in a message of chat completions")


def _assistant(message: Message) -> Iterator[JSON]:
    calls = [
        {
            "id": block.id,
            "type": "function",
            "function": {"name": block.name, "arguments": json.dumps(dict(block.input))},
        }
        for block in message.content
        if isinstance(block, ToolUse)
    ]
    content = plain(message) or None
    yield {"role": "assistant", "content": content, **({"tool_calls": calls} if calls else {})}


def _function(tool: ToolSpecification) -> JSON:
    return {
        "type": "function",
        "function": {
            "name": tool.name,
            "description": tool.description,
            "parameters": dict(tool.input_schema),
            **({"strict": True} if tool.strict else {}),
        },
    }


def _choice(prompt: Prompt, must: str) -> Any:
    """Whether a function may or must be called; None where that is left to the model."""
    if prompt.tool_choice == "auto":
        return None
    if prompt.chosen_tool is not None:
        return {"type": "function", "function": {"name": prompt.chosen_tool}}
    return must if prompt.tool_choice == "any" else "none"


def _response_format(schema: Mapping[str, Any] | None) -> JSON | None:
    if schema is None:
        return None
    form = {"name": "answer", "schema": dict(schema), "strict": True}
    return {"type": "json_schema", "json_schema": form}


def request(prompt: Prompt, limit: str = "max_tokens", must: str = "required") -> JSON:
    """The body of a request; the names of `limit` and of the choice `any` differ."""
    return {
        "messages": messages(prompt),
        limit: prompt.max_tokens,
        **drop_missing(
            temperature=prompt.temperature,
            top_p=prompt.top_p,
            stop=prompt.stop,
            tools=tuple(_function(tool) for tool in prompt.tools),
            tool_choice=_choice(prompt, must),
            response_format=_response_format(prompt.output_schema),
        ),
    }


def reply(body: JSON) -> Piece:
    choice = body["choices"][0]
    return _piece(body, _deltas(choice["message"]), _stop(choice), last=True)


def chunk(body: JSON) -> Piece:
    if not body.get("choices"):
        return _piece(body, (), None, last=False)
    choice = body["choices"][0]
    stop = _stop(choice)
    return _piece(body, _deltas(choice["delta"]), stop, last=stop is not None)


def _deltas(message: JSON) -> tuple[Delta, ...]:
    """What a message says, or a part of it: words, and calls of tools, each begun by its name."""
    deltas = [*text_deltas(message.get("content"))]
    for call in message.get("tool_calls") or ():
        function = call.get("function", {})
        if name := string(function.get("name")):
            deltas.append(ToolUseStart(string(call["id"]), name))
        if arguments := string(function.get("arguments")):
            deltas.append(ToolInputDelta(arguments))
    return tuple(deltas)


def _stop(choice: JSON) -> str | None:
    """Bedrock's page on Mistral calls it `stop_reason`."""
    stop: str | None = choice.get("finish_reason") or choice.get("stop_reason")
    return stop


def _piece(body: JSON, deltas: tuple[Delta, ...], stop: str | None, *, last: bool) -> Piece:
    usage = body.get("usage") or {}
    return Piece(
        deltas,
        stop=stop,
        input_tokens=count(usage.get("prompt_tokens")),
        output_tokens=count(usage.get("completion_tokens")),
        last=last,
    )


CHAT = Family(
    "chat completions",
    request,
    reply,
    chunk,
    STOPS,
    reasoning=("reasoning", "think"),
    blocks=frozenset({Text, ToolUse, ToolResult, Image}),
    choices=frozenset({"any", "tool", "none"}),
    schemas=True,
)
OPENAI = replace(
    CHAT,
    name="openai",
    request=partial(request, limit="max_completion_tokens"),
    reasoning=("reasoning",),
)
