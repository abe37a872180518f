"""The neighbours of a chunk: what stands beside it, of a list, a table, code or a sentence that it
holds a part of.
"""

import json
from dataclasses import astuple, dataclass


@dataclass(frozen=True)
class Neighbours:
    """What completes a chunk on either side.

    Attributes:
        start: where the chunk's own text begins in its document, in characters.
        end: where it ends.
        before: the text up to the start, from where the block begins that it is within.
        after: the text from the end on, to where the block ends that it is within.
        header: how many characters of the chunk are the repeated header of its table, and the line
            break behind it. With the text before, the table has its header already.
    """

    start: int
    end: int
    before: str = ""
    after: str = ""
    header: int = 0

    @property
    def first(self) -> int:
        """Where the joined text begins."""
        return self.start - len(self.before)

    @property
    def last(self) -> int:
        """Where the joined text ends."""
        return self.end + len(self.after)

    def json(self) -> str:
        """The neighbours as a store keeps them."""
        return json.dumps(astuple(self), ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> "Neighbours | None":
        """What `json` wrote; None for an empty text."""
        return cls(*json.loads(text)) if text else None
