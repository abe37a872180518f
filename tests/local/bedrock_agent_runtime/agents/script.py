"""A model that answers by script: an OpenAI-compatible server with a queue of replies."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue
from typing import Any

from tests.http_server import Handler, HttpServer

JSON = dict[str, Any]
Reply = str | list[tuple[str, JSON]] | None
"""A text, or calls of tools by their names with arguments; None breaks off."""


class Script:
    """The replies to come, and the requests that were made.

    Attributes:
        url: of the server.
        requests: the bodies, oldest first.
    """

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[JSON] = []
        self._replies: Queue[Reply] = Queue()

    def say(self, *replies: Reply) -> None:
        """Add replies, and forget earlier requests."""
        self.requests.clear()
        for reply in replies:
            self._replies.put(reply)

    def messages(self, number: int = -1) -> list[JSON]:
        messages: list[JSON] = self.requests[number]["messages"]
        return messages

    def left(self) -> bool:
        """Whether there are replies that nobody has asked for."""
        return not self._replies.empty()

    def delta(self) -> JSON:
        """The next reply, as one piece of a stream."""
        reply = self._replies.get(timeout=10)
        if isinstance(reply, str):
            return {"content": reply}
        if reply is None:
            return {}
        calls = [
            {
                "index": number,
                "id": f"call-{len(self.requests)}-{number}",
                "function": {"name": name, "arguments": json.dumps(arguments)},
            }
            for number, (name, arguments) in enumerate(reply)
        ]
        return {"tool_calls": calls}


@contextmanager
def scripted_model() -> Iterator[Script]:
    """A server that follows a script."""
    script = Script()

    class Replies(Handler):
        def do_GET(self) -> None:
            self._send({"data": [{"id": "tiny"}]})

        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            script.requests.append(json.loads(self.rfile.read(length)))
            delta = script.delta()
            if not delta:
                self.send_error(503)
                return
            reason = "tool_calls" if "tool_calls" in delta else "stop"
            self.send_response(200)
            self.end_headers()
            for choice in (
                {"index": 0, "delta": delta, "finish_reason": None},
                {"index": 0, "delta": {}, "finish_reason": reason},
            ):
                self.wfile.write(f"data: {json.dumps({'choices': [choice]})}\n\n".encode())
            self.wfile.write(b"data: [DONE]\n\n")

        def _send(self, answer: JSON) -> None:
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with HttpServer(Replies) as server:
        script.url = f"{server.url}/v1"
        yield script
