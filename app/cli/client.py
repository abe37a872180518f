"""The application, as the command line calls it: over HTTP, like everyone else.

On a laptop or in AWS is a matter of its URL, and of the `auth` that every request is sent with.
"""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

import httpx2 as httpx

Json = dict[str, Any]

# Requests to this machine go there, whatever HTTP_PROXY says and NO_PROXY forgets.
DIRECT: Mapping[str, None] = dict.fromkeys(("all://127.0.0.1", "all://localhost", "all://[::1]"))
TIMEOUT = httpx.Timeout(10, read=180)
ANSWER_TIMEOUT = httpx.Timeout(10, read=900)  # the application ends a turn before, at its deadline
END = "[DONE]"
ASKING = "/chat"
PAUSES = (0.5, 1, 2, 4)  # seconds, while there are too many requests


class Refused(Exception):
    """The application, or what it depends on, said no. `problem` is its RFC 9457 problem."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{problem['title']}: {problem['detail']}")
        self.problem = problem


class Client:
    """A running application, called as whoever `auth` says."""

    def __init__(
        self,
        url: str,
        auth: httpx.Auth | None = None,
        *,
        death: Callable[[], Exception | None] = lambda: None,
        thinking: str = "waiting for an answer",
    ) -> None:
        """`death` gives the error to raise, where what serves the application has ended;
        `thinking` is what to show until an answer begins.
        """
        self.url, self.thinking = url, thinking
        self._death = death
        self._http = httpx.Client(base_url=url, auth=auth, timeout=TIMEOUT, mounts=DIRECT)

    def call(self, method: str, path: str, **request: Any) -> Json:
        """The answer, as JSON. What is throttled is sent again, but for a question.

        Raises:
            Refused: the application answered with a problem, or could not be reached.
        """
        with self._reached(self.url):
            if path == ASKING:
                request = {"timeout": ANSWER_TIMEOUT, **request}
            response = self._http.request(method, path, **request)
            for seconds in () if path == ASKING else PAUSES:
                if response.status_code != httpx.codes.TOO_MANY_REQUESTS:
                    break
                time.sleep(seconds)
                response = self._http.request(method, path, **request)
            _check(response)
        answer: Json = response.json() if response.content else {}
        return answer

    def stream(self, question: Json) -> Iterator[Json]:
        """The parts of the answer's UI message stream, as they come.

        Raises:
            Refused: before the first part, or the stream ended without saying how.
        """
        with (
            self._reached(self.url),
            self._http.stream(
                "POST", "/chat/stream", json=question, timeout=ANSWER_TIMEOUT
            ) as response,
        ):
            _check(response)
            for line in response.iter_lines():
                data = line.removeprefix("data: ")
                if data == END:
                    return
                if line.startswith("data: "):
                    yield json.loads(data)
        raise Refused(_lost("The answer was cut off", "The application ended the stream early."))

    def upload(self, form: Json, document: Path) -> None:
        """POST a document with the form that the application gave for it.

        Raises:
            Refused: the bucket did not take it.
        """
        with (
            self._reached(form["url"]),
            document.open("rb") as content,
            httpx.Client(timeout=TIMEOUT, mounts=DIRECT) as http,
        ):
            files = {"file": (document.name, content)}
            response = http.post(form["url"], data=form["fields"], files=files)
        if response.is_error:
            said = re.search("<Message>([^<]*)</Message>", response.text)
            detail = unescape(said[1]) if said else f"it answered {response.status_code}"
            raise Refused(_lost("The bucket did not take the document", detail))

    @contextmanager
    def _reached(self, url: str) -> Iterator[None]:
        """Whatever is sent in here fails as one of our errors."""
        try:
            yield
        except (httpx.HTTPError, Refused) as error:
            if isinstance(error, httpx.HTTPError) or error.problem.get("status", 500) >= 500:
                self.check_alive()
            if isinstance(error, Refused):
                raise
            detail = f"{url} did not answer ({error or type(error).__name__})."
            raise Refused(_lost("The application could not be reached", detail)) from error
        except json.JSONDecodeError as error:
            raise Refused(_lost(f"{url} answered with something else", str(error))) from error
        except ValueError as error:  # NaN, or half of a surrogate pair: JSON has neither
            lost = _lost("This cannot be sent", str(error))
            raise Refused(lost | {"retryable": False}) from error

    def check_alive(self) -> None:
        """Raise how what serves the application has ended, if it has."""
        if death := self._death():
            raise death

    def pages(self, path: str, **params: Any) -> Iterator[Json]:
        """Every item of a listing."""
        cursor = None
        while True:
            asked = {**params, "cursor": cursor} if cursor else params
            page = self.call("GET", path, params=asked)
            yield from page["items"]
            cursor = page["nextCursor"]
            if cursor is None:
                return


def _check(response: httpx.Response) -> None:
    if response.is_error:
        response.read()
        raise Refused(_problem(response))


def _problem(response: httpx.Response) -> Json:
    """The application's own problem, or one of what stands before it: API Gateway, a proxy."""
    try:
        said = response.json()
    except ValueError:
        said = {}
    if isinstance(said, dict) and said.keys() >= {"title", "detail"}:
        return said
    detail = said.get("message") if isinstance(said, dict) else None
    lost = _lost(f"The application answered {response.status_code}", detail or response.text)
    return lost | {"status": response.status_code}


def _lost(title: str, detail: str) -> Json:
    return {"title": title, "detail": detail, "code": "unreachable", "retryable": True}
