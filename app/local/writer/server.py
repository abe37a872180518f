"""A model behind an OpenAI-compatible server: Ollama, llama.cpp, vLLM, or any other.

    POST {url}/chat/completions   {"model", "messages", "stream": true, ..}
    <-                            data: {"choices": [{"delta": {"content": ".."}}]} .., data: [DONE]
    GET {url}/models              the first of them, where none is named

Its errors and silences become ModelError and ModelTimeout. Closing a Generation closes the request.
"""

import json
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx2

from app.local.transformer import Encoder
from app.local.writer.prompt import (
    Finish,
    Generation,
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
    """A server that writes in the writer's place. Thread-safe.

    Args:
        url: up to and including the version, as in http://127.0.0.1:11434/v1.
        encoder: counts tokens where the server does not tell.
        model: which of the server's models; its first by default.
        silence: how long to wait for the next word, in seconds.
    """

    def __init__(
        self, url: str, encoder: Encoder, model: str | None = None, silence: float = SILENCE
    ) -> None:
        self._url = url.rstrip("/")
        self._encoder = encoder
        self._model = model
        self._silence = silence
        timeout = httpx2.Timeout(silence, connect=CONNECT)
        self._client = httpx2.Client(timeout=timeout, trust_env=False)

    def count(self, prompt: Prompt) -> int:
        return sum(map(self._encoder.count, prompt.texts))

    def generate(self, prompt: Prompt, sampling: Sampling) -> Generation:
        tokens = self.count(prompt)
        with ExitStack() as opened, self._failures():
            asked = {"model": self._named(), **_asked(prompt, sampling)}
            url = f"{self._url}/chat/completions"
            response = opened.enter_context(self._client.stream("POST", url, json=asked))
            self._check(response)
            pieces = self._pieces(response, opened.pop_all(), sampling, tokens)
        next(pieces)  # begun, so that closing it closes the request
        return Generation(pieces, tokens)

    def close(self) -> None:
        self._client.close()

    def _named(self) -> str:
        if self._model is None:
            response = self._client.get(f"{self._url}/models")
            self._check(response)
            offered = response.json().get("data") or []
            if not offered:
                raise ModelError(
                    f"The model server at {self._url} has no model. Give it one, or name one in "
                    "OUTCROP_LOCAL_MODEL."
                )
            self._model = str(offered[0]["id"])
        return self._model

    def _check(self, response: httpx2.Response) -> None:
        if response.is_error:
            said = response.read().decode(errors="replace")
            raise ModelError(
                f"The model server at {self._url} answered {response.status_code}: {_reason(said)}",
                response.status_code,
            )

    def _pieces(
        self, response: httpx2.Response, opened: ExitStack, sampling: Sampling, tokens: int
    ) -> Generator[str, None, Finish]:
        text = ""
        usage: dict[str, int] = {}
        ended: dict[str, Any] | None = None
        with opened, self._failures():
            yield ""
            for event in _events(response):
                usage = event.get("usage") or usage
                for choice in event.get("choices", []):
                    if piece := (choice.get("delta") or {}).get("content"):
                        text += piece
                        yield piece
                    ended = choice if choice.get("finish_reason") else ended
        if ended is None:
            raise ModelError(f"The model server at {self._url} broke off in the middle.")
        stop = ended.get("stop_reason")  # vLLM tells which
        reason = _REASONS.get(ended["finish_reason"], "stop" if stop in sampling.stop else "end")
        return Finish(
            reason,
            usage.get("prompt_tokens", tokens),
            usage.get("completion_tokens", self._encoder.count(text)),
            stop if reason == "stop" else None,
        )

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except httpx2.ConnectError as error:
            raise ModelError(
                f"There is no model server at {self._url} ({error}). Start it, or unset "
                "OUTCROP_LOCAL_MODEL_URL to be answered by the stand-in model."
            ) from error
        except httpx2.TimeoutException as error:
            raise ModelTimeout(
                f"The model server at {self._url} said nothing for {self._silence:g} seconds."
            ) from error
        except (httpx2.HTTPError, ValueError, LookupError) as error:
            raise ModelError(f"The model server at {self._url} failed: {error!r}.") from error


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


def _events(response: httpx2.Response) -> Iterator[dict[str, Any]]:
    """The data of a stream of server-sent events, up to [DONE]."""
    for line in response.iter_lines():
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
