"""What is said to be polite and asks for nothing: greetings, thanks, a call for help."""

import re

_GREETING = (
    r"hi+|hello|hey+|hiya|howdy|greetings|yo|good (?:morning|afternoon|evening|day)|hallo|guten \w+"
    r"|moin|servus|bonjour|salut|hola|buenos? \w+|buenas|ciao|ol\u00e1|hej|\u3053\u3093\u306b\u3061"
    r"\u306f|\u4f60\u597d|\u60a8\u597d|\uc548\ub155\ud558\uc138\uc694"
)
_WELL_BEING = (
    r"how are you(?: doing)?|how is it going|how's it going|how do you do|what's up|wie geht(?:'s|"
    r" es)?(?: (?:dir|ihnen))?|comment (?:\u00e7a|ca) va|(?:\u00e7a|ca) va|qu\u00e9 tal"
    r"|c\u00f3mo est\u00e1s|come stai"
)
_THANKS = (
    r"thanks?(?: you)?|thx|ty|cheers|many thanks|danke(?: \w+)?|vielen dank|merci(?: \w+)?"
    r"|gracias|grazie|obrigad[oa]|\u3042\u308a\u304c\u3068\u3046(?:\u3054\u3056\u3044\u307e\u3059)?"
    r"|\u8c22\u8c22|\u8b1d\u8b1d"
)
_PRAISE = (
    r"ok(?:ay)?|k|cool|great|nice|good|perfect|awesome|super|fine|alright|got it|i see|wow|lol|"
    r"well done|never ?mind|no|yes|yep|nope|sure|that's all|that is all|prima|gut|alles klar"
)
_FAREWELL = (
    r"bye+(?: bye)?|goodbye|good ?night|see you|see ya|later|cu|tsch\u00fcss?|auf wiedersehen"
    r"|au revoir|adi\u00f3s|arrivederci|have a (?:nice|good) \w+"
)
_FILLER = (
    r"there|you|so|very|much|a lot|again|today|everyone|all|bot|assistant|friend|mate|please|and"
    r"|for (?:your |the )?(?:help|answer)|then|now"
)
_HELP = re.compile(
    r"\W*(?:please )?(?:help(?: me)?|what can you do(?: for me)?|who are you|what are you"
    r"|how do(?:es)? (?:you|this) work|hilfe|aide|ayuda)\W*",
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
    """What is answered to small talk; None where the text asks for something.

    >>> reply("Hello!"), reply("ok cool, bye")
    ('Hello. What would you like to know about the documents?', 'Goodbye.')
    >>> reply("Hello, how hard is quartz?")
    """
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
