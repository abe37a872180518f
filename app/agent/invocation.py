"""InvokeAgent: what it is sent, and what its failures mean.

It generates, so it is sent once (`app.aws`). The session is that of the conversation, as far as
nothing came between that only we know of:

- a plain answer, or one that our guardrail altered: the next turn begins another session, which is
  told the conversation as it is stored;
- a turn that was superseded: the session knows it, and the conversation's thread does not;
- half an hour: Bedrock has forgotten the session by then.

Who asks is a session attribute, which no model writes.
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_InvokeAgent.html
"""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.agent.context import AgentContext
from app.agent.runner import AgentTurn
from app.aws import translate, well_formed
from app.conversations import History
from app.errors import Conflict, InvalidRequest, OperatorError, OutcropError, ToolFailed
from app.events import ToolCall
from app.models import text_of
from app.resources import AGENT_IDLE_SECONDS
from app.retrieval import implicit_filter, retrieval_configuration
from app.tools import PRINCIPAL
from app.turn.history import dialogue_of

log = logging.getLogger(__name__)

OPERATION = "InvokeAgent"
SESSION_SECONDS = AGENT_IDLE_SECONDS - 60
"""For so long after a turn its session is taken to be there."""

NO_AGENT = (
    "Allow bedrock:InvokeAgent on the alias to the role that Outcrop runs as. An account that is "
    "new to Bedrock Agents can have none: set OUTCROP_AGENT_RUNNER=converse, or deploy without "
    "-c agent=bedrock-agent. `outcrop doctor` says which it is."
)
MISSING = "OUTCROP_AGENT_ID and OUTCROP_AGENT_ALIAS_ID have to name an agent and its alias."
UNPREPARED = "See that the agent is prepared, and that the alias leads to a version of it."
OVER = (
    "Nothing waits for this decision any more: the agent's session is over, or the decision was "
    "carried out before. Ask what came of it, and then again for the call."
)

JSON = dict[str, Any]


def session_of(turn: AgentTurn, principal: str) -> tuple[str, bool]:
    """The id of a turn's session, and whether Bedrock knows the session already.

    It has a hash of the principal: two may choose the same id for their conversations.
    """
    history = turn.history
    last = history.turns[-1] if history.turns else None
    if last and (session := last.session) and last.number == history.number - 1:
        age = (datetime.now(UTC) - last.at).total_seconds()
        if turn.pending or age < SESSION_SECONDS:
            return session, True
    written = f"{principal}\n{turn.conversation}\n{history.number}".encode()
    digest = hashlib.sha256(written).hexdigest()[:16]
    return f"{turn.conversation}.{history.number}.{digest}", False


def question_state(turn: AgentTurn, *, is_new: bool) -> JSON:
    """The `sessionState` of a question.

    Args:
        is_new: whether the session begins with it.
    """
    state = _state(turn.context, turn.question.retrieval_filter)
    if is_new and (messages := _messages(turn.history)):
        state["conversationHistory"] = {"messages": messages}
    return state


def decision_state(
    turn: AgentTurn,
    invocation: str,
    decisions: Sequence[tuple[ToolCall, bool]],
    attributes: Mapping[str, str],
) -> JSON:
    """The `sessionState` of the decisions on the calls of a `returnControl`.

    Args:
        decisions: each call, and whether it is made.
        attributes: session attributes, beside the principal.

    Raises:
        OperatorError: OUTCROP_TOOL_FUNCTIONS does not have a tool.
    """
    state = _state(turn.context, turn.question.retrieval_filter)
    state["sessionAttributes"] |= attributes
    results = [_result(call, confirmed, turn.context) for call, confirmed in decisions]
    return {**state, "invocationId": invocation, "returnControlInvocationResults": results}


def call_id(invocation: str, number: int, method: str | None) -> str:
    """The id of a call that waits: how it is named when it is decided on.

    Args:
        method: of HTTP, if its action group has an API schema.
    """
    return f"{invocation}/{number}{f':{method}' if method else ''}"


def invocation_of(call: str) -> str:
    """Bedrock's invocation, of the id of a call that waits; empty if another runner made it.

    >>> invocation_of(call_id("1a2b", 0, "POST")), invocation_of("tooluse_1")
    ('1a2b', '')
    """
    return call.rpartition("/")[0]


def _result(call: ToolCall, confirmed: bool, context: AgentContext) -> JSON:
    """The decision on a call, as an InvocationResultMember."""
    tool = call.tool
    group = next((one.group for one in context.tools if one.name == tool), None)
    if group is None:
        raise OperatorError(
            f"The agent calls {tool}, which is no tool of OUTCROP_TOOL_FUNCTIONS: name its "
            "function there."
        )
    state = "CONFIRM" if confirmed else "DENY"
    result = {"actionGroup": group, "confirmationState": state}
    if method := call.call.rpartition("/")[2].partition(":")[2]:
        return {"apiResult": {**result, "apiPath": f"/{tool}", "httpMethod": method}}
    return {"functionResult": {**result, "function": tool}}


def arguments_of(tool: str, parameters: Sequence[Mapping[str, Any]], context: AgentContext) -> JSON:
    """The arguments of a call, of its parameters, whose values Bedrock writes as strings. What is
    no value of its type stays one, for `check` to refuse.
    """
    schema = next((one.input_schema for one in context.tools if one.name == tool), {})
    types = {name: one.get("type") for name, one in schema.get("properties", {}).items()}
    return {
        name: _value(well_formed(str(one.get("value", ""))), types.get(name, one.get("type")))
        for one in parameters
        if (name := one.get("name"))
    }


def _value(text: str, kind: object) -> Any:
    if kind == "string":
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def parameters_of(turn: AgentTurn, session: str, state: JSON, text: str | None) -> JSON:
    """The parameters of InvokeAgent.

    Args:
        text: the question; None where the state has decisions.
    """
    settings = turn.context.turn.settings
    return {
        "agentId": settings.agent_id,
        "agentAliasId": settings.agent_alias_id,
        "sessionId": session,
        "enableTrace": True,
        "streamingConfigurations": {"streamFinalResponse": True},
        "sessionState": state,
        **({} if text is None else {"inputText": text}),
    }


def failure_of(error: Exception, call: ToolCall | None, *, decides: bool) -> OutcropError:
    """The error for a failed InvokeAgent, before its stream or within it.

    Args:
        call: the call that Bedrock was making.
        decides: whether it was sent decisions.
    """
    response: Mapping[str, Any] = getattr(error, "response", {})
    code = str(response.get("Error", {}).get("Code", ""))
    failure = translate(error, OPERATION)
    match code[:1].upper() + code[1:]:
        case "DependencyFailedException" if call is not None:
            log.error("the tool %s: %s", call.tool, failure.detail)
            return ToolFailed(
                f"The tool {call.tool} failed, and the agent broke off. Whether the tool has done "
                "anything is not known."
            )
        case "AccessDeniedException":
            return OperatorError(f"{failure.detail} {NO_AGENT}")
        case "ResourceNotFoundException":
            return OperatorError(f"{failure.detail} {MISSING}")
        case "ValidationException" if decides:
            log.warning("a decision was not taken: %s", failure.detail)
            return Conflict(OVER, field="id")
        case "ValidationException" if isinstance(failure, InvalidRequest):
            return OperatorError(f"{failure.detail} {UNPREPARED}")
    return failure


def _state(context: AgentContext, retrieval_filter: Mapping[str, Any] | None) -> JSON:
    turn = context.turn
    settings = turn.settings
    configuration = retrieval_configuration(
        turn.clients.bedrock_agent_runtime,
        results=settings.passages,
        search_type=settings.searches,
        retrieval_filter=retrieval_filter,
        rerank_model_id=settings.rerank_model_id,
        implicit=implicit_filter(settings),
    )
    base = {
        "knowledgeBaseId": settings.knowledge_base_id,
        "retrievalConfiguration": configuration,
    }
    return {
        "sessionAttributes": {PRINCIPAL: context.principal},
        "knowledgeBaseConfigurations": [base],
    }


def _messages(history: History) -> list[JSON]:
    """The conversation so far, as the guardrail left it; a message without words is left out, with
    the one that it belongs to.
    """
    texts = [(one.role, text_of(one.content)) for one in dialogue_of(history).messages]
    pairs = zip(texts[::2], texts[1::2], strict=True)
    return [
        {"role": role, "content": [{"text": text}]}
        for pair in pairs
        if all(text.strip() for _, text in pair)
        for role, text in pair
    ]
