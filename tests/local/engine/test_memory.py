"""Values of texts are computed once, and forgotten in the order in which they were used."""

from collections.abc import Sequence

from app.local.engine.memory import Memory


class Lengths:
    """Computes the lengths of texts, and knows what it was asked."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    def __call__(self, texts: Sequence[str]) -> list[int]:
        self.batches.append(list(texts))
        return [len(text) for text in texts]


def test_only_what_is_new_is_computed_and_in_one_batch() -> None:
    lengths = Lengths()
    memory = Memory(lengths, 10)
    assert memory.of(["a", "bb", "a"]) == [1, 2, 1]
    assert memory.of(["bb", "ccc"]) == [2, 3]
    assert memory.of([]) == []
    assert lengths.batches == [["a", "bb"], ["ccc"]]


def test_what_was_not_used_for_longest_is_forgotten_first() -> None:
    lengths = Lengths()
    memory = Memory(lengths, 2)
    memory.of(["a", "bb"])
    memory.of(["a"])
    memory.of(["ccc"])  # in place of bb
    memory.of(["a"])
    memory.of(["bb"])
    assert lengths.batches == [["a", "bb"], ["ccc"], ["bb"]]


def test_a_value_takes_as_much_as_its_size() -> None:
    lengths = Lengths()
    memory = Memory(lengths, 5, size=lambda length: length)
    memory.of(["aaa", "bb"])
    memory.of(["c"])  # in place of aaa
    memory.of(["bb", "c"])
    memory.of(["aaa"])
    assert lengths.batches == [["aaa", "bb"], ["c"], ["aaa"]]
    assert memory.of(["much too long"]) == [13]
