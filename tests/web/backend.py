"""What stands behind the application in tests of one turn: S3, and services that are scripts."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.aws import Clients, clients
from app.local.wire import JSON, Call
from app.meter import Meter
from app.settings import Settings
from app.web import application
from tests.local.home import Home
from tests.local.home import home as serving

BUCKET = "conversations"
SERVICES = ("BEDROCK", "BEDROCK_RUNTIME", "BEDROCK_AGENT", "BEDROCK_AGENT_RUNTIME", "S3")
FOUND: JSON = {
    "content": {"text": "Quartz has a hardness of 7."},
    "location": {"type": "S3", "s3Location": {"uri": "s3://documents/minerals.md"}},
    "score": 0.9,
}
ASKED = {"message": "How hard is quartz?"}
UNITS = (
    "topicPolicyUnits",
    "contentPolicyUnits",
    "wordPolicyUnits",
    "sensitiveInformationPolicyUnits",
    "sensitiveInformationPolicyFreeUnits",
    "contextualGroundingPolicyUnits",
)

Reply = tuple[Sequence[str | tuple[str, str]], str]


@dataclass
class Backend:
    """What Retrieve finds, what Nova says, and what the guardrail judges; and what they were asked.

    Attributes:
        pieces: of the answer; an iterable that waits makes the model slow.
        verdicts: of ApplyGuardrail, one a call; none means that all pass.
        replies: of ConverseStream, one a call: its blocks, and why it stops. A block is a text, or
            a call of a tool: its name, and its input as JSON.
    """

    found: list[JSON] = field(default_factory=lambda: [FOUND])
    pieces: Iterable[str] = ("It is 7", " [1].")
    verdicts: list[JSON] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)

    def reset(self) -> None:
        """Forget what they were asked, and find and say what they do by default."""
        self.__dict__.update(type(self)().__dict__)

    def handlers(self) -> dict[str, Any]:
        return {
            "bedrock-runtime": {
                "InvokeModelWithResponseStream": self.stream,
                "InvokeModel": self.invoke,
                "ApplyGuardrail": self.judge,
                "ConverseStream": self.converse,
            },
            "bedrock-agent-runtime": {"Retrieve": self.retrieve},
            "bedrock": {"ListFoundationModels": lambda _: {"modelSummaries": []}},
        }

    def retrieve(self, call: Call) -> JSON:
        self.calls.append(call)
        return {"retrievalResults": self.found}

    def stream(self, call: Call) -> JSON:
        self.calls.append(call)
        return {"body": self._chunks(), "contentType": "application/json"}

    def invoke(self, call: Call) -> JSON:
        self.calls.append(call)
        message = {"role": "assistant", "content": [{"text": "Quartz?"}]}
        usage = {"inputTokens": 1, "outputTokens": 1}
        body = {"output": {"message": message}, "stopReason": "end_turn", "usage": usage}
        return {"body": json.dumps(body).encode(), "contentType": "application/json"}

    def converse(self, call: Call) -> JSON:
        self.calls.append(call)
        return {"stream": _converse_events(self.replies.pop(0), len(self.calls))}

    def judge(self, call: Call) -> JSON:
        self.calls.append(call)
        verdict = self.verdicts.pop(0) if self.verdicts else {}
        usage = dict.fromkeys(UNITS, 0)
        return {"action": "NONE", "outputs": [], "assessments": [], "usage": usage, **verdict}

    def asked(self, operation: str) -> list[JSON]:
        return [call.params for call in self.calls if call.operation == operation]

    def _chunks(self) -> Iterator[JSON]:
        pieces = self.pieces  # this call's: the next test may set others before this one ends
        try:
            for piece in pieces:
                delta = {"delta": {"text": piece}, "contentBlockIndex": 0}
                yield _chunk({"contentBlockDelta": delta})
        finally:
            getattr(pieces, "close", lambda: None)()
        yield _chunk({"messageStop": {"stopReason": "end_turn"}})
        yield _chunk({"metadata": {"usage": {"inputTokens": 9, "outputTokens": 4}}})


def _converse_events(reply: Reply, number: int) -> Iterator[JSON]:
    blocks, stop = reply
    yield {"messageStart": {"role": "assistant"}}
    for place, block in enumerate(blocks):
        if isinstance(block, str):
            for begin in range(0, len(block), 8):
                delta = {"text": block[begin : begin + 8]}
                yield {"contentBlockDelta": {"delta": delta, "contentBlockIndex": place}}
        else:
            name, written = block
            start = {"toolUse": {"toolUseId": f"use-{number}-{place}", "name": name}}
            yield {"contentBlockStart": {"start": start, "contentBlockIndex": place}}
            input_ = {"toolUse": {"input": written}}
            yield {"contentBlockDelta": {"delta": input_, "contentBlockIndex": place}}
        yield {"contentBlockStop": {"contentBlockIndex": place}}
    yield {"messageStop": {"stopReason": stop}}
    usage = {"inputTokens": 9, "outputTokens": 4, "totalTokens": 13}
    yield {"metadata": {"usage": usage, "metrics": {"latencyMs": 1}}}


def _chunk(body: JSON) -> JSON:
    return {"chunk": {"bytes": json.dumps(body).encode()}}


def settings(**more: Any) -> Settings:
    usual: dict[str, Any] = {
        "knowledge_base_id": "ABCDEFGHIJ",
        "data_source_id": "ABCDEFGHIJ",
        "documents_bucket": "documents",
        "conversations_bucket": BUCKET,
        "auth": "local",
    }
    return Settings(**(usual | more))


@contextmanager
def behind(backend: Backend, folder: Path) -> Iterator[Home]:
    """The backend, served; boto3 leads to it in here."""
    with serving(folder, backend.handlers()) as home, pytest.MonkeyPatch.context() as patch:
        home.s3.create_bucket(Bucket=BUCKET)
        for service in SERVICES:
            patch.setenv(f"AWS_ENDPOINT_URL_{service}", home.server.url)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        yield home


def called(settings: Settings, meter: Meter | None = None) -> TestClient:
    """The application, called without a socket in between."""
    app = application(clients(settings.deadline_seconds), settings, meter)
    return TestClient(app, "http://127.0.0.1", raise_server_exceptions=False)


def parts_of(lines: Iterable[str]) -> list[JSON]:
    """The parts of a stream. It has to end as streams end: one terminal part, then `[DONE]`."""
    data = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
    assert data[-1] == "[DONE]"
    parts: list[JSON] = [json.loads(one) for one in data[:-1]]
    assert [part["type"] in ("finish", "error") for part in parts].index(True) == len(parts) - 1
    return parts


@contextmanager
def without_clients(**more: Any) -> Iterator[TestClient]:
    """An application whose clients do not even exist: nothing may get that far."""
    nobody: Any = dict.fromkeys(field.name for field in fields(Clients))
    app = application(Clients(**nobody), settings(**more))
    with TestClient(app, "http://127.0.0.1", raise_server_exceptions=False) as http:
        yield http
