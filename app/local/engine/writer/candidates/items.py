"""A list of Markdown -> its items, and the lists that stand under them."""

from collections.abc import Iterator, Sequence
from textwrap import dedent

from app.local.engine.text import sentences
from app.local.engine.writer.candidates.blocks import ITEM, Block
from app.local.engine.writer.candidates.plain import plain

_LONGEST = 600  # characters of an item that is said whole
_LONGEST_LEAD = 400  # characters of an item that leads in to a list


def item_texts(block: Block) -> list[str]:
    """The words of each item, with those of what belongs to it."""
    texts = [plain(without_marker(item)) for item in _items(block.lines)]
    return [one for one in texts if one]


def _items(lines: Sequence[str]) -> Iterator[str]:
    """The items of a list, each with what belongs to it."""
    item: list[str] = []
    for line in lines:
        if ITEM.match(line) and item:
            yield "\n".join(item)
            item = []
        item.append(line)
    yield "\n".join(item)


def under_items(lines: Sequence[str], longest: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The items that have several items under them, and the lines of those.

    Args:
        longest: characters of all that stands under an item, for it to count.
    """
    items = [item for item in _items(lines) if item.strip()]
    widths = [len(item) - len(item.lstrip()) for item in items]
    for place, item in enumerate(items):
        if len(item) > _LONGEST_LEAD:
            continue
        end, length = place + 1, 0
        while end < len(items) and widths[end] > widths[place] and length <= longest:
            length += len(items[end])
            end += 1
        under = items[place + 1 : end]
        if len(under) > 1 and length <= longest:
            yield item, tuple(dedent("\n".join(under)).split("\n"))


def without_marker(item: str) -> str:
    """An item without its dash or number."""
    marker = ITEM.match(item)
    return item[marker.end() :] if marker else item


def leads(texts: Sequence[str]) -> bool:
    """Whether the last item of a list leads in to what stands below the list."""
    return bool(texts) and texts[-1].endswith(":")


def item_parts(item: str) -> Iterator[str]:
    """An item, whole; one that is very long, sentence by sentence."""
    if len(item) <= _LONGEST:
        yield item
    else:
        for start, end in sentences(item):
            yield item[start:end]
