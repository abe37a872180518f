"""What "then" and "the day after" stand for in a follow-up: times, by the question before."""

from app.local import lazy_re as re

_THEN = re.compile(r" then(?=\W*$)", re.IGNORECASE)
_DAYS = "mon|tues|wednes|thurs|fri|satur|sun"
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_AT_A_TIME = re.compile(
    r"\b(?:in|on|at|during|since|until|before|after) (?:[\w-]+ ){0,2}"
    rf"(?:\d{{4}}(?:-\d\d){{0,2}}|(?:{_DAYS})days?|{_MONTHS})\b(?: \d{{4}}\b)?",
    re.IGNORECASE,
)

_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = re.compile(rf"\b(?P<day>{'|'.join(_WEEK)})(?P<many>s?)\b", re.IGNORECASE)
_DAY_BESIDE = re.compile(
    r"\b(?:on )?the (?:(?P<next>next|following)|(?P<last>previous)) day\b(?! of\b)"
    r"|\b(?:on )?the day (?:(?P<after>after)|(?P<before>before))(?: that)?(?=\W*$)",
    re.IGNORECASE,
)


def name_day(question: str, last_question: str) -> str:
    """The question with "the day after" or "the day before" named, where the last one names a day.

    >>> name_day("And the day after?", "What happens on Sunday?")
    'And on Monday?'
    """
    beside, named = _DAY_BESIDE.search(question), _WEEKDAY.search(last_question)
    if beside is None or named is None:
        return question
    step = 1 if beside["next"] or beside["after"] else -1
    day = _WEEK[(_WEEK.index(named["day"].lower()) + step) % len(_WEEK)].capitalize()
    return f"{question[: beside.start()]}on {day}{named['many']}{question[beside.end() :]}"


def name_then(question: str, last_question: str) -> str:
    """The question with "then" at its end named; as it is, where the last question names no time.

    >>> name_then("How many came then?", "How many left in May 2025?")
    'How many came in May 2025?'
    """
    then, time = _THEN.search(question), _AT_A_TIME.search(last_question)
    if then is None or time is None:
        return question
    return f"{question[: then.start()]} {time[0]}{question[then.end() :]}"
