"""The model that writes: Converse and ConverseStream of bedrock-runtime, as Bedrock calls them.

So an answer is written, and a request for it refused, as by InvokeModel and Converse: by the
stand-in's model, or by the OpenAI-compatible server in its place.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from inspect import isawaitable
from itertools import cycle
from typing import Generic, Protocol, Self, TypeVar

from app.local.bedrock_agent_runtime.implicit_filters import WritingModels
from app.local.wire import JSON, Call, ServiceError, WaitingService

T = TypeVar("T")
BEDROCK = "Amazon Bedrock"
_OWN = frozenset(  # errors of bedrock-runtime that bedrock-agent-runtime has as well
    {
        "AccessDeniedException",
        "InternalServerException",
        "ResourceNotFoundException",
        "ThrottlingException",
        "ValidationException",
    }
)


class PromptedModel(Protocol):
    """A foundation model, as far as a prompt for it is made."""

    @property
    def system(self) -> bool:
        """Whether it takes a system prompt."""
        ...

    @property
    def streaming(self) -> bool: ...


class GeneratingModels(WritingModels, Protocol):
    """The foundation models, as far as generation uses them."""

    def invoked(self, identifier: str, region: str, now: datetime) -> PromptedModel:
        """The model that an id, an inference profile or an ARN invokes in a Region.

        Raises:
            ServiceError: it invokes none, there and then.
        """
        ...


@dataclass(frozen=True, slots=True)
class ModelPrompt:
    """What a model is shown.

    Attributes:
        instructions: the filled template.
        turns: the questions and answers before.
        question: what is asked now; empty if the instructions say it all.
        members: those of Converse's request that say how the model writes.
    """

    instructions: str
    turns: Sequence[tuple[str, str]]
    question: str
    members: JSON


@dataclass(frozen=True, slots=True)
class AnsweringModel:
    """One model, for one request.

    Attributes:
        runtime: the operations of bedrock-runtime.
        call: the request that the model is called for.
        arn: as the request names the model.
        model: what it can do.
    """

    runtime: WaitingService
    call: Call
    arn: str
    model: PromptedModel

    async def write(self, prompt: ModelPrompt) -> str:
        """The whole answer.

        Raises:
            ServiceError: of bedrock-agent-runtime: the model refuses the prompt, or fails.
        """
        with _as_dependency():
            reply = await self._converse("Converse", prompt)
        content = reply["output"]["message"]["content"]
        return "".join(block.get("text", "") for block in content)

    async def begin(self, prompt: ModelPrompt) -> "Opened[str]":
        """The answer, begun: its pieces, as they are written. It has to be closed.

        Raises:
            ServiceError: of bedrock-agent-runtime: at once or with the pieces, as `write` does.
        """
        if not self.model.streaming:
            return Opened(whole(await self.write(prompt)))
        with _as_dependency():
            reply = await self._converse("ConverseStream", prompt)
        return Opened(_pieces(reply["stream"]), reply["stream"])

    async def _converse(self, operation: str, prompt: ModelPrompt) -> JSON:
        params = {"modelId": self.arn, **self._content(prompt), **prompt.members}
        call = Call("bedrock-runtime", operation, params, self.call.headers, self.call.request_id)
        reply = await asyncio.to_thread(self.runtime[operation], call)
        return await reply if isawaitable(reply) else reply

    def _content(self, prompt: ModelPrompt) -> JSON:
        asks = prompt.question
        in_system = self.model.system and bool(asks)
        if not in_system:
            asks = "\n\n".join(filter(None, (prompt.instructions, asks)))
        texts = [text for turn in prompt.turns if all(turn) for text in turn]
        messages = [
            {"role": role, "content": [{"text": text}]}
            for role, text in zip(cycle(("user", "assistant")), (*texts, asks), strict=False)
        ]
        system = {"system": [{"text": prompt.instructions}]} if in_system else {}
        return {"messages": messages, **system}


class Closable(Protocol):
    """What is open until it is closed."""

    async def aclose(self) -> None: ...


class Opened(Generic[T]):
    """The items of a generator, with what they are made of. Closed, it closes that too, even if no
    item was ever taken.
    """

    def __init__(self, items: AsyncGenerator[T, None], source: Closable | None = None) -> None:
        self._items, self._source = items, source

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        return await anext(self._items)

    async def aclose(self) -> None:
        await self._items.aclose()
        if self._source is not None:
            await self._source.aclose()


async def whole(text: str) -> AsyncGenerator[str, None]:
    """A text that is there already, as the only piece of an answer."""
    yield text


async def _pieces(stream: AsyncIterator[JSON]) -> AsyncGenerator[str, None]:
    with _as_dependency():
        async for event in stream:
            text = event.get("contentBlockDelta", {}).get("delta", {}).get("text")
            if text:
                yield text


@contextmanager
def _as_dependency() -> Iterator[None]:
    """Raise what goes wrong with the model as an error of bedrock-agent-runtime."""
    try:
        yield
    except ServiceError as error:
        if error.code in _OWN:
            raise
        raise ServiceError(
            "DependencyFailedException", error.message, resourceName=BEDROCK
        ) from error
