"""Measures: how a question asks for one, and whether a text tells one of that sort."""

from typing import NamedTuple

from app.local import lazy_re as re


class _Measure(NamedTuple):
    """How a measure is asked for, and what tells one."""

    asks: re.Pattern[str]
    tells: re.Pattern[str]


def _measure(asks: str, tells: str) -> _Measure:
    return _Measure(re.compile(asks, re.IGNORECASE), re.compile(tells, re.IGNORECASE))


_MONEY = _measure(
    r"\b(?:costs?|prices?|fees?|fares?|salary|wages?|expensive|cheap)\b",
    r"[€$£¥]|\b(?:eur|usd|gbp|chf|euros?|dollars?|cents?|pounds?|prices?|costs?|fees?|free|pays?"
    r"|paid|charge\w*|fares?|tariff|rents?|rate|amount|deposit|dues"
    r"|tuition|fine|salary|wages?|admission|entrance|entry|tickets?|toll)\b",
)
_WEIGHT = _measure(
    r"\b(?:weighs?|weight|heavy)\b",
    r"(?:\b|\d)(?:kg|mg|grams?|kilos?|tons?|tonnes?|lbs?|oz|weigh\w*|heav\w+|mass)\b|\d\s?%"
    r"|(?:(?<![\w-])|\d)(?-i:[gt])(?![\w-])",  # but not that of "G-38"
)
_TEMPERATURE = _measure(
    r"\btemperatures?\b|\b(?:how|so) (?:warm|cold|hot|cool)\b",
    r"°|(?:(?<![\w-])|\d)(?-i:[CFK])(?![\w-])"
    r"|\b(?:kelvin|degrees?|temperatures?|warm\w*|cold\w*|hot\w*|celsius|fahrenheit)\b",
)
_COLOUR = _measure(
    r"\bcolou?rs?\b",
    r"\bcolou?r\w*|\b(?:red|green|blue|yellow|white|black|gr[ae]y|brown|orange|pink)\b",
)
_TELEPHONE = _measure(r"\b(?:tele)?phone number\b", r"\d[\d ()/-]{5,20}\d|\+\d|\b(?:tele)?phone\b")
_FAX = _measure(r"\bfax(?: number)?\b", r"\bfax\b")
_MAIL = _measure(r"\be-?mail address\b", r"\w@\w")
_SPEED = _measure(
    r"\b(?:how fast|speed)\b",
    r"/\s?[hs]\b|\b(?:mph|speed|fast\w*|slow\w*|times|per (?:second|hour|minute))\b",
)
_SIZE = _measure(
    r"\bhow (?:tall|wide|deep|thick)\b|\b(?:width|height|depth|thickness)\b",
    r"(?:\b|\d)(?:mm|cm|k?m|met(?:ers|res?)|inch(?:es)?|feet|foot|tall|wide|deep|thick\w*|width"
    r"|height|depth|pixels?|px)\b",
)
_TIME_OR_LENGTH = _measure(
    r"\bhow long\b|\bdurations?\b",
    r"\b(?:\w{0,6}seconds?|min(?:ute)?s?|hours?|hrs?|days?|weeks?|months?|years?|until"
    r"|till|since|while"
    r"|long\w*|durations?|lasts?|times?|length|always|forever|never|night|date|characters?"
    r"|mm|cm|k?m|met(?:ers|res?))\b"
    r"|\d\s?(?:s|ms|h|min|mm|cm|k?m)\b",
)
_DISTANCE = _measure(
    r"\bhow far\b|\bdistance\b",
    r"(?:\b|\d)(?:k?m|met(?:ers|res?)|kilomet(?:ers|res?)|miles?|feet|steps?|distance|range|far|away"
    r"|walk\w*|minutes?|hours?|zones?|stops?|streets?|next|near\w*|opposite|beside)\b"
    r"|\bfrom \w[^.]{0,40} to\b",
)
_NOISE = _measure(r"\bhow loud\b|\bnoise\b", r"\bdb\b|\b(?:decibels?|loud\w*|quiet\w*|nois[ey]\w*)")
_DUE = _measure(
    r"\b(?:deadlines?|due(?: date)?|expir(?:es?|y|ation)|run out|valid)\b",
    r"\d|\b(?:due|by|until|till|before|within|after|deadline\w*|expir\w+|valid|clos\w+|ends?|latest"
    r"|pay\w*|date|days?|last)\b",
)
_HOURS = _measure(
    r"\bwhen (?:is|are) (?:[^?]{0,80}? )?"
    r"(?P<words>(?:(?:opening|office|visiting|consulting) )?hours?|open)\b"
    r"|\b(?:opening|office|visiting|consulting) (?:hours?|times)\b",
    r"\b\d{1,2}(?::\d{2}| ?[ap]\.?m\b| o['\u2019]clock\b)"
    r"|\b(?:noon|midnight|always|never|open\w*)\b",
)
_POWER = _measure(
    r"\bhow much (?:electricity|power|energy)\b|\b(?:power|energy) consumption\b",
    r"\d\s?(?:[kMGT]?Wh?|VA|A)\b|\b(?:(?:kilo)?watts?|amperes?)\b",
)
_SHARE = _measure(
    r"\bhow many (?P<words>points|credits|marks)\b"
    r"|\bhow much (?:do|does|did|will) (?:[^?]{1,80} )count\b|\bcounts? (?:the )?(?:most|least)\b",
    r"%|\b(?:per ?cent|shares?|weights?|points?|credits?|half|third|quarter|counts?)\b",
)
_AGE = _measure(
    r"\bhow old\b|\bage of\b",
    r"\b(?:years?|age\w*|old\w*|born|birth\w*|built|since|founded|1\d{3}|20\d\d)\b",
)
_FREQUENCY = _measure(
    r"\bhow often\b|\bfrequency\b",
    r"\b(?:every|each|per|once|twice|times|daily|weekly|monthly|yearly|hourly|always|never|often"
    r"|rarely|intervals?|frequency|an? (?:day|week|month|year|hour)|after \d[\d,.]*"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)days)\b",
)
_MEASURES = (
    *(_MONEY, _WEIGHT, _TEMPERATURE, _COLOUR, _TELEPHONE, _MAIL, _SPEED, _SIZE, _TIME_OR_LENGTH),
    *(_FAX, _AGE, _FREQUENCY, _DISTANCE, _NOISE, _DUE, _HOURS, _SHARE, _POWER),
)
_RATE = re.compile(
    r"\d [a-z]{1,20} (?:an?|per|each|every) (?:second|minute|hour|day|week|month|year)\b"
)


def lacks_measure(question: str, text: str) -> bool:
    """Whether a question asks for a measure, and a text tells none of that sort. How often
    something is done in a minute does not tell how long it is.

    >>> question = "What does the pump cost?"
    >>> [lacks_measure(question, text) for text in ("The pump weighs 3 kg.", "Price EUR: 30")]
    [True, False]
    >>> [lacks_measure("How long is it?", text) for text in ("60 calls a minute.", "A minute.")]
    [True, False]
    """
    alone = _RATE.sub(" ", text)
    if any(
        one.asks.search(question)
        and not one.tells.search(alone if one is _TIME_OR_LENGTH else text)
        for one in _MEASURES
    ):
        return True
    return _lacks_dimension(question, text)


_DIMENSIONS = {
    "wide": r"wid(?:e|th|ths)|broad",
    "high": r"high|heights?|tall",
    "deep": r"deep|depths?",
    "thick": r"thick(?:ness)?",
    "long": r"long|lengths?",
    "far": r"far|away|apart|distances?|from",
}
_ASKED = {  # how a size in one direction is asked for; "how long" and "how far" may mean a time
    "wide": re.compile(r"\bhow wide\b|\bwidth\b", re.IGNORECASE),
    "high": re.compile(r"\bhow (?:tall|high)\b|\bheight\b", re.IGNORECASE),
    "deep": re.compile(r"\bhow deep\b|\bdepth\b", re.IGNORECASE),
    "thick": re.compile(r"\bhow thick\b|\bthickness\b", re.IGNORECASE),
}
_TOLD = {
    name: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for name, words in _DIMENSIONS.items()
}
_LENGTH = re.compile(r"\d\s?(?:mm|cm|k?m|met(?:er|re)s?|inch(?:es)?|feet)\b", re.IGNORECASE)


def _lacks_dimension(question: str, text: str) -> bool:
    """Whether a question asks for a size in one direction, and a text tells one in others only.

    >>> question = "How wide may a van be?"
    >>> texts = ("Vans may be 2 m high.", "It is 3 m wide and 2 m high.", "Size: 3 m")
    >>> [_lacks_dimension(question, text) for text in texts]
    [True, False, False]
    """
    directions = {name for name, asks in _ASKED.items() if asks.search(question)}
    if not directions or not _LENGTH.search(text):
        return False
    dimensions = {name for name, tells in _TOLD.items() if tells.search(text)}
    return bool(dimensions) and directions.isdisjoint(dimensions)


_EVERY = re.compile(
    r"\b(?:an?|per|each|every) (?P<time>second|minute|hour|day|week|month|year)\b", re.IGNORECASE
)


def rates(question: str) -> frozenset[str]:
    """The times in which a question asks for so much: of "how many calls a day" it is "day"."""
    return frozenset(match["time"].lower() for match in _EVERY.finditer(question))


def lacks_rate(question: str, text: str) -> bool:
    """Whether a question asks for so much in a time, and a text names other times only.

    >>> question = "How many calls a day may I make?"
    >>> [lacks_rate(question, text) for text in ("60 calls a minute.", "The daily limit is 9.")]
    [True, False]
    """
    times = rates(question)
    if not times or not _EVERY.search(text):
        return False
    names = "|".join("da(?:y|il)" if one == "day" else one for one in times)
    return not re.search(rf"\b(?:{names})", text, re.IGNORECASE)


def asks_measure(question: str, word: str) -> bool:
    """Whether a word of a question asks for a measure: a text that tells one need not have it.

    >>> question = "What is the phone number of the pump's maker?"
    >>> [asks_measure(question, word) for word in ("phone", "maker")]
    [True, False]
    """
    forms = (
        (match.groupdict().get("words") or match[0]).split()
        for asks, _ in _MEASURES
        for match in asks.finditer(question)
    )
    return any(word in words for words in forms)
