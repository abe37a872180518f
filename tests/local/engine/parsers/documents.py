"""Documents for tests, made by hand where that shows what matters."""

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path

from app.local.engine.parsers import Document, ParsedDocument, Section

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"

Placed = tuple[float, float, float, str]  # x and y in points from the lower left, size, text


Parse = Callable[[Document], Iterator[Section]]


def parsed(parse: Parse, path: Path, content: bytes) -> list[Section]:
    """What a parser makes of a file with this content, in this process."""
    return parsed_document(parse, path, content).sections


def parsed_document(parse: Parse, path: Path, content: bytes) -> ParsedDocument:
    """The same with the parser's warnings."""
    path.write_bytes(content)
    document = Document(path)
    sections = list(parse(document))
    return ParsedDocument(sections, tuple(document.warnings))


PICTURE = "q 300 0 0 300 72 400 cm BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q"


def pdf(
    pages: Iterable[Iterable[Placed | str]],
    trailer: str = "",
    annotations: Sequence[str] = (),
    catalogue: str = "",
    tree: str = "",
) -> bytes:
    """A PDF in Helvetica, a stretch of text at each place; a string is a piece of the page's own
    content, such as PICTURE.

    PDF 32000-1:2008: objects 1 and 2 are the catalogue and the tree of pages, 3 the font.

    Args:
        pages: what stands on each page.
        trailer: more entries of the trailer.
        annotations: dictionaries of annotations on the first page, without their brackets.
        catalogue: more entries of the catalogue.
        tree: entries of the tree of pages, which holds for all pages, instead of their box.
    """
    contents = [
        "\n".join(item if isinstance(item, str) else _shown(*item) for item in page)
        for page in pages
    ]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(contents)))
    first = 4 + 2 * len(contents)
    notes = " ".join(f"{first + number} 0 R" for number in range(len(annotations)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalogue} /AcroForm << /Fields [{notes}] >> >>"
        if annotations
        else f"<< /Type /Catalog /Pages 2 0 R {catalogue} >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} {tree} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, content in enumerate(contents):
        marks = ("" if number else f"/Annots [{notes}]") + ("" if tree else _BOX)
        objects += [
            f"<< /Type /Page /Parent 2 0 R {_FONTS} /Contents {5 + 2 * number} 0 R {marks} >>",
            f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        ]
    objects += [f"<< /Type /Annot {annotation} >>" for annotation in annotations]
    body, offsets = "%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    body += f"xref\n0 {size}\n0000000000 65535 f \n{table}"
    body += (
        f"trailer << /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{body.find('xref')}\n%%EOF"
    )
    return body.encode("cp1252")


def _shown(x: float, y: float, size: float, text: str) -> str:
    return f"BT /F {size} Tf {x} {y} Td ({text.translate(_ESCAPED)}) Tj ET"


_BOX = "/MediaBox [0 0 612 792]"
_FONTS = "/Resources << /Font << /F 3 0 R >> >>"
_ESCAPED = str.maketrans({"(": r"\(", ")": r"\)", "\\": r"\\"})

# What a trailer says of a PDF that no one can open without its password.
LOCKED = (
    "/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 "
    f"/O <{'11' * 32}> /U <{'22' * 32}> >>"
)


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive of these parts."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as target:
        for name, part in parts.items():
            target.writestr(name, part)
    return content.getvalue()


def changed(
    content: bytes, parts: Mapping[str, str | bytes], renamed: Mapping[str, str] | None = None
) -> bytes:
    """An archive with these parts besides or instead, and with some under other names."""
    return archive(
        {**{(renamed or {}).get(name, name): part for name, part in parts_of(content)}, **parts}
    )


def parts_of(content: bytes) -> list[tuple[str, bytes]]:
    """The names and bytes of an archive's parts."""
    with zipfile.ZipFile(BytesIO(content)) as source:
        return [(name, source.read(name)) for name in source.namelist()]


def strict(content: bytes) -> bytes:
    """An Office file in the Strict form of its format: ECMA-376 part 1, with other namespaces."""
    form = re.compile(rb"http://schemas\.openxmlformats\.org/(\w+ml|officeDocument)/2006/")
    return archive(
        {
            name: form.sub(rb"http://purl.oclc.org/ooxml/\1/", part)
            for name, part in parts_of(content)
        }
    )


def relationships(*each: tuple[str, str, str, str]) -> str:
    """A part of relationships: for each its id, its kind, its target and more attributes."""
    return _relationships(
        "".join(
            f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"{more}/>'
            for name, kind, target, more in each
        )
    )


_NAMESPACES = (
    f'xmlns:w="{WORD}" xmlns:m="{MATH}" xmlns:a="{DRAWING}" xmlns:c="{CHART}" xmlns:r="{OFFICE}"'
)


def docx(body: str, relations: Iterable[tuple[str, str]] = (), **parts: str) -> bytes:
    """A Word document; `w`, `m`, `a`, `c` and `r` stand for their namespaces everywhere.

    Args:
        body: what stands in `w:body`.
        relations: of the main part: kind and target, whose ids are t1, t2 and so on.
        parts: more parts of the folder `word`, by their names without `.xml`: an element each.
    """
    related = "".join(
        f'<Relationship Id="t{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(relations, start=1)
    )
    return archive(
        {
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/></Types>',
            "_rels/.rels": _relationships(
                f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
            ),
            "word/_rels/document.xml.rels": _relationships(related),
            "word/document.xml": _named(f"<w:document><w:body>{body}</w:body></w:document>"),
            **{f"word/{name}.xml": _named(part) for name, part in parts.items()},
        }
    )


def _relationships(each: str) -> str:
    return f'<Relationships xmlns="{PACKAGE}/relationships">{each}</Relationships>'


def _named(element: str) -> str:
    return element.replace(">", f" {_NAMESPACES}>", 1)


def xlsx(cell: str) -> bytes:
    """An Excel workbook of one cell."""
    import openpyxl  # slow to load, and not needed to list the tests

    book = openpyxl.Workbook()
    book.active["A1"] = cell
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def pptx(title: str) -> bytes:
    """A PowerPoint presentation of one slide."""
    from pptx import Presentation

    deck = Presentation()
    deck.slides.add_slide(deck.slide_layouts[0]).shapes.title.text = title
    content = BytesIO()
    deck.save(content)
    return content.getvalue()
