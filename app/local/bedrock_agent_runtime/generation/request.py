"""The request of RetrieveAndGenerate, checked: what is searched, and how the model is called.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_RetrieveAndGenerate.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from app.local.bedrock_agent_runtime.generation.model import (
    AnsweringModel,
    GeneratingModels,
)
from app.local.bedrock_agent_runtime.generation.orchestration import Orchestration
from app.local.bedrock_agent_runtime.generation.sources import Source
from app.local.bedrock_agent_runtime.generation.templates import (
    FORMAT,
    GENERATION,
    HISTORY,
    SEARCH_RESULTS,
    check_template,
)
from app.local.bedrock_agent_runtime.guarding import RequestGuard, guard_of
from app.local.control.errors import invalid, unsupported
from app.local.judgement import Judge
from app.local.wire import JSON, Call, ServiceError, WaitingService

CONFIGURATION = "retrieveAndGenerateConfiguration"
MEMBERS = {
    "KNOWLEDGE_BASE": "knowledgeBaseConfiguration",
    "EXTERNAL_SOURCES": "externalSourcesConfiguration",
}
# The parameters of textInferenceConfig, by the names that models' own bodies have for them.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "temperature": ("temperature",),
    "topP": ("topP", "top_p", "p"),
    "maxTokens": (
        *("maxTokens", "max_tokens", "max_new_tokens", "max_gen_len", "maxTokenCount"),
        *("max_tokens_to_sample", "max_completion_tokens"),
    ),
    "stopSequences": ("stopSequences", "stop_sequences", "stop"),
}

Open = Callable[[str, JSON], Source]
"""Makes a source from a configuration, given the request's member that it is."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """A retrieveAndGenerateConfiguration.

    Attributes:
        source: what is searched.
        model: that answers.
        template: of the prompt that it answers.
        members: those of Converse's request that say how it writes.
        orchestration: how the question is prepared for search.
        guard: judges the question and the answer; None where the request names no guardrail.
    """

    source: Source
    model: AnsweringModel
    template: str
    members: JSON
    orchestration: Orchestration
    guard: RequestGuard | None


def question_of(params: JSON) -> str:
    """The text of the question.

    Raises:
        ServiceError: ValidationException: it is blank.
    """
    text: str = params["input"]["text"]
    if not text.strip():
        raise invalid("input.text", "must hold the question.")
    if params.get("userContext") is not None:
        raise unsupported("userContext", "access control")
    return text


def member_of(configuration: JSON) -> str:
    """The member that a configuration has for its type.

    Raises:
        ServiceError: ValidationException: it lacks it, or has another.
    """
    kind = configuration["type"]
    member = MEMBERS[kind]
    if configuration.get(member) is None:
        raise invalid(f"{CONFIGURATION}.{member}", f"is required for the type {kind}.")
    for other in set(MEMBERS.values()) - {member}:
        if configuration.get(other) is not None:
            raise invalid(f"{CONFIGURATION}.{other}", f"does not belong to the type {kind}.")
    return member


def configuration_of(
    configuration: JSON,
    models: GeneratingModels,
    runtime: WaitingService,
    call: Call,
    openers: Mapping[str, Open],
    judge: Judge | None,
) -> Configuration:
    """Check a retrieveAndGenerateConfiguration.

    Args:
        openers: what opens a source, by the configuration's type.
        judge: judges by guardrails; None where nothing does.

    Raises:
        ServiceError: ValidationException, naming the member and the rule; or one of those that the
            model or the source raises.
    """
    member = member_of(configuration)
    where, settings = f"{CONFIGURATION}.{member}", configuration[member]
    model = _model(models, runtime, call, f"{where}.modelArn", settings["modelArn"])
    generation = settings.get("generationConfiguration") or {}
    template = _template(f"{where}.generationConfiguration", generation, [SEARCH_RESULTS])
    guardrail = "guardrailConfiguration"
    guard = guard_of(
        judge, f"{where}.generationConfiguration.{guardrail}", generation.get(guardrail)
    )
    orchestration = settings.get("orchestrationConfiguration") or {}
    at = f"{where}.orchestrationConfiguration"
    return Configuration(
        openers[configuration["type"]](where, settings),
        model,
        template or GENERATION,
        _members(f"{where}.generationConfiguration", generation),
        Orchestration(
            _template(at, orchestration, [HISTORY, FORMAT]),
            _members(at, orchestration),
            decomposes=orchestration.get("queryTransformationConfiguration") is not None,
        ),
        guard,
    )


def _model(
    models: GeneratingModels, runtime: WaitingService, call: Call, field: str, arn: str
) -> AnsweringModel:
    try:
        model = models.invoked(arn, call.region, datetime.now(UTC))
    except ServiceError as error:
        raise ServiceError(error.code, f"{field}: {error.message}", **error.members) from error
    if not models.can_write(arn):
        raise invalid(field, f"must be a model that writes text, and is {arn}.")
    return AnsweringModel(runtime, call, arn, model)


def _template(where: str, prompting: JSON, required: list[str]) -> str | None:
    """The text of a promptTemplate; None where the request has none."""
    template: str | None = (prompting.get("promptTemplate") or {}).get("textPromptTemplate")
    if template is not None:
        check_template(f"{where}.promptTemplate.textPromptTemplate", template, required)
    return template


def _members(where: str, prompting: JSON) -> JSON:
    """The members of Converse's request for an inferenceConfig and what stands beside it.

    A parameter of textInferenceConfig may stand in additionalModelRequestFields by the name that
    the model has for it, and not in both. Converse itself refuses further fields that the model
    does not have.
    """
    inference = dict((prompting.get("inferenceConfig") or {}).get("textInferenceConfig") or {})
    if inference.get("maxTokens") == 0:
        field = f"{where}.inferenceConfig.textInferenceConfig.maxTokens"
        raise invalid(field, "must be at least 1.")
    fields = dict(prompting.get("additionalModelRequestFields") or {})
    for parameter, names in _NAMES.items():
        for name in fields.keys() & set(names):
            field = f"{where}.additionalModelRequestFields.{name}"
            if parameter in inference:
                raise invalid(
                    field,
                    "must not be there twice, and is there as "
                    f"inferenceConfig.textInferenceConfig.{parameter} as well.",
                )
            inference[parameter] = _parameter(field, parameter, fields.pop(name))
    members = {
        "inferenceConfig": {name: inference[name] for name in _NAMES if name in inference},
        "additionalModelRequestFields": fields,
        "performanceConfig": prompting.get("performanceConfig"),
    }
    return {name: value for name, value in members.items() if value}


def _parameter(field: str, parameter: str, value: object) -> object:
    """A parameter among the additional fields, whose type no model of the API has checked."""
    if parameter == "stopSequences":
        if isinstance(value, list) and all(isinstance(one, str) and one for one in value):
            return value
        raise invalid(field, "must be a list of strings that are not empty.")
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if parameter == "maxTokens":
        if number and isinstance(value, int) and value >= 1:
            return value
        raise invalid(field, "must be a whole number of at least 1.")
    if number and 0 <= value <= 1:  # type: ignore[operator]  # it is a number
        return value
    raise invalid(field, "must be a number from 0 to 1.")
