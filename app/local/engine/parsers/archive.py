"""Office files are ZIP archives of XML. They are checked here before a library opens them."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from posixpath import join, normpath, split
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from zipfile import BadZipFile, LargeZipFile, ZipFile

from app.local.engine.parsers import Unreadable

_LARGEST = 512 * 2**20  # bytes, unpacked
_DENSEST = (
    200  # the highest ratio of unpacked to packed bytes; real Office files stay below a hundred
)
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
            _check_sizes(archive)
            _check_declarations(archive)
            yield archive
    except (BadZipFile, LargeZipFile, NotImplementedError, OSError, EOFError, zlib.error) as error:
        raise _not_an_archive(path) from error


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
    dense = unpacked_bytes > _DENSEST * max(packed_bytes, 2**16)
    if dense or unpacked_bytes > _LARGEST or len(members) > _MOST_MEMBERS:
        raise Unreadable(
            f"The file would unpack to {unpacked_bytes / 2**20:,.0f} MB in {len(members):,} parts, "
            "as files do that are built to exhaust their reader: split it into smaller ones."
        )


def _check_declarations(archive: ZipFile) -> None:
    """Refuse XML with a document type: its entities may expand without end, and Office writes none.

    ECMA-376 part 2 (Open Packaging Conventions), 8.1.4: such a declaration is an error.
    """
    for name in archive.namelist():
        if name.endswith((".xml", ".rels", ".vml")):
            with archive.open(name) as member, suppress(_FirstElement, ElementTree.ParseError):
                parser = ElementTree.XMLParser(target=_Prologue())  # noqa: S314 stops before content
                while part := member.read(4096):
                    parser.feed(part)


class _FirstElement(Exception):
    """The parser has reached the first element of an XML document."""


class _Prologue:
    """A target for XMLParser that sees everything before a document's first element."""

    def doctype(self, *_: object) -> None:
        raise Unreadable(
            "The file's XML declares entities of its own, which no Office application writes: "
            "open it in its application and save it anew."
        )

    def start(self, *_: object) -> None:
        raise _FirstElement


def tree(archive: ZipFile, part: str) -> Element:
    """The root of a part's XML; an empty element if there is no such part."""
    if part not in archive.NameToInfo:
        return Element("nothing")
    return ElementTree.fromstring(archive.read(part))  # noqa: S314 declares nothing: `opened`


def relationships(archive: ZipFile, part: str) -> dict[str, str]:
    """The parts of the file that `part` refers to, by the ids of its relationships."""
    folder, name = split(part)
    return {
        each.get("Id", ""): normpath(join("/", folder, each.get("Target", ""))).lstrip("/")
        for each in tree(archive, join(folder, "_rels", f"{name}.rels"))
        if each.get("TargetMode") != "External"
    }
