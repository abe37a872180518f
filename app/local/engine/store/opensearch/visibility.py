"""Which generations readers are shown, so that a document changes from one moment to the next.

    put        the new generation is hidden before its first chunk is written
    refresh    OpenSearch shows the new chunks, and still the old ones; then readers are shown the
               one and not the other, at once; and when the last reader that began before has
               ended, the old chunks are deleted

So no reader waits, and none sees chunks of two generations of a document, or a part of one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Condition


class Visibility:
    """The hidden generations, and who reads at present."""

    def __init__(self) -> None:
        self._hidden: frozenset[int] = frozenset()
        self._era = 0
        self._readers: Counter[int] = Counter()  # by the era in which they began
        self._changed = Condition()

    @contextmanager
    def reading(self) -> Iterator[frozenset[int]]:
        """Yield the hidden generations. None of those that are not hidden loses a chunk meanwhile,
        as long as whoever deletes them calls `wait_for_readers` first.
        """
        with self._changed:
            era, hidden = self._era, self._hidden
            self._readers[era] += 1
        try:
            yield hidden
        finally:
            with self._changed:
                self._readers[era] -= 1
                self._changed.notify_all()

    def change(self, hide: Iterable[int] = (), show: Iterable[int] = ()) -> None:
        """Hide generations and show others, at once."""
        with self._changed:
            self._hidden = (self._hidden - frozenset(show)) | frozenset(hide)
            self._era += 1

    def wait_for_readers(self) -> None:
        """Wait for every reader that began before the last change."""
        with self._changed:
            era = self._era
            self._changed.wait_for(
                lambda: not any(n for begin, n in self._readers.items() if begin < era)
            )
            self._readers = +self._readers
