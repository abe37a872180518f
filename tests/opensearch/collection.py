"""A collection of OpenSearch Serverless, as far as a store can tell: a proxy before a real node.

It has neither a refresh nor aliases nor the health of a cluster, makes the ids of documents itself,
and shows what was written when its index is refreshed behind the store's back: `show`.
"""

import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition
from urllib.parse import urlsplit

from opensearchpy import OpenSearch

from app.local.engine.store.opensearch.endpoint import Endpoint, Signing
from tests.http_server import Handler, HttpServer

LACKING = ("_refresh", "_alias", "_cluster", "_delete_by_query")
PASSED_ON = ("content-type", "content-encoding")
SECONDS = 60


@dataclass
class Collection:
    """What came in, and which of the bulks are refused.

    Attributes:
        endpoint: for a store.
        bulks_until_refusal: so many bulks that write are taken, and no more.
        before_bulk: is called before a bulk that writes is passed on.
    """

    endpoint: Endpoint
    client: OpenSearch
    bulks_until_refusal: int | None = None
    before_bulk: Callable[[], object] = lambda: None
    _counts: int = 0
    _changed: Condition = field(default_factory=Condition)

    def keep_hidden(self, index: str) -> None:
        """From now on show nothing by itself."""
        self.client.indices.put_settings(index=index, body={"index": {"refresh_interval": "-1"}})

    def show(self, index: str) -> None:
        """Show what was written so far."""
        self.client.indices.refresh(index=index)

    def wait_for_counts(self, number: int) -> None:
        """Wait until a store has asked so many more times how much it is shown."""
        with self._changed:
            least = self._counts + number
            assert self._changed.wait_for(lambda: self._counts >= least, SECONDS)

    def note_count(self) -> None:
        with self._changed:
            self._counts += 1
            self._changed.notify_all()

    def refusal(self, target: str, body: bytes) -> tuple[int, str] | None:
        """Why a collection does not take a request."""
        path, _, parameters = target.partition("?")
        if "require_alias" in parameters or any(part in LACKING for part in path.split("/")):
            return 404, f"no handler found for uri [{path}]"
        writes = [
            action["index"]
            for action in map(json.loads, body.splitlines())
            if path.endswith("_bulk") and "index" in action
        ]
        if any("_id" in write for write in writes):
            return 400, "Document ID is not supported in create/index operation request"
        if writes and self.bulks_until_refusal is not None:
            self.bulks_until_refusal -= 1
            if self.bulks_until_refusal < 0:
                return 500, "Internal error occurred while processing request"
        if writes:
            self.before_bulk()
        return None


@contextmanager
def collection(url: str) -> Iterator[Collection]:
    """Stands before the node at this URL."""
    node = urlsplit(url).netloc

    class Proxy(Handler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if refusal := state.refusal(self.path, body):
                status, reason = refusal
                answer = json.dumps({"status": status, "error": {"reason": reason}}).encode()
                self._answer(status, "application/json", answer)
                return
            headers = {name: self.headers[name] for name in PASSED_ON if name in self.headers}
            connection = http.client.HTTPConnection(node, timeout=SECONDS)
            connection.request(self.command, self.path, body, headers)
            response = connection.getresponse()
            answer = response.read()
            connection.close()
            if "/_count" in self.path:
                state.note_count()
            self._answer(response.status, response.headers["content-type"] or "", answer)

        do_POST = do_PUT = do_DELETE = do_HEAD = do_GET

        def _answer(self, status: int, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", content_type)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = HttpServer(Proxy)
    signing = Signing("aoss", "eu-west-1", keys=("AKID", "secret"))
    with OpenSearch(url) as client, server:
        state = Collection(Endpoint(server.url, signing), client)
        yield state
