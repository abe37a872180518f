"""Word documents, to HTML and on to Markdown, by a copy that spells out what Word computes.

`mammoth` converts Word's paragraphs, lists, tables, notes and links. The copy holds what a reader
sees (`content`), with the headers and footers (`margins`). It has only one style for each
level of heading; and two lists, one with bullets and one whose items begin with their numbers.
"""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from email import message_from_bytes, policy
from html import escape
from io import BytesIO
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element, SubElement, tostring
from zipfile import BadZipFile, ZipFile

import mammoth
from selectolax.lexbor import LexborHTMLParser

from app.local.engine.parsers import Document, Section, Unreadable, rtf
from app.local.engine.parsers.archive import check_archive
from app.local.engine.parsers.docx.content import Story
from app.local.engine.parsers.docx.elements import WORD, link_id, paragraph, run
from app.local.engine.parsers.docx.margins import comments, margins
from app.local.engine.parsers.encodings import declared, decode
from app.local.engine.parsers.hypertext import to_markdown
from app.local.engine.parsers.numbering import Numbering, Styles, attribute
from app.local.engine.parsers.package import Package, local_name, open_package, relation_id
from app.local.engine.parsers.word_fields import PAGE_NUMBER

_WORD = WORD[1:-1]
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
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
_NOTES = ("footnote", "endnote")
_CHUNK = "\ufdd1"  # a noncharacter of Unicode, around the number of an inserted document
_DEEPEST = 3  # documents within each other
_MOST_CHUNKS = 500  # documents that are inserted, with those within each other


def parse(document: Document) -> Iterator[Section]:
    with open_package(document.path) as package:
        yield Section(to_markdown(_html(package, 1), has_numbers=True), None)


def _html(package: Package, depth: int, left: "_Left | None" = None) -> str:
    left = left or _Left(_MOST_CHUNKS)
    part = package.main("document", "word/document.xml")
    copy, chunks = _copy(package, part)
    pictures = mammoth.images.img_element(lambda _: {})  # their alternative text is in the copy
    html: str = mammoth.convert_to_html(
        copy, style_map=_STYLE_MAP, include_default_style_map=False, convert_image=pictures
    ).value
    for number, chunk in enumerate(chunks):
        inserted = _chunk_html(package, chunk, depth, left) if depth < _DEEPEST else ""
        html = html.replace(f"<p>{_CHUNK}{number}{_CHUNK}</p>", inserted)
    return html.replace(PAGE_NUMBER, "")


@dataclass
class _Left:
    """How many documents may still be inserted."""

    count: int

    def take(self) -> None:
        self.count -= 1
        if self.count < 0:
            raise Unreadable(
                f"More than {_MOST_CHUNKS} documents are inserted into the file: split it into "
                "smaller ones."
            )


def _copy(package: Package, part: str) -> tuple[BytesIO, list[str]]:
    """The copy, and the parts of the documents that are to be inserted."""
    root, addresses = package.tree(part), list[str]()
    body = root.find("{*}body")
    if body is None:
        raise Unreadable("The file is damaged: it holds no text of a Word document. Save it anew.")
    styles = Styles(_related(package, part, "styles"))
    headers, footers = (
        margins(package, part, root, styles, addresses, kind) for kind in ("header", "footer")
    )
    chunks = list(_mark_chunks(package, part, root))
    marginal = comments(package, part, styles, addresses)
    Story(package, part, styles, addresses, marginal).write(body)
    body[:] = [*headers, *body, *footers]
    notes = {}
    for kind in _NOTES:
        for target in package.related(part, f"{kind}s"):
            notes[kind] = package.tree(target)
            Story(package, target, styles, addresses).write(notes[kind])
        _remove_references(body, kind, notes.get(kind, ()))
    numbering = Numbering(_related(package, part, "numbering"), styles)
    for story in (body, *notes.values()):
        _write_places(story, styles, numbering)
    document = Element(f"{WORD}document")
    document.append(body)
    return _zip(document, notes, addresses), chunks


def _related(package: Package, part: str, kind: str) -> Element:
    """The part of this kind; that of most files if the relationships name none."""
    named = package.related(part, kind)
    return package.tree(named[0] if named else str(PurePosixPath(part).parent / f"{kind}.xml"))


def _zip(document: Element, notes: dict[str, Element], addresses: list[str]) -> BytesIO:
    relations = [
        f'<Relationship Id="{kind}s" Type="{_OFFICE}/{kind}s" Target="{kind}s.xml"/>'
        for kind in notes
    ] + [
        f'<Relationship Id="{link_id(number)}" Type="{_OFFICE}/hyperlink" '
        f'Target="{escape(address)}" TargetMode="External"/>'
        for number, address in enumerate(addresses)
    ]
    main = f'<Relationship Id="main" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": _relationships([main]),
        "word/document.xml": tostring(document),
        "word/styles.xml": tostring(Element(f"{WORD}styles")),
        "word/numbering.xml": tostring(_two_lists()),
    }
    parts |= {f"word/{kind}s.xml": tostring(root) for kind, root in notes.items()}
    for name in ("document", *(f"{kind}s" for kind in notes)):
        parts[f"word/_rels/{name}.xml.rels"] = _relationships(relations)
    copy = BytesIO()
    with ZipFile(copy, "w") as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return copy


def _relationships(relations: Iterable[str]) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(relations)}</Relationships>'


def _remove_references(body: Element, kind: str, notes: Iterable[Element]) -> None:
    """Remove references to notes that are not there, over which mammoth fails."""
    known: Set[str] = {attribute(note, "id") for note in notes}
    for each in body.iter(f"{WORD}r"):
        for reference in each.findall(f"{WORD}{kind}Reference"):
            if attribute(reference, "id") not in known:
                each.remove(reference)


def _write_places(root: Element, styles: Styles, numbering: Numbering) -> None:
    """Give each paragraph itself its heading level or its place in a list, with its number."""
    for each in root.iter(f"{WORD}p"):
        if each.find(f"{WORD}pPr") is None:
            each.insert(0, Element(f"{WORD}pPr"))
        properties = each[0]
        is_deleted = properties.find(f"{WORD}rPr/{WORD}del") is not None
        item, level = None if is_deleted else numbering.next(each), styles.heading(each)
        properties[:] = properties.findall(f"{WORD}rPr")  # whose deletion it records
        if item and item.label:
            each.insert(1, run([f"{item.label} "]))
        if level:
            SubElement(properties, f"{WORD}pStyle", {f"{WORD}val": f"{_HEADING}{min(level, 6)}"})
        elif item:
            place = SubElement(properties, f"{WORD}numPr")
            SubElement(place, f"{WORD}ilvl", {f"{WORD}val": str(item.depth)})
            kind = _NUMBERS if item.label else _BULLETS
            SubElement(place, f"{WORD}numId", {f"{WORD}val": kind})


def _two_lists() -> Element:
    root = Element(f"{WORD}numbering")
    for kind, form in ((_BULLETS, "bullet"), (_NUMBERS, "decimal")):
        abstract = SubElement(root, f"{WORD}abstractNum", {f"{WORD}abstractNumId": kind})
        for depth in range(9):
            level = SubElement(abstract, f"{WORD}lvl", {f"{WORD}ilvl": str(depth)})
            SubElement(level, f"{WORD}numFmt", {f"{WORD}val": form})
        num = SubElement(root, f"{WORD}num", {f"{WORD}numId": kind})
        SubElement(num, f"{WORD}abstractNumId", {f"{WORD}val": kind})
    return root


def _mark_chunks(package: Package, part: str, root: Element) -> Iterator[str]:
    """Put a paragraph with its number in the place of each inserted document; yield their parts."""
    related, number = package.relationships(part), 0
    for parent in list(root.iter()):
        for at, child in enumerate(parent):
            relation = related.get(relation_id(child)) if local_name(child) == "altChunk" else None
            if relation and not relation.is_external:
                parent[at] = paragraph(f"{_CHUNK}{number}{_CHUNK}")
                number += 1
                yield relation.target


def _chunk_html(package: Package, part: str, depth: int, left: "_Left") -> str:
    """The HTML of an inserted document: ECMA-376 part 1, 17.17.2.1."""
    left.take()
    content = package.read(part)
    if content.startswith(b"PK"):
        try:
            with ZipFile(BytesIO(content)) as archive:
                check_archive(archive)
                return _html(Package(archive), depth + 1, left)
        except BadZipFile as error:
            raise Unreadable(
                "A document within the file is damaged: save the file anew."
            ) from error
    if content.startswith(rtf.START):
        return _lines(rtf.markdown_of(content))
    if part.endswith((".mht", ".mhtml", ".eml")):
        message = message_from_bytes(content, policy=policy.default)
        body = message.get_body(("html", "plain"))
        if body is None:
            return ""
        text = str(body.get_content())
        return _body(text) if body.get_content_subtype() == "html" else _lines(text)
    text = decode(content, declared(content))
    return _body(text) if part.endswith(("htm", "html")) else _lines(text)


def _body(page: str) -> str:
    """What a page shows, without its title, and the styles by which it hides."""
    root = LexborHTMLParser(page)
    styles = "".join(str(each.html) for each in root.css("head style"))
    return styles + (str(root.body.html) if root.body else "")


def _lines(text: str) -> str:
    return "".join(f"<p>{escape(each)}</p>" for each in text.splitlines())
