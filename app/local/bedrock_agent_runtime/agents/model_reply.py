"""A reply of the model: asked for, waited for, and kept with its tokens and times for the trace."""

import json
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import cached_property

from app.local.bedrock_agent_runtime.agents.overrides import StepPrompt
from app.local.bedrock_agent_runtime.agents.times import Timer, TimeSpan
from app.local.engine.writer import (
    Block,
    Blocks,
    Model,
    ModelError,
    ModelTimeout,
    Prompt,
    Reasoning,
    Text,
    ToolUse,
)
from app.local.wire import JSON, ServiceError


@dataclass(frozen=True)
class ModelReply:
    """What the model replied.

    Attributes:
        content: blocks of text, thought and calls.
        usage: Bedrock's Usage.
        span: when it was asked, and when it had replied.
    """

    content: Sequence[Block]
    usage: JSON
    span: TimeSpan

    @property
    def text(self) -> str:
        """All that it says."""
        return "".join(block.text for block in self.content if isinstance(block, Text))

    @property
    def reasoning(self) -> str:
        """What it thought apart from what it says."""
        return "".join(block.text for block in self.content if isinstance(block, Reasoning))

    @property
    def calls(self) -> tuple[ToolUse, ...]:
        return tuple(block for block in self.content if isinstance(block, ToolUse))

    @cached_property
    def raw(self) -> str:
        """The reply as one text, for a trace and for a parser: what it says or, where it calls
        something, a message in JSON.
        """
        if not self.calls:
            return self.text
        texts = [{"type": "text", "text": self.text}] if self.text else []
        calls = [
            {"type": "tool_use", "id": one.id, "name": one.name, "input": _input(one)}
            for one in self.calls
        ]
        message = {
            "role": "assistant",
            "content": [*texts, *calls],
            "stop_reason": "tool_use",
        }
        return json.dumps(message, ensure_ascii=False)


async def ask(model: Model, step: StepPrompt, prompt: Prompt) -> ModelReply:
    """The model's reply to a prompt.

    Raises:
        ServiceError: DependencyFailedException, where the model fails.
    """
    blocks, timer = Blocks(), Timer()
    try:
        writing = await model.write(prompt, step.sampling)
        async with aclosing(writing):
            async for delta in writing:
                for _ in blocks.add(delta):
                    pass
        for _ in blocks.end():
            pass
    except (ModelError, ModelTimeout) as error:
        raise ServiceError(
            "DependencyFailedException", error.message, resourceName=step.model
        ) from error
    finish = writing.finish
    usage = {"inputTokens": finish.input_tokens, "outputTokens": finish.output_tokens}
    return ModelReply(blocks.content, usage, timer.span())


def _input(call: ToolUse) -> object:
    try:
        return call.parameters()
    except ValueError:
        return call.input
