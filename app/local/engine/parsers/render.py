"""The output of every parser: Markdown, with a row of a table on a line."""

from collections.abc import Iterable, Sequence

from app.local import lazy_re as re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
# Not the joiners of Persian and of emoji, nor the breaks between words of Thai, Burmese and Khmer.
_NO_WIDTH = re.compile("[\u00ad\u2060\ufeff]|(?<![\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])\u200b")
_VISIBLE = re.compile(
    "[^\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_LINE_END = re.compile("[\x85\u2028\u2029]")
_DATA = re.compile(
    r"(?:!?\[([^\[\]\n]{0,300})\]\(<?)?data:[\w.+-]{1,60}/[\w.+-]{1,80}(?:;[\w.=-]{1,60}){0,5};base64,\s{0,2}"
    r"(?:[\w+/%-]{40,}+={0,2}\s{0,2})(?:[\w+/%-]{40,}+={0,2}\s{0,2})*+(?:[\w+/%-]{1,39}={1,2})?"
    r"(?:>?(?:\s\"[^\"\n]{0,200}\")?\))?",
    re.IGNORECASE,
)
_TICKS = re.compile(r"`+")
_TRAILING = re.compile(r"(?<![ \t])[ \t]+$", re.MULTILINE)
_GAP = re.compile(r"\n{3,}")
WIDEST = 60  # columns of a table
_MOST_RUNS = 8
_MOST_EMPTY = 100  # the most cells that fill up a row, so that one wide row does not lengthen all


def clean(text: str) -> str:
    r"""Remove control characters and signs of no width within words: soft hyphens, marks of where
    a word may be broken. Write each end of a line as "\n".

    >>> clean("one \r\ntwo\x07\f\n")
    'one \ntwo\n\n'
    """
    for end in ("\r\n", "\r", "\f", "\v"):
        text = text.replace(end, "\n")
    if not text.isascii():
        text = _NO_WIDTH.sub("", _LINE_END.sub("\n", text))
    return _CONTROL.sub("", text)


def without_data(text: str) -> str:
    """The text without what is written out as `data:` addresses, such as pictures, of which only
    the label stays.

    >>> without_data("Rate ![a chart](data:image/png;base64," + "iVBOR" * 20 + ") is 5.")
    'Rate a chart is 5.'
    """
    return _DATA.sub(r"\1", text) if ";base64," in text or ";BASE64," in text else text


def tidy(text: str) -> str:
    r"""Remove control characters, trailing blanks, and runs of empty lines.

    >>> tidy("one \r\n\n\n\ntwo\x07\n")
    'one\n\ntwo'
    """
    return _GAP.sub("\n\n", _TRAILING.sub("", clean(text))).strip("\n")


def line(text: str) -> str:
    r"""Put a text on one line.

    >>> line(" two  \n words ")
    'two words'
    """
    return " ".join(text.split())


def fenced(code: str, language: str = "") -> str:
    r"""Code as a block of its own.

    >>> fenced("x = 1", "python")
    '```python\nx = 1\n```'
    """
    fence = "`" * max(3, 1 + max(map(len, _TICKS.findall(code)), default=0))
    return f"{fence}{language}\n{code}\n{fence}"


def without(text: str, opening: str, closing: str) -> str:
    """The text without its comments, which stand between these marks.

    >>> without("a /* b */ c", "/*", "*/")
    'a  c'
    """
    parts: list[str] = []
    place = 0
    while (start := text.find(opening, place)) >= 0:
        end = text.find(closing, start + len(opening))
        if end < 0:
            break
        parts.append(text[place:start])
        place = end + len(closing)
    return "".join([*parts, text[place:]])


def has_text(text: str) -> bool:
    """Whether a text has a sign that a reader sees.

    >>> has_text("\u200b \ufeff"), has_text(" a ")
    (False, True)
    """
    return bool(_VISIBLE.search(text))


def numbers(noun: str, places: Sequence[int]) -> str:
    r"""The beginning of a sentence about numbered parts of a document.

    >>> numbers("Page", [3]), numbers("Slide", [1, 2, 3, 7]), numbers("Page", [*range(1, 90, 2)])
    ('Page 3 has', 'Slides 1-3 and 7 have', 'Pages 1, 3, 5, 7, 9, 11, 13, 15 and 37 more have')
    """
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][-1] + 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    words = [f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]
    if len(runs) > _MOST_RUNS:
        words[_MOST_RUNS:] = [f"{sum(map(len, runs[_MOST_RUNS:]))} more"]
    joined = " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
    return f"{noun}s {joined} have" if len(places) > 1 else f"{noun} {joined} has"


def linked(text: str, address: str) -> str:
    """A Markdown link; the text alone if there is no address.

    >>> linked("the docs ", "https://example.com/a")
    '[the docs](https://example.com/a) '
    """
    label = text.strip()
    return text.replace(label, f"[{label}]({address})") if label and address else text


def heading(text: str, level: int) -> str:
    r"""A heading, `level` from 1.

    >>> heading("Soils\nof clay", 2)
    '## Soils of clay'
    """
    return f"{'#' * min(level, 6)} {line(text)}"


def wide(rows: Sequence[Sequence[str]]) -> str:
    r"""A table; or if it is so wide that no chunk holds its header and a row, each row under its
    first cell, with the names of its values.

    >>> names = [f"n{at}" for at in range(61)]
    >>> wide([names, ["Ann", "", "30"]])
    '### Ann\n\nn0: Ann\nn2: 30'
    """
    header, *others = rows or [[]]
    if len(header) <= WIDEST:
        return table(rows)
    names = [line(name) or f"column {at}" for at, name in enumerate(header, start=1)]
    blocks = []
    for number, row in enumerate(others, start=2):
        cells = [line(cell) for cell in row]
        values = [f"{name}: {cell}" for name, cell in zip(names, cells, strict=False) if cell]
        values += filter(None, cells[len(names) :])
        blocks += [heading(cells[0] or f"Row {number}", 3), "\n".join(values)]
    return "\n\n".join(blocks) if blocks else table(rows)


def table(rows: Iterable[Sequence[str]]) -> str:
    r"""A table whose first row is its header. Short rows are filled up with empty cells.

    >>> print(table([["name", "age"], ["Ann|Lee", "30", "x"]]))
    | name | age |  |
    | --- | --- | --- |
    | Ann\|Lee | 30 | x |
    """
    lines, widths = [], []
    for row in rows:
        cells = [line(cell).replace("|", "\\|") for cell in row] or [""]
        lines.append(f"| {' | '.join(cells)} |")
        widths.append(len(cells))
    width = max(widths, default=0)
    lines = [
        text + "  |" * min(width - own, _MOST_EMPTY)
        for text, own in zip(lines, widths, strict=True)
    ]
    return "\n".join([*lines[:1], "|" + " --- |" * width, *lines[1:]])
