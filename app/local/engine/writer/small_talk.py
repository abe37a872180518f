"""What is said to be polite and asks for nothing: greetings, thanks, a call for help."""

from app.local import lazy_re as re
from app.local.engine.writer.multilingual import small_talk as multilingual

_GREETING = r"hi+|hello|hey+|hiya|howdy|greetings|yo|good (?:morning|afternoon|evening|day)"
_WELL_BEING = r"how are you(?: doing)?|how is it going|how's it going|how do you do|what's up"
_THANKS = r"thanks?(?: you)?|thx|ty|cheers|many thanks"
_PRAISE = (
    r"ok(?:ay)?|k|cool|great|nice|good|perfect|awesome|super|fine|alright|got it|i see|wow|lol|"
    r"well done|never ?mind|no|yes|yep|nope|sure|that's all|that is all"
)
_FAREWELL = r"bye+(?: bye)?|goodbye|good ?night|see you|see ya|later|cu|have a (?:nice|good) \w+"
_FILLER = (
    r"there|you|so|very|much|a lot|again|today|everyone|all|bot|assistant|friend|mate|please|and"
    r"|for (?:your |the )?(?:help|answer)|then|now"
)
_HELP = re.compile(
    r"\W*(?:please )?(?:help(?: me)?|what can you do(?: for me)?|who are you|what are you"
    r"|how do(?:es)? (?:you|this) work)\W*",
    re.IGNORECASE,
)
_PARTS = (
    ("greeting", _GREETING),
    ("well-being", _WELL_BEING),
    ("thanks", _THANKS),
    ("farewell", _FAREWELL),
    ("praise", _PRAISE),
    ("filler", _FILLER),
)
_TALK = re.compile(
    r"\W*(?:"
    + "|".join(f"(?P<{name.replace('-', '_')}>{words})" for name, words in _PARTS)
    + r")(?!\w)\W*",
    re.IGNORECASE,
)
_REPLIES = {
    "farewell": "Goodbye.",
    "thanks": "You are welcome.",
    "well_being": "Thank you, I am well. What would you like to know about the documents?",
    "greeting": "Hello. What would you like to know about the documents?",
    "praise": "All right. Ask when you would like to know more about the documents.",
}
_LONGEST = 80  # characters


def reply(text: str) -> str | None:
    """What is answered to small talk, in its language; None where the text asks for something.

    >>> reply("Hello!"), reply("ok cool, bye"), reply("Danke!")
    ('Hello. What would you like to know about the documents?', 'Goodbye.', 'Gern geschehen.')
    >>> reply("Hello, how hard is quartz?")
    """
    return _reply(text) or multilingual.reply(text)


def _reply(text: str) -> str | None:
    if len(text) > _LONGEST:
        return None
    parts: set[str] = set()
    place = 0
    while place < len(text):
        part = _TALK.match(text, place)
        if part is None:
            return None
        parts.add(str(part.lastgroup))
        place = part.end()
    return next((words for name, words in _REPLIES.items() if name in parts), None)


def asks_for_help(text: str) -> bool:
    """Whether it asks what the assistant is, or can do."""
    return len(text) <= _LONGEST and bool(_HELP.fullmatch(text))
