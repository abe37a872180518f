"""Whether a question asks nothing: a greeting, thanks, a farewell, assent, a call for help.

An answer to one rests on no document, so there is nothing in which it could be grounded; a
guardrail that held it to the passages would hold back each "Hello".
"""

import re

LONGEST = 80  # characters of a question

_PHRASES = (
    # English
    r"hi+|hello|hey+|hiya|howdy|greetings|good (?:morning|afternoon|evening|day|night)",
    r"how are you(?: doing)?|how(?: is|.s) it going|how do you do|what.s up",
    r"(?:many )?thanks?(?: you)?|thx|cheers|much appreciated|you(?:.re| are) welcome",
    r"bye+(?:[- ]bye)?|goodbye|see (?:you|ya)|later|have a (?:nice|good|great) \w+",
    r"ok(?:ay)?|cool|great|nice|good|perfect|awesome|alright|all right|got it|i see|well done",
    r"never ?mind|yes|yep|no|nope|sure|that(?:.s| is) all",
    r"(?:please )?help(?: me)?|what can you do(?: for me)?|who are you|what are you",
    r"there|so|very|much|a lot|again|today|everyone|all|please|and|then|now|for (?:your|the) help",
    # German, French, Spanish, Italian, Portuguese, Dutch
    r"hallo|guten (?:tag|morgen|abend)|danke(?: schön| sehr)?|vielen dank|wie geht(?: es|.s)?",
    r"dir|ihnen|tschüs+|auf wiedersehen|hilfe",
    r"bonjour|bonsoir|salut|merci(?: beaucoup)?|au revoir|(?:comment )?ça va|aide|à l.aide",
    r"hola|buen[oa]s (?:días|tardes|noches)|(?:muchas )?gracias|adiós|hasta luego|¿?qué tal|ayuda",
    r"ciao|buon ?giorno|buona ?sera|grazie(?: mille)?|arrivederci|come (?:stai|sta|va)|aiuto",
    r"olá|oi|bom dia|boa (?:tarde|noite)|(?:muito )?obrigad[oa]|tchau|tudo bem|ajuda",
    r"hoi|goede(?:morgen|middag|navond)|dank (?:je|u)(?: wel)?|bedankt|tot ziens|doei",
    # Romanian, Turkish, Vietnamese, Greek, Russian, Arabic, Hindi, Chinese, Japanese, Korean, Thai
    r"bună(?: ziua)?|mulțumesc|la revedere|merhaba|teşekkür(?:ler| ederim)|görüşürüz",
    r"xin chào|cảm ơn|tạm biệt|γεια(?: σας| σου)?|καλημέρα|ευχαριστώ|αντίο",  # noqa: RUF001 Greek is meant
    r"привет|здравствуйте|спасибо|пока|до свидания|مرحبا|شكرا|مع السلامة|नमस्ते|धन्यवाद|अलविदा",
    r"你好|您好|谢谢|再见|こんにちは|ありがとう(?:ございます)?|さようなら|안녕하세요|감사합니다|สวัสดี|ขอบคุณ",
)
_TALK = re.compile(rf"\W*(?:(?:{'|'.join(_PHRASES)})(?!\w)\W*)+", re.IGNORECASE)


def is_small_talk(question: str) -> bool:
    """Whether a question is nothing but politeness, or a bare call for help.

    >>> [is_small_talk(text) for text in ("Hello!", "ok cool, bye", "How are you today?", "Danke!")]
    [True, True, True, True]
    >>> [is_small_talk(text) for text in ("Hello, how hard is quartz?", "What is it for?", "")]
    [False, False, False]
    """
    return len(question) <= LONGEST and _TALK.fullmatch(question) is not None
