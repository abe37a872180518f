"""The words of a Bedrock agent, chunk by chunk, with places for marks where Bedrock says what they
rest on. Pure.

    chunk     "Quartz is hard. It is common."   citation: "Quartz is hard.", 0 to 14, a.md
    pieces    "Quartz is hard" (a.md)  ". It is common."

A citation has the part of the answer that rests on it, and where that stands: `end` is the place of
its last character. Whether places count from the beginning of the answer or of the chunk, and an
emoji once or twice, is not documented: the part's own words tell.
"""

from codecs import getincrementaldecoder
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.aws import well_formed

JSON = Mapping[str, Any]
_ENDS = ".!?…。！？"  # noqa: RUF001 these signs are meant


@dataclass(frozen=True, slots=True)
class AttributedPiece:
    """A piece of the answer, and the references that it rests on, whose marks stand behind it."""

    text: str
    references: Sequence[JSON] = ()


class AttributionReader:
    """Reads the chunks of one answer.

    Attributes:
        length: characters so far.
    """

    def __init__(self) -> None:
        self._decoder = getincrementaldecoder("utf-8")(errors="replace")
        self.length = 0

    def read(self, chunk: JSON) -> Iterator[AttributedPiece]:
        """The pieces of a chunk, which together are its text."""
        text = well_formed(self._decoder.decode(chunk.get("bytes", b"")))
        citations = chunk.get("attribution", {}).get("citations", ())
        places: dict[int, list[JSON]] = {}
        for citation in citations:
            if references := citation.get("retrievedReferences"):
                part = citation.get("generatedResponsePart", {}).get("textResponsePart", {})
                place = _before_end(text, _end(text, part, self.length))
                places.setdefault(place, []).extend(references)
        begin = 0
        for place, references in sorted(places.items(), key=lambda item: item[0]):
            yield AttributedPiece(text[begin:place], references)
            begin = place
        if begin < len(text):
            yield AttributedPiece(text[begin:])
        self.length += len(text)


def _end(text: str, part: JSON, start: int) -> int:
    """Where in a chunk's text the part of a citation ends.

    Args:
        start: the place of the chunk in the answer.
    """
    words, end = str(part.get("text", "")), part.get("span", {}).get("end")
    if not words:
        return len(text)
    if end is not None:
        for place in (end + 1 - start, end + 1, end - start, end):
            if 0 < place <= len(text) and text.endswith(words, 0, place):
                return int(place)
    at = text.find(words)
    return at + len(words) if at >= 0 else len(text)


def _before_end(text: str, place: int) -> int:
    """The place of a mark: before the signs that end the sentence, as `cite` has it.

    >>> _before_end("It is wet. So", 10), _before_end("It is wet", 9), _before_end("...", 3)
    (9, 9, 3)
    """
    return len(text[:place].rstrip(_ENDS)) or place
