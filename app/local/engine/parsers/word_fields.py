"""Word's fields: what each shows, without the instruction that computes it.

A field is stored as `w:fldChar` marks: begin, its instruction, separate, its last result, end. It
may hold other fields in both halves, and may cross paragraphs. ECMA-376 part 1, 17.16.18.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from app.local import lazy_re as re
from app.local.engine.parsers.numbering import attribute, is_on, value_of
from app.local.engine.parsers.package import local_name

PAGE_NUMBER = "\ufdd0"  # a noncharacter of Unicode, which stands for the number of a page
_PAGE = re.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES)\b")
_BUTTON = re.compile(r"\s*+(?:MACROBUTTON|GOTOBUTTON)\s++\S++\s++(\S.*)", re.DOTALL)
_SYMBOL = re.compile(r"\s*+SYMBOL\s++(0x[0-9a-f]{1,6}|\d{1,7})\b(.*)", re.DOTALL | re.IGNORECASE)
_LINK = re.compile(r"\s*HYPERLINK\b")
# How older versions write ruby, and a sign in a circle: "EQ \o\ad(\s\up 9(reading),base)".
_OVERSTRIKE = re.compile(r"\s*EQ\b.*\\o.*[,;]([^,;]*?)\)\s*", re.DOTALL)
_DEEPEST = 50  # fields within each other
CHECKED, UNCHECKED = "☒", "☐"

_Place = tuple[Element, Element]  # a run, and what stands in it


@dataclass
class _Field:
    begin: _Place
    instruction: str = ""
    has_result: bool = False
    marks: list[_Place] = field(default_factory=list)
    texts: list[_Place] = field(default_factory=list)  # of its instruction
    results: list[_Place] = field(default_factory=list)


def write_fields(story: Element) -> None:
    """Leave of each field what it shows. Links stay fields, and page numbers become PAGE_NUMBER."""
    is_open: list[_Field] = []
    for run in list(story.iter()):
        if local_name(run) == "r":
            for child in list(run):
                _read(run, child, is_open)


def is_page_number(instruction: str) -> bool:
    return bool(_PAGE.match(instruction))


def _read(run: Element, child: Element, is_open: list[_Field]) -> None:
    name, kind = local_name(child), attribute(child, "fldCharType")
    if name == "fldChar" and kind == "begin":
        is_open.append(_Field((run, child)))
        is_open[-1].marks.append((run, child))
    elif not is_open:
        if name == "instrText":
            run.remove(child)
    elif name == "fldChar":
        is_open[-1].marks.append((run, child))
        if kind == "separate":
            is_open[-1].has_result = True
        elif kind == "end":
            _end(is_open.pop())
    elif name == "instrText":
        is_open[-1].instruction += child.text or ""
        is_open[-1].marks.append((run, child))
    elif name != "rPr":
        for each in is_open[-_DEEPEST:]:
            (each.results if each.has_result else each.texts).append((run, child))


def _end(ended: _Field) -> None:
    """Remove what the field does not show. A field that never ends is left as it is."""
    _remove(ended.texts)
    if _LINK.match(ended.instruction):
        return
    run, begin = ended.begin
    shown = "".join(_computed(ended.instruction, begin))
    if shown:
        _remove(ended.results)
        begin.tag = begin.tag.replace("fldChar", "t")
        begin.attrib.clear()
        begin[:] = []
        begin.text = shown
    _remove([place for place in ended.marks if not (shown and place == (run, begin))])


def _computed(instruction: str, begin: Element) -> Iterator[str]:
    """The text of a field whose result is not stored."""
    if is_page_number(instruction):
        yield PAGE_NUMBER
    if match := _BUTTON.match(instruction):
        yield match[1].strip()
    if (match := _SYMBOL.match(instruction)) and "\\f" not in match[2]:
        yield _sign(int(match[1], 0), is_unicode="\\u" in match[2])
    if match := _OVERSTRIKE.fullmatch(instruction):
        yield match[1].strip()
    if (box := begin.find("{*}ffData/{*}checkBox")) is not None:
        switch = box.find("{*}checked")
        switch = box.find("{*}default") if switch is None else switch
        yield CHECKED if switch is not None and is_on(switch) else UNCHECKED
    if (choice := begin.find("{*}ffData/{*}ddList")) is not None:
        entries = [attribute(entry, "val") for entry in choice.iterfind("{*}listEntry")]
        at = value_of(choice, "result") or value_of(choice, "default") or "0"
        if at.isdecimal() and int(at) < len(entries):
            yield entries[int(at)]


def _sign(code: int, *, is_unicode: bool) -> str:
    """The sign of a code, in Unicode or in Windows' western code page.

    >>> _sign(8364, is_unicode=True), _sign(128, is_unicode=False)
    ('\u20ac', '\u20ac')
    """
    if is_unicode:
        return chr(code) if code < 0xD800 or 0xDFFF < code < 0x110000 else ""
    return bytes([code]).decode("cp1252", "ignore") if code < 0x100 else ""


def _remove(places: list[_Place]) -> None:
    for run, child in places:
        if child in list(run):
            run.remove(child)
