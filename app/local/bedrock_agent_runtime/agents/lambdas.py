"""An operation as the event of its Lambda function, and the function's response, checked as Bedrock
checks it.

https://docs.aws.amazon.com/bedrock/latest/userguide/agents-lambda.html
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, Literal

from app.local.bedrock_agent_runtime.agents.agent import InvokedAgent, Operation
from app.local.wire import JSON, Call, ServiceError, WaitingHandler

VERSION = "1.0"
LARGEST = 25 * 1024
"""Bytes of a function's response, by the page above."""
TEXT = "TEXT"

ResponseState = Literal["FAILURE", "REPROMPT"]


@dataclass(frozen=True, slots=True)
class FunctionResponse:
    """What an operation came to.

    Attributes:
        body: what the model reads.
        state: REPROMPT, if the arguments were wrong.
        session_attributes, prompt_session_attributes: as the function wants them from now on; None
            leaves them as they are.
        retrieval: configurations of later lookups, by Knowledge Base.
    """

    body: str
    state: Literal["REPROMPT"] | None = None
    session_attributes: Mapping[str, str] | None = None
    prompt_session_attributes: Mapping[str, str] | None = None
    retrieval: Mapping[str, JSON] | None = None


def event(
    agent: InvokedAgent,
    operation: Operation,
    arguments: Mapping[str, Any],
    *,
    text: str,
    session: str,
    session_attributes: Mapping[str, str],
    prompt_session_attributes: Mapping[str, str],
) -> JSON:
    """The event for a call. Every value in it is a string."""
    common = {
        "messageVersion": VERSION,
        "agent": agent_of(agent),
        "inputText": text,
        "sessionId": session,
        "actionGroup": operation.group,
        "parameters": list(parameters(operation.types, arguments)),
        "sessionAttributes": dict(session_attributes),
        "promptSessionAttributes": dict(prompt_session_attributes),
    }
    if operation.function is not None:
        return common | {"function": operation.function}
    request = common | {"apiPath": operation.path, "httpMethod": operation.method}
    if operation.content_type is None:
        return request
    properties = list(parameters(operation.body, arguments))
    return request | {
        "requestBody": {"content": {operation.content_type: {"properties": properties}}}
    }


def agent_of(agent: InvokedAgent) -> JSON:
    """An agent as the events of its functions name it."""
    return {
        "name": agent.name,
        "id": agent.id,
        "alias": agent.alias,
        "version": agent.version,
    }


def parameters(types: Mapping[str, str], arguments: Mapping[str, Any]) -> Iterator[JSON]:
    """The arguments that are there, as Bedrock writes them."""
    for name, kind in types.items():
        value = arguments.get(name)
        if value is not None:
            written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            yield {"name": name, "type": kind, "value": written}


async def invoke(invoke: WaitingHandler, arn: str, event: JSON, request_id: str) -> JSON:
    """Invoke a Lambda function, and wait for its response.

    Args:
        invoke: Lambda's own Invoke.

    Raises:
        ServiceError: DependencyFailedException, where there is no function, it fails, or its
            response is no JSON object of at most `LARGEST` bytes.
    """
    params = {"FunctionName": arn, "Payload": json.dumps(event).encode()}
    try:
        result = invoke(Call("lambda", "Invoke", params, {}, request_id))
        reply = await result if isawaitable(result) else result
    except ServiceError as error:
        raise _failed(arn, f"The function cannot be invoked: {error.message}") from error
    payload = bytes(reply["Payload"])
    if reply.get("FunctionError"):
        raise _failed(
            arn,
            f"Lambda function {arn} encountered a problem while processing request. The error "
            f"message from the Lambda function is {payload.decode(errors='replace')[:1000]}. Check "
            "the Lambda function log for error details, then try your request again after fixing "
            "the error.",
        )
    if len(payload) > LARGEST:
        raise _failed(
            arn,
            f"Lambda response exceeds maximum size 25KB: {arn} returned {len(payload)} bytes.",
        )
    try:
        response = json.loads(payload, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise unreadable(arn, f"it is no JSON: {error}") from error
    if not isinstance(response, dict):
        raise unreadable(arn, "it is no JSON object")
    return response


def read_response(arn: str, operation: Operation, response: JSON) -> FunctionResponse:
    """What a function's response says.

    Raises:
        ServiceError: DependencyFailedException, where it is not such a response, or the function
            says FAILURE.
    """
    if response.get("messageVersion") != VERSION:
        version = response.get("messageVersion")
        raise unreadable(arn, f"messageVersion is {version!r}, not {VERSION!r}")
    answer = response.get("response")
    if not isinstance(answer, dict):
        raise unreadable(arn, "it has no object `response`")
    expected = {"actionGroup": operation.group} | (
        {"function": operation.function}
        if operation.function is not None
        else {"apiPath": operation.path, "httpMethod": operation.method}
    )
    for member, value in expected.items():
        if answer.get(member) != value:
            raise unreadable(arn, f"response.{member} is {answer.get(member)!r}, not {value!r}")
    if operation.function is None:
        status = answer.get("httpStatusCode")
        if isinstance(status, bool) or not isinstance(status, int | None):
            raise unreadable(arn, f"response.httpStatusCode is {status!r}, and no integer")
        body, state = _body(arn, answer, None), None
    else:
        result = answer.get("functionResponse")
        if not isinstance(result, dict):
            raise unreadable(arn, "response.functionResponse is no object")
        state = result.get("responseState")
        body = _body(arn, result, TEXT)
    if state == "FAILURE":
        raise _failed(arn, f"The function reports a failure: {body[:1000]}")
    if state not in (None, "REPROMPT"):
        raise unreadable(arn, f"responseState is {state!r}, and neither FAILURE nor REPROMPT")
    return FunctionResponse(
        body,
        state,
        _attributes(arn, response, "sessionAttributes"),
        _attributes(arn, response, "promptSessionAttributes"),
        _retrieval(arn, response),
    )


def _refuse_constant(name: str) -> object:
    """NaN and the infinities, which Python writes and JSON does not have."""
    raise ValueError(f"{name} is no value of JSON")


def unreadable(arn: str, reason: str) -> ServiceError:
    return _failed(
        arn,
        "The server encountered an error processing the Lambda response. Check the Lambda response "
        f"and retry the request. Of the response of {arn}: {reason}.",
    )


def _body(arn: str, result: JSON, content_type: str | None) -> str:
    """The body of a result; of one without a content type of its own, the first that it has."""
    bodies = result.get("responseBody")
    if not isinstance(bodies, dict) or not bodies:
        raise unreadable(arn, "it has no responseBody")
    kind = content_type or next(iter(bodies))
    content = bodies.get(kind)
    if not isinstance(content, dict) or not isinstance(content.get("body"), str):
        raise unreadable(arn, f"responseBody.{kind}.body is no text")
    return str(content["body"])


def _attributes(arn: str, response: JSON, member: str) -> Mapping[str, str] | None:
    value = response.get(member)
    if value is None:
        return None
    if not isinstance(value, dict) or any(not isinstance(one, str) for one in value.values()):
        raise unreadable(arn, f"{member} is no object of texts")
    return value


def _retrieval(arn: str, response: JSON) -> Mapping[str, JSON] | None:
    value = response.get("knowledgeBasesConfiguration")
    if value is None:
        return None
    configurations: list[Any] = value if isinstance(value, list) else [None]
    for one in configurations:
        if not (
            isinstance(one, dict)
            and isinstance(one.get("knowledgeBaseId"), str)
            and isinstance(one.get("retrievalConfiguration"), dict)
        ):
            raise unreadable(
                arn,
                "knowledgeBasesConfiguration is no list of objects with knowledgeBaseId and "
                "retrievalConfiguration",
            )
    return {one["knowledgeBaseId"]: one["retrievalConfiguration"] for one in configurations}


def _failed(arn: str, message: str) -> ServiceError:
    return ServiceError("DependencyFailedException", message, resourceName=arn)
