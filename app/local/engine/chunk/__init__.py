"""Sections to chunks, as Bedrock's ChunkingConfiguration asks.

    section -> units (sentences, and how strong the boundary before each is) -> packed into chunks

    default        about 300 tokens
    FIXED_SIZE     up to maxTokens, with overlap
    HIERARCHICAL   packed twice: children are searched, their parents are returned
    SEMANTIC       parted where the subject changes, then packed
    NONE           the whole document

No chunk reaches beyond its section, and each is a stretch of its section's text, word for word.
Between two places to end a chunk the better one wins: before a heading rather than between
paragraphs, between paragraphs rather than between sentences, and never behind a heading.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.local.engine.chunk.configuration import PARAMETERS, check
from app.local.engine.chunk.packing import Span, Tokens, pack
from app.local.engine.chunk.semantic import subjects
from app.local.engine.chunk.units import Unit, units
from app.local.engine.encoder import TextEncoder
from app.local.engine.parsers import Section

__all__ = ["Piece", "check", "chunk"]

JSON = dict[str, Any]
DEFAULT = 300  # tokens


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


def chunk(
    sections: Sequence[Section], configuration: JSON | None, encoder: TextEncoder
) -> list[Piece]:
    """Cut sections into chunks, as Bedrock's ChunkingConfiguration asks; None is its default.

    Raises:
        ValueError: the configuration breaks a rule; see `check`.
    """
    check(configuration)
    strategy = configuration["chunkingStrategy"] if configuration else ""
    parameters = (configuration or {}).get(PARAMETERS.get(strategy, ""), {})
    filled = [section for section in sections if section.text.strip()]
    return _STRATEGIES[strategy](filled, parameters, encoder)


def _default(sections: Sequence[Section], _: JSON, encoder: TextEncoder) -> list[Piece]:
    return _fixed_size(sections, {"maxTokens": DEFAULT, "overlapPercentage": 0}, encoder)


def _fixed_size(sections: Sequence[Section], parameters: JSON, encoder: TextEncoder) -> list[Piece]:
    most = parameters["maxTokens"]
    overlap = most * parameters["overlapPercentage"] // 100
    return [
        _piece(section, span)
        for section in sections
        for span in pack(units(section.text), _tokens(section, encoder), most, overlap)
    ]


def _hierarchical(
    sections: Sequence[Section], parameters: JSON, encoder: TextEncoder
) -> list[Piece]:
    parents, children = (level["maxTokens"] for level in parameters["levelConfigurations"])
    overlap = parameters["overlapTokens"]
    pieces: list[Piece] = []
    for section in sections:
        tokens, whole = _tokens(section, encoder), units(section.text)
        for outer in pack(whole, tokens, parents, overlap):
            parent = len(pieces)
            pieces.append(_piece(section, outer))
            inners = pack(_within(whole, outer), tokens, children, overlap)
            pieces += [replace(_piece(section, inner), parent=parent) for inner in inners]
    return pieces


def _semantic(sections: Sequence[Section], parameters: JSON, encoder: TextEncoder) -> list[Piece]:
    most = parameters["maxTokens"]
    texts = [(section.text, units(section.text)) for section in sections]
    parted = subjects(
        texts, parameters["bufferSize"], parameters["breakpointPercentileThreshold"], encoder
    )
    pieces = []
    for section, groups in zip(sections, parted, strict=True):
        tokens = _tokens(section, encoder)
        pieces += [_piece(section, span) for group in groups for span in pack(group, tokens, most)]
    return pieces


def _none(sections: Sequence[Section], _: JSON, __: TextEncoder) -> list[Piece]:
    """The document whole, and without pages; but a CSV file's records, which are documents of their
    own, one by one.
    """
    if any(section.metadata for section in sections):
        return [Piece(section.text, None, None, section.metadata) for section in sections]
    return [Piece("\n\n".join(section.text for section in sections), None)] if sections else []


_STRATEGIES: Mapping[str, Callable[[Sequence[Section], JSON, TextEncoder], list[Piece]]] = {
    "": _default,
    "FIXED_SIZE": _fixed_size,
    "HIERARCHICAL": _hierarchical,
    "SEMANTIC": _semantic,
    "NONE": _none,
}


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
