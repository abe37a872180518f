"""What a hostile client of MCP sends: each an id, and a line of JSON or of something else.

Each wants something done, or the server to fail: ids and members of wrong types, batches, a call
that is a notification, answers that nobody asked for, confirmations in the arguments. The names and
values of calls are those of a hostile model (`tests.agent.attack_texts`).
"""

import json
from collections.abc import Iterator
from typing import Any

from tests.agent.attack_texts import FORGED, NAMES, VALUES

Json = dict[str, Any]
ORDER = {"order_id": "A-1047"}
CANCEL: Json = {"name": "cancel_order", "arguments": ORDER}


def messages() -> Iterator[tuple[str, bytes]]:
    """Every message by its id, as bytes."""
    for name, message in MESSAGES.items():
        yield name, message if isinstance(message, bytes) else json.dumps(message).encode()
    for name, change in NAMES.items():
        call = {"name": change("cancel_order"), "arguments": ORDER}
        yield name, json.dumps(request("tools/call", call)).encode()
    for name, value in VALUES.items():
        for member in ("order_id", "confirmed"):
            arguments = f'{{"order_id": "A-1047", "{member}": {value}}}'
            params = f'{{"name": "order_status", "arguments": {arguments}}}'
            line = f'{{"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {params}}}'
            yield f"{member}-{name}", line.encode()


def request(method: Any, params: Any = None, **changes: Any) -> Json:
    """A request; None of `changes` leaves a member out."""
    members = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params, **changes}
    return {name: value for name, value in members.items() if value is not None}


def _answer(id_: Any) -> Json:
    """An answer to a question that the server has not asked."""
    return {"jsonrpc": "2.0", "id": id_, "result": {"action": "accept", "content": {}}}


MESSAGES: dict[str, Any] = {
    "nothing": b"",
    "blank": b" ",
    "not-json": b"cancel A-1047",
    "not-text": b"\xff\xfe{}",
    "nul": b"\x00\x00",
    "half": json.dumps(request("tools/call", CANCEL)).encode()[:-9],
    "twice": json.dumps(request("ping")).encode() * 2,
    "number": b"7",
    "text": b'"ping"',
    "null": b"null",
    "empty": {},
    "deep": b"[" * 60_000 + b"]" * 60_000,
    "deeper-object": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "batch-empty": [],
    "batch": [request("tools/call", CANCEL), request("ping", id=8)],
    "batch-of-batches": [[request("ping")], [[request("ping")]]],
    "batch-many": [request("ping", id=at) for at in range(1_000)],
    "version-none": request("tools/call", CANCEL, jsonrpc=None),
    "version-1": request("tools/call", CANCEL, jsonrpc="1.0"),
    "version-number": request("tools/call", CANCEL, jsonrpc=2.0),
    "id-null": b'{"jsonrpc": "2.0", "id": null, "method": "ping"}',
    "id-true": request("ping", id=True),
    "id-float": request("ping", id=7.5),
    "id-list": request("ping", id=[7]),
    "id-object": request("ping", id={"a": 7}),
    "id-negative": request("ping", id=-7),
    "id-huge": b'{"jsonrpc": "2.0", "id": ' + b"9" * 4_000 + b', "method": "ping"}',
    "id-long": request("ping", id="x" * 50_000),
    "id-half-character": b'{"jsonrpc": "2.0", "id": "\\ud800", "method": "ping"}',
    "id-nothing": request("ping", id="\x00"),
    "method-none": request(None),
    "method-number": request(7),
    "method-list": request(["tools/call"], CANCEL),
    "method-empty": request(""),
    "method-unknown": request("orders/cancel", ORDER),
    "method-upper": request("TOOLS/CALL", CANCEL),
    "method-spaces": request(" tools/call\n", CANCEL),
    "method-nothing": request("tools/call\x00", CANCEL),
    "method-long": request("x" * 50_000),
    "method-half-character": b'{"jsonrpc": "2.0", "id": 7, "method": "tools\\ud800/call"}',
    "method-of-the-server": request("elicitation/create", {"message": "Confirm?"}),
    "method-sampling": request("sampling/createMessage", {"messages": [], "maxTokens": 9}),
    "call-as-a-notification": request("tools/call", CANCEL, id=None),
    "notification-with-an-id": request("notifications/initialized"),
    "notification-unknown": request("notifications/confirmed", CANCEL, id=None),
    "notification-progress": request("notifications/progress", {"progressToken": 7}, id=None),
    "cancelled-nothing": request("notifications/cancelled", {"requestId": 99}, id=None),
    "cancelled-odd": request("notifications/cancelled", {"requestId": {"a": 1}}, id=None),
    "handshake-again": request("initialize", {"protocolVersion": "2025-11-25"}),
    "handshake-odd": request(
        "initialize", {"protocolVersion": 7, "capabilities": [], "clientInfo": "x"}
    ),
    "handshake-future": request(
        "initialize",
        {
            "protocolVersion": "9999-99-99",
            "capabilities": {},
            "clientInfo": {"name": "x", "version": "1"},
        },
    ),
    "answer-0": _answer(0),
    "answer-1": _answer(1),
    "answer-text": _answer("1"),
    "answer-null": b'{"jsonrpc": "2.0", "id": null, "result": {"action": "accept"}}',
    "answer-error": {"jsonrpc": "2.0", "id": 0, "error": {"code": "x", "message": 7}},
    "answer-both": {**_answer(0), "error": {"code": 1, "message": "x"}},
    "answer-and-call": {**_answer(7), **request("tools/call", CANCEL)},
    "params-none": request("tools/call"),
    "params-list": request("tools/call", ["cancel_order", ORDER]),
    "params-text": request("tools/call", "cancel_order"),
    "name-none": request("tools/call", {"arguments": ORDER}),
    "name-number": request("tools/call", {"name": 7, "arguments": ORDER}),
    "name-list": request("tools/call", {"name": ["cancel_order"], "arguments": ORDER}),
    "arguments-list": request("tools/call", {**CANCEL, "arguments": ["A-1047"]}),
    "arguments-text": request("tools/call", {**CANCEL, "arguments": '{"order_id": "A-1047"}'}),
    "arguments-none": request("tools/call", {"name": "cancel_order"}),
    "arguments-of-another": request(
        "tools/call", {**CANCEL, "arguments": {**ORDER, "principal": "bob"}}
    ),
    "arguments-confirmed": request(
        "tools/call", {**CANCEL, "arguments": {**ORDER, "confirmed": 1}}
    ),
    "confirmation-forged": request(
        "tools/call",
        {
            **CANCEL,
            "requestState": FORGED,
            "inputResponses": {"confirmation": {"action": "accept", "content": {}}},
        },
    ),
    "confirmation-in-meta": request(
        "tools/call", {**CANCEL, "_meta": {"confirmation": "accept", "confirmed": True}}
    ),
    "meta-odd": request("tools/call", {**CANCEL, "_meta": ["x"]}),
    "meta-token-odd": request("tools/call", {**CANCEL, "_meta": {"progressToken": {"a": 1}}}),
    "meta-version-odd": request(
        "tools/call",
        {**CANCEL, "_meta": {"io.modelcontextprotocol/protocolVersion": "9999-99-99"}},
    ),
    "task": request("tools/call", {**CANCEL, "task": {"ttl": 60_000}}),
    "resource-path": request("resources/read", {"uri": "file:///etc/passwd"}),
    "resource-up": request("resources/read", {"uri": "outcrop://documents/../../x"}),
    "resource-number": request("resources/read", {"uri": 7}),
    "resource-half-character": b'{"jsonrpc": "2.0", "id": 7, "method": "resources/read", '
    b'"params": {"uri": "outcrop://documents/\\ud800"}}',
    "resource-nothing": request("resources/read", {"uri": "outcrop://documents/%00"}),
    "resource-long": request("resources/read", {"uri": "outcrop://documents/" + "a" * 60_000}),
    "cursor-odd": request("resources/list", {"cursor": "%00'--"}),
    "cursor-number": request("resources/list", {"cursor": 7}),
    "subscribe": request("resources/subscribe", {"uri": "outcrop://documents/orders.csv"}),
    "completion": request(
        "completion/complete",
        {"ref": {"type": "ref/prompt", "name": "x"}, "argument": {"name": "a", "value": "b"}},
    ),
    "log-level": request("logging/setLevel", {"level": "debug"}),
    "prompts": request("prompts/get", {"name": "system"}),
}
