"""The thread of a conversation: the turns that a reader sees and a model is told.

A turn is written once, so a question that is edited, or answered again, is a further turn. It names
the turn whose place it takes; that one and all after it are then no part of the thread, though they
stay stored.

    0  1  2            thread  0 1 2
    0  1  2  3 for 1   thread  0 3
    0  1  2  3  4      thread  0 3 4

The number of a turn is taken by a conditional write. So of two turns that supersede at once, one is
stored, and there is one thread.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from app.conversations.turns import StoredTurn

Numbered = Mapping[int, StoredTurn | None]


def walk(
    numbers: Sequence[int], read: Callable[[Sequence[int]], Numbered], batch: int
) -> Iterator[StoredTurn]:
    """The turns of the thread, the latest first. No more are read than are asked for, and those of
    a batch.

    Args:
        numbers: of all that is stored, in order.
        read: reads turns; None stands for a number that was taken and never used.
        batch: how many are read together, on the way back.
    """
    places = {number: place for place, number in enumerate(numbers)}
    known: dict[int, StoredTurn | None] = {}
    place = len(numbers) - 1
    while place >= 0:
        number = numbers[place]
        if number not in known:
            known |= read(numbers[max(0, place + 1 - batch) : place + 1])
        turn = known[number]
        if turn is None or turn.supersedes is None:
            place -= 1
        elif turn.follows is None:
            place = -1
        else:
            place = places.get(turn.follows, -1)
        if turn is not None:
            yield turn


def superseded_by(turns: Sequence[StoredTurn]) -> dict[int, int]:
    """Of each turn that is no part of the thread any more, which turn took its place.

    Args:
        turns: every turn of the conversation, oldest first.
    """
    thread: list[int] = []
    successors: dict[int, int] = {}
    for turn in turns:
        assert turn.number is not None, "it is stored"
        if turn.supersedes is not None:
            successors |= {number: turn.number for number in thread if number >= turn.supersedes}
            thread = [number for number in thread if number < turn.supersedes]
        thread.append(turn.number)
    return successors
