"""What the traces of InvokeAgent say, part by part. Pure.

    guardrailTrace         the agent's own guardrail   -> GuardrailReport
    preProcessingTrace     the model is asked          -> TracedUsage
    orchestrationTrace     modelInvocationInput        -> ModelAsk, the next reply begins
                           modelInvocationOutput       -> TracedUsage
                           invocationInput             -> ToolInvocation, LookupInvocation
                           observation                 -> ToolObservation, LookupObservation,
                                                          FinalResponse
    postProcessingTrace    the answer is written again -> TracedUsage, Rewrite
    failureTrace           why the turn breaks off     -> TraceFailure

A rationale and other parts say nothing that a reader is shown.
https://docs.aws.amazon.com/bedrock/latest/userguide/trace-events.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from app.aws import well_formed
from app.events import GuardrailAction, Usage
from app.guardrail.assessments import Assessment, actions, read_assessment
from app.tools.action_group import function_of

JSON = Mapping[str, Any]


def parameters_in(call: JSON) -> list[JSON]:
    """The parameters of a call, in a trace or a `returnControl`; those of a body stand last."""
    parameters = list(call.get("parameters", ()))
    for content in call.get("requestBody", {}).get("content", {}).values():
        parameters += content["properties"] if isinstance(content, Mapping) else content
    return parameters


@dataclass(frozen=True, slots=True)
class ModelAsk:
    """The model is asked for its next reply in orchestration."""


@dataclass(frozen=True, slots=True)
class TracedUsage:
    """What a reply of the model took."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class ToolInvocation:
    """Bedrock calls a function.

    Attributes:
        parameters: each with its `name`, its `type`, and its `value`, a string.
    """

    function: str
    parameters: Sequence[JSON]


@dataclass(frozen=True, slots=True)
class LookupInvocation:
    """Bedrock searches a Knowledge Base."""

    query: str


@dataclass(frozen=True, slots=True)
class ToolObservation:
    """What a function said.

    Attributes:
        is_error: whether it asks the model to try again (REPROMPT).
    """

    text: str
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class LookupObservation:
    """What a search has found: `retrievedReferences`."""

    references: Sequence[JSON]


@dataclass(frozen=True, slots=True)
class GuardrailReport:
    """What the agent's own guardrail did with the question, or with the answer.

    Attributes:
        action: Bedrock has applied it already.
    """

    source: Literal["question", "answer"]
    action: GuardrailAction
    assessments: tuple[Assessment, ...]


@dataclass(frozen=True, slots=True)
class FinalResponse:
    """The answer, before post-processing and guardrail. Its text follows in chunks."""

    text: str


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Post-processing writes the answer again."""


@dataclass(frozen=True, slots=True)
class TraceFailure:
    """Why a turn breaks off, with the status of the error."""

    reason: str
    code: int


TracePart = (
    ModelAsk
    | TracedUsage
    | ToolInvocation
    | LookupInvocation
    | ToolObservation
    | LookupObservation
    | GuardrailReport
    | FinalResponse
    | Rewrite
    | TraceFailure
)


def read_trace(part: JSON) -> Iterator[TracePart]:
    """The parts of one `trace` event, in their order.

    >>> usage = {"usage": {"inputTokens": 9, "outputTokens": 4}}
    >>> trace = {"preProcessingTrace": {"modelInvocationOutput": {"metadata": usage}}}
    >>> list(read_trace({"trace": trace}))
    [TracedUsage(usage=Usage(input_tokens=9, output_tokens=4))]
    """
    for kind, trace in part.get("trace", {}).items():
        yield from _usage(trace)
        match kind:
            case "orchestrationTrace":
                yield from _orchestration(trace)
            case "postProcessingTrace" if "modelInvocationOutput" in trace:
                yield Rewrite()
            case "guardrailTrace":
                yield from _guardrail(trace)
            case "failureTrace":
                yield TraceFailure(str(trace.get("failureReason", "")), trace.get("failureCode", 0))


def _usage(trace: JSON) -> Iterator[TracedUsage]:
    match trace:
        case {"modelInvocationOutput": {"metadata": {"usage": usage}}}:
            counts = (usage.get("inputTokens"), usage.get("outputTokens"))
            yield TracedUsage(Usage(*map(_count, counts)))


def _count(value: object) -> int:
    """A number of tokens; 0 for what is none."""
    return max(0, value) if isinstance(value, int) else 0


def _orchestration(trace: JSON) -> Iterator[TracePart]:
    match trace:
        case {"modelInvocationInput": {"type": "KNOWLEDGE_BASE_RESPONSE_GENERATION"}}:
            pass
        case {"modelInvocationInput": _}:
            yield ModelAsk()
        case {"invocationInput": {"actionGroupInvocationInput": call}}:
            # One that returns control has an event of its own.
            if call.get("executionType") != "RETURN_CONTROL":
                yield ToolInvocation(function_of(call), parameters_in(call))
        case {"invocationInput": {"knowledgeBaseLookupInput": lookup}}:
            yield LookupInvocation(well_formed(lookup.get("text", "")))
        case {"observation": observation}:
            yield from _observation(observation)


def _observation(observation: JSON) -> Iterator[TracePart]:
    if output := observation.get("actionGroupInvocationOutput"):
        yield ToolObservation(well_formed(output.get("text", "")))
    elif (output := observation.get("knowledgeBaseLookupOutput")) is not None:
        yield LookupObservation(output.get("retrievedReferences", ()))
    elif reprompt := observation.get("repromptResponse"):
        if reprompt.get("source") != "PARSER":  # that one is of no call
            yield ToolObservation(well_formed(reprompt.get("text", "")), is_error=True)
    elif final := observation.get("finalResponse"):
        yield FinalResponse(well_formed(final.get("text", "")))


def _guardrail(trace: JSON) -> Iterator[GuardrailReport]:
    sides: tuple[tuple[str, Literal["question", "answer"]], ...] = (
        ("inputAssessments", "question"),
        ("outputAssessments", "answer"),
    )
    for member, source in sides:
        if (assessments := trace.get(member)) is None:
            continue
        action: GuardrailAction = "none"
        if trace.get("action") == "INTERVENED":
            # As ApplyGuardrail's: the same word for a mask and for a block.
            masks = set(actions(list(assessments))) - {"NONE"} == {"ANONYMIZED"}
            action = "masked" if masks else "blocked"
        yield GuardrailReport(source, action, tuple(read_assessment(one) for one in assessments))
