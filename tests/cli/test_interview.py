"""Questions to an application that is slow, overloaded, or gone."""

import json
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from threading import Event, Lock
from typing import Any

import pytest

from app.cli.client import Client, Refused
from app.cli.interview import FAILURES_IN_A_ROW, TRIES, Interview
from app.evaluation import Exchange, Expectation
from tests.http_server import Handler, HttpServer

Reply = tuple[int, Mapping[str, str], Mapping[str, Any]]
Answering = Callable[[dict[str, Any]], Reply]


def answer(text: str, conversation: str = "c") -> Reply:
    usage = {"inputTokens": 10, "outputTokens": 2}
    body = {"answer": text, "citations": [], "usage": usage, "model": "m"}
    return 200, {}, {**body, "conversationId": conversation}


def refusal(status: int, **headers: str) -> Reply:
    problem = {"title": "Too many", "detail": "Not now.", "status": status, "retryable": True}
    return status, {name.replace("_", "-"): value for name, value in headers.items()}, problem


class Application(HttpServer):
    """Answers each question by a function; `requests` has the bodies and their moments."""

    def __init__(self, answering: Answering) -> None:
        self.requests: list[tuple[float, dict[str, Any]]] = []
        application = self

        class Chat(Handler):
            def do_POST(self: BaseHTTPRequestHandler) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                application.requests.append((time.monotonic(), body))
                status, headers, reply = answering(body)
                content = json.dumps(reply).encode()
                self.send_response(status)
                for name, value in {**headers, "content-length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

        super().__init__(Chat)


def exchanges(*counts: int) -> list[Exchange]:
    """Exchanges of so many turns each."""
    return [
        Exchange(
            f"e{place}",
            tuple(
                Expectation(f"e{place}.{turn}", "fact", f"Question {place}.{turn}?")
                for turn in range(count)
            ),
        )
        for place, count in enumerate(counts)
    ]


def interview(
    answering: Answering, questions: list[Exchange], model: str | None = None, at_once: int = 1
) -> tuple[Interview, Application]:
    with Application(answering) as application:
        asking = Interview(Client(application.url), model, at_once)
        asking.ask(questions, lambda _: None)
    return asking, application


def script(*replies: Reply) -> Answering:
    queue = iter(replies)
    return lambda _: next(queue)


def test_turns_go_on_in_their_conversation_and_name_the_model() -> None:
    questions = exchanges(2, 1)
    asking, application = interview(
        script(answer("a", "c1"), answer("b", "c1"), answer("c", "c2")), questions, model="m"
    )
    assert [body for _, body in application.requests] == [
        {"message": "Question 0.0?", "model": "m"},
        {"message": "Question 0.1?", "model": "m", "conversationId": "c1"},
        {"message": "Question 1.0?", "model": "m"},
    ]
    assert [one.answer for one in asking.in_order(questions)] == ["a", "b", "c"]
    assert (asking.answers["e0.0"].input_tokens, asking.answers["e0.0"].error) == (10, None)


def test_where_it_is_throttled_it_waits_as_long_as_the_answer_says() -> None:
    asking, application = interview(
        script(refusal(429, retry_after="2"), answer("late")), exchanges(1)
    )
    first, second = (moment for moment, _ in application.requests)
    assert second - first >= 2
    assert asking.answers["e0.0"].answer == "late"
    assert asking.answers["e0.0"].seconds < 2, "waiting is no time of the answer"


def test_a_question_that_stays_throttled_is_an_error() -> None:
    asking, application = interview(lambda _: refusal(429, retry_after="0"), exchanges(1))
    assert len(application.requests) == TRIES
    assert asking.answers["e0.0"].error == "Too many: Not now."


def test_a_question_that_a_model_may_have_seen_is_not_sent_twice() -> None:
    asking, application = interview(
        script(refusal(502, retry_after="0"), answer("b")), exchanges(1, 1)
    )
    assert len(application.requests) == 2
    assert (asking.answers["e0.0"].error, asking.answers["e1.0"].answer) == (
        "Too many: Not now.",
        "b",
    )


def test_after_several_failures_in_a_row_nothing_more_is_asked() -> None:
    with Application(lambda _: refusal(502)) as application:
        asking = Interview(Client(application.url), None, 1)
        with pytest.raises(Refused, match="5 questions in a row failed"):
            asking.ask(exchanges(*[1] * 20), lambda _: None)
    assert len(asking.answers) == FAILURES_IN_A_ROW


def test_a_caller_who_is_not_known_asks_nothing_more() -> None:
    with Application(lambda _: refusal(403)) as application:
        asking = Interview(Client(application.url), None, 1)
        with pytest.raises(Refused, match="Not now"):
            asking.ask(exchanges(1, 1, 1), lambda _: None)
        assert len(application.requests) == 1


def test_eval_asks_only_so_many_questions_at_once() -> None:
    lock, under_way, most = Lock(), 0, 0
    three = Event()

    def answering(_: dict[str, Any]) -> Reply:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
            if under_way == 3:
                three.set()
        three.wait(30)
        with lock:
            under_way -= 1
        return answer("a")

    asking, _ = interview(answering, exchanges(*[1] * 9), at_once=3)
    assert (most, len(asking.answers)) == (3, 9)


def test_who_is_interrupted_keeps_the_answers_that_are_there() -> None:
    def stop(count: int) -> None:
        if count == 2:
            raise KeyboardInterrupt

    with Application(lambda _: answer("a")) as application:
        asking = Interview(Client(application.url), None, 1)
        with pytest.raises(KeyboardInterrupt):
            asking.ask(exchanges(*[1] * 20), stop)
    assert len(asking.answers) == 2
