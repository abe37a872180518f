"""The text of a paragraph of a slide: its runs with their links, and its equations."""

from typing import Any

from app.local.engine.parsers.equations import latex
from app.local.engine.parsers.package import local_name, relation_id
from app.local.engine.parsers.render import line

_SLIDE_NUMBER = "slidenum"


def paragraph_text(paragraph: Any, part: Any) -> str:
    """The text on one line.

    Args:
        paragraph: an element `a:p`.
        part: the part of `python-pptx` that it stands in, whose relations name the addresses.
    """
    pieces: list[tuple[str, str]] = []  # texts, each with the address that it leads to
    for child in paragraph:
        name = local_name(child)
        if name == "br":
            pieces.append((" ", ""))
        elif name == "r" or (name == "fld" and child.get("type") != _SLIDE_NUMBER):
            text = child.findtext("{*}t") or ""
            address = _address(child, part)
            if pieces and address and pieces[-1][1] == address:
                text = pieces.pop()[0] + text
            pieces.append((text, address))
        elif name not in ("pPr", "endParaRPr", "fld"):
            pieces += [(f"${latex(each)}$", "") for each in child.iterfind(".//{*}oMath")]
    return line("".join(linked(text, address) for text, address in pieces))


def linked(text: str, address: str) -> str:
    """A Markdown link; the text alone if there is no address.

    >>> linked("the docs ", "https://example.com/a")
    '[the docs](https://example.com/a) '
    """
    label = text.strip()
    return text.replace(label, f"[{label}]({address})") if label and address else text


def click_address(properties: Any, part: Any) -> str:
    """The address to which a click on a run or a shape leads; empty if it is within the file."""
    click = properties.find("{*}hlinkClick")
    relation = None if click is None else part.rels.get(relation_id(click))
    return str(relation.target_ref) if relation is not None and relation.is_external else ""


def _address(run: Any, part: Any) -> str:
    properties = run.find("{*}rPr")
    return "" if properties is None else click_address(properties, part)
