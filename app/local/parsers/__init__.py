"""Documents to text, one file a format.

This is the code of the worker process that `app.local.knowledge.parse` starts: nothing else imports
the modules in here, and the libraries that they stand on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Section:
    """A part of a document that no chunk reaches beyond.

    Attributes:
        text: what a reader would read, headings as Markdown's `#` lines, tables a row a line.
        page: the page of a PDF or the slide of a presentation, from 1.
        metadata: the columns of a CSV record that its sidecar names as metadata.
    """

    text: str
    page: int | None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Records:
    """Which columns of a CSV file are what, where each row is a record of its own.

    Attributes:
        content: the column that is read as the record's text.
        include: the columns that become its metadata; None means all the others.
        exclude: columns that do not.
    """

    content: str
    include: frozenset[str] | None = None
    exclude: frozenset[str] = frozenset()


class Unreadable(Exception):
    """The document cannot be read; `str(error)` tells a person why, and what would help."""
