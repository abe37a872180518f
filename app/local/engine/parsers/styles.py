"""Which elements of an HTML page its own style sheets hide.

Only rules for screens of every size count, and of two rules about one element the later one; states
such as :hover do not. That is less than a browser does, and enough to tell text that no reader
sees.
"""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from app.local.engine.parsers.render import without

_STATE = re.compile(
    r"::|:(?:hover|focus|active|visited|target|checked|disabled|before|after|placeholder)", re.I
)
_SCREEN = re.compile(r"@media\s+(?:only\s+)?(?:all|screen)\s*\Z", re.I)
HIDING = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    r"|(?:left|top|text-indent)\s*:\s*-\d{3,}(?:px|pt|r?em)"
    r"|font-size\s*:\s*0(?:\.0+)?(?:px|pt|r?em|%)?\s*(?:!|;|\Z))",
    re.I,
)
_SHOWING = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*(?!none)\w|visibility\s*:\s*visible|font-size\s*:\s*(?:0*[1-9]|0*\.\d))",
    re.I,
)
_MOST_RULES = 20_000


def remove_hidden(page: LexborHTMLParser) -> None:
    """Remove the elements that the page's style sheets hide, unless that is the whole page."""
    hidden: dict[int, bool] = {}
    for style in page.css("style"):
        for selector, declarations in _rules(style.text() or ""):
            hides = bool(HIDING.search(declarations))
            if not hides and not (hidden and _SHOWING.search(declarations)):
                continue
            if _STATE.search(selector):
                continue
            try:
                nodes = page.css(selector)
            except (SelectolaxError, ValueError):
                continue
            hidden.update((node.mem_id, hides) for node in nodes)
    places = {place for place, hides in hidden.items() if hides}
    whole = {node.mem_id for node in (page.root, page.body) if node is not None}
    if not places or places & whole or page.body is None:
        return
    doomed = [node for node in page.body.traverse() if node.mem_id in places]
    text = len(page.body.text(strip=True))
    if sum(len(node.text(strip=True)) for node in doomed if not _is_within(node, places)) < text:
        for node in reversed(doomed):
            node.remove()


def _is_within(node: object, places: set[int]) -> bool:
    """Whether an element is within one of these."""
    parent = getattr(node, "parent", None)
    while parent is not None:
        if parent.mem_id in places:
            return True
        parent = parent.parent
    return False


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """The rules of a style sheet: selector, declarations.

    >>> list(_rules("a { b: c } @media print { d { e: f } } @media screen { g { h: i } }"))
    [('a', ' b: c '), ('g', ' h: i ')]
    """
    sheet = without(sheet, "/*", "*/")
    place = count = 0
    while count < _MOST_RULES:
        start = sheet.find("{", place)
        if start < 0:
            return
        prelude = sheet[place:start].rpartition(";")[2].strip()
        end = sheet.find("}", start)
        if prelude.startswith("@"):
            end = _end(sheet, start)
            if _SCREEN.match(prelude):
                yield from _rules(sheet[start + 1 : end])
        elif prelude:
            yield prelude, sheet[start + 1 : end if end >= 0 else len(sheet)]
        if end < 0:
            return
        place, count = end + 1, count + 1


def _end(sheet: str, start: int) -> int:
    """The place of the bracket that closes the block that begins at `start`."""
    depth = 0
    for match in re.finditer(r"[{}]", sheet[start:]):
        depth += 1 if match[0] == "{" else -1
        if not depth:
            return start + match.start()
    return -1
