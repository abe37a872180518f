"""What the documents have of the words that a question is about.

A question about one thing more than a document tells, such as "How do I convert a docx file to PDF
with mammoth?" over a document that never names PDF, is near to everything that the document says of
the rest. So each word counts for itself: the rarer it is and the farther everything in the
documents is from it, the more is lacking.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.local.engine.encoder import TokenVectors
from app.local.engine.late_interaction import rarity
from app.local.engine.store.analysis import terms
from app.local.engine.writer.question.nearness import CandidateTokens

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Nouns:
    """The words that a question is about, and what each candidate has of them.

    Attributes:
        words: as the question writes them.
        terms: of each.
        rarity: of each, 0 to 1, (k,).
        alike: how near the tokens of each candidate, with what stands over it, come to each,
            (n, k).
        near: the same, and 1 where the candidate has the word itself.
    """

    words: tuple[str, ...]
    terms: tuple[frozenset[str], ...]
    rarity: Floats
    alike: Floats
    near: Floats

    @classmethod
    def of(
        cls,
        words: Sequence[str],
        tokens: Sequence[TokenVectors],
        candidates: CandidateTokens,
        stems_of: Sequence[frozenset[str]],
    ) -> "Nouns":
        """Compare each word of a question with each candidate.

        Args:
            words: of the question.
            tokens: of each of them alone.
            candidates: the tokens of each.
            stems_of: the terms of each candidate and of what stands over it.
        """
        alike = np.zeros((len(stems_of), len(words)))
        all_stems = tuple(frozenset(terms(word)) for word in words)
        for column, its in enumerate(tokens):
            own, above = candidates.nearest(its)
            alike[:, column] = np.maximum(own.mean(axis=1), above.mean(axis=1))
        near = alike.copy()
        for column, stems in enumerate(all_stems):
            near[[not one.isdisjoint(stems) for one in stems_of], column] = 1.0
        return cls(tuple(words), all_stems, np.array([rarity(one) for one in tokens]), alike, near)

    def lacks(self, places: Iterable[int], names: frozenset[str] = frozenset()) -> Floats:
        """How much these candidates lack of each word, 0 to 1, (k,).

        Args:
            places: of the candidates.
            names: the terms of their documents' names.
        """
        rows = list(places)
        best = self.near[rows].max(axis=0, initial=0.0)
        best[[not names.isdisjoint(its) for its in self.terms]] = 1.0
        lack: Floats = self.rarity * (1 - best)
        return lack
