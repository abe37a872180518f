"""Yes or no: whether a sentence plainly decides a question, and which way.

    Does orjson support PyPy?      orjson does not and will not support PyPy.        No
    Does Rich work on Windows?     Rich works with Linux, macOS and Windows.         Yes
    May metadata have 20 KB?       Metadata may have at most 10 KB.                  No
    Is HTTP/2 on by default?       HTTP/2 may be on by default in a later version.   (nothing)

A wrong verdict is worse than none. So it is said only if the sentence, with the headings and the
name of its document, holds every term of the question, in the question's order; if a negation
stands right before one of them, or there is none at all; and if nothing limits what is said.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Literal

from app.local import lazy_re as re
from app.local.engine.store.analysis import terms
from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.question import Question, identifiers
from app.local.engine.writer.question.quantities import limits, quantities

Verdict = Literal["Yes", "No"]

_ASKS = re.compile(
    r"^\W*(?:(?:and|but|so|or|ok)\W+)?(?:is|are|was|were|do|does|did|can|could|will|would|has|have|had"
    r"|should|may|must) ",
    re.IGNORECASE,
)
# A question that no sentence decides by its words alone.
_UNCERTAIN = re.compile(
    r"\b(?:not|n['\u2019]t|never|no|or|if|unless|when|while|after|before|without|instead|except|than"
    r"|both|each|how|why|what|which|who|where|better|best|worth|good|enough|really|there)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:not|cannot|never|no longer|no|nothing|none|nobody|neither|nor)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
_SOME = re.compile(
    r"\b(?:not|n['\u2019]t) (?:only|just|always|all|every|necessarily|yet|merely|simply|recommended"
    r"|fully|entirely|quite|really)\b",
    re.IGNORECASE,
)
# What limits a statement, or turns it over without a negation.
_LIMITS = r"""
if unless except only but however although though until unlike instead rather without might may
could should would planned plan future soon sometimes some most mostly partly partially almost
nearly hardly drop\w* remov\w* deprecat\w* disabl\w* lacks? lacking fail\w* prevent\w* avoid\w*
refus\w* ignor\w* exclud\w* forb\w* prohibit\w* reject\w* deny denied denies skip\w* unable
un\w+ed insecure optional\w* formerly previously ask\w* whether was were had experimental\w* limited
try tries tried seems? example i my we
"""
_LIMIT = re.compile(rf"\b(?:{'|'.join(_LIMITS.split())}|used to|will be)\b", re.IGNORECASE)
# With these in a question, more is asked than its terms tell.
_DEGREE = re.compile(
    r"\b(?:only|all|every|always|just|still|already|natively|fully|entirely|more|less|most|alone)\b",
    re.IGNORECASE,
)
_OPPOSITES = (
    ("enabled", "disabled"),
    ("on by default", "off by default"),
    ("on by default", "disabled by default"),
    ("on by default", "not enabled by default"),
    ("required", "optional"),
    ("mandatory", "optional"),
    ("allowed", "forbidden"),
    ("allowed", "prohibited"),
    ("supported", "unsupported"),
    ("possible", "impossible"),
    ("safe", "unsafe"),
    ("safe", "insecure"),
    ("secure", "insecure"),
)
_VERDICT = re.compile(r"(?:yes|no|not yet|not any ?more)(?:[.!,]|$)", re.IGNORECASE)
_CLAUSES = re.compile(
    r"[.!?;:]\s|\s[\u2013\u2014-]\s"
    r"|,? (?:but|because|since|whereas|although|though|while|so that)\s"
)
_ANYWHERE = frozenset(("default",))  # "a default timeout", "a timeout by default"
_ENOUGH = 0.4  # of a question's terms in a sentence that begins with a verdict
_MODALS = frozenset(("may", "must"))
_PLAIN = re.compile(r"[\w/]+")
_WORDS = re.compile(r"\w[\w./'\u2019-]*")


def asks_yes_or_no(question: str) -> bool:
    """Whether yes or no may answer it.

    >>> [asks_yes_or_no(text) for text in ("Is it hard?", "Is it hard or soft?", "How hard is it?")]
    [True, False, False]
    """
    return bool(_ASKS.match(question)) and not _UNCERTAIN.search(question)


def verdict_of(question: Question, one: Candidate, name: str = "") -> Verdict | None:
    """Whether a sentence plainly says yes or no; None if it does not.

    Args:
        one: a sentence, or an item of a list.
        name: of its document.

    >>> def of(text, sentence):
    ...     return verdict_of(Question(text), Candidate(0, 0, "sentence", sentence, ""))
    >>> of("Does orjson support PyPy?", "orjson does not and will not support PyPy.")
    'No'
    >>> of("Does Starlette need FastAPI?", "FastAPI needs Starlette.")
    """
    if one.block or one.cells or not asks_yes_or_no(question.text):
        return None
    if quantities(question.text):
        return _by_limit(question, one, name)
    around = frozenset(terms(f"{one.context} {name}"))
    for clause in _CLAUSES.split(one.text):
        if clause and _is_about(question, clause, around):
            return _by_words(question, clause)
    return None


def is_verdict_on_another(question: Question, one: Candidate) -> bool:
    """Whether it begins with a yes or no, as the answers of a list of questions do, to another
    question: what stands over it does not ask the same, or a sentence has little of what is asked.
    """
    if not _VERDICT.match(one.text):
        return False
    needs = frozenset(question.terms)
    shared = needs & frozenset(terms(f"{one.context} {one.text}"))
    return len(shared) < len(needs) * (1 if is_bare(one) else _ENOUGH)


def is_bare(one: Candidate) -> bool:
    """Whether it is a yes or no alone, whose reason stands behind it."""
    return one.text.rstrip(".!,").lower() in ("yes", "no")


@cache
def opposites_of(term: str) -> frozenset[str]:
    """The terms of words that say the opposite of a word, each in one word.

    >>> opposites_of(*terms("safe")) == {*terms("unsafe"), *terms("insecure")}
    True
    """
    pairs = [(terms(one), terms(other)) for one, other in _OPPOSITES]
    words = [(*one, *other) for one, other in pairs if len(one) == len(other) == 1]
    return frozenset(other if one == term else one for one, other in words if term in (one, other))


def decide(
    question: Question, candidates: Sequence[Candidate], places: Iterable[int], names: Sequence[str]
) -> tuple[int, Verdict] | None:
    """Of some candidates the first that decides the question, and how; None if none does, or if
    they do not agree.
    """
    verdicts = [
        (place, verdict)
        for place in places
        if (verdict := verdict_of(question, candidates[place], _name(names, candidates[place])))
    ]
    if len({verdict for _, verdict in verdicts}) != 1:
        return None
    return verdicts[0]


def _name(names: Sequence[str], one: Candidate) -> str:
    return names[one.passage] if one.passage < len(names) else ""


def _is_about(question: Question, clause: str, around: frozenset[str]) -> bool:
    """Whether a clause has the terms of the question, in their order, but for those around it; and
    most of them itself.
    """
    needs = question.terms
    own = terms(clause)
    ordered = [term for term in needs if term in own and term not in _ANYWHERE]
    places = [own.index(term) for term in needs if term in own]
    rest = [term for term in needs if term not in own]
    if not places or not all(term in around for term in rest):
        return _is_opposite(question, clause, around)
    if not question.identifiers <= identifiers(clause) | around:
        return False
    order = [own.index(term) for term in ordered]
    return order == sorted(order) and len(places) >= max(1, len(rest)) and needs[-1] in own


def _is_opposite(question: Question, clause: str, around: frozenset[str]) -> bool:
    """Whether a clause says the opposite of what is asked, of all else that the question names."""
    low, text = clause.lower(), question.text.lower()
    for word, opposite in _OPPOSITES:
        if _has(text, word) and _has(low, opposite):
            rest = frozenset(question.terms) - frozenset(terms(word))
            return rest <= frozenset(terms(clause)) | around
    return False


def _by_words(question: Question, clause: str) -> Verdict | None:
    text, low = question.text.lower(), clause.lower()
    if any(_has(text, word) and _has(low, other) for word, other in _OPPOSITES):
        return "No"
    if _SOME.search(clause):
        return None
    negations = list(_NEGATION.finditer(clause))
    if negations:
        governs = all(_next_term(clause[one.end() :]) in question.terms for one in negations)
        limited = re.search(r"\b(?:if|unless|except|only|until|when)\b", low)
        return "No" if governs and not limited else None
    own = _LIMIT.findall(low)
    if any(word not in text for word in own):
        return None
    return None if _DEGREE.search(text) else "Yes"


def _next_term(text: str) -> str:
    """The first term of a text, which a negation before it turns over."""
    return next((term for word in _WORDS.findall(text[:60]) for term in terms(word)), "")


def _by_limit(question: Question, one: Candidate, name: str) -> Verdict | None:
    """By a number in the question, and a limit in the sentence that it keeps to or does not."""
    amounts, bounds = quantities(question.text), limits(one.text)
    if len(amounts) != 1 or len(bounds) != 1:
        return None
    (amount,), (bound,) = amounts, bounds
    if amount.unit != bound.unit:
        return None
    rest = frozenset(terms(amount.without(question.text))) - _MODALS
    own = frozenset(terms(one.text))
    about = rest & (own | frozenset(terms(f"{one.context} {name}")))
    if len(about) * 2 < len(rest) or not rest & own or _NEGATION.search(bound.without(one.text)):
        return None
    return "Yes" if bound.allows(amount) else "No"


def _has(text: str, words: str) -> bool:
    return f" {words} " in f" {' '.join(_PLAIN.findall(text))} "
