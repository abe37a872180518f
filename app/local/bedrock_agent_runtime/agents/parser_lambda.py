"""An agent's own parser: a Lambda function that reads what the model replied in a step.

    event      the model's reply, and the type of the prompt
    response   isValidInput, calls, an answer, or what to tell the model instead

https://docs.aws.amazon.com/bedrock/latest/userguide/lambda-parser.html
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

from app.local.bedrock_agent_runtime.agents import lambdas
from app.local.bedrock_agent_runtime.agents.agent import QUERY, InvokedAgent, Operation
from app.local.bedrock_agent_runtime.agents.answer import AgentAnswer
from app.local.bedrock_agent_runtime.agents.default_parser import Classification, Decision
from app.local.bedrock_agent_runtime.agents.overrides import PromptType
from app.local.bedrock_agent_runtime.citations import citation
from app.local.engine.writer import ToolUse
from app.local.wire import JSON

_MEMBERS: Mapping[str, str] = {
    "PRE_PROCESSING": "preProcessingParsedResponse",
    "ORCHESTRATION": "orchestrationParsedResponse",
    "KNOWLEDGE_BASE_RESPONSE_GENERATION": "knowledgeBaseResponseGenerationParsedResponse",
    "POST_PROCESSING": "postProcessingParsedResponse",
}


def event(agent: InvokedAgent, kind: PromptType, raw: str) -> JSON:
    return {
        "messageVersion": lambdas.VERSION,
        "agent": lambdas.agent_of(agent),
        "invokeModelRawResponse": raw,
        "promptType": kind,
        "overrideType": "OUTPUT_PARSER",
    }


class ParserResponse:
    """A parser's response to the reply of one step.

    Raises:
        ServiceError: DependencyFailedException, by each method: the response is not of the form
            that Bedrock expects for the step.
    """

    def __init__(self, arn: str, kind: PromptType, response: JSON) -> None:
        self._arn = arn
        if response.get("promptType") != kind:
            raise self._unreadable(f"promptType is {response.get('promptType')!r}, not {kind!r}")
        self._member = _MEMBERS[kind]
        self._parsed = self._object(response, self._member, "")

    def classification(self) -> Classification:
        """Of pre-processing."""
        valid = self._parsed.get("isValidInput")
        if not isinstance(valid, bool):
            raise self._unreadable(f"{self._member}.isValidInput is {valid!r}, not true or false")
        rationale = self._parsed.get("rationale")
        return Classification(valid, rationale if isinstance(rationale, str) else "")

    def final_response(self) -> str:
        """Of post-processing."""
        return self._text(self._parsed, "responseText", self._member)

    def generated_response(self, references: Sequence[JSON]) -> AgentAnswer:
        """Of a Knowledge Base's response, whose sources count the references from 1."""
        response = self._object(self._parsed, "generatedResponse", self._member)
        where = f"{self._member}.generatedResponse"
        return self._cited(response.get("generatedResponseParts"), references, where)

    def decision(self, agent: InvokedAgent, references: Sequence[JSON]) -> Decision:
        """Of orchestration."""
        why = self._parsed.get("rationale")
        rationale = why if isinstance(why, str) else ""
        nothing = AgentAnswer("")
        if "parsingErrorDetails" in self._parsed:
            details = self._object(self._parsed, "parsingErrorDetails", self._member)
            reprompt = self._text(details, "repromptResponse", "parsingErrorDetails")
            return Decision(rationale, (), nothing, reprompt=reprompt)
        details = self._object(self._parsed, "responseDetails", self._member)
        match details.get("invocationType"):
            case "FINISH":
                return Decision(rationale, (), self._final(details, references), asks=False)
            case "ASK_USER":
                asks = self._object(details, "agentAskUser", "responseDetails")
                question = self._text(asks, "responseText", "agentAskUser")
                return Decision(rationale, (), AgentAnswer(question), asks=True)
            case "ACTION_GROUP":
                action = self._object(details, "actionGroupInvocation", "responseDetails")
                return Decision(rationale, (self._action(agent, action),), nothing)
            case "KNOWLEDGE_BASE":
                lookup = self._object(details, "agentKnowledgeBase", "responseDetails")
                return Decision(rationale, (self._lookup(agent, lookup),), nothing)
            case other:
                raise self._unreadable(
                    f"invocationType is {other!r}, and neither FINISH, ASK_USER, ACTION_GROUP nor "
                    "KNOWLEDGE_BASE"
                )

    def _final(self, details: JSON, references: Sequence[JSON]) -> AgentAnswer:
        final = self._object(details, "agentFinalResponse", "responseDetails")
        citations = final.get("citations")
        if not citations:
            return AgentAnswer(self._text(final, "responseText", "agentFinalResponse"))
        where = "agentFinalResponse.citations"
        parts = citations.get("generatedResponseParts") if isinstance(citations, dict) else None
        return self._cited(parts, references, where)

    def _cited(self, parts: Any, references: Sequence[JSON], where: str) -> AgentAnswer:
        """Parts with the ids of their sources, put together as AWS puts them: as they come."""
        if not isinstance(parts, list):
            raise self._unreadable(f"{where}.generatedResponseParts is no list")
        text, citations = "", []
        for part in parts:
            if not isinstance(part, dict):
                raise self._unreadable(f"{where}.generatedResponseParts has what is no object")
            words = self._text(part, "text", where)
            sources = list(self._sources(part.get("references") or (), references))
            if sources and words:
                citations.append(citation(words, len(text), sources))
            text += words
        return AgentAnswer(text, tuple(citations))

    @staticmethod
    def _sources(ids: Any, references: Sequence[JSON]) -> Iterator[JSON]:
        for each in ids:
            source = str(each.get("sourceId", "")) if isinstance(each, dict) else ""
            if source.isdecimal() and 0 < int(source) <= len(references):
                yield references[int(source) - 1]

    def _action(self, agent: InvokedAgent, action: JSON) -> ToolUse:
        operation = next(
            (one for one in agent.operations.values() if _is_called(one, action)), None
        )
        if operation is None:
            names = ("actionGroupName", "functionName", "apiName", "verb")
            called = {name: action[name] for name in names if name in action}
            raise self._unreadable(f"the agent has no operation {json.dumps(called)}")
        inputs = action.get("actionGroupInput") or {}
        if not isinstance(inputs, dict):
            raise self._unreadable("actionGroupInput is no object")
        values = {
            name: one["value"]
            for name, one in inputs.items()
            if isinstance(one, dict) and "value" in one
        }
        return _call(action, operation.tool.name, values)

    def _lookup(self, agent: InvokedAgent, lookup: JSON) -> ToolUse:
        base = lookup.get("knowledgeBaseId")
        tools = (one.tool.name for one in agent.lookups.values() if one.base == base)
        name = next(tools, None)
        if name is None:
            raise self._unreadable(f"the agent has no Knowledge Base {base!r}")
        query = self._object(lookup, "searchQuery", "agentKnowledgeBase")
        return _call(lookup, name, {QUERY: self._text(query, "value", "searchQuery")})

    def _object(self, within: JSON, member: str, where: str) -> JSON:
        value = within.get(member)
        if not isinstance(value, dict):
            raise self._unreadable(f"{where}{'.' if where else ''}{member} is no object")
        return value

    def _text(self, within: JSON, member: str, where: str) -> str:
        value = within.get(member)
        if not isinstance(value, str):
            raise self._unreadable(f"{where}.{member} is no text")
        return value

    def _unreadable(self, reason: str) -> Exception:
        return lambdas.unreadable(self._arn, reason)


def _is_called(operation: Operation, action: JSON) -> bool:
    if action.get("actionGroupName") != operation.group:
        return False
    if operation.function is not None:
        return bool(action.get("functionName") == operation.function)
    verb = str(action.get("verb", "")).upper()
    return action.get("apiName") == operation.path and verb == operation.method


def _call(details: JSON, name: str, values: JSON) -> ToolUse:
    identifier = details.get("id")
    if not isinstance(identifier, str) or not identifier:
        identifier = f"tooluse_{uuid4().hex}"
    return ToolUse(identifier, name, json.dumps(values, ensure_ascii=False))
