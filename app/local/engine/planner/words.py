"""Words of names, descriptions and utterances, as the planner compares them."""

from functools import lru_cache

from app.local import lazy_re as re
from app.local.engine.store.analysis import terms


def word_list(text: str) -> list[str]:
    """The words of a table, in their order."""
    return text.split()


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def word_table(text: str) -> dict[str, tuple[str, ...]]:
    r"""A table of words.

    >>> word_table("warm: sun fire\n  stove\ncold: ice")
    {'warm': ('sun', 'fire', 'stove'), 'cold': ('ice',)}
    """
    table: dict[str, list[str]] = {}
    name = ""
    for word in text.split():
        if word.endswith(":"):
            name = word[:-1]
            table[name] = []
        else:
            table[name].append(word)
    return {name: tuple(words) for name, words in table.items()}


_JOINT = re.compile(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_.\-/: ]")
TOKEN = re.compile(r"[^\W_]+(?:['\u2019_-][^\W_]+)*")

# What any request says, and what says nothing of which tool it is for.
GENERAL = frozenset(
    terms(
        "calculate compute find get give tell show retrieve determine please need want provide"
        " information detail details specific specified given return use using based data"
        " can help let know like function tool value result various e.g default optional"
    )
)
GERMAN = word_set("""
der die das und ist ein eine einen einem für mit von nach wie ich bitte zum zur im am den dem
nicht auf wird werden uhr mir mich du wir sie es um bis oder auch was wann wo heute morgen euro
brauche zeige finde
""")


@lru_cache(maxsize=1 << 14)
def name_words(name: str) -> str:
    """The words of an identifier.

    >>> name_words("getOrderStatus"), name_words("math.lcm"), name_words("order_id")
    ('get order status', 'math lcm', 'order id')
    """
    return " ".join(part for part in _JOINT.split(name) if part).lower()


@lru_cache(maxsize=1 << 14)
def stems(text: str) -> tuple[str, ...]:
    """The stems of a text's words, stop words left out."""
    return tuple(terms(name_words(text) if " " not in text else text))


def is_german(text: str) -> bool:
    """Whether a text seems to be German, for the way in which it writes numbers.

    >>> is_german("Wie viel sind 1.234,50 Euro in Dollar?"), is_german("How much is 1.5 kg?")
    (True, False)
    """
    words = [word.lower() for word in TOKEN.findall(text)]
    german = sum(word in GERMAN or any(sign in "äöüß" for sign in word) for word in words)
    return german >= 2 or (german == 1 and len(words) <= 4)
