"""How many tokens a prompt is: those of its texts, of its images, and of what stands around them.

A model reads more than the texts: who speaks, and where a message begins and ends. Real models take
some tokens for it, each its own; here it is a fixed number for each message, and one for the answer
that is to begin.
"""

from collections.abc import Callable

from app.local.engine.writer.images import tokens
from app.local.engine.writer.prompt import Prompt

AROUND_A_MESSAGE = 4
BEFORE_AN_ANSWER = 3


def count_tokens(prompt: Prompt, count: Callable[[str], int]) -> int:
    """The tokens of a prompt, where `count` tells those of a text.

    >>> from app.local.engine.writer.prompt import Turn
    >>> count_tokens(Prompt((Turn("user", "How hard is quartz?"),)), lambda text: len(text.split()))
    11
    """
    texts = sum(map(count, prompt.texts))
    shown = sum(tokens(image) for turn in prompt.turns for image in turn.all_images)
    return texts + shown + AROUND_A_MESSAGE * len(prompt.turns) + BEFORE_AN_ANSWER
