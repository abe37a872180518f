"""Model servers on this machine: found, told apart, chosen."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.deploy.laptop import checks, model_servers
from app.deploy.laptop.model_servers import Lookout, ModelServer, advice, choose
from app.errors import OperatorError
from app.settings import LaptopSettings
from tests.http_server import Handler, HttpServer

Pages = Mapping[str, Any]


def listing(owner: str, *names: str) -> dict[str, Any]:
    return {"object": "list", "data": [{"id": name, "owned_by": owner} for name in names]}


OLLAMA: Pages = {
    "/v1/models": listing("library", "nomic:latest", "gemma3:4b", "llama3.2:3b"),
    "/api/tags": {"models": [{"name": "nomic:latest", "details": {"family": "nomic-bert"}}]},
    "/api/ps": {"models": [{"name": "llama3.2:3b"}]},
}
LM_STUDIO: Pages = {
    "/v1/models": listing("organization_owner", "a-vector", "qwen-vl", "phi-4"),
    "/api/v0/models": {
        "data": [
            {"id": "a-vector", "type": "embeddings", "state": "loaded"},
            {"id": "qwen-vl", "type": "vlm", "state": "not-loaded"},
            {"id": "phi-4", "type": "llm", "state": "loaded"},
        ]
    },
}
LLAMA_CPP: Pages = {
    "/v1/models": {
        **listing("llamacpp", "smol.gguf"),
        "models": [{"name": "smol.gguf", "type": "model", "capabilities": ["completion"]}],
    }
}
VLLM: Pages = {"/v1/models": listing("vllm", "BAAI/bge-m3", "Qwen/Qwen3-8B")}


class Server(HttpServer):
    """Answers GETs with these pages; `requests` has all of them."""

    def __init__(self, pages: Pages) -> None:
        self.requests: list[str] = []
        server = self

        class Listing(Handler):
            def do_GET(self: BaseHTTPRequestHandler) -> None:
                server.requests.append(f"{self.command} {self.path}")
                page = pages.get(self.path)
                content = page if isinstance(page, bytes) else json.dumps(page).encode()
                self.send_response(404 if page is None else 200)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_GET

        super().__init__(Listing)

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0


@contextmanager
def serving(**pages: Pages) -> Iterator[dict[str, Server]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(Server(page)) for name, page in pages.items()}


def ports(servers: Mapping[str, Server]) -> dict[str, int]:
    return {name: server.port for name, server in servers.items()}


@pytest.mark.parametrize(
    ("pages", "name", "models", "others"),
    [
        (OLLAMA, "Ollama", ("llama3.2:3b", "gemma3:4b"), ("nomic:latest",)),
        (LM_STUDIO, "LM Studio", ("phi-4", "qwen-vl"), ("a-vector",)),
        (LLAMA_CPP, "llama.cpp", ("smol.gguf",), ()),
        (VLLM, "vLLM", ("Qwen/Qwen3-8B",), ("BAAI/bge-m3",)),
        ({"/v1/models": OLLAMA["/v1/models"]}, "Ollama", ("nomic:latest", "gemma3:4b"), ()),
    ],
)
def test_a_server_is_told_by_its_owner_and_its_loaded_models_come_first(
    pages: Pages, name: str, models: tuple[str, ...], others: tuple[str, ...]
) -> None:
    with serving(unusual=pages) as servers:
        [server] = Lookout(ports(servers)).servers(5)
        requests = servers["unusual"].requests
    assert (server.name, server.models[: len(models)], server.others) == (name, models, others)
    assert all(request.startswith("GET ") for request in requests)


@pytest.mark.parametrize(
    "page",
    [
        None,
        b"<html>",
        b"\xff\xfe",
        [],
        {},
        {"data": {}},
        {"data": "models"},
        listing("outcrop", "amazon.nova-lite-v1:0"),
        b" " * (model_servers.LARGEST + 1),
    ],
)
def test_what_answers_with_something_else_is_no_model_server(page: Any) -> None:
    with serving(other={"/v1/models": page}) as servers:
        assert Lookout(ports(servers)).servers(5) == []


def test_a_server_that_says_nothing_holds_nobody_up() -> None:
    leave = Event()

    class Silent(Handler):
        def do_GET(self) -> None:
            leave.wait(30)

    with HttpServer(Silent) as silent, serving(vLLM=VLLM) as servers:
        lookout = Lookout({**ports(servers), "silent": urlsplit(silent.url).port or 0})
        began = time.monotonic()
        servers_there = lookout.servers(0.5)
        waited = time.monotonic() - began
        leave.set()
    assert [server.name for server in servers_there] == ["vLLM"]
    assert waited < 30, "it was not waited for"


def test_auto_takes_the_only_one_and_its_loaded_model() -> None:
    with serving(Ollama=OLLAMA) as servers:
        choice = choose("auto", ports=ports(servers))
        url = servers["Ollama"].url
        other = choose("auto", "gemma3:4b", ports=ports(servers))
    assert (choice.server.url, choice.model) == (f"{url}/v1", "llama3.2:3b")
    assert other.model == "gemma3:4b"


def test_auto_passes_by_a_server_without_a_model_that_chats() -> None:
    only_embeds = {"/v1/models": listing("vllm", "intfloat/e5-small")}
    with serving(Ollama=OLLAMA, vLLM=only_embeds) as servers:
        assert choose("auto", ports=ports(servers)).server.name == "Ollama"
        with pytest.raises(OperatorError, match=r"only intfloat/e5-small, which embed"):
            choose("auto", ports={"vLLM": servers["vLLM"].port})


def test_none_and_several_are_told_in_words() -> None:
    with serving(Ollama=OLLAMA) as servers:
        gone = ports(servers)
    with pytest.raises(
        OperatorError, match=rf"the ports tried are those of Ollama \({gone['Ollama']}"
    ):
        choose("auto", ports=gone)
    with serving(Ollama=OLLAMA, vLLM=VLLM) as servers:
        with pytest.raises(OperatorError, match=r"Several .*Ollama at .*; vLLM at .*Qwen/Qwen3-8B"):
            choose("auto", ports=ports(servers))
        assert choose("auto", "gemma3:4b", ports=ports(servers)).server.name == "Ollama"


def test_a_model_that_is_not_there_is_named_beside_those_that_are() -> None:
    rule = "no model 'mistral' that chats; it has llama3"
    with serving(Ollama=OLLAMA) as servers, pytest.raises(OperatorError, match=rule):
        choose("auto", "mistral", ports=ports(servers))


def test_a_url_is_taken_with_and_without_its_version() -> None:
    with serving(any=LLAMA_CPP) as servers:
        url = servers["any"].url
        for given in (url, f"{url}/", f"{url}/v1", f"{url}/v1/"):
            choice = choose(given)
            assert (choice.server.url, choice.model) == (f"{url}/v1", "smol.gguf")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ollama", "neither `auto` nor the URL of a server"),
        ("ftp://127.0.0.1/v1", "neither `auto` nor the URL of a server"),
        ("http://127.0.0.1:x/v1", "is no URL"),
        ("http://a:b@127.0.0.1/v1", "neither a password nor a query"),
        ("http://127.0.0.1:1/v1", "No model server answers at http://127.0.0.1:1/v1"),
    ],
)
def test_a_url_that_leads_nowhere_is_refused(url: str, says: str) -> None:
    with pytest.raises(OperatorError) as refused:
        choose(url)
    assert says in refused.value.detail
    assert "a:b" not in refused.value.detail


def test_a_url_of_something_else_is_refused_with_what_it_answers() -> None:
    with serving(
        other={"/v1/models": b"<html>"}, itself={"/v1/models": listing("outcrop", "m")}
    ) as (servers):
        with pytest.raises(OperatorError, match="its answer is not JSON"):
            choose(servers["other"].url)
        with pytest.raises(OperatorError, match="it answers 404 to GET /v2/models"):
            choose(servers["other"].url + "/v2")
        with pytest.raises(OperatorError, match="is Outcrop itself"):
            choose(servers["itself"].url)


def test_advice_names_the_command_for_one_and_for_several() -> None:
    one, two = (ModelServer(name, f"http://{name}/v1", ("m",)) for name in ("a", "b"))
    none = ModelServer("c", "http://c/v1", (), ("embed",))
    assert list(advice([one, none])) == [
        ("a at http://a/v1 (m)", "`outcrop up --model-server auto` lets it write the answers.")
    ]
    assert [remedy for _, remedy in advice([one, two])] == [
        "`outcrop up --model-server http://a/v1` lets it write the answers.",
        "`outcrop up --model-server http://b/v1` lets it write the answers.",
    ]


def test_doctor_finds_a_server_that_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Ollama=OLLAMA) as servers:
        monkeypatch.setattr(model_servers, "USUAL_PORTS", ports(servers))
        [finding] = checks._model_servers(LaptopSettings())
        chosen = LaptopSettings(local_model_url=servers["Ollama"].url)
        assert list(checks._model_servers(chosen)) == []
    assert finding.well
    assert "Ollama at" in finding.found
    assert "llama3.2:3b, gemma3:4b), not used" in finding.found
    assert "--model-server auto" in str(finding.mend)
