"""Return of control: the caller carries an operation out, or its user confirms it.

    event       `returnControl`, which ends a turn
    read        the next request's `returnControlInvocationResults`, held against what was asked

https://docs.aws.amazon.com/bedrock/latest/userguide/agents-returncontrol.html
https://docs.aws.amazon.com/bedrock/latest/userguide/agents-userconfirmation.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.local.bedrock_agent_runtime.agents.agent import InvokedAgent, Operation
from app.local.bedrock_agent_runtime.agents.lambdas import TEXT, parameters
from app.local.bedrock_agent_runtime.agents.steps import CallResult, arguments
from app.local.control.errors import invalid
from app.local.engine.writer import ToolUse
from app.local.wire import JSON, ServiceError

MOST = 5
"""Calls in one `returnControl`."""
_RESULTS = "sessionState.returnControlInvocationResults"
DENIED = "The user did not confirm this action, so it was not done."


@dataclass(frozen=True, slots=True)
class Returned:
    """What the caller says of a call.

    Attributes:
        confirmed: whether its user confirms it; None where nobody had to.
        result: the outcome, where the caller carried it out.
    """

    confirmed: bool | None
    result: CallResult | None


def event(agent: InvokedAgent, invocation: str, calls: Sequence[ToolUse]) -> JSON:
    """The event `returnControl` for calls of operations."""
    inputs = [_input(agent, agent.operations[call.name], call) for call in calls]
    return {"returnControl": {"invocationId": invocation, "invocationInputs": inputs}}


def kind(operation: Operation) -> str:
    """What the caller has to do: `actionInvocationType`."""
    if not operation.confirms:
        return "RESULT"
    return "USER_CONFIRMATION" if operation.executor else "USER_CONFIRMATION_AND_RESULT"


def read(
    agent: InvokedAgent, calls: Sequence[ToolUse], invocation: str, state: JSON
) -> Mapping[str, Returned]:
    """What the caller says of the calls that it was given, by their ids.

    Raises:
        ServiceError: ValidationException, if it answers another invocation or other calls;
            DependencyFailedException, if it reports a failure.
    """
    if state.get("invocationId") != invocation:
        raise invalid(
            "sessionState.invocationId",
            f"must be {invocation}, that of the returnControl event, with its results.",
        )
    results = state["returnControlInvocationResults"]
    answers: dict[str, Returned] = {}
    for number, result in enumerate(results, 1):
        ((member, answer),) = result.items()
        field = f"{_RESULTS}.{number}.member.{member}"
        call = next(_calls_of(agent, calls, answers, member, answer), None)
        if call is None:
            raise invalid(field, "is of no operation that waits for its result.")
        answers[call.id] = _returned(agent.operations[call.name], call, answer, field)
    if missing := [call.name for call in calls if call.id not in answers]:
        raise invalid(_RESULTS, f"has no result of {', '.join(missing)}.")
    return answers


def _calls_of(
    agent: InvokedAgent,
    calls: Sequence[ToolUse],
    answers: Mapping[str, Returned],
    member: str,
    answer: JSON,
) -> Iterator[ToolUse]:
    """The calls that an answer may be of and that have none yet, in their order."""
    for call in calls:
        operation = agent.operations[call.name]
        names = (
            {"function": operation.function}
            if member == "functionResult"
            else {"apiPath": operation.path, "httpMethod": operation.method}
        )
        same = all(answer.get(name) == value for name, value in names.items())
        if call.id not in answers and answer["actionGroup"] == operation.group and same:
            yield call


def _returned(operation: Operation, call: ToolUse, answer: JSON, field: str) -> Returned:
    confirmed = None
    if operation.confirms:
        if "confirmationState" not in answer:
            raise invalid(f"{field}.confirmationState", "is required: CONFIRM or DENY.")
        confirmed = answer["confirmationState"] == "CONFIRM"
    if confirmed is False:
        return Returned(False, CallResult(call.id, DENIED, failed=True))
    if operation.executor is not None:
        return Returned(confirmed, None)
    bodies = answer.get("responseBody", {})
    body = bodies.get(TEXT, next(iter(bodies.values()), {})).get("body")
    if body is None:
        raise invalid(f"{field}.responseBody", "must have the result, such as TEXT with its body.")
    state = answer.get("responseState")
    if state == "FAILURE":
        raise ServiceError("DependencyFailedException", f"{call.name} failed: {body[:1000]}")
    return Returned(confirmed, CallResult(call.id, body, failed=state == "REPROMPT"))


def _input(agent: InvokedAgent, operation: Operation, call: ToolUse) -> JSON:
    common: JSON = {
        "actionGroup": operation.group,
        "actionInvocationType": kind(operation),
        "agentId": agent.id,
        "parameters": list(parameters(operation.types, arguments(call))),
    }
    if operation.function is not None:
        return {"functionInvocationInput": common | {"function": operation.function}}
    request = common | {"apiPath": operation.path, "httpMethod": operation.method}
    if operation.content_type is not None:
        properties = list(parameters(operation.body, arguments(call)))
        content = {operation.content_type: {"properties": properties}}
        request["requestBody"] = {"content": content}
    return {"apiInvocationInput": request}
