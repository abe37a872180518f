"""A database that was paused is waited for; it is never the caller's mistake."""

from collections.abc import Iterator
from threading import Timer

import pytest

from app.aws import Cancellation, Cancelled
from app.errors import Unavailable, Waking
from app.local.faults import Fail
from app.retrieval.waking import awake
from tests.local.home import Home
from tests.web.backend import ASKED, Backend, behind, called, parts_of, settings

MESSAGES = (
    "The Aurora DB instance is resuming after being auto-paused. Please wait and try again.",
    "The Aurora DB cluster is auto-paused.",
)


def paused(message: str = MESSAGES[0], *, calls: int) -> list[Fail]:
    fault = Fail(
        service="bedrock-agent-runtime",
        operation="Retrieve",
        code="ValidationException",
        message=message,
    )
    return [fault] * calls


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with behind(Backend(), tmp_path_factory.mktemp("home")) as home:
        yield home


def test_a_question_waits_until_the_store_runs(home: Home) -> None:
    home.server.faults.add(*paused(calls=2))
    http = called(settings(deadline_seconds=20))
    parts = parts_of(http.post("/chat/stream", json=ASKED).text.splitlines())
    assert parts[-1]["type"] == "finish"


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize(
    ("path", "body"), [("/chat", ASKED), ("/search", {"query": "quartz"})], ids=["chat", "search"]
)
def test_a_store_that_takes_too_long_is_unavailable(
    home: Home, message: str, path: str, body: dict[str, str]
) -> None:
    home.server.faults.add(*paused(message, calls=3))
    answer = called(settings(deadline_seconds=3)).post(path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (503, "waking")
    assert answer.json()["retryable"]
    assert answer.headers["retry-after"] == "15"
    assert "errors" not in answer.json(), "no field of the request is at fault"


def test_another_refusal_is_the_callers(home: Home) -> None:
    home.server.faults.add(*paused("The filter is not valid.", calls=1))
    assert called(settings(deadline_seconds=20)).post("/chat", json=ASKED).status_code == 400


def test_a_cancelled_turn_waits_no_longer() -> None:
    attempts = []

    def attempt() -> None:
        attempts.append(1)
        raise Waking("It starts.")

    cancellation = Cancellation()
    Timer(0.05, cancellation.cancel, [Unavailable("The caller has gone.")]).start()
    with cancellation.active(), pytest.raises(Cancelled):
        awake(attempt, 600)
    assert len(attempts) == 1


class Waits(Cancellation):
    """Notes how long it should wait, and does not wait."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    def wait(self, seconds: float) -> None:
        self.seconds.append(seconds)


def test_a_store_that_starts_is_asked_again_after_pauses_that_grow_to_four_seconds(
    caplog: pytest.LogCaptureFixture,
) -> None:
    outcomes = iter([*[Waking("It starts.")] * 5, None])

    def attempt() -> str:
        if outcome := next(outcomes):
            raise outcome
        return "It runs."

    waits = Waits()
    with waits.active(), caplog.at_level("WARNING"):
        assert awake(attempt, 600) == "It runs."
    assert waits.seconds == [1, 2, 4, 4, 4]
    assert caplog.messages == ["the store of the documents is starting: It starts."] * 5


def test_no_pause_begins_that_would_end_after_the_callers_patience() -> None:
    def attempt() -> None:
        raise Waking("It starts.")

    waits = Waits()
    with waits.active(), pytest.raises(Waking, match="It starts"):
        awake(attempt, 3.9)
    assert waits.seconds == [1, 2]
