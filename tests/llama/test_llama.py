"""A real llama.cpp with a small model writes the answers, end to end.

The model is too small for its answers to be right: what is tested is the way to it and back. The
server has one thread and two slots, so that two answers can be written at once.
"""

import json
import socket
import subprocess
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from botocore.exceptions import ClientError

from app.deploy.laptop import model_servers
from tests.clients import environments
from tests.clients.environments import NotInstallable
from tests.flows.home import Home, data_of, laptop, metadata_of, text_of

HERE = Path(__file__).parent
MODEL, NOVA = "smollm2-135m", "amazon.nova-lite-v1:0"
SECONDS = 60  # for what has to happen sooner or later
SLEEP_SECONDS = 2  # without a request, until the model is unloaded

Json = dict[str, Any]


@pytest.fixture(scope="module")
def python() -> Path:
    try:
        return environments.python("llama", HERE / "requirements.txt")
    except NotInstallable as error:
        pytest.skip(f"llama.cpp cannot be installed here: {error}")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextmanager
def serving(python: Path, port: int, *arguments: str) -> Iterator[str]:
    """The address of a llama.cpp server that has loaded its model."""
    with subprocess.Popen(
        [python, HERE / "serve.py", str(port), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


@pytest.fixture(scope="module")
def server(python: Path) -> Iterator[str]:
    with serving(python, free_port()) as url:
        yield url


@pytest.fixture(scope="module")
def home(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with laptop(tmp_path_factory.mktemp("home"), model_url=f"{server}/v1") as home:
        home.put("bees.md", "# Bees\n\nThe beekeeper is called Ambrosius. He has forty hives.\n")
        yield home


def ask(home: Home, text: str, **inference: Any) -> Json:
    runtime: Any = home.aws.bedrock_runtime
    answer: Json = runtime.converse(
        modelId=NOVA,
        messages=[{"role": "user", "content": [{"text": text}]}],
        inferenceConfig={"temperature": 0, "maxTokens": 40, **inference},
    )
    return answer


def events(home: Home, text: str, tokens: int) -> Generator[Json, None, None]:
    runtime: Any = home.aws.bedrock_runtime
    stream = runtime.converse_stream(
        modelId=NOVA,
        messages=[{"role": "user", "content": [{"text": text}]}],
        inferenceConfig={"temperature": 0, "maxTokens": tokens},
    )["stream"]
    try:
        yield from stream
    finally:
        stream.close()


def busy_slots(server: str) -> int:
    slots = httpx.get(f"{server}/slots", timeout=SECONDS).json()
    return sum(slot["is_processing"] for slot in slots)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen in {SECONDS} s"
        time.sleep(0.02)


def test_its_port_tells_its_name_and_its_model(server: str) -> None:
    port = int(server.rpartition(":")[2])
    choice = model_servers.choose("auto", ports={"some server": port})
    assert (choice.server.name, choice.model) == ("llama.cpp", MODEL)
    assert choice.server.url == f"{server}/v1"


def test_a_question_about_a_document_is_answered_by_it_and_streamed(home: Home) -> None:
    parts = home.stream({"message": "What is the beekeeper called?"})
    pieces = [part for part in parts if part["type"] == "text-delta"]
    assert text_of(parts)
    assert len(pieces) > 1
    assert data_of(parts, "retrieval")[0]["passages"]
    metadata = metadata_of(parts, "finish")
    assert MODEL in metadata["model"]
    assert metadata["usage"]["inputTokens"] > 50, "the passage is in the prompt"
    assert metadata["usage"]["outputTokens"] >= len(pieces) / 2


def test_usage_is_what_the_server_counts(home: Home, server: str) -> None:
    words = "Name three colours."
    body = {
        "messages": [{"role": "user", "content": words}],
        "max_tokens": 40,
        "temperature": 0,
    }
    own = httpx.post(f"{server}/v1/chat/completions", json=body, timeout=SECONDS).json()
    answer = ask(home, words)
    assert answer["usage"]["inputTokens"] == own["usage"]["prompt_tokens"]
    assert answer["usage"]["outputTokens"] == own["usage"]["completion_tokens"]
    [block] = answer["output"]["message"]["content"]
    assert block["text"] == own["choices"][0]["message"]["content"]


def test_the_longest_answer_and_a_stop_sequence_end_it(home: Home) -> None:
    cut = ask(home, "Count from one to a hundred, in words.", maxTokens=7)
    assert (cut["stopReason"], cut["usage"]["outputTokens"]) == ("max_tokens", 7)
    [whole] = ask(home, "Name three colours.")["output"]["message"]["content"]
    word = whole["text"].split()[2]
    stopped = ask(home, "Name three colours.", stopSequences=[word])
    [block] = stopped["output"]["message"]["content"]
    assert block["text"] == whole["text"].partition(word)[0]
    assert stopped["stopReason"] == "end_turn", "llama.cpp does not say that a sequence ended it"


def test_two_are_answered_at_once(home: Home, server: str) -> None:
    def whole(number: int) -> tuple[str, int]:
        text, most = "", 0
        for event in events(home, f"Tell a long story about {number} ships.", 60):
            text += event.get("contentBlockDelta", {}).get("delta", {}).get("text", "")
            most = max(most, busy_slots(server))
        return text, most

    with ThreadPoolExecutor(2) as pool:
        (one, first), (two, second) = pool.map(whole, (3, 700))
    assert one
    assert two
    assert one != two
    assert max(first, second) == 2


def test_a_caller_who_leaves_frees_the_server(home: Home, server: str) -> None:
    stream = events(home, "Tell a very long story about a lighthouse.", 1500)
    assert any("contentBlockDelta" in event for event in (next(stream) for _ in range(5)))
    assert busy_slots(server) == 1
    stream.close()
    until(lambda: busy_slots(server) == 0)
    assert ask(home, "Say yes.", maxTokens=3)["usage"]["outputTokens"] <= 3


def test_a_server_that_comes_later_sleeps_and_dies_needs_no_new_start(
    python: Path, tmp_path: Path
) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with laptop(tmp_path, model_url=f"{url}/v1") as home:
        with pytest.raises(ClientError, match=f"There is no model server at {url}/v1"):
            ask(home, "Say yes.")
        with serving(python, port, str(SLEEP_SECONDS)):
            assert ask(home, "Say yes.", maxTokens=3)["usage"]["outputTokens"] <= 3
            until(lambda: bool(httpx.get(f"{url}/props").json()["is_sleeping"]))
            assert ask(home, "Say no.", maxTokens=3)["output"], "it loads its model again"
            stream = events(home, "Tell a very long story about a lighthouse.", 1500)
            while "contentBlockDelta" not in next(stream):
                pass
        with pytest.raises(Exception, match=f"The model server at {url}/v1"):
            json.dumps(list(stream))
        with pytest.raises(ClientError, match="There is no model server"):
            ask(home, "Say yes.")
