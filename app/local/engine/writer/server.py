"""A model behind an OpenAI-compatible server: Ollama, llama.cpp, vLLM, or any other.

    POST {url}/chat/completions   {"model", "messages", "stream": true, ..}
    <-                            data: {"choices": [{"delta": {"content": ".."}}]} .., data: [DONE]
    GET {url}/models              the first of them, where none is named

Its errors and silences become ModelError and ModelTimeout. All of it runs on the event loop, and
waiting for a slow server costs no thread. Closing or cancelling an answer closes its request.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any

import httpx2

from app.local.engine.encoder import TextEncoder
from app.local.engine.writer.prompt import (
    Citation,
    Finish,
    ModelError,
    ModelTimeout,
    Prompt,
    Sampling,
    StopReason,
)

CONNECT = 5.0  # seconds until the server is there
SILENCE = 300.0  # seconds until its next word; a model may have to be loaded first

_REASONS: dict[str, StopReason] = {"length": "length"}


class Server:
    """A server that writes in the writer's place.

    Args:
        url: up to and including the version, as in http://127.0.0.1:11434/v1.
        encoder: counts tokens where the server does not tell.
        model: which of the server's models; its first by default.
        silence: how long to wait for the next word, in seconds.
    """

    def __init__(
        self, url: str, encoder: TextEncoder, model: str | None = None, silence: float = SILENCE
    ) -> None:
        self.url = url.rstrip("/")
        self._encoder = encoder
        self._model = model
        self._silence = silence
        self._tls = ssl.create_default_context()

    def count(self, prompt: Prompt) -> int:
        return sum(map(self._encoder.count, prompt.texts))

    async def write(self, prompt: Prompt, sampling: Sampling) -> "_Said":
        tokens = await asyncio.to_thread(self.count, prompt)
        async with AsyncExitStack() as opened:
            with self.failures():
                client = await opened.enter_async_context(self._connection())
                asked = {"model": await self._named(client), **_asked(prompt, sampling)}
                request = client.stream("POST", f"{self.url}/chat/completions", json=asked)
                response = await opened.enter_async_context(request)
                await self._check(response)
            return _Said(self, response, opened.pop_all(), sampling, tokens)

    def count_text(self, text: str) -> int:
        """How many tokens a text is, as the encoder counts."""
        return self._encoder.count(text)

    def _connection(self) -> httpx2.AsyncClient:
        """A connection of its own for an answer: to find a free one among a thousand that are in
        use takes longer than to open one.
        """
        timeout = httpx2.Timeout(self._silence, connect=CONNECT)
        return httpx2.AsyncClient(timeout=timeout, verify=self._tls, trust_env=False)

    async def _named(self, client: httpx2.AsyncClient) -> str:
        if self._model is None:
            response = await client.get(f"{self.url}/models")
            await self._check(response)
            offered = response.json().get("data") or []
            if not offered:
                raise ModelError(
                    f"The model server at {self.url} has no model. Give it one, or name one in "
                    "OUTCROP_LOCAL_MODEL."
                )
            self._model = str(offered[0]["id"])
        return self._model

    async def _check(self, response: httpx2.Response) -> None:
        if response.is_error:
            said = (await response.aread()).decode(errors="replace")
            raise ModelError(
                f"The model server at {self.url} answered {response.status_code}: {_reason(said)}",
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


class _Said:
    """An answer that the server is giving."""

    finish: Finish
    citations: tuple[Citation, ...] = ()

    def __init__(
        self,
        server: Server,
        response: httpx2.Response,
        opened: AsyncExitStack,
        sampling: Sampling,
        tokens: int,
    ) -> None:
        self._server, self._response, self._opened = server, response, opened
        self._sampling = sampling
        self.input_tokens = tokens

    async def __aiter__(self) -> AsyncIterator[str]:
        text = ""
        usage: dict[str, int] = {}
        ended: dict[str, Any] | None = None
        with self._server.failures():
            async for event in _events(self._response):
                usage = event.get("usage") or usage
                for choice in event.get("choices", []):
                    if piece := (choice.get("delta") or {}).get("content"):
                        text += piece
                        yield piece
                    ended = choice if choice.get("finish_reason") else ended
        if ended is None:
            raise ModelError(f"The model server at {self._server.url} broke off in the middle.")
        self.finish = self._finish(text, usage, ended)

    async def aclose(self) -> None:
        """Close the request, wherever it is."""
        await self._opened.aclose()

    def _finish(self, text: str, usage: dict[str, int], ended: dict[str, Any]) -> Finish:
        stop = ended.get("stop_reason")  # vLLM tells which
        known: StopReason = "stop" if stop in self._sampling.stop else "end"
        reason = _REASONS.get(ended["finish_reason"], known)
        return Finish(
            reason,
            usage.get("prompt_tokens", self.input_tokens),
            usage.get("completion_tokens", self._server.count_text(text)),
            stop if reason == "stop" else None,
        )


def _asked(prompt: Prompt, sampling: Sampling) -> dict[str, Any]:
    documents = [f"<document>\n{one.title}\n{one.text}\n</document>" for one in prompt.documents]
    system = "\n\n".join(filter(None, [prompt.system, *documents]))
    turns = [{"role": turn.role, "content": turn.text} for turn in prompt.turns]
    parameters = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
        "stop": list(sampling.stop) or None,
    }
    return {
        "messages": [{"role": "system", "content": system}, *turns] if system else turns,
        "max_tokens": sampling.max_tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
        **{name: value for name, value in parameters.items() if value is not None},
    }


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


def _reason(said: str) -> str:
    """What an error's body says.

    >>> _reason('{"error": {"message": "no such model", "type": "not_found"}}')
    'no such model'
    """
    try:
        error = json.loads(said)["error"]
    except (ValueError, LookupError, TypeError):
        return said[:500]
    return str(error.get("message", error) if isinstance(error, dict) else error)
