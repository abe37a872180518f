"""Words in scripts that put no spaces between words: Chinese, Japanese, Thai, Lao, Khmer, Burmese.

Where a word ends is not written, and to guess it takes a dictionary. So each two neighbouring signs
are a term, as in Lucene's CJKAnalyzer: "回転数" is found by "回転" and
"転数". Korean has spaces, but particles are written together with their words, so its words
give pairs as well, without the particle.

    Chinese, Japanese    runs of one script: ideographs, katakana, hiragana. Ideographs are words by
                         themselves, too; a single hiragana is a particle, and no term
    Thai, Lao, Khmer ..  a sign is a consonant with all that is written around it
    function words       cut out first, since pairs across them say nothing
"""

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from unicodedata import normalize

from app.local import lazy_re as re
from app.local.engine.languages import language

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_HIRAGANA = "\u3041-\u309f"
_KATAKANA = "\u30a1-\u30ff\u31f0-\u31ff"
_HANGUL = "\uac00-\ud7a3"
_SOUTH_EAST = "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ecd\u0edc-\u0edf\u1000-\u109f\u1780-\u17d3"

# Signs that stand around a letter, and are none: vowels and tones of Asian scripts.
MARKS = (
    "\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963"
    "\u0981-\u0983\u09bc-\u09d7\u09e2\u09e3\u0a01-\u0a03\u0a3c-\u0a51\u0a70\u0a71\u0a81-\u0a83"
    "\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b57\u0b82\u0bbe-\u0bcd\u0bd7\u0c00-\u0c04\u0c3c-\u0c56"
    "\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03\u0d3b-\u0d4d\u0d57\u0dca-\u0ddf"
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd"
    "\u0f71-\u0f84\u0f90-\u0fbc\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064\u1067-\u106d"
    "\u1071-\u1074\u1082-\u108d\u108f\u17b4-\u17d3\u17dd"
)
UNSPACED = re.compile(f"[{_HAN}{_HIRAGANA}{_KATAKANA}{_HANGUL}{_SOUTH_EAST}]")
_RUN = re.compile(
    f"(?P<han>[{_HAN}]+)|(?P<kana>[{_KATAKANA}]+|[{_HIRAGANA}]+)|(?P<hangul>[{_HANGUL}]+)"
    f"|(?P<around>[{_SOUTH_EAST}]+)"
    f"|(?P<other>[^{_HAN}{_HIRAGANA}{_KATAKANA}{_HANGUL}{_SOUTH_EAST}]+)"
)
# A vowel before its consonant, the consonant, and the marks and stacked consonants behind it.
_CLUSTER = re.compile(
    "[\u0e40-\u0e44\u0ec0-\u0ec4]?.(?:[\u17d2\u1039]."
    f"|[{MARKS}\u0e30\u0e32\u0e33\u0e45\u0eb0\u0eb2\u0eb3])*"
)
_PARTICLE = re.compile(
    "(?<=..)(?:\uc5d0\uc11c|\uc73c\ub85c|\uae4c\uc9c0|\ubd80\ud130|\uc5d0\uac8c"
    "|\uc740|\ub294|\uc774|\uac00|\uc744|\ub97c|\uc758|\uc5d0|\ub3c4|\ub85c|\uc640|\uacfc|\ub9cc)$"
)


def pairs(word: str, *, has_kana: bool) -> Iterator[tuple[str, bool]]:
    """The terms of a word, each with whether it is of a script without spaces.

    >>> [term for term, _ in pairs("回転数は1450回", has_kana=True)]
    ['回転', '転数', '回', '転', '数', '1450', '回']

    Args:
        word: in lower case.
        has_kana: whether its text is Japanese; otherwise ideographs are Chinese.
    """
    for part in _cut_out(has_kana=has_kana).sub(" ", word).split():
        for run in _RUN.finditer(part):
            text = run[0]
            if run.lastgroup == "other":
                yield text, False
            elif run.lastgroup == "hangul":
                yield from ((one, True) for one in _pairs(list(_PARTICLE.sub("", text))))
            elif run.lastgroup == "around":
                yield from ((one, True) for one in _pairs(_CLUSTER.findall(text)))
            elif run.lastgroup == "han":
                yield from ((one, True) for one in _pairs(list(text)))
                yield from ((one, True) for one in text if len(text) > 1)
            elif len(text) > 1:
                yield from ((one, True) for one in _pairs(list(text)))


def _pairs(signs: list[str]) -> Iterator[str]:
    if len(signs) == 1:
        yield signs[0]
    for first, second in pairwise(signs):
        yield first + second


@cache
def _cut_out(*, has_kana: bool) -> re.Pattern[str]:
    """Function words, the longest first; of Korean whole words only."""
    codes = ("ja" if has_kana else "zh", "th")
    words = {
        normalize("NFC", normalize("NFKD", word))  # as the terms are
        for code in codes
        for word in language(code).function_words
    }
    longest = sorted(words, key=lambda word: (-len(word), word))
    korean = "|".join(sorted(language("ko").function_words, key=lambda word: (-len(word), word)))
    return re.compile(rf"{'|'.join(map(re.escape, longest))}|^(?:{korean})$")
