"""What was cut in two between chunks, joined in the results of a search.

    chunk 4    ... Berths cost:              a search finds 5, and the result begins with
               - B1: 30                      "Berths cost:", and ends where the list ends
    chunk 5    - B2: 31

Bedrock returns chunks as they were cut. What is joined here is at most the block that was cut; of a
block that is longer than `chunk.blocks.LONGEST`, nothing. No text is in two results because it was
joined to one of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from app.local.engine.neighbours import Neighbours
from app.local.engine.store import Hit


def joined(hits: Iterable[tuple[int, Hit]]) -> Iterator[tuple[int, Hit]]:
    """The hits, each joined with what completes it, as far as no hit before it says that. What was
    joined to a hit before is left out of a hit's own text; where nothing is left, so is the hit.

    Args:
        hits: with their ranks, best first.
    """
    earlier: defaultdict[str, list[Neighbours]] = defaultdict(list)
    for rank, hit in hits:
        if hit.neighbours is None:
            yield rank, hit
        elif rest := _unsaid(hit.neighbours, earlier[hit.document]):
            text = _text(hit.text, hit.neighbours, rest)
            if text.strip():
                earlier[hit.document].append(rest)
                yield rank, replace(hit, text=text, neighbours=rest)


def _unsaid(own: Neighbours, earlier: Sequence[Neighbours]) -> Neighbours | None:
    """What a hit may say, so that nothing is said twice; None for nothing."""
    start, end, before, after = own.start, own.end, own.before, own.after
    for other in earlier:
        if other.first <= own.start and own.end <= other.last:
            return None
        if other.after and start < other.last < end:
            start, before = other.last, ""
        if other.before and start < other.first < end:
            end, after = other.first, ""
        if own.first < other.last and other.first < own.start:
            before = ""
        if own.end < other.last and other.first < own.last:
            after = ""
    return Neighbours(start, end, before, after, own.header if start == own.start else 0)


def _text(text: str, own: Neighbours, rest: Neighbours) -> str:
    """The text of what is said, of a chunk with this text."""
    words = text[own.header :]
    left_out = len(words) - (own.end - rest.end)
    if rest.start > own.start:
        return words[rest.start - own.start : left_out].strip() + rest.after
    header = "" if rest.before else text[: own.header]
    return f"{rest.before}{header}{words[:left_out].rstrip()}{rest.after}"
