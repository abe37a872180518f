"""The request and the responses of InvokeModel, around the bodies of the families."""

import json
from collections.abc import AsyncGenerator, Mapping

from app.local.bedrock_runtime.answers import Answering, failing_in_stream
from app.local.bedrock_runtime.bodies import Family
from app.local.bedrock_runtime.guarding import GuardedCall
from app.local.wire import JSON, Call, ServiceError

METRICS = "amazon-bedrock-invocationMetrics"
CONTENT_TYPE = "application/json"


def payload(call: Call) -> bytes:
    """The body, if its type and the type that is wanted back are JSON."""
    for name, title in (("contentType", "Content Type"), ("accept", "Accept Type")):
        kind = call.params.get(name, CONTENT_TYPE).partition(";")[0].strip().lower()
        if kind not in _TYPES:
            raise ServiceError(
                "ValidationException",
                f"The provided {title} is invalid or not supported for this model",
            )
    return bytes(call.params.get("body", b""))


# The second is what SDKs send with bytes when their caller names no type.
_TYPES = (CONTENT_TYPE, "application/octet-stream", "*/*")


def whole(call: Call, reply: JSON, counts: JSON, headers: Mapping[str, str]) -> JSON:
    return {
        "body": json.dumps(reply).encode(),
        "contentType": CONTENT_TYPE,
        "$headers": {
            **{f"x-amzn-bedrock-{name}": str(count) for name, count in counts.items()},
            **headers,
        },
        **echoed(call),
    }


async def chunks(
    family: Family, answering: Answering, guard: GuardedCall | None
) -> AsyncGenerator[JSON, None]:
    def chunk(body: JSON, *, last: bool = False) -> JSON:
        members = guard.body_members(last=last) if guard else {}
        return {"chunk": {"bytes": json.dumps({**body, **members}).encode()}}

    with failing_in_stream(timeout="ModelTimeoutException"):
        for body in family.opening(answering.opening):
            yield chunk(body)
        async for event, tokens in answering.events():
            for body in family.event(answering.opening, event, tokens):
                yield chunk(body)
        *before, last = family.closing(answering.reply())
        for body in before:
            yield chunk(body)
        yield chunk({**last, METRICS: answering.metrics()}, last=True)


def echoed(call: Call) -> JSON:
    return {
        name: call.params[name]
        for name in ("performanceConfigLatency", "serviceTier")
        if name in call.params
    }
