"""Sections of a document, cut into chunks.

    section -> units (sentences, each with the boundary before it) -> packed into chunks

    FixedSize       packed
    Hierarchical    packed twice: a search finds children, and returns their parents
    Semantic        split where the subject changes, then packed
    Whole           one chunk for the whole document

A chunk lies within one section, and is a stretch of the section's text, word for word. Of two
places where it could end, the better one wins: before a heading rather than between paragraphs,
between paragraphs rather than between sentences, and never right after a heading.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.local.engine.chunk.packing import Span, Tokens, pack
from app.local.engine.chunk.semantic import subjects
from app.local.engine.chunk.units import Unit, units
from app.local.engine.encoder import TextEncoder
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


Chunking = FixedSize | Hierarchical | Semantic | Whole
DEFAULT = FixedSize(300)


@dataclass(frozen=True)
class Piece:
    """A chunk.

    Attributes:
        text: a stretch of its section's text, word for word.
        page: the page of its section.
        parent: the index of the piece that a search returns in this one's place.
        metadata: the metadata of its section.
    """

    text: str
    page: int | None
    parent: int | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


def chunk(sections: Sequence[Section], chunking: Chunking, encoder: TextEncoder) -> list[Piece]:
    """Cut sections into chunks."""
    sections_with_text = [section for section in sections if section.text.strip()]
    match chunking:
        case FixedSize():
            return _fixed_size(sections_with_text, chunking, encoder)
        case Hierarchical():
            return _hierarchical(sections_with_text, chunking, encoder)
        case Semantic():
            return _semantic(sections_with_text, chunking, encoder)
        case Whole():
            return _whole(sections_with_text)


def _fixed_size(
    sections: Sequence[Section], chunking: FixedSize, encoder: TextEncoder
) -> list[Piece]:
    most, overlap = chunking.max_tokens, chunking.overlap
    return [
        _piece(section, span)
        for section in sections
        for span in pack(units(section.text), _tokens(section, encoder), most, overlap)
    ]


def _hierarchical(
    sections: Sequence[Section], chunking: Hierarchical, encoder: TextEncoder
) -> list[Piece]:
    parents, children, overlap = chunking.parent_tokens, chunking.child_tokens, chunking.overlap
    pieces: list[Piece] = []
    for section in sections:
        tokens, whole = _tokens(section, encoder), units(section.text)
        for outer in pack(whole, tokens, parents, overlap):
            parent = len(pieces)
            pieces.append(_piece(section, outer))
            inners = pack(_within(whole, outer), tokens, children, overlap)
            pieces += [replace(_piece(section, inner), parent=parent) for inner in inners]
    return pieces


def _semantic(sections: Sequence[Section], chunking: Semantic, encoder: TextEncoder) -> list[Piece]:
    most = chunking.max_tokens
    texts = [(section.text, units(section.text)) for section in sections]
    groups_by_section = subjects(texts, chunking.buffer, chunking.percentile, encoder)
    pieces = []
    for section, groups in zip(sections, groups_by_section, strict=True):
        tokens = _tokens(section, encoder)
        pieces += [_piece(section, span) for group in groups for span in pack(group, tokens, most)]
    return pieces


def _whole(sections: Sequence[Section]) -> list[Piece]:
    """The whole document as one piece without a page; of a CSV file with records, each record as
    one piece.
    """
    if any(section.metadata for section in sections):
        return [Piece(section.text, None, None, section.metadata) for section in sections]
    return [Piece("\n\n".join(section.text for section in sections), None)] if sections else []


def _tokens(section: Section, encoder: TextEncoder) -> Tokens:
    return Tokens(section.text, encoder.spans(section.text))


def _piece(section: Section, span: Span) -> Piece:
    return Piece(section.text[slice(*span)], section.page, None, section.metadata)


def _within(whole: Sequence[Unit], span: Span) -> list[Unit]:
    """The units in a stretch of the text, the first and the last one cut to it."""
    start, end = span
    first = bisect_right(whole, start, key=lambda unit: unit.end)
    last = bisect_left(whole, end, key=lambda unit: unit.start)
    return [
        replace(unit, start=max(unit.start, start), end=min(unit.end, end))
        for unit in whole[first:last]
    ]
