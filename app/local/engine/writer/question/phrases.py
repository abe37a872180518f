"""The noun phrases of a question, by a few rules: what it may be about.

There is no grammar here. A phrase is a run of words without function words and common verbs; with a
determiner before it, it is surely a noun phrase, and so is a run of capitalised words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.local import lazy_re as re
from app.local.engine.store.analysis import STOP_WORDS, terms

_DETERMINER_WORDS = "a an the my your our their its his her each every any this that"
_BREAK_WORDS = "may might must shall much many also ever please"
_VERB_WORDS = """
access add allow apply ask became become began begin belong built buy call came cause change come
compare configure connect contain cost create define delete deploy describe die differ discover do
enable end exist explain fail find gave get give go handle happen held help include install invent
keep kept knew know lead led live look lose lost made make manage mean need occur offer own paid
pay play provide ran read register remove require run said save saw say scale see sell send set
show sold start stay stood stop store support surrender take tell think thought told took try turn
update upload use want went win won work write wrote
"""

_TOKEN = re.compile(r"[^\W_](?:[\w.'\u2019/-]*\w)?|[?,;:!.()]")
_DETERMINERS = frozenset(_DETERMINER_WORDS.split())
_BREAKS = STOP_WORDS | frozenset(_BREAK_WORDS.split())
_PARTICIPLE = re.compile(r"\w{3,}ed$|^(found|made|known|used|built|held|written|born|done|kept)$")
_AUXILIARIES = frozenset(("do", "does", "did"))
_COPULA = re.compile(r"(?:(?:and|but|so)\W{1,3})?(?:is|are|was|were)", re.IGNORECASE)
_WHEN_IS = re.compile(
    r"(?:(?:and|but|so)\W{1,3})?(?:when|where|why|how \w+|until when) (?:is|are|was|were)",
    re.IGNORECASE,
)
_STATE = re.compile(r"due|open|closed|available|ready|free|over|valid|possible", re.IGNORECASE)
_BARE_VERBS = frozenset(_VERB_WORDS.split())
_VERBS = frozenset(term for verb in _VERB_WORDS.split() for term in terms(verb))


@dataclass(frozen=True)
class Phrase:
    """A phrase at [start, end) of its text, its determiner included."""

    text: str
    start: int
    end: int
    determined: bool

    @property
    def name(self) -> bool:
        """Whether it is, or begins with, a name."""
        words = [word for word in self.text.split() if word.lower() not in _DETERMINERS]
        return any(not word.islower() for word in words[:2])

    @property
    def plural(self) -> bool:
        head = self.text.partition(" of ")[0].split()
        words = self.text.split() if self.name else head[-1:]
        return any(word.endswith("s") and not word.endswith("ss") for word in words)


def phrases(text: str) -> list[Phrase]:
    """The phrases of a question, in order; "the X of Y" is one.

    >>> [one.text for one in phrases("Is the ring buffer empty?")]
    ['the ring buffer']
    >>> [one.text for one in phrases("What is the speed of light, and how does AWS Lambda scale?")]
    ['the speed of light', 'AWS Lambda']
    """
    joined: list[list[Phrase]] = []
    for phrase in _runs(text):
        last = joined[-1] if joined else None
        if last and last[0].determined and text[last[-1].end : phrase.start].strip() == "of":
            last.append(phrase)
        else:
            joined.append([phrase])
    return [_whole(text, parts) for parts in joined]


def _whole(text: str, parts: Sequence[Phrase]) -> Phrase:
    first, last = parts[0], parts[-1]
    return Phrase(text[first.start : last.end], first.start, last.end, first.determined)


def is_verb(word: str) -> bool:
    """Whether a word is a form of a common verb.

    >>> is_verb("installing"), is_verb("pump")
    (True, False)
    """
    return not _VERBS.isdisjoint(terms(word))


def is_bare_verb(word: str) -> bool:
    """Whether a word is a common verb without an ending.

    >>> [is_bare_verb(word) for word in ("Set", "settings", "pump")]
    [True, False, False]
    """
    return word.lower() in _BARE_VERBS


def _runs(text: str) -> Iterator[Phrase]:
    run: list[re.Match[str]] = []
    determiner: re.Match[str] | None = None
    before: re.Match[str] | None = None  # the word before the run and its determiner
    last: re.Match[str] | None = None
    named = False  # whether a word of the run has a capital or a digit
    end = len(text.rstrip(" ?."))
    for token in _TOKEN.finditer(text):
        determined = determiner is not None and not named
        if not _breaks(token.group(), inside=bool(run), determined=determined):
            run.append(token)
            named = named or not token.group().islower()
        else:
            if run:
                yield _phrase(text, run, determiner, before, end)
            run, named = [], False
            determined = token.group().lower() in _DETERMINERS
            determiner, before = (token, last) if determined else (None, token)
        last = token
    if run:
        yield _phrase(text, run, determiner, before, end)


def _phrase(
    text: str,
    run: list[re.Match[str]],
    determiner: re.Match[str] | None,
    before: re.Match[str] | None,
    end: int,
) -> Phrase:
    """A run as a phrase; behind do, does or did its last word may be a verb, and in "Is quartz
    hard?" it is what is asked of the rest.

    Args:
        before: the word before it.
        end: where the text ends, but for its stops.
    """
    start = (determiner or run[0]).start()
    if before and before.group().lower() in _AUXILIARIES:
        run = _subject(run, determined=determiner is not None, last=run[-1].end() >= end)
    elif before and _WHEN_IS.fullmatch(text, 0, before.end()) and run[-1].end() >= end:
        run = run[:-1] if len(run) > 1 and _STATE.fullmatch(run[-1].group()) else run
    elif before and _COPULA.fullmatch(text, 0, before.end()) and run[-1].end() >= end:
        run = run[:-1] if len(run) > 1 and run[-1].group().isalpha() else run
    return Phrase(text[start : run[-1].end()], start, run[-1].end(), determiner is not None)


def _subject(run: list[re.Match[str]], *, determined: bool, last: bool) -> list[re.Match[str]]:
    """Behind do, does or did, a subject and perhaps what it does: "did the light travel?"."""
    if determined:
        return run[:-1] if last and len(run) > 1 else run
    named = [not token.group().islower() for token in run]
    return run[: named.index(False)] if named[0] and not all(named) else run


def _breaks(word: str, *, inside: bool, determined: bool) -> bool:
    """Whether a word ends a run. Behind a determiner, what may be a verb is a noun.

    Args:
        inside: whether the run has begun.
        determined: whether it stands behind a determiner, and names nothing.
    """
    low = word.lower()
    if not word[0].isalnum() or low in _BREAKS or low in _DETERMINERS:
        return True
    if not word.islower() and inside:
        return False
    if inside and _PARTICIPLE.match(low):
        return True
    return not determined and not _VERBS.isdisjoint(terms(low))
