"""A question, taken apart into questions that can be searched for one by one: by rules.

    Who scored higher, Argentina or France?   Argentina scored higher    France scored higher
    What is quartz, and where is it found?    What is quartz?            Where is quartz found?
    What is it? How hard is it?               both, each understood from the one before

Any other question is one already.
"""

from collections.abc import Iterator, Sequence

from app.local import lazy_re as re
from app.local.engine.languages import ENGLISH, tell
from app.local.engine.store.analysis import terms
from app.local.engine.writer.prompt import Turn
from app.local.engine.writer.rewrite import understand
from app.local.engine.writer.selection.comparisons import comparison_in, comparison_of

MOST = 8  # questions
_MARKS = ("?", "\uff1f", "\u061f")
_ASKS = r"(?:what|where|when|who|whom|whose|which|why|how|is|are|was|were|do|does|did|can|will)"
_AND = re.compile(rf",? (?:and|but)(?: also)? (?={_ASKS}\b)", re.IGNORECASE)
_UNNAMED = re.compile(r"\b(?:it|he|him|his|she|her|they|them|their|its)\b", re.IGNORECASE)
_BEGINS = re.compile(rf"\W*{_ASKS}\b", re.IGNORECASE)
_BETWEEN = re.compile(
    rf"(?<=[{''.join(_MARKS)}])\s*(?=\w)|(?<=[.!])\s+(?={_ASKS}\b)", re.IGNORECASE
)


def decompose(question: str, conversation: Sequence[Turn] = ()) -> tuple[str, ...]:
    """The questions that a question is made of, each of which stands alone.

    >>> decompose("What is quartz, and where is it found?")
    ('What is quartz?', 'Where is quartz found?')
    >>> decompose("Which is harder, quartz or talc?")
    ('quartz harder', 'talc harder')
    >>> decompose("Where is bread and butter sold?")
    ('Where is bread and butter sold?',)
    """
    turns = list(conversation)
    parts: list[str] = []
    for one in _questions(question):
        alone = understand(one, turns).question
        parts += _sides(alone) or (alone,)
        turns += (Turn("user", alone), Turn("assistant", ""))
    return tuple(dict.fromkeys(parts))[:MOST] or (question,)


def two_questions(question: str) -> tuple[str, ...]:
    """The two questions that a question is made of, each with words of its own; none otherwise.

    >>> two_questions("What is quartz, and where is it found?")
    ('What is quartz?', 'Where is quartz found?')
    >>> two_questions("Who found it and when?"), two_questions("Which is harder, talc or quartz?")
    ((), ())
    """
    if comparison_in(question):
        return ()
    parts = decompose(question)
    words = [frozenset(terms(part)) for part in parts]
    apart = len(parts) == 2 and all(words) and words[0] != words[1]
    return parts if apart and not _UNNAMED.search(parts[1]) else ()


def questions_in(text: str) -> tuple[str, ...]:
    """The questions that a text is made of, in its own words.

    >>> questions_in("What is quartz, and where is it found?")
    ('What is quartz?', 'Where is it found?')
    """
    return tuple(_questions(text))


def _questions(text: str) -> Iterator[str]:
    """The questions that follow one another in a text."""
    for sentence in filter(None, map(str.strip, _BETWEEN.split(text))):
        if not _BEGINS.match(sentence):
            yield sentence
            continue
        for part in _AND.split(sentence):
            capital = part[0].upper() + part[1:].rstrip(" ,")
            yield capital if capital.endswith(_MARKS) or part is sentence else f"{capital}?"


def _sides(question: str) -> tuple[str, ...]:
    """What a comparison asks of each of its sides; nothing if it is none."""
    language = tell(question) or ENGLISH
    if language is ENGLISH:
        comparison = comparison_in(question)
        return tuple(map(comparison.question, comparison.sides)) if comparison else ()
    comparison = comparison_of(question, language)
    return (
        tuple(f"{side} {comparison.aspect}".strip() for side in comparison.sides)
        if comparison
        else ()
    )
