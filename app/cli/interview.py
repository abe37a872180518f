"""Puts a file's questions to the application, a few at once, and keeps what it answers.

The turns of a conversation come one after the other. Where the application is throttled, all
questions wait for as long as it says. Whoever is interrupted keeps the answers that are there.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from queue import SimpleQueue
from threading import Event, Lock, Thread

from app.cli.client import ASKING, Client, Json, Refused
from app.evaluation import Exchange, Expectation, Quote, RecordedAnswer

OVERLOADED = {429, 503}  # statuses of a question that no model has been asked
TRIES = 6  # of one question, while the application is overloaded
LONGEST_PAUSE = 60  # seconds
NOBODY = {401, 403}  # statuses that all other questions would get as well
FAILURES_IN_A_ROW = 5  # then the other questions are not asked any more


class Interview:
    """Asks; `answers` has the answer to each question by the question's id, as far as it is.

    Args:
        model: the model to ask; None for the application's own.
        at_once: how many questions may be under way.
    """

    def __init__(self, client: Client, model: str | None, at_once: int) -> None:
        self.answers: dict[str, RecordedAnswer] = {}
        self._client, self._model, self._at_once = client, model, at_once
        self._throttle = _Throttle()
        self._failures = 0

    def ask(self, exchanges: Iterable[Exchange], advance: Callable[[int], None]) -> None:
        """Ask every question; call `advance` with the number of answers after each.

        Raises:
            Refused: nobody is signed in, or one question after the other failed.
            OutcropError: the application has ended.
            KeyboardInterrupt: as it came; questions under way are left.
        """
        news: SimpleQueue[RecordedAnswer | Exception | None] = SimpleQueue()
        queue = _Queue(exchanges)
        for _ in range(self._at_once):
            # They end with the command: a question under way may take minutes more.
            Thread(target=self._work, args=(queue, news), daemon=True).start()
        working = self._at_once
        try:
            while working:
                item = news.get()
                if item is None:
                    working -= 1
                elif isinstance(item, Exception):
                    raise item
                else:
                    self._keep(item)
                    advance(len(self.answers))
        finally:
            self._throttle.end()

    def in_order(self, exchanges: Iterable[Exchange]) -> Iterator[RecordedAnswer]:
        """The answers in the order of the questions."""
        for exchange in exchanges:
            for turn in exchange.turns:
                if answer := self.answers.get(turn.id):
                    yield answer

    def _keep(self, answer: RecordedAnswer) -> None:
        self.answers[answer.id] = answer
        self._failures = self._failures + 1 if answer.error else 0
        if self._failures >= FAILURES_IN_A_ROW:
            raise Refused(
                {
                    "title": f"{self._failures} questions in a row failed",
                    "detail": answer.error,
                    "retryable": False,
                }
            )

    def _work(
        self, queue: "_Queue", news: "SimpleQueue[RecordedAnswer | Exception | None]"
    ) -> None:
        try:
            for exchange in queue:
                conversation: str | None = None
                for turn in exchange.turns:
                    answer = self._answer(turn, conversation)
                    conversation = answer.conversation or conversation
                    news.put(answer)
        except _Ended:
            pass
        except Exception as error:  # noqa: BLE001 - the thread that asked for it raises it
            news.put(error)
        news.put(None)

    def _answer(self, expectation: Expectation, conversation: str | None) -> RecordedAnswer:
        body: Json = {"message": expectation.question}
        if conversation:
            body["conversationId"] = conversation
        if self._model:
            body["model"] = self._model
        for attempt in range(TRIES):
            self._throttle.wait()
            began = time.perf_counter()
            try:
                answer = self._client.call("POST", ASKING, json=body)
            except Refused as error:
                status = error.problem.get("status")
                if status in NOBODY or error.problem.get("code") == "budget-spent":
                    raise
                if status not in OVERLOADED or attempt == TRIES - 1:
                    return RecordedAnswer(
                        expectation.id,
                        expectation.question,
                        seconds=time.perf_counter() - began,
                        error=str(error),
                    )
                pause = 2**attempt if error.retry_after is None else error.retry_after
                self._throttle.close(min(pause, LONGEST_PAUSE))
            else:
                return _recorded(expectation, answer, time.perf_counter() - began)
        raise AssertionError("the last try returns")


def _recorded(expectation: Expectation, answer: Json, seconds: float) -> RecordedAnswer:
    return RecordedAnswer(
        id=expectation.id,
        question=expectation.question,
        answer=answer["answer"],
        citations=tuple(
            Quote(
                quote["number"],
                quote["uri"],
                quote["page"],
                quote["section"],
                quote.get("text", ""),
                quote.get("pageLabel"),
            )
            for quote in answer["citations"]
        ),
        model=answer["model"],
        input_tokens=answer["usage"]["inputTokens"],
        output_tokens=answer["usage"]["outputTokens"],
        seconds=round(seconds, 4),
        conversation=answer["conversationId"],
    )


class _Ended(Exception):
    """The interview is over."""


class _Queue:
    """Exchanges that several threads take from."""

    def __init__(self, exchanges: Iterable[Exchange]) -> None:
        self._exchanges, self._lock = iter(exchanges), Lock()

    def __iter__(self) -> Iterator[Exchange]:
        while True:
            with self._lock:
                exchange = next(self._exchanges, None)
            if exchange is None:
                return
            yield exchange


class _Throttle:
    """Where questions wait while the application is overloaded."""

    def __init__(self) -> None:
        self._opens, self._lock, self._over = 0.0, Lock(), Event()

    def wait(self) -> None:
        """Return when a question may be asked.

        Raises:
            _Ended: none may be asked any more.
        """
        while not self._over.wait(max(0.0, self._opens - time.monotonic())):
            if time.monotonic() >= self._opens:
                return
        raise _Ended

    def close(self, seconds: float) -> None:
        """Let nobody pass for so long."""
        with self._lock:
            self._opens = max(self._opens, time.monotonic() + seconds)

    def end(self) -> None:
        self._over.set()
