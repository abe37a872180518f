"""A chart of an Office file, as the table that it draws."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from app.local.engine.parsers.render import line, table

_Points = dict[int, str]  # index -> what is written there


def chart(root: Element) -> str:
    """The kind and title of a chart, and a row for each category with what every series says of it.

    Office keeps the last values that it drew in the chart itself, so no workbook is opened:
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
    title = ": ".join(filter(None, [_kind(root), line("".join(_title(root)))]))
    return "\n\n".join(filter(None, [title, table([header, *body]) if body else ""]))


def _kind(root: Element) -> str:
    """As in "Bar chart"."""
    names = (each.tag.rpartition("}")[2] for each in root.iterfind("{*}chart/{*}plotArea/*"))
    kind = next((name.removesuffix("Chart") for name in names if name.endswith("Chart")), "")
    return f"{kind.capitalize()} chart" if kind else ""


def _title(root: Element) -> Iterator[str]:
    for title in root.iterfind("{*}chart/{*}title"):
        yield from (text.text or "" for text in title.iterfind(".//{*}t"))


def _points(series: Element, role: str) -> _Points:
    reference = series.find(f"{{*}}{role}")
    points = reference.iterfind(".//{*}pt") if reference is not None else ()
    return {int(point.get("idx", 0)): _written(point.findtext("{*}v") or "") for point in points}


def _written(value: str) -> str:
    """A value without the digits that only the computer's arithmetic put there.

    >>> _written("0.30000000000000004"), _written("Q1")
    ('0.3', 'Q1')
    """
    try:
        return f"{float(value):.15g}"
    except ValueError:
        return value
