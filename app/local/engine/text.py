"""Plain text and Markdown, cut into sentences.

First, lines become blocks. A heading, a row of a table and a line of code stand alone; an item of a
list starts a new block; lines of prose that a line wrap parts are one paragraph. Then a paragraph
is cut after each stop that ends a sentence, but not after those in "e.g. Dr. Ito's 2.5 kg".

Chinese and Japanese have no space behind a stop. Thai and Lao have no stops, but a space between
sentences: there a paragraph is cut at a space, if what stands before it is long enough.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

from app.local import lazy_re as re

Kind = Literal["blank", "alone", "item", "prose"]
Span = tuple[int, int]  # of characters, from 0, the end not included

FENCE = re.compile(r"\s*(```|~~~)")
_ALONE = re.compile(
    r"\s*(?:#{1,6}\s"  # a heading
    r"|\|"  # a row of a table
    r"|([-=*_])(?:\s*\1){2,}\s*$)"  # a rule, or what underlines a heading
)
ITEM = re.compile(r"\s*(?:[-*+•‣▪●◦–]|\(?\d{1,3}[.)]|\(?[A-Za-z]\)|[ivx]{1,4}[.)])\s+(?=\S)")  # noqa: RUF001 these signs are meant
_CODE = re.compile(r" {4}|\t")
_GOING_ON = tuple(".,;:!?)]}\\")  # a line that begins with one of these goes on with the line above
_NARROWEST = 50  # columns: if all lines are shorter, their breaks are the writer's and no wraps

# A stop, and what closes behind it: quotes, brackets, emphasis, the number of a note
# (also as prompts write it whose marks are numbers in square brackets).
_EAST_ASIAN = "\u3005\u3041-\u30ff\u3400-\u9fff"
_THAI = "\u0e01-\u0e4e\u0e81-\u0ecd"  # and Lao
_STOP = re.compile(
    r"(?P<wide>[。！？｡।॥؟۔።။។៕]+)(?P<closing>[」』）”’】〉》]*)"  # noqa: RUF001 these signs are meant
    rf"|(?<=[{_EAST_ASIAN}])(?P<tight>[.!?．]+)(?=[{_EAST_ASIAN}])"  # noqa: RUF001 these signs are meant
    rf"|(?<=[{_THAI}])(?P<pause> +)(?=[{_THAI}])"
    r"|(?<![.!?…])(?P<narrow>[.!?…]++)(?:[\"'”’»)\]*_`~]|[\[\u27e6]\d+[\]\u27e7])*+(?=\s)"  # noqa: RUF001 these signs are meant
)
_NONBLANK = re.compile(r"\S")
_OPENING = re.compile(r"[\s(\[{\"'“‘«*_`]+")  # noqa: RUF001 these signs are meant
_PAUSE = 25  # characters of Thai before a space that ends a sentence
_GOES_ON = re.compile(
    "และ|หรือ|แต่|ซึ่ง|ที่|โดย|เพื่อ|เพราะ|จึง|ก็|ได้แก่|เช่น|คือ|ถ้า|หาก|ແລະ|ຫຼື|ແຕ່|ທີ່|ຊຶ່ງ|ເພາະ|ໂດຍ"
)
_GLANCE = 24  # characters before a stop that are looked at
_AFTER = re.compile(r"\s*[\"'“‘«(\[*_]*(\S[\w'’-]*)")  # noqa: RUF001 these signs are meant
_CALL = re.compile(r"\.[A-Za-z_]\w*[.(]|\.[a-z_]\w+(?= )|\(")  # behind a word: it is code
_INITIALS = re.compile(r"[^\W\d_]|(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")  # J, U.S, Ph.D, a.m
_INITIAL = re.compile(r"\s*[A-Z]\.")  # behind another one: "J. A."
_ENUMERATOR = re.compile(r"(?:\A|[:;,]\s+)\(?(?:\d{1,3}|[A-Za-z])\Z")

# fmt: off
# A stop after one of these never ends a sentence;
_NEVER = frozenset((
    "dr", "mr", "mrs", "ms", "prof", "rev", "hon", "st", "mt", "ft", "capt", "col", "gen", "lt",
    "sgt", "maj", "gov", "sen", "rep", "messrs", "mme", "mlle", "sra", "dra", "fig", "figs", "eq",
    "eqs", "e.g", "i.e", "eg", "ie", "cf", "viz", "vs", "approx", "ca", "resp", "incl", "excl",
    "esp", "z.b", "d.h", "bzw", "vgl", "p.ej",
))
# after one of these it does, but not before a number;
_BEFORE_NUMBER = frozenset((
    "no", "nos", "nr", "p", "pp", "vol", "vols", "ch", "chs", "sec", "secs", "sect", "art", "para",
    "ref", "refs", "tab", "min", "max", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep",
    "sept", "oct", "nov", "dec", "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat",
    "sun",
))
# after one of these, as after initials, only before a word that often begins a sentence.
_SELDOM = frozenset((
    "inc", "ltd", "llc", "plc", "co", "corp", "bros", "dept", "univ", "assn", "jr", "sr", "al",
    "ed", "eds", "est", "ext", "tel", "avg",
))
_OPENERS = frozenset((
    "a", "according", "after", "all", "also", "although", "an", "and", "any", "are", "as", "at",
    "because", "before", "both", "but", "by", "can", "did", "do", "does", "during", "each",
    "finally", "first", "for", "from", "he", "her", "here", "his", "how", "however", "i", "if",
    "in", "is", "it", "its", "let", "many", "most", "my", "no", "not", "note", "now", "on", "once",
    "one", "or", "our", "please", "second", "see", "several", "she", "since", "so", "some", "such",
    "that", "the", "their", "then", "there", "therefore", "these", "they", "this", "those",
    "though", "thus", "to", "two", "under", "unless", "until", "use", "was", "we", "what", "when",
    "where", "which", "while", "who", "why", "with", "without", "yet", "you", "your",
))
# fmt: on


def sentences(text: str) -> list[Span]:
    r"""Spans of the sentences of `text`, in order, that cover everything but white space.

    >>> text = "# Clay\nIt weighs 2.5 kg, e.g. wet. Dr. Ito\nagrees (v. 1.2)! \"Why?\" he asks."
    >>> [text[start:end] for start, end in sentences(text)]
    ['# Clay', 'It weighs 2.5 kg, e.g. wet.', 'Dr. Ito\nagrees (v. 1.2)!', '"Why?" he asks.']
    """
    spans: list[Span] = []
    paragraph: list[Span] = []  # its lines so far
    for kind, span in _lines(text):
        if kind != "prose":
            spans += _cut_all(text, paragraph)
            paragraph = []
        if kind == "alone":
            spans.append(span)
        elif kind != "blank":
            paragraph.append(span)
    return spans + _cut_all(text, paragraph)


def _lines(text: str) -> Iterator[tuple[Kind, Span]]:
    """The kind of each line, and its span without the white space around it."""
    kind: Kind = "blank"
    fence, in_item, begin = "", False, 0
    for line in text.split("\n"):
        words = line.strip()
        start = begin + len(line) - len(line.lstrip())
        begin += len(line) + 1
        if not words:
            kind = "blank"
        elif (mark := FENCE.match(line)) or fence:
            kind = "alone"
            if mark and fence in ("", mark[1]):
                fence = "" if fence else mark[1]
        elif _ALONE.match(line):
            kind = "alone"
        elif ITEM.match(line):
            kind, in_item = "item", True
        elif _CODE.match(line) and kind != "prose" and not in_item:
            kind = "alone"
        else:
            kind, in_item = "prose", in_item and line[0].isspace()
        yield kind, (start, start + len(words))


def _cut_all(text: str, lines: list[Span]) -> list[Span]:
    """The sentences of a paragraph, whose wrapped lines are joined."""
    if not lines:
        return []
    margin = max(_width(text[start:end]) for start, end in lines)
    spans: list[Span] = []
    begin = lines[0][0]
    for (start, end), (following, last) in pairwise(lines):
        hard = text.startswith("  ", end) or text[end - 1] == "\\"
        if hard or not _wraps(text[start:end], text[following:last], margin):
            spans += _cut(text, begin, end)
            begin = following
    return spans + list(_cut(text, begin, lines[-1][1]))


def _wraps(above: str, below: str, margin: int) -> bool:
    """Whether a line goes on with the one above: it starts in the midst of a sentence, or its first
    word would not have fitted above.
    """
    below = below.lstrip("> ")
    if below[:1].islower() or below.startswith(_GOING_ON):
        return True
    return margin >= _NARROWEST and _width(above) + 1 + _width(below.split(" ", 1)[0]) > margin


def _width(line: str) -> int:
    """The width in columns: signs of East Asian scripts take two."""
    return len(line) if line.isascii() else len(line) + sum(sign >= "\u1100" for sign in line)


def _cut(text: str, begin: int, end: int) -> Iterator[Span]:
    """The sentences of a stretch of prose."""
    for stop in _STOP.finditer(text, begin, end):
        after = _NONBLANK.search(text, stop.end(), end)
        if after and _ends_sentence(text, begin, stop, end):
            yield begin, stop.start() if stop["pause"] else stop.end()
            begin = after.start()
    if begin < end:
        yield begin, end


def _ends_sentence(text: str, begin: int, stop: re.Match[str], end: int) -> bool:
    """Whether `stop` ends the sentence that started at `begin`. More text follows the stop."""
    if stop["wide"]:
        return not (stop["closing"] and text.startswith("と", stop.end()))
    if stop["tight"]:
        return True
    if stop["pause"]:
        return stop.start() - begin >= _PAUSE and not _GOES_ON.match(text, stop.end())
    following = _AFTER.match(text, stop.end(), end)
    after = following[1] if following else ""
    is_code = bool(following and _CALL.match(text, following.end(), end))
    if after[:1].islower() and not is_code and not any(s.isupper() or s == "_" for s in after):
        return False
    if stop["narrow"] != ".":
        return True
    before = text[max(begin, stop.start() - _GLANCE) : stop.start()].replace("\\", "")
    word = _OPENING.split(before)[-1].lower()
    if word in _NEVER or _ENUMERATOR.search(before):
        return False
    if word in _BEFORE_NUMBER and not before[-2:].strip().isupper():  # "p. 7", but "P. Oduya"
        return not after[:1].isdigit()
    if word in _SELDOM or _INITIALS.fullmatch(word):
        is_initial = bool(_INITIAL.match(text, stop.end(), end))
        return after.lower() in _OPENERS and not is_initial
    return True
