"""Texts, split where the subject changes: where neighbouring sentences have unlike vectors."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.local.engine.chunk.units import Boundary, Unit
from app.local.engine.encoder import TextEncoder, Vectors


def subjects(
    texts: Sequence[tuple[str, Sequence[Unit]]], buffer: int, percentile: int, encoder: TextEncoder
) -> list[list[list[Unit]]]:
    """The units of each text, split where the subject changes.

    Each unit is embedded together with `buffer` units on either side, and compared with the next by
    the cosine of these vectors. The text is split between neighbours whose distance is above the
    percentile of all distances in the document: of 101 sentences, at 90, between the 10 pairs that
    are the least alike.

    Args:
        texts: each with its units; the last of one text is not compared with the first of the next.
        buffer: the number of neighbours on either side.
        percentile: of the distances.
        encoder: embeds the units.
    """
    bundles = [_bundles(units) for _, units in texts]
    distances = [
        _distances(encoder.encode(_windows(text, inner, buffer)))
        for (text, _), inner in zip(texts, bundles, strict=True)
    ]
    together = np.concatenate(distances) if distances else np.empty(0)
    if not together.size:
        return [[list(units)] for _, units in texts]
    threshold = np.percentile(together, percentile)
    return [
        _split(inner, between > threshold)
        for inner, between in zip(bundles, distances, strict=True)
    ]


def _bundles(units: Sequence[Unit]) -> list[list[Unit]]:
    """Units, each with those that must not be split from it: a heading and its first sentence."""
    bundles: list[list[Unit]] = []
    for unit in units:
        if bundles and unit.boundary == Boundary.NOTHING:
            bundles[-1].append(unit)
        else:
            bundles.append([unit])
    return bundles


def _windows(text: str, bundles: Sequence[Sequence[Unit]], buffer: int) -> list[str]:
    last = len(bundles) - 1
    return [
        text[bundles[max(0, at - buffer)][0].start : bundles[min(last, at + buffer)][-1].end]
        for at in range(len(bundles))
    ]


def _distances(vectors: Vectors) -> Vectors:
    """The distance from each of (n, d) unit vectors to the next: (n - 1,)."""
    cosines: Vectors = np.einsum("nd,nd->n", vectors[:-1], vectors[1:])  # (n - 1,)
    return 1 - cosines


def _split(bundles: Sequence[list[Unit]], breaks: NDArray[np.bool_]) -> list[list[Unit]]:
    groups = [list(bundles[0])]
    for bundle, is_break in zip(bundles[1:], breaks, strict=True):
        if is_break:
            groups.append([])
        groups[-1] += bundle
    return groups
