"""What a body says of reasoning: Claude's `thinking`, Nova's `reasoningConfig`.

    Claude   {"type": "enabled", "budget_tokens": 2048}, {"type": "adaptive"}, {"type": "disabled"};
             "display": "omitted" leaves the text of the thoughts out
    Nova 2   {"type": "enabled", "maxReasoningEffort": "low", "medium" or "high"}

https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html
"""

from typing import Any

from app.local.bedrock_runtime.bodies.family import InvalidBody
from app.local.engine.writer.prompt import Sampling, Thinking

LEAST_BUDGET = 1024
_KINDS = ("enabled", "disabled", "adaptive")
_EFFORTS = ("low", "medium", "high")
_LEAST_TOP_P = 0.95
REDACTED = "[REDACTED]"  # what Nova 2 says in place of its thoughts


def claude_thinking(thinking: Any) -> Thinking | None:
    """What a request asks of the model's thoughts; None where it asks for none.

    Raises:
        InvalidBody: in Claude's words.
    """
    if thinking is None:
        return None
    if not isinstance(thinking, dict):
        raise InvalidBody("thinking: Input should be a valid dictionary or object")
    kind = thinking.get("type")
    if kind not in _KINDS:
        expected = ", ".join(f"'{one}'" for one in _KINDS)
        raise InvalidBody(
            f"thinking: Input tag '{kind}' found using 'type' does not match any of the expected "
            f"tags: {expected}"
        )
    known = {"type", "budget_tokens", "display"} if kind == "enabled" else {"type", "display"}
    if extra := sorted(thinking.keys() - known):
        raise InvalidBody(f"thinking.{kind}.{extra[0]}: Extra inputs are not permitted")
    if kind == "disabled":
        return None
    budget = thinking.get("budget_tokens")
    if kind == "enabled":
        if "budget_tokens" not in thinking:
            raise InvalidBody("thinking.enabled.budget_tokens: Field required")
        if not isinstance(budget, int) or isinstance(budget, bool):
            raise InvalidBody("thinking.enabled.budget_tokens: Input should be a valid integer")
        if budget < LEAST_BUDGET:
            raise InvalidBody(
                "thinking.enabled.budget_tokens: Input should be greater than or equal to "
                f"{LEAST_BUDGET}"
            )
    display = thinking.get("display", "summarized")
    if display not in ("summarized", "omitted"):
        raise InvalidBody(f"thinking.{kind}.display: Input should be 'summarized' or 'omitted'")
    return Thinking(kind, budget, signed=True, instead="" if display == "omitted" else None)


def check_thinking(sampling: Sampling, named: frozenset[str]) -> None:
    """Check what else a request of Claude's may not ask for together with thinking.

    Raises:
        InvalidBody: in Claude's words.
    """
    thinking = sampling.thinking
    if thinking is None:
        return
    if thinking.budget is not None and thinking.budget >= sampling.max_tokens:
        raise InvalidBody(
            "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our "
            "documentation at https://docs.claude.com/en/docs/build-with-claude/"
            "extended-thinking#max-tokens-and-context-window-size"
        )
    if "temperature" in named and sampling.temperature != 1:
        raise InvalidBody(
            "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode."
        )
    if sampling.top_p is not None and sampling.top_p < _LEAST_TOP_P:
        raise InvalidBody(
            "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled or in "
            "adaptive mode."
        )
    if sampling.top_k is not None:
        raise InvalidBody("`top_k` must be unset when thinking is enabled or in adaptive mode.")


def nova_reasoning(config: Any) -> tuple[Thinking | None, str | None]:
    """What a request asks of Nova 2's thoughts, and with how much effort.

    Raises:
        InvalidBody: naming the member.
    """
    if config is None:
        return None, None
    if not isinstance(config, dict) or config.get("type") not in ("enabled", "disabled"):
        raise InvalidBody("reasoningConfig.type: it has to be enabled or disabled.")
    if config["type"] == "disabled":
        return None, None
    effort = config.get("maxReasoningEffort")
    if effort not in _EFFORTS:
        raise InvalidBody(
            f"reasoningConfig.maxReasoningEffort: it has to be one of {', '.join(_EFFORTS)}."
        )
    return Thinking("enabled", instead=REDACTED), effort
