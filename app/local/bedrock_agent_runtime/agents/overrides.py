"""How the model is asked in each step of a turn: an agent's promptOverrideConfiguration, and AWS's
defaults where it says nothing.

    PRE_PROCESSING                        DISABLED by default
    ORCHESTRATION                         ENABLED
    KNOWLEDGE_BASE_RESPONSE_GENERATION    ENABLED: with a prompt of the agent's own it is a step of
                                          its own, otherwise orchestration reads what was found
    POST_PROCESSING                       DISABLED by default
    MEMORY_SUMMARIZATION                  ENABLED, for agents with a memory

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_PromptConfiguration.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from app.local.engine.writer import Sampling
from app.local.wire import JSON

PromptType = Literal[
    "PRE_PROCESSING",
    "ORCHESTRATION",
    "KNOWLEDGE_BASE_RESPONSE_GENERATION",
    "POST_PROCESSING",
    "MEMORY_SUMMARIZATION",
]
PROMPT_TYPES: tuple[PromptType, ...] = (
    "PRE_PROCESSING",
    "ORCHESTRATION",
    "KNOWLEDGE_BASE_RESPONSE_GENERATION",
    "POST_PROCESSING",
    "MEMORY_SUMMARIZATION",
)
_DISABLED = frozenset({"PRE_PROCESSING", "POST_PROCESSING"})
_LONGEST = 2048
"""Tokens of a reply, where the agent's prompt does not say otherwise."""


@dataclass(frozen=True, slots=True)
class StepPrompt:
    """How the model is asked in one step.

    Attributes:
        kind: Bedrock's promptType.
        enabled: whether the step is carried out.
        template: the agent's own; None for the stand-in's.
        inference: Bedrock's inferenceConfiguration.
        parser: the ARN of the Lambda function that reads the reply; None for the default parser.
        model: which model is asked.
    """

    kind: PromptType
    enabled: bool
    template: str | None
    inference: JSON
    parser: str | None
    model: str

    @property
    def sampling(self) -> Sampling:
        """How the model writes."""
        return Sampling(
            temperature=self.inference.get("temperature", 0.0),
            top_p=self.inference.get("topP"),
            top_k=self.inference.get("topK"),
            max_tokens=self.inference.get("maximumLength", _LONGEST),
            stop=tuple(self.inference.get("stopSequences", ())),
        )


def read_steps(agent: JSON) -> Mapping[PromptType, StepPrompt]:
    """The prompts of an agent by their type, from its description."""
    override = agent.get("promptOverrideConfiguration", {})
    configurations = override.get("promptConfigurations", ())
    return {kind: _step(kind, agent, override, configurations) for kind in PROMPT_TYPES}


def _step(
    kind: PromptType, agent: JSON, override: JSON, configurations: Iterable[JSON]
) -> StepPrompt:
    own: JSON = next((each for each in configurations if each.get("promptType") == kind), {})
    overrides = own.get("promptCreationMode") == "OVERRIDDEN"
    default = "DISABLED" if kind in _DISABLED else "ENABLED"
    return StepPrompt(
        kind=kind,
        enabled=own.get("promptState", default) == "ENABLED",
        template=own["basePromptTemplate"] if overrides else None,
        inference=own.get("inferenceConfiguration", {}),
        parser=override["overrideLambda"] if own.get("parserMode") == "OVERRIDDEN" else None,
        model=str(own.get("foundationModel") or agent["foundationModel"]),
    )
