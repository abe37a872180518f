"""Requests that no client would send. Both servers answer each of them, and none with a 5xx.

What the stand-in says of itself is no failure: 501 where it lacks something, by S3's own name for
that, and 503 where too many requests wait.
"""

import http.client
import json
import re
import socket
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.progress import track

from app.local.stand_in import Options, StandIn
from tests.hard import Count, Plan
from tests.hard.home import Home, serving
from tests.hard.requests import Broken, Fuzzer, services_of

NUMBER = 20_000
SECONDS = 20
ROOT = Path(__file__).parents[2]
PASSAGE = "Granite is an igneous rock. It holds quartz, feldspar and mica."
# Longer than any request may take: waiting and sleeping are not what is tested here.
PATIENT = {"WaitTimeSeconds": [0], "VisibilityTimeout": [0, 30], "DelaySeconds": [0]}


def run(plan: Plan) -> Iterator[Count]:
    """Half of the requests go to each server."""
    number = plan.number or NUMBER
    with TemporaryDirectory() as folder, serving(Path(folder)) as home:
        with home.http() as http:
            home.upload(http, "granite.md", PASSAGE.encode())
            home.until_indexed(http, ["granite.md"])
        fuzzer = Fuzzer(known_values(home), services_of(handled()))
        routes, bodies = application_routes()

        def to_application(seed: int) -> Broken:
            return fuzzer.application(routes, bodies, seed)

        # The application first: what reaches the stand-in may delete what it stands on.
        for process, make in ((home.application, to_application), (home.stand_in, fuzzer.aws)):
            failures = Failures(process.url)
            for seed in track(
                range(number // 2), f"requests to the {process.name}", transient=True
            ):
                failures.send(make(plan.seed * 1_000_000 + seed))
                if not process.alive:
                    break
            yield Count(f"requests to the {process.name}", failures.sent)
            yield from failures.counts(process.name)
            crashed = () if process.alive else (process.last_words,)
            yield Count(f"crashes of the {process.name}", len(crashed), 0, crashed)
            traces = tracebacks(process.log)
            yield Count(f"tracebacks in the log of the {process.name}", len(traces), 0, traces)


class Failures:
    """Sends requests to a server, and remembers what it should not have answered."""

    def __init__(self, url: str) -> None:
        self.sent = 0
        self._host, _, port = url.removeprefix("http://").partition(":")
        self._address = (self._host, int(port))
        self._statuses: Counter[int] = Counter()
        self._kinds: dict[str, str] = {}
        self._numbers: Counter[str] = Counter()

    def send(self, request: Broken) -> None:
        """Send one request over a connection of its own."""
        self.sent += 1
        try:
            status, body = self._exchange(request)
        except (OSError, http.client.HTTPException) as error:
            self._note(request, f"no answer: {type(error).__name__} {error}")
            return
        self._statuses[status] += 1
        if status >= 500 and not _says_so_itself(request.method, status, body):
            self._note(request, f"{status} {_kind(body)}")

    def counts(self, server: str) -> Iterator[Count]:
        """What was answered, and what should not have been."""
        for status, number in sorted(self._statuses.items()):
            yield Count(f"{server}: {status}", number)
        examples = tuple(
            f"{number} x {kind}\n      {self._kinds[kind]}"
            for kind, number in self._numbers.most_common()
        )
        yield Count(f"failures of the {server}", sum(self._numbers.values()), 0, examples)

    def _exchange(self, request: Broken) -> tuple[int, str]:
        host = f"{self._address[0]}:{self._address[1]}"
        with socket.create_connection(self._address, SECONDS) as connection:
            connection.sendall(request.raw(host))
            response = http.client.HTTPResponse(connection, method=request.method)
            try:
                response.begin()
                return response.status, response.read(100_000).decode("utf-8", "replace")
            finally:
                response.close()

    def _note(self, request: Broken, what: str) -> None:
        kind = f"{request.name}: {what}"
        self._numbers[kind] += 1
        self._kinds.setdefault(
            kind, f"{request.method} {request.target[:90]} {request.broken} {request.body[:160]!r}"
        )


def _says_so_itself(method: str, status: int, body: str) -> bool:
    if status == 501:
        return method == "HEAD" or "NotImplemented" in body
    return status == 503 and "requests wait for" in body


def _kind(body: str) -> str:
    """An error without what changes from one to the next."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|<(Resource|RequestId|HostId)>.*", "..", body)
    return text[:110]


def handled() -> Mapping[str, list[str]]:
    """The operations that the stand-in handles, by service."""
    with TemporaryDirectory() as folder, StandIn(Options(Path(folder))) as stand_in:
        return {name: sorted(service) for name, service in stand_in.services.items()}


def known_values(home: Home) -> Mapping[str, list[Any]]:
    """What is there in the home, by the names of the members that refer to it."""
    settings = home.settings
    functions = home.deployer.lambda_.list_functions()["Functions"]
    queues = home.deployer.sqs.list_queues()["QueueUrls"]
    arns = [function["FunctionArn"] for function in functions]
    bucket = settings.conversations_bucket
    return PATIENT | {
        "knowledgeBaseId": [settings.knowledge_base_id],
        "dataSourceId": [settings.data_source_id],
        "Bucket": [bucket],
        "Key": ["granite.md", "a/b", "x.txt"],
        "modelId": [
            "amazon.nova-lite-v1:0",
            "amazon.titan-embed-text-v2:0",
            "us.anthropic.claude-sonnet-5",
            "cohere.embed-v4:0",
        ],
        "modelIdentifier": ["amazon.nova-lite-v1:0"],
        "FunctionName": [function["FunctionName"] for function in functions],
        "FunctionArn": arns,
        "Resource": arns,
        "resourceArn": arns,
        "ResourceARN": arns,
        "QueueUrl": queues,
        "QueueName": ["fuzz", "fuzz.fifo"],
        "TableName": ["fuzz", "fuzz-2"],
        "UploadId": ["x"],
        "VersionId": ["null"],
        "body": [
            b'{"inputText": "granite"}',
            b'{"messages":[{"role":"user","content":[{"text":"granite?"}]}]}',
            b"{}",
        ],
        "MessageBody": ["m"],
        "contentType": ["application/json"],
        "accept": ["application/json"],
        # These make the stand-in run code, or wait.
        "Handler": ["handler.handler"],
        "Timeout": [1],
    }


def application_routes() -> tuple[list[tuple[str, str]], Mapping[str, list[Any]]]:
    """The application's routes as OpenAPI has them, and right bodies for those that take one."""
    paths = json.loads((ROOT / "docs" / "openapi.json").read_text())["paths"]
    routes = [(method.upper(), path) for path, methods in paths.items() for method in methods]
    condition = {"equals": {"key": "team", "value": "north"}}
    both = {"andAll": [condition, {"in": {"key": "year", "value": [2024, 2025]}}]}
    text = {"type": "text", "text": "What is granite?"}
    chat: list[Any] = [
        {"message": "What is granite?"},
        {"message": "What is granite?", "filter": both, "model": "amazon.nova-lite-v1:0"},
        {"message": "What is granite?", "parameters": {"temperature": 0.5, "topK": 20}},
        {"message": "And mica?", "conversationId": "a" * 32, "supersedes": 0},
        {
            "id": "c1",
            "trigger": "submit-message",
            "messageId": "c1-0-question",
            "messages": [{"id": "m", "role": "user", "parts": [text], "metadata": {}}],
        },
    ]
    question = {"role": "user", "content": "What is granite?"}
    completions: list[Any] = [
        {"model": "amazon.nova-lite-v1:0", "messages": [question]},
        {
            "model": "amazon.nova-lite-v1:0",
            "messages": [{"role": "system", "content": "Be brief."}, question],
            "stream": True,
            "stream_options": {"include_usage": True},
            "temperature": 0.5,
            "max_tokens": 20,
            "stop": ["###"],
            "filter": both,
        },
    ]
    block = {"image": {"format": "png", "source": {"bytes": "iVBORw0KGgo="}}}
    trials: list[Any] = [
        {"messages": [{"role": "user", "content": [{"text": "What is granite?"}]}]},
        {
            "model": "amazon.nova-lite-v1:0",
            "system": "Be brief.",
            "messages": [
                {"role": "user", "content": [{"text": "What is granite?"}, block]},
                {"role": "assistant", "content": [{"text": "A rock."}]},
                {"role": "user", "content": [{"text": "And mica?"}]},
            ],
            "parameters": {"temperature": 0.5, "topK": 3, "maxTokens": 20, "stop": ["###"]},
            "guardrail": True,
        },
    ]
    return routes, {
        "/playground": trials,
        "/playground/stream": trials,
        "/playground/templates/{name}": [{"values": {"message": ["Hello"]}, "shots": 2}],
        "/chat": chat,
        "/chat/stream": chat,
        "/conversations/{id}": [{"title": "Granite"}],
        "/conversations/{id}/turns/{turn}/feedback": [{"rating": "up", "words": "Right."}],
        "/confirmations/{id}": [{"decision": "confirm"}],
        "/confirmations/{id}/stream": [{"decision": "deny"}],
        "/v1/chat/completions": completions,
        "/v1/embeddings": [{"model": "amazon.titan-embed-text-v2:0", "input": ["granite", "mica"]}],
        "/search": [{"query": "granite", "limit": 3, "filter": both, "explain": True}],
        "/documents": [{"name": "guides/a.md", "metadata": {"team": "north", "year": 2024}}],
    }


def tracebacks(log: Path) -> tuple[str, ...]:
    """The last lines of the tracebacks in a log, but for those of moto's own."""
    parts = log.read_text(errors="replace").split("Traceback (most recent call last):")[1:]
    return tuple(
        re.split(r"\n(?=\S)", part.strip("\n"))[1][:200] for part in parts if "/moto/" not in part
    )
