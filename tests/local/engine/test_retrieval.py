"""Children folded into their parents, page by page."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.local.engine.retrieval import fold
from app.local.engine.store import Hit


class Parents:
    """A store that knows these parents."""

    def __init__(self, *ids: str) -> None:
        self._ids = ids

    def parents(self, ids: Sequence[str]) -> dict[str, Hit]:
        return {i: hit(i, None, 0.0) for i in ids if i in self._ids}


def hit(identifier: str, parent: str | None, score: float) -> Hit:
    return Hit(identifier, "source/s3://docs/a.md", f"text of {identifier}", {}, score, parent)


HITS = [
    hit("a1", "a", 0.9),
    hit("b1", "b", 0.8),
    hit("lone", None, 0.7),
    hit("a2", "a", 0.6),
    hit("c1", "c", 0.5),
]


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (0, [(0, "a", 0.9), (1, "b", 0.8), (2, "lone", 0.7), (4, "c", 0.5)]),
        (1, [(1, "b", 0.8), (2, "lone", 0.7), (4, "c", 0.5)]),
        (3, [(4, "c", 0.5)]),
    ],
)
def test_a_parent_comes_once_and_with_its_best_child(start: int, expected: Any) -> None:
    store: Any = Parents("a", "b", "c")
    assert [(rank, h.id, h.score) for rank, h in fold(store, HITS, start)] == expected


def test_a_parent_that_was_replaced_meanwhile_is_left_out() -> None:
    store: Any = Parents("b", "c")
    assert [h.id for _, h in fold(store, HITS, 0)] == ["b", "lone", "c"]


def test_results_without_parents_are_returned_as_they_are() -> None:
    store: Any = Parents()
    flat = [replace(h, parent=None) for h in HITS]
    assert [h for _, h in fold(store, flat, 2)] == flat[2:]
