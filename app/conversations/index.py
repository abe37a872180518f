"""The list of conversations: a line for each, whose key says all that the list shows.

A renaming writes a further line, which comes first, and then removes those behind it. So a crash
between the two, or two renamings at once, leave lines that nobody sees; they go with the next
renaming, or with the conversation.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

from app.conversations.keys import Keys, Line, after, read_line, shorten
from app.conversations.objects import Objects
from app.conversations.turns import StoredTurn
from app.errors import NotFound
from app.models import text_of

TICK = timedelta(milliseconds=1)  # the least difference of two countdowns


@dataclass(frozen=True, slots=True)
class Summary:
    """A line in the list of conversations."""

    id: str
    title: str
    started: datetime


@dataclass(frozen=True, slots=True)
class Index:
    """The lines of one owner's conversations."""

    objects: Objects
    keys: Keys

    def enter(self, conversation: str, first: StoredTurn) -> None:
        self.objects.put(self.keys.line(conversation, first.at, text_of(first.question)), b"")

    def rename(self, conversation: str, first: StoredTurn, title: str) -> None:
        """Write the line with a new title, and remove those before it."""
        lines = self._lines_of(conversation, first)
        now = datetime.now(UTC)
        if lines and (before := lines[0].renamed):
            now = max(now, before + TICK)  # whatever the clock of another machine says
        key = self.keys.renamed(conversation, first.at, title, now)
        self.objects.put(key, json.dumps({"title": title}, ensure_ascii=False).encode())
        self.objects.delete([line.key for line in lines])

    def title(self, conversation: str, first: StoredTurn) -> str:
        """The title of a conversation; of one that is not in the list yet, what it will be."""
        lines = self._lines_of(conversation, first)
        summary = self._summary(lines[0]) if lines else None
        return summary.title if summary else shorten(text_of(first.question))

    def page(self, limit: int, cursor: str | None) -> tuple[list[Summary], str | None]:
        """A page of the list, newest first, and the cursor of the next page, if there is one."""
        names, more = self.objects.page(
            self.keys.index, limit, after(self.keys, cursor) if cursor else None
        )
        lines = [read_line(self.keys, name) for name in names]
        firsts = [next(group) for _, group in groupby(lines, lambda line: line.cursor)]
        summaries = [summary for line in firsts if (summary := self._summary(line))]
        return summaries, lines[-1].cursor if more else None

    def lines(self, conversation: str) -> list[str]:
        """The keys of a conversation's lines. All lines of the list are looked through."""
        keys = (each.key for each in self.objects.walk(self.keys.index))
        return [key for key in keys if read_line(self.keys, key).conversation == conversation]

    def _lines_of(self, conversation: str, first: StoredTurn) -> list[Line]:
        """The lines of a conversation that began with this turn; the first one counts."""
        entries = self.objects.walk(self.keys.lines(conversation, first.at))
        lines = (read_line(self.keys, each.key) for each in entries)
        return [line for line in lines if line.conversation == conversation]

    def _summary(self, line: Line) -> Summary | None:
        """The summary of a line; None for one that was removed meanwhile."""
        title = line.title
        if title is None:
            try:
                title = str(json.loads(self.objects.get(line.key))["title"])
            except NotFound:
                return None
        return Summary(line.conversation, title, line.started)
