"""An index in OpenSearch, made and removed through opensearch-py.

OpenSearch Serverless takes a minute or two until a policy, a name or an index is known everywhere:
until then it answers 403, 401 or 404, or not at all. All of these are tried again, as are errors of
the service's own, up to a deadline. What it refuses for good is raised at once.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import boto3
from opensearchpy import NotFoundError, OpenSearch, RequestError, TransportError
from opensearchpy import Urllib3AWSV4SignerAuth as Signer

from lambdas.vector_index.index import VectorIndex

T = TypeVar("T")

REQUEST_SECONDS = 10
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 15.0  # seconds; each pause is twice the one before
PASSING = (401, 403, 404, 429, 500, 502, 503, 504, "N/A", "TIMEOUT")  # the last two: no answer
SEARCHES = {"aoss": 10, "es": 1}  # in a row, each by whichever node: a collection has many
SEARCH_PAUSE = 3.0


class GaveUp(Exception):
    """The deadline has come before OpenSearch did as asked. Says what it answered last."""


class OtherIndex(Exception):
    """There is an index of this name, and it is not the one that is wanted."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Trying again, until a moment.

    Attributes:
        until: by the clock `now`, in seconds.
    """

    until: float
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def insist(self, attempt: Callable[[], T]) -> T:
        """What the attempt comes to, once it does.

        Raises:
            GaveUp: it has not in time.
            TransportError: OpenSearch refuses it.
        """
        pause = FIRST_PAUSE
        while True:
            try:
                return attempt()
            except TransportError as error:
                if error.status_code not in PASSING:
                    raise
                self.wait(pause, f"It last said: {error}")
            pause = min(2 * pause, LONGEST_PAUSE)

    def wait(self, seconds: float, so_far: str) -> None:
        """Raises GaveUp if the moment comes before the end of the wait."""
        if self.now() + seconds > self.until:
            raise GaveUp(f"OpenSearch did not do it in time. {so_far}")
        self.sleep(seconds)


def connect(endpoint: str, service: str) -> OpenSearch:
    """A client that signs for `aoss`, OpenSearch Serverless, or `es`, a domain."""
    session = boto3.Session()
    signer = Signer(session.get_credentials(), session.region_name, service)
    return OpenSearch(hosts=[endpoint], http_auth=signer, timeout=REQUEST_SECONDS, max_retries=0)


def create(client: OpenSearch, name: str, index: VectorIndex, patience: Patience) -> None:
    """Make the index, or find that it has been made.

    Raises:
        OtherIndex: there is another of this name.
        GaveUp, TransportError: as `Patience.insist`.
    """
    if patience.insist(lambda: _made(client, name, index)):
        return
    indices = patience.insist(lambda: client.indices.get(index=name))
    if differences := index.differences(indices[name]["mappings"]):
        raise OtherIndex(
            f"There is an index {name} already, and it is another: {'; '.join(differences)}. "
            "Delete it, or give this one another name."
        )


def await_searches(
    client: OpenSearch, name: str, index: VectorIndex, service: str, patience: Patience
) -> None:
    """Wait until searches find the index, as many in a row as the service has it take."""

    def search() -> None:
        for number in range(SEARCHES[service]):
            if number:
                patience.wait(SEARCH_PAUSE, f"The index was found {number} times in a row.")
            client.search(index=name, body=index.probe())

    patience.insist(search)


def delete(client: OpenSearch, name: str, patience: Patience) -> None:
    """Remove the index, if it is there."""
    patience.insist(lambda: _gone(client, name))


def _made(client: OpenSearch, name: str, index: VectorIndex) -> bool:
    """Whether it was made now; it may have been there."""
    try:
        client.indices.create(index=name, body=index.body())
    except RequestError as error:
        if error.error != "resource_already_exists_exception":
            raise
        return False
    return True


def _gone(client: OpenSearch, name: str) -> Any:
    try:
        return client.indices.delete(index=name)
    except NotFoundError:
        return None
