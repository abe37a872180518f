"""The responses of Converse and ConverseStream: an answer, in one shape for every family.

Nova's bodies are Converse's, so the blocks of an answer are written by `bodies.nova`.
"""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import Any

from app.local.bedrock_runtime.answers import Answering, failing_in_stream
from app.local.bedrock_runtime.bodies import Family, Reply
from app.local.bedrock_runtime.bodies.nova import STOPS, block_events, message, usage
from app.local.bedrock_runtime.guarding import GuardedCall
from app.local.wire import JSON, UNMODELLED


async def whole(
    params: JSON, family: Family, answering: Answering, guard: GuardedCall | None = None
) -> JSON:
    """The response of Converse."""
    reply = await answering.whole()
    return {
        "output": message(reply),
        "stopReason": _stop_reason(reply, guard),
        "usage": _usage(reply),
        "metrics": {"latencyMs": answering.latency()},
        **(guard.converse_members() if guard else {}),
        **_additional(params, lambda: [family.whole(reply)]),
        **_echoed(params),
    }


async def events(
    params: JSON, family: Family, answering: Answering, guard: GuardedCall | None = None
) -> AsyncGenerator[JSON, None]:
    """The events of ConverseStream."""
    with failing_in_stream(timeout="ModelStreamErrorException"):
        yield {"messageStart": {"role": "assistant"}}
        async for event, _ in answering.events():
            for body in block_events(event):
                yield body
        reply = answering.reply()
        stopped = {"stopReason": _stop_reason(reply, guard)}
        yield {"messageStop": stopped | _additional(params, lambda: family.closing(reply))}
        metrics = {"latencyMs": answering.latency()}
        more = guard.converse_members() if guard else {}
        yield {"metadata": {"usage": _usage(reply), "metrics": metrics, **more, **_echoed(params)}}


def _stop_reason(reply: Reply, guard: GuardedCall | None) -> str:
    """Why an answer ended. One that asks for tools says so even if its text is masked, since the
    caller is to call them.
    """
    if guard and guard.changes_output and reply.finish.reason != "tool_use":
        return "guardrail_intervened"
    return STOPS[reply.finish.reason]


def _usage(reply: Reply) -> JSON:
    """What was read and written. Bedrock sends members that its model does not have, the counts of
    the cache in a second spelling among them.
    """
    cached = reply.cached
    more: JSON = {"serverToolUsage": {}}
    counts = usage(reply.finish, cached)
    if cached is not None:
        more |= {
            "cacheReadInputTokenCount": cached.read,
            "cacheWriteInputTokenCount": cached.written,
        }
        details = (("5m", cached.written_5m), ("1h", cached.written_1h))
        cache_details = [{"ttl": ttl, "inputTokens": tokens} for ttl, tokens in details if tokens]
        counts |= {"cacheDetails": cache_details} if cache_details else {}
    return {**counts, UNMODELLED: more}


def _echoed(params: JSON) -> JSON:
    return {name: params[name] for name in ("performanceConfig", "serviceTier") if name in params}


def _additional(params: JSON, bodies: Callable[[], Sequence[JSON]]) -> JSON:
    """The fields of the family's own bodies that the caller points at, where they stand there."""
    fields: JSON = {}
    pointers = params.get("additionalModelResponseFieldPaths", [])
    for body in bodies() if pointers else ():
        for pointer in pointers:
            _copy(pointer.strip("/").split("/"), body, fields)
    return {"additionalModelResponseFields": fields} if fields else {}


def _copy(names: Sequence[str], source: Any, target: JSON) -> None:
    """Copy what the names lead to, under the same names.

    >>> target = {}
    >>> _copy(["delta", "stop"], {"delta": {"stop": 1, "more": 2}}, target)
    >>> target
    {'delta': {'stop': 1}}
    """
    name, *deeper = names
    if isinstance(source, Mapping) and name in source:
        if deeper:
            inner: JSON = target.get(name, {})
            _copy(deeper, source[name], inner)
            if inner:
                target[name] = inner
        else:
            target[name] = source[name]
