"""Ready means that questions are answered. While the store is rebuilt, no answer abstains."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.local.wire import JSON, Call, ServiceError
from tests.web.backend import ASKED, Backend, behind, called, settings

REBUILDING = "The store was lost, and is rebuilt from its documents: 2 are still to be indexed."
DESCRIPTION: JSON = {
    "knowledgeBaseId": "ABCDEFGHIJ",
    "name": "documents",
    "knowledgeBaseArn": "arn:aws:bedrock:us-east-1:123456789012:knowledge-base/ABCDEFGHIJ",
    "roleArn": "arn:aws:iam::123456789012:role/documents",
    "knowledgeBaseConfiguration": {"type": "MANAGED"},
    "createdAt": datetime(2026, 1, 1, tzinfo=UTC),
    "updatedAt": datetime(2026, 1, 1, tzinfo=UTC),
}


@dataclass
class Base(Backend):
    """A Knowledge Base with a status; unless it is ACTIVE, Retrieve is refused."""

    status: str = "ACTIVE"

    def handlers(self) -> dict[str, Any]:
        return super().handlers() | {"bedrock-agent": {"GetKnowledgeBase": self.describe}}

    def describe(self, _: Call) -> JSON:
        return {"knowledgeBase": DESCRIPTION | {"status": self.status}}

    def retrieve(self, call: Call) -> JSON:
        if self.status != "ACTIVE":
            raise ServiceError("DependencyFailedException", REBUILDING)
        return super().retrieve(call)


@pytest.fixture(scope="module")
def base() -> Base:
    return Base()


@pytest.fixture(scope="module")
def http(base: Base, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with behind(base, tmp_path_factory.mktemp("home")) as home, called(settings()) as http:
        home.s3.create_bucket(Bucket="documents")
        yield http


@pytest.mark.parametrize("status", ["CREATING", "UPDATING", "DELETING", "FAILED"])
def test_a_base_that_is_not_active_is_not_ready(http: TestClient, base: Base, status: str) -> None:
    base.status = status
    answer = http.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert status in answer.json()["detail"]
    assert http.get("/healthz").status_code == 200
    base.status = "ACTIVE"
    assert http.get("/readyz").json() == {"status": "ready"}


def test_a_base_that_is_rebuilt_is_said_to_be_and_the_model_is_not_asked(
    http: TestClient, base: Base
) -> None:
    base.status = "UPDATING"
    base.calls.clear()
    answer = http.post("/chat", json=ASKED)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "rebuilt" in answer.json()["detail"]
    assert not base.asked("InvokeModel")
    assert not base.asked("InvokeModelWithResponseStream")
    base.status = "ACTIVE"
    assert http.post("/chat", json=ASKED).status_code == 200
