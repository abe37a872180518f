"""A chart of an Office file, as a table of its data."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from app.local.engine.parsers.render import line, table
from app.local.engine.parsers.sheets.number_formats import show_number

_Points = dict[int, str]  # index -> the text at this point


def chart(root: Element) -> str:
    """The kind and title of a chart, and a table: a row for each category, a column for each
    series.

    Office stores the last values that it drew in the chart itself, so no workbook has to be opened:
    ECMA-376 part 1, 21.2, `c:strCache` and `c:numCache`.
    """
    series = list(root.iterfind(".//{*}ser"))
    categories: _Points = {}
    for each in series:
        categories |= _points(each, "cat") or _points(each, "xVal")
    values = [_points(each, "val") or _points(each, "yVal") for each in series]
    rows = sorted(categories.keys() | {index for points in values for index in points})
    header = ["", *(" ".join(_points(each, "tx").values()) for each in series)]
    body = [[categories.get(row, ""), *(points.get(row, "") for points in values)] for row in rows]
    title = ": ".join(filter(None, [_kind(root), _words(root.find("{*}chart/{*}title"))]))
    return "\n\n".join(filter(None, [title, table([header, *body]) if body else ""]))


def _kind(root: Element) -> str:
    """The kind of a chart, such as "Bar chart"."""
    names = (each.tag.rpartition("}")[2] for each in root.iterfind("{*}chart/{*}plotArea/*"))
    kind = next((name.removesuffix("Chart") for name in names if name.endswith("Chart")), "")
    return f"{kind.capitalize()} chart" if kind else ""


def _words(title: Element | None) -> str:
    """The text of a title."""
    texts = () if title is None else title.iterfind(".//{*}t")
    return line("".join(text.text or "" for text in texts))


def _joined_levels(levels: Sequence[Element]) -> _Points:
    """Categories of several levels, such as years and quarters: the innermost comes first, and a
    name on another level holds up to the next one on it.
    """
    names: list[_Points] = [
        {
            int(point.get("idx", 0)): point.findtext("{*}v") or ""
            for point in level.iterfind("{*}pt")
        }
        for level in levels
    ]
    shown: _Points = {}
    current = [""] * len(names)
    for at in sorted(names[0]):
        current = [own.get(at, before) for own, before in zip(names, current, strict=True)]
        shown[at] = " ".join(filter(None, reversed(current)))
    return shown


def _points(series: Element, role: str) -> _Points:
    reference = series.find(f"{{*}}{role}")
    if reference is None:
        return {}
    if levels := reference.findall(".//{*}lvl"):
        return _joined_levels(levels)
    code = reference.findtext(".//{*}formatCode") or "General"
    return {
        int(point.get("idx", 0)): show_number(
            point.findtext("{*}v") or "", point.get("formatCode") or code
        )
        for point in reference.iterfind(".//{*}pt")
    }
