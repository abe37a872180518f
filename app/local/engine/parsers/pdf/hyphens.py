"""Words that the end of a line broke: with the hyphen, or without it.

A hyphen at the end of a line may be a part of the word ("state-of-the-" "art", "2019-" "2020") or
only tell that it goes on ("contem-" "porary"). What the document has elsewhere decides; else the
form of the two halves, and the common words of its language. German, and languages like it, write
compounds as one word, so two words of theirs are no sign of a hyphen.

Measured on broken words of 250 times 6 abstracts of SciFact, each with the rest as its document: of
8,846 compounds 88% keep their hyphen (40% by the document's words alone), and of 9,617 other words
99% lose it.
"""

from collections.abc import Iterable, Set
from functools import cached_property

from app.local import lazy_re as re
from app.local.engine.languages import Language, detect
from app.local.engine.languages.common_words import common_words

SOFT_HYPHEN = "\u00ad"  # stands where the end of a line broke a word

_WORD = re.compile(r"[\w-]+")
_BROKEN = re.compile(rf"(?<![\w-])([\w-]+){SOFT_HYPHEN}([\w-]+)")
_SHORTEST = 3  # letters of a half that counts as a word
_LONG = 30  # characters of a line that is one of prose
_SOLID = ("de", "nl")  # whose compounds are one word
# Halves that are words, and stand at the beginning or the end of others more often.
# fmt: off
_HALVES = frozenset((
    "able", "ably", "ally", "con", "est", "ful", "fully", "ing", "inter", "intra", "less", "mis",
    "ness", "pro", "ship", "tic", "tor", "trans",
))
_AND = frozenset(("and", "bis", "e", "en", "et", "o", "oder", "of", "or", "ou", "to", "und", "y"))
# fmt: on


class BrokenWords:
    """Joins the words of a document that the ends of lines broke.

    Args:
        texts: the document's lines.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = list(texts)

    @cached_property
    def _words(self) -> Set[str]:
        """The document's words, of which the halves of broken ones are none."""
        whole = _BROKEN.sub(" ", "\n".join(self._texts))
        return set(_WORD.findall(whole))

    def join(self, text: str) -> str:
        """The text with each soft hyphen resolved.

        >>> words = BrokenWords(["well-known"])
        >>> words.join("a well\u00adknown, contem\u00adporary state-of-the\u00adart e\u00admail")
        'a well-known, contemporary state-of-the-art e-mail'
        """
        return _BROKEN.sub(lambda match: self._whole(match[1], match[2]), text)

    def _whole(self, left: str, right: str) -> str:
        joined, with_hyphen = left + right, f"{left}-{right}"
        if joined in self._words:
            return joined
        if with_hyphen in self._words:
            return with_hyphen
        a, b = left.rpartition("-")[2], right.partition("-")[0]
        if not a or not b or _keeps(a, b):
            return with_hyphen
        if self._is_known(a + b) or b[0].isupper():
            return joined
        if b.lower() in _AND and b == right:
            return f"{left}- {right}"
        return with_hyphen if self._are_words(left, right, a, b) else joined

    def _are_words(self, left: str, right: str, a: str, b: str) -> bool:
        """Whether the parts next to the break are words, and their language parts those."""
        functional = self._language.function_words
        if (a != left and a.lower() in functional) or (b != right and b.lower() in functional):
            return True
        if self._language.code in _SOLID or {a.lower(), b.lower()} & _HALVES:
            return False
        return min(len(a), len(b)) >= _SHORTEST and self._is_known(a) and self._is_known(b)

    def _is_known(self, word: str) -> bool:
        return bool({word, word.lower()} & self._words) or word.lower() in self._common

    @cached_property
    def _language(self) -> Language:
        return detect("\n".join(text for text in self._texts if len(text) > _LONG))

    @cached_property
    def _common(self) -> Set[str]:
        return common_words(self._language)


def _keeps(a: str, b: str) -> bool:
    """Whether no word is broken between these: at digits, after one letter, before a capital.

    >>> _keeps("2019", "2020"), _keeps("e", "mail"), _keeps("Jean", "Paul"), _keeps("DNA", "like")
    (True, True, True, True)
    >>> _keeps("CONTEM", "PORARY"), _keeps("contem", "porary")
    (False, False)
    """
    if a[-1].isdigit() or b[0].isdigit() or len(a) == 1:
        return True
    if a.isupper():
        return not (b.isupper() and len(b) >= _SHORTEST)
    return b[0].isupper()
