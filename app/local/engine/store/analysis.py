"""Text to terms, which a word search compares.

    "Does s3:GetObject throw a ThrottlingException?"
        -> s3 get object s3getobject throw throttl except throttlingexcept

A compound consists of words that `-_.:/` or the humps of camel case hold together. It gives a term
for each word and one for all of them joined: `t3.micro`, `DynamoDB` and `e-mail` are found by their
words and by `t3micro`, `dynamodb` and `email`. Digits are not joined with digits (1.5 is not 15),
except around the comma of 1,000.

A text in another language than English has its own stems beside these, if Snowball has a stemmer
for it, and is without its function words. Scripts without spaces between words give their signs,
each two neighbours as a term (`unspaced`).
"""

from functools import cache, lru_cache
from unicodedata import normalize

from app.local import lazy_re as re
from app.local.engine.languages import ENGLISH, Language, detect
from app.local.engine.store.unspaced import MARKS, UNSPACED, pairs

VERSION = 2
"""Raised when a text gets other terms than before: then a saved index is built again."""

STOP_WORDS = ENGLISH.function_words

_LETTERS = rf"[^\W_]+(?:[{MARKS}]+[^\W_]*)*"
_WORD = rf"{_LETTERS}(?:'{_LETTERS})*"
_COMPOUND = re.compile(rf"{_WORD}(?:(?:[-_.:/]|(?<=\d),(?=\d{{3}}\b)){_WORD})*")
_JOINT = re.compile(r"[-_.:/]")
_JOINT_TO_DROP = re.compile(r"(?<!\d)[-_.:/]|[-_.:/](?!\d)")
_HUMP = re.compile(r"(?<=[a-z]{2})(?=[A-Z])|(?<=[A-Z\d])(?=[A-Z][a-z]{2})")
# Accents of Latin, Greek and Cyrillic; the points of Hebrew and Arabic, and what stretches words.
_ACCENT = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed]"
)
_BARRED = str.maketrans("\u0142\u0141\u00f8\u00d8\u0111\u0110\u0131", "lLoOdDi")
_OTHER_WORD = re.compile(r"[^\W\d_]{2,}")


def terms(text: str, said_in: Language | None = None) -> list[str]:
    """The terms of a text in the order of its words, compounds after their parts.

    >>> terms("The t3.micro costs 1,000 naïve e-mails")
    ['t3', 'micro', 't3micro', 'cost', '1000', 'naiv', 'e', 'mail', 'email']

    Args:
        text: any.
        said_in: its language; by default it is told by the text.
    """
    said_in = detect(text) if said_in is None else said_in
    has_kana = said_in.code == "ja"
    base = [
        term for one in _COMPOUND.findall(_fold(text)) for term in _terms(one, has_kana=has_kana)
    ]
    if said_in.code == "en" or not said_in.stemmer:
        return base
    known = {*base, *_ignored(said_in)}
    stems = (_stem(word, said_in) for word in _OTHER_WORD.findall(text))
    others = [stem for stem in stems if stem and stem not in known]
    return [term for term in base if term not in _ignored(said_in)] + others


def _fold(text: str) -> str:
    """Remove accents, and write signs that look alike as one (Unicode's NFKD, then NFC)."""
    if text.isascii():
        return text
    bare = _ACCENT.sub("", normalize("NFKD", text.replace("\u2019", "'")))
    return normalize("NFC", bare).translate(_BARRED)


@lru_cache(maxsize=1 << 16)
def _terms(compound: str, *, has_kana: bool) -> tuple[str, ...]:
    if compound.isascii() and compound.isalpha() and compound.islower():  # most: a plain word
        return () if compound in STOP_WORDS else (ENGLISH.stem(compound),)
    compound = compound.replace(",", "")
    words = [word for part in _JOINT.split(compound) for word in _HUMP.split(part)]
    if len(words) > 1 and not UNSPACED.search(compound):
        words.append(_JOINT_TO_DROP.sub("", compound))
    return tuple(
        term
        for word in map(str.casefold, words)
        if word not in STOP_WORDS
        for term in _stems(word, has_kana=has_kana)
    )


def _stems(word: str, *, has_kana: bool) -> list[str]:
    """The stem of an English word; pairs of signs of scripts without spaces."""
    if UNSPACED.search(word):
        return [
            term
            for part, apart in pairs(word, has_kana=has_kana)
            for term in ((part,) if apart else (ENGLISH.stem(part),))
        ]
    return [ENGLISH.stem(word)]


@lru_cache(maxsize=1 << 16)
def _stem(word: str, said_in: Language) -> str:
    """The stem of a word in its own language; empty for a function word, and for one in
    a script without spaces.
    """
    word = normalize("NFC", normalize("NFKC", word).casefold().replace("i\u0307", "i"))
    if word in said_in.function_words or UNSPACED.search(word):
        return ""
    return _fold(said_in.stem(word))


@cache
def _ignored(said_in: Language) -> frozenset[str]:
    """The function words of a language as they are among the terms."""
    return frozenset(ENGLISH.stem(_fold(word).casefold()) for word in said_in.function_words)
