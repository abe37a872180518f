"""An English question, put to English passages: the candidates that answer it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from app.local import lazy_re as re
from app.local.engine.encoder import TokenEncoder
from app.local.engine.languages import ENGLISH
from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.candidates.said import Said
from app.local.engine.writer.candidates.siblings import with_the_others
from app.local.engine.writer.decomposition import questions_in, two_questions
from app.local.engine.writer.evidence import FEATURES, MOST, Evidence, evidence, likeliest
from app.local.engine.writer.evidence.case import Case, case_of
from app.local.engine.writer.evidence.vectors import Remembered
from app.local.engine.writer.inquiry import Draw, Inquiry
from app.local.engine.writer.question import Question
from app.local.engine.writer.question.expected import lacks_kind
from app.local.engine.writer.question.paraphrase import paraphrased
from app.local.engine.writer.selection import (
    Scores,
    answering,
    chosen,
    score,
    softmax,
    with_neighbour,
)
from app.local.engine.writer.selection.comparisons import (
    Comparison,
    candidates_of,
    comparison_in,
    tells_both,
    told_differences,
)
from app.local.engine.writer.selection.documents import of_one_document
from app.local.engine.writer.selection.odds import Odds
from app.local.engine.writer.selection.premises import denial
from app.local.engine.writer.selection.repetition import Repetition
from app.local.engine.writer.selection.summaries import (
    key_sentences,
    sentences_about,
    subject_of_summary,
)
from app.local.engine.writer.selection.superlatives import extreme_row
from app.local.engine.writer.selection.verdicts import (
    asks_yes_or_no,
    decide,
    is_bare,
    is_verdict_on_another,
)

_OF_THEM = re.compile(r"\bof (?:them|these|those|the (?:two|three|four))\b", re.IGNORECASE)
_LIKELY = 0.03  # how likely a candidate has to be the answer, to decide a yes-no question
_FIRST = 1.0  # log-odds before all others, of one that answers in place of the best
_DECIDING = 8  # candidates that are looked at for that
_NOT_OF_THE_KIND = list(FEATURES).index("not of the kind")
_OF_EACH = 2  # candidates, of each of two questions in one
_BESIDE_VERDICT = 1  # other candidates that are said behind a verdict


class EnglishChoice:
    """Chooses what is said. Thread-safe.

    Args:
        encoder: compares texts.
    """

    def __init__(self, encoder: TokenEncoder) -> None:
        self._remembered = Remembered(encoder)

    def of(self, inquiry: Inquiry, draw: Draw) -> Said:
        """What answers a question; no candidates where nothing does."""
        inquiry = _in_words_of_documents(inquiry)
        meaning, candidates, names = inquiry.meaning, inquiry.candidates, inquiry.names
        if subject := subject_of_summary(meaning.question):
            about = sentences_about(subject, candidates, names)[:MOST]
            if about:
                vectors = np.stack([one.mean for one in self._remembered.tokens(_texts(about))])
                extracts = [about[place] for place in key_sentences(vectors, about)]
                return Said(extracts, meaning.language.replies["extracts"])
        named = " ".join(meaning.answers[-2:]) if _OF_THEM.search(meaning.turn) else ""
        if row := extreme_row(meaning.question, candidates, names, named):
            return Said([row])
        if both := self._two_questions(inquiry, draw):
            return both
        comparison = comparison_in(meaning.question)
        if comparison and (block := told_differences(candidates, comparison)):
            return Said([block])
        answer = self._of(inquiry, draw)
        comparison = comparison and comparison.within(names)
        if comparison is None or tells_both(answer.candidates[:1], comparison):
            return answer
        return self._compared(inquiry, draw, comparison) or answer

    def _two_questions(self, inquiry: Inquiry, draw: Draw) -> Said | None:
        """What answers "What is A, and how do I B?": the answers to both; or to one, and that the
        documents do not say the other. None where it is one question, or where the passages answer
        neither, or all of it at once.
        """
        meaning = inquiry.meaning
        parts = two_questions(meaning.question) if meaning.is_whole else ()
        answers = [
            self.of(replace(inquiry, meaning=replace(meaning, question=part)), draw)
            for part in parts
        ]
        if sum(bool(one.candidates) for one in answers) == 1:
            return self._one_of_two(inquiry, draw, answers)
        if not answers or not all(one.candidates for one in answers):
            return None
        both = dict.fromkeys(one for answer in answers for one in answer.candidates[:_OF_EACH])
        return Said(list(both), answers[0].before)

    def _one_of_two(self, inquiry: Inquiry, draw: Draw, answers: Sequence[Said]) -> Said | None:
        """The answer to one of two questions, and that the other has none; None where something
        answers both at once, as far as can be told.
        """
        parts = questions_in(inquiry.meaning.question)
        if len(parts) != len(answers):
            return None
        [(answer, other)] = [
            (one, parts[1 - place]) for place, one in enumerate(answers) if one.candidates
        ]
        at_once = self._of(inquiry, draw).candidates
        if at_once and not lacks_kind(Question(other), " ".join(one.text for one in at_once)):
            return None
        behind = ENGLISH.replies["unanswered"].format(other)
        return replace(answer, behind=behind)

    def _of(self, inquiry: Inquiry, draw: Draw, *, known: bool = False) -> Said:
        """What answers a question that compares nothing.

        Args:
            known: whether there is an answer for sure.
        """
        meaning, names = inquiry.meaning, inquiry.names
        question = Question(meaning.question)
        decides = asks_yes_or_no(question.text)
        weighed = self._weighed(inquiry, question)
        if weighed is None:
            return Said()
        choices, case, shown, repetition, scores = weighed
        if (place := denial(question.text, choices, _likely(scores), names)) is not None:
            return Said([choices[place]], meaning.language.replies["premise"])
        scores = of_one_document(case, scores)
        if not (known or repetition.is_known(scores)):
            place = answering(case, shown, scores)
            if place is None:
                return Said()
            if place != scores.argmax():
                scores = np.where(np.arange(len(scores)) == place, scores.max() + _FIRST, scores)
        order = _of_the_kind(draw(scores), shown)
        apart = () if case.mostly_prose else names  # there each paragraph may be a document
        places = chosen(choices, order, scores, case.vectors, apart)
        verdict = ""
        if decides and (decision := decide(question, choices, _likely(scores), names)):
            first, verdict = decision
            beside = [one for one in places if one != first and not choices[one].block]
            places = [first, *beside[:_BESIDE_VERDICT]]
        elif is_bare(choices[places[0]]) and _goes_on(choices, places[0]):
            places = [places[0], places[0] + 1]
        elif case.mostly_prose and not decides and not meaning.answers:
            places = with_neighbour(case, places)
        answer = repetition.said_now(places, scores)
        if not meaning.answers:
            answer = with_the_others(question, answer, choices, names)
        return Said(answer, f"{verdict}." if verdict else "")

    def odds(self, inquiry: Inquiry) -> Odds | None:
        """What the answer to a question is drawn from; None if nothing can be."""
        inquiry = _in_words_of_documents(inquiry)
        weighed = self._weighed(inquiry, Question(inquiry.meaning.question))
        if weighed is None:
            return None
        scores = of_one_document(weighed.case, weighed.scores)
        is_answered = answering(weighed.case, weighed.shown, scores) is not None
        return Odds(weighed.choices, scores, is_answered)

    def _weighed(self, inquiry: Inquiry, question: Question) -> "_Weighed | None":
        """The likeliest candidates with their scores; None if there is none."""
        choices = likeliest(question, inquiry.candidates)
        if not choices or not question.terms:
            return None
        case = case_of(self._remembered, question, choices, inquiry.names)
        shown = evidence(case)  # (n, features)
        repetition = Repetition(inquiry.meaning, choices)
        scores = repetition.without_barred(score(case, shown), question)  # (n,)
        if asks_yes_or_no(question.text):
            others = [is_verdict_on_another(question, one) for one in choices]
            scores = np.where(others, -np.inf, scores)
        if not np.isfinite(scores).any():
            return None
        return _Weighed(choices, case, shown, repetition, scores)

    def _compared(self, inquiry: Inquiry, draw: Draw, comparison: Comparison) -> Said | None:
        """What is said of each of two things, from a place of its own; None if it is of neither, or
        if neither is found.
        """
        best: list[Candidate] = []
        missing: list[str] = []
        for side, other in (comparison.sides, comparison.sides[::-1]):
            about = candidates_of(inquiry.candidates, side, other)
            meaning = replace(inquiry.meaning, question=comparison.question(side), answers=())
            of_side = replace(inquiry, meaning=meaning, candidates=about)
            answer = self._of(of_side, draw, known=not comparison.aspect)
            best += answer.candidates[:1]
            missing += [] if answer.candidates else [side]
        if not best:
            return None
        if len(best) == 2 and best[0] == best[1]:
            best = best[:1]
        replies = inquiry.meaning.language.replies
        return Said(best, behind=replies["missing"].format(*missing) if missing else "")


class _Weighed(NamedTuple):
    """Candidates, what speaks for each of them, and how much."""

    choices: Sequence[Candidate]
    case: Case
    shown: Evidence
    repetition: Repetition
    scores: Scores


def _in_words_of_documents(inquiry: Inquiry) -> Inquiry:
    question = paraphrased(inquiry.meaning.question)
    return replace(inquiry, meaning=replace(inquiry.meaning, question=question))


def _of_the_kind(order: Sequence[int], shown: Evidence) -> list[int]:
    """The places without those that lack what is wanted, such as a date, if the first has it."""
    lacking = shown[:, _NOT_OF_THE_KIND]
    return [place for place in order if lacking[place] <= lacking[order[0]]]


def _texts(candidates: Sequence[Candidate]) -> list[str]:
    return [one.gist for one in candidates]


def _goes_on(candidates: Sequence[Candidate], place: int) -> bool:
    """Whether a sentence stands behind one in its passage."""
    after = candidates[place + 1 : place + 2]
    return any(one.passage == candidates[place].passage and not one.block for one in after)


def _likely(scores: Scores) -> list[int]:
    """The places of the candidates that may well hold the answer, the likeliest first."""
    likely = softmax(scores)
    ranked = np.argsort(-scores, kind="stable")[:_DECIDING].tolist()
    return [place for place in ranked if likely[place] >= _LIKELY]
