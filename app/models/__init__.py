"""Foundation models over InvokeModel: one way to ask, whatever the family.

    model id -> row of the catalogue -> Prompt, checked -> body -> InvokeModel -> Completion

One file a family says how its bodies are written and read; `ids` knows what a model may be called,
`catalogue` what it accepts; `answer` puts a stream together, and calls it whole or cut.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.aws import FAILURES, calling
from app.errors import CallerError, OperatorError
from app.models.answer import Answer, Completion
from app.models.facts.catalogue import MODELS, Model
from app.models.facts.ids import find
from app.models.families.family import JSON, given
from app.models.prompt import Prompt, Turn

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient

__all__ = [
    "MODELS",
    "Completion",
    "GuardrailConfiguration",
    "Model",
    "Prompt",
    "Turn",
    "find",
    "invoke",
    "stream",
]


@dataclass(frozen=True, slots=True)
class GuardrailConfiguration:
    """The guardrail that judges a prompt and its answer, and whether it tells its judgement."""

    identifier: str
    version: str
    trace: bool = False


def invoke(
    runtime: BedrockRuntimeClient,
    model_id: str,
    prompt: Prompt,
    *,
    base_model_id: str | None = None,
    guardrail: GuardrailConfiguration | None = None,
) -> Completion:
    """Ask a model, and wait for the whole answer (InvokeModel).

    Args:
        runtime: a client that sends a request once, as `app.aws.clients` makes it.
        model_id: a model id, an inference profile or an ARN; see `find`.
        prompt: what the model is asked.
        base_model_id: the model behind `model_id`, where that does not tell.
        guardrail: what judges the prompt and the answer.

    Raises:
        InvalidRequest: the model is not known, or does not take what the prompt asks for.
        OutcropError: the call failed, by the table in `app.aws`.
    """
    model = find(model_id, base_model_id)
    return _invoke(runtime, model, _request(model_id, model, prompt, guardrail))


def stream(
    runtime: BedrockRuntimeClient,
    model_id: str,
    prompt: Prompt,
    *,
    base_model_id: str | None = None,
    guardrail: GuardrailConfiguration | None = None,
) -> Generator[str | Completion, None, None]:
    """Ask a model, and yield its answer as it is written (InvokeModelWithResponseStream).

    Pieces of text come first, then one Completion, whose text is the pieces joined. Until that
    has come, what was yielded is no answer. The call is made when the first piece is asked for;
    closing the generator closes the connection. A model that does not stream is invoked whole.

    Args and errors are those of `invoke`: an InvalidRequest at once, the others on the way.
    Further:

    Raises:
        StreamCut: the answer broke off.
    """
    model = find(model_id, base_model_id)
    request = _request(model_id, model, prompt, guardrail, streamed=model.streams)
    return (_stream if model.streams else _in_one_piece)(runtime, model, request)


def _request(
    model_id: str,
    model: Model,
    prompt: Prompt,
    guardrail: GuardrailConfiguration | None,
    *,
    streamed: bool = False,
) -> JSON:
    """The parameters of InvokeModel, and just so of InvokeModelWithResponseStream."""
    model.check(prompt)
    body = model.family.request(prompt) | (model.family.streamed if streamed else {})
    return {
        "modelId": model_id,
        "body": json.dumps(body).encode(),
        "contentType": "application/json",
        "accept": "application/json",
        **given(
            guardrailIdentifier=guardrail and guardrail.identifier,
            guardrailVersion=guardrail and guardrail.version,
            trace="ENABLED" if guardrail and guardrail.trace else None,
        ),
    }


def _invoke(runtime: BedrockRuntimeClient, model: Model, request: JSON) -> Completion:
    answer = Answer(request["modelId"], model.family)
    with _calling("InvokeModel", model):
        response = runtime.invoke_model(**request)
        answer.add(response["body"].read(), model.family.reply)
    return answer.completion(response["ResponseMetadata"]["HTTPHeaders"])


def _in_one_piece(
    runtime: BedrockRuntimeClient, model: Model, request: JSON
) -> Generator[str | Completion, None, None]:
    completion = _invoke(runtime, model, request)
    if completion.text:
        yield completion.text
    yield completion


def _stream(
    runtime: BedrockRuntimeClient, model: Model, request: JSON
) -> Generator[str | Completion, None, None]:
    answer = Answer(request["modelId"], model.family)
    with _calling("InvokeModelWithResponseStream", model):
        response = runtime.invoke_model_with_response_stream(**request)
        with closing(response["body"]) as events:
            try:
                for event in events:
                    if "chunk" in event:
                        text = answer.add(event["chunk"]["bytes"], model.family.chunk)
                        if text:
                            yield text
            except FAILURES:
                # After its terminal chunk an answer is whole, however the connection ends.
                if not answer.whole:
                    raise
    if rest := answer.rest():
        yield rest
    yield answer.completion(response["ResponseMetadata"]["HTTPHeaders"])


@contextmanager
def _calling(operation: str, model: Model) -> Iterator[None]:
    """As `app.aws.calling`. That a model is retired may be why it is refused: the error says so."""
    try:
        with calling(operation):
            yield
    except (CallerError, OperatorError) as error:
        if model.state != "active":
            successor = f" Use {model.successor}." if model.successor else ""
            error.detail += f" {model.id} is {model.state}.{successor}"
        raise
