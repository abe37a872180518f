"""Cohere: Command R with a conversation, the older Command with one text.

    Command R
    request   {"message": "..", "chat_history": [{"role": "USER", "message": ".."}],
               "preamble": "..", "max_tokens": 1024, "temperature", "p", "k",
               "stop_sequences": [".."],
               "tools": [{"name", "description", "parameter_definitions": {name: {"type",
               "description", "required"}}}],
               "tool_results": [{"call": {"name", "parameters"}, "outputs": [{..}]}]}
    reply     {"text": "..", "finish_reason": "COMPLETE",
               "tool_calls": [{"name", "parameters"}],
               "meta": {"billed_units": {"input_tokens": 9, "output_tokens": 4}} at times}
    chunks    by event_type: stream-start, text-generation (text),
              tool-calls-generation (tool_calls),
              stream-end (finish_reason, and the whole reply over again)

    Command
    request   {"prompt": "..", "max_tokens": 20, "temperature", "p", "k",
               "stop_sequences": [".."], "stream": true where the answer is streamed}
    reply     {"generations": [{"text": "..", "finish_reason": "COMPLETE"}]}
    chunks    {"text": "..", "is_finished": false}, at last {"is_finished": true, "finish_reason"}

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-cohere-command-r-plus.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-cohere-command.html
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import uuid4

from app.models.content import Delta, Message, ReplyStop, Text, ToolResult, ToolUse, text_of
from app.models.families.family import (
    JSON,
    Family,
    Piece,
    count,
    drop_missing,
    plain,
    string,
    text_deltas,
    tool_use_deltas,
)
from app.models.families.transcript import transcript
from app.models.prompt import Prompt, ToolSpecification

STOPS: dict[str, ReplyStop] = {
    "COMPLETE": "end",
    "TOOL_CALLS": "tool_use",  # our word: the family says COMPLETE of these, too
    "MAX_TOKENS": "length",
    "ERROR_LIMIT": "length",
    "STOP_SEQUENCE": "stop_sequence",
    "ERROR_TOXIC": "filtered",
}
_TYPES = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "object": "Dict"}
_ROLES = {"user": "USER", "assistant": "CHATBOT"}


def command_r_request(prompt: Prompt) -> JSON:
    """The body of a request: the last message, and the others as its history.

    >>> from app.models.content import assistant, user
    >>> messages = user("Hi"), assistant("Hello."), user("Who are you?")
    >>> body = command_r_request(Prompt(messages))
    >>> body["message"], [earlier["role"] for earlier in body["chat_history"]]
    ('Who are you?', ['USER', 'CHATBOT'])
    """
    *history, last = prompt.alternating()
    calls = {block.id: _call(block) for block in _calls(prompt.messages)}
    return {
        "message": plain(last),
        "chat_history": [_message(message, calls) for message in history],
        **drop_missing(
            preamble=prompt.system or None,
            tools=tuple(_tool(tool) for tool in prompt.tools),
            tool_results=_results(last, calls),
        ),
        **_inference(prompt),
    }


def _calls(messages: Iterable[Message]) -> Iterator[ToolUse]:
    for message in messages:
        for block in message.content:
            if isinstance(block, ToolUse):
                yield block


def _call(use: ToolUse) -> JSON:
    return {"name": use.name, "parameters": dict(use.input)}


def _message(message: Message, calls: Mapping[str, JSON]) -> JSON:
    """An earlier message. What its tools came to is a message of their own role."""
    results = _results(message, calls)
    uses = tuple(calls[use.id] for use in _calls((message,)))
    role = "TOOL" if results else _ROLES[message.role]
    words = {"message": plain(message)} if plain(message) or not (results or uses) else {}
    return {"role": role, **words, **drop_missing(tool_calls=uses, tool_results=results)}


def _results(message: Message, calls: Mapping[str, JSON]) -> tuple[JSON, ...]:
    """A result has no id: it repeats its call."""
    return tuple(
        {"call": calls[block.id], "outputs": [_output(block)]}
        for block in message.content
        if isinstance(block, ToolResult) and block.id in calls
    )


def _output(result: ToolResult) -> JSON:
    """What a tool answered, as the object that it is, or as one that holds its words."""
    words = text_of(result.content)
    if result.status == "error":
        return {"error": words}
    try:
        value = json.loads(words)
    except ValueError:
        value = None
    return value if isinstance(value, dict) else {"result": words}


def _tool(tool: ToolSpecification) -> JSON:
    """A tool, its schema as parameter definitions with Python's names of types.

    >>> lines = {"type": "array", "items": {"type": "integer"}, "description": "Which"}
    >>> schema = {"type": "object", "properties": {"lines": lines}, "required": ["lines"]}
    >>> _tool(ToolSpecification("find", "Finds", schema))["parameter_definitions"]
    {'lines': {'type': 'List[int]', 'required': True, 'description': 'Which'}}
    """
    schema = tool.input_schema
    definitions = {
        name: {
            "type": _type(one),
            "required": name in schema.get("required", ()),
            **drop_missing(description=one.get("description")),
        }
        for name, one in schema.get("properties", {}).items()
    }
    return {
        "name": tool.name,
        "description": tool.description,
        "parameter_definitions": definitions,
    }


def _type(schema: Mapping[str, Any]) -> str:
    """The name of a type; of several, of the first that is not null."""
    kinds = schema.get("type", "string")
    kind = next((one for one in kinds if one != "null"), "string") if _is_list(kinds) else kinds
    if kind == "array":
        return f"List[{_type(schema.get('items', {}))}]"
    return _TYPES.get(str(kind), "str")


def _is_list(kinds: object) -> bool:
    return isinstance(kinds, list | tuple)


def command_r_reply(body: JSON) -> Piece:
    return _command_r(body, (*text_deltas(body["text"]), *_call_deltas(body)))


def _call_deltas(body: JSON) -> tuple[Delta, ...]:
    """The calls of a body. They have no ids, and get some here."""
    return tuple(
        delta
        for call in body.get("tool_calls") or ()
        for delta in tool_use_deltas(f"call_{uuid4().hex}", call["name"], call["parameters"])
    )


def command_r_chunk(body: JSON) -> Piece:
    match body["event_type"]:
        case "text-generation":
            return Piece(deltas=text_deltas(body["text"]))
        case "tool-calls-generation":
            return Piece(deltas=_call_deltas(body))
        case "stream-end":
            return _command_r(body.get("response", {}) | body, ())
        case _:
            return Piece()


def _command_r(body: JSON, deltas: tuple[Delta, ...]) -> Piece:
    billed = body.get("meta", {}).get("billed_units", {})
    return Piece(
        deltas=deltas,
        stop="TOOL_CALLS" if body.get("tool_calls") and _stop(body) == "COMPLETE" else _stop(body),
        input_tokens=count(billed.get("input_tokens")),
        output_tokens=count(billed.get("output_tokens")),
        last=True,
    )


def command_request(prompt: Prompt) -> JSON:
    return {
        "prompt": transcript(prompt, user="User", assistant="Chatbot"),
        **_inference(prompt),
    }


def command_reply(body: JSON) -> Piece:
    generation = body["generations"][0]
    return Piece(deltas=text_deltas(generation["text"]), stop=_stop(generation), last=True)


def command_chunk(body: JSON) -> Piece:
    if body["is_finished"]:
        return Piece(stop=_stop(body), last=True)
    return Piece(deltas=text_deltas(body["text"]))


def _inference(prompt: Prompt) -> JSON:
    return drop_missing(
        max_tokens=prompt.max_tokens,
        temperature=prompt.temperature,
        p=prompt.top_p,
        k=prompt.top_k,
        stop_sequences=prompt.stop,
    )


def _stop(body: JSON) -> str:
    """The page writes the reasons in lower case, the service in upper."""
    return string(body["finish_reason"]).upper()


COMMAND_R = Family(
    "command-r",
    command_r_request,
    command_r_reply,
    command_r_chunk,
    STOPS,
    blocks=frozenset({Text, ToolUse, ToolResult}),
)
COMMAND = Family(
    "command", command_request, command_reply, command_chunk, STOPS, streamed={"stream": True}
)
