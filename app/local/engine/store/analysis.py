"""Text to terms, which a word search compares.

    "Does s3:GetObject throw a ThrottlingException?"
        -> s3 get object s3getobject throw throttl except throttlingexcept

A compound consists of words that `-_.:/` or the humps of camel case hold together. It gives a term
for each word and one for all of them joined: `t3.micro`, `DynamoDB` and `e-mail` are found by their
words and by `t3micro`, `dynamodb` and `email`. Digits are not joined with digits (1.5 is not 15),
except around the comma of 1,000.
"""

import re
from functools import lru_cache
from unicodedata import normalize

import snowballstemmer

_FUNCTION_WORDS = """
a about above after again all also am an and any are as at be because been before being below
between both but by can could did do does doing down during each few for from further had has
have having he her here hers herself him himself his how i if in into is it its itself just me
more most my myself no nor not now of off on once only or other our ours ourselves out over own
same she should so some such than that the their theirs them themselves then there these they
this those through to too under until up very was we were what when where which while who whom
why will with would you your yours yourself yourselves
aren't can't couldn't didn't doesn't don't hadn't hasn't haven't isn't it's shouldn't that's
there's wasn't weren't what's where's who's won't wouldn't
"""
STOP_WORDS = frozenset(_FUNCTION_WORDS.split())

_WORD = r"[^\W_]+(?:'[^\W_]+)*"
_COMPOUND = re.compile(rf"{_WORD}(?:(?:[-_.:/]|(?<=\d),(?=\d{{3}}\b)){_WORD})*")
_JOINT = re.compile(r"[-_.:/]")
_JOINT_TO_DROP = re.compile(r"(?<!\d)[-_.:/]|[-_.:/](?!\d)")
_HUMP = re.compile(r"(?<=[a-z]{2})(?=[A-Z])|(?<=[A-Z\d])(?=[A-Z][a-z]{2})")
_ACCENT = re.compile("[\u0300-\u036f]")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff]{2,}")  # Chinese and Japanese


def terms(text: str) -> list[str]:
    """The terms of a text in the order of its words, compounds after their parts.

    >>> terms("The t3.micro costs 1,000 naïve e-mails")
    ['t3', 'micro', 't3micro', 'cost', '1000', 'naiv', 'e', 'mail', 'email']
    """
    return [term for compound in _COMPOUND.findall(_fold(text)) for term in _terms(compound)]


def _fold(text: str) -> str:
    """Remove accents, and write signs that look alike as one (Unicode's NFKD, then NFC)."""
    if text.isascii():
        return text
    bare = _ACCENT.sub("", normalize("NFKD", text.replace("\u2019", "'")))
    return normalize("NFC", bare)


@lru_cache(maxsize=1 << 16)
def _terms(compound: str) -> tuple[str, ...]:
    compound = compound.replace(",", "")
    words = [word for part in _JOINT.split(compound) for word in _HUMP.split(part)]
    if len(words) > 1:
        words.append(_JOINT_TO_DROP.sub("", compound))
    return tuple(
        term for word in map(str.casefold, words) if word not in STOP_WORDS for term in _stems(word)
    )


def _stems(word: str) -> list[str]:
    """The stem of an English word; pairs of signs for Chinese and Japanese, which have no
    spaces.
    """
    if _UNSPACED.search(word):
        return [word[i : i + 2] for i in range(len(word) - 1)]
    # A new stemmer each time: it holds the word that it works on, and threads share this cache.
    return [snowballstemmer.stemmer("english").stemWord(word)]
