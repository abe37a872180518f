# ruff: noqa: RUF001 signs that look alike are meant
"""Signs: what each is read as, what kind it is of, and which letters it is drawn like.

All are tables by code point, made when they are first used.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int32]

_POINTS = 0x110000
_SPARSE = (  # where code points have compatibility forms, cases or marks
    range(0x80, 0x3400), range(0xA000, 0xAC00), range(0xF900, 0x20000), range(0x2F800, 0x2FA20),
    range(0xE0000, 0xE0200),
)  # fmt: skip
_INVISIBLE = frozenset(
    (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x2800, 0x3164, 0xFFA0)
) | frozenset((*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
_LONGEST = 3  # letters of a ligature or a fraction; what is longer stays one sign
_OVERLAYS = frozenset(
    (*range(0x1AB0, 0x1B00), *range(0x1DC0, 0x1E00), *range(0x20D0, 0x2100), *range(0xFE20, 0xFE30))
)
MARKS = range(0x300, 0x370)  # those that letters of Latin, Greek and Cyrillic have
_DASHES = dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212), "-")

# Kinds of signs. Those of one kind that stand together are one word, but for SIGN and UNSPACED:
# each of these is a word of its own. A JOINING mark belongs to what it stands on.
SIGN, SPACE, WORD, HANGUL, KATAKANA, UNSPACED, JOINING = range(7)
IS_RUN = np.array([kind in {SPACE, WORD, HANGUL, KATAKANA} for kind in range(7)])
_KINDS = (
    (KATAKANA, range(0x30A1, 0x3100)),
    (HANGUL, range(0x1100, 0x1200)), (HANGUL, range(0xAC00, 0xD7B0)),
    (UNSPACED, range(0x3041, 0x30A0)), (UNSPACED, range(0x3400, 0x4DC0)),
    (UNSPACED, range(0x4E00, 0xA000)), (UNSPACED, range(0xF900, 0xFB00)),
    (UNSPACED, range(0x20000, 0x32000)),
    (UNSPACED, range(0x0E01, 0x0F00)), (UNSPACED, range(0x0F40, 0x0FC0)),
    (UNSPACED, range(0x1000, 0x10A0)), (UNSPACED, range(0x1780, 0x17E0)),
)  # fmt: skip

# Letters of other scripts, and of Latin's corners, that are drawn as these, in lower case.
_LOOK_ALIKES = {
    "a": "аαɑᴀ", "b": "ьвʙ", "c": "сϲᴄ", "d": "ԁᴅ", "e": "еεҽᴇ", "f": "ꜰғ", "g": "ɡԍɢ",
    "h": "һнʜ", "i": "іιıӏɪӀ", "j": "јᴊ", "k": "кκᴋ", "l": "ⅼʟ", "m": "мᴍ", "n": "ոпɴ",
    "o": "оοօσᴏ", "p": "рρᴘ", "q": "ԛգ", "r": "ʀ", "s": "ѕꜱ", "t": "тτᴛ", "u": "υսᴜ",
    "v": "ѵνᴠ", "w": "ԝωᴡ", "x": "хχ", "y": "уүγʏ", "z": "ᴢ",
}  # fmt: skip
_BOXED = {  # letters on a dark ground, and the indicators of regions, which NFKC leaves
    first + n: chr(0x61 + n) for first in (0x1F150, 0x1F170, 0x1F1E6) for n in range(26)
}
LATIN, ALIKE, FOREIGN = 1, 2, 4  # flags of letters

LEET = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g",
         "@": "a", "$": "s", "!": "i", "|": "i", "+": "t", "l": "i"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fold:
    """What each code point is read as: another, or `-1` for nothing, or `-2 - n` for the n-th of
    `longer`.
    """

    points: Codes
    longer: tuple[str, ...]


@cache
def folding(casefold: bool, is_ascii: bool) -> Fold:
    """How texts are folded. That of ASCII alone is made in no time; the other takes 0.3 s."""
    points = np.arange(0x80 if is_ascii else _POINTS, dtype=np.int32)
    longer: list[str] = []
    others = () if is_ascii else (code for part in _SPARSE for code in part)
    for code in (*range(0x80), *others):
        sign = chr(code)
        result = _without_case(sign) if casefold else _in_its_case(sign)
        if result == sign:
            continue
        if len(result) == 1:
            points[code] = ord(result)
        elif 1 < len(result) <= _LONGEST:
            points[code] = -2 - len(longer)
            longer.append(result)
        elif not result:
            points[code] = -1
    return Fold(points, tuple(longer))


def _is_invisible(code: int) -> bool:
    if code in _INVISIBLE or code in _OVERLAYS:
        return True
    category = unicodedata.category(chr(code))
    return category in {"Cf", "Me"} or (category == "Cc" and not chr(code).isspace())


def _without_case(sign: str) -> str:
    if ord(sign) in _BOXED:
        return _BOXED[ord(sign)]
    forms = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", sign).casefold())
    signs = "".join(_DASHES.get(ord(form), form) for form in forms if not _is_invisible(ord(form)))
    return signs.replace("i\u0307", "i")


def _in_its_case(sign: str) -> str:
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    forms = unicodedata.normalize("NFKC", sign)
    signs = "".join(_DASHES.get(ord(form), form) for form in forms if not _is_invisible(ord(form)))
    return "".join(each for each in signs if ord(each) not in MARKS)


@cache
def accents() -> tuple[Codes, Codes, NDArray[np.bool_]]:
    """The number of a sign as one before an accent, that of an accent, and which may meet."""
    pairs = {
        pair
        for part in _SPARSE
        for code in part
        for pair in pairwise(_without_case(chr(code)))
        if ord(pair[1]) in MARKS and unicodedata.decomposition(chr(code))[:1] != "<"
    }
    before, after = np.zeros(_POINTS, np.int32), np.zeros(_POINTS, np.int32)
    firsts = {sign: n for n, sign in enumerate(sorted({pair[0] for pair in pairs}), 1)}
    seconds = {sign: n for n, sign in enumerate(sorted({pair[1] for pair in pairs}), 1)}
    allowed = np.zeros((len(firsts) + 1, len(seconds) + 1), np.bool_)
    for sign, n in firsts.items():
        before[ord(sign)] = n
    for sign, n in seconds.items():
        after[ord(sign)] = n
    for first, second in pairs:
        allowed[firsts[first], seconds[second]] = True
    return before, after, allowed


@cache
def kinds_of() -> NDArray[np.uint8]:
    kinds = np.full(_POINTS, SIGN, np.uint8)
    for code in (*range(0x80), *(code for part in _SPARSE for code in part)):
        sign = chr(code)
        if sign.isalnum():
            kinds[code] = WORD
        elif sign.isspace():
            kinds[code] = SPACE
        elif unicodedata.category(sign)[0] == "M":
            kinds[code] = JOINING
    for kind, codes in _KINDS:
        part = kinds[codes.start : codes.stop]
        part[part != JOINING] = kind
    return kinds


@cache
def alikes() -> tuple[Codes, NDArray[np.uint8]]:
    """The Latin letter that each letter is drawn as, and the flags of letters."""
    latin = np.arange(_POINTS, dtype=np.int32)
    flags = np.zeros(_POINTS, np.uint8)
    for part in _SPARSE:
        for code in part:
            if chr(code).isalpha():
                is_latin = "LATIN" in unicodedata.name(chr(code), "")
                flags[code] = LATIN if is_latin else FOREIGN
    flags[97:123] = LATIN
    flags[0x3400:0xA000] = FOREIGN
    flags[0xAC00:0xD7B0] = FOREIGN
    for letter, signs in _LOOK_ALIKES.items():
        for sign in signs:
            latin[ord(sign)] = ord(letter)
            flags[ord(sign)] = ALIKE
    return latin, flags


@cache
def leet_signs() -> tuple[Codes, NDArray[np.bool_], NDArray[np.bool_]]:
    """How each sign is spelled, which signs stand within words, and which also at their edge."""
    spelling = np.arange(_POINTS, dtype=np.int32)
    is_sign, is_edge = np.zeros(_POINTS, np.bool_), np.zeros(_POINTS, np.bool_)
    for sign, letter in LEET.items():
        spelling[ord(sign)] = ord(letter)
        is_sign[ord(sign)] = not sign.isalnum()
    is_edge[[ord("@"), ord("$")]] = True
    return spelling, is_sign, is_edge
