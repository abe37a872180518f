"""Traces: what a turn does, part by part, for a caller who asks for it.

    modelInvocationInput, modelInvocationOutput, rationale, invocationInput, observation, ...,
    observation FINISH; guardrailTrace before and behind; failureTrace where the turn breaks off

https://docs.aws.amazon.com/bedrock/latest/userguide/trace-events.html
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from app.local.bedrock_agent_runtime.agents.agent import InvokedAgent, Operation
from app.local.bedrock_agent_runtime.agents.lambdas import parameters
from app.local.bedrock_agent_runtime.agents.steps import CallResult, arguments
from app.local.engine.writer import Prompt, Sampling, ToolUse
from app.local.judgement import Judgement, Source
from app.local.wire import JSON

_POLICIES = ("topicPolicy", "contentPolicy", "wordPolicy", "sensitiveInformationPolicy")


@dataclass(slots=True)
class Traces:
    """The traces of one turn."""

    agent: InvokedAgent
    session: str
    _id: str = field(default_factory=lambda: uuid4().hex[:12])
    _steps: int = 0

    def asked(self, prompt: Prompt, sampling: Sampling) -> JSON:
        """What the model is asked."""
        self._steps += 1
        messages = [{"role": turn.role, "content": turn.text} for turn in prompt.turns]
        text = json.dumps({"system": prompt.system, "messages": messages}, ensure_ascii=False)
        configuration: JSON = {"maximumLength": min(sampling.max_tokens, 8192)}
        if sampling.temperature is not None:
            configuration["temperature"] = sampling.temperature
        if sampling.stop:
            configuration["stopSequences"] = list(sampling.stop)
        overridden = "OVERRIDDEN" if self.agent.orchestration else "DEFAULT"
        return self._orchestration(
            "modelInvocationInput",
            {
                "type": "ORCHESTRATION",
                "text": text,
                "foundationModel": self.agent.model,
                "inferenceConfiguration": configuration,
                "promptCreationMode": overridden,
                "parserMode": "DEFAULT",
            },
        )

    def replied(self, text: str, tokens_in: int, tokens_out: int) -> JSON:
        """What the model replied."""
        usage = {"inputTokens": tokens_in, "outputTokens": tokens_out}
        return self._orchestration(
            "modelInvocationOutput",
            {"rawResponse": {"content": text}, "metadata": {"usage": usage}},
        )

    def reasoned(self, text: str) -> JSON:
        """Why the model calls what it calls."""
        return self._orchestration("rationale", {"text": text})

    def called(self, operation: Operation, call: ToolUse, invocation: str | None = None) -> JSON:
        """A call of an operation; with an invocation's id, one that returns control."""
        values = arguments(call)
        action: JSON = {
            "actionGroupName": operation.group,
            "executionType": "RETURN_CONTROL" if invocation else "LAMBDA",
            "parameters": list(parameters(operation.types, values)),
        }
        if invocation:
            action["invocationId"] = invocation
        if operation.function is not None:
            action["function"] = operation.function
        else:
            action |= {"apiPath": operation.path, "verb": str(operation.method).lower()}
        if operation.content_type is not None:
            properties = list(parameters(operation.body, values))
            action["requestBody"] = {"content": {operation.content_type: properties}}
        return self._orchestration(
            "invocationInput",
            {"invocationType": "ACTION_GROUP", "actionGroupInvocationInput": action},
        )

    def looked_up(self, base: str, query: str) -> JSON:
        """A search in a Knowledge Base."""
        lookup = {"knowledgeBaseId": base, "text": query}
        return self._orchestration(
            "invocationInput",
            {"invocationType": "KNOWLEDGE_BASE", "knowledgeBaseLookupInput": lookup},
        )

    def observed(self, result: CallResult, *, lookup: bool = False) -> JSON:
        """What came of a call."""
        if lookup:
            passages = {"retrievedReferences": list(result.references)}
            observation: JSON = {"type": "KNOWLEDGE_BASE", "knowledgeBaseLookupOutput": passages}
        elif result.failed:
            reprompt = {"source": "ACTION_GROUP", "text": result.text}
            observation = {"type": "REPROMPT", "repromptResponse": reprompt}
        else:
            output = {"text": result.text}
            observation = {"type": "ACTION_GROUP", "actionGroupInvocationOutput": output}
        return self._orchestration("observation", observation)

    def finished(self, answer: str, *, asks: bool) -> JSON:
        """The answer, or a question for the user."""
        kind = "ASK_USER" if asks else "FINISH"
        return self._orchestration("observation", {"type": kind, "finalResponse": {"text": answer}})

    def judged(self, source: Source, judgement: Judgement) -> JSON:
        """What the guardrail says of the user's text, or of the answer."""
        assessment = {
            policy: judgement.assessment[policy]
            for policy in _POLICIES
            if policy in judgement.assessment
        }
        member = "inputAssessments" if source == "INPUT" else "outputAssessments"
        action = "NONE" if judgement.action == "none" else "INTERVENED"
        return self._trace(
            "guardrailTrace",
            {"traceId": f"{self._id}-g", "action": action, member: _plain([assessment])},
        )

    def failed(self, reason: str) -> JSON:
        """Why the turn breaks off."""
        return self._trace(
            "failureTrace", {"traceId": f"{self._id}-f", "failureReason": reason[:1000]}
        )

    def _orchestration(self, member: str, value: JSON) -> JSON:
        part = {member: {"traceId": f"{self._id}-{self._steps}", **value}}
        return self._trace("orchestrationTrace", part)

    def _trace(self, member: str, value: JSON) -> JSON:
        part: JSON = {
            "sessionId": self.session,
            "eventTime": datetime.now(UTC),
            "trace": {member: value},
        }
        if self.agent.alias_arn is not None:
            part |= {
                "agentId": self.agent.id,
                "agentAliasId": self.agent.alias,
                "agentVersion": self.agent.version,
                "callerChain": [{"agentAliasArn": self.agent.alias_arn}],
            }
        return {"trace": part}


def _plain(assessments: Iterable[JSON]) -> list[JSON]:
    """Assessments with the members that traces of agents have of them."""
    dropped = {"detected", "filterStrength"}
    return [
        {
            policy: {
                kind: [
                    {name: value for name, value in item.items() if name not in dropped}
                    for item in items
                ]
                for kind, items in lists.items()
            }
            for policy, lists in assessment.items()
        }
        for assessment in assessments
    ]
