"""Small talk in other languages than English: what is said to be polite, and what is answered."""

from functools import cache

from app.local import lazy_re as re
from app.local.engine.languages import Language, detect, languages

_ORDER = ("farewell", "thanks", "well_being", "greeting", "praise")
_LONGEST = 80  # characters


def reply(text: str) -> str | None:
    """What is answered to small talk, in its language; None where the text asks for something.

    >>> reply("Danke!"), reply("ありがとうございます"), reply("Merci, mais où est la pompe ?")
    ('Gern geschehen.', 'どういたしまして。', None)
    """
    return next(filter(None, (_reply(text, one) for one in _likeliest(text))), None)


def help_in(text: str) -> str | None:
    """What the assistant can do, in the language in which that is asked."""
    return next((one.says["help"] for one in _likeliest(text) if _is(text, one, "help")), None)


def asks_for_all(text: str) -> bool:
    """Whether a question is about all documents, in any language."""
    return any(_is(text, one, "overview") for one in _likeliest(text))


def _likeliest(text: str) -> list[Language]:
    """The languages that small talk is known in; that of the text first."""
    if len(text) > _LONGEST:
        return []
    own = detect(text)
    return sorted((one for one in languages().values() if one.says), key=lambda one: one is not own)


def _is(text: str, language: Language, name: str) -> bool:
    return bool(re.fullmatch(rf"\W*(?:{language.small_talk[name]})\W*", text, re.IGNORECASE))


def _reply(text: str, language: Language) -> str | None:
    parts: set[str] = set()
    place = 0
    while place < len(text):
        part = _talk(language).match(text, place)
        if part is None or part.end() == place:
            return None
        parts.add(str(part.lastgroup))
        place = part.end()
    return next((language.says[name] for name in _ORDER if name in parts), None)


@cache
def _talk(language: Language) -> re.Pattern[str]:
    names = (*_ORDER, "filler")
    words = "|".join(f"(?P<{name}>{language.small_talk[name]})" for name in names)
    end = r"(?!\w)" if language.spaced else ""
    return re.compile(rf"\W*(?:{words}){end}\W*", re.IGNORECASE)
