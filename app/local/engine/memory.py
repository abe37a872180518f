"""What was computed from texts, remembered for the next time."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")


class Memory(Generic[V]):
    """The values of the texts that were used last. Thread-safe.

    Args:
        compute: the values of texts, in their order.
        capacity: how much is remembered, in what `size` counts.
        size: how much of the capacity a value takes; one by default.
    """

    def __init__(
        self,
        compute: Callable[[Sequence[str]], Iterable[V]],
        capacity: int,
        size: Callable[[V], int] = lambda _: 1,
    ) -> None:
        self._compute, self._capacity, self._size = compute, capacity, size
        self._values: OrderedDict[str, V] = OrderedDict()
        self._held = 0  # of the capacity
        self._lock = Lock()

    @property
    def is_full(self) -> bool:
        """Whether there is no room for a value of the mean size of those that are remembered."""
        with self._lock:
            mean = self._held / (len(self._values) or 1)
            return self._held + mean >= self._capacity

    def add(self, values: Iterable[tuple[str, V]]) -> None:
        """Remember values that were computed elsewhere, as long as none has to be forgotten for
        them. They are the first to be forgotten.
        """
        for text, value in values:
            size = self._size(value)
            with self._lock:
                if text not in self._values and self._held + size <= self._capacity:
                    self._values[text] = value
                    self._values.move_to_end(text, last=False)
                    self._held += size

    def of(
        self,
        texts: Sequence[str],
        compute: Callable[[Sequence[str]], Iterable[V]] | None = None,
    ) -> list[V]:
        """The value of each text. What is not remembered is computed in one batch, by the
        memory's `compute` or another one.
        """
        with self._lock:
            known = {text: self._values[text] for text in texts if text in self._values}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known |= zip(new, (compute or self._compute)(new), strict=True)
        with self._lock:
            for text in dict.fromkeys(texts):
                if text not in self._values:
                    self._values[text] = known[text]
                    self._held += self._size(known[text])
                self._values.move_to_end(text)
            while self._held > self._capacity:
                _, oldest = self._values.popitem(last=False)
                self._held -= self._size(oldest)
        return [known[text] for text in texts]
