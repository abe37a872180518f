"""Opens a PDF, also one whose end is missing, and names the files within it."""

import zlib

import pypdfium2
import pypdfium2.raw as pdfium

from app.local import lazy_re as re
from app.local.engine.parsers import Document, Unreadable
from app.local.engine.parsers.render import line

_OBJECT = re.compile(rb"(?<!\d)(\d{1,9})\s{1,4}\d{1,5}\s{1,4}obj\b([^>]{0,2000})")
_ROOTS = (re.compile(rb"/Type\s{0,4}/Catalog\b"), re.compile(rb"/Type\s{0,4}/Pages\b"))
_BRANCH = b"/Parent"  # what a part of the tree of pages has, and its root has not
_MOST_NAMED = 100
_LAYERS = b"/OCProperties"
_OBJECT_STREAM = re.compile(rb"/Type\s{0,4}/ObjStm\b[^>]{0,400}>>\s{0,4}stream\r?\n")
_LARGEST_STREAM = 4 * 2**20  # bytes of objects that are looked through


def open_pdf(content: bytes, document: Document) -> pypdfium2.PdfDocument:
    """Open a PDF.

    Args:
        content: the document's bytes.
        document: takes a warning where they are damaged.

    Raises:
        Unreadable: it is encrypted with a password, or none, or too damaged.
    """
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise Unreadable(
                "The PDF is encrypted with a password: remove it and upload the file again."
            ) from error
        if mended := _mended(content):
            document.warn(
                "The PDF is damaged: its end is missing. What is left of it was read; open it in a "
                "viewer, and save it anew if something is missing."
            )
            return mended
        raise Unreadable(
            "The file is not a PDF, or a damaged one: open it in a viewer and save it anew."
        ) from error


def _mended(content: bytes) -> pypdfium2.PdfDocument | None:
    """The PDF with a trailer that names its catalogue, or one for its tree of pages; None if it has
    neither. PDFium looks for objects itself where there is no table of them.
    """
    if b"%PDF-" not in content[:1024]:
        return None
    objects = list(_OBJECT.finditer(content))
    for pattern, make in zip(_ROOTS, (_for_catalogue, _for_pages), strict=True):
        numbers = [
            int(each[1]) for each in objects if pattern.search(each[2]) and _BRANCH not in each[2]
        ]
        if numbers:
            try:
                return pypdfium2.PdfDocument(content + make(numbers[-1], objects))
            except pypdfium2.PdfiumError:
                continue
    return None


def _for_catalogue(number: int, _: object) -> bytes:
    return b"\nendobj\ntrailer << /Root %d 0 R >>\n%%%%EOF\n" % number


def _for_pages(number: int, objects: list[re.Match[bytes]]) -> bytes:
    free = 1 + max(int(each[1]) for each in objects)
    catalogue = b"\nendobj\n%d 0 obj\n<< /Type /Catalog /Pages %d 0 R >>\nendobj" % (free, number)
    return catalogue + _for_catalogue(free, objects)


def attachment_names(source: pypdfium2.PdfDocument) -> list[str]:
    """The names of the files within a PDF, such as those of a portfolio."""
    count = min(source.count_attachments(), _MOST_NAMED)
    return [line(source.get_attachment(at).get_name()) for at in range(count)]


def has_layers(content: bytes) -> bool:
    """Whether a PDF has layers that may be switched off, or is encrypted, so that nobody can tell.

    The catalogue names them, and may stand in a compressed stream of objects.
    """
    if _LAYERS in content or b"/Encrypt" in content:
        return True
    for match in _OBJECT_STREAM.finditer(content):
        try:
            packed = content[match.end() : match.end() + _LARGEST_STREAM]
            if _LAYERS in zlib.decompressobj().decompress(packed, _LARGEST_STREAM):
                return True
        except zlib.error:
            continue
    return False
