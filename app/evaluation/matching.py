"""Whether an answer holds a string, in whatever way it is typeset.

Case, white space, Markdown's emphasis and code marks, the targets of links, the kind of dashes and
quotation marks and the marks of citations do not count. Numbers do: "5" is not in "25" nor in
"5.2".
"""

import re

_CITATION_MARKS = re.compile(r"(?<=\s)\[\d++\](?:\s*+\[\d++\])*+")
_LINK = re.compile(r"!?\[([^\[\]]*+)\]\([^()\s]*+\)")
_SPACE = re.compile(r"\s++")
_SPACE_BEFORE_STOP = re.compile(r" (?=[.,;:!?](?:\s|$))")
_NUMBER = re.compile(r"-?\d[\d.,]*+")
_NOT_WORDS = re.compile(r"\W*+")

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2013\u2014\u2011", "-"),
        **dict.fromkeys("\u2018\u2019", "'"),
        **dict.fromkeys("\u201c\u201d", '"'),
        **dict.fromkeys("\u00a0\u202f", " "),
        **dict.fromkeys("*`"),
    }
)

AT_THE_START = "^"
"""Begins a string that has to begin the answer, as in `^no`."""


def normalize(text: str) -> str:
    """A text as it is compared.

    >>> normalize("Wait **5 seconds** [1][2], see [the docs](https://x.example/a).")
    'wait 5 seconds, see the docs.'
    """
    text = _CITATION_MARKS.sub("", text)
    text = _LINK.sub(r"\1", text)
    text = _SPACE.sub(" ", text.translate(_PLAIN).casefold())
    return _SPACE_BEFORE_STOP.sub("", text).strip()


def holds(answer: str, string: str) -> bool:
    """Whether a normalized answer holds a string.

    >>> holds("it costs 1,250 euros", "250"), holds("it costs 250 euros", "250")
    (False, True)
    >>> holds("no, it does not", "^No"), holds("nothing does", "^no")
    (True, False)
    """
    if string.startswith(AT_THE_START):
        return _begins(answer, normalize(string.removeprefix(AT_THE_START)))
    string = normalize(string)
    place = answer.find(string)
    while place >= 0:
        if _stands_alone(string, answer[:place][-2:], answer[place + len(string) :][:2]):
            return True
        place = answer.find(string, place + 1)
    return False


def fences(answer: str) -> str:
    """What stands in an answer's fenced blocks of code, normalized.

    >>> fences("Call ```run()``` and wait.")
    'run()'
    """
    return normalize(" ".join(answer.split("```")[1::2]))


def _begins(answer: str, string: str) -> bool:
    answer, string = _NOT_WORDS.sub("", answer, 1), _NOT_WORDS.sub("", string, 1)
    after = answer[len(string) :][:1]
    return answer.startswith(string) and not _is_word(after)


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _stands_alone(string: str, before: str, after: str) -> bool:
    """Whether a string is no part of a longer number.

    Args:
        before: the two characters before it; `after`, the two after it.
    """
    is_number = _NUMBER.fullmatch(string) is not None
    if string[-1:].isdigit() or is_number:
        if after[:1].isdecimal():
            return False
        if is_number and after[:1] in (".", ",") and after[1:].isdecimal():
            return False
    if is_number and string.startswith("-"):
        return not _is_word(before[-1:])
    if string[:1].isdigit():
        if before[-1:].isdecimal():
            return False
        if is_number and before[-1:] in (".", ",") and before[:-1].isdecimal():
            return False
    return True
