"""The numbers that Word shows before headings and items of lists, and does not store."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from app.local import lazy_re as re
from app.local.engine.parsers.package import local_name

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
          (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщэюя"
_CHINESE = ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "ideographDigital")
_DIGITS = "一二三四五六七八九"
_HIGHEST = 5000  # which letters and Roman numerals still tell
_LONGEST_LABEL = 60  # characters
_HEADING = re.compile(r"heading (\d)|title")
_LEAST_HALF_POINTS = 3  # the size of a font that can be read, as in a PDF
_LONGEST_LINEAGE = 20  # styles that are based on each other
_Levels = dict[int, "_Level"]  # by depth, from 0


@dataclass(frozen=True)
class _Level:
    form: str  # w:numFmt: decimal, lowerRoman, bullet and the like
    text: str  # w:lvlText, as in "%1.%2."
    start: int
    is_legal: bool = False  # w:isLgl: the numbers of all levels are digits


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
        styles += self._bases(value_of(properties_of(paragraph), "pStyle"))
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
        around = properties_of(paragraph)
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
        own = levels[depth]
        forms = {at: "decimal" if own.is_legal else levels[at].form for at in counters}
        numbers = {str(at + 1): _format_number(counters[at], form) for at, form in forms.items()}
        text = own.text[:_LONGEST_LABEL]
        return Item(depth, re.sub(r"%(\d)", lambda match: numbers.get(match[1], ""), text))

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
            value_of(each, "numFmt"),
            value_of(each, "lvlText"),
            int(value_of(each, "start") or 1),
            is_legal=(legal := each.find("{*}isLgl")) is not None and is_on(legal),
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
    """A number in one of Word's forms: ECMA-376 part 1, 17.18.59. Rare ones become digits.

    >>> [_format_number(4, form) for form in ("decimal", "upperRoman", "lowerLetter", "ordinal")]
    ['4', 'IV', 'd', '4th']
    >>> [_format_number(12, form) for form in ("decimalZero", "chineseCounting", "russianLower")]
    ['12', '十二', 'м']
    """
    small = form[5:].lower() if form.startswith(("lower", "upper")) else ""
    if not 0 < number <= _HIGHEST:
        return str(number)
    if small == "roman":
        text = _roman(number)
    elif small == "letter":
        text = _letters(number, "abcdefghijklmnopqrstuvwxyz")
    elif form in ("russianLower", "russianUpper"):
        text = _letters(number, _RUSSIAN)
    elif form == "decimalZero":
        return f"{number:02}"
    elif form == "ordinal":
        return str(number) + _ordinal(number)
    elif form in _CHINESE and number < 100:
        return _chinese(number)
    else:
        return str(number)
    return text.upper() if form.endswith("Upper") or form.startswith("upper") else text


def number_in(form: str, number: int) -> str:
    """A number in one of Word's forms; see `_format_number`."""
    return _format_number(number, form)


def _letters(number: int, alphabet: str) -> str:
    """A letter, which is written again for each time that the alphabet has been gone through."""
    return alphabet[(number - 1) % len(alphabet)] * ((number - 1) // len(alphabet) + 1)


def _ordinal(number: int) -> str:
    """The letters behind an English ordinal number.

    >>> [_ordinal(number) for number in (1, 2, 3, 4, 11, 12, 21, 112)]
    ['st', 'nd', 'rd', 'th', 'th', 'th', 'st', 'th']
    """
    if 10 < number % 100 < 14:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _chinese(number: int) -> str:
    """A number below 100 in Chinese and Japanese.

    >>> [_chinese(number) for number in (3, 10, 12, 20, 99)]
    ['三', '十', '十二', '二十', '九十九']
    """
    tens, ones = divmod(number, 10)
    before = "" if tens < 2 else _DIGITS[tens - 1]
    return f"{before}{'十' if tens else ''}{_DIGITS[ones - 1] if ones else ''}"


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


def properties_of(paragraph: Element | None) -> Element | None:
    """The `pPr` of a paragraph, if it has one: its first child, ECMA-376 part 1, 17.3.1.26. So its
    runs, which may be very many, are not looked through for each of them.
    """
    first = next(iter(paragraph), None) if paragraph is not None else None
    return first if first is not None and local_name(first) == "pPr" else None


def value_of(element: Element | None, child: str) -> str:
    """The `w:val` of a child."""
    element_child = None if element is None else element.find(f"{{*}}{child}")
    return "" if element_child is None else attribute(element_child, "val")
