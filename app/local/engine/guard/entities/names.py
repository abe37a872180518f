"""Names of persons, without a model of the language.

A name is a run of capitalised words that begins with a given name of the list, or stands behind a
title ("Dr."), or behind words that say so ("my name is"). A given name that is also a word or a
place (Will, Virginia) begins one only where a surname of the list follows, and one that is also a
surname (Miller) only where another capitalised word does. So a surname alone is not found, nor is a
name in small letters.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ahocorasick_rs import AhoCorasick, MatchKind

from app.local import lazy_re as re
from app.local.engine.guard.entities.rules import Detection, SignSheet, compiled

FOLDER = Path(__file__).parent

WORD, FAMILY = "?", "*"
"""Marks of given names in the list: of one that is also a word, and of one that is also a surname.
"""

_WORD = rb"[A-Z\xc0][A-Za-z\xc0\xe0'-]*[a-z\xe0]"
_PARTICLE = (
    rb"(?:(?:(?:[Vv]an|[Vv]on|[Dd]er|[Dd]en|[Dd]e|[Dd]el|[Dd]ella|[Dd]i|[Dd]a|[Dd]os|[Dd]u"
    rb"|[Ll]a|[Ll]e|[Ee]l"
    rb"|[Aa]l|[Bb]in|[Ii]bn|[Tt]er|[Tt]en) ){1,2})?"
)  # fmt: skip
_MORE = rb"(?: (?:[A-Z\xc0]\. ){0,2}" + _PARTICLE + _WORD + rb"| [A-Z\xc0]\.)"
_FIRST = rb"(?:[A-Z\xc0]\. ){0,2}" + _WORD

_TITLES = (
    rb"(?i:mr|mrs|ms|mx|dr|prof|rev|capt|sgt|lt)\.? |(?:Miss|Professor|Sir|Dame|Lord|Lady"
    rb"|Captain|Sergeant"
    rb"|Colonel|Mister|Madam|Madame|Monsieur|Herr|Frau|Judge|Senator|Reverend|miss) "
)  # fmt: skip
_TELLING = (
    rb"(?i:name is|name'?s|(?:named|call(?:s|ed)?) (?:me|him|her)|nickname is|signed by"
    rb"|n\xe0e)[ :]"
    rb"|(?i:regards|sincerely|cheers),?\n"
)
_LABELS = (
    rb"(?i:name|user|customer|client|patient|employee|guest|passenger|cardholder|recipient|sender"
    rb"|beneficiary|tenant|applicant|candidate|attn|contact|author)"
)
_TITLED = rb"\b(?:" + _TITLES + rb")(" + _FIRST + rb")"
_TOLD = rb"\b(?:" + _TELLING + rb")[ \t]{0,8}(" + _FIRST + rb")"
_LABELLED = rb"\b" + _LABELS + rb"[ \t]{0,4}:[ \t]{1,12}(" + _FIRST + rb")"
_SMALL = rb"\b(?i:my name is|my name's|i am|i'm|call me) ([a-z\xe0]{3,20})\b"

# Behind a run, they make it the name of something else; before it, too.
_THINGS_TEXT = (
    "council society service services solutions system systems software inc ltd llc llp plc corp "
    "corporation gmbh ag organization organisation foundation university institute college school "
    "hospital clinic street st avenue ave road rd lane drive way court boulevard museum airport "
    "hall bank company group partners syndrome disease award prize act bridge park square county "
    "city lake river mount island islands stadium cathedral church palace center centre library "
    "theatre theater house hotel festival trophy cup bay beach canyon valley hills heights desert "
    "forest region province state states republic empire times post journal"
)
_THINGS = frozenset(_THINGS_TEXT.split())
_BEFORE_TEXT = "saint st san santa lake mount mt fort port new north south east west cape"
_BEFORE = frozenset(_BEFORE_TEXT.split())
_NO_NAMES_TEXT = (
    "apt apartment suite unit box i the a an it he she we you they this that these those there "
    "here what when where why who how if in on at by for from to and or but not no yes please "
    "thank thanks hello dear all any each my your his her our its their is are was were be been "
    "do does did can could will would should may might must have has had also however monday "
    "tuesday wednesday thursday friday saturday sunday january february march april may june july "
    "august september october november december amazon aws google microsoft apple"
)
_NO_NAMES = frozenset(_NO_NAMES_TEXT.split())


_GOING_ON = rb"\A(?:-" + _WORD + rb"|" + _MORE + rb")"
_CAPITAL = rb"[A-Z\xc0]"
_LONGEST_SMALL = 10_000  # code points of a text that is read with capitals though it has none
_IDENTIFIER = re.compile(r"(?<!Mc)(?<!Mac)(?<=[a-z])(?<!De)(?<!Di)(?<!La)(?<!Le)(?<!Du)[A-Z]")


def names(sheet: SignSheet) -> Iterator[Detection]:
    """The names in a text. They may overlap."""
    yield from _behind_words(sheet)
    doubts, automaton = _given()
    sheet = _with_capitals(sheet)
    text, signs = sheet.reading.text, sheet.signs
    behind = 0
    hits = automaton.find_matches_as_indexes(text) if compiled(_CAPITAL).search(signs) else ()
    for number, start, given_end in hits:
        if (
            start < behind
            or _is_letter(signs[start - 1 : start])
            or _is_letter(signs[given_end : given_end + 1])
        ):
            continue
        end = _end(sheet, given_end)
        words = text[start:end].split()
        if _is_thing(sheet, start, end, words):
            continue
        has_more = len(words) > 1
        if (
            doubts[number] == ""
            or (doubts[number] == FAMILY and has_more)
            or (has_more and words[-1].removesuffix("'s") in _surnames())
        ):
            behind = end
            yield _name(sheet, start, end)


def _with_capitals(sheet: SignSheet) -> SignSheet:
    """A text without any capital, as with one in front of each word that can be of a name."""
    if len(sheet.signs) > _LONGEST_SMALL or compiled(_CAPITAL).search(sheet.signs):
        return sheet
    text = sheet.reading.text
    both = _sure() | _surnames()
    words = re.sub(r"[^\W\d_]+", lambda word: _capital(word[0], both), text)
    return SignSheet.of(words) if len(words) == len(text) else sheet


def _capital(word: str, names: frozenset[str]) -> str:
    return capital if len(word) > 3 and (capital := word.title()) in names else word


def _behind_words(sheet: SignSheet) -> Iterator[Detection]:
    for form in (_TITLED, _TOLD, _LABELLED):
        for match in compiled(form).finditer(sheet.signs):
            start, end = match.start(1), _end(sheet, match.end(1))
            words = sheet.reading.text[start:end].split()
            if words[0].lower() in _NO_NAMES or _IDENTIFIER.search(words[0]):
                continue
            is_name = form is not _LABELLED or len(words) > 1 or words[0] in _sure()
            if is_name and not _is_thing(sheet, start, end, words):
                yield _name(sheet, start, end)
    for match in compiled(_SMALL).finditer(sheet.signs):
        start, end = match.span(1)
        if sheet.reading.text[start:end].title() in _sure():
            yield Detection("NAME", start, end)


def _end(sheet: SignSheet, end: int) -> int:
    """Where the run ends that goes on behind a given name."""
    text = sheet.reading.text
    for _ in range(4):
        match = compiled(_GOING_ON).search(sheet.signs[end : end + 60])
        if not match or not match.end():
            break
        word = text[end : end + match.end()].split()[-1].strip(".'-").lower()
        if word in _NO_NAMES or sheet.signs[end - 2 : end] == b"'s":
            break
        end += match.end()
    return end


def _is_thing(sheet: SignSheet, start: int, end: int, words: list[str]) -> bool:
    """Whether a run is the name of a thing or a place rather than of a person."""
    if any(word.strip(".,").lower() in _THINGS for word in words[1:]):
        return True
    behind = sheet.reading.text[end : end + 20].lstrip(" ,").split(maxsplit=1)
    before = sheet.reading.text[max(0, start - 12) : start].split()
    return bool(
        (behind and behind[0].strip(".,;:").lower() in _THINGS)
        or (
            before
            and sheet.signs[start - 1 : start] == b" "
            and before[-1].strip(".").lower() in _BEFORE
        )
    )


def _name(sheet: SignSheet, start: int, end: int) -> Detection:
    owner = sheet.signs.find(b"'s ", start, end)
    if owner < 0 and sheet.signs[end - 2 : end] == b"'s":
        owner = end - 2
    return Detection("NAME", start, owner if owner > start else end)


def _is_letter(sign: bytes) -> bool:
    return bool(sign) and (sign.isalnum() or sign in {b"_", b"\xc0", b"\xe0", b"@"})


@cache
def _names() -> dict[str, str]:
    """The given names, each with its doubt: WORD, FAMILY, or none."""
    lines = (FOLDER / "given_names.txt").read_text(encoding="utf-8").split("\n")[:-1]
    return {
        line.rstrip(WORD + FAMILY): line[-1] if line[-1] in WORD + FAMILY else "" for line in lines
    }


@cache
def _given() -> tuple[list[str], AhoCorasick]:
    """The doubts of given names, and what finds the longest of them."""
    automaton = AhoCorasick(
        list(_names()), matchkind=MatchKind.LeftmostLongest, store_patterns=False
    )
    return list(_names().values()), automaton


@cache
def _sure() -> frozenset[str]:
    return frozenset(name for name, doubt in _names().items() if not doubt)


@cache
def _surnames() -> frozenset[str]:
    return frozenset((FOLDER / "surnames.txt").read_text(encoding="utf-8").split("\n")[:-1])
