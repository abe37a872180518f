"""Answers where the question or the passages are in other languages than English.

    question    what it asks for, by the tables of its language (`engine.languages`)
    demands     what the answer has to have of the question, and what is merely near has not
    evidence    how far each candidate speaks for being the answer, by the multilingual encoder
    verdicts    whether a sentence says yes or no
    rewrite     a follow-up and the question before it -> a question that stands alone
    small_talk  what asks for nothing

An English question is put to English passages first, as ever; only what they do not answer is put
to the others. Any other question is put to all passages. What is said are the document's own
sentences, in its own language.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.local import lazy_re as re
from app.local.engine.languages import Language, detect
from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.candidates.said import Said
from app.local.engine.writer.evidence import MOST, likeliest
from app.local.engine.writer.inquiry import Draw, Inquiry
from app.local.engine.writer.multilingual.coefficients import (
    ACROSS,
    ANSWERABLE,
    INTERCEPT,
    WITHIN,
)
from app.local.engine.writer.multilingual.demands import ForeignDemands
from app.local.engine.writer.multilingual.evidence import (
    FEATURES,
    Evidence,
    MultilingualCase,
    MultilingualVectors,
    WordEncoder,
    evidence,
)
from app.local.engine.writer.multilingual.question import question_in
from app.local.engine.writer.multilingual.verdicts import decide
from app.local.engine.writer.question import Question
from app.local.engine.writer.selection import Scores, chosen, softmax
from app.local.engine.writer.selection.comparisons import (
    Comparison,
    candidates_of,
    comparison_of,
    tells_both,
)
from app.local.engine.writer.selection.odds import Odds
from app.local.engine.writer.selection.repetition import Repetition
from app.local.engine.writer.selection.summaries import key_sentences, sentences_about, subject_in

_WRITTEN_SO = re.compile(r"^-|_|^(?=[!-~]++$)\D*+\d")  # "Standard-Timeout" is a word
_LOOKED_AT = 12  # candidates that may have what is demanded
_DECIDING = 6  # candidates that are looked at for a yes or no

__all__ = ["MultilingualChoice", "WordEncoder", "score", "signs"]


class MultilingualChoice:
    """Chooses what is said. Thread-safe.

    Args:
        encoder: compares texts across languages.
    """

    def __init__(self, encoder: WordEncoder) -> None:
        self._vectors = MultilingualVectors(encoder)

    def of(self, inquiry: Inquiry, language: Language, draw: Draw) -> Said:
        """What answers a question; no candidates where nothing does.

        Args:
            language: the question's.
        """
        meaning, candidates = inquiry.meaning, inquiry.candidates
        if subject := subject_in(meaning.question, language):
            about = sentences_about(subject, candidates, inquiry.names, language)[:MOST]
            if about:
                vectors = self._vectors.of([one.gist for one in about])
                extracts = [about[place] for place in key_sentences(vectors, about)]
                return Said(extracts, language.replies["extracts"])
        answer = self._of(inquiry, language, draw)
        comparison = comparison_of(meaning.question, language)
        if comparison is None or tells_both(answer.candidates[:1], comparison, language):
            return answer
        return self._compared(inquiry, language, draw, comparison) or answer

    def _of(self, inquiry: Inquiry, language: Language, draw: Draw, *, known: bool = False) -> Said:
        """What answers a question that compares nothing.

        Args:
            known: whether there is an answer for sure.
        """
        question = question_in(inquiry.meaning.question, language)
        weighed = self._weighed(inquiry, question, language, known=known)
        if weighed is None:
            return Said()
        choices, case, shown, repetition, scores = weighed
        if not (known or repetition.is_known(scores) or answerable(case, shown, scores)):
            return Said()
        order, names = draw(scores), inquiry.names
        places = chosen(choices, order, scores, case.vectors, names)
        likely = [place for place in order[:_DECIDING] if not case.foreign[place]]
        verdict = ""
        if decision := decide(question, language, choices, likely, names):
            first, verdict = decision
            places = [first]
        answer = repetition.said_now(places, scores)
        return Said(answer, language.replies[verdict] if verdict else "")

    def odds(self, inquiry: Inquiry, language: Language) -> Odds | None:
        """What the answer to a question is drawn from; None if nothing can be. Arguments as of
        `of`.
        """
        question = question_in(inquiry.meaning.question, language)
        weighed = self._weighed(inquiry, question, language)
        if weighed is None:
            return None
        is_answered = answerable(weighed.case, weighed.shown, weighed.scores)
        return Odds(weighed.choices, weighed.scores, is_answered)

    def _weighed(
        self, inquiry: Inquiry, question: Question, language: Language, *, known: bool = False
    ) -> "_Weighed | None":
        """The likeliest candidates with their scores; None if there is none. Nothing is demanded of
        what is known to be an answer, nor of one to a follow-up, whose words are of two turns.
        """
        choices = likeliest(question, inquiry.candidates)
        if not choices or not question.terms:
            return None
        languages = [detect(passage.text) for passage in inquiry.passages]
        case = MultilingualCase(question, language, choices, languages, self._vectors)
        shown = evidence(case)  # (n, features)
        repetition = Repetition(inquiry.meaning, choices)
        scores = repetition.without_barred(score(shown, case.foreign), question)  # (n,)
        if language.code != "en" and not known and not inquiry.meaning.answers:
            scores = _of_met(ForeignDemands(case, language, inquiry.names), scores)
        if not np.isfinite(scores).any():
            return None
        return _Weighed(choices, case, shown, repetition, scores)

    def _compared(
        self, inquiry: Inquiry, language: Language, draw: Draw, comparison: Comparison
    ) -> Said | None:
        """What is said of each of two things, from a place of its own; None if neither is found."""
        best: list[Candidate] = []
        missing: list[str] = []
        for side, other in (comparison.sides, comparison.sides[::-1]):
            about = candidates_of(inquiry.candidates, side, other, language)
            question = f"{side} {comparison.aspect}".strip()
            meaning = replace(inquiry.meaning, question=question, answers=())
            of_side = replace(inquiry, meaning=meaning, candidates=about)
            answer = self._of(of_side, language, draw, known=True)
            best += answer.candidates[:1]
            missing += [] if answer.candidates else [side]
        if not best:
            return None
        best = best[:1] if len(best) == 2 and best[0] == best[1] else best
        behind = language.replies["missing"].format(*missing) if missing else ""
        return Said(best, behind=behind)


def _of_met(demands: ForeignDemands, scores: Scores) -> Scores:
    """The scores, minus infinity for those of the likeliest candidates that lack what is demanded;
    for all, if each of these lacks something.
    """
    likeliest = np.argsort(-scores, kind="stable")[:_LOOKED_AT].tolist()
    unmet = [place for place in likeliest if demands.unmet(place)]
    if len(unmet) == len(likeliest):
        return np.full(len(scores), -np.inf)
    remaining = scores.copy()
    remaining[unmet] = -np.inf
    return remaining


class _Weighed(NamedTuple):
    """Candidates, what speaks for each of them, and how much."""

    choices: Sequence[Candidate]
    case: MultilingualCase
    shown: Evidence
    repetition: Repetition
    scores: Scores


def score(shown: Evidence, foreign: NDArray[np.bool_]) -> Scores:
    """The log-odds of each candidate, by its own language: the question's or another."""
    within = shown @ np.array([WITHIN[name] for name in FEATURES])
    across = shown @ np.array([ACROSS[name] for name in FEATURES])
    return np.asarray(np.where(foreign, across, within))


_COLUMN = {name: place for place, name in enumerate(FEATURES)}


def signs(case: MultilingualCase, shown: Evidence, scores: Scores) -> dict[str, float]:
    """What speaks for there being an answer at all."""
    best = int(scores.argmax())
    least, mean = case.nearness(best)

    def of_best(name: str) -> float:
        return float(shown[best, _COLUMN[name]])

    return {
        "likelihood": float(softmax(scores).max()),
        "cosine": of_best("cosine"),
        "cosine above": of_best("cosine above"),
        "nearest": float(shown[:, _COLUMN["cosine above"]].max()),
        "covered": of_best("covered") + of_best("covered above"),
        "passage covered": of_best("passage covered"),
        "number": of_best("number"),
        "exact": of_best("exact"),
        "least near": least,
        "mean near": mean,
    }


def answerable(case: MultilingualCase, shown: Evidence, scores: Scores) -> bool:
    """Whether the passages hold an answer, as far as the signs say; never, if they have none of the
    options, names and numbers that the question writes in its own way.
    """
    named = {one for one in case.question.identifiers if _WRITTEN_SO.search(one)}
    if named and named.isdisjoint(frozenset().union(*case.identifiers)):
        return False
    best = int(scores.argmax())
    if case.told_by_row(best):
        return True
    if case.question.kind in ("place", "person") and case.tells_figures_only(best):
        return False
    way = "across" if case.foreign[best] else "within"
    weights = ANSWERABLE[way]
    evidence = signs(case, shown, scores).items()
    return INTERCEPT[way] + sum(weights[name] * sign for name, sign in evidence) > 0
