"""Anthropic Claude: the Messages API.

    request   {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 1024, "system": "..",
               "messages": [{"role": "user", "content": [{"type": "text", "text": ".."}]}],
               "temperature", "top_p", "top_k", "stop_sequences": [".."]}
    reply     {"content": [{"type": "text", "text": ".."}], "stop_reason": "end_turn",
               "usage": {"input_tokens": 9, "output_tokens": 4}}
    chunks    message_start (message.usage)
              content_block_start, content_block_delta (delta.text), content_block_stop, ping
              message_delta (delta.stop_reason, usage.output_tokens)
              message_stop, the last

Thinking, tool use and whatever type of block or chunk is yet to come carry no text of the answer.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html
"""

from app.events import StopReason
from app.models.families.family import (
    JSON,
    Family,
    Piece,
    count,
    given,
    string,
)
from app.models.prompt import Prompt

STOPS: dict[str, StopReason] = {
    "end_turn": "end",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "stop_sequence": "stop_sequence",
    "refusal": "filtered",
}


def request(prompt: Prompt) -> JSON:
    """The body of a request.

    >>> from app.models.prompt import Turn
    >>> request(Prompt((Turn("user", "Hello"),), max_tokens=10))["messages"]
    [{'role': 'user', 'content': [{'type': 'text', 'text': 'Hello'}]}]
    """
    return {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": prompt.max_tokens,
        "messages": [
            {"role": turn.role, "content": [{"type": "text", "text": turn.text}]}
            for turn in prompt.alternating()
        ],
        **given(
            system=prompt.system or None,
            temperature=prompt.temperature,
            top_p=prompt.top_p,
            top_k=prompt.top_k,
            stop_sequences=prompt.stop,
        ),
    }


def reply(body: JSON) -> Piece:
    return Piece(
        text="".join(string(b["text"]) for b in body["content"] if b["type"] == "text"),
        stop=body["stop_reason"],
        input_tokens=_input_tokens(body),
        output_tokens=_output_tokens(body),
        last=True,
    )


def chunk(body: JSON) -> Piece:
    match body["type"]:
        case "message_start":
            return Piece(input_tokens=_input_tokens(body["message"]))
        case "content_block_delta":
            return Piece(text=string(body["delta"].get("text")))
        case "message_delta":
            return Piece(stop=body["delta"].get("stop_reason"), output_tokens=_output_tokens(body))
        case "message_stop":
            return Piece(last=True)
        case "error":
            raise ValueError(f"{body['error']['type']}: {body['error']['message']}")
        case _:
            return Piece()


def _input_tokens(body: JSON) -> int | None:
    """Three counts that exclude each other: read afresh, from a cache, and into a cache."""
    usage = body.get("usage", {})
    counts = [
        count(usage.get(name))
        for name in ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
    ]
    return None if counts[0] is None else sum(n or 0 for n in counts)


def _output_tokens(body: JSON) -> int | None:
    return count(body.get("usage", {}).get("output_tokens"))


ANTHROPIC = Family("anthropic", request, reply, chunk, STOPS)
