"""Which elements of an HTML page have text of the colour of what is behind it.

White text is hidden where neither the element nor what is around it has a background of its own.
That is only known of a page that brings all of its styles along.
"""

from collections.abc import Iterable, Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from app.local import lazy_re as re

Rule = tuple[str, str]  # a selector and its declarations

_COLOUR = re.compile(r"(?:^|[;\s{])color\s*:\s*([^;!}]+)", re.IGNORECASE)
_BACKGROUND = re.compile(r"(?:^|[;\s{])background(?:-color|-image)?\s*:\s*([^;!}]+)", re.IGNORECASE)
_NO_BACKGROUND = re.compile(r"\s*(?:none|transparent|inherit|initial|unset)\s*\Z", re.IGNORECASE)
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})\Z", re.IGNORECASE)
_RGB = re.compile(
    r"rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)\s*(?:[,/]\s*[1.]+\s*)?\)\Z", re.IGNORECASE
)
_LEAST_WHITE = 244  # of 255, of each part
_OTHERS = 'link[rel~="stylesheet"]'


def camouflaged(page: LexborHTMLParser, rules: Iterable[Rule]) -> set[int]:
    """The ids of the elements with white text on white, or of one colour with their background."""
    rules = list(rules)
    own = list(_own(page))
    if not any(_is_white(each[1]) or _is_one(each[1]) for each in (*own, *rules)):
        return set()
    if page.css_first(_OTHERS) is not None or any("@import" in text for _, text in rules):
        return set()
    hides: dict[int, bool] = {}
    backgrounds: dict[int, bool] = {}
    for selector, declarations in rules:
        _note(_select(page, selector), declarations, hides, backgrounds)
    for node, declarations in own:
        _note([node], declarations, hides, backgrounds)
    places = {place for place, is_hidden in hides.items() if is_hidden}
    return {
        node.mem_id
        for node in (page.root.traverse() if page.root else ())
        if not _has_background(node, backgrounds) and node.mem_id in places
    }


def _own(page: LexborHTMLParser) -> Iterator[tuple[LexborNode, str]]:
    """What elements say of their colours themselves."""
    for node in page.css("[style], font[color], [bgcolor], [background]"):
        attributes = node.attributes
        texts = [attributes.get("style") or ""]
        if node.tag == "font" and attributes.get("color"):
            texts.append(f"color: {attributes['color']}")
        if value := attributes.get("bgcolor") or attributes.get("background"):
            texts.append(f"background: {value}")
        yield node, ";".join(texts)


def _select(page: LexborHTMLParser, selector: str) -> list[LexborNode]:
    try:
        return page.css(selector)
    except (SelectolaxError, ValueError):
        return []


def _note(
    nodes: Iterable[LexborNode],
    declarations: str,
    hides: dict[int, bool],
    backgrounds: dict[int, bool],
) -> None:
    """Note what declarations say of these elements."""
    colour, background = _COLOUR.search(declarations), _BACKGROUND.search(declarations)
    is_drawn = background is not None and not _NO_BACKGROUND.match(background[1])
    is_drawn = is_drawn and not (background and _white(background[1]))
    for node in nodes:
        if colour:
            hides[node.mem_id] = _is_white(declarations) or _is_one(declarations)
        if background:
            backgrounds[node.mem_id] = is_drawn and not _is_one(declarations)


def _is_white(declarations: str) -> bool:
    colour = _COLOUR.search(declarations)
    return colour is not None and _white(colour[1])


def _is_one(declarations: str) -> bool:
    """Whether text and background have one colour."""
    colour, background = _COLOUR.search(declarations), _BACKGROUND.search(declarations)
    return bool(colour and background) and colour[1].strip() == background[1].strip()  # type: ignore[index]


def _white(colour: str) -> bool:
    """Whether a colour is white, or all but white.

    >>> [_white(each) for each in ("#FFF", "white", "rgb(250, 250, 250)", "#eee", "navy")]
    [True, True, True, False, False]
    """
    colour = colour.strip()
    if match := _HEX.match(colour):
        digits = match[1] if len(match[1]) == 6 else "".join(2 * digit for digit in match[1])
        return all(int(digits[at : at + 2], 16) >= _LEAST_WHITE for at in (0, 2, 4))
    if match := _RGB.match(colour):
        return all(int(part) >= _LEAST_WHITE for part in match.groups())
    return colour.lower() in ("white", "snow")


def _has_background(node: LexborNode, backgrounds: dict[int, bool]) -> bool:
    """Whether something is drawn behind an element: the nearest background decides. It is noted,
    so that elements asked for in the order of the page need their parents only.
    """
    if node.mem_id not in backgrounds:
        parent = node.parent
        backgrounds[node.mem_id] = parent is not None and backgrounds.get(parent.mem_id, False)
    return backgrounds[node.mem_id]
