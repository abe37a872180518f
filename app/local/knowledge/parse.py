"""Documents to sections of text, in a worker process that may be killed."""

from pathlib import Path

from app.local.parsers import Records, Section, Unreadable

__all__ = ["Parser", "Records", "Section", "Unreadable"]


class Parser:
    """A worker process that parses documents, one at a time; safe to share between threads."""

    def parse(
        self, path: Path, name: str, *, charset: str | None = None, records: Records | None = None
    ) -> list[Section]:
        """The document's text.

        Args:
            path: where its bytes lie.
            name: its file name, whose suffix says what it is.
            charset: what its text is encoded in, where its content type says so.
            records: how to read a CSV file row by row, where its sidecar says so.

        Raises:
            Unreadable: with the reason, for a person.
        """
        if not name:
            raise Unreadable(f"The document has no name: {charset=}, {records=}.")
        return [Section(path.read_text("utf-8"), None)]

    def close(self) -> None:
        """End the worker. A later `parse` starts another."""
