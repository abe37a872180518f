"""Budgets over HTTP: refused with 429 before the first byte, warned of in the stream, shown."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from app.aws import clients
from app.budgets import Ledger
from app.budgets.limits import Limit
from app.events import Usage
from app.local.faults import Fail
from app.web import application
from app.web.principal import CONTEXT_HEADER
from tests.budgets.conftest import Clock, Open
from tests.local.home import Home
from tests.web.backend import ASKED, Backend, parts_of, settings

UNVERIFIED = "global.anthropic.claude-opus-4-5-20251101-v1:0"  # whose price is in no list
TOKENS = 13  # of an answer of the backend's
LARGE = 2000  # more than a turn reserves


def called(ledger: Ledger | None, **more: Any) -> TestClient:
    chosen = settings(deadline_seconds=20, **more)
    app = application(clients(20), chosen, ledger=ledger)
    return TestClient(app, "http://127.0.0.1", raise_server_exceptions=False)


def by(principal: str) -> dict[str, str]:
    context = '{"authorizer": {"claims": {"sub": "' + principal + '"}}}'
    return {CONTEXT_HEADER: context}


@pytest.mark.parametrize("path", ["/chat", "/chat/stream", "/v1/chat/completions"])
def test_a_question_over_the_budget_is_refused_before_a_model_is_called(
    backend: Backend, opened: Open, path: str
) -> None:
    ledger = opened(Limit("day", "tokens", TOKENS))
    ledger.reserve("ada", "model", Usage(10, 0)).settle(Usage(TOKENS, 0), failed=False)
    body: Any = ASKED
    if path.startswith("/v1"):
        body = {"model": "amazon.nova-lite-v1:0", "messages": [{"role": "user", "content": "?"}]}
    http = called(ledger, auth="api-gateway")
    answer = http.post(path, json=body, headers=by("ada"))
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == str(12 * 3600)
    assert not backend.calls
    problem = answer.json()
    if path.startswith("/v1"):
        assert problem["error"]["type"] == "rate_limit_error"
        assert problem["error"]["code"] == "budget-spent"
        return
    assert answer.headers["content-type"] == "application/problem+json"
    assert (problem["code"], problem["retryable"]) == ("budget-spent", True)
    assert problem["resetsAt"] == "2026-11-30T00:00:00Z"
    assert "13 tokens a day" in problem["detail"]
    assert "2026-11-30 00:00 UTC" in problem["detail"]


def test_a_budget_that_ends_within_a_turn_ends_the_turn_with_the_same_error(
    backend: Backend, opened: Open
) -> None:
    http = called(opened(Limit("day", "tokens", 50)))  # less than the prompt and the answer
    parts = parts_of(http.post("/chat/stream", json=ASKED).text.splitlines())
    [error] = [part["data"] for part in parts if part["type"] == "data-error"]
    assert (error["status"], error["code"]) == (429, "budget-spent")
    assert (error["retryAfter"], error["resetsAt"]) == (12 * 3600, "2026-11-30T00:00:00Z")
    assert not backend.asked("InvokeModelWithResponseStream")
    whole = http.post("/chat", json=ASKED)
    assert (whole.status_code, whole.headers["retry-after"]) == (429, str(12 * 3600))
    assert whole.json()["resetsAt"] == "2026-11-30T00:00:00Z"


@pytest.mark.usefixtures("backend")
def test_what_is_spent_is_shown_to_its_principal(opened: Open, clock: Clock) -> None:
    dollars = Limit("month", "nanodollars", 2_500_000_000)
    http = called(opened(Limit("day", "tokens", 90_000), dollars), auth="api-gateway")
    for _ in range(2):
        assert http.post("/chat", json=ASKED, headers=by("ada")).status_code == 200
    clock.pass_by(days=1)
    assert http.post("/chat", json=ASKED, headers=by("ada")).status_code == 200
    usage = http.get("/usage", headers=by("ada")).json()
    price = (9 * 0.06 + 4 * 0.24) / 1e6
    assert usage["month"] == {
        "period": "2026-11",
        "calls": 3,
        "tokens": 3 * TOKENS,
        "dollars": pytest.approx(3 * price),
        "mostTokens": None,
        "mostDollars": 2.5,
        "resets": "2026-12-01T00:00:00Z",
    }
    assert [(day["period"], day["tokens"]) for day in usage["days"]] == [
        ("2026-11-29", 2 * TOKENS),
        ("2026-11-30", TOKENS),
    ]
    today = usage["today"]
    assert (today["tokens"], today["mostTokens"]) == (TOKENS, 90_000)
    assert today["resets"] == "2026-12-01T00:00:00Z"
    assert usage["pricesAsOf"]
    other = http.get("/usage", headers=by("eve")).json()
    assert (other["month"]["tokens"], other["days"]) == (0, [])
    october = http.get("/usage?month=2026-10", headers=by("ada")).json()
    assert (october["month"]["tokens"], october["today"]) == (0, None)
    wrong = http.get("/usage?month=2026-13", headers=by("ada"))
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "month")


@pytest.mark.usefixtures("backend")
def test_calls_without_a_known_price_and_with_an_unverified_one_are_counted_apart(
    opened: Open,
) -> None:
    ledger = opened()
    for model in ("amazon.nova-lite-v1:0", "model-without-a-price", *2 * (UNVERIFIED,)):
        ledger.reserve("ada", model, Usage(10, 0)).settle(Usage(TOKENS, 0), failed=False)
    usage = called(ledger, auth="api-gateway").get("/usage", headers=by("ada")).json()
    assert usage["month"]["calls"] == 4
    assert (usage["unpricedCalls"], usage["unverifiedCalls"]) == (1, 2)


@pytest.mark.usefixtures("backend")
def test_much_of_a_budget_is_announced_in_the_stream_once_and_transient(opened: Open) -> None:
    http = called(opened(Limit("day", "tokens", LARGE), warning_percent=1))
    parts = parts_of(http.post("/chat/stream", json=ASKED).text.splitlines())
    assert not [part for part in parts if part["type"] == "data-budget"]
    parts = parts_of(http.post("/chat/stream", json=ASKED).text.splitlines())
    [part] = [part for part in parts if part["type"] == "data-budget"]
    assert part["transient"]
    assert part["data"] == {
        "period": "day",
        "unit": "tokens",
        "amount": 2 * TOKENS,
        "limit": LARGE,
        "resets": "2026-11-30T00:00:00Z",
    }
    assert parts[-1]["type"] == "finish"


def test_a_turn_leaves_when_it_ends_well_or_badly(backend: Backend, opened: Open) -> None:
    ledger = opened(turns=1)
    http = called(ledger)
    assert http.post("/chat", json=ASKED).status_code == 200
    backend.found = []  # no passage, so no model
    assert http.post("/chat/stream", json=ASKED).status_code == 200
    assert http.post("/chat", json=ASKED | {"model": "claud"}).status_code == 400
    assert http.post("/chat", json=ASKED).status_code == 200
    month = ledger.table.read("local", "2026-11")
    assert month
    assert month.turns == {}


@pytest.mark.usefixtures("backend")
def test_a_turn_too_many_is_refused(opened: Open) -> None:
    ledger = opened(turns=1)
    admission = ledger.enter("local")
    http = called(ledger)
    answer = http.post("/chat", json=ASKED)
    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-turns")
    assert answer.headers["retry-after"] == "5"
    admission.leave()
    assert http.post("/chat", json=ASKED).status_code == 200


def test_a_call_that_fails_is_settled(
    backend: Backend, running: tuple[Backend, Home], opened: Open
) -> None:
    ledger = opened(Limit("day", "tokens", LARGE))
    http = called(ledger)
    running[1].server.faults.add(
        Fail(
            service="bedrock-runtime",
            operation="InvokeModelWithResponseStream",
            code="ThrottlingException",
        )
    )
    assert http.post("/chat", json=ASKED).status_code == 429
    month = ledger.table.read("local", "2026-11")
    assert month
    assert (month.amount("").tokens, month.holds, month.sums["calls"]) == (0, {}, 1)
    assert not backend.asked("InvokeModelWithResponseStream")


@pytest.mark.usefixtures("backend")
def test_without_a_table_nothing_is_counted() -> None:
    answer = called(None).get("/usage")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert "OUTCROP_BUDGET_TABLE" in answer.json()["detail"]
