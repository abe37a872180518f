"""The guard's judgement of a caller's texts, before anything is done with them."""

from collections.abc import Sequence
from dataclasses import replace

from app.guardrail import Guard, Verdict
from app.models import Message, Text
from app.turn.history import latest
from app.turn.question import Question


def admit(question: Question, guard: Guard) -> tuple[Question, Sequence[Verdict]]:
    """The question as the guard lets it pass, and a verdict on each of the caller's texts.

    Stored turns were judged when they were new. Turns that a caller sends along are judged here,
    because a caller can make them up. After a blocked text no other is judged.
    """
    verdicts = [guard.question(question.text)]

    def judge(text: str) -> str:
        if text and not verdicts[-1].blocked:
            verdicts.append(guard.question(text))
            return verdicts[-1].text
        return text

    question = replace(question, text=verdicts[0].text)
    if dialogue := question.dialogue:
        messages = tuple(
            Message(each.role, (Text(judge(each.text)),)) for each in latest(dialogue.messages)
        )
        instructions = judge(dialogue.instructions)
        dialogue = replace(dialogue, messages=messages, instructions=instructions)
        question = replace(question, dialogue=dialogue)
    return question, verdicts
