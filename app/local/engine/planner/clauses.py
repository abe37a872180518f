"""A request -> the things that it asks for, one after the other."""

import re

from app.local.engine.planner.words import TOKEN, word_set

_SPACES = re.compile(r"[ \t]+")
_CUT = re.compile(
    r"(?<=[.!?;]) |;|\n|,? (?:and then|and also|and|then|also|plus|und dann|und|sowie) ",
    re.IGNORECASE,
)
_VERBS = word_set("""
find get give tell show what what's whats when where which who how is are calculate compute
determine search look list create add remove delete update cancel book order buy send email call
set make play start stop run check convert translate summarize analyze generate write read open
close turn retrieve fetch predict schedule remind let i'd i please can could zeig zeige finde
suche storniere buche schick schicke berechne rechne wie was wann wo sende erstelle lösche
cancel notify mail text post reserve track compare forward move copy rename mute dim lock unlock
pay transfer print save subtract multiply divide also estimate solve
""")
_SHORTEST = 2  # words


def clauses(text: str, openers: frozenset[str] = frozenset()) -> list[str]:
    """The parts of a request that begin like a request of their own, or with one of the openers.

    >>> clauses("What is the weather in Oslo and set a timer for 5 minutes?")
    ['What is the weather in Oslo', 'set a timer for 5 minutes?']
    >>> clauses("Is it cold in Oslo and Bergen?")
    ['Is it cold in Oslo and Bergen?']
    """
    text = _SPACES.sub(" ", text)
    parts: list[str] = []
    begin = 0
    for cut in _CUT.finditer(text):
        first = TOKEN.match(text, cut.end())
        here = text[begin : cut.start()].strip()
        if first and first[0].lower() in _VERBS | openers and len(here.split()) >= _SHORTEST:
            parts.append(here)
            begin = cut.end()
    last = text[begin:].strip()
    return [part for part in (*parts, last) if part]
