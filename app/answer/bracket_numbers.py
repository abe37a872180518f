"""Numbers in brackets, in the forms in which models and documents write them.

[1]  [1, 2]  [1; 2]  [1 and 2]  [1-3]        numbers, lists and ranges
[passage 2]  [Source: 1]  [#1]  [^1]         with a label, or as the mark of a footnote
【1】  【1†source】                            with the brackets of East Asian scripts
"""

import re
from dataclasses import dataclass
from itertools import takewhile

OPENERS, CLOSERS = "[【［", "]】］"  # noqa: RUF001 these signs are meant
LONGEST = 40  # characters from bracket to bracket
_MOST_DIGITS = 3
_WIDEST_RANGE = 10  # numbers; a wider one is no list of passages

_LABELS = (
    *("passage", "passages", "source", "sources", "document", "documents", "doc", "docs"),
    *("citation", "citations", "reference", "references", "ref", "refs", "n"),
)
_JOINTS = ("and", "und", "et")
_SIGNS = frozenset(" \t,;、，&-–^#.:=\"'")  # noqa: RUF001 these signs are meant
_DAGGER = "†"

_NUMBER = rf"\d{{1,{_MOST_DIGITS}}}+"
_JOINT = rf"[ \t]*+(?:[,;、，&–-]|{'|'.join(_JOINTS)})[ \t]*+"  # noqa: RUF001 these signs are meant
_LABEL = rf"(?:[\^#]|(?:{'|'.join(sorted(_LABELS, reverse=True))})[ \t]*+[.:#=]?[ \t]*+[\"']?)"
NUMBERS = re.compile(
    rf"[{re.escape(OPENERS)}][ \t]*+{_LABEL}?(?P<numbers>{_NUMBER}(?:{_JOINT}{_NUMBER})*+)[\"']?"
    rf"[ \t]*+(?:{_DAGGER}[^{re.escape(CLOSERS)}\n]{{0,{LONGEST}}}+)?[{re.escape(CLOSERS)}]",
    re.IGNORECASE,
)
_PARTS = re.compile(rf"({_NUMBER})(?:[ \t]*+[–-][ \t]*+({_NUMBER}))?")  # noqa: RUF001 a dash


@dataclass(frozen=True, slots=True)
class Bracket:
    """Bracketed numbers as they are written, such as `[1]` or `[2, 3]`."""

    text: str
    numbers: tuple[int, ...]

    @property
    def form(self) -> str:
        """How they are written, without white space."""
        return "".join(self.text.split())

    @property
    def is_index(self) -> bool:
        """Whether code may have such a bracket behind a name: `samples[0]`."""
        return self.form[0] == "[" and self.form[1].isdecimal()


def bracket(text: str) -> Bracket | None:
    """The numbers between brackets, if a text is nothing else.

    >>> bracket("[1, 20]")
    Bracket(text='[1, 20]', numbers=(1, 20))
    >>> bracket("【Passages 2-4】").numbers
    (2, 3, 4)
    >>> bracket("[1, ]"), bracket("[1000]"), bracket("[20-1]")
    (None, None, None)
    """
    if len(text) > LONGEST + 2 or not (match := NUMBERS.fullmatch(text)):
        return None
    numbers: list[int] = []
    for part in _PARTS.finditer(match["numbers"]):
        first, last = int(part[1]), int(part[2] or part[1])
        if not 0 <= last - first < _WIDEST_RANGE:
            return None
        numbers.extend(range(first, last + 1))
    return Bracket(text, tuple(dict.fromkeys(numbers)))


def may_go_on(open_text: str, sign: str) -> bool:
    """Whether an open bracket with this sign may still become bracketed numbers.

    >>> may_go_on("[pas", "s"), may_go_on("[pas", "t"), may_go_on("[1†so", "u")
    (True, False, True)
    """
    if len(open_text) >= LONGEST or sign == "\n":
        return False
    if sign.isdecimal() or sign in _SIGNS or sign == _DAGGER or _DAGGER in open_text:
        return True
    letters = takewhile(str.isalpha, reversed(open_text + sign))
    word = "".join(letters)[::-1].casefold()
    return word != "" and any(each.startswith(word) for each in (*_LABELS, *_JOINTS))
