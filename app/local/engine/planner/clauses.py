"""A request -> the things that it asks for, one after the other, and on what condition."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.local import lazy_re as re
from app.local.engine.planner.words import TOKEN, word_set

_SPACES = re.compile(r"[ \t]+")
_CUT = re.compile(
    r"(?<=[.!?;]) |;|\n|,? (?:and then|and also|and|then|also|plus|und dann|und|sowie) "
    r"|, (?=(?:after(?:wards| that)|next|finally) )",
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
_LATER = re.compile(
    r"[,;.\s]{0,20}+(?:and\s{1,9}+)?(?:then|after(?:wards| that)|next|finally|dann|danach)\b"
    r"[\s,]{0,20}",
    re.IGNORECASE,
)
_FIRST = re.compile(r"\W*(?:first(?:ly)?|zuerst)(?: of all)?,?\s+", re.IGNORECASE)
_LED = re.compile(
    r"(?P<if>if|in case|provided(?: that)?|falls|wenn|unless)\s+(?P<condition>[^,\n]{3,200}),\s*"
    r"(?:then\s+)?(?P<rest>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_BEHIND = re.compile(
    r"(?P<rest>.*?\S),?\s+(?P<if>(?:but )?only if|if|in case|provided(?: that)?|unless"
    r"|as long as|falls)\s+(?P<condition>[^\n]{3,200})",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST = 1000  # characters of a part that is looked at for a condition


@dataclass(frozen=True)
class Clause:
    """A thing that a request asks for.

    Attributes:
        waits: whether it is to be done after what stands before it.
        condition: what has to be so; empty where nothing has to.
        negated: whether it must not be so ("unless").
    """

    text: str
    waits: bool = False
    condition: str = ""
    negated: bool = False


def clauses(text: str, openers: frozenset[str] = frozenset()) -> list[str]:
    """The parts of a request that begin like a request of their own, or with one of the openers.

    >>> clauses("What is the weather in Oslo and set a timer for 5 minutes?")
    ['What is the weather in Oslo', 'set a timer for 5 minutes?']
    >>> clauses("Is it cold in Oslo and Bergen?")
    ['Is it cold in Oslo and Bergen?']
    """
    return [part for part, _ in _parts(text, openers)]


def in_order(text: str, openers: frozenset[str] = frozenset()) -> list[Clause]:
    """The parts, each with what it waits for.

    >>> for one in in_order("First check order 7, then cancel it if it is not shipped."):
    ...     print(one)
    Clause(text='check order 7', waits=False, condition='', negated=False)
    Clause(text='cancel it', waits=True, condition='it is not shipped', negated=False)
    """
    return [conditional(part, waits) for part, waits in _parts(text, openers)]


def conditional(text: str, waits: bool = False) -> Clause:
    """A part with its condition apart.

    >>> conditional("Unless A-7 is shipped, cancel it")
    Clause(text='cancel it', waits=False, condition='A-7 is shipped', negated=True)
    """
    match = len(text) <= _LONGEST and (_LED.fullmatch(text) or _BEHIND.fullmatch(text))
    if not match:
        return Clause(text, waits)
    negated = match["if"].lower() == "unless"
    return Clause(match["rest"].strip(), waits, match["condition"].strip(" .!?"), negated)


def _parts(text: str, openers: frozenset[str]) -> Iterator[tuple[str, bool]]:
    text = _SPACES.sub(" ", text)
    begin, waits = 0, False
    if first := _FIRST.match(text):
        begin = first.end()
    for cut in _CUT.finditer(text, begin):
        later = _LATER.match(text, cut.start()) or _LATER.match(text, cut.end())
        behind = max(later.end(), cut.end()) if later else cut.end()
        word = TOKEN.match(text, behind)
        here = text[begin : cut.start()].strip()
        if word and word[0].lower() in _VERBS | openers and len(here.split()) >= _SHORTEST:
            yield here.rstrip(","), waits
            begin, waits = behind, later is not None
    last = text[begin:].strip()
    if last:
        yield last, waits
