"""How far each candidate speaks for being the answer: the features that a score is made of.

Of meaning (cosines of the encoder), of words (how much of the question's weight a sentence, its
neighbours, what stands over it, and its passage cover), of form (whether it holds what the question
asks for: a number, a date, a name, a definition), and of place. `selection.coefficients` says what
each is worth.
"""

from collections.abc import Callable, Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

from app.local import lazy_re as re
from app.local.engine.store.analysis import terms
from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.evidence.case import Case
from app.local.engine.writer.evidence.coverage import inverse_document_frequency
from app.local.engine.writer.question import Question, dates
from app.local.engine.writer.question.expected import counts, gives_reason, tells_other_name

Evidence = NDArray[np.float64]  # (candidates, features)

MOST = 160  # candidates that are looked at closely

_VERDICT = re.compile(r"(yes|no)\b", re.IGNORECASE)
_DECIDES = re.compile(
    r"\b(not|never|no|none|nor|cannot|only|without|neither|unless|must|can|may|able|unable|disable\w*"
    r"|enable\w*|support\w*|allow\w*|possible|impossible|unsupported|required?|optional\w*)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
_POINTER = re.compile(r"((for|to)\b[^.]*?\bsee|see)\b", re.IGNORECASE)


def likeliest(question: Question, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Of very many candidates those that share most words with the question, in reading order."""
    if len(candidates) <= MOST:
        return candidates
    words_of = [frozenset(terms(f"{one.context} {one.text}")) for one in candidates]
    weigh = inverse_document_frequency(words_of)
    shared = [sum(weigh(term) for term in question.terms if term in one) for one in words_of]
    best_places = sorted(range(len(candidates)), key=lambda place: -shared[place])[:MOST]
    return [candidates[place] for place in sorted(best_places)]


# fmt: off
FEATURES: dict[str, Callable[[Case, int], float]] = {
    "cosine":          lambda case, i: float(case.cosine[i]),
    "late":            lambda case, i: case.near.said[i],
    "late above":      lambda case, i: case.near.said_above[i] - case.near.said[i],
    "least near":      lambda case, i: case.near.least[i],
    "covered":         lambda case, i: case.covered(case.said[i]),
    "covered above":   lambda case, i: case.covered(case.above[i] - case.said[i]),
    "covered nearest": Case.nearest_covered,
    "covered before":  lambda case, i: case.covered_beside(i, -1),
    "covered after":   lambda case, i: case.covered_beside(i, +1),
    "passage covered": lambda case, i: case.passage_covered[case.candidates[i].passage],
    "passage late":    lambda case, i: case.passage_late[case.candidates[i].passage],
    "named":           lambda case, i: case.named(i),
    "rank":            lambda case, i: -log(1 + case.candidates[i].passage),
    "top passage":     lambda case, i: case.candidates[i].passage == 0,
    "number":          lambda case, i: case.question.kind == "number"
                       and case.has_number(i),
    "counts":          lambda case, i: not case.candidates[i].block
                       and counts(case.question, case.candidates[i].text),
    "other name":      lambda case, i: tells_other_name(case.question, case.candidates[i].text),
    "date":            lambda case, i: case.question.kind == "date"
                       and bool(dates(case.candidates[i].text) - dates(case.question.text)),
    "release":         Case.tells_release,
    "person":          Case.tells_name,
    "place":           lambda case, i: case.question.kind == "place" and case.tells_place(i),
    "reason":          lambda case, i: case.question.kind == "reason"
                       and gives_reason(case.candidates[i].text),
    "verdict":         lambda case, i: case.question.kind == "yes-no"
                       and bool(_VERDICT.match(case.candidates[i].text)),
    "decides":         lambda case, i: case.question.kind == "yes-no"
                       and bool(_DECIDES.search(case.candidates[i].text)),
    "definition":      Case.defines,
    "pointer":         lambda case, i: bool(_POINTER.match(case.candidates[i].text)),
    "lead-in":         lambda case, i: case.candidates[i].text.endswith(":"),
    "item":            lambda case, i: case.candidates[i].kind == "item",
    "row":             lambda case, i: case.candidates[i].kind == "row",
    "keyed":           Case.keyed,
    "heading":         lambda case, i: case.is_kind(i, "heading") and not case.question.wants_list,
    "length":          lambda case, i: log(1 + len(case.candidates[i].text) / 100),
    "inline code":     Case.holds_code,
    "command":         lambda case, i: case.how_to.has_command(i),
    "command begins":  lambda case, i: case.how_to.begins_with_command(i),
    "of failure":      lambda case, i: case.how_to.of_failure(i),
    "bare row":        lambda case, i: case.how_to.is_bare_row(i),
    "other usage":     lambda case, i: case.how_to.is_other_usage(i),
    "cut code":        lambda case, i: case.how_to.is_cut_code(i),
    "titled":          lambda case, i: case.how_to.titled(i),
    "quotes question": Case.quotes_question,
    "code":            lambda case, i: case.is_kind(i, "code") and case.question.wants_code,
    "code unwanted":   lambda case, i: case.is_kind(i, "code") and not case.question.wants_code,
    "block":           lambda case, i: case.is_kind(i, "list", "table")
                       and case.question.wants_list,
    "block unwanted":  lambda case, i: case.is_kind(i, "list", "table")
                       and not case.question.wants_list,
    "headless":        lambda case, i: case.candidates[i].headless,
    "exact":           lambda case, i: case.exact(i),
    "of another":      lambda case, i: case.of_another(i),
    "does":            lambda case, i: max(case.how_to.agrees(i), 0),
    "undoes":          lambda case, i: max(-case.how_to.agrees(i), 0),
    "special":         lambda case, i: case.how_to.special(i),
    "heads missing":   lambda case, i: case.missing.heads(i),
    "not of the kind": lambda case, i: case.lacks_kind(i),
    "surroundings missing": lambda case, i: case.missing.surroundings(i),
}
# fmt: on


def evidence(case: Case) -> Evidence:
    """The features of every candidate, in the order of FEATURES."""
    rows = [[float(of(case, i)) for of in FEATURES.values()] for i in range(len(case.candidates))]
    return np.array(rows, np.float64).reshape(-1, len(FEATURES))
