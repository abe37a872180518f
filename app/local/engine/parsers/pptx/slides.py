"""A presentation as `python-pptx` can open it: it refuses much that PowerPoint opens.

The copy has the parts that are XML, under plain names, in the Transitional form, and no relation to
what is not there. Of two forms of one content it has the first.
"""

from io import BytesIO
from typing import Any
from xml.etree.ElementTree import tostring
from zipfile import ZipFile

from pptx import Presentation

from app.local.engine.parsers.package import Package, local_name, part_name

_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
_TYPES = "[content_types].xml"
_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def open_presentation(package: Package) -> Any:
    """The presentation, as an object of `python-pptx`."""
    main = package.main("presentation", "ppt/presentation.xml")
    parts = [name for name in package.names() if name.endswith(".xml") and name != _TYPES]
    copy = BytesIO()
    with ZipFile(copy, "w") as target:
        target.writestr("[Content_Types].xml", _content_types(package, main))
        for part in ("", *parts):
            if part:
                target.writestr(part, package.read_xml(part))
            if relations := _relations(package, part, set(parts)):
                folder, _, name = part.rpartition("/")
                target.writestr(f"{folder}/_rels/{name}.rels".lstrip("/"), relations)
    presentation = Presentation(copy)
    for slide in presentation.slides:
        for each in list(slide.element.iter(f"{{{_COMPATIBILITY}}}AlternateContent")):
            _choose(each)
        for each in list(slide.element.iter("{*}contentPart")):  # ink, which python-pptx refuses
            each.getparent().remove(each)
    return presentation


def _content_types(package: Package, main: str) -> bytes:
    root = package.tree(_TYPES)
    for each in root:
        if local_name(each) == "Override":
            name = part_name(each.get("PartName", ""))
            each.set("PartName", f"/{name}")
            if name == main:
                each.set("ContentType", _TYPE)  # also of a show, a template, one with macros
    return tostring(root)


def _relations(package: Package, part: str, parts: set[str]) -> bytes:
    """The relations of a part to parts of the copy, and to addresses; empty if it has none."""
    root = package.relations_tree(part)
    related = package.relationships(part)
    for each in list(root):
        relation = related[each.get("Id", "")]
        if not relation.is_external:
            each.set("Target", f"/{relation.target}")
            if relation.target not in parts:
                root.remove(each)
    return tostring(root) if len(root) else b""


def _choose(alternatives: Any) -> None:
    """Put the first alternative in the place of all."""
    parent = alternatives.getparent()
    for choice in list(alternatives)[:1]:
        for each in list(choice):
            alternatives.addprevious(each)
    parent.remove(alternatives)
