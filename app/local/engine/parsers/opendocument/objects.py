"""Objects within an OpenDocument, which are documents of their own: charts and formulas."""

from html import escape
from posixpath import join
from xml.etree.ElementTree import Element

from app.local.engine.parsers.numbering import attribute
from app.local.engine.parsers.package import Package, local_name

_NOTES = ("annotation", "annotation-xml")
_DEEPEST = 200  # elements of a formula within each other


def embedded(package: Package, address: str) -> Element | None:
    """The chart or formula at an address such as "./Object 1"; None if it is anything else."""
    part = join(address, "content.xml")
    if part not in package:
        return None
    root = package.tree(part)
    if local_name(root) == "math":
        return root
    return root.find("{*}body/{*}chart/{*}chart")


def markup(element: Element, depth: int = 0) -> str:
    """A formula's MathML as HTML has it, without other forms of it."""
    if depth > _DEEPEST:
        raise RecursionError
    name = local_name(element)
    inner = "".join(
        markup(child, depth + 1) + escape(child.tail or "")
        for child in element
        if local_name(child) not in _NOTES
    )
    return f"<{name}>{escape(element.text or '')}{inner}</{name}>"


def kind_of_chart(chart: Element) -> str:
    """The kind of a chart, such as "Bar chart"."""
    kind = attribute(chart, "class").rpartition(":")[2]
    return f"{kind.capitalize()} chart" if kind.isalpha() else "Chart"
