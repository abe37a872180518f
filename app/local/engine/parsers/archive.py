"""Office files are ZIP archives of XML. They are checked here before a library opens them."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import BadZipFile, LargeZipFile, ZipFile

from app.local import lazy_re as re
from app.local.engine.parsers import Unreadable

LARGEST = 512 * 2**20  # bytes, unpacked
DENSEST = 200  # times its packed bytes; real Office files stay below a hundred
_GLANCE = 4096  # bytes of a part that are looked at, at once
_XML = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*<[\0]?[?!\w]")
_DECLARATIONS = ["<!ENTITY".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be")]
_XML_SUFFIXES = (".xml", ".rels", ".vml")
_MOST_MEMBERS = 20_000
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the signature of Office's format before 2007
_ENCRYPTED = "EncryptedPackage".encode(
    "utf-16-le"
)  # Office wraps encrypted files in this format still


@contextmanager
def open_archive(path: Path) -> Iterator[ZipFile]:
    """Open an archive that is safe to unpack.

    Raises:
        Unreadable: it is encrypted, no archive, damaged, or built to exhaust its reader.
    """
    try:
        with ZipFile(path) as archive:
            check_archive(archive)
            yield archive
    except (BadZipFile, LargeZipFile, NotImplementedError, OSError, EOFError, zlib.error) as error:
        raise _not_an_archive(path) from error


def check_archive(archive: ZipFile) -> None:
    """Check an archive before anything is unpacked.

    Raises:
        Unreadable: it is encrypted, or built to exhaust its reader.
    """
    _check_sizes(archive)
    _check_declarations(archive)


def _not_an_archive(path: Path) -> Unreadable:
    content = path.read_bytes()
    if not content.startswith(_COMPOUND_FILE):
        return Unreadable(
            "The file is damaged, or no Office file: open it in its application and save it anew."
        )
    if _ENCRYPTED in content:
        return Unreadable(
            "The file is encrypted with a password: remove it and upload the file again."
        )
    return Unreadable(
        "The file is of Office's format before 2007: open it in its application and save it as "
        ".docx, .xlsx or .pptx."
    )


def _check_sizes(archive: ZipFile) -> None:
    members = archive.infolist()
    packed_bytes = sum(member.compress_size for member in members)
    unpacked_bytes = sum(member.file_size for member in members)
    if any(member.flag_bits & 1 for member in members):
        raise Unreadable("The file's parts are encrypted: save it without a password.")
    dense = unpacked_bytes > DENSEST * max(packed_bytes, 2**16)
    if dense or unpacked_bytes > LARGEST or len(members) > _MOST_MEMBERS:
        raise Unreadable(
            f"The file would unpack to {unpacked_bytes / 2**20:,.0f} MB in {len(members):,} parts, "
            "as files do that are built to exhaust their reader: split it into smaller ones."
        )


def _check_declarations(archive: ZipFile) -> None:
    """Refuse XML that declares entities, which may expand without end. Office writes none."""
    for name in archive.namelist():
        with archive.open(name) as member:
            part = member.read(_GLANCE)
            if name.lower().endswith(_XML_SUFFIXES) or _XML.match(part):
                with suppress(_FirstElement, ExpatError, ValueError, LookupError):
                    parser = ParserCreate()
                    parser.EntityDeclHandler = _refuse_declaration
                    parser.StartElementHandler = _stop
                    while part:
                        parser.Parse(part)
                        part = member.read(_GLANCE)


class _FirstElement(Exception):
    """The parser has reached the first element of an XML document, and the end of what matters."""


def _stop(*_: object) -> None:
    raise _FirstElement


def _refuse_declaration(*_: object) -> None:
    raise Unreadable(
        "The file's XML declares entities of its own, which no Office application writes: "
        "open it in its application and save it anew."
    )


def parse_xml(content: bytes) -> ElementTree.Element:
    """The root of an XML document that may not declare entities."""
    if any(declaration in content for declaration in _DECLARATIONS):
        _refuse_declaration()
    return ElementTree.fromstring(content)  # noqa: S314 it declares nothing
