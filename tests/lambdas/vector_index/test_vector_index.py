"""The custom resource, with opensearch-py against a server that answers as OpenSearch does."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opensearchpy import OpenSearch, RequestError

from lambdas.cloudformation import LONGEST_REASON
from lambdas.vector_index import opensearch
from lambdas.vector_index.handler import handler
from lambdas.vector_index.index import VectorIndex
from lambdas.vector_index.opensearch import GaveUp, OtherIndex, Patience
from tests.lambdas.vector_index.answering import CUT, Answering, answering

JSON = dict[str, Any]
INDEX = VectorIndex(1024)
CREATED = (200, {"acknowledged": True, "shards_acknowledged": True, "index": "outcrop"})
HITS = (200, {"hits": {"total": {"value": 0, "relation": "eq"}, "hits": []}})
FORBIDDEN = (403, {"status": 403, "error": {"reason": "Forbidden", "type": "Forbidden"}})


def error(status: int, kind: str) -> tuple[int, JSON]:
    cause = {"type": kind, "reason": f"{kind}, it says", "index": "outcrop"}
    return status, {"error": {"root_cause": [cause], **cause}, "status": status}


EXISTS = error(400, "resource_already_exists_exception")
MISSING = error(404, "index_not_found_exception")
BROKEN = error(400, "mapper_parsing_exception")


def there(index: VectorIndex) -> tuple[int, JSON]:
    """As OpenSearch shows an index that is there."""
    return 200, {"outcrop": {"aliases": {}, **index.body()}}


@dataclass
class Clock:
    """Time that passes only when somebody sleeps."""

    seconds: float = 0
    pauses: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds

    def patience(self, until: float = 60) -> Patience:
        return Patience(until, self.now, self.sleep)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def node() -> Iterator[Answering]:
    with answering() as server:
        yield server


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "local")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")


@pytest.fixture
def client(node: Answering) -> Iterator[OpenSearch]:
    with opensearch.connect(node.url, "aoss") as client:
        yield client


def test_an_index_is_created_as_bedrock_needs_it(
    node: Answering, client: OpenSearch, clock: Clock
) -> None:
    node.enqueue(CREATED)
    opensearch.create(client, "outcrop", INDEX, clock.patience())
    assert node.requests == ["PUT /outcrop"]
    assert node.asked[0].body == {
        "settings": {"index": {"knn": True}},
        "mappings": {
            "properties": {
                "vector": {
                    "type": "knn_vector",
                    "dimension": 1024,
                    "method": {
                        "name": "hnsw",
                        "engine": "faiss",
                        "space_type": "l2",
                        "parameters": {"ef_construction": 128, "m": 24},
                    },
                },
                "text": {"type": "text", "index": True},
                "metadata": {"type": "text", "index": False},
            }
        },
    }
    assert clock.pauses == []


@pytest.mark.parametrize("service", ["aoss", "es"])
def test_requests_are_signed_for_the_service_with_the_hash_of_their_body(
    node: Answering, service: str, clock: Clock
) -> None:
    node.enqueue(CREATED)
    with opensearch.connect(node.url, service) as client:
        opensearch.create(client, "outcrop", INDEX, clock.patience())
    headers = node.asked[0].headers
    assert f"/eu-west-1/{service}/aws4_request" in headers["authorization"]
    assert "x-amz-content-sha256" in headers["authorization"]
    assert len(headers["x-amz-content-sha256"]) == 64
    assert headers["x-amz-security-token"] == "local"


@pytest.mark.parametrize(
    "not_yet",
    [FORBIDDEN, (401, {}), MISSING, (429, {}), (500, {}), (503, {}), (CUT, None)],
    ids=lambda answer: str(answer[0]),
)
def test_creating_an_index_is_tried_again_until_permissions_take_effect(
    not_yet: tuple[int, Any], node: Answering, client: OpenSearch, clock: Clock
) -> None:
    node.enqueue(*[not_yet] * 6, CREATED)
    opensearch.create(client, "outcrop", INDEX, clock.patience())
    assert clock.pauses == [1, 2, 4, 8, 15, 15]
    assert node.requests == ["PUT /outcrop"] * 7


def test_patience_ends_before_the_deadline_and_says_what_was_last_heard(
    node: Answering, client: OpenSearch, clock: Clock
) -> None:
    node.enqueue(*[FORBIDDEN] * 5)
    with pytest.raises(GaveUp, match=r"last said: AuthorizationException\(403, 'Forb"):
        opensearch.create(client, "outcrop", INDEX, clock.patience(until=20))
    assert clock.pauses == [1, 2, 4, 8]  # a fifth pause would end at 30


def test_an_index_that_opensearch_refuses_is_not_tried_again(
    node: Answering, client: OpenSearch, clock: Clock
) -> None:
    node.enqueue(BROKEN)
    with pytest.raises(RequestError, match="mapper_parsing_exception, it says"):
        opensearch.create(client, "outcrop", INDEX, clock.patience())
    assert clock.pauses == []


def test_the_same_index_is_taken_and_another_is_an_error_that_names_both(
    node: Answering, client: OpenSearch, clock: Clock
) -> None:
    node.enqueue(EXISTS, MISSING, there(INDEX))
    opensearch.create(client, "outcrop", INDEX, clock.patience())
    assert node.requests == ["PUT /outcrop", "GET /outcrop", "GET /outcrop"]
    node.enqueue(EXISTS, there(VectorIndex(512, engine="lucene", space_type="cosinesimil")))
    with pytest.raises(OtherIndex) as raised:
        opensearch.create(client, "outcrop", INDEX, clock.patience())
    assert str(raised.value) == (
        "There is an index outcrop already, and it is another: dimension is 512 and should be "
        "1024; engine is lucene and should be faiss; space type is cosinesimil and should be l2. "
        "Delete it, or give this one another name."
    )


def test_an_index_that_opensearch_has_made_by_itself_is_another() -> None:
    """A document that was put before the index was made: a vector is then a list of floats."""
    fields = {"vector": {"type": "float"}, "text": {"type": "keyword", "index": "false"}}
    assert INDEX.differences({"properties": fields}) == [
        "type of vector is float and should be knn_vector",
        "type of text is keyword and should be text",
        "searchability of text is false and should be true",
        "type of metadata is missing and should be text",
    ]


def test_the_space_type_is_read_beside_the_method_too() -> None:
    mappings = INDEX.body()["mappings"]
    del mappings["properties"]["vector"]["method"]["space_type"]
    assert INDEX.differences(mappings) == []
    mappings["properties"]["vector"]["space_type"] = "innerproduct"
    assert INDEX.differences(mappings) == ["space type is innerproduct and should be l2"]


indexes = st.builds(
    VectorIndex,
    dimension=st.integers(1, 16000),
    engine=st.sampled_from(["faiss", "lucene"]),
    space_type=st.sampled_from(["l2", "cosinesimil", "innerproduct"]),
)


@given(indexes, indexes)
def test_an_index_differs_from_all_but_itself(one: VectorIndex, other: VectorIndex) -> None:
    differences = one.differences(other.body()["mappings"])
    assert (differences == []) == (one == other)


def test_a_collections_searches_have_to_succeed_in_a_row(
    node: Answering, client: OpenSearch, clock: Clock
) -> None:
    node.enqueue(MISSING, HITS, HITS, MISSING, *[HITS] * 10)
    opensearch.await_searches(client, "outcrop", INDEX, "aoss", clock.patience())
    assert node.requests == ["POST /outcrop/_search"] * 14
    knn = node.asked[0].body["query"]["knn"]["vector"]
    assert (len(knn["vector"]), knn["k"]) == (1024, 1)
    assert clock.pauses == [1, 3, 3, 2, *[3] * 9]


def test_searches_that_succeed_too_slowly_end_in_time_too(
    node: Answering, client: OpenSearch, clock: Clock
) -> None:
    node.enqueue(HITS, HITS)
    with pytest.raises(GaveUp, match="found 2 times in a row"):
        opensearch.await_searches(client, "outcrop", INDEX, "aoss", clock.patience(until=5))
    assert clock.seconds == 3


def test_an_index_is_deleted_once_it_may_be_and_one_that_is_not_there_is(
    node: Answering, client: OpenSearch, clock: Clock
) -> None:
    node.enqueue(FORBIDDEN, (200, {"acknowledged": True}), MISSING)
    opensearch.delete(client, "outcrop", clock.patience())
    opensearch.delete(client, "outcrop", clock.patience())
    assert node.requests == ["DELETE /outcrop"] * 3


# the whole function: CloudFormation's event in, its answer out


@pytest.fixture
def cloudformation() -> Iterator[Answering]:
    with answering() as server:
        yield server


@dataclass
class Deployment:
    """CloudFormation's side: sends events, and reads what it is told. Beside the margin for the
    answer there is no time to try anything twice.
    """

    node: Answering
    told: Answering

    def send(self, kind: str, physical_id: str | None = None, **changes: str) -> JSON:
        self.told.enqueue((200, {}))
        event: JSON = {
            "RequestType": kind,
            "ResponseURL": f"{self.told.url}/answer?signature=x",
            "StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/Outcrop/1",
            "RequestId": "a-request",
            "LogicalResourceId": "Index",
            "ResourceType": "Custom::VectorIndex",
            "ResourceProperties": {
                "ServiceToken": "arn:aws:lambda:eu-west-1:123456789012:function:index",
                "Service": "es",
                "Endpoint": self.node.url,
                "IndexName": "outcrop",
                "Dimension": "1024",
                "Engine": "faiss",
                "SpaceType": "l2",
                "VectorField": "vector",
                "TextField": "text",
                "MetadataField": "metadata",
            }
            | changes,
        }
        if physical_id:
            event["PhysicalResourceId"] = physical_id
        handler(event, SimpleNamespace(get_remaining_time_in_millis=lambda: 30_500))
        answer: JSON = self.told.asked[-1].body
        return answer


@pytest.fixture
def deployment(node: Answering, cloudformation: Answering) -> Deployment:
    return Deployment(node, cloudformation)


def test_a_resource_is_created_and_deleted(deployment: Deployment) -> None:
    node = deployment.node
    node.enqueue(CREATED, HITS)
    response = deployment.send("Create")
    name = f"outcrop@{node.url.removeprefix('http://')}"
    assert response == {
        "Status": "SUCCESS",
        "Reason": "",
        "PhysicalResourceId": name,
        "Data": {"IndexName": "outcrop"},
        "StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/Outcrop/1",
        "RequestId": "a-request",
        "LogicalResourceId": "Index",
    }
    answer = deployment.told.asked[0]
    assert (str(answer), answer.headers["content-type"]) == ("PUT /answer?signature=x", "")
    node.enqueue((200, {"acknowledged": True}))
    assert deployment.send("Delete", name)["Status"] == "SUCCESS"
    assert node.requests == ["PUT /outcrop", "POST /outcrop/_search", "DELETE /outcrop"]


def test_the_index_of_a_nextgen_collection_names_neither_engine_nor_method(
    deployment: Deployment,
) -> None:
    """Such a collection answers 400 to both, and chooses for itself."""
    chosen = VectorIndex(1024, engine="lucene")  # a node that chooses what we would not name
    deployment.node.enqueue(CREATED, HITS, EXISTS, there(chosen), HITS)
    for _ in range(2):
        assert deployment.send("Create", Engine="")["Status"] == "SUCCESS"
    vector = deployment.node.asked[0].body["mappings"]["properties"]["vector"]
    assert vector == {"type": "knn_vector", "dimension": 1024, "space_type": "l2"}


def test_an_event_that_comes_twice_comes_to_the_same(deployment: Deployment) -> None:
    deployment.node.enqueue(CREATED, HITS, EXISTS, there(INDEX), HITS)
    assert deployment.send("Create") == deployment.send("Create")
    deployment.node.enqueue((200, {}), MISSING)
    assert deployment.send("Delete", "outcrop@x") == deployment.send("Delete", "outcrop@x")


def test_an_update_to_another_name_is_another_resource(deployment: Deployment) -> None:
    deployment.node.enqueue(CREATED, HITS, EXISTS, there(INDEX), HITS, CREATED, HITS)
    same = deployment.send("Update", deployment.send("Create")["PhysicalResourceId"])
    other = deployment.send("Update", same["PhysicalResourceId"], IndexName="second")
    assert other["PhysicalResourceId"] == same["PhysicalResourceId"].replace("outcrop", "second")


def test_an_index_that_was_there_before_is_not_deleted_by_a_rollback(
    deployment: Deployment,
) -> None:
    deployment.node.enqueue(EXISTS, there(VectorIndex(512)))
    failed = deployment.send("Create")
    assert failed["Status"] == "FAILED"
    assert "dimension is 512 and should be 1024" in failed["Reason"]
    assert deployment.send("Delete", failed["PhysicalResourceId"])["Status"] == "SUCCESS"
    assert deployment.node.requests == ["PUT /outcrop", "GET /outcrop"]


def test_what_was_made_is_deleted_when_it_could_never_be_searched(deployment: Deployment) -> None:
    deployment.node.enqueue(CREATED, MISSING, (200, {"acknowledged": True}))
    failed = deployment.send("Create")
    assert (failed["Status"], failed["Reason"][:8]) == ("FAILED", "GaveUp: ")
    assert deployment.send("Delete", failed["PhysicalResourceId"])["Status"] == "SUCCESS"
    assert deployment.node.requests[-1] == "DELETE /outcrop"


def test_a_property_that_is_wrong_is_named(deployment: Deployment) -> None:
    failed = deployment.send("Create", Dimension="many")
    assert (failed["Status"], failed["PhysicalResourceId"]) == ("FAILED", "nothing")
    assert failed["Reason"] == "ValueError: invalid literal for int() with base 10: 'many'"


def test_an_answer_is_short_enough_and_is_sent_again(deployment: Deployment) -> None:
    deployment.node.enqueue(error(400, "é" * 5000))
    deployment.told.enqueue((503, {}))
    failed = deployment.send("Create")
    assert len(failed["Reason"]) == LONGEST_REASON
    assert int(deployment.told.asked[-1].headers["content-length"]) < 4096
    assert len(deployment.told.asked) == 2
