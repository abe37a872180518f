"""Judges by words whether a quote supports the claim that it is cited for. It needs no model.

A claim is not supported if

- too few of its words are in the passage, or in the quote;
- it has a number that the passage has not; of a claim that is close to its quote, that the quote
  has not;
- it is close to its quote, and one of the two is negated.

Whether it is supported is not known if it has too few words of its own, or is in another language.
"""

import re
from collections.abc import Iterator
from functools import cached_property

from app.citations.quote import words
from app.citations.vocabulary import (
    STEM,
    content_words,
    is_negated,
    is_unspaced,
    language,
    language_of,
    stems,
)

LEAST_IN_PASSAGE = 0.5  # of the claim's words
LEAST_IN_QUOTE = 0.3
CLOSE = 0.65  # of the claim's words in the quote: then numbers and negation are compared with it
FEWEST = 2  # words of a claim that are enough to judge by
_OTHER_SCRIPT = 0.5  # signs in pairs agree less often than words

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_TOKEN = re.compile(r"\w+")
_WORD = re.compile(r"[a-z]+")
_ITEM = re.compile(r"\A\s*(?:[-*+]|\(?\d{1,3}[.)])\s")
_MARK = re.compile(r"\[\d{1,3}\]")
_NUMERALS = "zero one two three four five six seven eight nine ten eleven twelve"
_DIGITS = {word: str(number) for number, word in enumerate(_NUMERALS.split())}


class Evidence:
    """A passage with its title, to judge claims by."""

    def __init__(self, title: str, text: str) -> None:
        self._text = f"{title}\n{text}"

    def supports(self, claim: str, quote: str) -> bool | None:
        """Whether the quote, and the passage around it, support a claim; None if it is not known.

        >>> evidence = Evidence("Minerals", "Quartz has a hardness of 7. It is not soluble.")
        >>> quote = "Quartz has a hardness of 7."
        >>> evidence.supports("The hardness of common quartz is 7.", quote)
        True
        >>> evidence.supports("The hardness of common quartz is 8.", quote)
        False
        >>> evidence.supports("Yes.", quote)
        """
        claim = _ITEM.sub("", claim, count=1)
        claim_words = content_words(claim)
        numbers = frozenset(_numbers(claim))
        if not numbers <= self._numbers:
            return False
        if len(claim_words) < FEWEST:
            return None
        if _plain(claim) in self._plain:
            return True
        if not self._is_of_same_language(claim):
            return None
        scale = _OTHER_SCRIPT if is_unspaced(claim) else 1.0
        in_quote = _share(claim_words, content_words(quote))
        if (
            in_quote < LEAST_IN_QUOTE * scale
            or _share(claim_words, self._stems) < LEAST_IN_PASSAGE * scale
        ):
            return False
        if in_quote < CLOSE:
            return True
        return numbers <= _all_numbers(quote) and is_negated(claim) == is_negated(quote)

    @cached_property
    def _words(self) -> frozenset[str]:
        return words(self._text)

    @cached_property
    def _stems(self) -> frozenset[str]:
        return stems(self._words)

    @cached_property
    def _language(self) -> str | None:
        return language_of(self._words)

    @cached_property
    def _plain(self) -> str:
        return _plain(self._text)

    @cached_property
    def _numbers(self) -> frozenset[str]:
        return _all_numbers(self._text)

    def _is_of_same_language(self, claim: str) -> bool:
        if is_unspaced(claim) != is_unspaced(self._text):
            return False
        return self._language is None or language(claim) in (self._language, None)


def _plain(text: str) -> str:
    """A text's words as they follow one another, to be searched for in another's."""
    return f" {' '.join(_TOKEN.findall(text.casefold()))} "


def _share(claim_words: frozenset[str], holds: frozenset[str]) -> float:
    """The share of the words that a text holds, in any inflection."""
    short = {word[: STEM - 1] for word in holds if len(word) == STEM}
    shared = sum(
        word in holds or (len(word) == STEM and word[:-1] in holds) or word in short
        for word in claim_words
    )
    return shared / len(claim_words)


def _numbers(text: str) -> Iterator[str]:
    """The numbers that a text has in digits, without the signs that group these.

    >>> list(_numbers("1,000 of seven [2] are 2.50"))
    ['1000', '250']
    """
    for number in _NUMBER.findall(_MARK.sub(" ", text)):
        yield number.replace(",", "").replace(".", "")


def _all_numbers(text: str) -> frozenset[str]:
    """The numbers of a text, those in words too."""
    words = _WORD.findall(text.casefold())
    return frozenset((*_numbers(text), *(_DIGITS[word] for word in words if word in _DIGITS)))
