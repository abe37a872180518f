"""What is true or false of a document, as a question says it.

"archived runbooks"      ->  is_archived equals true
"not archived", "un.."   ->  is_archived equals false
"""

from collections.abc import Iterator, Sequence

from app.local.engine.implicit.attribute import Attribute, QuestionWord, is_negated, words_of
from app.local.engine.store.filters import Condition, Filter

_VERBS = frozenset(("is", "are", "was", "were", "has", "have", "had", "does", "do", "did", "can"))


def switch_filters(question: str, attributes: Sequence[Attribute]) -> Iterator[Filter]:
    """A filter for each attribute whose key the question says, without "is" or "has". A question
    that asks whether it is so ("Is it archived?") says nothing of the documents.
    """
    words = words_of(question)
    if words and words[0].folded in _VERBS:
        return
    for attribute in attributes:
        name = [word for word in attribute.names if word not in _VERBS]
        states = set(_states(words, name)) if name else set()
        if len(states) == 1:
            yield Condition("equals", attribute.key, states.pop())


def _states(words: Sequence[QuestionWord], name: Sequence[str]) -> Iterator[bool]:
    for first in range(len(words) - len(name) + 1):
        run = [word.folded for word in words[first : first + len(name)]]
        if run == name:
            yield not is_negated(words, first)
        elif run[1:] == name[1:] and run[0] in (f"un{name[0]}", f"non{name[0]}"):
            yield False
