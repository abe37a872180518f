"""Running titles and page numbers: the lines at the edges of pages that recur from page to page.

They are shown once, where they first stand, and never within a sentence that goes on over pages.
"""

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from app.local import lazy_re as re
from app.local.engine.parsers.pdf.lines import Line

_MOST_FRONT_MATTER = 30  # the most pages before the one that is numbered 1
_DEEPEST = 4  # heights at an edge of a page that may be those of running titles
_SAME_HEIGHT = 0.5  # times the size: lines whose heights differ by less stand beside each other
_MOVED = 2.0  # points: running titles of two pages stand at heights that differ by less
_LARGER = 1.15  # times the usual size: a line as large is a title of its own
_ROMAN = re.compile(r"m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})", re.IGNORECASE)
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}

Level = list[Line]  # lines at one height


@dataclass(frozen=True)
class PageLines:
    """The lines of a page.

    Attributes:
        text: those of its text, as they are drawn.
        above: its running titles at the upper edge, as far as no page before has them.
        below: the same at the lower edge.
    """

    text: list[Line]
    above: list[Line] = field(default_factory=list)
    below: list[Line] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.text or self.above or self.below)


def without_furniture(pages: Sequence[Sequence[Line]]) -> list[PageLines]:
    """Part the running titles and page numbers of the pages from their text.

    These are lines at the upper or lower edge that, but for the page's number, recur on a quarter
    of the pages, and on three at least; of two pages, lines of the text's size at one height. The
    first of them stays if it says more than the number.
    """
    edges = [_Edges(page) for page in pages]
    forms = [
        {each: _running(each.text, number) for each in edge.lines()}
        for number, edge in enumerate(edges, start=1)
    ]
    if len(pages) == 2:
        often = _on_both(pages, forms)
    else:
        times = Counter(words for form in forms for words in set().union(*form.values()))
        often = {words for words, count in times.items() if count >= max(3, len(pages) / 4)}
    seen = {words for words in often if not any(map(str.isalpha, words))}
    contents: list[PageLines] = []
    for page, edge, form in zip(pages, edges, forms, strict=True):
        above, below = (
            [each for each in side if form[each] & often] for side in edge.running(form, often)
        )
        gone = {*above, *below}
        contents.append(
            PageLines(
                [each for each in page if each not in gone],
                *(
                    [each for each in side if seen.isdisjoint(form[each])]
                    for side in (above, below)
                ),
            )
        )
        seen |= {words for each in gone for words in form[each] & often}
    return contents


class _Edges:
    """The lines at the edges of a page, by their heights: from the upper edge, and from the lower.

    A line is at one edge only: the nearer one.
    """

    def __init__(self, page: Sequence[Line]) -> None:
        levels: list[Level] = []
        for own in sorted(page, key=lambda each: -each.top):
            if levels and levels[-1][0].top - own.top < _SAME_HEIGHT * own.size:
                levels[-1].append(own)
            else:
                levels.append([own])
        middle = (len(levels) + 1) // 2 if len(levels) < 2 * _DEEPEST else _DEEPEST
        self._upper = levels[:middle]
        self._lower = levels[middle:][-_DEEPEST:][::-1]
        self._next = {len(self._upper): levels[middle : middle + 1]}

    def lines(self) -> Iterator[Line]:
        for level in (*self._upper, *self._lower):
            yield from level

    def running(self, form: dict[Line, set[str]], often: Set[str]) -> tuple[Level, Level]:
        """The lines of the running titles at each edge: from the edge on, as far as they recur."""
        return (
            _taken(self._upper, form, often, is_upper=True),
            _taken(self._lower, form, often, is_upper=False)[::-1],
        )


def _taken(
    levels: Sequence[Level], form: dict[Line, set[str]], often: Set[str], *, is_upper: bool
) -> Level:
    """The lines of the outermost levels that recur. The header of a table, which its rows follow,
    is none.
    """
    taken: Level = []
    for at, level in enumerate(levels):
        if not any(form[each] & often for each in level):
            break
        below = levels[at + 1] if at + 1 < len(levels) else []
        goes_on = any(form[each] & often for each in below)
        if is_upper and not goes_on and _is_header(level, below):
            break
        taken += level
    return taken


def _is_header(level: Level, below: Level) -> bool:
    """Whether each cell of a level stands above one of the level below."""
    cells, values = ([part for each in one for part in each.parts] for one in (level, below))
    return (
        len(cells) > 1
        and len(values) > 1
        and all(
            any(cell.span[0] < value.span[1] and cell.span[1] > value.span[0] for value in values)
            for cell in cells
        )
    )


def _on_both(pages: Sequence[Sequence[Line]], forms: Sequence[dict[Line, set[str]]]) -> set[str]:
    """What recurs on both of two pages, at one height and no larger than the text."""
    usual = median([each.size for page in pages for each in page] or [0.0])
    first, second = forms
    both: set[str] = set()
    for one, words in first.items():
        for other, others in second.items():
            is_small = max(one.size, other.size) < _LARGER * usual
            if is_small and abs(one.top - other.top) < _MOVED:
                both |= words & others
    return both


def _running(text: str, page: int) -> set[str]:
    """The forms in which a line may recur on other pages: its words, and for each number that could
    be the page's number, its words with the number's distance from the page.

    >>> sorted(_running("12 Soils", 11)), sorted(_running("Invoice 4711", 11))
    (['#1 Soils', '12 Soils'], ['Invoice 4711'])
    >>> sorted(_running("xii", 10))
    ['#2', 'xii']
    """
    words = {text}
    for match in re.finditer(r"\d{1,6}", text):
        difference = int(match[0]) - page
        if abs(difference) <= _MOST_FRONT_MATTER:
            words.add(f"{text[: match.start()]}#{difference}{text[match.end() :]}")
    if (roman := text.strip()) and _ROMAN.fullmatch(roman):
        words.add(f"#{_roman_value(roman.lower()) - page}")
    return words


def _roman_value(text: str) -> int:
    """The number that Roman numerals in small letters are.

    >>> _roman_value("xiv"), _roman_value("mcmlxxxiv")
    (14, 1984)
    """
    values = [_ROMAN_VALUES[letter] for letter in text]
    return sum(-a if a < b else a for a, b in pairwise([*values, 0]))
