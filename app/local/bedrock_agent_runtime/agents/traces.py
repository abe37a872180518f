"""Traces: what a turn does, part by part, for a caller who asks for it.

    guardrailTrace          the user's text
    preProcessingTrace      modelInvocationInput, modelInvocationOutput
    orchestrationTrace      modelInvocationInput, modelInvocationOutput, rationale, invocationInput,
                            observation, ..., observation FINISH
    postProcessingTrace     modelInvocationInput, modelInvocationOutput
    guardrailTrace          the answer
    failureTrace            where the turn breaks off

https://docs.aws.amazon.com/bedrock/latest/userguide/trace-events.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from app.local.bedrock_agent_runtime.agents.agent import InvokedAgent, Operation
from app.local.bedrock_agent_runtime.agents.default_parser import Classification
from app.local.bedrock_agent_runtime.agents.lambdas import parameters
from app.local.bedrock_agent_runtime.agents.model_reply import ModelReply
from app.local.bedrock_agent_runtime.agents.overrides import StepPrompt
from app.local.bedrock_agent_runtime.agents.prompt_text import prompt_text
from app.local.bedrock_agent_runtime.agents.steps import CallResult, arguments
from app.local.bedrock_agent_runtime.agents.times import Timer, TimeSpan
from app.local.engine.writer import Prompt, ToolUse
from app.local.judgement import Judgement, Source
from app.local.wire import JSON

_POLICIES = ("topicPolicy", "contentPolicy", "wordPolicy", "sensitiveInformationPolicy")
_TRACES: Mapping[str, str] = {
    "PRE_PROCESSING": "preProcessingTrace",
    "ORCHESTRATION": "orchestrationTrace",
    "KNOWLEDGE_BASE_RESPONSE_GENERATION": "orchestrationTrace",
    "POST_PROCESSING": "postProcessingTrace",
}
_LONGEST = 8192
"""The most tokens that a trace has room for as `maximumLength`."""


@dataclass(slots=True)
class Traces:
    """The traces of one turn."""

    agent: InvokedAgent
    session: str
    timer: Timer = field(default_factory=Timer)
    _id: str = field(default_factory=lambda: uuid4().hex[:12])
    _steps: int = 0

    def asked(self, step: StepPrompt, prompt: Prompt) -> JSON:
        """What the model is asked in a step."""
        self._steps += 1
        sampling = step.sampling
        configuration: JSON = {"maximumLength": min(sampling.max_tokens, _LONGEST)}
        if sampling.temperature is not None:
            configuration["temperature"] = sampling.temperature
        if sampling.top_p is not None:
            configuration["topP"] = sampling.top_p
        if sampling.top_k is not None:
            configuration["topK"] = sampling.top_k
        if sampling.stop:
            configuration["stopSequences"] = list(sampling.stop)
        invocation = {
            "type": step.kind,
            "text": prompt_text(prompt),
            "foundationModel": step.model,
            "inferenceConfiguration": configuration,
            "promptCreationMode": "DEFAULT" if step.template is None else "OVERRIDDEN",
            "parserMode": "OVERRIDDEN" if step.parser else "DEFAULT",
        }
        if step.parser:
            invocation["overrideLambda"] = step.parser
        return self._part(_TRACES[step.kind], "modelInvocationInput", invocation)

    def replied(self, step: StepPrompt, reply: ModelReply) -> JSON:
        """What the model replied in orchestration."""
        return self._part(_TRACES[step.kind], "modelInvocationOutput", _output(reply))

    def classified(self, reply: ModelReply, classification: Classification) -> JSON:
        """What the model said of the user's text, as its parser read it."""
        response = {"isValid": classification.valid, "rationale": classification.rationale}
        output = {**_output(reply), "parsedResponse": response}
        return self._part("preProcessingTrace", "modelInvocationOutput", output)

    def rewritten(self, reply: ModelReply, text: str) -> JSON:
        """The answer as post-processing made it."""
        output = {**_output(reply), "parsedResponse": {"text": text}}
        return self._part("postProcessingTrace", "modelInvocationOutput", output)

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

    def observed(
        self, result: CallResult, span: TimeSpan | None = None, *, lookup: bool = False
    ) -> JSON:
        """What came of a call, and how long it took, if it was made here."""
        metadata = {"metadata": span.metadata()} if span else {}
        if lookup:
            passages = {"retrievedReferences": list(result.references), **metadata}
            observation: JSON = {"type": "KNOWLEDGE_BASE", "knowledgeBaseLookupOutput": passages}
        elif result.failed:
            observation = _reprompt("ACTION_GROUP", result.text)
        else:
            output = {"text": result.text, **metadata}
            observation = {"type": "ACTION_GROUP", "actionGroupInvocationOutput": output}
        return self._orchestration("observation", observation)

    def unreadable(self, reprompt: str) -> JSON:
        """What the model is told of a reply that its parser could not read."""
        return self._orchestration("observation", _reprompt("PARSER", reprompt))

    def finished(self, answer: str, *, asks: bool) -> JSON:
        """The answer, or a question for the user, and how long the turn took."""
        span = self.timer.span()
        metadata = span.metadata(operationTotalTimeMs=span.milliseconds)
        kind = "ASK_USER" if asks else "FINISH"
        response = {"text": answer, "metadata": metadata}
        return self._orchestration("observation", {"type": kind, "finalResponse": response})

    def judged(self, source: Source, judgement: Judgement, span: TimeSpan) -> JSON:
        """What the guardrail says of the user's text, or of the answer."""
        assessment = {
            policy: judgement.assessment[policy]
            for policy in _POLICIES
            if policy in judgement.assessment
        }
        member = "inputAssessments" if source == "INPUT" else "outputAssessments"
        trace = {
            "traceId": f"{self._id}-{'pre' if source == 'INPUT' else 'pst'}",
            "action": "NONE" if judgement.action == "none" else "INTERVENED",
            member: _plain([assessment]),
            "metadata": span.metadata(),
        }
        return self._trace("guardrailTrace", trace)

    def failed(self, reason: str, status: int) -> JSON:
        """Why the turn breaks off, with the HTTP status of the error."""
        trace = {
            "traceId": f"{self._id}-f",
            "failureReason": reason[:1000],
            "failureCode": status,
            "metadata": self.timer.span().metadata(),
        }
        return self._trace("failureTrace", trace)

    def _orchestration(self, member: str, value: JSON) -> JSON:
        return self._part("orchestrationTrace", member, value)

    def _part(self, trace: str, member: str, value: JSON) -> JSON:
        return self._trace(trace, {member: {"traceId": f"{self._id}-{self._steps}", **value}})

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


def _output(reply: ModelReply) -> JSON:
    """What every step's output has of a reply."""
    output: JSON = {
        "rawResponse": {"content": reply.raw},
        "metadata": reply.span.metadata(usage=reply.usage),
    }
    if reply.reasoning:
        output["reasoningContent"] = {"reasoningText": {"text": reply.reasoning}}
    return output


def _reprompt(source: str, text: str) -> JSON:
    return {"type": "REPROMPT", "repromptResponse": {"source": source, "text": text}}


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
