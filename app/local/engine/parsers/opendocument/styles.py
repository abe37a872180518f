"""The styles of an OpenDocument, as far as they say what is shown, and how lists are marked."""

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from app.local.engine.parsers.numbering import attribute
from app.local.engine.parsers.package import Package, local_name

_WHITE = "#ffffff"
_LONGEST_LINEAGE = 20  # styles that are based on each other


class OpenDocumentStyles:
    """The styles of a document, with those of its text only.

    Attributes:
        package: the document.
    """

    def __init__(self, package: Package) -> None:
        self.package = package
        self._outline = package.tree("styles.xml").find("{*}styles/{*}outline-style")
        self._styles: dict[str, Element] = {}
        self._lists: dict[str, Element] = {}
        self._masters: dict[str, Element] = {}
        self._layouts: dict[str, Element] = {}
        for part in ("styles.xml", "content.xml"):
            root = package.tree(part)
            for each in root.iterfind("{*}master-styles/{*}master-page"):
                self._masters[attribute(each, "name")] = each
            for each in root.iterfind("{*}automatic-styles/{*}page-layout"):
                self._layouts[attribute(each, "name")] = each
            for group in ("styles", "automatic-styles"):
                for style in root.iterfind(f"{{*}}{group}/*"):
                    kind = self._lists if local_name(style) == "list-style" else self._styles
                    kind[attribute(style, "name")] = style

    def hides_text(self, name: str) -> bool:
        """Whether text of this style is hidden."""
        return self._property(name, "text-properties", "display") == "none"

    def fades(self, name: str) -> bool:
        """Whether text of this style is white on the paper, as it has no background either."""
        if self._property(name, "text-properties", "color").lower() != _WHITE:
            return False
        groups = ("text-properties", "paragraph-properties", "table-cell-properties")
        return not any(self._background(name, group) for group in groups)

    def shades(self, name: str) -> bool:
        """Whether a paragraph of this style has a background."""
        return self._background(name, "paragraph-properties")

    def page_size(self, master: str) -> tuple[str, str]:
        """The width and height of pages by this master page; empty if they are not known."""
        layout = attribute(self._masters.get(master, Element("none")), "page-layout-name")
        for properties in self._layouts.get(layout, Element("none")).iterfind(
            "{*}page-layout-properties"
        ):
            return attribute(properties, "page-width"), attribute(properties, "page-height")
        return "", ""

    def _background(self, name: str, group: str) -> bool:
        colour = self._property(name, group, "background-color").lower()
        return colour not in ("", "transparent", _WHITE)

    def hides_table(self, name: str) -> bool:
        """Whether a sheet of this style is hidden."""
        return self._property(name, "table-properties", "display") == "false"

    def hides_page(self, name: str) -> bool:
        """Whether a slide of this style is hidden."""
        return self._property(name, "drawing-page-properties", "visibility") == "hidden"

    def margins(self, kind: str) -> Iterator[Element]:
        """The headers or footers of all kinds of pages that show them.

        Args:
            kind: "header" or "footer".
        """
        for page in self._masters.values():
            for each in page:
                is_shown = attribute(each, "display") != "false"
                if is_shown and local_name(each) in (kind, f"{kind}-first", f"{kind}-left"):
                    yield each

    def list_level(self, name: str, level: int) -> Element | None:
        """How the items of lists of this style are numbered, at a level from 1, if they are."""
        return _numbered(self._lists.get(name, ()), level)

    def outline_level(self, level: int) -> Element | None:
        """How headings are numbered, at a level from 1, if they are."""
        return _numbered(() if self._outline is None else self._outline, level)

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


def _numbered(levels: Iterable[Element], level: int) -> Element | None:
    """The level's definition in a list's style, if it has numbers."""
    for each in levels:
        if attribute(each, "level") == str(level):
            is_number = local_name(each) != "list-level-style-bullet"
            return each if is_number and attribute(each, "num-format") else None
    return None
