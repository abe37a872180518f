"""Calls of tools, as a model writes them: each begins with its name, then comes its input as JSON,
piece by piece, up to the longest answer in tokens.
"""

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from random import Random
from string import ascii_letters, digits

from app.local.engine.writer.deltas import Delta, ToolInputDelta, ToolUseStart, delta_text
from app.local.engine.writer.limits import Spans, pieces
from app.local.engine.writer.planning import Call
from app.local.engine.writer.prompt import Prompt, Sampling
from app.local.engine.writer.writing import Finish, Written


def write_calls(
    calls: Sequence[Call], prompt: Prompt, sampling: Sampling, spans: Spans, input_tokens: int
) -> Written:
    """The calls, written. One that is longer than there is room for ends within its input."""
    deltas: list[Delta] = []
    room = sampling.max_tokens
    for delta in _deltas(calls, prompt):
        tokens = spans(delta_text(delta))
        if len(tokens) > room:
            if isinstance(delta, ToolInputDelta) and room:
                deltas.append(ToolInputDelta(delta.json[: tokens[room - 1][1]]))
                room = 0
            return Written(deltas, Finish("length", input_tokens, sampling.max_tokens - room))
        deltas.append(delta)
        room -= len(tokens)
    return Written(deltas, Finish("tool_use", input_tokens, sampling.max_tokens - room))


def _deltas(calls: Sequence[Call], prompt: Prompt) -> Iterator[Delta]:
    for place, call in enumerate(calls):
        yield ToolUseStart(_identifier(prompt, place), call.name)
        for piece in pieces(json.dumps(call.input, ensure_ascii=False)):
            yield ToolInputDelta(piece)


def _identifier(prompt: Prompt, place: int) -> str:
    """An id in Bedrock's form. The same request gets the same ids, another one others."""
    random = Random(sha256(repr((prompt, place)).encode()).digest())  # noqa: S311 - no secret
    return "tooluse_" + "".join(random.choices(ascii_letters + digits, k=22))
