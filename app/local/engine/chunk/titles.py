r"""The title of a document: the heading of the highest level among the first.

    [![build](badge.svg)](https://example.com)      no words: badges, pictures, links, rules and
    --------                                        anchors
    # Ferries                                       the title
    They cross the bay ...

A heading of a lower level is the title if no other is as high: of several, each begins a section,
as under "Introduction" and "Usage". A heading of the first level that is alone may have a few words
before it: a slogan, a notice, what a logo is called.
"""

from collections.abc import Iterator, Sequence

from app.local import lazy_re as re
from app.local.engine.chunk.headings import Heading, heading
from app.local.engine.text import FENCE

FEW = 300
"""Letters and digits before a title, at most."""

_NO_WORDS = re.compile(
    r"!?\[(?:[^\[\]]++|\[[^\[\]]*+\])*+\]\([^()]*+\)"  # a picture, a link, a link on a picture
    r"|<[^<>]*>"  # a tag, or an address
    r"|https?://\S+"
    r"|[\W_]"
)


def title(texts: Sequence[str]) -> str:
    r"""The title of a document; "" if it has none.

    >>> title(["--------\n\n# Fees<a name=\"fees\"></a>\n\nCars pay 30.\n\n# Times"])
    'Fees'
    >>> title(["Ferries cross the bay.\n\n# Fees\n\nCars pay 30."])
    'Fees'
    >>> title(["Ferries cross the bay.\n\n# Fees\n\nCars pay 30.", "# Times"])
    ''

    Args:
        texts: of its sections, in order; the title is in the first.
    """
    bare: list[Heading] = []  # with no words before them
    after: list[Heading] = []  # with a few
    count = 0
    for one in _lines(texts[0] if texts else ""):
        if isinstance(one, Heading):
            (after if count else bare).append(one)
        else:
            count += len(_NO_WORDS.sub("", one))
            if count > FEW:
                break
    first = [one for one in after if one.level == 1]
    best = min([*bare, *first[:1]], key=lambda one: one.level, default=None)
    if best is None:
        return ""
    stands_first = best in bare and best.level == 1
    return best.words if stands_first or _are_up_to(best.level, texts) == 1 else ""


def _are_up_to(level: int, texts: Sequence[str]) -> int:
    """How many headings of a level, or of higher ones, the texts have."""
    return sum(
        isinstance(one, Heading) and one.level <= level for text in texts for one in _lines(text)
    )


def _lines(text: str) -> Iterator[Heading | str]:
    """The headings of a text, and its other lines."""
    in_code, start = False, 0
    for line in text.split("\n"):
        is_fence = FENCE.match(line) is not None
        head = None if in_code or is_fence else heading(line, start)
        in_code ^= is_fence
        yield line if head is None else head
        start += len(line) + 1
