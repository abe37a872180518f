"""An attribute that an implicit filter may test, and the words of a question."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from app.local import lazy_re as re
from app.local.engine.languages import language
from app.local.engine.store.analysis import terms

StoredScalar = str | float | bool
ValuesOf = Callable[[str, int], Sequence[StoredScalar]]
"""The values that an index has of a key, at most so many, those of the most chunks first."""

WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
ENGLISH = language("en")  # of the stems: those of a word that is compared with itself do for any
FUNCTION_WORDS = ENGLISH.function_words
NEGATIONS = frozenset(
    ("not", "no", "non", "without", "except", "excluding", "other", "but", "neither", "nor")
)


@dataclass(frozen=True)
class Attribute:
    """A metadata attribute.

    Attributes:
        key: its name.
        kind: of its values; a list is of strings.
        description: what it means, for whoever writes the filter.
    """

    key: str
    kind: Literal["string", "number", "boolean", "list"]
    description: str

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The words of its key: `publishedYear` and `published_year` have two."""
        return tuple(word.casefold() for word in WORD.findall(_HUMP.sub(" ", self.key)))

    @cached_property
    def terms(self) -> frozenset[str]:
        """The stems of the words that tell what it is: of its key and its description."""
        return frozenset(terms(f"{' '.join(self.names)} {self.description}", ENGLISH))


AttributeValues = Mapping[Attribute, Sequence[StoredScalar]]


@dataclass(frozen=True)
class QuestionWord:
    """A word of a question, at the characters [start, end)."""

    text: str
    start: int
    end: int

    @property
    def folded(self) -> str:
        return self.text.casefold()

    @cached_property
    def terms(self) -> frozenset[str]:
        return frozenset(terms(self.text, ENGLISH))

    def says(self, attribute: Attribute) -> bool:
        """Whether the word, in any form, is one of the attribute's own."""
        return not self.terms.isdisjoint(attribute.terms)


def words_of(question: str) -> list[QuestionWord]:
    """The words of a question in their order.

    >>> [word.text for word in words_of("Who wrote s3-notes?")]
    ['Who', 'wrote', 's3', 'notes']
    """
    return [QuestionWord(match[0], *match.span()) for match in WORD.finditer(question)]


def is_negated(words: Sequence[QuestionWord], place: int) -> bool:
    """Whether "not", "except" or the like stands before a word, an article between them or not.

    >>> is_negated(words_of("all but the old ones"), 3), is_negated(words_of("the old ones"), 1)
    (True, False)
    """
    before = [word.folded for word in words[max(0, place - 3) : place]]
    while before and before[-1] in ("the", "a", "an", "by", "from", "in", "of", "than"):
        before.pop()
    return bool(before) and before[-1] in NEGATIONS


def distance(words: Sequence[QuestionWord], first: int, last: int, attribute: Attribute) -> int:
    """How many words lie between the words [first, last) and the nearest of the attribute's own;
    a thousand if there is none.
    """
    return min(_distances(words, first, last, attribute), default=1000)


def _distances(
    words: Sequence[QuestionWord], first: int, last: int, attribute: Attribute
) -> Iterator[int]:
    for place, word in enumerate(words):
        if not first <= place < last and word.says(attribute):
            yield first - place - 1 if place < first else place - last
