"""Elements of Word's XML: made, and read and written as a whole."""

from xml.etree.ElementTree import Element, SubElement

from app.local.engine.parsers.numbering import attribute
from app.local.engine.parsers.package import local_name

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

Elements = list[Element]


def attribute_of(element: Element, path: str) -> str:
    """The value of a property below, such as "trPr/gridBefore"; empty if it has none."""
    place = element.find("/".join(f"{{*}}{name}" for name in path.split("/")))
    return "" if place is None else attribute(place, "val")


def link_id(number: int) -> str:
    """The id of the relationship of an address."""
    return f"link{number}"


def run(lines: list[str]) -> Element:
    """A run of lines."""
    element = Element(f"{WORD}r")
    for at, text in enumerate(lines):
        if at:
            SubElement(element, f"{WORD}br")
        element.append(text_element(text))
    return element


def text_element(text: str) -> Element:
    element = Element(f"{WORD}t")
    element.text = text
    return element


def paragraph(text: str) -> Element:
    """A paragraph of one run."""
    element = Element(f"{WORD}p")
    element.append(run([text]))
    return element


def outermost(element: Element, name: str) -> Elements:
    """The elements of this name below, without those within each other. Of two forms of one
    content, only those of the first.
    """
    inner: Elements = []
    children = list(element)
    if local_name(element) == "AlternateContent":
        children = children[:1]
    for child in children:
        inner += [child] if local_name(child) == name else outermost(child, name)
    return inner


def all_text(content: Element) -> str:
    return "".join(each.text or "" for each in content.iter() if local_name(each) == "t").strip()


def set_text(content: Element, text: str) -> None:
    """Put `text` in the place of all text within `content`."""
    runs = [each for each in content.iter() if local_name(each) == "r"]
    for at, each in enumerate(runs):
        each[:] = [] if at or not text else [text_element(text)]
    if text and not runs:
        content.append(run([text]))
