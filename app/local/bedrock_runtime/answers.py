"""An answer on its way: checked against its model, written, counted and timed."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from functools import partial
from time import perf_counter
from typing import Self
from urllib.parse import quote
from uuid import uuid4

from app.local.bedrock_runtime.bodies import (
    InvalidBody,
    Opening,
    Reply,
    Request,
)
from app.local.bedrock_runtime.bodies.family import Cached
from app.local.bedrock_runtime.guarding import GuardedCall
from app.local.bedrock_runtime.models import InvokedModel
from app.local.engine import Engine
from app.local.engine.writer import (
    BlockEvent,
    Blocks,
    ModelError,
    ModelTimeout,
    ToolUse,
    Writing,
    delta_text,
)
from app.local.wire import JSON, ServiceError


class Answering:
    """An answer while it is written, and what its family's bodies are told of it."""

    def __init__(
        self,
        model: InvokedModel,
        body: JSON,
        writing: Writing,
        engine: Engine,
        began: float,
        cached: Cached | None = None,
    ) -> None:
        self._began = began
        self._first: float | None = None
        self._encoder = engine.encoder
        self._writing = writing
        self._blocks = Blocks()
        self._nova = model.body == "nova"
        self.opening = Opening(model.id, uuid4().hex[:24], body, writing.input_tokens, cached)

    @classmethod
    async def begun(
        cls,
        model: InvokedModel,
        body: JSON,
        request: Request,
        engine: Engine,
        guard: GuardedCall | None = None,
        *,
        stream: bool = False,
    ) -> Self:
        """The answer to a request, begun. It has to be closed.

        Args:
            guard: the guardrail that judges it, where there is one.
            stream: whether it is sent while it is written.
        """
        began = perf_counter()
        write = partial(engine.writer.write, request.prompt, request.sampling)
        if guard is None:
            writing = await write()
        else:
            writing = await guard.write(write, engine.encoder.count, stream=stream)
        return cls(model, body, writing, engine, began, request.cached)

    @property
    def headers(self) -> dict[str, str]:
        """Who wrote it: no header of Bedrock's, where the id says it all."""
        return {"x-outcrop-author": quote(self._writing.author, safe=" :/@()+")}

    async def events(self) -> AsyncGenerator[tuple[BlockEvent, int], None]:
        """What happens to the blocks of the answer, each time with the tokens written so far."""
        tokens = 0
        async for delta in self._writing:
            self._first = self._first or perf_counter()
            tokens += self._encoder.count(delta_text(delta))
            for event in self._blocks.add(delta):
                yield event, tokens
        for event in self._blocks.end():
            yield event, tokens

    async def aclose(self) -> None:
        """Nothing more of it is wanted: what writes it stops."""
        await self._writing.aclose()

    async def whole(self) -> Reply:
        """The answer, all of it. It is closed then."""
        async with aclosing(self):
            async for _ in self.events():
                pass
        reply = self.reply()
        self._check_tool_inputs(reply)
        return reply

    def _check_tool_inputs(self, reply: Reply) -> None:
        """Check that the input of each tool use is a JSON object, before it is answered as one. The
        last may be cut, where the answer reached its longest length; Nova's may not.
        """
        for use in reply.content:
            if not isinstance(use, ToolUse):
                continue
            try:
                use.parameters()
            except ValueError as error:
                cut = use is reply.content[-1] and reply.finish.reason == "length"
                if cut and self._nova:
                    raise ModelError(
                        "The model produced an invalid sequence as part of ToolUse. Please refer "
                        "to the model tool use troubleshooting guide."
                    ) from error
                if not cut:
                    raise ModelError(
                        f"The model's input for the tool {use.name} is no JSON object ({error})."
                    ) from error

    def reply(self) -> Reply:
        """The answer, when all of its events have been taken."""
        return Reply(
            model=self.opening.model,
            id=self.opening.id,
            body=self.opening.body,
            content=self._blocks.content,
            finish=self._writing.finish,
            citations=self._writing.citations,
            spans=self._encoder.spans,
            cached=self.opening.cached,
        )

    def latency(self) -> int:
        """Milliseconds since it was asked for."""
        return milliseconds(perf_counter() - self._began)

    def metrics(self) -> JSON:
        """What Bedrock adds to the last chunk of a stream."""
        finish, cached = self._writing.finish, self.opening.cached
        first = self._first or perf_counter()
        counts = {
            "inputTokenCount": finish.input_tokens,
            "outputTokenCount": finish.output_tokens,
        }
        if cached is not None:
            counts |= {
                "inputTokenCount": cached.beside(finish.input_tokens),
                "cacheReadInputTokenCount": cached.read,
                "cacheWriteInputTokenCount": cached.written,
            }
        return {
            **counts,
            "invocationLatency": self.latency(),
            "firstByteLatency": milliseconds(first - self._began),
        }


class Events:
    """The events of a stream, with the answer that they are made of. Closed, it closes that, even
    if no event was ever taken.
    """

    def __init__(self, events: AsyncGenerator[JSON, None], answering: Answering) -> None:
        self._events, self._answering = events, answering

    def __aiter__(self) -> "Events":
        return self

    async def __anext__(self) -> JSON:
        return await anext(self._events)

    async def aclose(self) -> None:
        await self._events.aclose()
        await self._answering.aclose()


def milliseconds(seconds: float) -> int:
    return max(round(seconds * 1000), 1)


@contextmanager
def failing(model: InvokedModel) -> Iterator[None]:
    """What goes wrong before the first byte, as the service answers it."""
    try:
        yield
    except InvalidBody as error:
        own = model.native_errors and error.native
        raise ServiceError("ValidationException", own or error.message) from error
    except ModelTimeout as error:
        raise ServiceError("ModelTimeoutException", error.message) from error
    except ModelError as error:
        status = {"originalStatusCode": error.status} if error.status else {}
        raise ServiceError(
            "ModelErrorException", error.message, resourceName=model.id, **status
        ) from error


@contextmanager
def failing_in_stream(timeout: str) -> Iterator[None]:
    """What goes wrong after it, as an exception of the stream; `timeout` is its name for one."""
    try:
        yield
    except ModelTimeout as error:
        raise ServiceError(timeout, error.message) from error
    except ModelError as error:
        status = {"originalStatusCode": error.status} if error.status else {}
        raise ServiceError(
            "ModelStreamErrorException", error.message, originalMessage=error.message, **status
        ) from error
