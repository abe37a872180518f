"""A turn tells the meter of each call of a model once, whatever becomes of the turn."""

import json
import threading
from collections.abc import Callable, Generator, Iterator

import pytest

from app.answer import answer
from app.aws import Cancellation, clients
from app.conversations import Conversations
from app.errors import OutcropError, TimedOut, Unavailable
from app.events import Error, Event, Text, Usage
from app.guardrail import Unguarded
from app.local.faults import Fail
from app.meter import Account, MeteredCall
from app.turn import Question, TurnContext
from tests.local.home import Home
from tests.test_meter import Recorder
from tests.web.backend import ASKED, BUCKET, Backend, called, settings

MODEL = "amazon.nova-lite-v1:0"
RETRIEVE = MeteredCall("ada", "knowledge-base/ABCDEFGHIJ", "retrieve", "complete", None)
QUESTION = Question("How hard is quartz?")
SECONDS = 20


@pytest.fixture
def home(running: tuple[Backend, Home]) -> Home:
    return running[1]


Begin = Callable[[Question, Recorder], Generator[Event, None, None]]


@pytest.fixture(scope="module")
def begin(running: tuple[Backend, Home]) -> Begin:  # noqa: ARG001  # the backend has to be up
    """Begins a turn of ada's."""
    aws = clients(SECONDS)

    def turn(question: Question, meter: Recorder) -> Generator[Event, None, None]:
        context = TurnContext(
            aws,
            settings(deadline_seconds=SECONDS),
            Unguarded(),
            Conversations(aws.s3, BUCKET, "ada"),
            Account(meter, "ada"),
        )
        return answer(question, context)

    return turn


def ends(turn: Generator[Event, None, None]) -> Event:
    """The turn's last event."""
    return list(turn)[-1]


@pytest.mark.usefixtures("backend")
def test_a_turn_is_metered_for_its_principal(begin: Begin) -> None:
    meter = Recorder()
    ends(begin(QUESTION, meter))
    assert meter.calls == [RETRIEVE, MeteredCall("ada", MODEL, "answer", "complete", Usage(9, 4))]


@pytest.mark.usefixtures("backend")
def test_the_rewriting_of_a_follow_up_is_metered(begin: Begin) -> None:
    meter = Recorder()
    ends(begin(Question("How hard is quartz?", conversation="rewritten"), Recorder()))
    ends(begin(Question("And feldspar?", conversation="rewritten"), meter))
    assert meter.calls[0] == MeteredCall("ada", MODEL, "rewrite", "complete", Usage(1, 1))
    assert [call.purpose for call in meter.calls] == ["rewrite", "retrieve", "answer"]


@pytest.mark.usefixtures("backend")
def test_a_turn_that_fails_at_the_model_is_metered(begin: Begin, home: Home) -> None:
    meter = Recorder()
    fault = Fail(
        service="bedrock-runtime",
        operation="InvokeModelWithResponseStream",
        code="ThrottlingException",
    )
    home.server.faults.add(fault)
    assert isinstance(ends(begin(QUESTION, meter)), Error)
    failed = MeteredCall("ada", MODEL, "answer", "failed", None, "throttled")
    assert meter.calls == [RETRIEVE, failed]


@pytest.mark.usefixtures("backend")
def test_a_rewrite_that_fails_is_metered(begin: Begin, home: Home) -> None:
    meter = Recorder()
    ends(begin(Question("How hard is quartz?", conversation="failing"), Recorder()))
    fault = Fail(
        service="bedrock-runtime", operation="InvokeModel", code="ServiceUnavailableException"
    )
    home.server.faults.add(fault)
    follow_up = Question("And feldspar?", conversation="failing")
    assert isinstance(ends(begin(follow_up, meter)), Error)
    assert meter.calls == [MeteredCall("ada", MODEL, "rewrite", "failed", None, "unavailable")]


@pytest.mark.parametrize(
    "reason", [TimedOut("It took too long."), Unavailable("The caller has gone.")]
)
def test_a_turn_that_is_broken_off_while_the_model_writes_is_metered(
    reason: OutcropError, backend: Backend, begin: Begin
) -> None:
    writing, over = threading.Event(), threading.Event()

    def pieces() -> Iterator[str]:
        yield "It is 7"
        writing.set()
        over.wait(SECONDS)

    backend.pieces = pieces()
    meter, cancellation = Recorder(), Cancellation()
    events: list[Event] = []

    def turn() -> None:
        with cancellation.active():
            events.extend(begin(QUESTION, meter))

    thread = threading.Thread(target=turn)
    thread.start()
    try:
        assert writing.wait(SECONDS), events
        cancellation.cancel(reason)
        thread.join(SECONDS)
    finally:
        over.set()
    assert isinstance(events[-1], Error)
    assert meter.calls == [RETRIEVE, MeteredCall("ada", MODEL, "answer", "cut", None, reason.code)]


@pytest.mark.usefixtures("backend")
def test_a_turn_that_nobody_reads_on_is_metered(begin: Begin) -> None:
    meter = Recorder()
    turn = begin(QUESTION, meter)
    assert any(isinstance(event, Text) for event in turn)  # reads as far as the first
    turn.close()
    assert meter.calls == [RETRIEVE, MeteredCall("ada", MODEL, "answer", "cut", None)]


@pytest.mark.usefixtures("backend")
def test_the_principal_is_whom_the_request_comes_from() -> None:
    meter = Recorder()
    who = {"authorizer": {"claims": {"sub": "grace"}}}
    with called(settings(auth="api-gateway"), meter) as http:
        headers = {"x-amzn-request-context": json.dumps(who)}
        for path in ("/chat", "/chat/stream"):
            assert http.post(path, json=ASKED, headers=headers).status_code == 200
        assert http.post("/search", json={"query": "quartz"}, headers=headers).status_code == 200
    assert [(call.principal, call.purpose) for call in meter.calls] == [
        *[("grace", "retrieve"), ("grace", "answer")] * 2,
        ("grace", "retrieve"),
    ]
