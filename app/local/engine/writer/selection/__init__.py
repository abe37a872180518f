"""Scores -> what is said: whether there is an answer, which sentences make it, in which order.

The score is the log-odds of a conditional logit: the softmax of the scores is how likely each
candidate is to hold the answer. Temperature flattens or sharpens that distribution, top k and top p
cut it off, and the order of the draws is the order of preference.
"""

from collections.abc import Sequence
from math import log
from random import Random

import numpy as np
from numpy.typing import NDArray

from app.local import lazy_re as re
from app.local.engine.transformer import Vectors
from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.evidence import FEATURES, Evidence
from app.local.engine.writer.evidence.case import Case
from app.local.engine.writer.evidence.coverage import refers_back
from app.local.engine.writer.prompt import Sampling
from app.local.engine.writer.selection.coefficients import ANSWERABLE, INTERCEPT, PROSE, WEIGHTS

Scores = NDArray[np.float64]  # (candidates,)

LONGEST = 3  # sentences
_WORTH_SAYING = 0.015  # a further sentence is, if it holds the answer this often
_ROOMY = 15  # times as often beside a block, or if it is a long one
_LONG_BLOCK = 250  # characters
_TOGETHER = 320  # characters of a sentence and its neighbour
_ADDS = 0.01  # of what a question says, for a neighbour to be said
_MUCH = 0.5  # of the weight of a question, for a sentence to be said alone
_ENOUGH = 0.25  # of the weight of a question, for a command that says nothing of the act
_COLDEST = 1e-6  # a temperature below is 0
_TRIED = 5  # candidates, where the best lacks what the question demands
_BEHIND = 5.0  # log-odds that one of them may be behind the best
_SAME = 0.92  # cosine; two sentences nearer than this say the same

_NEXT = re.compile(r"(?:and )?(?:then|next|finally|lastly|now|after(?:wards| that)|once)\b", re.I)
_STEPS = 900  # characters of two blocks of code that are said together

_COLUMN = {name: place for place, name in enumerate(FEATURES)}


def score(case: Case, evidence: Evidence) -> Scores:
    """The log-odds of each candidate."""
    weights = PROSE if case.mostly_prose else WEIGHTS
    return np.asarray(evidence @ np.array([weights[name] for name in FEATURES]))


def softmax(scores: Scores) -> Scores:
    """How likely each is, if the scores are log-odds.

    >>> softmax(np.log([1.0, 3.0])).round(2).tolist()
    [0.25, 0.75]
    """
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum())


def signs(case: Case, evidence: Evidence, best: int) -> dict[str, float]:
    """What speaks for a candidate being an answer: what it and its passage have and lack of the
    question.
    """
    passage = case.candidates[best].passage
    question = case.question

    def of_best(name: str) -> float:
        return float(evidence[best, _COLUMN[name]])

    command = case.how_to.begins_with_any_command(best) and case.covered(case.told(best)) >= _ENOUGH
    has_code = of_best("code") or of_best("command begins") or command
    return {
        "cosine": of_best("cosine"),
        "covered": case.covered(case.told(best)),
        "terms": log(1 + len(question.terms)),
        "lacking": case.missing.words(best),
        "qualifier nowhere": float(case.missing.qualifier_nowhere(best)),
        "nouns missing": case.missing.nouns(best),
        "superlative missing": case.missing.superlative(best),
        "name nowhere": float(case.missing.name_nowhere),
        "hinge missing": case.missing.hinge,
        "identifiers missing": case.missing.identifiers(best),
        "least near in passage": case.near.least_together(case.rows[passage]),
        "exact": of_best("exact"),
        "no number": float(question.kind == "number" and not _tells_number(case, evidence, best)),
        "no time": float(
            question.kind == "date" and of_best("not of the kind") > 0 and not case.mostly_prose
        ),
        "no code": float(
            question.wants_code
            and not has_code
            and not case.mostly_prose
            and case.how_to.code_is_near(best)
        ),
        "not of the kind": of_best("not of the kind"),
        "surroundings missing": of_best("surroundings missing"),
        "titled": of_best("titled"),
        "of another": of_best("of another"),
        "undoes": of_best("undoes"),
        "unmet": float(case.demands.unmet(best)),
        "prose": float(case.is_prose(best)),
    }


def _tells_number(case: Case, evidence: Evidence, place: int) -> bool:
    """Whether a candidate has a number where one is asked for; of mere prose, whether its passage
    has, as its sentences are said together.
    """
    places = case.rows[case.candidates[place].passage] if case.mostly_prose else [place]
    return bool(evidence[places, _COLUMN["number"]].any())


def answering(case: Case, evidence: Evidence, scores: Scores) -> int | None:
    """The candidate that answers: the best; or where that lacks what a short question demands, one
    of the next. None if there is none. The next is of the same document and nearly as likely, and
    has each thing that is named in itself: beside the best, neighbours have most of it. Where the
    best only lacks the number or the time that is asked for, the next has to go on about it.
    """
    best, *others = _ranked(scores)[:_TRIED]
    if _answers(case, evidence, best):
        return best
    lacks = signs(case, evidence, best)
    if not any(lacks[sign] for sign in ("unmet", "no number", "no time")):
        return None
    name = case.name(best)
    near = (one for one in others if scores[one] >= scores[best] - _BEHIND)
    if not lacks["unmet"]:
        near = (one for one in near if best in case.with_antecedents(one))
    same = (one for one in near if case.name(one) == name and case.demands.met_alone(one))
    return next((one for one in same if _answers(case, evidence, one)), None)


def _answers(case: Case, evidence: Evidence, place: int) -> bool:
    """Whether a candidate answers the question, as far as its signs say."""
    features = signs(case, evidence, place)
    return INTERCEPT + sum(ANSWERABLE[name] * sign for name, sign in features.items()) > 0


def drawn(scores: Scores, sampling: Sampling, random: Random) -> list[int]:
    """The candidates in the order in which they are drawn, those that are cut off left out.

    Adding temperature times a Gumbel variate to each score and sorting is drawing from the softmax
    of scores / temperature without putting back (Gumbel-top-k; Kool et al., 2019).

    >>> drawn(np.array([0.0, 2.0, 1.0]), Sampling(temperature=0), Random(1))
    [1, 2, 0]
    >>> drawn(np.array([0.0, 2.0, 1.0]), Sampling(temperature=1, top_k=1), Random(1))
    [1]
    """
    temperature = sampling.temperature or 0.0
    if temperature < _COLDEST:
        return _ranked(scores)
    top = _top(scores, temperature, sampling)
    shaken = {one: scores[one] + temperature * gumbel(random) for one in top}
    return sorted(top, key=lambda one: -shaken[one])


def first_draw(scores: Scores, sampling: Sampling) -> dict[int, float]:
    """How likely each candidate is to be drawn first, the likeliest first; those that are cut off
    are left out.

    >>> likely = first_draw(np.log([1.0, 3.0, 5.0]), Sampling(temperature=1, top_k=2))
    >>> {place: round(share, 3) for place, share in likely.items()}
    {2: 0.625, 1: 0.375}
    >>> first_draw(np.log([1.0, 3.0, 4.0]), Sampling(temperature=0))
    {2: 1.0}
    """
    temperature = sampling.temperature or 0.0
    if temperature < _COLDEST:
        return {_ranked(scores)[0]: 1.0}
    top = _top(scores, temperature, sampling)
    return dict(zip(top, softmax(scores[top] / temperature).tolist(), strict=True))


def _top(scores: Scores, temperature: float, sampling: Sampling) -> list[int]:
    """The candidates that top k and top p leave, the likeliest first."""
    ranked = _ranked(scores)
    top = ranked[: sampling.top_k or None]
    likely = softmax(scores[top] / temperature)
    before = np.cumsum(likely) - likely
    top_p = 1.0 if sampling.top_p is None else sampling.top_p
    return [one for one, mass in zip(top, before, strict=True) if mass < top_p] or ranked[:1]


def _ranked(scores: Scores) -> list[int]:
    return [int(place) for place in np.argsort(-scores, kind="stable")]


def gumbel(random: Random) -> float:
    """A variate of the standard Gumbel distribution."""
    return float(-np.log(-np.log(max(random.random(), 1e-300))))


def with_neighbour(case: Case, places: Sequence[int]) -> list[int]:
    """The places; a single short sentence of mere prose with the one behind or before it in its
    paragraph, whichever says more of the question, where it says what the sentence leaves open
    ("Most of these schools are .."), or the sentence says little of the question.
    """
    if len(places) != 1:
        return list(places)
    [place] = places
    beside = [one for one in (place + 1, place - 1) if _fits_beside(case.candidates, place, one)]
    alone = case.near.together([place])
    adds = {one: case.near.together([place, one]) - alone for one in beside}
    best = max(adds, key=adds.__getitem__, default=place)
    leaves_open = case.covered(case.said[place]) < _MUCH or adds.get(best, 0.0) >= _ADDS
    return sorted({place, best}) if leaves_open else [place]


def _fits_beside(candidates: Sequence[Candidate], place: int, other: int) -> bool:
    """Whether two candidates are of one paragraph, and short enough to be said together."""
    if not 0 <= other < len(candidates):
        return False
    both = (candidates[place], candidates[other])
    paragraphs = {(one.passage, one.paragraph) for one in both}
    return len(paragraphs) == 1 and sum(len(one.text) for one in both) <= _TOGETHER


def chosen(
    candidates: Sequence[Candidate],
    order: Sequence[int],
    scores: Scores,
    vectors: Vectors,
    names: Sequence[str] = (),
) -> list[int]:
    """One to three candidates that make the answer, in the order in which they read well.

    The first drawn is said, behind the sentence before it if it begins with a pronoun. So is each
    of the next that may well hold the answer, too, and says something else; but one block is
    enough, unless the next one of code goes on with "Then ..", and of a table no row that fits
    less; and one of another document has to be nearly as likely. Passages follow one another as
    they were drawn; in a passage, sentences stand as they stand there.
    """
    likely = softmax(scores)
    best = order[0]
    choice = [best]
    if _refers_back(candidates, best):
        choice.append(best - 1)
    choice += _next_step(candidates, best)
    for one in order[1:LONGEST]:
        long = candidates[best].block or len(candidates[one].block) > _LONG_BLOCK
        apart = names and names[candidates[one].passage] != names[candidates[best].passage]
        worth = likely[one] >= _WORTH_SAYING * (_ROOMY if long or apart else 1)
        if worth and len(choice) < LONGEST and _adds(one, choice, candidates, vectors):
            choice.append(one)
    passages = [candidates[one].passage for one in choice]
    return sorted(
        choice, key=lambda one: (passages.index(candidates[one].passage), candidates[one].place)
    )


def _refers_back(candidates: Sequence[Candidate], place: int) -> bool:
    """Whether a sentence begins with a pronoun, and stands behind one that it may refer to."""
    one, before = candidates[place], candidates[place - 1]
    return before.kind == "sentence" and one.place > 0 and refers_back(one)


def _next_step(candidates: Sequence[Candidate], place: int) -> list[int]:
    """The block of code right behind one, if it is the next step: "Then run it:"; or nothing."""
    one = candidates[place]
    behind = (number for number in range(place + 1, len(candidates)) if candidates[number].block)
    after = next(behind, None)
    if one.kind != "code" or after is None:
        return []
    step = candidates[after]
    together = (step.kind, step.passage, step.heading) == ("code", one.passage, one.heading)
    fits = len(one.block) + len(step.block) <= _STEPS
    return [after] if together and fits and _NEXT.match(step.lead) else []


def _adds(
    one: int, choice: Sequence[int], candidates: Sequence[Candidate], vectors: Vectors
) -> bool:
    """Whether a candidate says something beside those that are chosen."""
    new = candidates[one]
    chosen = [candidates[other] for other in choice]
    if new.block and any(other.block for other in chosen):
        return False
    if new.cells and any(other.cells for other in chosen):
        return False
    if new.kind == "table" and any(other.cells for other in chosen):
        return False
    if any(_same(one, other, candidates, vectors) for other in choice):
        return False
    return not any(_holds(other, new) or _holds(new, other) for other in chosen)


def _holds(block: Candidate, part: Candidate) -> bool:
    """Whether a part is in a block, or leads in to it."""
    words = part.text.rstrip(".;:")
    return block.passage == part.passage and bool(block.block) and words in block.text


def _same(one: int, other: int, candidates: Sequence[Candidate], vectors: Vectors) -> bool:
    texts = [candidates[place].text.rstrip(".;:") for place in (one, other)]
    return (
        texts[0] in texts[1] or texts[1] in texts[0] or float(vectors[one] @ vectors[other]) > _SAME
    )
