"""What each part of a search is worth, and what was tried in its place.

Every variant is compared with the search as it is, question by question, on the same chunks. It
takes ten minutes of a processor or more, most of them to embed 2,757 pages and 5,183 abstracts.
SciFact is its train split: what is chosen here is reported on the test split (`scifact`).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.local.engine.chunk.headings import with_context
from app.local.engine.encoder import TokenVectors, Vectors
from app.local.engine.late_interaction import WINDOW, weights
from app.local.engine.late_order import BEST, FIRST, NEIGHBOURS, WEIGHT, WITHIN, WORDS
from app.local.engine.store import bm25, fusion
from app.local.engine.store.analysis import terms
from app.local.engine.token_memory import TokenMemory
from app.local.engine.transformer import Encoder
from tests.quality._corpora import READERS, Corpus
from tests.quality._passages import is_here
from tests.quality.scifact import ndcg
from tests.quality.search import interval
from tests.tables import Table

Scores = NDArray[np.float64]  # (n,) of a question
MEMORY = 400_000_000  # bytes of tokens that are remembered of a corpus
MOST = 700  # questions of a corpus whose hits are read: 20 of each, 25 ms each
READ = 20  # hits whose tokens are compared with the question's


def run() -> Iterator[Table]:
    encoder = Encoder()
    corpora = []
    for name, read in READERS.items():
        if is_here(name):
            corpora.append(read(encoder))
        else:
            print(f"../shared/eval/{name} is not here, and is left out.")
    if corpora:
        yield from tables([Trial(corpus, encoder) for corpus in corpora])


def tables(trials: Sequence["Trial"]) -> Iterator[Table]:
    """A table of the fused search, and one of late interaction over its first hits."""
    for title, base, variants in (
        ("A search by meaning and words", Trial.fused, FUSED),
        ("Late interaction over its first hits", Trial.late, LATE),
    ):
        trials = [one for one in trials if base is Trial.fused or len(one.questions) <= MOST]
        now = [trial.gains(base) for trial in trials]
        rows = [["as it is", *(f"{gains.mean():.3f}" for gains in now)]]
        for name, variant in variants.items():
            gains = [trial.gains(variant) for trial in trials]
            pairs = zip(gains, now, strict=True)
            rows.append(
                [name, *("{:+.3f} [{:+.3f}, {:+.3f}]".format(*interval(a - b)) for a, b in pairs)]
            )
        columns = [f"{trial.corpus.name}, {len(trial.corpus.questions)}" for trial in trials]
        yield Table(f"{title}: nDCG@10, and paired differences to it", ["variant", *columns], rows)


class Trial:
    """A corpus, and the ways to search it."""

    def __init__(self, corpus: Corpus, encoder: Encoder) -> None:
        self.corpus = corpus
        self._memory = TokenMemory(encoder, MEMORY)
        self.questions = encoder.tokens(corpus.questions)
        self._cosines = np.array([corpus.vectors @ one.mean for one in self.questions])
        self._nearest: dict[tuple[int, int], tuple[Vectors, float]] = {}

    def gains(self, way: "Way") -> Scores:
        """nDCG@10 of each question."""
        gains = []
        for number, relevant in enumerate(self.corpus.relevant):
            order = np.argsort(-way(self, number), kind="stable")[:100]
            documents = [self.corpus.passages[place].document for place in order]
            gains.append(ndcg(list(dict.fromkeys(documents)), relevant))
        return np.array(gains)

    def fused(self, number: int, meaning: float = fusion.MEANING, **words: float) -> Scores:
        scores = self.words(number, **words)
        return _mean(self._cosines[number], scores / (scores.max() or 1), meaning)

    def ranks(self, number: int) -> Scores:
        """Reciprocal rank fusion, with the usual 60 (Cormack and others, 2009)."""
        both = (self._cosines[number], self.words(number))
        return sum(1 / (61 + np.argsort(np.argsort(-one))) for one in both)  # type: ignore[return-value]  # of arrays

    def highest(self, number: int, meaning: float) -> Scores:
        """Fused, the words' score divided by the highest that there could be."""
        parts = Counter(terms(self.corpus.questions[number])).items()
        most = sum(times * self._idf(term) for term, times in parts if term in self._postings)
        return _mean(self._cosines[number], self.words(number) / (most or 1), meaning)

    def feedback(self, number: int, weight: float) -> Scores:
        """Fused, the question's vector moved towards those of the first three."""
        first = np.argsort(-self.fused(number))[:3]
        vector = self.questions[number].mean + weight * self.corpus.vectors[first].mean(axis=0)
        cosines = self.corpus.vectors @ (vector / np.linalg.norm(vector))
        words = self.words(number)
        return _mean(cosines, words / (words.max() or 1), fusion.MEANING)

    def words(
        self,
        number: int,
        k1: float = bm25.K1,
        b: float = bm25.B,
        pairs: float = 0,
        share: float = 0,
        once: float = 0,
    ) -> Scores:
        """BM25.

        Args:
            pairs: the weight of two neighbouring terms as a term of their own.
            share: the power of the share of the question's idf that a passage has, a factor.
            once: whether a term counts once however often the question has it.
        """
        own = terms(self.corpus.questions[number])
        parts: list[tuple[object, float]] = [
            (term, 1 if once else times) for term, times in Counter(own).items()
        ]
        if pairs:
            parts += [(pair, pairs) for pair in dict.fromkeys(pairwise(own))]
        scores = np.zeros(len(self.corpus.passages))
        held = np.zeros_like(scores)
        for term, times in parts:
            rows, counts = self._postings.get(term, _NONE)
            lengths = self._lengths[rows]
            saturated = counts / (counts + k1 * (1 - b) + k1 * b / self._lengths.mean() * lengths)
            scores[rows] += times * self._idf(term) * saturated
            held[rows] += self._idf(term)
        most = sum(self._idf(term) for term, _ in parts) or 1
        return scores * (held / most) ** share if share else scores

    def late(
        self,
        number: int,
        first: int = FIRST,
        weight: float = WEIGHT,
        alike: bool = False,
        words: float = WORDS,
        within: float = WITHIN,
        neighbours: float = NEIGHBOURS,
    ) -> Scores:
        """The first hits in the order of late interaction.

        Args:
            alike: whether all tokens of the question weigh the same.
            words: the weight of what words added to the score of the search.
            within: the share of the tokens of the passage that lie in one window.
            neighbours: the weight of the best hits of the same document.
        """
        scores = self.fused(number)
        order = np.argsort(-scores, kind="stable")[:first]
        token_weights = weights(self.questions[number])
        if alike:
            token_weights = np.ones_like(token_weights)
        new = {}
        for place in order:
            nearest, window = self._tokens(number, int(place))
            whole = float(nearest @ token_weights / token_weights.sum())
            share = (1 - within) * whole + within * window
            by_words = fusion.words_part(scores[place], self._cosines[number][place])
            whole_weight = 1 + words * (1 - fusion.MEANING) + weight
            new[int(place)] = (scores[place] + words * by_words + weight * share) / whole_weight
        least = min(new.values())
        by_document: dict[str, list[float]] = {}
        for place, score in new.items():
            by_document.setdefault(self.corpus.passages[place].document, []).append(score - least)
        result = scores - 10
        for place, score in new.items():
            others = sorted(by_document[self.corpus.passages[place].document], reverse=True)[:BEST]
            result[place] = score + neighbours * sum(others)
        return result

    def _tokens(self, number: int, place: int) -> tuple[Vectors, float]:
        """Of each of the question's tokens the nearest; and the share that one window says."""
        if (number, place) not in self._nearest:
            question = self.questions[number]
            by = weights(question)
            cosines = self._read(place).vectors @ question.vectors.T  # (t, q)
            starts = range(0, max(1, len(cosines) - WINDOW // 2), WINDOW // 2)
            best = [cosines[a : a + WINDOW].max(axis=0, initial=-1) for a in starts]
            within = max(float(one @ by / by.sum()) for one in best)
            self._nearest[number, place] = (cosines.max(axis=0, initial=-1), within)
        return self._nearest[number, place]

    def _read(self, place: int) -> TokenVectors:
        passage = self.corpus.passages[place]
        return self._memory.tokens([with_context(passage.context, passage.text)])[0]

    def _idf(self, term: object) -> float:
        return bm25.idf(len(self.corpus.passages), len(self._postings.get(term, _NONE)[0]))

    @cached_property
    def _terms(self) -> list[list[str]]:
        return [terms(f"{one.context}\n{one.text}") for one in self.corpus.passages]

    @cached_property
    def _lengths(self) -> Scores:
        return np.array([len(one) for one in self._terms], float)

    @cached_property
    def _postings(self) -> Mapping[object, tuple[NDArray[np.int64], Scores]]:
        """The rows that have a term or a pair of terms of a question, and how often."""
        wanted: set[object] = set()
        for question in self.corpus.questions:
            own = terms(question)
            wanted |= {*own, *pairwise(own)}
        postings: dict[object, list[tuple[int, int]]] = {}
        for row, own in enumerate(self._terms):
            pairs = [pair for pair in pairwise(own) if pair in wanted]
            for term, count in Counter([*(one for one in own if one in wanted), *pairs]).items():
                postings.setdefault(term, []).append((row, count))
        return {
            term: (np.array([row for row, _ in some]), np.array([n for _, n in some], float))
            for term, some in postings.items()
        }


def _mean(cosines: Vectors, words: Scores, meaning: float) -> Scores:
    """The weighted mean of both as `fusion.hybrid` has it, the words' share 0 to 1."""
    scores: Scores = meaning * (1 + cosines) / 2 + (1 - meaning) * words
    return scores


_NONE = (np.empty(0, np.int64), np.empty(0))
Way = Callable[[Trial, int], Scores]

FUSED: Mapping[str, Way] = {
    "words alone": Trial.words,
    "meaning alone": lambda trial, number: trial.fused(number, meaning=1),
    "meaning .7, not .75": lambda trial, number: trial.fused(number, meaning=0.7),
    "meaning .8": lambda trial, number: trial.fused(number, meaning=0.8),
    "ranks fused, not scores": Trial.ranks,
    "words by the highest possible score": lambda trial, number: trial.highest(number, 0.75),
    "k1 .9, not 1.2": lambda trial, number: trial.fused(number, k1=0.9),
    "k1 .9, b .4, not .75": lambda trial, number: trial.fused(number, k1=0.9, b=0.4),
    "k1 .6": lambda trial, number: trial.fused(number, k1=0.6),
    "a repeated word counts once": lambda trial, number: trial.fused(number, once=1),
    "pairs of words too, .2": lambda trial, number: trial.fused(number, pairs=0.2),
    "times the share of words, root": lambda trial, number: trial.fused(number, share=0.5),
    "feedback from the first three, .2": lambda trial, number: trial.feedback(number, 0.2),
}
LATE: Mapping[str, Way] = {
    "none": Trial.fused,
    "as it was: weight 4, words 0, other hits .3": (
        lambda trial, number: trial.late(number, weight=4, words=0, neighbours=0.3)
    ),
    "weight 4, not 6": lambda trial, number: trial.late(number, weight=4),
    "weight 9": lambda trial, number: trial.late(number, weight=9),
    "words' weight 0, not 2.3": lambda trial, number: trial.late(number, words=0),
    "words' weight 1.5": lambda trial, number: trial.late(number, words=1.5),
    "words' weight 3": lambda trial, number: trial.late(number, words=3),
    "the first 5, not 12": lambda trial, number: trial.late(number, first=5),
    "the first 10": lambda trial, number: trial.late(number, first=10),
    "the first 15": lambda trial, number: trial.late(number, first=15),
    "the first 20": lambda trial, number: trial.late(number, first=READ),
    "all words weigh the same": lambda trial, number: trial.late(number, alike=True),
    "whole passages alone": lambda trial, number: trial.late(number, within=0),
    "half within windows of 64 tokens": lambda trial, number: trial.late(number, within=0.5),
    "without the document's other hits": lambda trial, number: trial.late(number, neighbours=0),
    "with them, .3 and not .4": lambda trial, number: trial.late(number, neighbours=0.3),
    "with them, .5": lambda trial, number: trial.late(number, neighbours=0.5),
}
