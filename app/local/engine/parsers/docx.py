"""Word documents, to HTML and on to Markdown, by a copy that spells out what Word computes.

`mammoth` converts Word's paragraphs, lists, tables, text boxes, notes and links. It leaves out the
numbers that Word counts, equations and charts, ignores what a style inherits, and fails on
missing pictures. So the copy has only one style for each level of heading; two lists, one with
bullets and one whose items begin with their numbers; and text for equations and charts.
"""

from collections.abc import Iterator
from io import BytesIO
from xml.etree.ElementTree import Element, SubElement, tostring
from zipfile import ZipFile

import mammoth

from app.local.engine.parsers import Document, Section, Unreadable
from app.local.engine.parsers.archive import open_archive, relationships, tree
from app.local.engine.parsers.charts import chart
from app.local.engine.parsers.equations import latex
from app.local.engine.parsers.hypertext import to_markdown
from app.local.engine.parsers.numbering import Numbering, Styles

_MAIN, _NUMBERING, _STYLES = "word/document.xml", "word/numbering.xml", "word/styles.xml"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_HEADING = "Heading"
_STYLE_MAP = "\n".join(
    [f"p.{_HEADING}{level} => h{level}:fresh" for level in range(1, 7)]
    + [
        f"p:{kind}-list({depth}) => {'ul|ol > li > ' * (depth - 1)}{tag} > li:fresh"
        for kind, tag in (("ordered", "ol"), ("unordered", "ul"))
        for depth in range(1, 10)
    ]
)
_BULLETS, _NUMBERS = "1", "2"


def parse(document: Document) -> Iterator[Section]:
    with open_archive(document.path) as archive:
        if _MAIN not in archive.NameToInfo:
            raise Unreadable(
                f"The file is no Word document: it holds no {_MAIN}. Give it the suffix of what "
                "it really is."
            )
        copy = _spell_out(archive)
    pictures = mammoth.images.img_element(lambda _: {})  # only the alternative text is used
    html = mammoth.convert_to_html(
        copy, style_map=_STYLE_MAP, include_default_style_map=False, convert_image=pictures
    ).value
    yield Section(to_markdown(html, has_numbers=True), None)


def _spell_out(archive: ZipFile) -> BytesIO:
    """The archive of the copy."""
    root = tree(archive, _MAIN)
    _write_places(archive, root)
    _write_objects(archive, root)
    replacements = {
        _MAIN: tostring(root),
        _NUMBERING: tostring(_two_lists()),
        _STYLES: tostring(Element(f"{{{_WORD}}}styles")),
    }
    copy = BytesIO()
    with ZipFile(copy, "w") as target:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                target.writestr(name, replacements.get(name) or archive.read(name))
    return copy


def _write_places(archive: ZipFile, root: Element) -> None:
    """Give each paragraph itself its heading level or its place in a list, with its number."""
    word = _namespace(root)
    styles = Styles(tree(archive, _STYLES))
    numbering = Numbering(tree(archive, _NUMBERING), styles)
    for paragraph in root.iter(f"{word}p"):
        item, level = numbering.next(paragraph), styles.heading(paragraph)
        if paragraph.find(f"{word}pPr") is None:
            paragraph.insert(0, Element(f"{word}pPr"))
        properties = paragraph[0]
        properties[:] = properties.findall(f"{word}rPr")  # whose deletion it records
        if item and item.label:
            paragraph.insert(1, _run(word, [f"{item.label} "]))
        if level:
            SubElement(properties, f"{word}pStyle", {f"{word}val": f"{_HEADING}{min(level, 6)}"})
        elif item:
            place = SubElement(properties, f"{word}numPr")
            SubElement(place, f"{word}ilvl", {f"{word}val": str(item.depth)})
            kind = _NUMBERS if item.label else _BULLETS
            SubElement(place, f"{word}numId", {f"{word}val": kind})


def _two_lists() -> Element:
    root = Element(f"{{{_WORD}}}numbering")
    for kind, form in ((_BULLETS, "bullet"), (_NUMBERS, "decimal")):
        abstract = SubElement(root, f"{{{_WORD}}}abstractNum", {f"{{{_WORD}}}abstractNumId": kind})
        for depth in range(9):
            level = SubElement(abstract, f"{{{_WORD}}}lvl", {f"{{{_WORD}}}ilvl": str(depth)})
            SubElement(level, f"{{{_WORD}}}numFmt", {f"{{{_WORD}}}val": form})
        num = SubElement(root, f"{{{_WORD}}}num", {f"{{{_WORD}}}numId": kind})
        SubElement(num, f"{{{_WORD}}}abstractNumId", {f"{{{_WORD}}}val": kind})
    return root


def _write_objects(archive: ZipFile, root: Element) -> None:
    """Replace equations and charts with text, and remove hidden text."""
    word = _namespace(root)
    parts = relationships(archive, _MAIN)
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
            elif parent.tag == f"{word}r" and name == "rPr" and child.find("{*}vertAlign") is None:
                child.clear()  # it is hidden
            elif name == "r" and (charts := child.findall("{*}drawing//{*}chart")):
                tables = [chart(tree(archive, parts.get(_id(each), ""))) for each in charts]
                parent[at] = _run(word, "\n\n".join(tables).split("\n"))


def _namespace(root: Element) -> str:
    """The XML namespace of the document, in braces: Word writes one of two."""
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
