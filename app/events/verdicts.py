"""What the guardrail says of a text of a turn."""

from dataclasses import dataclass
from typing import ClassVar, Literal

GuardrailMode = Literal["buffer", "window", "verdict"]
"""When an answer is judged: before any of it is shown; window by window; when all is shown."""
GuardrailSource = Literal["question", "passage", "tool_input", "tool_result", "answer"]
GuardrailAction = Literal["none", "masked", "blocked", "unjudged"]
GuardrailPolicy = Literal["topic", "content", "word", "sensitive_information", "grounding"]


@dataclass(frozen=True, slots=True)
class PolicyFinding:
    """What one policy of a guardrail found in a text, without the text that matched.

    Attributes:
        kind: a topic's name; a kind of content such as VIOLENCE or PROMPT_ATTACK; WORD, or the
            managed list's type; a type of PII or the name of a regular expression; GROUNDING or
            RELEVANCE.
        action: BLOCKED, ANONYMIZED or NONE, as Bedrock reports it.
        confidence: of a content filter: NONE, LOW, MEDIUM or HIGH.
        score: of grounding and relevance, 0 to 1.
        threshold: the least score that passes.
    """

    policy: GuardrailPolicy
    kind: str
    action: str
    confidence: str | None = None
    score: float | None = None
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A verdict of the guardrail that its reader has to know of: it masked parts of a text, such as
    names, or blocked the text; it let the text pass and reports findings or scores (`none`); or the
    text passed `unjudged`, because the guardrail was down and the settings let texts pass then.

    A masked question, passage, tool input or tool result is used as `text`. A blocked question has
    `text`, the guardrail's message, as its answer; a blocked passage is not shown to the model. If
    the answer is masked or blocked, a reader has to replace all text shown so far by `text`; a
    masked answer keeps its citations.

    Attributes:
        text: in place of the text that was judged; None if that stays as it is.
        reason: the guardrail's own words, or why there is no verdict.
        subject: the address of a passage's document, or the name of a tool.
        policies: what each policy found.
    """

    kind: ClassVar[str] = "guardrail"
    source: GuardrailSource
    action: GuardrailAction
    text: str | None
    reason: str | None = None
    subject: str | None = None
    policies: tuple[PolicyFinding, ...] = ()
