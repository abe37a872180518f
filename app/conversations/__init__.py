"""Conversations: an object for each turn, in a bucket of their own, written once, never rewritten.

    append      write the turn under its number -- list a new conversation -- check for a tombstone
    history     the latest turns of the thread (`thread`), and the number of the next one
    delete      write the tombstone -- remove the line of the list -- remove the turns
    summaries   finish what a crash left unfinished -- read the list

S3 has no transactions. So after each step, the next caller can finish the work, and a crash between
two steps leaves no line in the list without its conversation:

- A turn's number is taken by a conditional write: of two turns that end at once, one is stored.
- A line of the list is made from the first turn, and written after it.
- A tombstone hides a conversation for good, whatever objects it still has. A turn looks for the
  tombstone after it is stored, and removes itself if there is one.
- A conversation that is being begun or deleted has a marker under `unfinished/`, until that is
  done. Whoever lists conversations finds the markers that a crash left, and finishes the work.

The principal is part of every key, so a conversation of another principal is not forbidden: it is
not found.
"""

import hashlib
import json
import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from app.conversations.decisions import Decision, dump_decision, load_decision
from app.conversations.keys import Keys, Line, after, number_of, read_line, shorten
from app.conversations.objects import AT_ONCE, Object, Objects
from app.conversations.thread import superseded_by, walk
from app.conversations.turns import VOID, StoredTurn, dump, load
from app.errors import Conflict, InvalidRequest, NotFound, OutcropError
from app.models import text_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = [
    "Conversation",
    "Conversations",
    "Decision",
    "History",
    "StoredTurn",
    "Summary",
    "new_id",
    "superseded_by",
]

log = logging.getLogger(__name__)

DELETED = "This conversation was deleted. Begin a new one, with another id."
ABANDONED_AFTER = timedelta(minutes=30)  # by then, whoever wrote a marker has finished or has died


@dataclass(frozen=True, slots=True)
class Summary:
    """A line in the list of conversations."""

    id: str
    title: str
    started: datetime


@dataclass(frozen=True, slots=True)
class Conversation:
    """A whole conversation.

    Attributes:
        turns: every turn that is stored, oldest first.
    """

    title: str
    turns: Sequence[StoredTurn]

    @property
    def thread(self) -> Sequence[StoredTurn]:
        """The turns that none has superseded, oldest first."""
        successors = superseded_by(self.turns)
        return [turn for turn in self.turns if turn.number not in successors]


@dataclass(frozen=True, slots=True)
class History:
    """The turns before a turn.

    Attributes:
        number: the number of the next turn.
        turns: the latest turns of the thread, oldest first; none at the beginning of a
            conversation.
        supersedes: the number of the turn whose place the next one takes; `turns` are before that.
    """

    number: int
    turns: Sequence[StoredTurn]
    supersedes: int | None = None

    @property
    def is_beginning(self) -> bool:
        """Whether nothing has been stored yet."""
        return not self.turns and self.supersedes is None

    def place(self, turn: StoredTurn) -> StoredTurn:
        """The next turn, in its place in the thread."""
        if self.supersedes is None:
            return turn
        follows = self.turns[-1].number if self.turns else None
        return replace(turn, supersedes=self.supersedes, follows=follows)


def new_id() -> str:
    """A conversation's id: 128 random bits, so that nobody can guess one."""
    return secrets.token_hex(16)


@dataclass(slots=True)
class _Unfinished:
    """Whether work that was begun is left to whoever lists conversations next (`later`)."""

    later: bool = False


class Conversations:
    """The conversations of one principal.

    Args:
        s3: the client of S3.
        bucket: the bucket of conversations, which has no other objects.
        principal: their owner; only a hash of it is written.
    """

    def __init__(self, s3: "S3Client", bucket: str, principal: str) -> None:
        self._objects = Objects(s3, bucket)
        self._keys = Keys(hashlib.sha256(principal.encode()).hexdigest()[:32])

    def turns(self, conversation: str) -> list[StoredTurn]:
        """Every turn, oldest first: none if this principal has no such conversation."""
        keys, deleted = self._turns(conversation)
        return [] if deleted else self._read(keys)

    def find(self, conversation: str) -> Conversation:
        """A conversation, with its title.

        Raises:
            NotFound: this principal has no such conversation.
        """
        turns = self.turns(conversation)
        if not turns:
            raise NotFound(f"There is no conversation {conversation!r}.", field="id")
        return Conversation(self._title(conversation, turns[0]), turns)

    def turn(self, conversation: str, number: int) -> StoredTurn:
        """One turn, by its number from 0.

        Raises:
            NotFound: this principal has no such conversation, or it has no such turn.
        """
        key = self._keys.turn(conversation, number)
        keys, deleted = self._turns(conversation)
        turns = self._read([key]) if key in keys and not deleted else []
        if not turns:
            raise NotFound(
                f"There is no turn {number} of a conversation {conversation!r}.", field="turn"
            )
        return turns[0]

    def thread(self, conversation: str) -> Iterator[StoredTurn]:
        """The turns of the thread, the latest first, read as they are asked for; none if this
        principal has no such conversation.
        """
        keys, deleted = self._turns(conversation)
        if not deleted:
            yield from self._walk(keys)

    def history(self, conversation: str, latest: int, supersedes: int | None = None) -> History:
        """The number of the next turn, and as many of the latest turns of the thread before it as
        `latest` says.

        It takes one request for the list of turns, and one for each turn that is read.

        Args:
            supersedes: the number of the turn whose place the next one takes.

        Raises:
            NotFound: the conversation was deleted; its id is not used again.
            InvalidRequest: there is no turn to supersede.
            Conflict: another turn has superseded it.
        """
        keys, deleted = self._turns(conversation)
        if deleted:
            raise NotFound(DELETED, field="conversationId")
        number = number_of(keys[-1]) + 1 if keys else 0
        thread = self._walk(keys, latest)
        if supersedes is not None and not _is_reached(thread, supersedes):
            if self._keys.turn(conversation, supersedes) in keys:
                raise Conflict(
                    f"Another turn has taken the place of turn {supersedes}. Read the conversation "
                    "again to see what it is now.",
                    field="supersedes",
                )
            raise InvalidRequest(
                f"The conversation has no turn {supersedes} that could be superseded.",
                field="supersedes",
            )
        return History(number, list(islice(thread, latest))[::-1], supersedes)

    def append(self, conversation: str, before: History, turn: StoredTurn) -> None:
        """Store the turn that comes after `before`; durable on return.

        Raises:
            Conflict: another turn has taken its number, or the conversation was deleted meanwhile.
            OutcropError: the turn is not stored.
        """
        key = self._keys.turn(conversation, before.number)
        turn = before.place(turn)
        if not before.is_beginning:
            self._claim(key, turn)
        else:
            with self._unfinished(conversation) as unfinished:
                self._claim(key, turn)
                unfinished.later = not self._try_step(lambda: self._enter(conversation, turn))
        if not self._try_step(lambda: self._withdraw(conversation, key)):
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
        """Delete a conversation: every turn, and its line in the list.

        Raises:
            NotFound: this principal has no such conversation.
        """
        keys, deleted = self._turns(conversation)
        lines = self._lines(conversation)
        if not keys and not lines:
            raise NotFound(f"There is no conversation {conversation!r}.", field="id")
        with self._unfinished(conversation):
            if not deleted:
                self._objects.put(self._keys.tombstone(conversation), b"")
            self._sweep(conversation)

    def decide(self, conversation: str, number: int, decision: Decision) -> Decision:
        """Store what the person decides on the call that ended this turn; durable on return.

        Returns:
            The decision that counts: the first one.
        """
        key = self._keys.decision(conversation, number)
        try:
            self._objects.put(key, dump_decision(decision), once=True)
        except Conflict:
            return load_decision(self._objects.get(key))
        return decision

    # how a turn is stored

    def _claim(self, key: str, turn: StoredTurn) -> None:
        """Write the turn under its number, and make sure whether it was written.

        If the response to the write is lost, nobody knows; the write may even be carried out later.
        Then a void object is written under the number: if that succeeds, the turn will never be
        stored.
        """
        try:
            self._objects.put(key, dump(turn), once=True)
            return
        except (
            Conflict
        ):  # the number belongs to another turn; or to this one, if the request was sent twice
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
        except NotFound:  # S3 is still writing the other turn, or its conversation is deleted
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
        """Remove a turn that was stored after its conversation was deleted.

        The deletion writes its tombstone before it lists the turns. The turn is stored before it
        looks for the tombstone. So at least one of the two sees the other.
        """
        if self._objects.exists(self._keys.tombstone(conversation)):
            self._try_step(lambda: self._objects.delete([*self._lines(conversation), key]))
            raise Conflict(DELETED, field="conversationId")

    # how what is unfinished is finished

    @contextmanager
    def _unfinished(self, conversation: str) -> Iterator["_Unfinished"]:
        """Mark a conversation as being begun or deleted, while the block runs."""
        key = f"{self._keys.unfinished}{conversation}/{secrets.token_hex(8)}"
        self._objects.put(key, b"")
        unfinished = _Unfinished()
        try:
            yield unfinished
        except Conflict:
            self._try_step(lambda: self._objects.delete([key]))
            raise
        if not unfinished.later:
            self._try_step(lambda: self._objects.delete([key]))

    def _finish(self) -> None:
        """Finish the work that a crash left unfinished. It does not disturb work under way."""
        for marker in self._objects.walk(self._keys.unfinished):
            conversation = marker.key.removeprefix(self._keys.unfinished).partition("/")[0]
            keys, deleted = self._turns(conversation)
            if deleted:
                self._sweep(conversation)
            elif first := next((turn for key in keys for turn in self._read([key])), None):
                self._enter(conversation, first)
                if self._objects.exists(self._keys.tombstone(conversation)):
                    self._sweep(conversation)
            if _is_abandoned(marker):
                self._objects.delete([marker.key])

    def _sweep(self, conversation: str) -> None:
        """Remove the line and then the turns of a conversation with a tombstone."""
        self._objects.delete(self._lines(conversation))
        decisions = self._objects.walk(self._keys.decisions(conversation))
        self._objects.delete([each.key for each in decisions])
        self._objects.delete(self._turns(conversation)[0])

    @staticmethod
    def _try_step(step: Callable[[], None]) -> bool:
        """Take a step that others can take later; whether it succeeded."""
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
        """The turns of these keys. A key that is gone was deleted with its conversation."""
        try:
            bodies = self._objects.get_all(keys)
        except NotFound:
            return []
        turns = (load(body, number_of(key)) for key, body in zip(keys, bodies, strict=True))
        return [turn for turn in turns if turn]

    def _walk(self, keys: Sequence[str], batch: int = AT_ONCE) -> Iterator[StoredTurn]:
        """The turns of the thread among these keys, the latest first."""
        by_number = {number_of(key): key for key in keys}

        def read(numbers: Sequence[int]) -> dict[int, StoredTurn | None]:
            turns = {turn.number: turn for turn in self._read([by_number[n] for n in numbers])}
            return {number: turns.get(number) for number in numbers}

        return walk(list(by_number), read, batch)

    def _lines(self, conversation: str) -> list[str]:
        keys = (each.key for each in self._objects.walk(self._keys.index))
        return [key for key in keys if read_line(self._keys, key).conversation == conversation]

    def _title(self, conversation: str, first: StoredTurn) -> str:
        """The title by the list; of a conversation that is not in it yet, what it will be."""
        keys, _ = self._objects.page(self._keys.lines(conversation, first.at), 1, None)
        summary = self._summary(read_line(self._keys, keys[0])) if keys else None
        return summary.title if summary else shorten(text_of(first.question))

    def _summary(self, line: Line) -> Summary | None:
        """The summary of a line; None for an older one whose conversation is being deleted."""
        title = line.title
        if title is None:
            try:
                title = str(json.loads(self._objects.get(line.key))["title"])
            except NotFound:
                return None
        return Summary(line.conversation, title, line.started)


def _is_reached(thread: Iterator[StoredTurn], number: int) -> bool:
    """Whether a turn is in the thread. The turns before it are then the next ones."""
    turn = next((one for one in thread if one.number is not None and one.number <= number), None)
    return turn is not None and turn.number == number


def _is_abandoned(marker: Object) -> bool:
    return datetime.now(UTC) - marker.modified > ABANDONED_AFTER
