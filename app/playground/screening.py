"""The guard's judgement of a trial's texts, before any of them goes to the model."""

from dataclasses import dataclass, replace

from app.events import Guardrail
from app.guardrail import Verdict
from app.models import Image, Message, Prompt, Text
from app.models.content import Block
from app.playground.trial import PlaygroundContext

UNSEEN = (
    "The guardrail judges texts; the image goes to the model unjudged, and the reply is judged."
)


@dataclass(frozen=True, slots=True)
class ScreenedPrompt:
    """A prompt as the guard lets it pass.

    Attributes:
        block: the verdict that blocks it; None if none does.
    """

    prompt: Prompt
    verdicts: tuple[Guardrail, ...]
    block: Verdict | None = None


def screen(prompt: Prompt, context: PlaygroundContext) -> ScreenedPrompt:
    """Judge the system text and every message, the assistant's too: a caller can make them up.
    After a text that is blocked no other is judged.
    """
    verdicts: list[Guardrail] = []
    block: Verdict | None = None

    def judge(text: str) -> str:
        nonlocal block
        if block is not None or not text.strip():
            return text
        verdict = context.guard.question(text)
        verdicts.extend(verdict.events("question"))
        if verdict.blocked:
            block = verdict
        return verdict.text

    def judge_block(part: Block) -> Block:
        if isinstance(part, Text):
            return replace(part, text=judge(part.text))
        if isinstance(part, Image) and context.settings.guardrail_id:
            verdicts.append(Guardrail("question", "unjudged", None, UNSEEN, "image"))
        return part

    messages = tuple(
        Message(each.role, tuple(judge_block(part) for part in each.content))
        for each in prompt.messages
    )
    system = judge(prompt.system)
    return ScreenedPrompt(replace(prompt, messages=messages, system=system), tuple(verdicts), block)
