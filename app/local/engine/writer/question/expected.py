"""The kind of answer that a question expects, and whether a text holds one: a reason, a time, a
place or a person.
"""

from functools import cache

from app.local import lazy_re as re
from app.local.engine.store.analysis import terms
from app.local.engine.writer.question import Question, dates, is_calendar, names, numbers
from app.local.engine.writer.question.measures import lacks_measure

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
_CLOCK = re.compile(
    r"\b\d{1,2}:\d{2}\b|\b\d{1,2} ?(?:[ap]\.?m\b|o['\u2019]clock\b)"
    r"|\b(?:noon|midnight|midday|dawn|dusk|sunrise|sunset)\b"
    r"|\b(?:at|by|until|till|from|to|past|before|after) (?:\d{1,2}|one|two|three|four|five|six"
    r"|seven|eight|nine|ten|eleven|twelve|half past \w+)\b"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b\d{1,2}(?:st|nd|rd|th)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:when(?:ever)?|while|once|after(?:wards)?|before|until|till|during|within|as soon as|now"
    r"|as long as|then|never|always|immediately|at once|at the same time|later|earlier|if|unless"
    r"|today|tomorrow|daily|weekly|monthly|yearly|nightly|hourly|(?:every|each|per|next|last) \w+"
    r"|(?:in|at|on|by|from) (?:the )?(?:end|beginning|start)"
    r"|(?:seconds?|minutes?|hours?|days?|weeks?|months?|quarters?|years?|decades?|mornings?"
    r"|afternoons?|evenings?|nights?|weekends?|weekdays?|seasons?|spring|summer|autumn|winter"
    r"|holidays?|deadlines?|due dates?))\b",
    re.IGNORECASE,
)
_WHEN_WAS = re.compile(r"\bwhen (?:was|were|did|had)\b", re.IGNORECASE)
_BEGUN_THEN = re.compile(
    r"\b(?:born|buil[dt]|founded|released?|invented|published|renamed|written|established|created"
    r"|introduced|designed|discovered|developed|added|removed|deprecated|dropped|opened|launched"
    r"|signed)\b",
    re.IGNORECASE,
)
_CENTURY = re.compile(r"\bcentur(?:y|ies)\b|\b(?:years?|months?|weeks?|days?) ago\b", re.IGNORECASE)
_ASKS_OTHER_NAME = re.compile(
    r"\b(?:another|other|different|alternative) (?:name|term|word|title)s? (?:for|of)\b"
    r"|\balso (?:called|known|named)\b|\bnicknames?\b|\bgo(?:es)? by\b",
    re.IGNORECASE,
)
_OTHER_NAME = re.compile(
    r"\b(?:also|often|sometimes|otherwise|commonly|usually|formerly) (?:\w+ )?"
    r"(?:called|known|named|referred to|termed)\b|\baliases\b|\bnicknamed?\b|\ba\.?k\.?a\b",
    re.IGNORECASE,
)
_SHARE = re.compile(r"\d\s?(?:%|per ?cent\b)", re.IGNORECASE)
_BREAK = re.compile(r"[;:!?]|[,.](?=\s|$)")
_BEFORE_COUNTED = 2  # words between a number and what is counted
_NAME = r"(?:the )?(?:[a-z]+ ){0,4}?(?P<name>[A-Z][\w-]+)"
_AT_A_NAME = re.compile(rf"\b(?:in|at|from|near|to|by|on|into|inside|within) {_NAME}")
_BEGUN_AT_A_NAME = re.compile(rf"\b(?:in|at|from|near|by) {_NAME}")
_AT_A_PLACE = re.compile(  # "in the shed", "in granite", but not "in time"
    r"\b(?:in|into|on|onto|at|under|behind|beside|inside|near|opposite|to|from) (?:the|an?) \w"
    r"|\b(?:in|on|under|behind|beside|inside|near|between|among|beneath) "
    r"(?!(?:addition|average|case|demand|fact|general|order|particular|request|spring|summer"
    r"|autumn|winter|that|this|these|those|time|total|turn|use|which|(?:mon|tues|wednes|thurs|fri"
    r"|satur|sun)days?|january|february|march|april|may|june|july|august|september|october"
    r"|november|december)\b)[a-z]{3}",
    re.IGNORECASE,
)
_WHERE = re.compile(
    r"`[^`]+`|https?://|\w@\w|(?<![\w~.-])[\w~.-]*+/[\w.<{-]"
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


def stands_at_a_place(text: str) -> bool:
    """Whether a text tells that something is in, on or beside something.

    >>> stands_at_a_place("It hangs behind the door."), stands_at_a_place("In general it hangs.")
    (True, False)
    """
    return bool(_AT_A_PLACE.search(text))


def tells_time(question: Question, text: str) -> bool:
    """Whether a text may tell when: it has a date that the question has not; a time of day or a day
    of the week, unless the question asks when something came into being; or, unless it asks when
    something was, words for a time or for what comes before it.

    >>> hours = Question("When does the mill open?")
    >>> [tells_time(hours, text) for text in ("At 7:30.", "Once the dew is gone.", "It is old.")]
    [True, True, False]
    >>> [tells_time(hours, text) for text in ("It opens at nine.", "On the third working day.")]
    [True, True]
    >>> tells_time(Question("When was the mill built?"), "It grinds once the dew is gone.")
    False
    """
    if dates(text) - dates(question.text) or _CENTURY.search(text):
        return True
    of_past = _WHEN_WAS.search(question.text)
    if of_past and _BEGUN_THEN.search(question.text, of_past.end()):
        return False
    if _new(_CLOCK, question, text):
        return True
    return not of_past and _new(_TIME, question, text)


def _new(pattern: re.Pattern[str], question: Question, text: str) -> bool:
    """Whether a text has what a pattern finds, and the question has not."""
    known = {match.lower() for match in pattern.findall(question.text)}
    return any(match.lower() not in known for match in pattern.findall(text))


def counts(question: Question, text: str) -> bool:
    """Whether a text has a number right before what the question counts. Points may be per cent.

    >>> how_many = Question("How many boats are in the harbour?")
    >>> [counts(how_many, text) for text in ("It has nine fishing boats.", "It has 20 m of depth.")]
    [True, False]
    >>> counts(Question("How many points does the talk give?"), "The talk counts 10 %.")
    True
    """
    if question.counted is None:
        return False
    if question.counted in _points() and _SHARE.search(text):
        return True
    row = text.split()
    return any(
        numbers(_BREAK.split(" ".join(row[max(0, place - 1 - _BEFORE_COUNTED) : place]))[-1])
        for place, word in enumerate(row)
        if question.counted in terms(word)
    )


@cache
def _points() -> frozenset[str]:
    return frozenset(terms("points credits marks"))


def tells_other_name(question: Question, text: str) -> bool:
    """Whether a text tells what else something is called, and the question asks for that.

    >>> other = Question("What is another name for the ridge?")
    >>> [tells_other_name(other, text) for text in ("It is also called Cat's Back.", "It is old.")]
    [True, False]
    """
    return bool(_ASKS_OTHER_NAME.search(question.text) and _OTHER_NAME.search(text))


def lacks_kind(question: Question, text: str) -> bool:
    """Whether a question asks for a measure, a number, a time or somebody, and a text has none.

    >>> [lacks_kind(Question(text), "It is of type G.") for text in ("When is it?", "What is it?")]
    [True, False]
    """
    if lacks_measure(question.text, text):
        return True
    match question.kind:
        case "date":
            return not tells_time(question, text)
        case "person":
            return not tells_person(question, text)
        case "number":
            return not numbers(text)
    return False


def has_new_name(question: Question, text: str) -> bool:
    """Whether a text has a name that the question has not; a month or a day is none."""
    return any(not is_calendar(name) for name in names(text) - question.names)


def tells_person(question: Question, text: str) -> bool:
    """Whether a text may tell who: it has a name that the question has not, or a word for people.

    >>> who = Question("Who maintains Quartz?")
    >>> [tells_person(who, text) for text in ("A small team does.", "It is hard.")]
    [True, False]
    """
    if has_new_name(question, text):
        return True
    known = frozenset(question.terms)
    return any(not known.issuperset(terms(match[0])) for match in _PEOPLE.finditer(text))
