"""The metadata of chunks, indexed by key and value.

A filter is tested on each distinct value of its key, and not on each chunk.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import chain, compress, groupby, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.local.engine.store.checked import no_pause
from app.local.engine.store.contract import Metadata
from app.local.engine.store.filters import Condition, Filter
from app.local.engine.store.inverted import Integers, Inverted

Mask = NDArray[np.bool_]


class Names:
    """Metadata keys, ascending, and the values of each: JSON texts, ascending. Values that nobody
    asks for are not read.
    """

    def __init__(self, texts: Mapping[str, Sequence[str] | bytes]) -> None:
        self._texts = dict(texts)  # bytes: one text a line
        self._values: dict[str, list[Any]] = {}
        self._places: dict[str, slice] | None = None

    @classmethod
    def from_bytes(cls, content: NDArray[np.uint8]) -> "Names":
        """The names that `to_bytes` wrote."""
        keys, _, rest = content.tobytes().partition(b"\n")
        lines = rest.split(b"\n\n")
        return cls(dict(zip(json.loads(keys), lines, strict=False)))

    def to_bytes(self) -> NDArray[np.uint8]:
        """A line of keys, and for each a line for each value and an empty one."""
        keys = json.dumps(list(self._texts)).encode()
        lines = b"\n\n".join("\n".join(self.texts(key)).encode() for key in self._texts)
        return np.frombuffer(keys + b"\n" + lines, np.uint8)

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def texts(self, key: str) -> Sequence[str]:
        """The values of a key as JSON, ascending."""
        texts = self._texts.get(key, ())
        if isinstance(texts, bytes):
            texts = self._texts[key] = texts.decode().split("\n")
        return texts

    def values(self, key: str) -> list[Any]:
        """The values of a key, in the order of their texts."""
        if key not in self._values:
            self._values[key] = json.loads(f"[{','.join(self.texts(key))}]")
        return self._values[key]

    def places(self, key: str) -> slice:
        """The places of a key's values among those of all keys."""
        if self._places is None:
            sizes = [
                texts.count(b"\n") + 1 if isinstance(texts, bytes) else len(texts)
                for texts in self._texts.values()
            ]
            stops = np.cumsum([0, *sizes]).tolist()
            self._places = {
                name: slice(*pair) for name, pair in zip(self._texts, pairwise(stops), strict=True)
            }
        return self._places.get(key, slice(0, 0))


@dataclass(frozen=True)
class Attributes:
    """An inverted index from the places of `names` to rows."""

    names: Names
    index: Inverted

    @classmethod
    def of(cls, metadata: Sequence[Metadata]) -> "Attributes":
        """Build the index from the metadata of each row."""
        texts: dict[str, set[str]] = {}
        pairs = [
            (key, _json(value), row)
            for row, attributes in enumerate(metadata)
            for key, value in attributes.items()
        ]
        for key, text, _ in pairs:
            texts.setdefault(key, set()).add(text)
        names = Names({key: sorted(texts[key]) for key in sorted(texts)})
        places = {key: _placed(names, key) for key in names}
        keys = np.array([places[key][text] for key, text, _ in pairs], np.uint64)
        rows = np.array([row for _, _, row in pairs], np.int32)
        return cls(names, Inverted.of(keys, rows, np.ones(len(rows), np.uint16)))

    @classmethod
    def merge(
        cls, parts: Sequence["Attributes"], pause: Callable[[], None] = no_pause
    ) -> "Attributes":
        """The index over the rows of all parts.

        Args:
            pause: called between two steps.
        """
        keys = sorted({key for part in parts for key in part.names})
        texts = {}
        for key in keys:
            # Sorting runs that are sorted takes no longer than to read them. What follows is slower
            # than a dictionary, and lets other threads have the interpreter.
            ordered = sorted(chain(*(part.names.texts(key) for part in parts)))
            pause()
            texts[key] = [text for text, _ in groupby(ordered)]
        names = Names(texts)
        new_keys = [np.empty(len(part.index.keys), np.uint64) for part in parts]
        for key in keys:
            places = _placed(names, key)
            pause()
            for part, to in zip(parts, new_keys, strict=True):
                to[part.names.places(key)] = [places[text] for text in part.names.texts(key)]
        indexes = [replace(part.index, keys=to) for part, to in zip(parts, new_keys, strict=True)]
        return cls(names, Inverted.merge(indexes, pause))

    def move(self, places: Integers) -> "Attributes":
        """The index with row r at `places[r]`, and without the rows where that is -1."""
        index = self.index.move(places)
        if len(index.keys) == len(self.index.keys):
            return Attributes(self.names, index)
        is_left = np.zeros(len(self.index.keys), np.bool_)
        is_left[index.keys.astype(np.intp)] = True
        texts = {
            key: list(compress(self.names.texts(key), is_left[self.names.places(key)].tolist()))
            for key in self.names
        }
        names = Names({key: each for key, each in texts.items() if each})
        return Attributes(names, replace(index, keys=np.arange(len(index.keys), dtype=np.uint64)))

    def mask(self, where: Filter, n: int) -> Mask:
        """Which of the n rows pass the filter: (n,)."""
        if isinstance(where, Condition):
            return self._passing(where, n)
        combine = np.logical_and if where.quantifier == "all" else np.logical_or
        return reduce(combine, (self.mask(member, n) for member in where.members))

    def count(self, key: str, alive: Mask) -> Counter[str]:
        """How many living rows have each value of a key, as JSON; of a list each member."""
        counts: Counter[str] = Counter()
        first = self.names.places(key).start
        for place, value in enumerate(self.names.values(key), first):
            rows = self._rows(place, place + 1)
            if living := np.count_nonzero(alive[rows]):
                members = set(value) if isinstance(value, list) else {value}
                counts.update({_json(member): int(living) for member in members})
        return counts

    def _passing(self, condition: Condition, n: int) -> Mask:
        start = self.names.places(condition.key).start
        passing = np.array(condition.passing(self.names.values(condition.key)), np.bool_)
        mask = np.full(n, condition.passes_without)  # (n,)
        for first, last in _runs(passing != condition.passes_without):
            mask[self._rows(start + first, start + last)] = not condition.passes_without
        return mask

    def _rows(self, first: int, last: int) -> Integers:
        """The rows that have one of the values at these places."""
        start, stop = self.index.starts[[first, last]].tolist()
        rows, _ = self.index.postings.part(slice(start, stop))
        return rows


def _runs(mask: Mask) -> Iterator[tuple[int, int]]:
    """The runs of what is true, [first, last).

    >>> list(_runs(np.array([True, True, False, True])))
    [(0, 2), (3, 4)]
    """
    edges = np.flatnonzero(np.diff(mask, prepend=False, append=False))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _placed(names: Names, key: str) -> dict[str, int]:
    """The place of each value of a key, as JSON."""
    return {text: place for place, text in enumerate(names.texts(key), names.places(key).start)}
