"""How something is done, asked in another language, put in English.

    Comment chiffrer un PDF avec pypdf ?    ->  How do I encrypt PDF pypdf?
    PDFを暗号化するにはどうすればいいですか   ->  How do I PDF encrypt?

Not a translation: each language's file lists the commonest acts and things of software, as the
beginnings of their words. Names, identifiers and what both languages write alike stay as they are.
"""

from collections.abc import Iterator, Mapping
from functools import cache

from app.local import lazy_re as re
from app.local.engine.languages.detection import detect
from app.local.engine.languages.language import Language, language

_THINGS = frozenset(["file", "page", "password", "image", "text"])
_TOKEN = re.compile(r"[^\W_][\w./@#+-]*")
_ASCII = re.compile(r"[A-Za-z][A-Za-z0-9_./@#+-]*")
_LONGEST = 300  # characters of a question


def how_to_in_english(question: str) -> str | None:
    """The same question in English, as far as it has to be to be searched for; None if it is
    English, asks for something else, or names no act that is known.

    >>> how_to_in_english("Wie verschlüssele ich eine Datei mit pypdf?")
    'How do I encrypt file pypdf?'
    >>> how_to_in_english("Was ist eine Datei?"), how_to_in_english("How do I add it?")
    (None, None)
    """
    said_in = detect(question)
    asks = (said_in.kinds[name] for name in ("way", "code") if name in said_in.kinds)
    if (
        not said_in.english
        or len(question) > _LONGEST
        or not any(pattern.search(question) for pattern in asks)
    ):
        return None
    find = _of_words if said_in.spaced else _of_signs
    words = list(dict.fromkeys(find(question, said_in)))
    acts = said_in.english.keys() - _THINGS
    if acts.isdisjoint(words):
        return None
    words.sort(key=lambda word: word not in acts)  # the act first, as English has it
    return f"How do I {' '.join(words)}?"


def _of_words(question: str, said_in: Language) -> Iterator[str]:
    text = question
    for phrase, english in _entries(said_in.code).items():
        if " " in phrase:
            text = re.sub(rf"\b{re.escape(phrase)}\b", english, text, flags=re.IGNORECASE)
    for token in _TOKEN.findall(text):
        low = token.lower().rstrip(".")
        if low in said_in.function_words or (len(low) < 2 and low.isalpha()):
            continue
        known = _entries(said_in.code)
        starts = (start for start in known if low.startswith(start))
        longest = max(starts, key=len, default="")
        if longest:
            yield known[longest]
        elif said_in.script:  # English documents have none of its other words
            yield from _ASCII.findall(token)
        else:
            yield token.rstrip(".")


def _of_signs(question: str, said_in: Language) -> Iterator[str]:
    """What is known, and what is written in Latin letters, in the order in which it stands."""
    words = sorted(_entries(said_in.code), key=len, reverse=True)
    known = "|".join(map(re.escape, words))
    for match in re.finditer(rf"(?P<known>{known})|{_ASCII.pattern}", question):
        yield _entries(said_in.code)[match[0]] if match["known"] else match[0]


@cache
def _entries(code: str) -> Mapping[str, str]:
    """The English word, by the beginning of a word or by a phrase."""
    return {
        start.replace("-", " "): english
        for english, starts in language(code).english.items()
        for start in starts.split()
    }
