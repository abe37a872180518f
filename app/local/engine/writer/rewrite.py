"""A follow-up, made a question that is understood without the conversation. By rule, not by model.

    How hard is quartz?  It is 7 on the Mohs scale.
    And where is it found?            ->  And where is quartz found?
    What about talc?                  ->  How hard is talc?
    Why?                              ->  How hard is quartz, and why?
    What is the default?              ->  What is the default of quartz?

A pronoun is named. A fragment takes the place of its like in the last question, or is added to it.
A question with nothing of its own is one about the topic. Any other stands alone already, and is
returned as it is. Other languages than English have rules of their own (`multilingual.rewrite`).
"""

import re
from collections.abc import Sequence

from app.local.engine.languages import tell
from app.local.engine.store.analysis import terms
from app.local.engine.writer.multilingual.rewrite import alone
from app.local.engine.writer.multilingual.small_talk import reply
from app.local.engine.writer.phrases import Phrase, phrases
from app.local.engine.writer.prompt import Turn
from app.local.engine.writer.pronouns import name_pronouns, topic

_LEAD = r"^\s*+(?P<lead>(?:(?:and|but|or|so|ok|okay|then|also|thanks)\b[,.]?\s++){0,5})"
_WHAT_ABOUT = re.compile(_LEAD + r"(?:what|how) about (?P<fragment>[^?]++)\??\s*+$", re.I)
_BARE_WH = re.compile(
    _LEAD + r"(?P<fragment>(?:since |until |by )?(?:why|when|where|how|who|which)"
    r"(?: not| so| much| many| long| often| far| exactly| else| one| ones)?)\s*+\??\s*+$",
    re.I,
)
_CLAUSE = re.compile(
    r"\b(what|which|who|whom|whose|when|where|why|how|is|are|was|were|am|do|does|did|can|could|will"
    r"|would|should|has|have|had|may|might|must|tell|explain|describe|list|show|give|name|i|we|you"
    r"|please)\b",
    re.I,
)
_FRAGMENT = re.compile(_LEAD + r"(?P<fragment>[^?]++)\??\s*+$", re.I)
_LONGEST_FRAGMENT = 8  # words, behind "and" or with a preposition
_LONGEST_BARE_FRAGMENT = 3
_PREPOSITION = re.compile(r"(in|on|for|with|at|from|by|under|without|as|to|during)\b", re.I)
_TELL = re.compile(r"\W*(tell|explain|say|more|go on)\b", re.IGNORECASE)
_COURTESY = re.compile(
    r"\W*(thanks?|ok(ay)?|yes|no|great|cool|hi|hello|bye)\b[\w\s]{0,12}\W*$", re.I
)


def rewrite(question: str, conversation: Sequence[Turn]) -> str:
    """The question with everything in it named.

    >>> said = (Turn("user", "How hard is quartz?"), Turn("assistant", "It is 7."))
    >>> rewrite("Where is it found?", said), rewrite("What about talc?", said)
    ('Where is quartz found?', 'How hard is talc?')
    >>> rewrite("What is DynamoDB and how does it scale?", said)
    'What is DynamoDB and how does it scale?'
    """
    last_question = last_answer = ""
    for turn in conversation:
        if turn.role == "user":
            last_question = _in_its_language(turn.text.strip(), last_question, last_answer)
        else:
            last_answer = turn.text
    return _in_its_language(question, last_question, last_answer)


def _in_its_language(question: str, last_question: str, last_answer: str) -> str:
    said_in = tell(question) or tell(last_question)
    if said_in is None or said_in.code == "en" or not last_question:
        return _alone(question, last_question, last_answer)
    return question if reply(question) else alone(question, last_question, said_in)


def _alone(question: str, last_question: str, last_answer: str) -> str:
    """The question, given the one before it, which stands alone, and its answer."""
    if not _CLAUSE.search(last_question) or _COURTESY.match(question):
        return question
    named = name_pronouns(question, last_question, last_answer)
    if named != question:
        return named
    if about := _WHAT_ABOUT.match(question) or _fragment(question):
        return _replace(about["fragment"].strip(" ."), last_question)
    if bare := _BARE_WH.match(question):
        return f"{last_question.rstrip(' ?.')}, and {bare['fragment'].lower()}?"
    return _name_topic(question, last_question)


def _fragment(question: str) -> re.Match[str] | None:
    """A question without a clause of its own: "And in Fargate?", "GPU instances?"."""
    match = _FRAGMENT.match(question)
    if match is None or _CLAUSE.search(question):
        return None
    leaning = match["lead"] or _PREPOSITION.match(match["fragment"])
    longest = _LONGEST_FRAGMENT if leaning else _LONGEST_BARE_FRAGMENT
    return match if len(match["fragment"].split()) <= longest else None


def _replace(fragment: str, last_question: str) -> str:
    """The last question, asked of the fragment instead.

    >>> _replace("for layers", "What is the limit for functions?")
    'What is the limit for layers?'
    """
    if preposition := _PREPOSITION.match(fragment):
        same = re.search(rf"\b{preposition[1]}\b [^?,;]*(?=[?,;]|$)", last_question, re.IGNORECASE)
        if same:
            return last_question[: same.start()] + fragment + last_question[same.end() :]
        return f"{last_question.rstrip(' ?.')} {fragment}?"
    new = next(iter(phrases(fragment)), None)
    old = new and _like(new, phrases(last_question))
    about = topic(phrases(last_question))
    if new and about and about.name and not new.name and old in (None, about):
        return f"What about {fragment} of {about.text}?"
    if not old:
        return f"{last_question.rstrip(' ?.')}, and {fragment}?"
    return last_question[: old.start] + fragment + last_question[old.end :]


def _like(new: Phrase, olds: Sequence[Phrase]) -> Phrase | None:
    """The phrase that the new one replaces: with its head, else of its sort, else the last."""
    head = terms(new.text)[-1:]
    with_head = [old for old in olds if head and terms(old.text)[-1:] == head]
    of_sort = [old for old in olds if (old.name, old.determined) == (new.name, new.determined)]
    named = [old for old in olds if old.name == new.name]
    return next((names[-1] for names in (with_head, of_sort, named, olds) if names), None)


def _name_topic(question: str, last_question: str) -> str:
    """A question as bare as "What is the default?" is one about the topic.

    >>> _name_topic("What is the default?", "How long is the timeout?")
    'What is the default of the timeout?'
    """
    about = topic(phrases(last_question))
    bare = len(terms(question)) <= 1 and not any(one.name for one in phrases(question))
    if not (bare and about and _CLAUSE.search(question)):
        return question
    return f"{question.rstrip(' ?.')} {'about' if _TELL.match(question) else 'of'} {about.text}?"
