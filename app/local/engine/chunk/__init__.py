"""Sections to chunks.

    section -> units (sentences, and how strong the boundary before each is) -> packed into chunks

    FixedSize      packed
    Hierarchical   packed twice: children are searched, their parents are returned
    Semantic       parted where the subject changes, then packed
    Whole          the whole document

No chunk reaches beyond its section, and each is a stretch of its section's text, word for word.
Between two places to end a chunk the better one wins: before a heading rather than between
paragraphs, between paragraphs rather than between sentences, and never behind a heading.
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
    """Chunks of at most `max_tokens`, each of which shares up to `overlap` with the one before."""

    max_tokens: int
    overlap: int = 0


@dataclass(frozen=True)
class Hierarchical:
    """Parents of at most `parent_tokens`, each cut into children of at most `child_tokens`. Parents
    share up to `overlap` tokens with each other, and so do children.
    """

    parent_tokens: int
    child_tokens: int
    overlap: int = 0


@dataclass(frozen=True)
class Semantic:
    """Chunks of at most `max_tokens` that end where the subject changes.

    Attributes:
        max_tokens: of a chunk.
        buffer: how many sentences on either side a sentence is compared with.
        percentile: of the distances between sentences, above which the subject changes.
    """

    max_tokens: int
    buffer: int
    percentile: int


@dataclass(frozen=True)
class Whole:
    """One chunk a document."""


Chunking = FixedSize | Hierarchical | Semantic | Whole
DEFAULT = FixedSize(300)


@dataclass(frozen=True)
class Piece:
    """A chunk.

    Attributes:
        text: a stretch of its section's text, word for word.
        page: its section's page.
        parent: the index, among the pieces, of the one that is returned in its place.
        metadata: its section's metadata.
    """

    text: str
    page: int | None
    parent: int | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


def chunk(sections: Sequence[Section], chunking: Chunking, encoder: TextEncoder) -> list[Piece]:
    """Cut sections into chunks."""
    filled = [section for section in sections if section.text.strip()]
    match chunking:
        case FixedSize():
            return _fixed_size(filled, chunking, encoder)
        case Hierarchical():
            return _hierarchical(filled, chunking, encoder)
        case Semantic():
            return _semantic(filled, chunking, encoder)
        case Whole():
            return _whole(filled)


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
    parted = subjects(texts, chunking.buffer, chunking.percentile, encoder)
    pieces = []
    for section, groups in zip(sections, parted, strict=True):
        tokens = _tokens(section, encoder)
        pieces += [_piece(section, span) for group in groups for span in pack(group, tokens, most)]
    return pieces


def _whole(sections: Sequence[Section]) -> list[Piece]:
    """The document whole, and without pages; but a CSV file's records, which are documents of their
    own, one by one.
    """
    if any(section.metadata for section in sections):
        return [Piece(section.text, None, None, section.metadata) for section in sections]
    return [Piece("\n\n".join(section.text for section in sections), None)] if sections else []


def _tokens(section: Section, encoder: TextEncoder) -> Tokens:
    return Tokens(section.text, encoder.spans(section.text))


def _piece(section: Section, span: Span) -> Piece:
    return Piece(section.text[slice(*span)], section.page, None, section.metadata)


def _within(whole: Sequence[Unit], span: Span) -> list[Unit]:
    """The units of a stretch of their text, the first and last cut to it."""
    start, end = span
    first = bisect_right(whole, start, key=lambda unit: unit.end)
    last = bisect_left(whole, end, key=lambda unit: unit.start)
    return [
        replace(unit, start=max(unit.start, start), end=min(unit.end, end))
        for unit in whole[first:last]
    ]
