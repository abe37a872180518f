"""The prompts: from a question and passages to the texts that a model reads. Pure.

Their templates are in `app.prompts`; what is taken of a conversation is decided here.
"""

from collections.abc import Sequence

from app.citations.disguise import Disguise
from app.events import Passage
from app.models import Message, Prompt, Text
from app.prompts import Template
from app.prompts.answer import ANSWER
from app.prompts.rewrite import REWRITE
from app.turn.history import latest

ANSWER_MEMORY = 2000
"""Characters of each earlier answer that the model is shown."""


def answer_prompt(
    question: str,
    history: Sequence[Message],
    passages: Sequence[Passage],
    instructions: str = "",
    query: str | None = None,
    template: Template = ANSWER,
) -> Prompt:
    """The prompt for an answer: the rules, the conversation, the passages, the question.

    `cite` reads the answer, and restores the brackets that `Disguise` has replaced.

    Args:
        history: earlier turns; the answers without their marks, which cited other passages.
        instructions: the caller's additions to the rules.
        query: the question as it stands alone. If there is one, the parts of the prompt are
            qualified for a guardrail over the call: passages are grounding sources, this is the
            query, and the question is what is judged.

    >>> passage = Passage(1, "Quartz is hard.", "s3://docs/minerals.pdf", 0.9, page=3)
    >>> print(answer_prompt("How hard is quartz?", [], [passage]).messages[-1].text)
    <passages>
    <passage n="1" document="minerals.pdf" page="3">
    Quartz is hard.
    </passage>
    </passages>
    <BLANKLINE>
    <question>How hard is quartz?</question>
    """
    disguise = Disguise.of(passages)
    texts = [*(passage.text for passage in passages), question, instructions]
    texts += [each.text for each in history]
    values = {
        "own_brackets": any(disguise.text(text) != text for text in texts),
        "instructions": instructions or None,
        "passages": passages,
        "question": question,
        "query": query,
    }
    return template.render(
        values, history=_shorten(history), disguise=disguise, is_qualified=query is not None
    )


def rewrite_prompt(
    question: str,
    history: Sequence[Message],
    disguise: Disguise,
    template: Template = REWRITE,
) -> Prompt:
    """The prompt that turns a follow-up into a question that stands alone."""
    values = {"conversation": _shorten(history), "question": question}
    return template.render(values, disguise=disguise)


def _shorten(history: Sequence[Message]) -> list[Message]:
    """The latest messages, as text: a model answers from passages, and not from old blocks."""
    return [Message(each.role, (Text(each.text[:ANSWER_MEMORY]),)) for each in latest(history)]
