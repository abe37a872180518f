"""The HTTP client by which the command line calls the application.

The application on a laptop and that of a stack differ only in the URL and in the `auth` that is
sent with every request.
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

from app.deploy.endpoint import DIRECT

Json = dict[str, Any]

TIMEOUT = httpx.Timeout(10, read=180)
ANSWER_TIMEOUT = httpx.Timeout(10, read=900)  # the application ends a turn earlier, at its deadline
END = "[DONE]"
ASKING = "/chat"
DECIDING = "/confirmations"
"""Calls of these paths ask a model; each has a twin that streams, with `/stream` at its end."""
PAUSES = (0.5, 1, 2, 4)  # seconds, while there are too many requests


class Refused(Exception):
    """The application answered with an error, or could not be reached.

    Attributes:
        problem: the RFC 9457 problem of the response, or one of the same form for another failure.
        retry_after: in how many seconds the response lets the request be sent again, if it says.
    """

    def __init__(self, problem: Mapping[str, Any], retry_after: float | None = None) -> None:
        super().__init__(f"{problem['title']}: {problem['detail']}")
        self.problem, self.retry_after = problem, retry_after


class Client:
    """Calls a running application, with `auth` on every request."""

    def __init__(
        self,
        url: str,
        auth: httpx.Auth | None = None,
        *,
        death: Callable[[], Exception | None] = lambda: None,
        thinking: str = "waiting for an answer",
    ) -> None:
        """Args:
        url: where the application answers.
        auth: adds to every request what names its caller.
        death: gives the error that says how the process that serves the application ended;
            None while it runs.
        thinking: what a person reads until an answer begins.
        """
        self.url, self.thinking = url, thinking
        self._death = death
        self._http = httpx.Client(base_url=url, auth=auth, timeout=TIMEOUT, mounts=DIRECT)

    def close(self) -> None:
        self._http.close()

    def call(self, method: str, path: str, **request: Any) -> Json:
        """Send a request and return the answer's JSON. A request that the application throttles
        (429) is sent again after a pause; a question to the model is not.

        Raises:
            Refused: the application answered with a problem, or could not be reached.
        """
        asks = path == ASKING or path.startswith(f"{DECIDING}/")
        with self._reporting_failures(self.url):
            if asks:
                request = {"timeout": ANSWER_TIMEOUT, **request}
            response = self._http.request(method, path, **request)
            for seconds in () if asks else PAUSES:
                if response.status_code != httpx.codes.TOO_MANY_REQUESTS:
                    break
                time.sleep(seconds)
                response = self._http.request(method, path, **request)
            _check(response)
        answer: Json = response.json() if response.content else {}
        return answer

    def stream(self, body: Json, path: str = ASKING) -> Iterator[Json]:
        """Ask a question, or decide on a call that waits; and yield the parts of the answer's UI
        message stream as they come.

        Raises:
            Refused: the request was refused, or the stream ended without its last part.
        """
        with (
            self._reporting_failures(self.url),
            self._http.stream(
                "POST", f"{path}/stream", json=body, timeout=ANSWER_TIMEOUT
            ) as response,
        ):
            _check(response)
            for line in response.iter_lines():
                data = line.removeprefix("data: ")
                if data == END:
                    return
                if line.startswith("data: "):
                    yield json.loads(data)
        raise Refused(_failure("The answer was cut off", "The application ended the stream early."))

    def upload(self, form: Json, document: Path) -> None:
        """Upload a document to the bucket, with the form that `POST /documents` returned.

        Raises:
            Refused: the bucket refused the document.
        """
        with (
            self._reporting_failures(form["url"]),
            document.open("rb") as content,
            httpx.Client(timeout=TIMEOUT, mounts=DIRECT) as http,
        ):
            files = {"file": (document.name, content)}
            response = http.post(form["url"], data=form["fields"], files=files)
        if response.is_error:
            message = re.search("<Message>([^<]*)</Message>", response.text)
            detail = unescape(message[1]) if message else f"it answered {response.status_code}"
            raise Refused(_failure("The bucket did not take the document", detail))

    @contextmanager
    def _reporting_failures(self, url: str) -> Iterator[None]:
        """Raise Refused for every failure of the requests in the block, or the error of the serving
        process if that has ended.
        """
        try:
            yield
        except (httpx.HTTPError, Refused) as error:
            if isinstance(error, httpx.HTTPError) or error.problem.get("status", 500) >= 500:
                self.check_alive()
            if isinstance(error, Refused):
                raise
            detail = f"{url} did not answer ({error or type(error).__name__})."
            raise Refused(_failure("The application could not be reached", detail)) from error
        except json.JSONDecodeError as error:
            raise Refused(_failure(f"{url} answered with something else", str(error))) from error
        except ValueError as error:  # NaN, or half of a surrogate pair: JSON has neither
            problem = _failure("This cannot be sent", str(error))
            raise Refused(problem | {"retryable": False}) from error

    def check_alive(self) -> None:
        """Raise the error of the serving process, if it has ended."""
        if death := self._death():
            raise death

    def pages(self, path: str, **params: Any) -> Iterator[Json]:
        """Yield every item of a listing, page by page."""
        cursor = None
        while True:
            query = {**params, "cursor": cursor} if cursor else params
            page = self.call("GET", path, params=query)
            yield from page["items"]
            cursor = page["nextCursor"]
            if cursor is None:
                return


def _check(response: httpx.Response) -> None:
    if response.is_error:
        response.read()
        seconds = response.headers.get("retry-after", "")
        raise Refused(_problem(response), float(seconds) if seconds.isdecimal() else None)


def _problem(response: httpx.Response) -> Json:
    """The problem in a response. If API Gateway or a proxy answered instead of the application, it
    is made of their response.
    """
    try:
        body = response.json()
    except ValueError:
        body = {}
    if isinstance(body, dict) and body.keys() >= {"title", "detail"}:
        return body
    detail = body.get("message") if isinstance(body, dict) else None
    problem = _failure(f"The application answered {response.status_code}", detail or response.text)
    return problem | {"status": response.status_code}


def _failure(title: str, detail: str) -> Json:
    return {"title": title, "detail": detail, "code": "unreachable", "retryable": True}
