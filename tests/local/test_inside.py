"""What goes on inside the stand-in's models, as the application asks for it."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from app.errors import InvalidRequest, Unavailable
from app.inside import look_inside
from app.local import inside
from app.local.engine import Engine, load
from tests import http_calls
from tests.web.backend import without_clients
from tests.wire_server import serving

TEXT = "Quartz has a hardness of 7. It is found in granite. Talc has a hardness of 1."
QUESTION = {"question": "How hard is quartz?", "passages": [TEXT]}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    trades = load(tmp_path_factory.mktemp("stores"))
    yield trades
    trades.close()


@pytest.fixture(scope="module")
def url(engine: Engine) -> Iterator[str]:
    with serving({}, endpoints=inside.endpoints(engine)) as server:
        yield server.url


def told(url: str, what: str, **body: Any) -> Any:
    return json.loads(look_inside(url, what, body))


def test_the_numbers_are_the_encoders(engine: Engine, url: str) -> None:
    view = told(url, "inside", text="How hard is quartz?")
    attention = np.array(view["attention"])
    size = len(view["tokens"])
    assert attention.shape == (view["layers"], view["heads"], size, size) == (6, 12, size, size)
    np.testing.assert_allclose(attention.sum(axis=-1), 1, atol=1e-4)
    assert np.array(view["positions"]).shape == (size, engine.encoder.dimension)
    [vector] = engine.encoder.encode(["How hard is quartz?"])
    np.testing.assert_allclose(view["vector"], vector, atol=1e-6)


def test_candidates_are_reshaped_as_the_writer_draws_them(url: str) -> None:
    shown = told(url, "candidates", **QUESTION, temperature=1)
    assert shown["isAnswered"]
    first, *others = shown["candidates"]
    assert first["text"] == "Quartz has a hardness of 7."
    assert sum(each["drawn"] for each in shown["candidates"]) == pytest.approx(1, abs=1e-5)
    hot = told(url, "candidates", **QUESTION, temperature=2)["candidates"]
    assert hot[0]["drawn"] < first["drawn"] == first["likelihood"]
    cut = told(url, "candidates", **QUESTION, temperature=1, topK=1)["candidates"]
    assert [each["drawn"] for each in cut] == [1, *[None] * len(others)]
    cold = told(url, "candidates", **QUESTION)["candidates"]
    assert cold[0]["drawn"] == 1


@pytest.mark.parametrize(
    ("what", "body", "field"),
    [
        ("inside", {}, "text"),
        ("inside", {"text": " "}, "text"),
        ("inside", {"text": "rock " * 63}, "text"),
        ("candidates", {"question": "Why?", "passages": []}, "passages"),
        ("candidates", {"question": "Why?", "passages": [1]}, "passages"),
        ("candidates", {"question": 3, "passages": ["a"]}, "question"),
        ("candidates", QUESTION | {"temperature": 3}, "temperature"),
        ("candidates", QUESTION | {"topP": "x"}, "topP"),
        ("candidates", QUESTION | {"topK": 1.5}, "topK"),
    ],
)
def test_what_cannot_be_shown_is_refused_by_name(
    url: str, what: str, body: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidRequest) as error:
        look_inside(url, what, body)
    assert error.value.field == field


def test_a_page_cannot_look_inside(url: str) -> None:

    answer = http_calls.post(
        f"{url}/_outcrop/inside", json={"text": "a"}, headers={"origin": "https://evil.example"}
    )
    assert answer.status_code == 403


def test_a_stand_in_that_is_gone_is_said() -> None:
    with serving({}) as server:
        gone = server.url
    with pytest.raises(Unavailable):
        look_inside(gone, "inside", {"text": "a"})


def test_the_application_shows_them_where_it_is_told_the_address(url: str) -> None:
    with without_clients(inside_url=url) as http:
        view = http.post("/inside", json={"text": "granite"}).json()
        assert [token["name"] for token in view["tokens"]] == ["[CLS]", "granite", "[SEP]"]
        drawn = http.post("/inside/candidates", json=QUESTION | {"topK": 2, "temperature": 1})
        assert [each["drawn"] is None for each in drawn.json()["candidates"]][:3] == [
            *(False, False, True),
        ]
        answer = http.post("/inside", json={"text": "rock " * 63})
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "text"
        assert http.get("/config.json").json()["inside"] is True


def test_a_stack_has_nothing_to_look_into() -> None:
    with without_clients() as http:
        assert _status(http) == 404
        assert http.get("/config.json").json()["inside"] is False


def _status(http: TestClient) -> int:
    return http.post("/inside", json={"text": "granite"}).status_code
