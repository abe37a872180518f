"""The language of a text: told by its script, or by its function words.

Function words are the commonest of a language, and few languages share one; so a question of four
words tells its language, if it is a known one. Text in unknown languages, code and lists of names
have few of them, and count as English.
"""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache, lru_cache

from app.local import lazy_re as re
from app.local.engine.languages.language import Language, language, languages

ENGLISH = "en"
_GLANCE = 1500  # characters, from the beginning
_LEAST = 0.5  # weight of function words, for any language but English
_LEAST_SHARE = 0.1  # of a text's words, as a weight
_FEW = 40  # words; if a text has no more, its spelling counts as well
_SPELLED = 0.1
_SHARE = 0.25  # of a text's letters, for a script that is not Latin
_SCRIPTS = {
    "kana": "\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9d",
    "han": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff",
    "hangul": "\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3",
    "thai": "\u0e01-\u0e5b",
    "arabic": "\u0620-\u064a\u066e-\u06d3",
    "cyrillic": "\u0400-\u052f",
}
_SIGNS = {script: re.compile(f"[{signs}]") for script, signs in _SCRIPTS.items()}
# Other languages have letters of their own in these scripts.
_NOT_RUSSIAN = re.compile("[\u0404\u0406\u0407\u0454\u0456\u0457\u0490\u0491\u0402\u0452\u0408]")
_NOT_ARABIC = re.compile("[\u067e\u0686\u0698\u06a9\u06af\u06cc\u06d2\u0679]")
_OPENED = re.compile("[\u00bf\u00a1](?=\\w)")  # only Spanish opens its questions and exclamations
_WORD = re.compile(r"[^\W\d_]{2,}|(?<![\w'])[^\W\d_A-Za-z](?!\w)")
_LETTER = re.compile(r"[^\W\d_]")


def detect(text: str) -> Language:
    """The language of a text; English if it is not known.

    >>> [detect(text).code for text in ("Wo steht das?", "O\u00f9 est-ce ?", "Where is it?", "?")]
    ['de', 'fr', 'en', 'en']
    """
    return language(_code(text[:_GLANCE]) or ENGLISH)


def tell(text: str) -> Language | None:
    """The language of a text; None if nothing tells it.

    >>> told = [tell(text) for text in ("Warum?", "Where is it?", "quartz")]
    >>> [one and one.code for one in told]
    ['de', 'en', None]
    """
    code = _code(text[:_GLANCE]) or _of_one_word(text)
    return language(code) if code else None


@lru_cache(maxsize=4096)
def _code(text: str) -> str | None:
    if not text.isascii() and (code := _by_script(text)):
        return code
    if _OPENED.search(text):
        return "es"
    return _by_words(text)


def _of_one_word(text: str) -> str | None:
    """The language of a single word, if it is a function word of one language only."""
    words = _WORD.findall(text.lower())
    codes = _known().get(words[0], ()) if len(words) == 1 else ()
    return codes[0] if len(codes) == 1 else None


def _by_script(text: str) -> str | None:
    counts = {script: len(signs.findall(text)) for script, signs in _SIGNS.items()}
    if sum(counts.values()) < _SHARE * len(_LETTER.findall(text)):
        return None
    if counts["kana"] and counts["kana"] + counts["han"] > counts["hangul"]:
        return "ja"
    script = max(counts, key=lambda one: counts[one])
    if script == "cyrillic" and _NOT_RUSSIAN.search(text):
        return None
    if script == "arabic" and _NOT_ARABIC.search(text):
        return None
    codes = (code for code, one in languages().items() if one.script == script)
    return next(codes, None) if counts[script] else None


def _by_words(text: str) -> str | None:
    words = set(map(str.lower, _WORD.findall(text)))
    if len(words) < 2:
        return None
    known = _known()
    scores: defaultdict[str, float] = defaultdict(float)
    for word in words & known.keys():
        for code in known[word]:
            scores[code] += 1 / len(known[word])
    if len(scores) > 1 and len(words) <= _FEW:
        for code in scores:
            scores[code] += _SPELLED * len(set(language(code).spelling.findall(text.lower())))
    best = max(scores, key=lambda code: (scores[code], code == ENGLISH), default=None)
    enough = max(_LEAST, _LEAST_SHARE * len(words))
    return best if best is not None and scores[best] >= enough else None


@cache
def _known() -> Mapping[str, tuple[str, ...]]:
    """The function words of all languages in Latin letters, and the languages of each."""
    known: dict[str, tuple[str, ...]] = {}
    for code, one in languages().items():
        for word in () if one.script else one.function_words:
            known[word] = (*known.get(word, ()), code)
    return known
