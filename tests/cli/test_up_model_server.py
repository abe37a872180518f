"""`outcrop up --model-server`: answers written by another server, and the words when it fails."""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.cli import screen
from app.cli.commands.up import _announce_model_servers
from app.deploy.laptop import model_servers
from app.settings import environment
from tests.cli.shell import NOTES, NewShell, Shell
from tests.cli.warm import OUTCROP
from tests.http_server import Handler, HttpServer

MODELS = {"data": [{"id": name, "owned_by": "vllm"} for name in ("bge-m3", "Qwen/Qwen3-8B")]}
WORDS = ("He is ", "called Ambrosius [1].")
DIES = "What was said before the end?"


class ModelHandler(Handler):
    """Lists models, and writes the same answer always; in the middle of one question's it dies."""

    def do_GET(self) -> None:
        content = json.dumps(MODELS).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        assert body["model"] == "Qwen/Qwen3-8B"
        self.send_response(200)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for word in WORDS:
            self._event({"choices": [{"delta": {"content": word}, "finish_reason": None}]})
            if DIES in json.dumps(body):
                self.close_connection = True
                return
        self._event({"choices": [{"delta": {}, "finish_reason": "stop"}]})
        self._event({"choices": [], "usage": {"prompt_tokens": 321, "completion_tokens": 7}})
        self._write(b"data: [DONE]\n\n")
        self._write(b"")

    def _event(self, event: dict[str, Any]) -> None:
        self._write(b"data: " + json.dumps(event).encode() + b"\n\n")

    def _write(self, content: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(content), content))


@contextmanager
def up(shell: Shell, *words: str) -> Iterator[dict[str, str]]:
    """What `outcrop up` prints as JSON, while it serves."""
    with subprocess.Popen(
        [OUTCROP, "up", "--json", *words],
        env=environment({"OUTCROP_HOME": str(shell.home)}),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        try:
            yield json.loads("".join(iter(process.stdout.readline, "}\n")) + "}")
        finally:
            process.send_signal(signal.SIGINT)


def test_a_server_writes_the_answers_and_is_named_when_it_dies_in_the_middle(
    new_shell: NewShell, tmp_path: Path
) -> None:
    shell = new_shell(tmp_path / "home")
    (tmp_path / "notes.md").write_text(NOTES)
    with (
        HttpServer(ModelHandler) as server,
        up(shell, "--model-server", server.url) as addresses,
    ):
        shell.run("ingest", "notes.md", cwd=tmp_path)
        answer = shell.json("ask", "What is the beekeeper called?")
        broken = shell.run("ask", DIES, code=1)
    assert addresses["model_server"] == f"{server.url}/v1"
    assert addresses["model"] == "Qwen/Qwen3-8B", "the first that chats"
    assert answer["answer"] == "".join(WORDS)
    assert answer["usage"] == {"inputTokens": 321, "outputTokens": 7}
    assert "Qwen/Qwen3-8B" in answer["model"]
    assert "He is" not in broken.stdout, "the guardrail had not judged it"
    assert f"The model server at {server.url}/v1" in " ".join(broken.stderr.split())


def test_no_server_is_an_error_before_anything_is_started(
    new_shell: NewShell, tmp_path: Path
) -> None:
    shell = new_shell(tmp_path / "home")
    with HttpServer(ModelHandler) as server:
        gone = server.url
        wrong = shell.run("up", "--model-server", gone, "--model-server-model", "gpt", code=1)
    assert "has no model 'gpt' that chats; it has Qwen/Qwen3-8B, bge-m3" in wrong.stderr
    assert (
        f"No model server answers at {gone}/v1"
        in shell.run("up", "--model-server", gone, code=1).stderr
    )
    alone = shell.run("up", "--model-server-model", "x", code=2)
    assert "add --model-server" in alone.stderr
    assert not shell.home.exists()


def test_up_says_which_servers_it_could_use(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(screen, "out", screen.Screen(stderr=False))
    with HttpServer(ModelHandler) as server:
        port = int(server.url.rpartition(":")[2])
        lookout = model_servers.Lookout({"vLLM": port})
        lookout.servers(5)
        _announce_model_servers(None, lookout)
        choice = model_servers.choose("auto", ports={"vLLM": port})
        _announce_model_servers(choice, None)
    first, second = capsys.readouterr().out.splitlines()
    assert first == (
        f"vLLM at {server.url}/v1 (Qwen/Qwen3-8B) answers too: "
        "`outcrop up --model-server auto` lets it write the answers."
    )
    assert second == f"Qwen/Qwen3-8B of vLLM at {server.url}/v1 writes the answers."
