"""bedrock: the foundation models, asked by botocore."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from app.local.bedrock import model_handlers
from app.local.bedrock.foundation_models import find, models
from app.local.bedrock_runtime.bodies import EMBEDDINGS, FAMILIES, RERANKERS
from app.local.faults import Faults
from app.local.wire import Application
from tests.wire_server import Server, in_thread

TODAY = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Not held against the model: Bedrock itself sends names longer than its model allows, and
    INFERENCE_PROFILE and VIDEO, which the model does not know."""
    services = {"bedrock": model_handlers.handlers(lambda: TODAY)}
    application = Application(services, tmp_path_factory.mktemp("spool"), Faults())
    with in_thread(application) as (url, stop):
        server = Server(url, Faults(), stop)
        yield server.client("bedrock")
        server.close()


def ids(client: Any, **filters: str) -> set[str]:
    return {one["modelId"] for one in client.list_foundation_models(**filters)["modelSummaries"]}


def test_models_are_listed_as_bedrock_tells_of_them(client: Any) -> None:
    [nova] = [
        one
        for one in client.list_foundation_models()["modelSummaries"]
        if one["modelId"] == "amazon.nova-lite-v1:0"
    ]
    assert nova == {
        "modelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
        "modelId": "amazon.nova-lite-v1:0",
        "modelName": "Nova Lite",
        "providerName": "Amazon",
        "inputModalities": ["TEXT", "IMAGE", "VIDEO"],
        "outputModalities": ["TEXT"],
        "responseStreamingSupported": True,
        "customizationsSupported": [],
        "inferenceTypesSupported": ["ON_DEMAND", "INFERENCE_PROFILE"],
        "modelLifecycle": {"status": "ACTIVE"},
    }


@pytest.mark.parametrize(
    ("filters", "there", "not_there"),
    [
        ({"byProvider": "Cohere"}, "cohere.embed-v4:0", "amazon.nova-lite-v1:0"),
        ({"byProvider": "mistral ai"}, "mistral.mistral-7b-instruct-v0:2", "cohere.embed-v4:0"),
        ({"byOutputModality": "EMBEDDING"}, "amazon.titan-embed-text-v2:0", "amazon.nova-pro-v1:0"),
        ({"byOutputModality": "TEXT"}, "amazon.nova-pro-v1:0", "amazon.titan-embed-text-v2:0"),
        ({"byInferenceType": "ON_DEMAND"}, "amazon.nova-pro-v1:0", "anthropic.claude-sonnet-5"),
        (
            {"byProvider": "Amazon", "byOutputModality": "EMBEDDING"},
            "amazon.titan-embed-text-v1",
            "cohere.embed-v4:0",
        ),
    ],
)
def test_models_are_listed_by_filter(
    client: Any, filters: dict[str, str], there: str, not_there: str
) -> None:
    model_ids = ids(client, **filters)
    assert there in model_ids
    assert not_there not in model_ids


def test_there_is_nothing_to_customise(client: Any) -> None:
    assert ids(client, byCustomizationType="FINE_TUNING") == set()


@pytest.mark.parametrize(
    "identifier",
    [
        "amazon.titan-embed-text-v2:0",
        "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0",
    ],
)
def test_one_model_is_found_by_id_and_arn(client: Any, identifier: str) -> None:
    details = client.get_foundation_model(modelIdentifier=identifier)["modelDetails"]
    assert details["modelName"] == "Titan Text Embeddings V2"
    assert details["outputModalities"] == ["EMBEDDING"]


def test_a_models_life_is_told(client: Any) -> None:
    model = "anthropic.claude-opus-4-1-20250805-v1:0"
    life = client.get_foundation_model(modelIdentifier=model)["modelDetails"]["modelLifecycle"]
    assert life["status"] == "LEGACY"
    assert life["endOfLifeTime"] == datetime(2027, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("model", "code"),
    [
        ("acme.rocket-v1:0", "ValidationException"),
        ("anthropic.claude-sonnet-4-20250514-v1:0", "ResourceNotFoundException"),
        ("anthropic.claude-v2", "ResourceNotFoundException"),
    ],
)
def test_what_is_not_there_is_an_error(client: Any, model: str, code: str) -> None:
    with pytest.raises(ClientError) as error:
        client.get_foundation_model(modelIdentifier=model)
    assert error.value.response["Error"]["Code"] == code
    assert model not in ids(client)


def test_a_model_ends_when_its_day_comes() -> None:
    model = models()["anthropic.claude-opus-4-1-20250805-v1:0"]
    assert not model.ended(datetime(2027, 1, 7, tzinfo=UTC))
    assert model.ended(datetime(2027, 1, 8, tzinfo=UTC))


@pytest.mark.parametrize(
    ("identifier", "model"),
    [
        ("us.amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0"),
        ("global.anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6"),
        ("apac.amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0"),
        ("amazon.nova-pro-v1:0:300k", "amazon.nova-pro-v1:0"),
        (
            "arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.amazon.nova-pro-v1:0",
            "amazon.nova-pro-v1:0",
        ),
    ],
)
def test_a_model_has_many_names(identifier: str, model: str) -> None:
    model_of_name = find(identifier)
    assert model_of_name is not None
    assert model_of_name.id == model


@pytest.mark.parametrize(
    "identifier",
    [
        "acme.rocket-v1:0",
        "us.acme.rocket-v1:0",
        "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123",
        "",
    ],
)
def test_a_name_of_no_model_is_none(identifier: str) -> None:
    assert find(identifier) is None


def test_every_model_has_bodies_and_streams_if_its_family_can() -> None:
    for model in models().values():
        kinds = [model.body in bodies for bodies in (FAMILIES, EMBEDDINGS, RERANKERS)]
        assert sum(kinds) == 1, model.id
        assert model.reranks == (model.body in RERANKERS), model.id
        assert model.output == (("EMBEDDING",) if model.body in EMBEDDINGS else ("TEXT",))
        assert model.streaming == (model.body in FAMILIES and model.body != "jurassic"), model.id
