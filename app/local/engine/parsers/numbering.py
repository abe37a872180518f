"""The numbers that Word shows before headings and items of lists, and does not store."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
          (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_HEADING = re.compile(r"heading (\d)|title")
_LEAST_HALF_POINTS = 3  # the size of a font that can be read, as in a PDF
_LONGEST_LINEAGE = 20  # styles that are based on each other
_Levels = dict[int, "_Level"]  # by depth, from 0


@dataclass(frozen=True)
class _Level:
    form: str  # w:numFmt: decimal, lowerRoman, bullet and the like
    text: str  # w:lvlText, as in "%1.%2."
    start: int


@dataclass(frozen=True)
class Item:
    """A paragraph's place in a list.

    Attributes:
        depth: from 0.
        label: the text that Word shows before it, such as "1.2."; empty for a bullet.
    """

    depth: int
    label: str


class Styles:
    """The properties that a paragraph inherits from its style, and from those it is based on.

    Args:
        root: of `word/styles.xml`.
    """

    def __init__(self, root: Element) -> None:
        self._styles = {attribute(style, "styleId"): style for style in root.iterfind("{*}style")}

    def lineage(self, paragraph: Element) -> Iterator[Element]:
        """The paragraph, its style, the style that this is based on, and so on."""
        at: Element | None = paragraph
        for _ in range(_LONGEST_LINEAGE):
            if at is None:
                return
            yield at
            at = self._styles.get(value_of(at.find("{*}pPr"), "pStyle") or value_of(at, "basedOn"))

    def heading(self, paragraph: Element) -> int:
        """The paragraph's level as a heading, from 1; 0 if it is none."""
        for each in self.lineage(paragraph):
            if outline := value_of(each.find("{*}pPr"), "outlineLvl"):
                return (int(outline) + 1) % 10  # 9 is Word's level of body text
            if match := _HEADING.fullmatch(value_of(each, "name").lower()):
                return int(match[1] or 1)
        return 0

    def hides(self, run: Element, paragraph: Element | None) -> bool:
        """Whether a run's text is hidden: by the run itself, its style, or its paragraph's style.

        Such a property may also be switched off: ECMA-376 part 1, 17.17.4.
        """
        styles = [*self._bases(value_of(run.find("{*}rPr"), "rStyle"))]
        if paragraph is not None:
            styles += self._bases(value_of(paragraph.find("{*}pPr"), "pStyle"))
        for each in (run, *styles):
            if (vanish := each.find("{*}rPr/{*}vanish")) is not None:
                return is_on(vanish)
        return False

    def fades(self, run: Element, paragraph: Element | None) -> bool:
        """Whether a run's text cannot be seen on white paper: it is white, or of one point."""
        properties = run.find("{*}rPr")
        if properties is None:
            return False
        if (size := value_of(properties, "sz")).isdecimal() and int(size) < _LEAST_HALF_POINTS:
            return True
        if value_of(properties, "color").upper() != "FFFFFF":
            return False
        around = None if paragraph is None else paragraph.find("{*}pPr")
        names = (value_of(around, "pStyle"), value_of(properties, "rStyle"))
        styles = [style for name in names for style in self._bases(name)]
        places = [properties, around]
        places += [style.find(f"{{*}}{kind}") for style in styles for kind in ("pPr", "rPr")]
        return not any(
            place.find(f"{{*}}{name}") is not None
            for place in places
            if place is not None
            for name in ("shd", "highlight")
        )

    def _bases(self, style: str) -> Iterator[Element]:
        """The style, the style that it is based on, and so on."""
        for _ in range(_LONGEST_LINEAGE):
            if style not in self._styles:
                return
            yield self._styles[style]
            style = value_of(self._styles[style], "basedOn")


class Numbering:
    """Counts a document's paragraphs as Word does: ECMA-376 part 1, 17.9.

    Args:
        root: of `word/numbering.xml`.
        styles: the document's.
    """

    def __init__(self, root: Element, styles: Styles) -> None:
        lists = {attribute(each, "abstractNumId"): _levels(each) for each in root}
        nums = list(root.iterfind("{*}num"))
        self._list = {attribute(num, "numId"): value_of(num, "abstractNumId") for num in nums}
        self._levels = {attribute(num, "numId"): _levels_of_use(num, lists) for num in nums}
        self._restarts = {
            attribute(num, "numId") for num in nums if num.find("*/{*}startOverride") is not None
        }
        self._styles = styles
        self._counters: dict[str, dict[int, int]] = {}  # list -> depth -> its last number

    def next(self, paragraph: Element) -> Item | None:
        """The place of the document's next paragraph; None if it is in no list."""
        num, depth = self._place(paragraph)
        levels = self._levels.get(num, {})
        if depth not in levels:
            return None
        if levels[depth].form in ("bullet", "none"):
            return Item(depth, "")
        counters = self._counters.setdefault(self._list[num], {})
        if num in self._restarts:
            self._restarts.remove(num)
            counters.clear()
        _count(counters, levels, depth)
        numbers = {str(at + 1): _format_number(counters[at], levels[at].form) for at in counters}
        label = re.sub(r"%(\d)", lambda match: numbers.get(match[1], ""), levels[depth].text)
        return Item(depth, label)

    def _place(self, paragraph: Element) -> tuple[str, int]:
        """The paragraph's `w:numId` and `w:ilvl`: its own, or those of its style or its bases."""
        num = depth = ""
        for each in self._styles.lineage(paragraph):
            numbered = each.find("{*}pPr/{*}numPr")
            num, depth = num or value_of(numbered, "numId"), depth or value_of(numbered, "ilvl")
        return num, int(depth or 0)


def _count(counters: dict[int, int], levels: _Levels, depth: int) -> None:
    """Count one more item at `depth`. Deeper levels begin again; higher ones have begun."""
    for deeper in [at for at in counters if at > depth]:
        del counters[deeper]
    for at in range(depth):
        if at in levels:
            counters.setdefault(at, levels[at].start)
    counters[depth] = counters.get(depth, levels[depth].start - 1) + 1


def _levels(abstract: Element) -> _Levels:
    return {
        int(attribute(each, "ilvl") or 0): _Level(
            value_of(each, "numFmt"), value_of(each, "lvlText"), int(value_of(each, "start") or 1)
        )
        for each in abstract.iterfind("{*}lvl")
    }


def _levels_of_use(num: Element, lists: dict[str, _Levels]) -> _Levels:
    """A list's levels, with the first numbers that this use of the list sets."""
    levels = dict(lists.get(value_of(num, "abstractNumId"), {}))
    for override in num.iterfind("{*}lvlOverride"):
        depth, start = int(attribute(override, "ilvl") or 0), value_of(override, "startOverride")
        if start and depth in levels:
            levels[depth] = replace(levels[depth], start=int(start))
    return levels


def _format_number(number: int, form: str) -> str:
    """A number in one of Word's forms. Forms of other scripts become digits.

    >>> [_format_number(4, form) for form in ("decimal", "upperRoman", "lowerLetter", "ordinal")]
    ['4', 'IV', 'd', '4']
    """
    small = form[5:].lower() if form.startswith(("lower", "upper")) else ""
    if small == "roman":
        text = _roman(number)
    elif small == "letter":
        text = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
    else:
        return str(number)
    return text.upper() if form.startswith("upper") else text


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        text += letters * (number // value)
        number %= value
    return text


def attribute(element: Element, name: str) -> str:
    """An attribute of the element, in any namespace."""
    return next((value for key, value in element.items() if key.endswith(f"}}{name}")), "")


def is_on(element: Element) -> bool:
    """Whether an element that is a switch, such as `w:vanish`, is on: without a value it is."""
    return attribute(element, "val") not in ("0", "false", "off")


def value_of(element: Element | None, child: str) -> str:
    """The `w:val` of a child."""
    element_child = None if element is None else element.find(f"{{*}}{child}")
    return "" if element_child is None else attribute(element_child, "val")
