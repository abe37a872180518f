"""The order in which a reader goes over the shapes of a slide: by their places, not as drawn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

_OVERLAP = 0.15  # of the smaller of two boxes: boxes are larger than what they show
_LEAST_ROWS = 3
_MOST_PARTED = 400  # shapes; more are read by their upper edges
_NONE = float("-inf")

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Box:
    """A place on a slide, in any unit, from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float

    def is_outside(self, width: float, height: float) -> bool:
        """Whether no part of it lies on a slide of this size."""
        return self.right <= 0 or self.bottom <= 0 or self.left >= width or self.top >= height


@dataclass(frozen=True)
class Placed(Generic[Thing]):
    """Something at its place."""

    thing: Thing
    box: Box


def reading_order(shapes: Sequence[Placed[Thing]]) -> Iterator[Thing]:
    """The things, from top to bottom and from left to right.

    The widest gap that goes through all of them parts them in two rows or two columns, and then
    each of these is parted in turn: what is close together is read together.
    """
    if len(shapes) < 2:
        yield from (shape.thing for shape in shapes)
        return
    row_gap, rows = _widest_gap([(each.box.top, each.box.bottom) for each in shapes])
    column_gap, columns = _widest_gap([(each.box.left, each.box.right) for each in shapes])
    if row_gap == column_gap == _NONE or len(shapes) > _MOST_PARTED:
        in_order = sorted(shapes, key=lambda each: (each.box.top, each.box.left))
        yield from (shape.thing for shape in in_order)
        return
    if column_gap > row_gap and (pairs := _labels(shapes, columns)):
        yield from (shape.thing for pair in pairs for shape in pair)
        return
    firsts = rows if row_gap >= column_gap else columns
    yield from reading_order([shape for at, shape in enumerate(shapes) if at in firsts])
    yield from reading_order([shape for at, shape in enumerate(shapes) if at not in firsts])


def _labels(
    shapes: Sequence[Placed[Thing]], left: set[int]
) -> list[tuple[Placed[Thing], Placed[Thing]]]:
    """Labels on the left, each with the value beside it on the right: boxes of one height in rows,
    three at least. None if the shapes are anything else.
    """
    labels, values = (
        sorted(
            (shape for at, shape in enumerate(shapes) if (at in left) == is_left),
            key=lambda shape: shape.box.top,
        )
        for is_left in (True, False)
    )
    if len(labels) < _LEAST_ROWS or len(labels) != len(values):
        return []
    pairs = list(zip(labels, values, strict=True))
    height = max(label.box.bottom - label.box.top for label in labels)
    are_rows = all(
        abs(label.box.top - value.box.top) <= _OVERLAP * height
        and abs(label.box.bottom - value.box.bottom) <= _OVERLAP * height
        and label.box.bottom - label.box.top >= (1 - _OVERLAP) * height
        for label, value in pairs
    )
    return pairs if are_rows else []


def _widest_gap(spans: Sequence[tuple[float, float]]) -> tuple[float, set[int]]:
    """The widest gap between spans, and the numbers of those before it. Spans that overlap by a
    little count as apart, with a gap below zero.
    """
    order = sorted(range(len(spans)), key=spans.__getitem__)
    widest, before = _NONE, set[int]()
    last, passed = order[0], {order[0]}
    for at in order[1:]:
        start, end = spans[at]
        gap = start - spans[last][1]
        smaller = min(end - start, spans[last][1] - spans[last][0])
        if gap > widest and gap >= -_OVERLAP * smaller:
            widest, before = gap, set(passed)
        if end > spans[last][1]:
            last = at
        passed.add(at)
    return widest, before
