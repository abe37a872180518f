"""A follow-up, made a question that is understood without the conversation. By rule, not by model.

    How hard is quartz?  It is 7 on the Mohs scale.
    And where is it found?            ->  And where is quartz found?
    What about talc?                  ->  How hard is talc?
    Why?                              ->  How hard is quartz, and why?

A pronoun stands for what the last question was about; `he` and `she` for the last person named. A
fragment takes the place of its like in the last question, or is added to it. A question that has
neither stands alone already, and is returned as it is.
"""

import re
from collections.abc import Iterable, Sequence

from app.local.store.analysis import terms
from app.local.writer.phrases import Phrase, phrases
from app.local.writer.prompt import Turn

_LEAD = r"^\s*(?:(?:and|but|or|so|ok|okay|then|also|thanks)\b[,.]?\s+)*"
_WHAT_ABOUT = re.compile(_LEAD + r"(?:what|how) about (?P<fragment>[^?]+)\??\s*$", re.I)
_BARE_WH = re.compile(
    _LEAD + r"(?P<fragment>(?:since |until |by )?(?:why|when|where|how|who|which)"
    r"(?: not| so| much| many| long| often| far| exactly| else| one| ones)?)\s*\??\s*$",
    re.I,
)
_CLAUSE = re.compile(
    r"\b(what|which|who|whom|whose|when|where|why|how|is|are|was|were|am|do|does|did|can|could|will"
    r"|would|should|has|have|had|may|might|must|tell|explain|describe|list|show|give|name)\b",
    re.I,
)
_FRAGMENT = re.compile(_LEAD + r"(?P<fragment>[^?]+)\??\s*$", re.I)
_LONGEST_FRAGMENT = 8  # words
_PREPOSITION = re.compile(r"(in|on|for|with|at|from|by|under|without|as|to|during)\b", re.I)

_PRONOUN = re.compile(
    r"\b(?P<word>it|its|they|them|their|these|those|this|that|he|him|she|her|his)\b(?!-)"
    r"(?P<noun> (?!(?:is|are|was|were|do|does|did|can|could|will|would|has|have|had|be|not|work"
    r"|mean|to|in|on|at|for|with|and|or|by|from|of|as)\b)[a-z]{3,})?",
    re.I,
)
_PERSONAL = frozenset({"he", "him", "she", "her", "his"})
_POSSESSIVE = frozenset({"its", "their", "his", "her"})
_MANY = frozenset({"they", "them", "their", "these", "those"})
_DEMONSTRATIVE = frozenset({"this", "that", "these", "those"})
_PERSON = re.compile(
    r"\b[A-Z][\w'-]+(?: (?:[A-Z][\w'.-]*|van|von|de|der|al|bin|of))* [A-Z][\w'-]+\b"
)
_TELL = re.compile(r"\W*(tell|explain|say|more|go on)\b", re.IGNORECASE)
_COURTESY = re.compile(
    r"\W*(thanks?|ok(ay)?|yes|no|great|cool|hi|hello|bye)\b[\w\s]{0,12}\W*$", re.I
)
_JOINS = re.compile(r" (of|in|for|on) ")
_INDEFINITE = re.compile(r"^an? ", re.I)


def rewrite(question: str, conversation: Sequence[Turn]) -> str:
    """The question with everything in it named.

    >>> said = (Turn("user", "How hard is quartz?"), Turn("assistant", "It is 7."))
    >>> rewrite("Where is it found?", said), rewrite("What about talc?", said)
    ('Where is quartz found?', 'How hard is talc?')
    >>> rewrite("What is DynamoDB and how does it scale?", said)
    'What is DynamoDB and how does it scale?'
    """
    asked = answered = ""
    for turn in conversation:
        if turn.role == "user":
            asked = _alone(turn.text.strip(), asked, answered)
        else:
            answered = turn.text
    return _alone(question, asked, answered)


def _alone(question: str, asked: str, answered: str) -> str:
    """The question, given the one before it, which stands alone, and its answer."""
    if not asked or _COURTESY.match(question):
        return question
    named = _name_pronouns(question, asked, answered)
    if named != question:
        return named
    if about := _WHAT_ABOUT.match(question) or _fragment(question):
        return _replace(about["fragment"].strip(" ."), asked)
    if bare := _BARE_WH.match(question):
        return f"{asked.rstrip(' ?.')}, and {bare['fragment'].lower()}?"
    return _name_topic(question, asked)


def _name_topic(question: str, asked: str) -> str:
    """A question as bare as "What is the default?" is one about the topic.

    >>> _name_topic("What is the default?", "How long is the timeout?")
    'What is the default of the timeout?'
    """
    topic = _topic(phrases(asked))
    bare = len(terms(question)) <= 1 and not any(one.name for one in phrases(question))
    if not (bare and topic):
        return question
    return f"{question.rstrip(' ?.')} {'about' if _TELL.match(question) else 'of'} {topic.text}?"


def _fragment(question: str) -> re.Match[str] | None:
    found = _FRAGMENT.match(question)
    short = found and len(found["fragment"].split()) <= _LONGEST_FRAGMENT
    return found if short and not _CLAUSE.search(question) else None


def _replace(fragment: str, asked: str) -> str:
    """The last question, asked of the fragment instead.

    >>> _replace("for layers", "What is the limit for functions?")
    'What is the limit for layers?'
    """
    if preposition := _PREPOSITION.match(fragment):
        same = re.search(rf"\b{preposition[1]}\b [^?,;]*(?=[?,;]|$)", asked, re.IGNORECASE)
        if same:
            return asked[: same.start()] + fragment + asked[same.end() :]
        return f"{asked.rstrip(' ?.')} {fragment}?"
    new = next(iter(phrases(fragment)), None)
    old = new and _like(new, phrases(asked))
    topic = _topic(phrases(asked))
    if new and topic and topic.name and not new.name and old in (None, topic):
        return f"What about {fragment} of {topic.text}?"
    if not old:
        return f"{asked.rstrip(' ?.')}, and {fragment}?"
    return asked[: old.start] + fragment + asked[old.end :]


def _like(new: Phrase, olds: Sequence[Phrase]) -> Phrase | None:
    """The phrase that the new one replaces: with its head, else of its sort, else the last."""
    head = terms(new.text)[-1:]
    with_head = [old for old in olds if head and terms(old.text)[-1:] == head]
    of_sort = [old for old in olds if (old.name, old.determined) == (new.name, new.determined)]
    named = [old for old in olds if old.name == new.name]
    return next((found[-1] for found in (with_head, of_sort, named, olds) if found), None)


def _name_pronouns(question: str, asked: str, answered: str) -> str:
    pronoun = _PRONOUN.search(question)
    if pronoun is None or _has_antecedent(question[: pronoun.start()]):
        return question
    meant = _meant(pronoun["word"].lower(), asked, answered)
    if meant is None:
        return question
    return question[: pronoun.start()] + _named(pronoun, meant) + question[pronoun.end() :]


def _has_antecedent(before: str) -> bool:
    return any(phrase.determined or phrase.name for phrase in phrases(before))


def _meant(word: str, asked: str, answered: str) -> str | None:
    """What a pronoun stands for."""
    if word in _PERSONAL:
        people = _PERSON.findall(answered) or _PERSON.findall(asked)
        if people:
            return str(people[-1])
    topics = phrases(asked)
    if word in _MANY:
        topics = _several(topics) or _several(phrases(answered)) or topics
    topic = _topic(topics)
    return (
        _INDEFINITE.sub("the ", asked[_beginning(topic, topics, asked) : topic.end])
        if topic
        else None
    )


def _several(found: Iterable[Phrase]) -> list[Phrase]:
    return [phrase for phrase in found if phrase.plural and (phrase.determined or phrase.name)]


def _topic(found: Iterable[Phrase]) -> Phrase | None:
    """What a question is about: its last name, else its last phrase, a determined one first."""
    return max(found, key=lambda one: (one.name, one.determined, one.start), default=None)


def _beginning(topic: Phrase, topics: Sequence[Phrase], asked: str) -> int:
    """Where the topic begins with what it belongs to: "the limit in AWS Lambda" is one topic."""
    owners = (one for one in topics if one.determined and one.end < topic.start)
    joined = (one.start for one in owners if _JOINS.fullmatch(asked[one.end : topic.start]))
    return min(joined, default=topic.start)


def _named(pronoun: re.Match[str], meant: str) -> str:
    word, noun = pronoun["word"].lower(), pronoun["noun"] or ""
    if word in _DEMONSTRATIVE and noun:
        known = set(terms(noun)) <= set(terms(meant))
        return meant if known else f"the{noun} of {meant}"
    if word in _POSSESSIVE and noun:
        return f"{meant}'{'' if meant.endswith('s') else 's'}{noun}"
    return f"{meant}{noun}"
