"""The turns of one owner's conversations, as objects: how they are found, read and written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.conversations.keys import Keys, number_of
from app.conversations.objects import AT_ONCE, Objects
from app.conversations.thread import walk
from app.conversations.turns import VOID, StoredTurn, dump, load
from app.errors import Conflict, NotFound, OutcropError


@dataclass(frozen=True, slots=True)
class Shelf:
    """The turns of one owner's conversations."""

    objects: Objects
    keys: Keys

    def keys_of(self, conversation: str) -> tuple[list[str], bool]:
        """The keys of the turns, by number, and whether there is a tombstone."""
        keys = [each.key for each in self.objects.walk(self.keys.folder(conversation))]
        tombstone = self.keys.tombstone(conversation)
        return [key for key in keys if key != tombstone], tombstone in keys

    def read(self, keys: Sequence[str]) -> list[StoredTurn]:
        """The turns of these keys. A key that is gone was deleted with its conversation."""
        try:
            bodies = self.objects.get_all(keys)
        except NotFound:
            return []
        turns = (load(body, number_of(key)) for key, body in zip(keys, bodies, strict=True))
        return [turn for turn in turns if turn]

    def walk(self, keys: Sequence[str], batch: int = AT_ONCE) -> Iterator[StoredTurn]:
        """The turns of the thread among these keys, the latest first."""
        by_number = {number_of(key): key for key in keys}

        def of(numbers: Sequence[int]) -> dict[int, StoredTurn | None]:
            turns = {turn.number: turn for turn in self.read([by_number[n] for n in numbers])}
            return {number: turns.get(number) for number in numbers}

        return walk(list(by_number), of, batch)

    def claim(self, key: str, turn: StoredTurn) -> None:
        """Write the turn under its number, and make sure whether it was written.

        If the response to the write is lost, nobody knows; the write may even be carried out later.
        Then a void object is written under the number: if that succeeds, the turn will never be
        stored.

        Raises:
            Conflict: another turn has the number.
            OutcropError: the turn is not stored.
        """
        try:
            self.objects.put(key, dump(turn), once=True)
            return
        except (
            Conflict
        ):  # the number belongs to another turn; or to this one, if the request was sent twice
            pass
        except OutcropError as error:
            try:
                self.objects.put(key, VOID, once=True)
            except Conflict:
                pass
            else:
                raise error from None
        try:
            ours = self.objects.get(key) == dump(turn)
        except NotFound:  # S3 is still writing the other turn, or its conversation is deleted
            ours = False
        if not ours:
            raise Conflict(
                "Another turn of this conversation ended first. Ask again to go on from it.",
                field="conversationId",
            )
