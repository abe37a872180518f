"""What lies on a sheet of Excel besides its cells: text boxes, pictures, charts and notes."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from app.local import lazy_re as re
from app.local.engine.parsers.drawings.charts import chart
from app.local.engine.parsers.drawings.diagrams import diagram
from app.local.engine.parsers.drawings.pictures import alternative_text
from app.local.engine.parsers.package import Package, local_name
from app.local.engine.parsers.render import line
from app.local.engine.parsers.sheets import Sheet
from app.local.engine.parsers.sheets.references import place_of

# Codes of headers and footers: ECMA-376 part 1, 18.3.1.46.
_CORNER = re.compile(r"(?<!&)&[LCR]")
_COMPUTED = re.compile(r"&[PNDTFZAG]")
_WORDS = re.compile(r"(?:[^\W\d_]{3,}[^&]{0,40}){3}")
# A "#" of one point stands between the label of protection that Office puts on all files and the
# rest: above it in a header, below it in a footer.
_LABEL = "&1#"
_END = re.compile(r"_x000[AaDd]_|[\r\n]")
_CODE = re.compile(r"&&|&\"[^\"]{0,100}\"|&\d{1,3}|&K[0-9A-Fa-f+\-]{5,6}|&[A-Za-z+\-]")


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


def margin(element: Element, kind: str) -> str:
    """The header or footer that is printed with a sheet, as an element `headerFooter` has it for
    all pages, the first and even ones: each text once, without numbers of pages, dates and files.
    """
    texts: list[str] = []
    for form in ("first", "odd", "even"):
        code = element.findtext(f"{{*}}{form}{kind}") or ""
        for part in _CORNER.split(code):
            part = _without_label(part, kind)  # noqa: PLW2901
            if _COMPUTED.search(part):
                part = _COMPUTED.split(part)[0] if _WORDS.search(part) else ""  # noqa: PLW2901
            text = line(_CODE.sub(_shown, part))
            if text and text not in texts:
                texts.append(text)
    return "\n".join(texts)


def _without_label(text: str, kind: str) -> str:
    """A part of a header or footer without the label of protection."""
    before, mark, after = text.partition(_LABEL)
    if not mark:
        return _END.sub(" ", text)
    is_above = kind == "Header" and bool(_CODE.sub("", _END.sub("", before)).strip())
    return _END.sub(" ", after if is_above else before)


def _shown(code: re.Match[str]) -> str:
    return "&" if code[0] == "&&" else ""


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
