"""Rerankers through InvokeModel, and with boto3 on the other side."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from app.local import bedrock_runtime
from app.local.bedrock import foundation_models
from app.local.bedrock_runtime.bodies import RERANKERS, InvalidBody
from tests.local.engines import engine_of
from tests.wire_server import serving

DOCUMENTS = ["the owl is grey", "a fox digs a den", "the den of the red fox"]
BODY = {"query": "red fox", "documents": DOCUMENTS}
COHERE = "cohere.rerank-v3-5:0"


def by_length(question: str, texts: Sequence[str]) -> list[float]:
    assert question == BODY["query"]
    return [len(text) / 100 for text in texts]


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    handlers = bedrock_runtime.handlers(engine_of(), foundation_models)
    with serving({"bedrock-runtime": handlers}) as server:
        yield server.client("bedrock-runtime")


def test_a_rerankers_body_names_the_best_documents_first(client: Any) -> None:
    body = json.dumps(BODY | {"api_version": 2, "top_n": 2})
    reply = client.invoke_model(modelId=COHERE, body=body)
    results = json.loads(reply["body"].read())["results"]
    assert [one["index"] for one in results] == [2, 1]
    assert 1 > results[0]["relevance_score"] > results[1]["relevance_score"] > 0


@pytest.mark.parametrize("name", RERANKERS)
def test_all_documents_are_ranked_unless_fewer_are_asked_for(name: str) -> None:
    version = {"api_version": 2} if name == "cohere-rerank" else {}
    results = RERANKERS[name](BODY | version, by_length)["results"]
    assert [one["index"] for one in results] == [2, 1, 0]
    assert results[0]["relevance_score"] == 0.22


@pytest.mark.parametrize(
    ("name", "body", "named"),
    [
        ("cohere-rerank", BODY, "required key [api_version] not found"),
        ("cohere-rerank", BODY | {"api_version": 1}, "api_version"),
        ("amazon-rerank", BODY | {"api_version": 2}, "api_version"),
        ("amazon-rerank", {"documents": DOCUMENTS}, "required key [query] not found"),
        ("amazon-rerank", BODY | {"documents": []}, "documents"),
        ("amazon-rerank", BODY | {"documents": ["x"] * 1001}, "documents"),
        ("amazon-rerank", BODY | {"top_n": 0}, "top_n"),
    ],
)
def test_a_body_that_breaks_a_rule_is_refused(name: str, body: Any, named: str) -> None:
    with pytest.raises(InvalidBody) as error:
        RERANKERS[name](body, by_length)
    assert named in error.value.message


def test_a_reranker_writes_nothing(client: Any) -> None:
    with pytest.raises(ClientError) as error:
        client.converse(modelId=COHERE, messages=[{"role": "user", "content": [{"text": "Hello"}]}])
    assert error.value.response["Error"]["Code"] == "ValidationException"
    assert not foundation_models.can_write(COHERE)
