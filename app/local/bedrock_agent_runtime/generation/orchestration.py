"""Orchestration: from a question and its conversation to what is searched for.

    question, turns -- prompt -- model -- a question that stands alone
                       QUERY_DECOMPOSITION: that, and the questions that it is made of

A first question is searched for as it is, unless it is to be taken apart or the request has an
orchestration prompt of its own.
"""

from dataclasses import dataclass

from app.local.bedrock_agent_runtime.generation.model import AnsweringModel, ModelPrompt
from app.local.bedrock_agent_runtime.generation.sessions import AnswerSession
from app.local.bedrock_agent_runtime.generation.templates import (
    DECOMPOSITION_FORMAT,
    FORMAT,
    HISTORY,
    ORCHESTRATION,
    REWRITE_FORMAT,
    Disguise,
    conversation,
    current_time,
    fill,
)
from app.local.wire import JSON

MOST_QUERIES = 6  # that are searched for side by side
LONGEST = 1000  # characters of a query; longer ones are no questions


@dataclass(frozen=True, slots=True)
class Orchestration:
    """How a question is prepared for search.

    Attributes:
        template: of the prompt; None for the stand-in's.
        members: those of Converse's request that say how the model writes.
        decomposes: whether the question is taken apart.
    """

    template: str | None
    members: JSON
    decomposes: bool

    async def queries(
        self, model: AnsweringModel, session: AnswerSession, question: str
    ) -> tuple[str, ...]:
        """What is searched for: the question that stands alone, and behind it those that it is made
        of, if it is taken apart. The question as it is, where the model writes none.
        """
        if not (session.turns or self.decomposes or self.template):
            return (question,)
        prompt = _prompt(self.template, self.members, session, question, REWRITE_FORMAT)
        alone = question
        if session.turns or self.template:
            (alone, *_) = (*_lines(await model.write(prompt)), question)
        if not self.decomposes:
            return (alone,)
        apart = _prompt(self.template, self.members, session, alone, DECOMPOSITION_FORMAT)
        parts = _lines(await model.write(apart))
        return tuple(dict.fromkeys((alone, *parts)))[:MOST_QUERIES]


def _prompt(
    template: str | None, members: JSON, session: AnswerSession, question: str, form: str
) -> ModelPrompt:
    texts = [question, *(text for turn in session.turns for text in turn)]
    disguise = Disguise.of(texts)
    values = {"$query$": disguise.text(question), "$current_time$": current_time()}
    values[HISTORY] = conversation(session.turns, disguise)
    values[FORMAT] = fill(form, values)
    return ModelPrompt(fill(template or ORCHESTRATION, values), (), "", members)


def _lines(answer: str) -> list[str]:
    """The questions that a model has written, one per line."""
    lines = (line.strip().strip('"') for line in answer.splitlines())
    return [line for line in lines if 0 < len(line) <= LONGEST]
