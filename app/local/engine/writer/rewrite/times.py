"""What "then" stands for in a follow-up: the time that the question before names."""

from app.local import lazy_re as re

_THEN = re.compile(r" then(?=\W*$)", re.IGNORECASE)
_DAYS = "mon|tues|wednes|thurs|fri|satur|sun"
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_AT_A_TIME = re.compile(
    r"\b(?:in|on|at|during|since|until|before|after) (?:[\w-]+ ){0,2}"
    rf"(?:\d{{4}}(?:-\d\d){{0,2}}|(?:{_DAYS})days?|{_MONTHS})\b(?: \d{{4}}\b)?",
    re.IGNORECASE,
)


def name_then(question: str, last_question: str) -> str:
    """The question with "then" at its end named; as it is, where the last question names no time.

    >>> name_then("How many came then?", "How many left in May 2025?")
    'How many came in May 2025?'
    """
    then, time = _THEN.search(question), _AT_A_TIME.search(last_question)
    if then is None or time is None:
        return question
    return f"{question[: then.start()]} {time[0]}{question[then.end() :]}"
