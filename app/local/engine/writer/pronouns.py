"""What a pronoun in a question stands for, by rule: what the question before was about."""

import re
from collections.abc import Iterable, Sequence

from app.local.engine.store.analysis import terms
from app.local.engine.writer.phrases import Phrase, phrases

_PRONOUN = re.compile(
    r"\b(?P<word>it|its|they|them|their|these|those|this|that|he|him|she|her|his)\b"
    r"(?!-| (?:that|who|which)\b)"
    r"(?P<noun> (?!(?:is|are|was|were|do|does|did|can|could|will|would|has|have|had|be|not|work"
    r"|mean|to|in|on|at|for|with|and|or|by|from|of|as)\b)[a-z]{3,})?",
    re.IGNORECASE,
)
# "Is it possible to ..", "How long does it take to ..": this `it` stands for what comes after.
_EXPLETIVE = re.compile(
    r"\bit (?:true|possible|necessary|required|safe|worth|better|best|ok|okay|recommended|allowed"
    r"|advisable|(?:take|cost)s? to)\b",
    re.IGNORECASE,
)
_PERSONAL = frozenset({"he", "him", "she", "her", "his"})
_POSSESSIVE = frozenset({"its", "their", "his", "her"})
_MANY = frozenset({"they", "them", "their", "these", "those"})
_DEMONSTRATIVE = frozenset({"this", "that", "these", "those"})
_PERSON = re.compile(
    r"(?<!\w)(?<!\w['-])[A-Z][\w'-]++(?: (?:[A-Z][\w'.-]*|van|von|de|der|al|bin|of)){0,5}"
    r" [A-Z][\w'-]+\b"
)
_JOINS = re.compile(r" (of|in|for|on) ")
_INDEFINITE = re.compile(r"^an? ", re.IGNORECASE)


def name_pronouns(question: str, last_question: str, last_answer: str) -> str:
    """The question with its first pronoun named, unless it is named in the question itself.

    >>> name_pronouns("Can it be changed?", "What is the limit in AWS Lambda?", "900 seconds.")
    'Can the limit in AWS Lambda be changed?'

    Args:
        asked: the question before.
        answered: its answer.
    """
    pronoun = _PRONOUN.search(question)
    if pronoun is None or _EXPLETIVE.match(question, pronoun.start()):
        return question
    before, after = question[: pronoun.start()], question[pronoun.end() :]
    antecedent = (
        None
        if _has_antecedent(before)
        else _meant(pronoun["word"].lower(), last_question, last_answer)
    )
    return question if antecedent is None else f"{before}{_named(pronoun, antecedent)}{after}"


def topic(candidates: Iterable[Phrase]) -> Phrase | None:
    """What a question is about: its last name, else its last phrase, a determined one first."""
    return max(candidates, key=lambda one: (one.name, one.determined, one.start), default=None)


def _has_antecedent(before: str) -> bool:
    """Whether something before the pronoun may be what it stands for, or a clause's head."""
    candidates = phrases(before)
    head = before.rstrip().endswith(("those", "these", *(phrase.text for phrase in candidates)))
    return head or any(phrase.determined or phrase.name for phrase in candidates)


def _meant(word: str, last_question: str, last_answer: str) -> str | None:
    if word in _PERSONAL:
        people = _PERSON.findall(last_answer) or _PERSON.findall(last_question)
        if people:
            return str(people[-1])
    topics, text = phrases(last_question), last_question
    if word in _MANY:
        several = ((_several(phrases(text)), text) for text in (last_question, last_answer))
        topics, text = next((one for one in several if one[0]), (topics, last_question))
    about = topic(topics)
    if about is None:
        return None
    return _INDEFINITE.sub("the ", text[_beginning(about, topics, text) : about.end])


def _several(candidates: Iterable[Phrase]) -> list[Phrase]:
    return [phrase for phrase in candidates if phrase.plural and (phrase.determined or phrase.name)]


def _beginning(about: Phrase, topics: Sequence[Phrase], text: str) -> int:
    """Where the topic begins with what it belongs to: "the limit in AWS Lambda" is one topic."""
    owners = (one for one in topics if one.determined and one.end < about.start)
    joined = (one.start for one in owners if _JOINS.fullmatch(text[one.end : about.start]))
    return min(joined, default=about.start)


def _named(pronoun: re.Match[str], antecedent: str) -> str:
    word, noun = pronoun["word"].lower(), pronoun["noun"] or ""
    if word in _DEMONSTRATIVE and noun:
        known = set(terms(noun)) <= set(terms(antecedent))
        return antecedent if known else f"the{noun} of {antecedent}"
    if word in _POSSESSIVE and noun:
        return f"{antecedent}'{'' if antecedent.endswith('s') else 's'}{noun}"
    return f"{antecedent}{noun}"
