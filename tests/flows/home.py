"""The home that a flow is tested in: the laptop's, or the caller's AWS account.

pytest tests/flows                 the stand-in, in this process, behind real HTTP
pytest tests/flows --home=aws      the account that boto3 finds, by the same tests: the
                                   OUTCROP_* settings say which resources. Tests that order
                                   faults are left out: an account takes no orders.
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from starlette.testclient import TestClient

from app.aws import Clients, clients, deployer
from app.deploy.endpoint import endpoint_variables, misleading_names
from app.deploy.laptop.provision import provision
from app.documents.names import document_id
from app.local.faults import Fault, Faults
from app.local.stand_in import Options, StandIn
from app.local.wire import Application, Service
from app.settings import Settings, adopt, read, variables
from app.web import application
from tests import http_calls
from tests.wire_server import in_thread

Json = dict[str, Any]
SECONDS = 30
"""How long a test waits for what has to happen sooner or later."""


@dataclass
class Home:
    """An application under test, called over HTTP, and what stands behind it.

    Attributes:
        aws: what the application calls AWS with, for what other callers of AWS may do meanwhile.
        faults: takes orders for the stand-in's bad days; None where AWS stands behind it.
        variables: what leads another process to the same home.
    """

    settings: Settings
    http: TestClient
    aws: Clients
    faults: Faults | None
    variables: Mapping[str, str] = field(default_factory=dict)

    def order(self, *faults: Fault) -> None:
        """Let these faults strike; where that is impossible, skip the test."""
        if self.faults is None:
            pytest.skip("an AWS account takes no orders for faults")
        self.faults.add(*faults)

    def call(self, method: str, path: str, body: Json | None = None, **more: Any) -> Json:
        """The JSON that a call is answered with; the call has to succeed."""
        response = self.http.request(method, path, json=body, **more)
        assert response.is_success, response.text
        answer: Json = response.json() if response.content else {}
        return answer

    def problem(self, method: str, path: str, body: Json | None = None, **more: Any) -> Json:
        """The problem that a call is answered with; the call has to fail, in our own words."""
        response = self.http.request(method, path, json=body, **more)
        assert response.is_error, response.text
        assert response.headers["content-type"] == "application/problem+json"
        problem: Json = response.json()
        assert problem["status"] == response.status_code
        assert problem["requestId"] == response.headers["x-request-id"]
        return problem

    def stream(self, body: Json) -> list[Json]:
        """The parts of a streamed answer; the stream has to end as a stream ends."""
        with self.http.stream("POST", "/chat/stream", json=body) as response:
            assert response.status_code == 200, response.read()
            assert response.headers["x-vercel-ai-ui-message-stream"] == "v1"
            lines = [line for line in response.iter_lines() if line.startswith("data: ")]
        assert lines[-1] == "data: [DONE]"
        parts = [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]
        assert [part["type"] in ("finish", "error") for part in parts].index(True) == len(parts) - 1
        return parts

    def put(self, name: str, content: bytes | str, **metadata: Any) -> Json:
        """A document, uploaded and dealt with by the Knowledge Base."""
        self.upload(name, content, **metadata)
        return self.until(name, lambda _: True)

    def upload(self, name: str, content: bytes | str, **metadata: Any) -> None:
        form = self.call("POST", "/documents", {"name": name, "metadata": metadata or None})
        data = content.encode() if isinstance(content, str) else content
        answer = http_calls.post(form["url"], data=form["fields"], files={"file": (name, data)})
        assert answer.is_success, answer.text

    def document(self, name: str) -> Json:
        response = self.http.get(f"/documents/{document_id(name)}")
        return response.json() if response.is_success else {}

    def until(self, name: str, condition: Any, seconds: float = SECONDS) -> Json:
        """The document, once it is dealt with and the condition holds."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            document = self.document(name)
            if document.get("status") in ("INDEXED", "FAILED") and condition(document):
                return document
            time.sleep(0.02)
        raise AssertionError(f"{name} is not dealt with after {seconds} s: {document}")

    def gone(self, name: str) -> None:
        """Returns once a document is gone, verified."""
        deadline = time.monotonic() + SECONDS
        while self.http.get(f"/documents/{document_id(name)}").status_code != 404:
            assert time.monotonic() < deadline, f"{name} is still there after {SECONDS} s"
            time.sleep(0.02)


def provisioned() -> Settings:
    """The resources that the application needs, and no more."""
    return provision(clients(SECONDS), deployer(SECONDS))


@contextmanager
def laptop(
    folder: Path,
    deploy: Callable[[], Settings] = provisioned,
    more: Mapping[str, Service] | None = None,
    **options: Any,
) -> Iterator[Home]:
    """A home in a folder, as `outcrop up` would serve it, in this process.

    Args:
        deploy: makes the resources; boto3 leads to the stand-in while it does.
        more: handlers of operations that the stand-in lacks.
    """
    with ExitStack() as stack:
        stand_in = stack.enter_context(StandIn(Options(folder, **options)))
        faults = Faults()
        services = {
            name: {**service, **(more or {}).get(name, {})}
            for name, service in stand_in.services.items()
        }
        wire = Application(services, folder / "spool", faults, stand_in.endpoints)
        url, _ = stack.enter_context(in_thread(wire))
        stand_in.start(url)
        with patch.dict(os.environ):
            adopt(endpoint_variables(url), dropped=misleading_names(os.environ))
            home = _home(deploy(), stack, faults)
        yield replace(home, variables=endpoint_variables(url) | variables(home.settings))


@contextmanager
def account() -> Iterator[Home]:
    """The account that boto3 finds."""
    with ExitStack() as stack:
        yield _home(read(Settings), stack, None)


def _home(settings: Settings, stack: ExitStack, faults: Faults | None) -> Home:
    aws = clients(settings.deadline_seconds)
    app = application(aws, settings)
    http = stack.enter_context(TestClient(app, "http://127.0.0.1", raise_server_exceptions=False))
    return Home(settings, http, aws, faults)


def text_of(parts: list[Json]) -> str:
    return "".join(part["delta"] for part in parts if part["type"] == "text-delta")


def data_of(parts: list[Json], kind: str) -> list[Json]:
    return [part["data"] for part in parts if part["type"] == f"data-{kind}"]


def metadata_of(parts: list[Json], kind: str) -> Mapping[str, Any]:
    metadata: Mapping[str, Any] = next(
        part["messageMetadata"] for part in parts if part["type"] == kind
    )
    return metadata
