"""What stands around the text of a Word document: headers, footers and comments.

Each header and footer is shown once, and not on every page: headers before the text, footers after
it, both without the number of the page.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from app.local.engine.parsers.docx.content import Story
from app.local.engine.parsers.docx.elements import WORD, Elements, run
from app.local.engine.parsers.numbering import Styles, attribute, is_on
from app.local.engine.parsers.package import Package, local_name, relation_id
from app.local.engine.parsers.render import line
from app.local.engine.parsers.word_fields import PAGE_NUMBER

_MOST_LETTERS = 9  # of "Page" and "of" in any language
_TABS = ("tab", "ptab", "br")


def margins(
    package: Package, part: str, root: Element, styles: Styles, addresses: list[str], kind: str
) -> Elements:
    """The blocks of the headers or footers that a document shows, each once.

    Args:
        package: the document.
        part: its main part, before `Story` has rewritten it.
        root: the root of that part.
        styles: the document's.
        addresses: see `Story`.
        kind: "header" or "footer".
    """
    blocks: Elements = []
    parts = package.relationships(part)
    seen: set[str] = set()
    for relation in dict.fromkeys(_shown(package, part, root, kind)):
        if relation not in parts or parts[relation].is_external:
            continue
        margin = package.tree(parts[relation].target)
        Story(package, parts[relation].target, styles, addresses).write(margin)
        for each in margin.iter(f"{WORD}p"):
            _remove_page_number(each)
        text = line(_text(margin))
        if text and text not in seen:
            seen.add(text)
            blocks += list(margin)
    return blocks


def comments(
    package: Package, part: str, styles: Styles, addresses: list[str]
) -> dict[str, Elements]:
    """The paragraphs of each comment, by its id. They begin with the name of its author."""
    paragraphs: dict[str, Elements] = {}
    for target in package.related(part, "comments"):
        root = package.tree(target)
        Story(package, target, styles, addresses).write(root)
        for comment in root.iterfind("{*}comment"):
            own = [each for each in comment if line(_text(each))]
            author = attribute(comment, "author")
            label = f"Comment by {author}: " if author else "Comment: "
            if own and own[0].tag == f"{WORD}p":
                own[0].insert(_place_of_text(own[0]), run([label]))
            paragraphs[attribute(comment, "id")] = own
    return paragraphs


def _shown(package: Package, part: str, root: Element, kind: str) -> Iterator[str]:
    """The relations of the headers or footers that the document's settings show."""
    settings = [package.tree(each) for each in package.related(part, "settings")]
    even = next((each for each in (one.find("{*}evenAndOddHeaders") for one in settings)), None)
    for section in root.iter(f"{WORD}sectPr"):
        first = section.find("{*}titlePg")
        shown = {
            "default": True,
            "first": first is not None and is_on(first),
            "even": even is not None and is_on(even),
        }
        for reference in section.iterfind(f"{{*}}{kind}Reference"):
            if shown.get(attribute(reference, "type") or "default"):
                yield relation_id(reference)


def _remove_page_number(paragraph: Element) -> None:
    """Remove the page's number, and with it the words for it between two tabs: "Page 2 of 9"."""
    stretches: list[Elements] = [[]]
    for each in paragraph.iter():
        if local_name(each) in _TABS:
            stretches.append([])
        elif local_name(each) == "t":
            stretches[-1].append(each)
    for stretch in stretches:
        text = "".join(each.text or "" for each in stretch)
        if PAGE_NUMBER in text:
            letters = [sign for sign in text.replace(PAGE_NUMBER, "") if sign.isalnum()]
            only_words = len(letters) <= _MOST_LETTERS and not any(map(str.isdigit, letters))
            for each in stretch:
                each.text = "" if only_words else (each.text or "").replace(PAGE_NUMBER, "")


def _text(element: Element) -> str:
    return "".join(each.text or "" for each in element.iter() if local_name(each) == "t")


def _place_of_text(paragraph: Element) -> int:
    return 1 if len(paragraph) and local_name(paragraph[0]) == "pPr" else 0
