"""Rewrites a follow-up so that Retrieve understands it without the conversation."""

from collections.abc import Callable, Sequence

from app.answer.prompt import rewrite_prompt
from app.citations.disguise import Disguise
from app.events import Usage
from app.models import Completion, Message, Prompt
from app.prompts import Template
from app.prompts.rewrite import REWRITE

# characters; Retrieve refuses more, and a longer text is no rewritten question
LONGEST = 1000


def rewrite(
    question: str,
    history: Sequence[Message],
    write: Callable[[Prompt], Completion],
    template: Template = REWRITE,
) -> tuple[str, Usage]:
    """The question that stands alone, and the usage of its rewriting.

    A first question is used as it is, and costs nothing. A follow-up is used as it is where its
    rewriting failed or is unusable: to retrieve with its own words is better than not to answer.
    """
    if not history:
        return question, Usage(0, 0)
    disguise = Disguise(question, *(message.text for message in history))
    completion = write(rewrite_prompt(question, history, disguise, template))
    new_question = disguise.restore(completion.text).strip().strip('"')
    usable = completion.stop_reason == "end" and 0 < len(new_question) <= LONGEST
    return new_question if usable else question, completion.usage
