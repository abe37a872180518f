"""Follow-up and history -> a question that Retrieve understands without the conversation."""

from collections.abc import Callable, Sequence

from app.answer.disguise import Disguise
from app.answer.prompt import rewrite_prompt
from app.events import Usage
from app.models import Completion, Message, Prompt

# Retrieve would refuse more, and a model that rambles has not rewritten.
LONGEST = 1000


def rewrite(
    question: str, history: Sequence[Message], write: Callable[[Prompt], Completion]
) -> tuple[str, Usage]:
    """The question that stands alone, and what finding it cost.

    A first question is taken as it is, and costs nothing. So is one whose rewriting came to
    nothing usable: retrieving with the follow-up's own words beats not answering.
    """
    if not history:
        return question, Usage(0, 0)
    disguise = Disguise(question, *(message.text for message in history))
    completion = write(rewrite_prompt(question, history, disguise))
    rewritten = disguise.restore(completion.text).strip().strip('"')
    usable = completion.stop_reason == "end" and 0 < len(rewritten) <= LONGEST
    return rewritten if usable else question, completion.usage
