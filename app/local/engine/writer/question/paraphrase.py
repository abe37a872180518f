"""A question in the words that documents use for what it asks.

    What is Ms Adler's number?            What is Adler's telephone number?
    What number do I call to reach Ada?   What is the telephone number of Ada?

A person's or an office's number is that of the telephone; a room, an order or an invoice has one of
its own. A title says nothing of who is meant: a list of names seldom has any.
"""

from app.local import lazy_re as re

_TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mister|Dr|Prof|Professor|Doctor)\b\.? (?=[A-Z][a-z])")
_THING = (
    "account|apartment|article|berth|boat|bus|car|card|case|chapter|contract|customer|document|error"
    "|file|flat|flight|floor|gate|house|invoice|item|locker|machine|member|membership|order|page"
    "|parcel|part|plan|plane|platform|product|project|receipt|room|route|seat|serial|ship|shipment"
    "|table|ticket|train|tram|van|version|volume"
)
_OF_SOMEBODY = re.compile(
    rf"\b(?:his|her|their|our|your|(?!(?:{_THING})['\u2019])[\w-]{{1,30}}['\u2019]s?) (?=number\b)",
    re.IGNORECASE,
)
_NUMBER_OF = re.compile(
    r"\b(?<!telephone )(?<!phone )(?<=the )number (?=(?:of|for) (?!(?:\w+ ){0,1}[a-z]+s\b)"
    r"(?-i:[A-Z][a-z]+ [A-Z][a-z]+\W*$))",
    re.IGNORECASE,
)
_TO_CALL = re.compile(
    r"^\W*(?:what|which) (?:is the )?number (?:(?:do|can|should|must) (?:i|we|you|one) )?(?:to )?"
    r"(?:call|ring|dial|phone)(?: to (?:reach|get|speak to|talk to)| for)? (?P<whom>[^?]+)",
    re.IGNORECASE,
)


def paraphrased(question: str) -> str:
    """The question, its telephone numbers called so, and nobody with a title.

    >>> paraphrased("What is Dr. Orme's number?"), paraphrased("Which number do I ring for Ada?")
    ("What is Orme's telephone number?", 'What is the telephone number of Ada?')
    >>> paraphrased("What is the invoice's number?")
    "What is the invoice's number?"
    """
    question = _TITLE.sub("", question)
    if call := _TO_CALL.match(question):
        return f"What is the telephone number of {call['whom'].strip()}?"
    question = _NUMBER_OF.sub("telephone number ", question)
    return _OF_SOMEBODY.sub(lambda match: f"{match[0]}telephone ", question)
