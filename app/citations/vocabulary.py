"""The words of a text that tell what it is about, in any language."""

import re

from app.citations.quote import UNSPACED, words

STEM = 5  # characters: "lockers" and "locker" are one word, and so are "Geräte" and "Gerätes"
_SHORTEST = 3  # shorter words are mostly articles, prepositions and the like
_KANA = re.compile(r"[\u3040-\u309f\u30fc]")  # grammar in Japanese
_UNSPACED = re.compile(f"[{UNSPACED}]")

# Words that are in any text of a language, whatever it is about.
_FUNCTION_WORDS = {
    "en": """
        a an as at be by do he if in is it me my no of on or so to up us we all and any are
        but can did don for get got had has her him his how isn its let may nor not off our
        out per she the too via was who why won yes you also aren been both didn does done
        down each else ever from give hadn hasn have here into just know less like made make
        many more most much must need none once only ours over same show some such take tell
        than that them then they this thus upon used uses very want wasn were what when whom
        will with your about after again being could doesn doing every given haven never
        other shall their there these those under until using weren where which while whose
        would always before cannot couldn during either having itself should though unless
        within wouldn another because between neither shouldn through whether without
        although according
    """,
    "de": """
        am da er es im in ob so um zu auf aus bei bin das dem den der des die ein für hat
        ich ihr ist man mit nur sie und uns von vor was wer wie wir zum zur aber alle also
        auch beim dass denn doch eine gibt habe kann mein mich nach noch oder ohne sein sich
        sind viel wann wenn wird über diese durch einem einen einer eines haben keine nicht
        seine unter viele warum wurde dieser dieses können welche werden welcher welches
        wieviel zwischen
    """,
    "fr": """
        au ce de du en et il je la le ma ne on ou sa se si tu un aux ces des est les par pas
        que qui son sur une avec dans elle leur mais même nous pour quel sans sont sous tous
        tout vous être avoir cette comme elles entre leurs quand quels toute depuis quelle
        comment quelles pourquoi
    """,
    "es": """
        y al de el en es la le lo mi no se si su un con del las los muy más por que sin son
        sus una como cual ella esta este esto hace para pero todo unas unos desde donde
        ellas ellos entre hasta puede quien según sobre tiene todos cuales cuando cuanto
        porque
    """,
    "it": """
        e ai al da di ha il in io la le lo ma mi se si su un che chi con del gli nel non per
        più una alla alle come dove sono anche dalla dalle della delle dello hanno nella
        nelle quale quali sulla essere perché quando quanto questa questo
    """,
    "pt": """
        ao as da de do em na no os ou se um com das dos mas não por que são tem uma como
        esta este isso mais para pela pelo qual entre quais sobre quando também
    """,
    "nl": """
        de en er in is of om op te ze aan als bij dan dat die een het hij hoe met nog ook
        tot uit van wat wie naar niet over voor waar werd zich zijn onder wordt
    """,
    "ru": """
        в и к о с у во из на не об от по где для его или как кто над она они под при что это
        куда надо один чего этот какая какие какой когда можно нужно около после потом чтобы
        этого почему только который сколько
    """,  # noqa: RUF001 Russian is meant
}
_LANGUAGES = {name: frozenset(some.split()) for name, some in _FUNCTION_WORDS.items()}
_FUNCTIONS = frozenset().union(*_LANGUAGES.values())
_FEWEST = 2  # function words that tell a language

_NEGATION = re.compile(
    r"\bno\b(?!\.)|\bnon\b(?!-)|n't\b|\b(?:not|never|none|neither|nor|cannot|without|unable"
    r"|nicht|kein\w{0,2}|nie|niemals|ohne|pas|jamais|aucune?|nunca|ning\w{2,4}|senza|не|нет|без)\b"
    r"|ない|ません|なし|不|没|沒|无|無|ไม่"
)


def content_words(text: str) -> frozenset[str]:
    """The stems of a text's words, without function words; of a script without spaces, pairs of
    signs.

    >>> sorted(content_words("What is the deposit of locker L-3? 給水ポンプの回転数"))
    ['3', 'depos', 'l-3', 'locke', 'の回', 'プの', 'ポン', 'ンプ', '回転', '水ポ', '給水', '転数']
    """
    return stems(words(text))


def stems(some: frozenset[str]) -> frozenset[str]:
    """The stems of a text's words, without function words."""
    return frozenset(
        word[:STEM] if word.isalpha() else word for word in some - _FUNCTIONS if _tells(word)
    )


def language(text: str) -> str | None:
    """The language whose function words a text has most of; None if it has too few to tell.

    >>> language("What is the deposit?"), language("Was ist das?"), language("samples = 3")
    ('en', 'de', None)
    """
    return language_of(words(text))


def language_of(some: frozenset[str]) -> str | None:
    """The language of a text with these words, as `language` tells it."""
    counts = {name: len(some & functions) for name, functions in _LANGUAGES.items()}
    name, count = max(counts.items(), key=lambda pair: pair[1])
    return name if count >= _FEWEST else None


def is_unspaced(text: str) -> bool:
    """Whether most letters of a text are of a script without spaces."""
    letters = sum(map(str.isalpha, text))
    return 2 * len(_UNSPACED.findall(text)) > letters


def is_negated(text: str) -> bool:
    """Whether a text says that something is not so.

    >>> is_negated("It isn't so."), is_negated("Es gibt keine."), is_negated("So.")
    (True, True, False)
    """
    return _NEGATION.search(text.casefold().replace("\u2019", "'")) is not None


def _tells(word: str) -> bool:
    """Whether a word, which is no function word, tells what a text is about."""
    if not word.isalpha() and any(map(str.isdigit, word)):
        return True
    if not word.isascii() and _UNSPACED.match(word):
        return not all(map(_KANA.match, word))
    return len(word) >= _SHORTEST and "'" not in word
