"""A prompt as one text, in JSON, as traces show it."""

import json
from collections.abc import Iterator
from typing import Any

from app.local.engine.writer import Prompt, ToolResult
from app.local.engine.writer import Turn as Said


def prompt_text(prompt: Prompt) -> str:
    """The system prompt and the messages. A message without calls and results is its text."""
    messages = [{"role": turn.role, "content": _content(turn)} for turn in prompt.turns]
    return json.dumps({"system": prompt.system, "messages": messages}, ensure_ascii=False)


def _content(turn: Said) -> str | list[dict[str, Any]]:
    if not (turn.tool_uses or turn.tool_results or turn.documents):
        return turn.text
    results: list[dict[str, Any]] = [
        {
            "toolResult": {
                "toolUseId": one.id,
                "content": [{"text": text} for text in _texts(one)],
                "status": "error" if one.failed else "success",
            }
        }
        for one in turn.tool_results
    ]
    documents = [{"text": one.text} for one in turn.documents]
    texts = [{"text": turn.text}] if turn.text else []
    calls = [
        {"toolUse": {"toolUseId": one.id, "name": one.name, "input": one.parameters_so_far()}}
        for one in turn.tool_uses
    ]
    return [*results, *documents, *texts, *calls]


def _texts(result: ToolResult) -> Iterator[str]:
    if result.text:
        yield result.text
    yield from (document.text for document in result.documents)
