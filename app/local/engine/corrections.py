"""Misspelled words of a question, corrected by the words of the documents.

    "how do I intsall the pakage" -> "how do I install the package"

Corrected is a plain English word that neither a chunk nor the encoder's vocabulary has, if a chunk
has one that differs by one letter, or by two in a long word, and begins with the same. Identifiers,
numbers, names in the middle of a sentence and what stands in quotes are left as they are.
"""

import re

from app.local.engine.encoder import TextEncoder
from app.local.engine.languages import detect
from app.local.engine.store import Store

_WORD = re.compile(
    r"(?<![\w/:@#$`\"'\u2019-])(?<![\w][.])"  # not a part of a name, a path, a command or a quote
    r"[A-Za-z][a-z]{3,}"
    r"(?![\w/:@#`\"'\u2019-])(?!\.\w)"
)


def corrected(question: str, encoder: TextEncoder, store: Store) -> str:
    """The question with its misspelled words corrected.

    Args:
        question: in any language; only those in English are corrected.
        encoder: whose vocabulary has the common words, each as one token.
        store: whose chunks have the words to choose from.
    """
    if detect(question).code != "en":
        return question

    def correct(match: re.Match[str]) -> str:
        word = match[0]
        is_name = word[0].isupper() and question[: match.start()].strip()
        if is_name or encoder.count(word) == 1:
            return word
        return store.nearest_word(word.lower()) or word

    return _WORD.sub(correct, question)
