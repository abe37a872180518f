"""The model servers of this machine: who answers on the usual ports, and which models chat.

    GET /v1/models       every server: the names of its models
    GET /api/tags, /ps   Ollama: their families, and those that are loaded
    GET /api/v0/models   LM Studio: their types, and those that are loaded

Nothing else is sent, and only to this machine, unless a person gives a URL. Whoever answers with
something else than a list of models is no model server, and neither is Outcrop itself.
"""

import json
import re
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import httpx2 as httpx

from app.errors import OperatorError

USUAL_PORTS: Mapping[str, int] = {
    "Ollama": 11434,
    "LM Studio": 1234,
    "llama.cpp": 8080,
    "vLLM": 8000,
}
AUTO = "auto"
PATIENCE = 1.0  # seconds until a server that somebody asks for has told its models
GLANCE = 0.2  # seconds until one has to have told them that nobody asked for
LARGEST = 1 << 20  # bytes of a list of models; more is none

_OWNERS = {
    "library": "Ollama",
    "organization_owner": "LM Studio",
    "llamacpp": "llama.cpp",
    "vllm": "vLLM",
}
_OURSELVES = "outcrop"
_EMBEDS_ONLY = re.compile(
    r"(?i)embed|rerank|minilm|nomic-bert|(?:^|[/_:-])(?:bge|e5|gte)(?:[/_:-]|$)"
)
_EMBEDDING_FAMILIES = frozenset({"bert", "nomic-bert", "xlm-roberta", "jina-bert-v2"})
_MOST_NAMES = 3  # of models that a sentence names

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ModelServer:
    """A server with an OpenAI-compatible API.

    Attributes:
        name: whose it is, as in Ollama.
        url: up to and including the version.
        models: those that chat, the loaded ones first.
        others: those that only embed.
    """

    name: str
    url: str
    models: tuple[str, ...]
    others: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name} at {self.url} ({_names(self.models) or 'no model that chats'})"


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model of a server."""

    server: ModelServer
    model: str


class Lookout:
    """Looks at the usual ports, from its making on, all at once and beside other work."""

    def __init__(self, ports: Mapping[str, int] | None = None) -> None:
        ports = USUAL_PORTS if ports is None else ports
        self._began = time.monotonic()
        self._servers: dict[str, ModelServer] = {}
        self._order = list(ports)
        self._threads = [
            Thread(target=self._look, args=(name, port), daemon=True)
            for name, port in ports.items()
        ]
        for thread in self._threads:
            thread.start()

    def servers(self, seconds: float = GLANCE) -> list[ModelServer]:
        """Those that have told their models in so many seconds since the making."""
        for thread in self._threads:
            thread.join(max(0.0, self._began + seconds - time.monotonic()))
        servers = dict(self._servers)  # the threads may still add to it
        return [servers[name] for name in self._order if name in servers]

    def _look(self, name: str, port: int) -> None:
        try:
            socket.create_connection(("127.0.0.1", port), PATIENCE).close()  # quick where none is
            server = _server(f"http://127.0.0.1:{port}/v1", name)
        except (OSError, httpx.HTTPError, _NoModels):
            return
        if server is not None:
            self._servers[name] = server


def choose(
    wish: str, model: str | None = None, ports: Mapping[str, int] | None = None
) -> ModelChoice:
    """The server and the model that somebody wishes for.

    Args:
        wish: `auto`, or the URL of a server.
        model: the model's name; by default the first that chats, a loaded one if there is any.

    Raises:
        OperatorError: none answers, several do, or none has that model or any that chats.
    """
    if wish != AUTO:
        return _chosen(_server_at(wish), model)
    ports = USUAL_PORTS if ports is None else ports
    servers = Lookout(ports).servers(PATIENCE)
    tried = ", ".join(f"{name} ({port})" for name, port in ports.items())
    if not servers:
        raise OperatorError(
            f"No model server answers on this machine; the ports tried are those of {tried}. "
            "Start one, or say where it is: --model-server URL."
        )
    able = [one for one in servers if (model in one.models if model else one.models)]
    if len(able) > 1:
        urls = "; ".join(map(str, able))
        raise OperatorError(
            f"Several model servers answer: {urls}. Choose one: --model-server {able[0].url}."
        )
    return _chosen(able[0] if able else servers[0], model)


def advice(servers: Sequence[ModelServer]) -> Iterator[tuple[str, str]]:
    """For each server, what it has, and the command that lets it write the answers."""
    able = [server for server in servers if server.models]
    for server in able:
        wish = AUTO if len(able) == 1 else server.url
        command = f"outcrop up --model-server {wish}"
        yield str(server), f"`{command}` lets it write the answers."


def _chosen(server: ModelServer, model: str | None) -> ModelChoice:
    if model is not None and model not in server.models:
        known = (*server.models, *server.others)
        raise OperatorError(
            f"{server.name} at {server.url} has no model {model!r} that chats; it has "
            f"{', '.join(known) or 'none'}."
        )
    if not server.models:
        only = f" (only {', '.join(server.others)}, which embed)" if server.others else ""
        raise OperatorError(
            f"{server.name} at {server.url} has no model that chats{only}. Give it one."
        )
    return ModelChoice(server, model or server.models[0])


class _NoModels(Exception):
    """What answered is no list of models."""


def _server_at(url: str) -> ModelServer:
    """The server at a URL that a person gave.

    Raises:
        OperatorError: the URL is none, or none answers there.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise OperatorError(f"--model-server: {url!r} is no URL ({error}).") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise OperatorError(
            f"--model-server: {url!r} is neither `auto` nor the URL of a server, as in "
            "http://127.0.0.1:11434/v1."
        )
    if parts.username is not None or parts.query or parts.fragment:
        raise OperatorError("--model-server: the URL may have neither a password nor a query.")
    path = parts.path.rstrip("/") or "/v1"
    usual = next((name for name, usual in USUAL_PORTS.items() if usual == port), "The model server")
    address = f"{parts.scheme}://{parts.netloc}{path}"
    try:
        server = _server(address, usual)
    except httpx.HTTPError as error:
        raise OperatorError(
            f"No model server answers at {address} ({error or type(error).__name__})."
        ) from None
    except _NoModels as error:
        raise OperatorError(f"{address} is not that of a model server: {error}.") from None
    if server is None:
        raise OperatorError(f"{address} is Outcrop itself, which has its answers written.")
    return server


def _server(url: str, usual: str) -> ModelServer | None:
    """The server at a URL; None if that is Outcrop.

    Raises:
        httpx.HTTPError: nobody answers.
        _NoModels: what answers is no list of models.
    """
    with _client(url) as http:
        listing = _read(http, f"{url}/models")
        entries = _entries(listing.get("data"), "id")
        owner = next((str(entry.get("owned_by")) for entry in entries), "")
        if owner == _OURSELVES:
            return None
        name = _OWNERS.get(owner, usual)
        details = [*_entries(listing.get("models"), "name"), *_details(http, url, name)]
    known = {str(entry["id"]): entry for entry in entries}
    for detail in details:
        identifier = str(detail.get("id") or detail["name"])
        if identifier in known:
            known[identifier] |= detail
    chatting = [each for each in known if _chats(each, known[each])]
    chatting.sort(key=lambda each: not _is_loaded(known[each]))  # stable: else in their order
    others = tuple(each for each in known if each not in chatting)
    return ModelServer(name, url, tuple(chatting), others)


def _client(url: str) -> httpx.Client:
    """A client without proxies. Without TLS it reads no authorities, which takes a while."""
    is_plain = url.startswith("http://")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if is_plain else ssl.create_default_context()
    return httpx.Client(timeout=PATIENCE, trust_env=False, verify=tls)


def _details(http: httpx.Client, url: str, name: str) -> Iterator[Json]:
    """What Ollama and LM Studio say of their models in lists of their own, as far as they do."""
    root = url.removesuffix("/v1")
    try:
        match name:
            case "Ollama":
                yield from _entries(_read(http, f"{root}/api/tags").get("models"), "name")
                for entry in _entries(_read(http, f"{root}/api/ps").get("models"), "name"):
                    yield {**entry, "state": "loaded"}
            case "LM Studio":
                yield from _entries(_read(http, f"{root}/api/v0/models").get("data"), "id")
    except (httpx.HTTPError, _NoModels):
        return  # an older version: the names are enough


def _read(http: httpx.Client, url: str) -> Json:
    """A JSON object of a bounded size."""
    body = bytearray()
    deadline = time.monotonic() + PATIENCE
    with http.stream("GET", url) as response:
        if response.status_code != httpx.codes.OK:
            raise _NoModels(f"it answers {response.status_code} to GET {urlsplit(url).path}")
        for piece in response.iter_bytes():
            body += piece
            if len(body) > LARGEST or time.monotonic() > deadline:
                raise _NoModels("its answer does not end")
    try:
        value = json.loads(body)
    except ValueError:
        raise _NoModels("its answer is not JSON") from None
    if not isinstance(value, dict):
        raise _NoModels("its answer is no JSON object")
    return value


def _entries(listing: object, key: str) -> list[Json]:
    """The entries of a list that have a name."""
    if listing is None and key == "name":
        return []
    if not isinstance(listing, list):
        raise _NoModels("its answer has no list of models")
    return [each for each in listing if isinstance(each, dict) and isinstance(each.get(key), str)]


def _chats(name: str, entry: Json) -> bool:
    """Whether a model chats: by its type or capabilities where the server tells, or by its name."""
    if kind := entry.get("type"):
        if kind in ("llm", "vlm"):
            return True
        if kind in ("embedding", "embeddings"):
            return False
    capabilities = entry.get("capabilities")
    if isinstance(capabilities, list) and capabilities:
        return "completion" in capabilities or "tool_use" in capabilities
    details = entry.get("details")
    if isinstance(details, dict) and details.get("family") in _EMBEDDING_FAMILIES:
        return False
    return _EMBEDS_ONLY.search(name) is None


def _is_loaded(entry: Json) -> bool:
    status = entry.get("status")  # llama.cpp with several models
    if isinstance(status, dict):
        return status.get("value") == "loaded"
    return entry.get("state") == "loaded"


def _names(models: Iterable[str]) -> str:
    """The names for a sentence.

    >>> _names(["a", "b", "c", "d"])
    'a, b, c and 1 more'
    """
    models = list(models)
    more = len(models) - _MOST_NAMES
    return ", ".join(models[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
