"""Word: by way of HTML, with what the converter leaves out written into the document before.

`mammoth` knows Word's paragraphs, styles, lists, tables, text boxes and notes. It does not show the
numbers that Word counts, equations, charts, and the alternative text of pictures, and it stumbles
over pictures that are not there: so these become plain runs of text first.
"""

from collections.abc import Iterator
from io import BytesIO
from xml.etree.ElementTree import Element, SubElement, tostring
from zipfile import ZipFile

import mammoth

from app.local.parsers import Document, Section, Unreadable
from app.local.parsers.archive import opened, related, tree
from app.local.parsers.charts import chart
from app.local.parsers.equations import latex
from app.local.parsers.hypertext import to_markdown
from app.local.parsers.numbering import Numbering, Styles

_MAIN = "word/document.xml"
_HEADING = "OutcropHeading"  # the style that we give to headings, whatever theirs
_STYLES = "\n".join(f"p.{_HEADING}{level} => h{level}:fresh" for level in range(1, 7))


def parse(document: Document) -> Iterator[Section]:
    with opened(document.path) as archive:
        if _MAIN not in archive.NameToInfo:
            raise Unreadable(
                "The file is no Word document: it holds no word/document.xml. Give it the suffix "
                "of what it really is."
            )
        copy = _written_out(archive)
    pictures = mammoth.images.img_element(lambda _: {})  # of which the text alone is kept
    html = mammoth.convert_to_html(copy, style_map=_STYLES, convert_image=pictures).value
    yield Section(to_markdown(html, counted=True), None)


def _written_out(archive: ZipFile) -> BytesIO:
    """A copy of the document with all of that as runs of text, and without its media."""
    root = tree(archive, _MAIN)
    _write_numbers(archive, root)
    _write_objects(archive, root)
    copy = BytesIO()
    with ZipFile(copy, "w") as target:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                target.writestr(name, tostring(root) if name == _MAIN else archive.read(name))
    return copy


def _write_numbers(archive: ZipFile, root: Element) -> None:
    """Write numbers out, and give every heading the style that tells its level and no more."""
    word = _namespace(root)
    styles = Styles(tree(archive, "word/styles.xml"))
    numbering = Numbering(tree(archive, "word/numbering.xml"), styles)
    for paragraph in root.iter(f"{word}p"):
        label, level = numbering.label(paragraph), styles.heading(paragraph)
        if paragraph.find(f"{word}pPr") is None:
            paragraph.insert(0, Element(f"{word}pPr"))
        if label:
            paragraph.insert(1, _run(word, [f"{label} "]))
        if level:
            style = Element(f"{word}pStyle", {f"{word}val": f"{_HEADING}{min(level, 6)}"})
            paragraph[0][:] = [style]


def _write_objects(archive: ZipFile, root: Element) -> None:
    """Put text in the place of equations and charts, and nothing in that of hidden text."""
    word = _namespace(root)
    parts = related(archive, _MAIN)
    for parent in list(root.iter()):
        for at, child in enumerate(parent):
            name = child.tag.rpartition("}")[2]
            if name == "oMath":
                parent[at] = _run(word, [f"${latex(child)}$"])
            elif name == "oMathPara":
                parent[at] = _run(
                    word, [f"$${latex(each)}$$" for each in child.iterfind(".//{*}oMath")]
                )
            elif name == "r" and child.find("{*}rPr/{*}vanish") is not None:
                parent[at] = _run(word, [])
            elif name == "r" and (charts := list(child.iterfind("{*}drawing//{*}chart"))):
                tables = [chart(tree(archive, parts.get(_id(each), ""))) for each in charts]
                parent[at] = _run(word, "\n\n".join(tables).split("\n"))


def _namespace(root: Element) -> str:
    """The namespace of the document: Word writes one of two."""
    return root.tag.rpartition("}")[0] + "}"


def _id(reference: Element) -> str:
    return next((value for name, value in reference.items() if name.endswith("}id")), "")


def _run(word: str, lines: list[str]) -> Element:
    run = Element(f"{word}r")
    for at, text in enumerate(lines):
        if at:
            SubElement(run, f"{word}br")
        SubElement(run, f"{word}t").text = text
    return run
