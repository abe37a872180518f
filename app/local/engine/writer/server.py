"""A model behind an OpenAI-compatible server: Ollama, llama.cpp, vLLM, or any other.

    POST {url}/chat/completions   {"model", "messages", "stream": true, ..}
    <-                            data: {"choices": [{"delta": {"content": ".."}}]} .., data: [DONE]
    GET {url}/models              the first that does not only embed, where none is named

Where a prompt has tools, the request has "tools" and "tool_choice", and a delta may have
"tool_calls": [{"index", "id", "function": {"name", "arguments"}}], the arguments piece by piece.
Where it has a schema of its answer, the request has "response_format". What a model thinks comes
as "reasoning_content" (vLLM, llama.cpp) or "reasoning" (Ollama) of a delta.

Its errors and silences become ModelError and ModelTimeout. All of it runs on the event loop, and
waiting for a slow server costs no thread. Closing or cancelling an answer closes its request.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any
from uuid import uuid4

import httpx2

from app.local import lazy_re as re
from app.local.engine.encoder import TextEncoder
from app.local.engine.writer.chat_completion import chat_completion
from app.local.engine.writer.counting import count_tokens
from app.local.engine.writer.deltas import (
    Delta,
    ReasoningDelta,
    TextDelta,
    ToolInputDelta,
    ToolUseStart,
    delta_text,
)
from app.local.engine.writer.prompt import Prompt, Sampling
from app.local.engine.writer.writing import Citation, Finish, ModelError, ModelTimeout, StopReason

CONNECT = 5.0  # seconds until the server is there
SILENCE = 300.0  # seconds until its next word; a model may have to be loaded first

_REASONS: dict[str, StopReason] = {"length": "length", "tool_calls": "tool_use"}
_EMBEDS_ONLY = re.compile(  # what names of models say that embed or rank texts
    r"(?i)embed|rerank|minilm|nomic-bert|(?:^|[/_:-])(?:bge|e5|gte)(?:[/_:-]|$)"
)
_TOOL_USE_ID = re.compile(r"[a-zA-Z0-9_.:-]{1,64}")  # what Bedrock takes for a toolUseId


class Server:
    """A server that writes in the writer's place. Whether its model can use tools or see images it
    says itself, with an error, where a prompt has any.

    Args:
        url: up to and including the version, as in http://127.0.0.1:11434/v1.
        encoder: counts tokens where the server does not tell.
        model: which of the server's models; by default its first that chats, as its name says.
        silence: how long to wait for the next word, in seconds.
    """

    uses_tools = True

    def __init__(
        self, url: str, encoder: TextEncoder, model: str | None = None, silence: float = SILENCE
    ) -> None:
        self.url = url.rstrip("/")
        self._encoder = encoder
        self._model = model
        self._silence = silence
        self._tls = ssl.create_default_context()

    def count(self, prompt: Prompt) -> int:
        return count_tokens(prompt, self._encoder.count)

    async def write(self, prompt: Prompt, sampling: Sampling) -> "_Reply":
        tokens = await asyncio.to_thread(self.count, prompt)
        async with AsyncExitStack() as opened:
            with self.failures():
                client = await opened.enter_async_context(self._connection())
                name = await self._model_name(client)
                body = {"model": name, **chat_completion(prompt, sampling)}
                request = client.stream("POST", f"{self.url}/chat/completions", json=body)
                response = await opened.enter_async_context(request)
                await self._check(response)
            return _Reply(self, name, response, opened.pop_all(), prompt, sampling, tokens)

    def count_text(self, text: str) -> int:
        """How many tokens a text is, as the encoder counts."""
        return self._encoder.count(text)

    def _connection(self) -> httpx2.AsyncClient:
        """A connection of its own for an answer: to find a free one among a thousand that are in
        use takes longer than to open one.
        """
        timeout = httpx2.Timeout(self._silence, connect=CONNECT)
        return httpx2.AsyncClient(timeout=timeout, verify=self._tls, trust_env=False)

    async def _model_name(self, client: httpx2.AsyncClient) -> str:
        if self._model is None:
            response = await client.get(f"{self.url}/models")
            await self._check(response)
            offered = response.json().get("data") or []
            if not offered:
                raise ModelError(
                    f"The model server at {self.url} has no model. Give it one, or name one in "
                    "OUTCROP_LOCAL_MODEL."
                )
            names = [str(each["id"]) for each in offered]
            self._model = next((name for name in names if not _EMBEDS_ONLY.search(name)), names[0])
        return self._model

    async def _check(self, response: httpx2.Response) -> None:
        if response.is_error:
            body = (await response.aread()).decode(errors="replace")
            raise ModelError(
                f"The model server at {self.url} answered {response.status_code}: {_reason(body)}",
                response.status_code,
            )

    @contextmanager
    def failures(self) -> Iterator[None]:
        """What goes wrong with the server, as a ModelError."""
        try:
            yield
        except httpx2.ConnectError as error:
            raise ModelError(
                f"There is no model server at {self.url} ({error}). Start it, or unset "
                "OUTCROP_LOCAL_MODEL_URL to be answered by the stand-in model."
            ) from error
        except httpx2.TimeoutException as error:
            raise ModelTimeout(
                f"The model server at {self.url} said nothing for {self._silence:g} seconds."
            ) from error
        except (httpx2.HTTPError, ValueError, LookupError) as error:
            raise ModelError(f"The model server at {self.url} failed: {error!r}.") from error


class _ToolCalls:
    """The tool calls of an answer, as their pieces come: an id and a name, then arguments. A server
    writes one call after the other; `index` says to which of them a piece belongs.
    """

    def __init__(self, offered: bool) -> None:
        self._offered = offered
        self._index: int | None = None

    @property
    def begun(self) -> bool:
        """Whether there is any."""
        return self._index is not None

    def deltas(self, piece: dict[str, Any]) -> Iterator[Delta]:
        if not self._offered:
            raise ModelError("The model server asked for a tool, and the request offered none.")
        function = piece.get("function") or {}
        index = piece.get("index", 0)
        if self._index is None or index > self._index:
            self._index = index
            yield ToolUseStart(_tool_use_id(piece.get("id")), function["name"])
        elif index < self._index:
            raise ModelError("The model server went back to a tool call that it had ended.")
        if arguments := function.get("arguments"):
            yield ToolInputDelta(arguments)


class _Reply:
    """An answer that the server is giving."""

    finish: Finish
    citations: tuple[Citation, ...] = ()

    def __init__(
        self,
        server: Server,
        author: str,
        response: httpx2.Response,
        opened: AsyncExitStack,
        prompt: Prompt,
        sampling: Sampling,
        tokens: int,
    ) -> None:
        self.author = author
        self._server, self._response, self._opened = server, response, opened
        self._has_tools, self._sampling = bool(prompt.tools), sampling
        self.input_tokens = tokens

    async def __aiter__(self) -> AsyncIterator[Delta]:
        text = ""
        usage: dict[str, int] = {}
        last: dict[str, Any] | None = None
        calls = _ToolCalls(self._has_tools)
        with self._server.failures():
            async for event in _events(self._response):
                usage = event.get("usage") or usage
                for choice in event.get("choices", []):
                    for delta in _deltas(choice.get("delta") or {}, calls):
                        text += delta_text(delta)
                        yield delta
                    last = choice if choice.get("finish_reason") else last
        if last is None:
            raise ModelError(f"The model server at {self._server.url} broke off in the middle.")
        self.finish = self._finish(text, usage, last, calls)

    async def aclose(self) -> None:
        """Close the request, wherever it is."""
        await self._opened.aclose()

    def _finish(
        self, text: str, usage: dict[str, int], last: dict[str, Any], calls: _ToolCalls
    ) -> Finish:
        stop = last.get("stop_reason")  # vLLM says which text ended it
        otherwise: StopReason = "stop" if stop in self._sampling.stop else "end"
        reason = _REASONS.get(last["finish_reason"], otherwise)
        if calls.begun and reason == "end":  # what some servers say of a call that was forced
            reason = "tool_use"
        return Finish(
            reason,
            usage.get("prompt_tokens", self.input_tokens),
            usage.get("completion_tokens", self._server.count_text(text)),
            stop if reason == "stop" else None,
        )


def _deltas(delta: dict[str, Any], calls: _ToolCalls) -> Iterator[Delta]:
    if thought := delta.get("reasoning_content") or delta.get("reasoning"):
        yield ReasoningDelta(thought)
    if text := delta.get("content"):
        yield TextDelta(text)
    for piece in delta.get("tool_calls") or ():
        yield from calls.deltas(piece)


def _tool_use_id(identifier: object) -> str:
    """The server's id of a call, or one of our own where Bedrock could not have it."""
    if isinstance(identifier, str) and _TOOL_USE_ID.fullmatch(identifier):
        return identifier
    return f"tooluse_{uuid4().hex}"


async def _events(response: httpx2.Response) -> AsyncGenerator[dict[str, Any], None]:
    """The data of a stream of server-sent events, up to [DONE]."""
    async for line in response.aiter_lines():
        name, _, data = line.partition(":")
        if name == "data" and data.strip() == "[DONE]":
            return
        if name == "data":
            event = json.loads(data)
            if "error" in event:
                raise ModelError(f"The model server failed: {_reason(data)}")
            yield event


def _reason(body: str) -> str:
    """The message in the body of an error.

    >>> _reason('{"error": {"message": "no such model", "type": "not_found"}}')
    'no such model'
    """
    try:
        error = json.loads(body)["error"]
    except (ValueError, LookupError, TypeError):
        return body[:500]
    return str(error.get("message", error) if isinstance(error, dict) else error)
