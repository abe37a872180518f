"""The thread of a conversation: the way back is the way there, however turns supersede others."""

import random
from collections.abc import Sequence

import pytest

from app.conversations import StoredConversation, StoredTurn
from app.conversations.thread import superseded_by, walk
from app.events import Usage
from app.models import Text


def turn(number: int, supersedes: int | None = None, follows: int | None = None) -> StoredTurn:
    return StoredTurn(
        (Text(f"q{number}"),),
        (Text("a"),),
        (),
        Usage(0, 0),
        "m",
        supersedes=supersedes,
        follows=follows,
        number=number,
    )


class Shelf:
    """Turns by their numbers; it remembers which were read."""

    def __init__(self, turns: Sequence[StoredTurn | None]) -> None:
        self.turns = dict(enumerate(turns))
        self.read_numbers: list[int] = []

    def read(self, numbers: Sequence[int]) -> dict[int, StoredTurn | None]:
        self.read_numbers += numbers
        return {number: self.turns[number] for number in numbers}

    def walk(self, batch: int = 3) -> list[int]:
        return [one.number or 0 for one in walk(list(self.turns), self.read, batch)]


def some_conversation(chance: random.Random) -> list[StoredTurn | None]:
    """Turns as they are stored: some supersede one of the thread, some numbers were never used."""
    turns: list[StoredTurn | None] = []
    thread: list[int] = []
    for number in range(chance.randrange(12)):
        if chance.random() < 0.15:
            turns.append(None)
            continue
        supersedes = chance.choice(thread) if thread and chance.random() < 0.4 else None
        if supersedes is not None:
            thread = thread[: thread.index(supersedes)]
        follows = thread[-1] if supersedes is not None and thread else None
        turns.append(turn(number, supersedes, follows))
        thread.append(number)
    return turns


@pytest.mark.parametrize("seed", range(300))
def test_the_way_back_is_the_way_there(seed: int) -> None:
    turns = some_conversation(random.Random(seed))
    shelf = Shelf(turns)
    stored = [one for one in turns if one]
    thread = StoredConversation("t", stored).thread
    assert shelf.walk()[::-1] == [one.number for one in thread]
    assert len(shelf.read_numbers) == len(set(shelf.read_numbers)), "nothing is read twice"
    successors = superseded_by(stored)
    assert all(number < successor for number, successor in successors.items())


def test_a_turn_that_was_superseded_again_and_again_is_jumped_over() -> None:
    turns: list[StoredTurn | None] = [turn(0), turn(1)]
    turns += [turn(number, supersedes=number - 1, follows=0) for number in range(2, 100)]
    shelf = Shelf(turns)
    assert shelf.walk() == [99, 0]
    assert len(shelf.read_numbers) <= 2 * 3


def test_a_turn_is_superseded_by_the_one_that_took_it_out_of_the_thread() -> None:
    turns = [turn(0), turn(1), turn(2, 1, 0), turn(3), turn(4, 0), turn(5)]
    assert superseded_by(turns) == {1: 2, 0: 4, 2: 4, 3: 4}
