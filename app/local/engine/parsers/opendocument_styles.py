"""The styles of an OpenDocument, as far as they say what is shown, and how lists are marked."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from app.local.engine.parsers.numbering import attribute
from app.local.engine.parsers.package import Package, local_name

_LONGEST_LINEAGE = 20  # styles that are based on each other


class OpenDocumentStyles:
    """The styles of a document, with those of its text only.

    Args:
        package: the document.
    """

    def __init__(self, package: Package) -> None:
        self._styles: dict[str, Element] = {}
        self._lists: dict[str, Element] = {}
        for part in ("styles.xml", "content.xml"):
            root = package.tree(part)
            for group in ("styles", "automatic-styles"):
                for style in root.iterfind(f"{{*}}{group}/*"):
                    kind = self._lists if local_name(style) == "list-style" else self._styles
                    kind[attribute(style, "name")] = style

    def hides_text(self, name: str) -> bool:
        """Whether text of this style is hidden."""
        return self._property(name, "text-properties", "display") == "none"

    def hides_table(self, name: str) -> bool:
        """Whether a sheet of this style is hidden."""
        return self._property(name, "table-properties", "display") == "false"

    def hides_page(self, name: str) -> bool:
        """Whether a slide of this style is hidden."""
        return self._property(name, "drawing-page-properties", "visibility") == "hidden"

    def is_numbered(self, name: str, level: int) -> bool:
        """Whether the items of a list of this style have numbers.

        Args:
            name: of the list's style.
            level: from 1.
        """
        for each in self._lists.get(name, ()):
            if attribute(each, "level") == str(level):
                form = attribute(each, "num-format")
                return local_name(each) == "list-level-style-number" and bool(form)
        return False

    def _property(self, name: str, group: str, key: str) -> str:
        for style in self._lineage(name):
            for properties in style.iterfind(f"{{*}}{group}"):
                if value := attribute(properties, key):
                    return value
        return ""

    def _lineage(self, name: str) -> Iterator[Element]:
        for _ in range(_LONGEST_LINEAGE):
            if name not in self._styles:
                return
            yield self._styles[name]
            name = attribute(self._styles[name], "parent-style-name")
