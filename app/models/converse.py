"""Converse and ConverseStream: one shape for every model, and the same way to call tools.

The agent loop stands on it; the signatures are those of `app.models.invocation`. Its shape is in
`app.models.families.converse_shape`; here are the call's other parameters, and boto3's way with
bytes.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.models.calls import GuardrailConfiguration, last, streamed, whole
from app.models.content import KINDS, Completion, Delta, Document, Image, Message, Text
from app.models.families.converse_shape import (
    DOCUMENTS,
    STOPS,
    event,
    messages,
    output_configuration,
    reply,
    tool_configuration,
)
from app.models.families.family import JSON, Family, Piece, drop_missing
from app.models.model import Model
from app.models.prompt import Prompt
from app.models.reply import PartialReply, UsageObserver, ignore
from app.models.tags import tagged

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient


def invoke(
    runtime: BedrockRuntimeClient,
    model: Model,
    prompt: Prompt,
    *,
    guardrail: GuardrailConfiguration | None = None,
    observe: UsageObserver = ignore,
) -> Completion:
    """Ask a model, and wait for the whole reply (Converse).

    Args and errors are those of `app.models.invoke`.
    """
    return last(_call(runtime, model, prompt, guardrail, observe, stream=False))


def stream(
    runtime: BedrockRuntimeClient,
    model: Model,
    prompt: Prompt,
    *,
    guardrail: GuardrailConfiguration | None = None,
    observe: UsageObserver = ignore,
) -> Generator[Delta | Completion, None, None]:
    """Ask a model, and yield its reply as it is written (ConverseStream).

    What it yields, and its errors, are those of `app.models.stream`. A stream that ends without
    messageStop was cut; one that ends after it, without metadata, is whole and has no counts. A
    model that calls no tools in a stream is asked for its whole reply where it has any.
    """
    streams = model.facts.streams and (model.facts.tool_streams or not prompt.tools)
    return _call(runtime, model, prompt, guardrail, observe, stream=streams)


def request(prompt: Prompt) -> JSON:
    """The parameters of Converse that come of the prompt, as boto3 takes them.

    >>> from app.models.content import user
    >>> request(Prompt((user("Hello"),), max_tokens=10))["messages"]
    [{'role': 'user', 'content': [{'text': 'Hello'}]}]
    """
    return {
        "messages": messages(prompt, bytes),
        "inferenceConfig": drop_missing(
            maxTokens=prompt.max_tokens,
            temperature=prompt.temperature,
            topP=prompt.top_p,
            stopSequences=prompt.stop,
        ),
        **drop_missing(
            system=[{"text": prompt.system}] if prompt.system else None,
            toolConfig=tool_configuration(prompt),
            outputConfig=output_configuration(prompt.output_schema),
        ),
    }


def _event(body: JSON) -> Piece:
    return replace(event(body), last="messageStop" in body)


CONVERSE = Family(
    "Converse",
    request,
    reply,
    _event,
    STOPS,
    blocks=frozenset(KINDS),
    documents=DOCUMENTS,
    results=frozenset({Text, Image, Document}),
    choices=frozenset({"any", "tool"}),
    schemas=True,
)
"""Converse read as one more family. Its `reply` and `chunk` take what boto3 has parsed."""


def _request(
    model: Model,
    prompt: Prompt,
    guardrail: GuardrailConfiguration | None,
    *,
    streamed: bool = False,
) -> JSON:
    """The parameters of Converse, and just so of ConverseStream. What has a qualifier goes into
    `guardContent`, if there is a guardrail.
    """
    if guardrail is None:
        prompt = tagged(prompt, "")
    model.check(prompt, CONVERSE)
    configuration = guardrail and {
        "guardrailIdentifier": guardrail.identifier,
        "guardrailVersion": guardrail.version,
        "trace": "enabled" if guardrail.trace else "disabled",
        **({"streamProcessingMode": "async"} if streamed and guardrail.is_asynchronous else {}),
    }
    fields = (top_k_field(model, prompt.top_k) or {}) | _barred(model, prompt)
    written = replace(prompt, tool_choice="auto") if _barred(model, prompt) else prompt
    if not model.facts.system:
        written = _system_first(written)
    return {
        "modelId": model.id,
        **CONVERSE.write(written),
        **drop_missing(guardrailConfig=configuration, additionalModelRequestFields=fields or None),
    }


def _barred(model: Model, prompt: Prompt) -> JSON:
    """Claude's own choice of none, which Converse has no member for, where tools cannot be left out
    of the request because some were called.
    """
    bars = prompt.tool_choice == "none" and prompt.uses_tools and model.facts.family == "anthropic"
    return {"tool_choice": {"type": "none"}} if bars else {}


def _system_first(prompt: Prompt) -> Prompt:
    """The prompt for a model that takes no system prompt: the user says it first."""
    if not prompt.system:
        return prompt
    system_message = Message("user", (Text(prompt.system),))
    return replace(prompt, messages=(system_message, *prompt.messages), system="")


def top_k_field(model: Model, top_k: int | None) -> JSON | None:
    """Where the model's own fields have `top_k`, which Converse has no parameter for."""
    if top_k is None:
        return None
    match model.facts.family:
        case "nova":
            return {"inferenceConfig": {"topK": top_k}}
        case "command-r" | "command":
            return {"k": top_k}
        case _:
            return {"top_k": top_k}


def _call(
    runtime: BedrockRuntimeClient,
    model: Model,
    prompt: Prompt,
    guardrail: GuardrailConfiguration | None,
    observe: UsageObserver,
    *,
    stream: bool,
) -> Generator[Delta | Completion, None, None]:
    """Check and write the request at once; send it when the first delta is asked for."""
    request = _request(model, prompt, guardrail, streamed=stream)
    partial = PartialReply(model.id, CONVERSE, tools=bool(prompt.tools), observe=observe)

    def converse_stream() -> tuple[Any, Any]:
        response = runtime.converse_stream(**request)
        return response, response["stream"]

    def read(response: Any) -> tuple[Delta, ...]:
        return partial.add_body(response, CONVERSE.reply)

    def read_event(event: Any) -> tuple[Delta, ...]:
        return partial.add_body(event, CONVERSE.chunk)

    if stream:
        return streamed("ConverseStream", model, partial, converse_stream, read_event)
    return whole("Converse", model, partial, lambda: runtime.converse(**request), read)
