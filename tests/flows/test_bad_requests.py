"""Whatever is sent, a refusal names the field and the rule."""

import pytest

from tests.flows.home import Home, Json

REFUSED: dict[str, tuple[str, Json, str, str]] = {
    "no message": ("/chat", {}, "message", "Field required"),
    "empty": ("/chat", {"message": "  "}, "message", "at least 1 character"),
    "over-long": ("/chat", {"message": "x" * 10_001}, "message", "at most 10000 characters"),
    "unknown field": ("/chat", {"message": "x", "temprature": 1}, "temprature", "not permitted"),
    "wrong type": ("/chat", {"message": 7}, "message", "valid string"),
    "unknown model": ("/chat", {"message": "x", "model": "claud"}, "model", "not a text model"),
    "bad conversation": (
        "/chat", {"message": "x", "conversationId": "../x"}, "conversationId", "pattern",
    ),
    "no messages": ("/chat/stream", {"id": "a", "messages": []}, "messages", "at least 1 item"),
    "an answer as the question": (
        "/chat/stream",
        {"id": "a", "messages": [{"id": "m", "role": "assistant", "parts": []}]},
        "messages",
        "has to be the user's",
    ),
    "too many results": ("/search", {"query": "x", "limit": 101}, "limit", "less than or equal"),
    "unknown search": (
        "/search", {"query": "x", "searchType": "BM25"}, "searchType", "'HYBRID' or 'SEMANTIC'",
    ),
}  # fmt: skip
AS_JSON = {"content-type": "application/json"}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_names_the_field_and_the_rule(home: Home, case: str) -> None:
    path, body, field, rule = REFUSED[case]
    problem = home.problem("POST", path, body)
    assert problem["status"] == 400
    [violation] = problem["errors"]
    assert violation["field"] == field
    assert rule in violation["rule"]


def test_malformed_json_is_said_to_be_malformed(home: Home) -> None:
    problem = home.problem("POST", "/chat", content=b'{"message": ', headers=AS_JSON)
    assert (problem["status"], problem["errors"][0]["field"]) == (400, "body")
    assert "JSON" in problem["detail"]


@pytest.mark.parametrize("content", [b"[" * 60_000, b"\xff\xfe", b"null", b'"x"', b"[1]"])
def test_what_is_no_question_at_all_is_refused_as_one(home: Home, content: bytes) -> None:
    for path in ("/chat", "/chat/stream", "/search"):
        problem = home.problem("POST", path, content=content, headers=AS_JSON)
        assert problem["status"] == 400


@pytest.mark.parametrize("path", ["/chat", "/chat/stream", "/documents"])
def test_a_body_over_the_limit_is_refused(home: Home, path: str) -> None:
    body = b'{"message": "' + b"x" * 300_000 + b'"}'
    whole = home.problem("POST", path, content=body, headers=AS_JSON)
    assert whole["status"] == 413
    pieces = (body[start : start + 10_000] for start in range(0, len(body), 10_000))
    unknown = home.problem("POST", path, content=pieces, headers=AS_JSON)
    assert unknown["status"] == 413, "also where no length was declared"


def test_a_filter_that_cannot_be_is_refused(home: Home) -> None:
    filters: list[Json] = [
        {"equals": {"key": "a"}},
        {"nearly": {"key": "a", "value": 1}},
        {"andAll": []},
    ]
    for bad in filters:
        problem = home.problem("POST", "/search", {"query": "x", "filter": bad})
        assert problem["status"] == 400


def test_what_is_not_there_is_not_found(home: Home) -> None:
    for path in (
        "/documents/bm90aGVyZS5tZA",
        "/documents/%21%21",
        "/conversations/none",
        "/nowhere",
    ):
        assert home.problem("GET", path)["status"] == 404
    assert home.problem("PUT", "/chat")["status"] == 405


def test_a_request_id_is_kept_if_it_is_well_formed(home: Home) -> None:
    response = home.http.get("/healthz", headers={"x-request-id": "trace-1"})
    assert response.headers["x-request-id"] == "trace-1"
    forged = home.http.get("/healthz", headers={"x-request-id": "a b"})
    assert forged.headers["x-request-id"] != "a b"


def test_the_application_says_whether_it_is_alive_and_ready(home: Home) -> None:
    assert home.call("GET", "/healthz") == {"status": "alive"}
    assert home.call("GET", "/readyz") == {"status": "ready"}


def test_the_models_are_those_that_bedrock_offers_too(home: Home) -> None:
    models = home.call("GET", "/models")
    by_id = {model["id"]: model for model in models["items"]}
    assert by_id[models["default"]]["offered"]
    assert by_id[models["default"]]["streams"]
    sonnet = by_id["anthropic.claude-sonnet-4-6"]
    assert sonnet["needsInferenceProfile"]
    assert sonnet["inferenceProfiles"] == [f"us.{sonnet['id']}", f"global.{sonnet['id']}"]
