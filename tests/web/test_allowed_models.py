"""With OUTCROP_MODELS, what may be called is offered, and nothing else is."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.models import MODELS
from app.models.allowed import check_setting
from app.settings import WrongSettings
from tests.web.backend import ASKED, behind, called, settings
from tests.web.test_routes import Everything

DEFAULT = "amazon.nova-lite-v1:0"
PROFILE = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
EMBEDDING = "amazon.titan-embed-text-v2:0"


@pytest.fixture(scope="module")
def backend() -> Everything:
    return Everything()


@pytest.fixture(scope="module")
def http(backend: Everything, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with (
        behind(backend, tmp_path_factory.mktemp("home")),
        called(settings(models=PROFILE, embedding_model_id=EMBEDDING)) as http,
    ):
        yield http


def test_what_is_offered_may_be_called(http: TestClient) -> None:
    models = http.get("/models").json()
    assert models["default"] == DEFAULT
    shown = [
        (each["id"], each["needsInferenceProfile"], each["inferenceProfiles"])
        for each in models["items"]
    ]
    assert sorted(shown) == [
        (DEFAULT, False, []),
        ("anthropic.claude-haiku-4-5-20251001-v1:0", True, [PROFILE]),
    ]
    listed = [each["id"] for each in http.get("/v1/models").json()["data"]]
    assert listed == [DEFAULT, PROFILE, EMBEDDING]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/chat", ASKED | {"model": "amazon.nova-pro-v1:0"}),
        ("/chat/stream", ASKED | {"model": "anthropic.claude-haiku-4-5-20251001-v1:0"}),
        (
            "/v1/chat/completions",
            {"model": "amazon.nova-pro-v1:0", "messages": [{"role": "user", "content": "?"}]},
        ),
        ("/v1/embeddings", {"model": "cohere.embed-english-v3", "input": ["a"]}),
    ],
)
def test_another_model_is_refused_with_those_that_may_be_called(
    http: TestClient, backend: Everything, path: str, body: Any
) -> None:
    backend.calls.clear()
    answer = http.post(path, json=body)
    assert answer.status_code == 400
    problem = answer.json()
    rule = problem["error"]["message"] if path.startswith("/v1") else problem["detail"]
    assert body["model"] in rule
    for each in (EMBEDDING,) if path == "/v1/embeddings" else (DEFAULT, PROFILE):
        assert each in rule
    field = problem["error"]["param"] if path.startswith("/v1") else problem["errors"][0]["field"]
    assert field == "model"
    assert not backend.calls


def test_the_default_needs_not_be_named(http: TestClient) -> None:
    assert http.post("/chat", json=ASKED).status_code == 200
    assert http.post("/chat", json=ASKED | {"model": DEFAULT}).status_code == 200


def test_a_setting_of_unknown_models_stops_the_start() -> None:
    check_setting(settings(models=PROFILE, embedding_model_id=EMBEDDING))
    check_setting(settings(models=",".join(each.id for each in MODELS)))
    check_setting(settings())
    with pytest.raises(WrongSettings, match="OUTCROP_MODELS=amazon"):
        check_setting(settings(models=f"{PROFILE},amazon.nova-lite"))
    with pytest.raises(WrongSettings, match="OUTCROP_EMBEDDING_MODEL_ID"):
        check_setting(settings(embedding_model_id=DEFAULT))


def test_one_setting_leaves_the_other_as_it_was(
    backend: Everything, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with behind(backend, tmp_path_factory.mktemp("home")):
        with called(settings(models=PROFILE)) as http:
            listed = [each["id"] for each in http.get("/v1/models").json()["data"]]
            assert listed[:2] == [DEFAULT, PROFILE]
        with called(settings(embedding_model_id=EMBEDDING)) as http:
            listed = [each["id"] for each in http.get("/v1/models").json()["data"]]
            assert listed[-1] == EMBEDDING
            assert PROFILE not in listed, "this Region does not list it"
