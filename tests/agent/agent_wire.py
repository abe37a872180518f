"""InvokeAgent at the wire: a stream whose every frame a test writes, right or wrong.

[control("cancel_order", {"order_id": "A-1047"})]     a call that the person has to confirm
[chunk("Well."), event("noSuchEvent", {}), b"\\x00"]    an answer, an unknown event, half a frame
"""

import asyncio
import base64
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.local.wire import JSON
from app.local.wire.eventstream import CONTENT_TYPE, frame

Frames = Iterable[bytes]
INVOCATION = "1a2b"


def event(name: str, value: object) -> bytes:
    """An event with any JSON as its payload, or with these bytes."""
    payload = value if isinstance(value, bytes) else json.dumps(value).encode()
    headers = {
        ":event-type": name,
        ":content-type": "application/json",
        ":message-type": "event",
    }
    return frame(headers, payload)


def chunk(words: str, **more: object) -> bytes:
    written = base64.b64encode(words.encode("utf-8", "surrogatepass")).decode()
    return event("chunk", {"bytes": written, **more})


def trace(kind: str, value: object) -> bytes:
    return event("trace", {"sessionId": "s", "trace": {kind: value}})


def asked() -> bytes:
    """The agent's model is asked for its next reply."""
    return trace("orchestrationTrace", {"modelInvocationInput": {"type": "ORCHESTRATION"}})


def invoked(tool: str, arguments: JSON) -> bytes:
    """Bedrock says that it calls a tool."""
    call = {"actionGroupName": "orders", "function": tool, "parameters": parameters(arguments)}
    return trace("orchestrationTrace", {"invocationInput": {"actionGroupInvocationInput": call}})


def observed(words: str) -> bytes:
    """Bedrock says what a tool has said."""
    output = {"actionGroupInvocationOutput": {"text": words}}
    return trace("orchestrationTrace", {"observation": output})


def parameters(arguments: Mapping[str, object]) -> list[JSON]:
    return [
        {
            "name": name,
            "type": "string",
            "value": value if isinstance(value, str) else json.dumps(value),
        }
        for name, value in arguments.items()
    ]


def call(tool: str, arguments: Mapping[str, object], **changes: object) -> JSON:
    """A call of a `returnControl`; `changes` of its members, None leaves one out."""
    members = {
        "actionGroup": "orders",
        "function": tool,
        "actionInvocationType": "USER_CONFIRMATION",
        "parameters": parameters(arguments),
        **changes,
    }
    return {"functionInvocationInput": {k: v for k, v in members.items() if v is not None}}


def control(*calls: object, invocation: object = INVOCATION) -> bytes:
    value = {"invocationId": invocation, "invocationInputs": list(calls)}
    return event("returnControl", {k: v for k, v in value.items() if v is not None})


@dataclass
class HostileAgent:
    """Answers each InvokeAgent with the next frames; at the end of the script it just says so.

    Attributes:
        script: the streams, each made when it is asked for.
        requests: what it was asked, as JSON.
    """

    script: list[Callable[[], Frames]] = field(default_factory=list)
    requests: list[JSON] = field(default_factory=list)

    def before(self, others: Any) -> Any:
        """This agent, with what answers all other requests behind it."""

        async def application(scope: Any, receive: Any, send: Any) -> None:
            is_own = scope["type"] == "http" and scope["path"].startswith("/agents/")
            await (self._answer(receive, send) if is_own else others(scope, receive, send))

        return application

    async def _answer(self, receive: Any, send: Any) -> None:
        """Answer, until the stream is over or the caller hangs up."""
        self.requests.append(json.loads(await _body(receive)))
        head = [
            (b"content-type", CONTENT_TYPE.encode()),
            (b"x-amzn-bedrock-agent-content-type", b"application/json"),
            (b"x-amz-bedrock-agent-session-id", b"session"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        hung_up = asyncio.create_task(receive())
        for piece in (self.script.pop(0) if self.script else _ended)():
            await asyncio.sleep(0)  # or nobody would notice that the caller hangs up
            if hung_up.done():
                return
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        hung_up.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _body(receive: Any) -> bytes:
    body: bytes = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


def _ended() -> Frames:
    return [chunk("That is all.")]
