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

_REASONS: dict[str, StopReason] = {"stop": "end", "length": "length"}


class Server:
    """A server that writes in the writer's place.

    Args:
        url: up to and including the version, as in http://127.0.0.1:11434/v1.
        model: which of the server's models; its first by default.
        encoder: counts tokens where the server does not tell.
    """

    def __init__(
        self, url: str, encoder: Encoder, model: str | None = None, silence: float = SILENCE
    ) -> None:
        self._url = url.rstrip("/")
        self._encoder = encoder
        self._model = model
        timeout = httpx2.Timeout(silence, connect=CONNECT)
        self._client = httpx2.Client(timeout=timeout, trust_env=False)

    def count(self, prompt: Prompt) -> int:
        return sum(map(self._encoder.count, prompt.texts))

    def generate(self, prompt: Prompt, sampling: Sampling) -> Generation:
        with ExitStack() as opened:
            opened.enter_context(self._failures())
            request = _request(prompt, sampling) | {"model": self._named()}
            response = opened.enter_context(
                self._client.stream("POST", f"{self._url}/chat/completions", json=request)
            )
            self._check(response)
            pieces = self._pieces(response, opened.pop_all(), self.count(prompt))
        next(pieces)  # begun, so that closing it closes the request
        return Generation(pieces, self.count(prompt))

    def close(self) -> None:
        self._client.close()
