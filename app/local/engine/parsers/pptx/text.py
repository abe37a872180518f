"""The text of a paragraph of a slide: its runs with their links, and its equations."""

from typing import Any

from app.local import lazy_re as re
from app.local.engine.parsers.drawings.equations import latex
from app.local.engine.parsers.package import local_name, relation_id
from app.local.engine.parsers.pptx.colours import is_white
from app.local.engine.parsers.render import line, linked

_SLIDE_NUMBER = "slidenum"
_ESCAPE = re.compile(r"_x(00[01][0-9A-Fa-f])_")
_TINY = 150  # hundredths of a point


def paragraph_text(paragraph: Any, part: Any, *, on_white: bool = False) -> str:
    """The text on one line.

    Args:
        paragraph: an element `a:p`.
        part: the part of `python-pptx` that it stands in, whose relations name the addresses.
        on_white: whether it stands on plain white, on which white letters are not seen.
    """
    pieces: list[tuple[str, str]] = []  # texts, each with the address that it leads to
    for child in paragraph:
        name = local_name(child)
        if name == "br":
            pieces.append((" ", ""))
        elif name == "r" or (name == "fld" and child.get("type") != _SLIDE_NUMBER):
            is_unseen = _is_tiny(child) or (on_white and is_white(child))
            text = "" if is_unseen else _unescaped(child.findtext("{*}t") or "")
            address = _address(child, part)
            if pieces and address and pieces[-1][1] == address:
                text = pieces.pop()[0] + text
            pieces.append((text, address))
        elif name not in ("pPr", "endParaRPr", "fld"):
            pieces += [(f"${latex(each)}$", "") for each in child.iterfind(".//{*}oMath")]
    return line("".join(linked(text, address) for text, address in pieces))


def _is_tiny(run: Any) -> bool:
    """Whether the letters of a run are too small to be read."""
    properties = run.find("{*}rPr")
    size = "" if properties is None else properties.get("sz") or ""
    return size.isdecimal() and int(size) <= _TINY


def _unescaped(text: str) -> str:
    r"""A text in which signs that XML cannot hold are escaped, such as ends of lines.

    >>> _unescaped("one_x000B_two")
    'one\x0btwo'
    """
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def click_address(properties: Any, part: Any) -> str:
    """The address to which a click on a run or a shape leads; empty if it is within the file."""
    click = properties.find("{*}hlinkClick")
    relation = None if click is None else part.rels.get(relation_id(click))
    return str(relation.target_ref) if relation is not None and relation.is_external else ""


def _address(run: Any, part: Any) -> str:
    properties = run.find("{*}rPr")
    return "" if properties is None else click_address(properties, part)
