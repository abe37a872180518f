"""What is missing between the letters of a PDF's line, by the places of the letters.

PDFium takes a letter that is drawn again within 0.07 times the font's size for the shadow of the
first, and leaves it out. Arabic fonts have strokes as narrow as that, which lengthen the letters of
a word; what is left is a gap within a word whose letters join. And the mark of a note is raised,
but follows its word without a space: "liability3" is a word that nobody searches for.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Protocol

from app.local import lazy_re as re

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_JOINING = re.compile("(?<=[\u0620-\u06ff])[\u0620-\u06ff]")
_NARROW = 0.2  # times the size: a letter that PDFium may take for a shadow is narrower
_GAP = 0.02  # times the size: between joined letters there is none, and PDFium's boxes overlap

# Units, formulas and functions have raised numbers too (km2, mol2, sin2), so a word has four
# letters; in scripts that write no units, one.
_NOTED = re.compile(r"(?:[^\W\d_\u0590-\uffff]{4}|[^\W\d_\u0000-\u058f])(?=\d{1,3}(?!\w))")
_RAISED = 0.15  # times the size: the least rise of a note's mark above its line

Span = tuple[int, int]


class LetterBox(Protocol):
    """The place of a letter, in points from the page's lower left corner."""

    left: float
    bottom: float
    right: float
    top: float


class LetterBoxes(Protocol):
    """The boxes of a line's letters, by their places in its text."""

    def __call__(self, at: int, /) -> LetterBox: ...


def insertions(text: str, box: LetterBoxes) -> Iterator[tuple[int, str]]:
    """What is missing in a line, each with the place in `text` before which it stands."""
    for match in _NOTED.finditer(text):
        letter, mark = box(match.end() - 1), box(match.end())
        if mark.bottom - letter.bottom > _RAISED * (letter.top - letter.bottom):
            yield match.end(), " "
    if RIGHT_TO_LEFT.search(text):
        for match in _JOINING.finditer(text):
            before, own = box(match.start() - 1), box(match.start())
            size = own.top - own.bottom
            is_narrow = own.right - own.left < _NARROW * size
            if is_narrow and _GAP * size < before.left - own.right < _NARROW * size:
                yield match.start(), match[0]


def inserted(
    text: str, spans: Sequence[Span], missing: Mapping[int, str]
) -> tuple[str, list[Span]]:
    """The text with what is missing in it, and where the words at `spans` are then.

    >>> inserted("a XX", [(0, 1), (2, 3), (3, 4)], {3: " "})
    ('a X X', [(0, 1), (2, 3), (4, 5)])
    >>> inserted("fire3 and", [(0, 5), (6, 9)], {4: " "})
    ('fire 3 and', [(0, 6), (7, 10)])
    """
    if not missing:
        return text, list(spans)
    places = sorted(missing)
    cuts = [0, *places, len(text)]
    parts = (missing.get(a, "") + text[a:b] for a, b in pairwise(cuts))
    lengths = [0, *accumulate(len(missing[place]) for place in places)]
    shifted = [
        (
            start + lengths[sum(place <= start for place in places)],
            end + lengths[sum(place < end for place in places)],
        )
        for start, end in spans
    ]
    return "".join(parts), shifted
