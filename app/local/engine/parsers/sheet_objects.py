"""What lies on a sheet of Excel besides its cells: text boxes, pictures, charts and notes."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from app.local.engine.parsers.charts import chart
from app.local.engine.parsers.diagrams import diagram
from app.local.engine.parsers.package import Package, local_name
from app.local.engine.parsers.pictures import alternative_text
from app.local.engine.parsers.references import place_of
from app.local.engine.parsers.render import line
from app.local.engine.parsers.sheets import Sheet


def drawn(package: Package, part: str) -> Iterator[str]:
    """The texts of a sheet's text boxes and pictures, then its charts and diagrams."""
    for drawing in package.related(part, "drawing"):
        for anchor in package.tree(drawing):
            yield from _shapes(anchor)
        for target in package.related(drawing, "chart"):
            if text := chart(package.tree(target)):
                yield text
        for target in package.related(drawing, "diagramData"):
            if texts := diagram(package.tree(target)):
                yield "\n".join(f"- {text}" for text in texts)


def notes(package: Package, part: str, sheet: Sheet) -> Iterator[str]:
    """The notes and comments on cells that are shown."""
    threads: dict[str, list[str]] = {}
    for target in package.related(part, "threadedComment"):
        for comment in package.tree(target).iterfind("{*}threadedComment"):
            reference, text = comment.get("ref", ""), line(comment.findtext("{*}text") or "")
            threads.setdefault(reference, []).append(text)
    for target in package.related(part, "comments"):
        for comment in package.tree(target).iterfind("{*}commentList/{*}comment"):
            reference = comment.get("ref", "")
            threads.setdefault(reference, [line(_text(comment))])
    for reference, texts in threads.items():
        place = place_of(reference)
        if place is None or sheet.shows(place):
            yield f"Note on {reference}: {' / '.join(filter(None, texts))}"


def _shapes(element: Element) -> Iterator[str]:
    for child in element:
        name = local_name(child)
        if name == "AlternateContent":
            yield from (text for choice in child[:1] for text in _shapes(choice))
        elif name in ("sp", "pic", "cxnSp", "grpSp", "graphicFrame"):
            properties = child.find("{*}*/{*}cNvPr")
            if properties is None or properties.get("hidden") not in ("1", "true"):
                if name in ("pic", "graphicFrame") and properties is not None:
                    yield from filter(None, [alternative_text(properties)])
                yield from filter(None, ["\n".join(_paragraphs(child))])
                yield from _shapes(child) if name == "grpSp" else ()


def _paragraphs(shape: Element) -> Iterator[str]:
    for paragraph in shape.iterfind("{*}txBody/{*}p"):
        if text := line(_text(paragraph)):
            yield text


def _text(element: Element) -> str:
    """The text of all runs below, without the readings beside them."""
    texts: list[str] = []
    for child in element:
        name = local_name(child)
        if name == "t":
            texts.append(child.text or "")
        elif name == "br":
            texts.append("\n")
        elif name != "rPh":
            texts.append(_text(child))
    return "".join(texts)
