"""EPUB: a section about the book, and one for each chapter in the order of reading.

A book is an archive of web pages; its package document lists them. EPUB 3.3, 5 and 6.
"""

from collections.abc import Iterator
from posixpath import dirname, join

from app.local.engine.parsers import Document, Section, Unreadable
from app.local.engine.parsers.encodings import declared, decode
from app.local.engine.parsers.hypertext import to_markdown
from app.local.engine.parsers.package import Package, open_package
from app.local.engine.parsers.render import heading, line

_PAGES = ("application/xhtml+xml", "text/html", "application/html+xml")
_MOST_NAMED = 5  # chapters that a warning names
_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


def parse(document: Document) -> Iterator[Section]:
    with open_package(document.path) as package:
        _check_protection(package)
        main = _package_document(package)
        yield Section("\n\n".join(_about(package, main)), None)
        for part in dict.fromkeys(_chapters(package, main, document)):
            content = package.read(part)
            yield Section(to_markdown(decode(content, declared(content))), None)


def _check_protection(package: Package) -> None:
    """Refuse a book whose pages are encrypted; fonts may be."""
    methods = package.tree("META-INF/encryption.xml").iterfind(".//{*}EncryptionMethod")
    if any(method.get("Algorithm") not in _FONTS for method in methods):
        raise Unreadable(
            "The book is protected against copying (DRM), so it cannot be read: upload one without "
            "such protection."
        )


def _package_document(package: Package) -> str:
    root = package.tree("META-INF/container.xml").find(".//{*}rootfile")
    part = "" if root is None else root.get("full-path", "")
    if part not in package:
        part = next((name for name in package.names() if name.endswith(".opf")), "")
    if not part:
        raise Unreadable(
            "The file is no EPUB: it names no package document in META-INF/container.xml. Give it "
            "the suffix of what it really is."
        )
    return part


def _about(package: Package, main: str) -> Iterator[str]:
    """The book's title, who wrote it, and what it is about."""
    about = package.tree(main).find("{*}metadata")
    if about is None:
        return
    if title := line(about.findtext("{*}title") or ""):
        yield heading(title, 1)
    if authors := ", ".join(line(each.text or "") for each in about.iterfind("{*}creator")):
        yield f"Authors: {authors}"
    if description := about.findtext("{*}description"):
        yield to_markdown(description)


def _chapters(package: Package, main: str, document: Document) -> Iterator[str]:
    """The pages in the order of reading, without those that a reader only reaches by links, such as
    the table of contents for its device.
    """
    root = package.tree(main)
    missing: list[str] = []
    items = {each.get("id"): each for each in root.iterfind("{*}manifest/{*}item")}
    for reference in root.iterfind("{*}spine/{*}itemref"):
        item = items.get(reference.get("idref"))
        if item is None or item.get("media-type") not in _PAGES:
            continue
        is_contents = "nav" in (item.get("properties") or "").split()
        address = item.get("href", "")
        places = (join(dirname(main), name) for name in (address, address.partition("#")[0]))
        part = next((place for place in places if place in package), "")
        if not part:
            missing.append(line(address))
        elif not is_contents:
            yield package.member(part)
    if missing:
        named = ", ".join(missing[:_MOST_NAMED]) + (", ..." if missing[_MOST_NAMED:] else "")
        document.warn(
            f"The book names chapters that are not in its file: {named}. Save it "
            "anew if something is missing."
        )
