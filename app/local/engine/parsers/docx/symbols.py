"""Word's runs in a font of symbols, whose letters are signs: an F0E0 of Wingdings is an arrow."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from app.local.engine.parsers.numbering import attribute
from app.local.engine.parsers.package import local_name

_FONTS = {
    each.lower(): each for each in ("Symbol", "Webdings", "Wingdings", "Wingdings 2", "Wingdings 3")
}
_PRIVATE = 0xF000  # where such a font has its signs in Unicode


def write_symbols(run: Element, namespace: str) -> None:
    """Write each letter of a run in a font of symbols as `w:sym`, if its properties name one.

    Args:
        run: a run, whose properties have not been removed yet.
        namespace: of Word's elements, in brackets.
    """
    fonts = run.find("{*}rPr/{*}rFonts")
    if fonts is None:
        return
    names = (attribute(fonts, name).lower() for name in ("ascii", "hAnsi"))
    font = next((_FONTS[name] for name in names if name in _FONTS), None)
    if font:
        run[:] = [shown for child in run for shown in _signs(child, font, namespace)]


def _signs(child: Element, font: str, namespace: str) -> Iterator[Element]:
    if local_name(child) != "t":
        yield child
        return
    for letter in child.text or "":
        code = ord(letter)
        if letter.isspace() or 0xFF < code < _PRIVATE or code > _PRIVATE + 0xFF:
            plain = Element(f"{namespace}t")
            plain.text = letter
            yield plain
        else:
            place = {f"{namespace}font": font, f"{namespace}char": f"{_PRIVATE | code:04X}"}
            yield Element(f"{namespace}sym", place)
