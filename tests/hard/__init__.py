"""What holds under much: thousands of faults, kills, storms and broken requests.

`python -m tests.hard` runs every suite at its full number, `make hard` does the same. A suite is a
file with a `run(plan)` that yields the rows of one table: what was counted, and how many times a
promise was broken. All of it is seeded, bounded, and stays on the loopback interface.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """How much a suite is to do.

    Attributes:
        number: how many times; None takes the suite's own `NUMBER`.
        seed: what every random choice follows from.
    """

    number: int | None = None
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Count:
    """A line of a suite's result.

    Attributes:
        name: what was counted.
        number: how many there were.
        allowed: how many there may be; None where the number only informs.
        examples: some of those that should not be, for whoever mends them.
    """

    name: str
    number: float
    allowed: float | None = None
    examples: tuple[str, ...] = ()

    @property
    def broken(self) -> bool:
        """Whether there were more than there may be."""
        return self.allowed is not None and self.number > self.allowed


class Unavailable(Exception):
    """The machine lacks what a suite needs; the message says what."""
