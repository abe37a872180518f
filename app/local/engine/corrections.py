"""Misspelled words of a question, corrected by the words of the documents.

    "hwo do I intsall teh pakage" -> "how do I install the package"

Corrected is a plain English word that neither a chunk nor the encoder's vocabulary has, if a chunk
has one that differs by one letter, or by two in a long word, and begins with the same. The
difference has to be a likely slip (`slips`), and the word none that English makes of others
(`word_forms`): "stowage" and "paver" are good words, though all documents speak of storage and
paper. Identifiers, numbers, names in the middle of a sentence and what stands in quotes are left as
they are. Of a function word ("the", "what"), only two letters that were swapped are put in order.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache

from app.local import lazy_re as re
from app.local.engine.encoder import TextEncoder
from app.local.engine.languages import detect
from app.local.engine.slips import is_plain_slip, is_slip
from app.local.engine.store.spelling import faults, letters_of, near
from app.local.engine.word_forms import is_formed

_WORD = re.compile(
    r"(?<![\w/:@#$`\"'\u2019-])(?<![\w][.])"  # not a part of a name, a path, a command or a quote
    r"[A-Za-z][a-z]{2,}"
    r"(?![\w/:@#`\"'\u2019-])(?!\.\w)"
)


_OFTEN_SWAPPED = "the and how why what when where which this that with does have from into about"
_WORDS = frozenset(("form", "hwy", "nad", "three"))
"""Words that are function words with two letters swapped."""

_ENDING = re.compile(r"(?<=\w{3})(?:i?est|i?er|ing|ed|i?es|s|i?ly|y|e)$")
_SHORTEST = 4  # letters of a word that is compared with those of documents

Nearest = Callable[[str], str | None]
"""From a word to the one of the documents that is meant; None if there is none, or it is one."""


def corrected(question: str, encoder: TextEncoder, nearest: Nearest) -> str:
    """The question with its misspelled words corrected.

    Args:
        question: in any language; only those in English are corrected.
        encoder: whose vocabulary has the common words, each as one token.
        nearest: chooses from the words of documents.
    """
    if detect(question).code != "en":
        return question

    def correct(match: re.Match[str]) -> str:
        word = match[0]
        if function_word := _swapped().get(word.lower()):
            return function_word.capitalize() if word[0].isupper() else function_word
        is_name = word[0].isupper() and question[: match.start()].strip()
        if len(word) < _SHORTEST or is_name or encoder.count(word) == 1:
            return word
        low = word.lower()
        other = nearest(low)
        if other is None or _is_form_of(low, other) or not is_slip(low, other):
            return word
        return other if is_plain_slip(low, other) or not is_formed(low, is_common) else word

    def is_common(word: str) -> bool:
        return encoder.count(word) == 1

    return _WORD.sub(correct, question)


def _is_form_of(word: str, other: str) -> bool:
    """Whether two words differ in their endings alone: "cheapest" is no misspelled "cheaper". But
    "volum" is no form of "volume".
    """
    return other != f"{word}e" and _ENDING.sub("", word) == _ENDING.sub("", other)


def nearest_of(words: Iterable[str]) -> Nearest:
    """Chooses from these words, in lower case; the most frequent of those that are as near.

    >>> nearest_of(["timeout", "default"])("tiemout"), nearest_of(["timeout"])("timeout")
    ('timeout', None)
    """
    counts = Counter(words)
    letters = letters_of(counts)

    def nearest(word: str) -> str | None:
        most = faults(word)
        if word in counts or not most:
            return None
        likely = ((count, -counts[one], one) for count, one in near(letters, word, most))
        return min(likely, default=(0, 0, None))[2]

    return nearest


@cache
def _swapped() -> dict[str, str]:
    """A function word, by the word with two of its letters swapped."""
    swapped: dict[str, str] = {}
    for word in _OFTEN_SWAPPED.split():
        for i in range(len(word) - 1):
            swapped[word[:i] + word[i + 1] + word[i] + word[i + 2 :]] = word
    return {wrong: word for wrong, word in swapped.items() if wrong not in _WORDS}
