"""Numbers in brackets, in the forms in which models and documents write them.

[1]  [1, 2]  [1; 2]  [1 and 2]  [1-3]        numbers, lists and ranges
[passage 2]  [Source: 1]  [#1]  [^1]         with a label, or as the mark of a footnote
[2, page 4]  [passage 1, passage 2]          with a page, or a label for each number
[[1]]                                        between two brackets
(passage 2)  (see passages 1 and 2)          between parentheses, but only with a label
【1】  【1†source】                            with the brackets of East Asian scripts
²  <sup>2</sup>                              raised
"""

import re
from dataclasses import dataclass
from itertools import takewhile

OPENERS, CLOSERS = "[【［(（<", "]】］)）>"  # noqa: RUF001 these signs are meant
SQUARE, ROUND = "[【［", "(（"  # noqa: RUF001 these signs are meant
RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
LONGEST = 40  # characters from bracket to bracket
_MOST_DIGITS = 3
_WIDEST_RANGE = 10  # numbers; a wider one is no list of passages

# fmt: off
_LABELS = (
    "passage", "passages", "source", "sources", "document", "documents", "doc", "docs",
    "citation", "citations", "reference", "references", "ref", "refs", "n",
    "quelle", "quellen", "dokument", "dokumente", "textstelle", "passagen",  # German
    "pasaje", "pasajes", "fuente", "fuentes", "documento", "documentos",  # Spanish
    "passagem", "passagens", "fontes", "fonte", "fonti", "passaggio", "passaggi", "documenti",
    "出典", "文書", "資料", "参照", "资料", "来源", "文档", "段落", "문서", "출처", "구절",
)
# fmt: on
_LEADS = ("see also", "see", "from", "per", "cf", "source", "sources", "siehe", "voir", "véase")
_PAGES = ("page", "pages", "pp", "p", "S")
_JOINTS = ("and", "und", "et", "y", "e")
_SIGNS = frozenset(" \t,;、，&-–^#_.:=\"'")  # noqa: RUF001 these signs are meant
_DAGGER = "†"
_SUP, _END_OF_SUP = "<sup>", "</sup>"

_NUMBER = rf"\d{{1,{_MOST_DIGITS}}}+"
_JOINT = rf"[ \t]*+(?:[,;、，&–-]|{'|'.join(_JOINTS)})[ \t]*+"  # noqa: RUF001 these signs are meant


def _any_of(words: tuple[str, ...]) -> str:
    return "|".join(sorted(words, reverse=True))


_LEAD = rf"(?:(?:{_any_of(_LEADS)})[ \t]*+[.:]?[ \t]*+)?"
_WORD = rf"(?:(?:{_any_of(_LABELS)})[ \t_]*+[.:#=]?[ \t]*+[\"']?)"
_PAGE = rf"(?:,[ \t]*+(?:{_any_of(_PAGES)})[ \t]*+\.?[ \t]*+\d++(?:[–-]\d++)?)?"  # noqa: RUF001 a dash
_NOTE = rf"(?:{_DAGGER}[^{re.escape(CLOSERS)}\n]{{0,{LONGEST}}}+)?"


def _list(label: str, name: str) -> str:
    """A pattern of numbers, the first of them with this label."""
    more = rf"(?:{_JOINT}{_WORD}?{_NUMBER})*+"
    return rf"[ \t]*+{label}(?P<{name}>{_NUMBER}{more})[\"']?{_PAGE}[ \t]*+"


_FOOTNOTE = r"[\^#]"
_SQUARE_LIST = _list(f"(?:{_FOOTNOTE}|{_LEAD}{_WORD})?", "square")
_SQUARE = rf"(?<=[{re.escape(SQUARE)}]){_SQUARE_LIST}{_NOTE}[\]】］]"  # noqa: RUF001 these signs are meant
_ROUND = rf"(?<=[(（]){_list(_LEAD + _WORD, 'round')}[)）]"  # noqa: RUF001 these signs are meant
_ITEM = rf"[ \t]*+{_WORD}?{_NUMBER}(?:{_JOINT}{_WORD}?{_NUMBER})*+[ \t]*+"
_DOUBLE = rf"(?<=\[)\[(?P<double>{_ITEM})\]\]"
_RAISED_LIST = rf"\[?(?P<superscript>{_NUMBER}(?:{_JOINT}{_NUMBER})*+)\]?"
_SUPERSCRIPT = rf"(?<=<){_SUP.removeprefix('<')}{_RAISED_LIST}{_END_OF_SUP}"
# By a set of signs that all of them begin with, a text is searched several times as fast.
NUMBERS = re.compile(
    f"[{re.escape(OPENERS)}](?:{_SQUARE}|{_ROUND}|{_DOUBLE}|{_SUPERSCRIPT})", re.IGNORECASE
)
RAISED_NUMBERS = re.compile(f"[{RAISED}]+")
_PARTS = re.compile(rf"({_NUMBER})(?:[ \t]*+[–-][ \t]*+({_NUMBER}))?")  # noqa: RUF001 a dash
_WORDS = (*_LABELS, *_JOINTS, *_PAGES, *(word for lead in _LEADS for word in lead.split()))
_DIGITS = str.maketrans(RAISED, "0123456789")


@dataclass(frozen=True, slots=True)
class Bracket:
    """Bracketed numbers as they are written, such as `[1]` or `[2, 3]`."""

    text: str
    numbers: tuple[int, ...]

    @property
    def form(self) -> str:
        """How they are written, without white space and capitals."""
        return "".join(self.text.split()).casefold()

    @property
    def is_index(self) -> bool:
        """Whether code may have such a bracket behind a name: `samples[0]`."""
        return self.form[0] == "[" and self.form[1].isdecimal()

    @property
    def is_raised(self) -> bool:
        """Whether it is written as a power or the mark of a footnote is: `²`."""
        return self.form[0] in RAISED or self.form[0] == "<"

    @property
    def is_double(self) -> bool:
        """Whether it could be a list in a list: `[[1, 2]]`."""
        return self.form.startswith("[[")


def bracket(text: str) -> Bracket | None:
    """The numbers between brackets, if a text is nothing else.

    >>> bracket("[1, 20]")
    Bracket(text='[1, 20]', numbers=(1, 20))
    >>> bracket("【Passages 2-4】").numbers
    (2, 3, 4)
    >>> bracket("(see passages 1 and 3)").numbers, bracket("[[1, 2]]").numbers
    ((1, 3), (1, 2))
    >>> bracket("[1, ]"), bracket("[1000]"), bracket("[20-1]")
    (None, None, None)
    """
    if len(text) > LONGEST + 2 or not (match := NUMBERS.fullmatch(text)):
        return None
    numbers: list[int] = []
    for part in _PARTS.finditer(match[match.lastgroup or 0]):
        first, last = int(part[1]), int(part[2] or part[1])
        if not 0 <= last - first < _WIDEST_RANGE:
            return None
        numbers.extend(range(first, last + 1))
    return Bracket(text, tuple(dict.fromkeys(numbers)))


def raised(text: str) -> list[Bracket]:
    """Raised numbers: each digit is one, as few answers cite ten passages.

    >>> [each.numbers for each in raised("¹²")], [each.numbers for each in raised("¹⁰")]
    ([(1,), (2,)], [(10,)])
    """
    parts = [text] if "⁰" in text and len(text) <= _MOST_DIGITS else list(text)
    return [Bracket(part, (int(part.translate(_DIGITS)),)) for part in parts]


def may_go_on(open_text: str, sign: str) -> bool:
    """Whether an open bracket with this sign may still become bracketed numbers.

    >>> may_go_on("[pas", "s"), may_go_on("[pas", "t"), may_go_on("[1†so", "u")
    (True, False, True)
    >>> may_go_on("(", "s"), may_go_on("(", "1"), may_go_on("<su", "p"), may_go_on("<", "b")
    (True, False, True, False)
    """
    if len(open_text) >= LONGEST or sign == "\n":
        return False
    if open_text[0] == "<":
        return _may_be_superscript((open_text + sign).lower())
    if open_text[0] in ROUND and len(open_text) == 1 and not sign.isalpha():
        return False
    if sign in "[]":
        return open_text == "[" if sign == "[" else open_text.startswith("[[")
    if sign.isdecimal() or sign in _SIGNS or sign == _DAGGER or _DAGGER in open_text:
        return True
    letters = takewhile(str.isalpha, reversed(open_text + sign))
    word = "".join(letters)[::-1].casefold()
    return word != "" and any(each.casefold().startswith(word) for each in _WORDS)


def _may_be_superscript(text: str) -> bool:
    if len(text) <= len(_SUP):
        return _SUP.startswith(text)
    numbers, opening, end = text.removeprefix(_SUP).partition("<")
    return not numbers.strip("0123456789,; []") and _END_OF_SUP.startswith(opening + end)
