"""The kind of answer that a question expects, and whether a text holds one: a reason, a place or a
person.
"""

import re

from app.local.engine.writer.question import Question, names

_REASON = re.compile(
    r"\b(?:because|due to|owing to|thanks to|so that|so as to|in order to|reasons?|therefore|thus"
    r"|hence|caus\w+|result\w*|leads? to|led to|otherwise|(?:this|that|which) is why"
    r"|to (?:avoid|prevent|allow|ensure|protect|keep)"
    r"|for (?:this|that|safety|security|compatibility))\b"
    r"|\bsince (?!v?\d|version\b|release\b|then\b|when\b|[A-Z]\w+ \d)"  # not "since 2019"
    r"|(?<!\bsuch )(?<!\bsame )(?<!\bwell )(?<!\blong )(?<!\bsoon )(?<!\bmuch )(?<!\bfar )"
    r"\bas (?:it|they|we|you|there|this|that|these|those|he|she|most|many|all|no|not|neither)\b"
    r"|[,;] as (?!well\b|long\b|soon\b|far\b|of\b|if\b)",
    re.IGNORECASE,
)
_NAME = r"(?:the )?(?:[a-z]+ ){0,4}?(?P<name>[A-Z][\w-]+)"
_AT_A_NAME = re.compile(rf"\b(?:in|at|from|near|to|by|on|into|inside|within) {_NAME}")
_BEGUN_AT_A_NAME = re.compile(rf"\b(?:in|at|from|near|by) {_NAME}")
_WHERE = re.compile(
    r"`[^`]+`|https?://|(?<![\w~.-])[\w~.-]*+/[\w.<{-]"
    r"|\b(?:folder|directory|file|bucket|table|section|page|menu|repository|registry|memory|cache"
    r"|disk|database|server|machine|laptop|account|region|country|city|office|building|room"
    r"|here|there|above|below|beside|behind|north|south|east|west)s?\b",
    re.IGNORECASE,
)
_ORIGIN = re.compile(
    r"\bwhere (?:was|were|did) [^?]{0,80}?\b(?:born|buried|developed|founded|invented|held|made"
    r"|built|started|start|began|begun|begin|designed|created|signed|fought|die|live|grow|happen)\b",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"\b(?:teams?|community|users?|admins?|nobody|everybody|anybody|anyone|everyone|people|persons?"
    r"|company|groups?|members?|clients?|university|institute|foundation|\w{3,}(?:ors?|ists?|ers?))\b"
    r"|\b(?!(?:In|At|On|By|For|The|An?|To|From|With|Of|As|If|When|This|It)\b)[A-Z][\w.'-]{1,30}"
    r" (?:[a-z]{2,3} )?[A-Z][\w.'-]|@\w",
)


def gives_reason(text: str) -> bool:
    """Whether a text has words that give a reason.

    >>> gives_reason("It is off, as it is slow."), gives_reason("It is used as such since 2019.")
    (True, False)
    """
    return bool(_REASON.search(text))


def tells_place(question: Question, text: str) -> bool:
    """Whether a text may tell where something is or was: behind a preposition it has a name that
    the question has not; or it has a path, code or a word for a place, unless the question asks
    where something came into being, was or happened.

    >>> begun = Question("Where was Quartz developed?")
    >>> [tells_place(begun, text) for text in ("It began at ETH.", "Install `quartz`.")]
    [True, False]
    >>> tells_place(Question("Where are logs kept?"), "They are in `/var/log`.")
    True
    """
    begun = _ORIGIN.search(question.text)
    matches = (_BEGUN_AT_A_NAME if begun else _AT_A_NAME).finditer(text)
    if any(match["name"].lower() not in question.names for match in matches):
        return True
    return not begun and bool(_WHERE.search(text))


def has_new_name(question: Question, text: str) -> bool:
    """Whether a text has a name that the question has not."""
    return bool(names(text) - question.names)


def tells_person(question: Question, text: str) -> bool:
    """Whether a text may tell who: it has a name that the question has not, or a word for people.

    >>> who = Question("Who maintains Quartz?")
    >>> [tells_person(who, text) for text in ("A small team does.", "It is hard.")]
    [True, False]
    """
    return has_new_name(question, text) or bool(_PEOPLE.search(text))
