"""How much of a text looks as if it had been read in the wrong encoding.

Letters that are read in another code page of one script are letters still, but capitals and signs
stand within words ("h™tel", "betrŠgt", "non Š possibile"), and scripts are mixed.
"""

import unicodedata

from app.local import lazy_re as re

_WORD = re.compile(r"\S+")
_SAMPLE = 20_000  # characters
_WITHIN = frozenset("\u2019'\u2018\u00b4\u00b7\u00ad\u2010\u2013\u2014\u02bc")  # words
_BESIDE = frozenset("\u20ac\u00b0\u00a9\u00ae\u2122\u00b2\u00b3\u00a3\u00b4`\u00b1\u00d7\u00b5")
_SYMBOLS = ("Sm", "Sk", "Sc", "No", "So")
_ORDINALS = ("\u00aa", "\u00ba")  # follow digits, not letters
_FINAL_SIGMA = "\u03c2"
_LATIN, _GREEK, _CYRILLIC, _HEBREW, _ARABIC, _OTHER = range(6)
_ENDS = (
    (0x250, _LATIN), (0x400, _GREEK), (0x530, _CYRILLIC), (0x600, _HEBREW), (0x780, _ARABIC),
    (0x1E00, _OTHER), (0x1F00, _LATIN), (0x110000, _OTHER),
)  # fmt: skip


def noise(text: str) -> tuple[int, int]:
    """The number of signs beyond ASCII that are out of place, and of all that are beyond ASCII.

    >>> noise("Der h\u2122tel betr\u0160gt"), noise("Größe, «déjà» vu, É. Noël, 5 €")
    ((2, 2), (0, 9))
    """
    wrong = total = 0
    text = text[:_SAMPLE]
    for match in _WORD.finditer(text):
        word = match[0]
        if word.isascii():
            continue
        before, after = text[max(0, match.start() - 2) : match.start()], text[match.end() :][:2]
        for at, sign in enumerate(word):
            if not sign.isascii():
                total += 1
                left = word[at - 1] if at else " "
                right = word[at + 1] if at + 1 < len(word) else " "
                is_alone = len(word) == 1 and before[:1].islower() and after[1:].islower()
                wrong += (sign.isupper() and is_alone) or _is_wrong(sign, left, right)
    return wrong, total


def _is_wrong(sign: str, left: str, right: str) -> bool:
    """Whether a sign does not fit between its neighbours."""
    category = unicodedata.category(sign)
    if category[0] == "L":
        return _is_wrong_letter(sign, left, right)
    if category[0] == "M":
        return False
    if category == "Co" or "\u2500" <= sign < "\u25a0":
        return True
    if left.isalpha() and right.isalpha() and sign not in _WITHIN:
        return True
    is_beside = left.isalpha() or right.isalpha()
    return category in _SYMBOLS and sign not in _BESIDE and is_beside


def _is_wrong_letter(sign: str, left: str, right: str) -> bool:
    script = _script(sign)
    if left.isalpha() and _script(left) != script:
        return True
    if right.isalpha() and right.isascii() and script != _LATIN:
        return True
    if sign in _ORDINALS:
        return left.isalpha() or right.isalpha()
    if sign == _FINAL_SIGMA:
        return right.isalpha()
    if sign.isupper():
        return left.islower() or (left.isalpha() and right.islower())
    return sign.islower() and left.isupper() and right.isupper()


def _script(sign: str) -> int:
    return next(script for end, script in _ENDS if ord(sign) < end)
