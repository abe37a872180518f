"""The metadata of chunks, indexed by key and value.

A filter is tested on each distinct value of its key, and not on each chunk.
"""

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.local.engine.store.contract import Metadata
from app.local.engine.store.filters import Condition, Filter
from app.local.engine.store.inverted import Integers, Inverted

Mask = NDArray[np.bool_]
Name = tuple[str, str]  # a metadata key, and a value of it as JSON


@dataclass(frozen=True)
class Attributes:
    """An inverted index from `names` to rows. The names ascend, so a key's values are
    neighbours.
    """

    names: Sequence[Name]
    index: Inverted

    @classmethod
    def of(cls, metadata: Sequence[Metadata]) -> "Attributes":
        """Build the index from the metadata of each row."""
        pairs = [
            ((key, _json(value)), row)
            for row, attributes in enumerate(metadata)
            for key, value in attributes.items()
        ]
        names = sorted({name for name, _ in pairs})
        keys = _places(names, [name for name, _ in pairs])
        rows = np.array([row for _, row in pairs], np.int32)
        return cls(names, Inverted.of(keys, rows, np.ones(len(rows), np.uint16)))

    @classmethod
    def merge(cls, parts: Sequence["Attributes"]) -> "Attributes":
        """The index over the rows of all parts."""
        names = sorted({name for part in parts for name in part.names})
        indexes = [replace(part.index, keys=_places(names, part.names)) for part in parts]
        return cls(names, Inverted.merge(indexes))

    def move(self, places: Integers) -> "Attributes":
        """The index with row r at `places[r]`, and without the rows where that is -1."""
        index = self.index.move(places)
        return Attributes([self.names[key] for key in index.keys.tolist()], index)

    def mask(self, where: Filter, n: int) -> Mask:
        """Which of the n rows pass the filter: (n,)."""
        if isinstance(where, Condition):
            return self._passing(where, n)
        combine = np.logical_and if where.quantifier == "all" else np.logical_or
        return reduce(combine, (self.mask(member, n) for member in where.members))

    def count(self, key: str, alive: Mask) -> Counter[str]:
        """How many living rows have each value of a key, as JSON; of a list each member."""
        counts: Counter[str] = Counter()
        values = self._values_of(key)
        for place in range(values.start, values.stop):
            rows = self.index.rows[self.index.starts[place] : self.index.starts[place + 1]]
            if living := np.count_nonzero(alive[rows]):
                value = self._values[place]
                members = set(value) if isinstance(value, list) else {value}
                counts.update({_json(member): int(living) for member in members})
        return counts

    def _passing(self, condition: Condition, n: int) -> Mask:
        values = self._values_of(condition.key)
        passing = np.array(condition.passing(self._values[values]), np.bool_)  # (values,)
        mask = np.full(n, condition.passes_without)  # (n,)
        for first, last in _runs(passing != condition.passes_without):
            starts = self.index.starts[[values.start + first, values.start + last]]
            mask[self.index.rows[slice(*starts)]] = not condition.passes_without
        return mask

    def _values_of(self, key: str) -> slice:
        """The names of a key. JSON texts sort after "" and before "~"."""
        return slice(bisect_left(self.names, (key, "")), bisect_left(self.names, (key, "~")))

    @cached_property
    def _values(self) -> list[Any]:
        return list(json.loads(f"[{','.join(value for _, value in self.names)}]"))


def _runs(mask: Mask) -> Iterator[tuple[int, int]]:
    """The runs of what is true, [first, last).

    >>> list(_runs(np.array([True, True, False, True])))
    [(0, 2), (3, 4)]
    """
    edges = np.flatnonzero(np.diff(mask, prepend=False, append=False))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _places(names: Sequence[Name], subset: Sequence[Name]) -> Integers:
    """The place in `names` of each name of `subset`."""
    places = {name: place for place, name in enumerate(names)}
    return np.array([places[name] for name in subset], np.uint64)
