"""A question, and what kind of answer it expects."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from app.local.store.analysis import terms

Kind = Literal["number", "date", "person", "place", "reason", "yes-no", "way", "thing"]

# The first that matches says the kind.
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "number",
        re.compile(
            r"\b[Hh]ow (many|much|long|old|far|tall|large|big|high|fast|often|deep|heavy|wide)\b"
            r"|\b([Ww]hat|[Ww]hich)\b(?! (?:band|group|company|team))(?: \S+){0,4}? (number|percent\w*|amount|size|limit"
            r"|quota|maximum|minimum|max|min|rate|ratio|cost|price|population|default|length|age"
            r"|timeout|score|temperature|version|fraction|proportion|throughput)\b"
        ),
    ),
    (
        "date",
        re.compile(
            r"(?:^|[,;] |\b(?:[Ss]ince|[Uu]ntil|[Bb]y) )[Ww]hen"
            r"(?: (?:is|was|were|are|did|do|does|will|can|could|has|had|have)\b|\?)"
            r"|\b([Ww]hat|[Ww]hich) (?:\w+ ){0,1}(year|date|day|month|century|decade|time|era|period)s?\b"
        ),
    ),
    ("person", re.compile(r"^\W*Who(se|m)?\b|\bwho(se|m)?\b")),
    (
        "place",
        re.compile(
            r"\b[Ww]here\b|\b([Ww]hat|[Ww]hich) (?:\w+ ){0,1}(city|country|state|place|location"
            r"|county|region|continent|town|river|island|area|province|nation)\b"
        ),
    ),
    (
        "reason",
        re.compile(r"\b[Ww]hy\b|\b[Ww]hat (caused?|causes|was the (cause|reason))\b|\breason\b"),
    ),
    (
        "yes-no",
        re.compile(
            r"^\W*(Is|Are|Was|Were|Do|Does|Did|Can|Could|Will|Would|Has|Have|Had|Should|May|Must"
            r"|Am|is|are|was|were|do|does|did|can|could|will|would|has|have|should|may|must)\b"
        ),
    ),
    ("way", re.compile(r"\b[Hh]ow\b")),
)
_SEVERAL = re.compile(
    r"\b([Ww]hat|[Ww]hich)(?: \w+){0,3} (are|were)\b|\b([Ww]hat|[Ww]hich) (?:\w+ ){0,2}\w+(?<!s)s\b"
    r"|\b(list|name|types|kinds|ways|benefits|reasons|steps|features)\b"
)
_NUMBER = re.compile(r"\d[\d,.]*\d|\d")
_NUMBER_WORDS = frozenset(
    """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety
    hundred thousand million billion trillion dozen half third quarter first second twice once zero
    both several""".split()
)
_YEAR = re.compile(r"\b(?:1\d{3}|20\d{2})s?\b")
_MONTHS = frozenset(
    """january february march april may june july august september october november december""".split()
)
_WORD = re.compile(r"[^\W_]+(?:['\u2019.-][^\W_]+)*")


@dataclass(frozen=True)
class Question:
    """What is asked.

    >>> question = Question("How many layers can a Lambda function have in 2024?")
    >>> question.kind, sorted(question.names), sorted(question.numbers)
    ('number', ['lambda'], ['2024'])
    """

    text: str

    @cached_property
    def kind(self) -> Kind:
        return next((kind for kind, pattern in _KINDS if pattern.search(self.text)), "thing")

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """What it is about, each term once."""
        return tuple(dict.fromkeys(terms(self.text)))

    @cached_property
    def several(self) -> bool:
        """Whether it asks for more than one thing."""
        return bool(_SEVERAL.search(self.text))

    @cached_property
    def names(self) -> frozenset[str]:
        return names(self.text)

    @cached_property
    def numbers(self) -> frozenset[str]:
        return numbers(self.text)


def names(text: str) -> frozenset[str]:
    """Words with a capital, but for the first: nearly all of them are names."""
    words = _WORD.findall(text)[1:]
    return frozenset(word.lower().removesuffix("'s") for word in words if word[0].isupper())


def numbers(text: str) -> frozenset[str]:
    """Numbers, in digits and in words."""
    return frozenset(_NUMBER.findall(text)) | (_lower_words(text) & _NUMBER_WORDS)


def dates(text: str) -> frozenset[str]:
    """Years and months."""
    return frozenset(_YEAR.findall(text)) | (_lower_words(text) & _MONTHS)


def _lower_words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+", text.lower()))
