"""Sections of a document, cut into chunks.

    section -> units (sentences, each with the boundary before it) -> packed into chunks

    FixedSize       packed
    Hierarchical    packed twice: a search finds children, and returns their parents
    Semantic        split where the subject changes, then packed
    Whole           one chunk for the whole document

A chunk lies within one section, and is a stretch of the section's text, word for word; where it
begins among the rows of a table, the table's header goes before it. Of two places where it could
end, the better one wins: before a heading rather than between paragraphs, between paragraphs rather
than between sentences, and never right after a heading. A list, a table or a block of code is not
cut in two where it fits; where it does not, or a sentence does not, its chunks have neighbours.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.local.engine.chunk.blocks import around, blocks, kept_whole
from app.local.engine.chunk.headings import Headings, joined
from app.local.engine.chunk.packing import Span, Tokens, pack
from app.local.engine.chunk.semantic import subjects
from app.local.engine.chunk.tables import Table, header_at, tables
from app.local.engine.chunk.titles import title as title_of
from app.local.engine.chunk.units import Unit, units
from app.local.engine.encoder import TextEncoder
from app.local.engine.neighbours import Neighbours
from app.local.engine.parsers import Section

__all__ = [
    "DEFAULT",
    "Chunking",
    "FixedSize",
    "Hierarchical",
    "Piece",
    "Semantic",
    "Whole",
    "chunk",
]


@dataclass(frozen=True)
class FixedSize:
    """Chunks of at most `max_tokens`; each repeats up to `overlap` tokens of the one before."""

    max_tokens: int
    overlap: int = 0


@dataclass(frozen=True)
class Hierarchical:
    """Parents of at most `parent_tokens`, each cut into children of at most `child_tokens`.

    Two neighbouring parents share up to `overlap` tokens, and so do two neighbouring children.
    """

    parent_tokens: int
    child_tokens: int
    overlap: int = 0


@dataclass(frozen=True)
class Semantic:
    """Chunks that end where the subject changes.

    Attributes:
        max_tokens: the size of the largest chunk.
        buffer: the number of neighbours on either side that are embedded with a sentence.
        percentile: the subject changes where the distance between two neighbouring sentences is
            above this percentile of all such distances.
    """

    max_tokens: int
    buffer: int
    percentile: int


@dataclass(frozen=True)
class Whole:
    """One chunk for a document."""


HEADER = 4
"""A chunk repeats the header of its table if that takes at most a fourth of it."""

Chunking = FixedSize | Hierarchical | Semantic | Whole
DEFAULT = FixedSize(300)


@dataclass(frozen=True)
class Piece:
    """A chunk.

    Attributes:
        text: a stretch of its section's text, word for word, below the header of its table.
        page: the page of its section.
        parent: the index of the piece that a search returns in this one's place.
        metadata: the metadata of its section.
        context: the document's title and the headings over it, without those that it begins with.
        page_label: what the PDF calls the page; None if that is its number.
        neighbours: what completes it, if it begins or ends within a block or a sentence.
    """

    text: str
    page: int | None
    parent: int | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    context: str = ""
    page_label: str | None = None
    neighbours: Neighbours | None = None


def chunk(
    sections: Sequence[Section], chunking: Chunking, encoder: TextEncoder, title: str = ""
) -> list[Piece]:
    """Cut sections into chunks.

    Args:
        sections: of one document.
        chunking: how they are cut.
        encoder: counts tokens, and tells where the subject changes.
        title: of the document, if it names none itself.
    """
    sections_with_text = [section for section in sections if section.text.strip()]
    own_title = title_of([section.text for section in sections_with_text])
    title = own_title or title
    match chunking:
        case FixedSize():
            return _fixed_size(sections_with_text, chunking, encoder, title)
        case Hierarchical():
            return _hierarchical(sections_with_text, chunking, encoder, title)
        case Semantic():
            return _semantic(sections_with_text, chunking, encoder, title)
        case Whole():
            return _whole(sections_with_text, title, own_title)


def _fixed_size(
    sections: Sequence[Section], chunking: FixedSize, encoder: TextEncoder, title: str
) -> list[Piece]:
    most, overlap = chunking.max_tokens, chunking.overlap
    return [
        piece
        for cutter in _cutters(sections, encoder, title)
        for piece in cutter.pieces(cutter.units, most, overlap)
    ]


def _hierarchical(
    sections: Sequence[Section], chunking: Hierarchical, encoder: TextEncoder, title: str
) -> list[Piece]:
    parents, children, overlap = chunking.parent_tokens, chunking.child_tokens, chunking.overlap
    pieces: list[Piece] = []
    for cutter in _cutters(sections, encoder, title):
        for outer in cutter.spans(cutter.units, parents, overlap):
            parent = len(pieces)
            pieces.append(cutter.piece(outer, parents - overlap))
            inners = cutter.pieces(_within(cutter.units, outer), children, overlap)
            pieces += [replace(inner, parent=parent, neighbours=None) for inner in inners]
    return pieces


def _semantic(
    sections: Sequence[Section], chunking: Semantic, encoder: TextEncoder, title: str
) -> list[Piece]:
    most = chunking.max_tokens
    texts = [(section.text, units(section.text)) for section in sections]
    groups_by_section = subjects(texts, chunking.buffer, chunking.percentile, encoder)
    pieces = []
    for cutter, groups in zip(_cutters(sections, encoder, title), groups_by_section, strict=True):
        pieces += [piece for group in groups for piece in cutter.pieces(group, most)]
    return pieces


def _whole(sections: Sequence[Section], title: str, own_title: str) -> list[Piece]:
    """The whole document as one piece without a page; of a CSV file with records, each record as
    one piece.
    """
    if any(section.metadata for section in sections):
        return [Piece(one.text, None, None, one.metadata, own_title or title) for one in sections]
    if not sections:
        return []
    text = "\n\n".join(section.text for section in sections)
    return [Piece(text, None, context="" if own_title else title)]


def _cutters(sections: Sequence[Section], encoder: TextEncoder, title: str) -> Iterator["_Cutter"]:
    place = 0
    for section in sections:
        yield _Cutter(section, encoder, title, place)
        place += len(section.text) + 1


class _Cutter:
    """Cuts one section, repeats the headers of its tables, and names the headings over a piece.

    Args:
        place: of the section's first character in the document.
    """

    def __init__(self, section: Section, encoder: TextEncoder, title: str, place: int) -> None:
        self._section, self._title, self._place = section, title, place
        self.units = units(section.text)
        self._sentences = [(unit.start, unit.end) for unit in self.units]
        self._blocks = blocks(section.text, self.units)
        self._fitting: dict[int, list[Span]] = {}  # blocks by the room that they fit into
        self._headings = Headings(section.text, self.units)
        self._tokens = Tokens(section.text, encoder.spans(section.text))
        self._tables = [
            (table, encoder.count(table.header)) for table in tables(section.text, self.units)
        ]

    def pieces(self, units: Sequence[Unit], most: int, overlap: int = 0) -> list[Piece]:
        spans = self.spans(units, most, overlap)
        return [self.piece(span, most - overlap) for span in spans]

    def spans(self, units: Sequence[Unit], most: int, overlap: int) -> Iterator[Span]:
        room = most - overlap
        short = self._short(room)
        if room not in self._fitting:
            fitting = [span for span in self._blocks if self._tokens.count(*span) <= room]
            self._fitting[room] = fitting
        sizes = {table.header: size for table, size in self._tables}

        def taken(start: int) -> int:
            return sizes.get(header_at(short, start), 0)

        return pack(kept_whole(units, self._fitting[room]), self._tokens, most, overlap, taken)

    def piece(self, span: Span, room: int) -> Piece:
        """The piece of a span, of chunks that have room for so many tokens of their own."""
        section = self._section
        header = header_at(self._short(room), span[0])
        header += "\n" if header else ""
        return Piece(
            header + section.text[slice(*span)],
            section.page,
            None,
            section.metadata,
            self._context(span),
            section.page_label,
            self._neighbours(span, len(header)),
        )

    def _neighbours(self, span: Span, header: int) -> Neighbours | None:
        """What completes the blocks or sentences that a span begins and ends in."""
        (start, end), text = span, self._section.text
        first, last = (
            around(self._blocks, place) or around(self._sentences, place) or (place, place)
            for place in span
        )
        if first[0] == start and last[1] == end:
            return None
        before, after = text[first[0] : start], text[end : last[1]]
        return Neighbours(self._place + start, self._place + end, before, after, header)

    def _context(self, span: Span) -> str:
        path = self._headings.over(span[0])
        begins_page = not self.units or span[0] <= self.units[0].start
        shown = self._headings.within(*span) if begins_page else path
        if self._title and self._title not in shown:
            path.insert(0, self._title)
        return joined(path)

    def _short(self, room: int) -> list[Table]:
        """The tables whose header may be repeated: it takes a small part of a chunk."""
        return [table for table, size in self._tables if size <= room // HEADER]


def _within(whole: Sequence[Unit], span: Span) -> list[Unit]:
    """The units in a stretch of the text, the first and the last one cut to it."""
    start, end = span
    first = bisect_right(whole, start, key=lambda unit: unit.end)
    last = bisect_left(whole, end, key=lambda unit: unit.start)
    return [
        replace(unit, start=max(unit.start, start), end=min(unit.end, end))
        for unit in whole[first:last]
    ]
