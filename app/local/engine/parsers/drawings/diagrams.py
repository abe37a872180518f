"""A diagram (SmartArt) of an Office file, as the list of its texts."""

from xml.etree.ElementTree import Element

from app.local.engine.parsers.render import line


def diagram(root: Element) -> list[str]:
    """The texts in the order in which they are stored, without those of arrows and layout."""
    points = (
        point
        for point in root.iterfind(".//{*}pt")
        if point.get("type", "node") in ("node", "asst")
    )
    texts = (line(" ".join(_paragraphs(point))) for point in points)
    return [text for text in texts if text]


def _paragraphs(point: Element) -> list[str]:
    return [
        "".join(each.text or "" for each in one.iterfind(".//{*}t"))
        for one in point.iterfind("{*}t/{*}p")
    ]
