"""What is to be done, and its opposite: "encrypt" answers no question about decrypting.

To an encoder both are near, since they stand in the same sentences.

    How do I turn off certificate checks?      asks how to disable
    You can disable verification:              does that
    How do I open a PDF that is encrypted?     asks how to decrypt: it is encrypted already
    writer.encrypt("secret")                   does the opposite
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from app.local import lazy_re as re
from app.local.engine.store.analysis import terms
from app.local.engine.writer.question.phrases import is_bare_verb

# Two acts that undo each other, each by its words. With a star, the first keeps people from what
# it is done to, so that "open" or "read" asks for the second.
_PAIRS = """
encrypt encipher lock / decrypt decipher unlock *
compress zip pack gzip deflate / decompress uncompress unzip unpack gunzip inflate *
encode escape / decode unescape *
enable activate / disable deactivate suppress silence mute bypass skip
install / uninstall
add insert append attach / remove delete drop detach strip erase discard clear purge wipe
include / exclude
create / delete destroy remove
start launch run / stop kill terminate quit halt
upload / download
import / export
connect / disconnect
mount / unmount
register / unregister
subscribe / unsubscribe
permit grant / deny forbid revoke refuse
show display / hide conceal
increase / decrease reduce
upgrade / downgrade
merge join concatenate combine / split separate
serialize serialise / deserialize deserialise
freeze / unfreeze thaw
expand / collapse
"""
_PHRASES = {
    "enable": re.compile(r"\b(?:turn|switch)\w*+ (?:[\w-]++ ){0,4}?on\b", re.IGNORECASE),
    "disable": re.compile(
        r"\b(?:turn|switch)\w*+ (?:[\w-]++ ){0,4}?off\b|\bget rid of\b", re.IGNORECASE
    ),
    "encrypt": re.compile(r"\b(?:put|set|add) a password\b|\bpassword-protect", re.IGNORECASE),
    "decrypt": re.compile(r"\bremove the password\b", re.IGNORECASE),
    "start": re.compile(r"\bboot\w*+ up\b", re.IGNORECASE),
    "stop": re.compile(r"\bshut\w*+ down\b", re.IGNORECASE),
}
_WORD = re.compile(r"[A-Za-z]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NEGATED = re.compile(
    r"(?:\b(?:not|never|cannot|without)|n['\u2019]t) (?:be )?[\w-]+", re.IGNORECASE
)
_IMPORT = re.compile(r"^[ \t]*+(?:from \S++ )?import .*$", re.MULTILINE)
_OFF = re.compile(
    r"[=:] ?[\"']?(?:false|off|no|0)\b|--(?:no|disable|skip|without)-\w", re.IGNORECASE
)
_ON = re.compile(r"[=:] ?[\"']?(?:true|on|yes|1)\b|--(?:enable|with)-\w", re.IGNORECASE)
_GETS_AT = frozenset(("open", "read", "access", "view", "use", "load"))
_STATE = re.compile(
    r"\b(?:is|are|was|were|been|an?|my|the|of|from|with|these|some) (?P<state>\w{4,}ed)\b",
    re.IGNORECASE,
)
_PURPOSE = re.compile(r"To (\w+) ")
_NOUN = re.compile(r"\b\w{3,}(?:ings?|[st]ions?)\b", re.IGNORECASE)
_BY_HEADING = 0.5  # what a heading tells of what stands under it, beside its own words
_BY_CODE = 0.5


@dataclass(frozen=True)
class Act:
    """One of a pair of acts."""

    pair: int
    is_second: bool

    @property
    def opposite(self) -> "Act":
        return Act(self.pair, not self.is_second)


def _read_pairs() -> tuple[dict[str, frozenset[Act]], frozenset[int]]:
    """The acts by the stems of their words, and the pairs with a star."""
    acts: dict[str, frozenset[Act]] = {}
    starred = set()
    for number, line in enumerate(_PAIRS.strip().splitlines()):
        if line.endswith("*"):
            starred.add(number)
        for is_second, words in zip((False, True), line.rstrip(" *").split(" / "), strict=True):
            for stem in _stems(words):
                acts[stem] = acts.get(stem, frozenset()) | {Act(number, is_second)}
    return acts, frozenset(starred)


def _stems(text: str) -> Iterator[str]:
    """The stem of each word; a name such as OpenSearch is one word, `removePages` is two."""
    for word in _WORD.findall(text):
        for part in _HUMP.split(word) if word[0].islower() else (word,):
            yield from terms(part.lower())


_ACTS, _STARRED = _read_pairs()


@lru_cache(maxsize=1 << 12)
def acts_in(text: str) -> frozenset[Act]:
    """The acts that a text names.

    >>> acts_in("Turn verification off with an option.") == acts_in("disabling it")
    True
    """
    words = " ".join(word for word, phrase in _PHRASES.items() if phrase.search(text))
    stems = _stems(f"{text} {words}")
    return frozenset().union(*(_ACTS.get(stem, frozenset()) for stem in stems))


@lru_cache(maxsize=1 << 10)
def wanted_acts(question: str) -> frozenset[Act]:
    """The acts that a question asks for, by its verbs; none of a pair of which it names both.

    >>> wanted_acts("How do I read a compressed file?") == acts_in("decompress")
    True
    >>> wanted_acts("How do I delete a locked file?") == acts_in("delete")
    True
    """
    states = frozenset[Act]().union(*(acts_in(one["state"]) for one in _STATE.finditer(question)))
    rest = _STATE.sub(" it ", question)
    hidden = {one for one in states if one.pair in _STARRED and not one.is_second}
    if hidden and not _GETS_AT.isdisjoint(_stems(rest)):
        return frozenset(one.opposite for one in hidden)
    named = acts_in(_NOUN.sub("it", rest))
    return frozenset(one for one in named if one.opposite not in named)


def agreement(acts: frozenset[Act], own: str, heading: str, code: str = "") -> float:
    """How far a text does what is wanted: from 1, where its own words say so, to -1, where they
    name only the opposite. A heading and code tell less; no word of either, nothing.

    >>> off = wanted_acts("How do I turn off the checks?")
    >>> agreement(off, "You can skip them:", ""), agreement(off, "", "Enabling checks")
    (1.0, -0.5)
    >>> agreement(off, "", "", "get(url, verify=False)")
    0.5
    """
    if not acts:
        return 0.0
    own = _NEGATED.sub("", own)  # "it does not start" tells nobody how to start it
    for text, worth in ((own, 1.0), (heading, _BY_HEADING), (_IMPORT.sub("", code), _BY_CODE)):
        named = acts_in(text) if text else frozenset[Act]()
        does, undoes = acts & named, any(one.opposite in named for one in acts)
        if does and not (undoes and text is heading):  # what stands under both may be either
            return worth
        if undoes and not does:
            return -worth
    for act in acts & _SWITCHES:
        right, wrong = (_OFF, _ON) if act.is_second else (_ON, _OFF)
        if right.search(code):
            return _BY_CODE
        if wrong.search(code):
            return -_BY_CODE
    return 0.0


def undoes_unasked(question: str, lead: str) -> bool:
    """Whether a lead-in names an act that undoes something as its purpose, and the question asks
    for another act.

    >>> undoes_unasked("How do I update a stack?", "To destroy such a stack:")
    True
    >>> undoes_unasked("How do I clear the cache?", "To remove what is cached:")
    False
    """
    purpose = _PURPOSE.match(lead)
    if purpose is None or not any(one.is_second for one in acts_in(purpose[1])):
        return False
    words = _WORD.findall(question)
    return any(map(is_bare_verb, words)) and acts_in(purpose[1]).isdisjoint(acts_in(question))


_SWITCHES = acts_in("enable disable")
