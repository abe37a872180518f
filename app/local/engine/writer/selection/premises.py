"""What a question takes for granted, and a sentence that denies it.

    Why does a delete remove the folder?     A delete does not remove the folder.
    Why can't I rename a plan?               You can rename a plan.

The question is put as one of yes or no. Only a sentence that plainly decides it, by the rules of
`verdicts`, and the other way, is said to deny it.
"""

from collections.abc import Iterable, Sequence

from app.local import lazy_re as re
from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.question import Question
from app.local.engine.writer.selection.verdicts import Verdict, decide

_ASKS = re.compile(
    r"^\W*(?:(?:and|but|so|then)\W+)?(?:why|how come|since when|how) "
    r"(?P<auxiliary>is|are|was|were|do|does|did|can|could|will|has|have|must|may)"
    r"(?P<denied>n?['\u2019]t| not)? (?P<rest>[^?]{1,200}+)",
    re.IGNORECASE,
)
# "It is not deleted before .." denies nothing.
_LIMITED = re.compile(
    r"\b(?:before|until|unless|without|if|when|while|only|except|first|by itself|alone)\b", re.I
)
_NOT = re.compile(r"^(?P<subject>(?:(?! not )[^?]){1,80}+) not (?P<rest>[^?]{1,120}+)$", re.I)
_WITHOUT_ME = re.compile(r"^(?:i|we|you|one)\b", re.IGNORECASE)


def denial(
    question: str, candidates: Sequence[Candidate], places: Iterable[int], names: Sequence[str]
) -> int | None:
    """The place of a candidate that denies what a question takes for granted; None if none does.

    Args:
        question: any.
        candidates: of the passages.
        places: of those that are looked at, the likeliest first.
        names: of the passages' documents.
    """
    premise = premise_of(question)
    if premise is None:
        return None
    text, denies = premise
    decision = decide(Question(text), candidates, places, names)
    if decision is None or decision[1] != denies or _LIMITED.search(candidates[decision[0]].text):
        return None
    return decision[0]


def premise_of(question: str) -> tuple[str, Verdict] | None:
    """What a question takes for granted, as a question of yes or no, and the answer that denies it;
    None if it takes nothing for granted that could be decided.

    >>> premise_of("Why does a delete remove the folder?")
    ('does a delete remove the folder?', 'No')
    >>> premise_of("Why can't a plan be renamed?"), premise_of("How do I rename it?")
    (('can a plan be renamed?', 'Yes'), None)
    """
    match = _ASKS.match(question)
    if match is None or _WITHOUT_ME.match(match["rest"]):
        return None
    rest, denied = match["rest"].strip(), bool(match["denied"])
    if inner := _NOT.match(rest):
        rest, denied = f"{inner['subject']} {inner['rest']}", not denied
    return f"{match['auxiliary']} {rest}?", "Yes" if denied else "No"
