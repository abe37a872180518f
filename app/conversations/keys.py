"""The keys of a conversation's objects.

    turns/<owner>/<conversation>/000000.json                        a turn
    turns/<owner>/<conversation>/deleted                            the tombstone of a deleted one
    decisions/<owner>/<conversation>/000000.json                    on the call that ended that turn
    feedback/<owner>/<conversation>/000000.json                     on the answer of that turn
    index/<owner>/<inverse time>-<conversation>/<title>             a line of the list
    index/<owner>/<inverse time>-<conversation>/!<inverse time>!<title>    and after a renaming
    unfinished/<owner>/<conversation>/<random>                      it is being begun, or deleted

Keys sort as texts. The inverse time makes the newest conversation the first of the list. The title
is in the key, in base64url, so that listing keys is enough to list conversations. Older lines end
with `.json`, and have their title in the object; so has a renamed one whose title is too long for a
key. Of several lines of a conversation the first counts: `!` comes before the signs of base64url,
and the inverse time makes the latest renaming the first.
"""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

END_OF_TIME = 10**13  # milliseconds; the inverse time counts down from here
TITLE_LENGTH = 80  # characters: 427 of base64url at most, of the 1,024 bytes that a key may have
LONGEST_IN_KEY = 800  # signs of base64url: what a key has room for beside all else
TOMBSTONE = "deleted"


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one owner's objects."""

    owner: str

    @property
    def index(self) -> str:
        return f"index/{self.owner}/"

    @property
    def unfinished(self) -> str:
        return f"unfinished/{self.owner}/"

    def folder(self, conversation: str) -> str:
        return f"turns/{self.owner}/{conversation}/"

    def turn(self, conversation: str, number: int) -> str:
        return f"{self.folder(conversation)}{number:06d}.json"

    def decisions(self, conversation: str) -> str:
        return f"decisions/{self.owner}/{conversation}/"

    def decision(self, conversation: str, number: int) -> str:
        return f"{self.decisions(conversation)}{number:06d}.json"

    def tombstone(self, conversation: str) -> str:
        return self.folder(conversation) + TOMBSTONE

    def lines(self, conversation: str, started: datetime) -> str:
        """What the keys of this conversation's lines begin with."""
        return f"{self.index}{countdown(started)}-{conversation}"

    def line(self, conversation: str, started: datetime, question: str) -> str:
        return f"{self.lines(conversation, started)}/{_coded(shorten(question))}"

    def renamed(self, conversation: str, started: datetime, title: str, at: datetime) -> str:
        """The key of the line after a renaming. It has no title if that is too long for a key."""
        code = _coded(title)
        title_part = code if len(code) <= LONGEST_IN_KEY else ""
        return f"{self.lines(conversation, started)}/!{countdown(at)}!{title_part}"

    def feedbacks(self, conversation: str) -> str:
        return f"feedback/{self.owner}/{conversation}/"

    def feedback(self, conversation: str, number: int) -> str:
        return f"{self.feedbacks(conversation)}{number:06d}.json"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list, read from its key.

    Attributes:
        title: None for a line whose title is in the object.
        renamed: when the title was chosen; None for the first question's.
    """

    key: str
    cursor: str
    conversation: str
    started: datetime
    title: str | None
    renamed: datetime | None = None


def read_line(keys: Keys, key: str) -> Line:
    """Read a key of the index.

    >>> keys = Keys("me")
    >>> key = keys.line("c-1", datetime(2026, 4, 9, tzinfo=UTC), "How hard is quartz?")
    >>> line = read_line(keys, key)
    >>> line.conversation, line.started.isoformat(), line.title
    ('c-1', '2026-04-09T00:00:00+00:00', 'How hard is quartz?')
    """
    head, slash, title = key.removeprefix(keys.index).partition("/")
    cursor = head if slash else head.removesuffix(".json")
    inverse, _, conversation = cursor.partition("-")
    renamed = None
    if title.startswith("!"):
        _, renamed, title = title.split("!", 2)
        slash = title
    return Line(
        key=key,
        cursor=cursor,
        conversation=conversation,
        started=_moment(inverse),
        # base64 has no `=` in a key; more of them than a title needs do no harm.
        title=base64.urlsafe_b64decode(title + "==").decode() if slash else None,
        renamed=_moment(renamed) if renamed else None,
    )


def after(keys: Keys, cursor: str) -> str:
    """The key after which a listing goes on, for the cursor of its last line.

    A line's key is its cursor, `/` and the title; `0` is the character after `/`.
    """
    return f"{keys.index}{cursor}0"


def number_of(key: str) -> int:
    """The number of the turn with this key.

    >>> number_of("turns/me/c-1/000017.json")
    17
    """
    return int(key.rsplit("/", 1)[1].removesuffix(".json"))


def shorten(question: str) -> str:
    """The question as a title: one line, at most 80 characters."""
    line = " ".join(question.split())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"


def _coded(title: str) -> str:
    return base64.urlsafe_b64encode(title.encode()).decode().rstrip("=")


def _moment(inverse: str) -> datetime:
    since_epoch = timedelta(milliseconds=END_OF_TIME - int(inverse))
    return datetime.fromtimestamp(0, UTC) + since_epoch


def countdown(at: datetime) -> str:
    """A number that sorts later times first.

    >>> early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    >>> countdown(late) < countdown(early)
    True
    """
    return f"{END_OF_TIME - int(at.timestamp() * 1000):013d}"
