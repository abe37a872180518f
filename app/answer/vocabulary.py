"""The words of a text that tell what it is about, in any language."""

import re

from app.answer.quote import UNSPACED, words

_STEM = 5  # characters: "lockers" and "locker" are one word, and so are "Geräte" and "Gerätes"
_SHORTEST = 3  # shorter words are mostly articles, prepositions and the like
_KANA = re.compile(r"[\u3040-\u309f\u0e00-\u0e7f\u30fc]")  # grammar in Japanese
_UNSPACED = re.compile(f"[{UNSPACED}]")

# Function words of the languages that most documents are in. They are in any text.
_FUNCTION_WORDS = """
    all and any are but can did for get got had has her his how its let may nor not off our out
    per she the too via was who why you yes about after again also although always another
    because been before being between both cannot could does doing done down during each either
    else ever every from give given have having here into itself just know less like made make
    many more most much must need neither never none once only other ours over same shall should
    show some such take tell than that their them then there these they this those though
    through thus under unless until upon used uses using very want were what when where whether
    which while whom whose will with within without would your das dem den der des die ein für
    ihr ist mit nur sie und uns von wer wie wir zum zur aber alle also auch beim dass denn
    dieser diese dieses doch durch eine einem einen einer eines gibt habe haben kann keine
    können mein mich nach nicht noch oder ohne sein seine sich sind über unter viel viele vom
    wann warum welche welcher welches wenn werden wird wieviel wurde zwischen aux ces des est
    les par pas que qui son sur une avec avoir cette comme comment dans depuis elle elles entre
    être leur leurs mais même nous pour pourquoi quand quel quelle quelles quels sans sont sous
    tous tout toute vous con del las los más muy por que sin son sus como cual cuales cuando
    cuanto desde donde ella ellas ellos entre esta este esto hasta hace para pero porque puede
    quien según sobre tiene todo todos una unas unos che chi gli nel non per più alla alle anche
    come dalla dalle dello della delle dove essere hanno nella nelle perché quale quali quando
    quanto questa questo sono sulla где для его или как над она они под при что это как какая
    какие какой когда который кто куда можно надо нужно один около после потом почему сколько
    только чего чтобы этого этот
"""  # noqa: RUF001 Russian is meant
_FUNCTIONS = frozenset(_FUNCTION_WORDS.split())


def content_words(text: str) -> frozenset[str]:
    """The stems of a text's words, without function words; of a script without spaces, pairs of
    signs.

    >>> sorted(content_words("What is the deposit of locker L-3? 給水ポンプの回転数"))
    ['3', 'depos', 'l-3', 'locke', 'の回', 'プの', 'ポン', 'ンプ', '回転', '水ポ', '給水', '転数']
    """
    return frozenset(
        word[:_STEM] if word.isalpha() else word for word in words(text) if _tells(word)
    )


def _tells(word: str) -> bool:
    if any(sign.isdigit() for sign in word):
        return True
    if _UNSPACED.match(word):
        return not all(map(_KANA.match, word))
    return len(word) >= _SHORTEST and word not in _FUNCTIONS
