r"""How a kind of personal data is found: by its form, by a check of it, and by words before it.

Forms are RE2's, so that their time is in proportion to the text. They are matched on a sheet: a
byte for each code point, in which a letter beyond ASCII is `\xc0` as a capital and else `\xe0`,
and any other sign beyond it `\xa4`. So a place on the sheet is a place in the text.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import re2
from numpy.typing import NDArray

from app.local.engine.guard.normal import Reading, folded

CAPITAL, SMALL = rb"[A-Z\xc0]", rb"[a-z\xe0]"
LETTER = rb"[A-Za-z\xc0\xe0]"
ALNUM = rb"[0-9A-Za-z\xc0\xe0]"


# What stands alone has no letter or digit beside it, nor a digit behind one sign, as in "1.2".
_BEFORE = rb"(?:^[.\-/:]?|[^0-9][.\-/:]|[^0-9A-Za-z_\xc0\xe0.\-/:])"
_BEHIND = rb"(?:[.\-/:]?$|[.\-/:][^0-9]|[^0-9A-Za-z_\xc0\xe0.\-/:])"


@dataclass(frozen=True, slots=True)
class Detection:
    """A piece of personal data in a text, in code points; the end is not included.

    Attributes:
        kind: Bedrock's name of its type, such as EMAIL.
    """

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SignSheet:
    """A text to look for personal data in.

    Attributes:
        reading: the text without signs that nobody sees.
        signs: a byte for each code point of the reading.
    """

    reading: Reading
    signs: bytes

    @classmethod
    def of(cls, text: str) -> "SignSheet":
        reading = folded(text)
        return cls(reading, _bytes()[reading.codes].tobytes())


@dataclass(frozen=True, slots=True)
class Rule:
    """One form that a kind of personal data has.

    Attributes:
        form: an expression of RE2. What is in its group is the entity; all of it without a group.
        test: whether such a text can be one: called with the entity as it is written.
        cue: what a text must have somewhere for the form to match.
        length: of the entity in what the form matches, from its first sign.
        alone: whether the signs beside it may be no letters, digits or joining signs.
    """

    kind: str
    form: bytes
    test: Callable[[str], bool] = bool
    alone: bool = False
    cue: bytes = b""
    length: Callable[[str], int] = len

    def entities(self, sheet: SignSheet) -> Iterator[Detection]:
        form = compiled(_BEFORE + rb"(" + self.form + rb")" + _BEHIND if self.alone else self.form)
        group, place = 1 if form.groups else 0, 0
        while match := form.search(sheet.signs, place):
            start, end = match.span(group)
            place = max(end, place + 1)  # what stands behind it may stand before the next one
            text = sheet.signs[start:end].decode("latin-1")
            end = start + self.length(text)
            if self.test(text[: end - start]):
                yield Detection(self.kind, start, end)


def cued(kind: str, cue: bytes, form: bytes, test: Callable[[str], bool] = bool) -> Rule:
    """A rule for what only the words before it tell: up to 30 signs in the same line stand between
    them and it. The cue is in any case, and without a group; the form begins and ends with a
    border.
    """
    return Rule(kind, rb"\b(?i:" + cue + rb")\b[^\n0-9]{0,30}?(" + form + rb")", test, cue=cue)


def told(kind: str, cue: bytes, form: bytes, test: Callable[[str], bool] = bool) -> Rule:
    """As `cued`, but with nothing between cue and entity than "is", a colon and the like."""
    link = rb"(?i:[ \t]{0,3}(?:[:=#]|is|was|are|no\.?|number|code|of)){0,3}[ \t]{0,3}[\"'`]?"
    return Rule(kind, rb"\b(?i:" + cue + rb")\b" + link + rb"(" + form + rb")", test, cue=cue)


@cache
def compiled(form: bytes) -> Any:
    options = re2.Options()
    options.encoding, options.log_errors = re2.Options.Encoding.LATIN1, False
    options.max_mem = 1 << 24
    return re2.compile(form, options)


def digits(text: str) -> str:
    """The digits of a number that is written with separators."""
    return "".join(filter(str.isdigit, text))


def compact(text: str) -> str:
    return "".join(filter(str.isalnum, text)).upper()


@cache
def _bytes() -> NDArray[np.uint8]:
    signs = np.full(0x110000, 0xA4, np.uint8)
    signs[:0x80] = np.arange(0x80)
    for code in (*range(0x80, 0x3400), *range(0xA000, 0xAC00), *range(0xF900, 0x20000)):
        sign = chr(code)
        if sign.isalpha():
            signs[code] = 0xC0 if sign.isupper() else 0xE0
        elif sign.isspace():
            signs[code] = 0x0A if sign in "\u2028\u2029\x85" else 0x20
    signs[0x3400:0xA000] = 0xE0
    signs[0xAC00:0xD7B0] = 0xE0
    signs[[0x2018, 0x2019]] = ord("'")
    signs[[0x201C, 0x201D]] = ord('"')
    return signs
