"""Links and pictures of a page in Markdown, where they tell a reader anything."""

from selectolax.lexbor import LexborNode

from app.local import lazy_re as re
from app.local.engine.parsers.render import line

_BACK = (
    "\u00b6",
    "#",
    "\U0001f517",
    "\u2191",
    "\u21a9",
    "\u21a9\ufe0e",
    "^",
)  # arrows from a note to its place in the text
_LONGEST_ADDRESS = 200  # characters; a longer address is for tracking, and tells a reader nothing
_PICTURE_FILE = re.compile(r"\.(?:avif|bmp|gif|ico|jpe?g|png|svgz?|tiff?|webp)\Z", re.IGNORECASE)


def alternative(image: LexborNode) -> str:
    """What stands for a picture: its alternative text, unless that is a file's name, or a caption
    says the same.
    """
    text = line(image.attributes.get("alt") or "")
    figure = image.parent
    while figure is not None and figure.tag in ("a", "picture", "div", "span"):
        figure = figure.parent
    caption = figure.css_first("figcaption") if figure is not None else None
    if _PICTURE_FILE.search(text) or (caption is not None and line(caption.text()) == text):
        return ""
    return text


def enlarges(anchor: LexborNode) -> bool:
    """Whether a link leads from a picture to a picture's file, in which there is no text."""
    address = (anchor.attributes.get("href") or "").partition("#")[0].partition("?")[0]
    return bool(_PICTURE_FILE.search(address)) and not line(anchor.text())


def link(text: str, address: str | None) -> str:
    """A Markdown link; the text alone where the address is missing or useless.

    >>> link("the docs ", "https://example.com/a")
    '[the docs](https://example.com/a) '
    """
    address = (address or "").strip()
    label = line(text)
    if address.startswith("#") and label in _BACK:
        return ""
    if not label or not address or address.startswith(("#", "javascript:", "data:")):
        return text
    if len(address) > _LONGEST_ADDRESS or " " in address or "\n" in text.strip():
        return text
    return text.replace(text.strip(), f"[{label}]({address})")
