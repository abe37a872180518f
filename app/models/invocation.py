"""InvokeModel and InvokeModelWithResponseStream, in the bodies of the model's family."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from app.models.calls import GuardrailConfiguration, last, streamed, whole
from app.models.content import Completion, Delta
from app.models.families.family import JSON, drop_missing
from app.models.model import Model
from app.models.prompt import Prompt
from app.models.reply import PartialReply, UsageObserver, ignore
from app.models.tags import tagged

GUARDRAIL_CONFIGURATION = "amazon-bedrock-guardrailConfig"

BodyObserver = Callable[[bytes], None]
"""Learns of each body that comes back: of the whole reply, or of each chunk."""

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
    """Ask a model, and wait for the whole reply (InvokeModel).

    Args:
        runtime: a client that sends a request once, as `app.aws.clients` makes it.
        model: what `app.models.find` returns.
        prompt: what the model is asked.
        guardrail: what judges the prompt and the reply.
        observe: learns of the tokens that the model has counted, as often as it tells: also of a
            reply that then fails or is cut.

    Raises:
        InvalidRequest: the model does not take what the prompt holds.
        OutcropError: the call failed, by the table in `app.aws`.
    """
    return last(_call(runtime, model, prompt, guardrail, observe, stream=False))


def stream(
    runtime: BedrockRuntimeClient,
    model: Model,
    prompt: Prompt,
    *,
    guardrail: GuardrailConfiguration | None = None,
    observe: UsageObserver = ignore,
    bodies: BodyObserver = lambda _body: None,
    is_whole: bool = False,
) -> Generator[Delta | Completion, None, None]:
    """Ask a model, and yield its reply as it is written (InvokeModelWithResponseStream).

    Deltas come first, then one Completion, whose content they make. Until that has come, what was
    yielded is no answer. The call is made when the first delta is asked for; closing the generator
    closes the connection. A model that does not stream is invoked whole.

    Args and errors are those of `invoke`: an InvalidRequest at once, the others on the way.
    Further:

    Args:
        bodies: learns of each body that comes back, as the family has it.
        is_whole: whether the reply is asked for in one piece (InvokeModel).

    Raises:
        StreamCut: the reply broke off.
    """
    streams = model.facts.streams and not is_whole
    return _call(runtime, model, prompt, guardrail, observe, bodies, stream=streams)


def parameters_of(
    model: Model,
    prompt: Prompt,
    guardrail: GuardrailConfiguration | None = None,
    *,
    streamed: bool = False,
) -> JSON:
    """The parameters of InvokeModel, and just so of InvokeModelWithResponseStream.

    Raises:
        InvalidRequest: the model does not take what the prompt has, by name.
    """
    family = model.family
    prompt = tagged(prompt, guardrail.suffix if guardrail else "")
    model.check(prompt, family)
    body = family.write(prompt) | (family.streamed if streamed else {})
    if guardrail and (configuration := _configuration(guardrail, streamed=streamed)):
        body |= {GUARDRAIL_CONFIGURATION: configuration}
    return {
        "modelId": model.id,
        "body": json.dumps(body).encode(),
        "contentType": "application/json",
        "accept": "application/json",
        **drop_missing(
            guardrailIdentifier=guardrail and guardrail.identifier,
            guardrailVersion=guardrail and guardrail.version,
            trace="ENABLED" if guardrail and guardrail.trace else None,
        ),
    }


def _configuration(guardrail: GuardrailConfiguration, *, streamed: bool) -> JSON:
    """What the body says of the guardrail; no model gets to see it.

    https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-invoke-api.html
    """
    mode = "ASYNCHRONOUS" if guardrail.is_asynchronous else "SYNCHRONOUS"
    return drop_missing(
        tagSuffix=guardrail.suffix or None,
        streamProcessingMode=mode if streamed and guardrail.suffix else None,
    )


def _call(
    runtime: BedrockRuntimeClient,
    model: Model,
    prompt: Prompt,
    guardrail: GuardrailConfiguration | None,
    observe: UsageObserver,
    bodies: BodyObserver = lambda _body: None,
    *,
    stream: bool,
) -> Generator[Delta | Completion, None, None]:
    """Check and write the request at once; send it when the first delta is asked for."""
    family = model.family
    request = parameters_of(model, prompt, guardrail, streamed=stream)
    reply = PartialReply(model.id, family, tools=bool(prompt.tools), observe=observe)

    def invoke_stream() -> tuple[Any, Any]:
        response = runtime.invoke_model_with_response_stream(**request)
        return response, response["body"]

    def read(response: Any) -> tuple[Delta, ...]:
        body = response["body"].read()
        bodies(body)
        return reply.add(body, family.reply)

    def read_event(event: Any) -> tuple[Delta, ...]:
        if "chunk" not in event:
            return ()
        bodies(event["chunk"]["bytes"])
        return reply.add(event["chunk"]["bytes"], family.chunk)

    if stream:
        operation = "InvokeModelWithResponseStream"
        return streamed(operation, model, reply, invoke_stream, read_event)
    return whole("InvokeModel", model, reply, lambda: runtime.invoke_model(**request), read)
