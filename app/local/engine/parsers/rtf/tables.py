"""The tables at the head of an RTF file, which its text refers to by numbers."""

from app.local import lazy_re as re
from app.local.engine.parsers.rtf.charsets import page, page_of_set

_HEADING = re.compile(r"heading (\d)")
_BODY = 9  # Word's outline level of body text
_WHITE = [255, 255, 255]


class FontTable:
    """The encodings of the fonts, by their numbers."""

    def __init__(self) -> None:
        self._encodings: dict[int, str] = {}
        self._font = 0  # that the table is at

    def begin(self, number: int) -> None:
        """What follows is of the font with this number."""
        self._font = number

    def set_charset(self, number: int) -> None:
        self._encodings[self._font] = page_of_set(number)

    def set_page(self, number: int) -> None:
        self._encodings[self._font] = page(number)

    def encoding(self, number: int) -> str:
        """The encoding of a font; empty for that of the document."""
        return self._encodings.get(number, "")


class ColourTable:
    """Which of the colours are white, by their numbers."""

    def __init__(self) -> None:
        self._parts: list[int] = []  # of the colour that the table is at: red, green, blue
        self._white: list[bool] = []

    def add_part(self, value: int) -> None:
        self._parts.append(value)

    def end(self, colours: int) -> None:
        """So many colours end here."""
        for _ in range(colours):
            self._white.append(self._parts == _WHITE)
            self._parts.clear()

    def is_white(self, number: int) -> bool:
        return any(self._white[number : number + 1])


class StyleTable:
    """The levels of the headings, by the numbers of their styles; 0 is body text."""

    def __init__(self) -> None:
        self._levels: dict[int, int] = {}
        self._style = 0  # that the table is at

    def begin(self, number: int) -> None:
        """What follows is of the style with this number."""
        self._style = number

    def set_level(self, level: int) -> None:
        self._levels[self._style] = level

    def read_name(self, name: str) -> None:
        """Take the level from a style's name, if nothing else says it."""
        if heading := _HEADING.match(name.strip().lower()):
            self._levels.setdefault(self._style, int(heading[1]))

    def level(self, number: int) -> int:
        return self._levels.get(number, 0)


def level_of(outline: int) -> int:
    """The level of a heading from the outline level of its paragraph.

    >>> level_of(0), level_of(_BODY)
    (1, 0)
    """
    return (outline + 1) % (_BODY + 1)
