"""How an answer says that the documents do not say: the sentence that prompts ask for, and the mark
of it in other languages.
"""

import re

ABSTENTION = "The documents do not say."
ABSTENTION_MARK = "[0]"
"""How an abstention begins that is in another language: no passage has this number."""

_SIGNS = re.compile(r"[\W_]+")


def is_abstention(answer: str) -> bool:
    """Whether an answer is the sentence that the prompt asks for, however it is emphasized.

    >>> is_abstention(" **The documents do not say**"), is_abstention("The documents do not say 7.")
    (True, False)
    """
    return _letters(answer) == _letters(ABSTENTION)


def _letters(text: str) -> str:
    return _SIGNS.sub(" ", text).strip().casefold()
