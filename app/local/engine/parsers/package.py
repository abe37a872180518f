"""The parts of an Office file, found as Office finds them.

Office follows the relationships from part to part, and takes no name for given: a Word document's
main part may be `word/document2.xml`. It compares names without regard to case, and reads
backslashes as slashes. Files in the format's Strict form differ in their namespaces; they are read
as the others.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from posixpath import join, normpath, split
from unicodedata import normalize
from urllib.parse import unquote
from xml.etree.ElementTree import Element, iterparse
from zipfile import ZipFile

from app.local import lazy_re as re
from app.local.engine.parsers import Unreadable
from app.local.engine.parsers.archive import open_archive, parse_xml

_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_TRANSITIONAL = rb"http://schemas.openxmlformats.org/\1/2006/"


@dataclass(frozen=True)
class Relationship:
    """What a part refers to.

    Attributes:
        kind: the last word of its type, such as "footnotes" or "hyperlink".
        target: the name of a part, or an address outside of the file.
        is_external: whether the target is such an address.
    """

    kind: str
    target: str
    is_external: bool


class Package:
    """The parts of an Office file. Names of parts may be given in any case, with either slash, and
    in either form of Unicode; of several such parts, the one with the very name counts.
    """

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        names = archive.namelist()
        self._members = {part_name(name): name for name in reversed(names)}
        self._own = {_place(name): name for name in reversed(names)}

    def __contains__(self, part: str) -> bool:
        return bool(self.member(part))

    def member(self, part: str) -> str:
        """The name of a part in the archive; empty if there is no such part."""
        own = self._own.get(_place(unquote(part))) or self._own.get(_place(part))
        return own or self._members.get(part_name(part)) or ""

    def names(self) -> Iterator[str]:
        """The names of all parts, as `Relationship.target` has them."""
        yield from self._members

    def read(self, part: str) -> bytes:
        """The bytes of a part; none if there is no such part."""
        member = self.member(part)
        return self._archive.read(member) if member else b""

    def elements(self, part: str) -> Iterator[Element]:
        """The elements of a part's XML as each ends, for parts too large to be kept whole: who
        has read an element may clear it.
        """
        member = self.member(part)
        if not member:
            return
        with self._archive.open(member) as content:
            for _, element in iterparse(content):  # noqa: S314 it declares nothing: `open_archive`
                yield element

    def read_xml(self, part: str) -> bytes:
        """The bytes of a part that is XML, with the namespaces of the Transitional form."""
        return _STRICT.sub(_TRANSITIONAL, self.read(part))

    def tree(self, part: str) -> Element:
        """The root of a part's XML; an empty element if there is no such part."""
        return parse_xml(content) if (content := self.read_xml(part)) else Element("nothing")

    def relationships(self, part: str) -> dict[str, Relationship]:
        """What `part` refers to, by the ids of its relationships."""
        folder, _ = split(part_name(part))
        return {
            each.get("Id", ""): _relationship(each, folder) for each in self.relations_tree(part)
        }

    def relations_tree(self, part: str) -> Element:
        """The XML of the relationships of `part`."""
        folder, name = split(part_name(part))
        return self.tree(join(folder, "_rels", f"{name}.rels"))

    def related(self, part: str, kind: str) -> list[str]:
        """The parts of a kind that `part` refers to."""
        return [
            each.target
            for each in self.relationships(part).values()
            if each.kind == kind and not each.is_external
        ]

    def main(self, root: str, name: str) -> str:
        """The main part: the one to which the file itself refers.

        Args:
            root: the name of its root element, such as "document".
            name: of the part in most files, for a file whose relationships and types are damaged.

        Raises:
            Unreadable: there is no such part.
        """
        overrides = self.tree("[Content_Types].xml").iterfind("{*}Override")
        typed = (
            each.get("PartName", "")
            for each in overrides
            if each.get("ContentType", "").endswith(".main+xml")
        )
        for part in (*self.related("", "officeDocument"), *map(part_name, typed), name):
            if part in self and local_name(self.tree(part)) == root:
                return part
        kind = {"document": "Word document", "workbook": "Excel workbook"}
        raise Unreadable(
            f"The file is no {kind.get(root, 'PowerPoint presentation')}: it holds no {name}. "
            "Give it the suffix of what it really is."
        )


@contextmanager
def open_package(path: Path) -> Iterator[Package]:
    """Open an Office file that is safe to unpack; see `open_archive`."""
    with open_archive(path) as archive:
        yield Package(archive)


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def relation_id(element: Element, name: str = "id") -> str:
    """The id of a relationship in an attribute such as `r:id`; empty if there is none."""
    return next((value for key, value in element.items() if key.endswith(f"}}{name}")), "")


def part_name(name: str) -> str:
    r"""A name in the form in which names are compared.

    >>> part_name("/Word\\media/../Document.xml")
    'word/document.xml'
    """
    return normalize("NFC", _place(unquote(name))).lower()


def _place(name: str) -> str:
    """The place of a name in an archive, without steps back, by slashes."""
    return normpath(join("/", name.replace("\\", "/"))).lstrip("/")


def _relationship(element: Element, folder: str) -> Relationship:
    kind, target = element.get("Type", "").rpartition("/")[2], element.get("Target", "")
    if element.get("TargetMode") == "External":
        return Relationship(kind, target, is_external=True)
    target = target.replace("\\", "/")
    return Relationship(kind, part_name(join("/", folder, target)), is_external=False)
