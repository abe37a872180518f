"""An answer on its way: checked against its model, written, counted and timed."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import replace
from time import perf_counter
from typing import Self
from uuid import uuid4

from app.local.bedrock_runtime.bodies import (
    InvalidBody,
    Opening,
    Reply,
    Request,
)
from app.local.bedrock_runtime.models import InvokedModel
from app.local.engine import Engine
from app.local.engine.writer import (
    ModelError,
    ModelTimeout,
    Writing,
)
from app.local.wire import JSON, ServiceError


class Answering:
    """An answer while it is written, and what its family's bodies are told of it."""

    def __init__(
        self, model: InvokedModel, body: JSON, writing: Writing, engine: Engine, began: float
    ) -> None:
        self._began = began
        self._first: float | None = None
        self._encoder = engine.encoder
        self._writing = writing
        self._text = ""
        self.opening = Opening(model.id, uuid4().hex[:24], body, writing.input_tokens)

    @classmethod
    async def begun(cls, model: InvokedModel, body: JSON, request: Request, engine: Engine) -> Self:
        """The answer to a request, begun. It has to be closed."""
        began = perf_counter()
        writing = await engine.writer.write(request.prompt, request.sampling)
        return cls(model, body, writing, engine, began)

    async def pieces(self) -> AsyncGenerator[tuple[str, int], None]:
        """The pieces of the answer, each with how many tokens there are up to its end."""
        tokens = 0
        async for piece in self._writing:
            self._first = self._first or perf_counter()
            self._text += piece
            tokens += self._encoder.count(piece)
            yield piece, tokens

    async def aclose(self) -> None:
        """Nothing more of it is wanted: what writes it stops."""
        await self._writing.aclose()

    async def whole(self) -> Reply:
        """The answer, all of it. It is closed then."""
        async with aclosing(self):
            async for _ in self.pieces():
                pass
        return self.reply()

    def reply(self) -> Reply:
        """The answer, when all of its pieces have been taken."""
        return Reply(
            model=self.opening.model,
            id=self.opening.id,
            body=self.opening.body,
            text=self._text,
            finish=self._writing.finish,
            citations=self._writing.citations,
            spans=self._encoder.spans,
        )

    def latency(self) -> int:
        """Milliseconds since it was asked for."""
        return _milliseconds(perf_counter() - self._began)

    def metrics(self) -> JSON:
        """What Bedrock adds to the last chunk of a stream."""
        finish = self._writing.finish
        first = self._first or perf_counter()
        return {
            "inputTokenCount": finish.input_tokens,
            "outputTokenCount": finish.output_tokens,
            "invocationLatency": self.latency(),
            "firstByteLatency": _milliseconds(first - self._began),
        }


class Events:
    """The events of a stream, with the answer that they tell of. Closed, it closes that, even if
    no event was ever taken.
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


def _milliseconds(seconds: float) -> int:
    return max(round(seconds * 1000), 1)


def taken(model: InvokedModel, request: Request, returned: str = "") -> Request:
    """The request as the model takes it.

    Raises:
        InvalidBody: it names a parameter that the model refuses, `returned` before the reason.
    """
    drawn = request.given & {"temperature", "top_p", "top_k"}
    if model.sampling == "none" and drawn:
        raise InvalidBody(f"{returned}`{min(drawn)}` is deprecated for this model.")
    if model.sampling == "one" and drawn >= {"temperature", "top_p"}:
        raise InvalidBody(
            f"{returned}`temperature` and `top_p` cannot both be specified for this model. Please "
            "use only one."
        )
    longest, limit = request.sampling.max_tokens, model.max_tokens
    if limit is None or longest <= limit:
        return request
    if "max_tokens" in request.given:
        raise InvalidBody(
            f"The maximum tokens you requested exceeds the model limit of {limit}. Try again with "
            f"a maximum tokens value that is lower than {limit}."
        )
    return replace(request, sampling=replace(request.sampling, max_tokens=limit))


@contextmanager
def failing(model: InvokedModel) -> Iterator[None]:
    """What goes wrong before the first byte, as the service answers it."""
    try:
        yield
    except InvalidBody as error:
        raise ServiceError("ValidationException", error.message) from error
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
