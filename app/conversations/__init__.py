"""Conversations: an object for each turn, in a bucket of their own, written once, never rewritten.

    append      write the turn under its number -- list a new conversation -- check for a tombstone
    history     the latest turns of the thread (`thread`), and the number of the next one
    rename      write a further line of the list, which comes first (`index`)
    rate        write what a person says of an answer, in place of what was said before
    delete      write the tombstone -- remove the line of the list -- remove the turns
    summaries   finish what a crash left unfinished -- read the list

S3 has no transactions. So after each step, the next caller can finish the work, and a crash between
two steps leaves no line in the list without its conversation:

- A turn's number is taken by a conditional write: of two turns that end at once, one is stored.
- A line of the list is made from the first turn, and written after it.
- A tombstone hides a conversation for good, whatever objects it still has. A turn looks for the
  tombstone after it is stored, and removes itself if there is one.
- A conversation that is being begun, renamed, rated or deleted has a marker under `unfinished/`,
  until that is done. Whoever lists conversations finds the markers that a crash left, and finishes
  the work.

The principal is part of every key, so a conversation of another principal is not forbidden: it is
not found.
"""

import hashlib
import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from app.conversations.decisions import Decision, dump_decision, load_decision
from app.conversations.feedback import Feedback, dump_feedback, load_feedback
from app.conversations.index import Index, Summary
from app.conversations.keys import Keys, number_of
from app.conversations.objects import Object, Objects
from app.conversations.shelf import Shelf
from app.conversations.thread import superseded_by
from app.conversations.turns import StoredTurn
from app.errors import Conflict, InvalidRequest, NotFound, OutcropError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = [
    "Conversations",
    "Decision",
    "Feedback",
    "History",
    "StoredConversation",
    "StoredTurn",
    "Summary",
    "new_id",
    "superseded_by",
]

log = logging.getLogger(__name__)

DELETED = "This conversation was deleted. Begin a new one, with another id."
ABANDONED_AFTER = timedelta(minutes=30)  # by then, whoever wrote a marker has finished or has died


@dataclass(frozen=True, slots=True)
class StoredConversation:
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
        self._index = Index(self._objects, self._keys)
        self._shelf = Shelf(self._objects, self._keys)

    def turns(self, conversation: str) -> list[StoredTurn]:
        """Every turn, oldest first: none if this principal has no such conversation."""
        keys, deleted = self._shelf.keys_of(conversation)
        return [] if deleted else self._shelf.read(keys)

    def find(self, conversation: str) -> StoredConversation:
        """A conversation, with its title.

        Raises:
            NotFound: this principal has no such conversation.
        """
        turns = self.turns(conversation)
        if not turns:
            raise NotFound(f"There is no conversation {conversation!r}.", field="id")
        return StoredConversation(self._index.title(conversation, turns[0]), turns)

    def turn(self, conversation: str, number: int) -> StoredTurn:
        """One turn, by its number from 0.

        Raises:
            NotFound: this principal has no such conversation, or it has no such turn.
        """
        key = self._keys.turn(conversation, number)
        keys, deleted = self._shelf.keys_of(conversation)
        turns = self._shelf.read([key]) if key in keys and not deleted else []
        if not turns:
            raise NotFound(
                f"There is no turn {number} of a conversation {conversation!r}.", field="turn"
            )
        return turns[0]

    def thread(self, conversation: str) -> Iterator[StoredTurn]:
        """The turns of the thread, the latest first, read as they are asked for; none if this
        principal has no such conversation.
        """
        keys, deleted = self._shelf.keys_of(conversation)
        if not deleted:
            yield from self._shelf.walk(keys)

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
        keys, deleted = self._shelf.keys_of(conversation)
        if deleted:
            raise NotFound(DELETED, field="conversationId")
        number = number_of(keys[-1]) + 1 if keys else 0
        thread = self._shelf.walk(keys, latest)
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
            self._shelf.claim(key, turn)
        else:
            with self._unfinished(conversation) as unfinished:
                self._shelf.claim(key, turn)
                unfinished.later = not self._try_step(lambda: self._index.enter(conversation, turn))
        if not self._try_step(lambda: self._withdraw(conversation, key)):
            log.warning("whether a conversation was deleted meanwhile is not known")

    def summaries(self, limit: int, cursor: str | None) -> tuple[list[Summary], str | None]:
        """A page of the list, newest first, and the cursor of the next page, if there is one.

        It takes two requests, whatever the number of conversations.
        """
        self._finish()
        return self._index.page(limit, cursor)

    def delete(self, conversation: str) -> None:
        """Delete a conversation: every turn, and its line in the list.

        Raises:
            NotFound: this principal has no such conversation.
        """
        keys, deleted = self._shelf.keys_of(conversation)
        lines = self._index.lines(conversation)
        if not keys and not lines:
            raise NotFound(f"There is no conversation {conversation!r}.", field="id")
        with self._unfinished(conversation):
            if not deleted:
                self._objects.put(self._keys.tombstone(conversation), b"")
            self._sweep(conversation)

    def rename(self, conversation: str, title: str) -> None:
        """Give a conversation another title; durable on return.

        Raises:
            NotFound: this principal has no such conversation.
        """
        keys, deleted = self._shelf.keys_of(conversation)
        first = next((turn for key in keys for turn in self._shelf.read([key])), None)
        if first is None or deleted:
            raise NotFound(f"There is no conversation {conversation!r}.", field="id")
        with self._beside_deletion(conversation):
            self._index.rename(conversation, first, title)

    def rate(self, conversation: str, number: int, feedback: Feedback) -> None:
        """Store what the person says of a turn's answer; durable on return.

        Raises:
            NotFound: this principal has no such conversation, or it has no such turn.
        """
        self.turn(conversation, number)
        with self._beside_deletion(conversation):
            self._objects.put(self._keys.feedback(conversation, number), dump_feedback(feedback))

    def ratings(self, conversation: str) -> dict[int, Feedback]:
        """What was said of the answers of a conversation, by the numbers of their turns."""
        keys = [each.key for each in self._objects.walk(self._keys.feedbacks(conversation))]
        try:
            bodies = self._objects.get_all(keys)
        except NotFound:  # it is being deleted
            return {}
        return {number_of(key): load_feedback(body) for key, body in zip(keys, bodies, strict=True)}

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

    # how a turn is withdrawn

    def _withdraw(self, conversation: str, key: str) -> None:
        """Remove a turn that was stored after its conversation was deleted.

        The deletion writes its tombstone before it lists the turns. The turn is stored before it
        looks for the tombstone. So at least one of the two sees the other.
        """
        if self._objects.exists(self._keys.tombstone(conversation)):
            self._try_step(lambda: self._objects.delete([*self._index.lines(conversation), key]))
            raise Conflict(DELETED, field="conversationId")

    @contextmanager
    def _beside_deletion(self, conversation: str) -> Iterator[None]:
        """Write something of a conversation that may be deleted at the same time, while the block
        runs: then it goes with the conversation.

        Raises:
            Conflict: the conversation was deleted meanwhile.
        """
        with self._unfinished(conversation):
            yield
            if self._objects.exists(self._keys.tombstone(conversation)):
                self._sweep(conversation)
                raise Conflict(DELETED, field="id")

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
            keys, deleted = self._shelf.keys_of(conversation)
            if deleted:
                self._sweep(conversation)
            elif first := next((turn for key in keys for turn in self._shelf.read([key])), None):
                self._index.enter(conversation, first)
                if self._objects.exists(self._keys.tombstone(conversation)):
                    self._sweep(conversation)
            if _is_abandoned(marker):
                self._objects.delete([marker.key])

    def _sweep(self, conversation: str) -> None:
        """Remove the line and then the turns of a conversation with a tombstone."""
        self._objects.delete(self._index.lines(conversation))
        for folder in (self._keys.decisions(conversation), self._keys.feedbacks(conversation)):
            self._objects.delete([each.key for each in self._objects.walk(folder)])
        self._objects.delete(self._shelf.keys_of(conversation)[0])

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


def _is_reached(thread: Iterator[StoredTurn], number: int) -> bool:
    """Whether a turn is in the thread. The turns before it are then the next ones."""
    turn = next((one for one in thread if one.number is not None and one.number <= number), None)
    return turn is not None and turn.number == number


def _is_abandoned(marker: Object) -> bool:
    return datetime.now(UTC) - marker.modified > ABANDONED_AFTER
