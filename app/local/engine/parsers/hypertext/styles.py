"""Which elements of an HTML page its own styles hide.

Only rules for screens of every size count, and of two rules about one element the later one; states
such as :hover do not. That is less than a browser does, and enough to tell text that no reader
sees.
"""

from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from app.local import lazy_re as re
from app.local.engine.parsers.hypertext.colours import camouflaged
from app.local.engine.parsers.render import without

_STATE = re.compile(
    r"::|:(?:hover|focus|active|visited|target|checked|disabled|before|after|placeholder)", re.I
)
_SCREEN = re.compile(
    r"@(?:media\s+(?:only\s+)?(?:all|screen)|layer\b[\w\s.,-]*|supports\b.*)\s*\Z", re.I | re.DOTALL
)
HIDING = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|(?:content-)?visibility\s*:\s*(?:hidden|collapse)"
    r"|(?:left|top|text-indent)\s*:\s*-\d{3,}(?:px|pt|r?em)"
    r"|font-size\s*:\s*(?:0(?:\.0+)?(?:px|pt|r?em|%)?|[01](?:\.\d+)?p[xt])\s*(?:!|;|\Z)"
    r"|transform\s*+:\s*+scale[xy]?\(\s*+0(?:\s*+,\s*+0)?\s*+\)"
    r"|clip\s*+:\s*+rect\(\s*+[01](?:px)?(?:[\s,]++[01](?:px)?){3}\s*+\)"
    r"|clip-path\s*+:\s*+inset\(\s*+(?:50|100)%"
    r"|filter\s*+:\s*+opacity\(\s*+0%?\s*+\))",
    re.I,
)
_TRANSPARENT = re.compile(
    r"(?:^|[;\s])color\s*+:\s*+(?:transparent"
    r"|(?:rgb|hsl)a?\((?:[\d.%\s]{1,12},){3}\s{0,3}0?(?:\.0*)?%?\s{0,3}\)"
    r"|(?:rgb|hsl)a?\([\d.%\s]{1,40}/\s{0,3}0?(?:\.0*)?%?\s{0,3}\))",
    re.I,
)
_GRADIENT = re.compile(r"background-clip\s*:\s*text", re.I)  # is seen through transparent letters
_FLAT = re.compile(r"(?:^|[;\s])(?:max-)?(?:height|width)\s*:\s*0(?:px)?\s*(?:!|;|\Z)", re.I)
_CUT = re.compile(r"overflow(?:-[xy])?\s*:\s*(?:hidden|clip)", re.I)
_FAINT = re.compile(r"(?:^|[;\s])opacity\s*:\s*0?(?:\.0+|0%?)\s*(?:!|;|\Z)", re.I)
_MOVING = re.compile(r"transition|animation|will-change|translate", re.I)  # so that it may appear
_SHOWING = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*(?!none)\w|visibility\s*:\s*visible|font-size\s*:\s*(?:0*[1-9]|0*\.\d))",
    re.I,
)
_MOST_RULES = 20_000
_FEW_RULES = 500
_MOST_STEPS = 100_000_000  # rules times elements


def hides(declarations: str, *, is_still: bool = True) -> bool:
    """Whether declarations hide an element.

    Args:
        declarations: the text of a rule or of a `style` attribute.
        is_still: whether the page has no scripts, by which something faint would appear.

    >>> hides("opacity: 0"), hides("opacity: 0; transition: 1s"), hides("height:0;overflow:hidden")
    (True, False, True)
    """
    if HIDING.search(declarations):
        return True
    if _TRANSPARENT.search(declarations):
        return not _GRADIENT.search(declarations)
    if _MOVING.search(declarations):
        return False
    is_flat = _FLAT.search(declarations) and _CUT.search(declarations)
    return bool(is_flat or (is_still and _FAINT.search(declarations)))


def remove_hidden(page: LexborHTMLParser) -> None:
    """Remove the elements that the page's styles hide, unless that is the whole page."""
    rules = [
        rule
        for style in page.css("style")
        for rule in _rules(style.text() or "")
        if not _STATE.search(rule[0])
    ]
    if len(rules) > _FEW_RULES and page.root is not None:
        elements = sum(1 for _ in page.root.traverse())
        rules = rules[: max(_FEW_RULES, _MOST_STEPS // elements)]
    is_still = page.css_first("script") is None
    hidden: dict[int, bool] = {}
    for selector, declarations in rules:
        is_hiding = hides(declarations, is_still=is_still)
        if not is_hiding and not (hidden and _SHOWING.search(declarations)):
            continue
        try:
            nodes = page.css(selector)
        except (SelectolaxError, ValueError):
            continue
        hidden.update((node.mem_id, is_hiding) for node in nodes)
    for node in page.css("[style]"):
        if hides(node.attributes.get("style") or "", is_still=is_still):
            hidden[node.mem_id] = True
    hidden |= dict.fromkeys(camouflaged(page, rules), True)
    places = {place for place, is_hidden in hidden.items() if is_hidden}
    whole = {node.mem_id for node in (page.root, page.body) if node is not None}
    if not places or places & whole or page.body is None:
        return
    within: set[int] = set()
    doomed: list[LexborNode] = []
    for node in page.body.traverse():
        parent = node.parent
        if parent is not None and parent.mem_id in within:
            within.add(node.mem_id)
        elif node.mem_id in places:
            within.add(node.mem_id)
            doomed.append(node)
    if sum(len(node.text(strip=True)) for node in doomed) < len(page.body.text(strip=True)):
        for node in doomed:
            node.remove()


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
