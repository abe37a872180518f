"""Conversations: one object a turn, in a bucket of their own, written once, never rewritten.

    append      claim the turn's number -- enter the first turn's line -- was it deleted meanwhile?
    delete      set the tombstone -- remove the line -- remove the turns
    summaries   finish what was left unfinished -- list the lines

S3 has no transactions, so each step leaves a state that the next caller can finish, and a crash
between two leaves no line without its conversation:

- A turn's number is claimed by a conditional write: of two turns that end at once, one is stored.
- The line of the list follows from the first turn, and is written after it.
- A tombstone makes a conversation not there, whatever objects it still has, and for good: a turn
  looks for it once it is stored, and takes itself back.
- Who begins or deletes a conversation first says so under `unfinished/`, and takes that back at
  the end. Whoever lists conversations finds what a crash left there, and finishes it.

A conversation belongs to its principal because the principal is part of every key: another's
conversation is not forbidden, it is not there.
"""

import hashlib
import json
import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from app.conversations.keys import Keys, Line, after, number_of, read_line
from app.conversations.objects import Object, Objects
from app.conversations.turns import VOID, StoredTurn, dump, load
from app.errors import Conflict, NotFound, OutcropError
from app.models import text_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = ["Conversations", "History", "StoredTurn", "Summary", "new_id"]

log = logging.getLogger(__name__)

DELETED = "This conversation was deleted. Begin a new one, with another id."
ABANDONED = timedelta(minutes=30)  # by then nobody is at work any more who had begun


@dataclass(frozen=True, slots=True)
class Summary:
    """A line in the list of conversations."""

    id: str
    title: str
    started: datetime


@dataclass(frozen=True, slots=True)
class History:
    """What a turn has to know of those before it.

    Attributes:
        number: the one that the next turn will have.
        turns: the latest, oldest first; none at the beginning of a conversation.
    """

    number: int
    turns: Sequence[StoredTurn]


BEGINNING = History(0, ())


def new_id() -> str:
    """A conversation's id: 128 random bits, so that none can be guessed."""
    return secrets.token_hex(16)


@dataclass(slots=True)
class _Unfinished:
    """What is being begun or deleted. `later`: it is left to whoever lists conversations next."""

    later: bool = False


class Conversations:
    """The conversations of one principal.

    Args:
        s3: where they are kept.
        bucket: a bucket that holds nothing else.
        principal: whose they are; only its hash is written.
    """

    def __init__(self, s3: "S3Client", bucket: str, principal: str) -> None:
        self._objects = Objects(s3, bucket)
        self._keys = Keys(hashlib.sha256(principal.encode()).hexdigest()[:32])

    def turns(self, conversation: str) -> list[StoredTurn]:
        """Every turn, oldest first: none if there is no such conversation, or it is another's."""
        keys, deleted = self._turns(conversation)
        return [] if deleted else self._read(keys)

    def history(self, conversation: str, latest: int) -> History:
        """Where a conversation stands, with as many of its latest turns as asked for.

        It takes a request to list the turns, and one for each that is read.

        Raises:
            NotFound: it was deleted; its id is not used again.
        """
        keys, deleted = self._turns(conversation)
        if deleted:
            raise NotFound(DELETED, field="conversationId")
        if not keys:
            return BEGINNING
        turns = self._read(keys[-latest:]) or self._read(keys)
        return History(number_of(keys[-1]) + 1, turns[-latest:])

    def append(self, conversation: str, before: History, turn: StoredTurn) -> None:
        """Keep the turn that comes after `before`; durable on return.

        Raises:
            Conflict: another turn has taken its number meanwhile, or the conversation was deleted.
            OutcropError: the turn is not stored.
        """
        key = self._keys.turn(conversation, before.number)
        if before.turns:
            self._claim(key, turn)
        else:
            with self._unfinished(conversation) as unfinished:
                self._claim(key, turn)
                unfinished.later = not self._done(lambda: self._enter(conversation, turn))
        if not self._done(lambda: self._withdraw(conversation, key)):
            log.warning("whether a conversation was deleted meanwhile is not known")

    def summaries(self, limit: int, cursor: str | None) -> tuple[list[Summary], str | None]:
        """A page of the list, newest first, and the cursor of the next page, if there is one.

        It takes two requests, whatever the number of conversations.
        """
        self._finish()
        names, more = self._objects.page(
            self._keys.index, limit, after(self._keys, cursor) if cursor else None
        )
        lines = [read_line(self._keys, name) for name in names]
        summaries = [summary for line in lines if (summary := self._summary(line))]
        return summaries, lines[-1].cursor if more else None

    def delete(self, conversation: str) -> None:
        """Forget a conversation: every turn, and its line in the list.

        Raises:
            NotFound: there is no such conversation, or it is another's.
        """
        keys, deleted = self._turns(conversation)
        lines = self._lines(conversation)
        if not keys and not lines:
            raise NotFound(f"There is no conversation {conversation!r}.", field="id")
        with self._unfinished(conversation):
            if not deleted:
                self._objects.put(self._keys.tombstone(conversation), b"")
            self._sweep(conversation)

    # how a turn is stored

    def _claim(self, key: str, turn: StoredTurn) -> None:
        """Write the turn under its number, and know whether it was.

        Where the answer to the write is lost, nobody knows; it may even be carried out later. Then
        the number is claimed for nothing: if that succeeds, the turn will never be stored.
        """
        try:
            self._objects.put(key, dump(turn), once=True)
            return
        except Conflict:  # another turn's number; or ours, if the request was sent twice
            pass
        except OutcropError as error:
            try:
                self._objects.put(key, VOID, once=True)
            except Conflict:
                pass
            else:
                raise error from None
        try:
            ours = self._objects.get(key) == dump(turn)
        except NotFound:  # S3 is still busy with the other, or its conversation has gone
            ours = False
        if not ours:
            raise Conflict(
                "Another turn of this conversation ended first. Ask again to go on from it.",
                field="conversationId",
            )

    def _enter(self, conversation: str, first: StoredTurn) -> None:
        """Enter a conversation in the list."""
        self._objects.put(self._keys.line(conversation, first.at, text_of(first.question)), b"")

    def _withdraw(self, conversation: str, key: str) -> None:
        """Take a turn back that was stored after its conversation was deleted.

        The deletion sets its tombstone and lists the turns then; the turn is stored and looks for
        the tombstone then. So at least one of the two sees the other.
        """
        if self._objects.exists(self._keys.tombstone(conversation)):
            self._done(lambda: self._objects.delete([*self._lines(conversation), key]))
            raise Conflict(DELETED, field="conversationId")

    # how what is unfinished is finished

    @contextmanager
    def _unfinished(self, conversation: str) -> Iterator["_Unfinished"]:
        """Say that a conversation is being begun, or deleted, as long as it is."""
        key = f"{self._keys.unfinished}{conversation}/{secrets.token_hex(8)}"
        self._objects.put(key, b"")
        unfinished = _Unfinished()
        try:
            yield unfinished
        except Conflict:
            self._done(lambda: self._objects.delete([key]))
            raise
        if not unfinished.later:
            self._done(lambda: self._objects.delete([key]))

    def _finish(self) -> None:
        """Finish what a crash left unfinished. What others are at work on does not mind it."""
        for marker in self._objects.walk(self._keys.unfinished):
            conversation = marker.key.removeprefix(self._keys.unfinished).partition("/")[0]
            keys, deleted = self._turns(conversation)
            if deleted:
                self._sweep(conversation)
            elif first := next((turn for key in keys for turn in self._read([key])), None):
                self._enter(conversation, first)
                if self._objects.exists(self._keys.tombstone(conversation)):
                    self._sweep(conversation)
            if _abandoned(marker):
                self._objects.delete([marker.key])

    def _sweep(self, conversation: str) -> None:
        """Remove what a conversation with a tombstone still has: its line, then its turns."""
        self._objects.delete(self._lines(conversation))
        self._objects.delete(self._turns(conversation)[0])

    @staticmethod
    def _done(step: Callable[[], None]) -> bool:
        """Take a step that others can take later; False where it failed."""
        try:
            step()
        except Conflict:
            raise
        except OutcropError as error:
            log.warning("left for later: %s: %s", error.code, error.detail)
            return False
        return True

    # how objects are read

    def _turns(self, conversation: str) -> tuple[list[str], bool]:
        """The keys of the turns, by number, and whether there is a tombstone."""
        keys = [each.key for each in self._objects.walk(self._keys.folder(conversation))]
        tombstone = self._keys.tombstone(conversation)
        return [key for key in keys if key != tombstone], tombstone in keys

    def _read(self, keys: Sequence[str]) -> list[StoredTurn]:
        """Their turns. A key that has gone since it was listed went with its conversation."""
        try:
            bodies = self._objects.get_all(keys)
        except NotFound:
            return []
        return [turn for body in bodies if (turn := load(body))]

    def _lines(self, conversation: str) -> list[str]:
        keys = (each.key for each in self._objects.walk(self._keys.index))
        return [key for key in keys if read_line(self._keys, key).conversation == conversation]

    def _summary(self, line: Line) -> Summary | None:
        """What a line says; None for an older one whose conversation is being deleted."""
        title = line.title
        if title is None:
            try:
                title = str(json.loads(self._objects.get(line.key))["title"])
            except NotFound:
                return None
        return Summary(line.conversation, title, line.started)


def _abandoned(marker: Object) -> bool:
    return datetime.now(UTC) - marker.modified > ABANDONED
