"""The system, product or place in which a question sets what it asks: "Windows", of "on Windows".

What a document tells of the rest is no answer for another system than its own. So the name has to
stand in the passage that answers, as a word for itself: "windows-1250" is another name.
"""

from collections.abc import Callable, Sequence

from app.local import lazy_re as re
from app.local.engine.store.analysis import terms
from app.local.engine.writer.question import is_calendar

_NEARLY = 0.55  # cosine of a word to the nearest token of a passage
_NAME = r"(?:[A-Z][\w.+#-]*\w|[a-z]+[A-Z]\w*)"  # Slack, macOS
_BEHIND = re.compile(
    r"\b(?:on|in|into|onto|under|with|within|without|inside|to|from|for|using|via|through|against"
    rf"|behind|at|by|between|and|or)\s+(?:(?:the|an?|my|our|your)\s+)?({_NAME}(?:\s+{_NAME})*)"
)
_JOINED = re.compile(r"\w+(?:[-.]\w+)*")
_ALONE = re.compile(r"[^\W_]+|[^\W\d_]+(?:-[^\W\d_]+)+")


def surroundings(question: str) -> tuple[str, ...]:
    """The names behind a question's prepositions: where, with what or to what it is to be done.

    >>> surroundings("How do I install Outcrop on Windows, or on a Google Cloud?")
    ('Windows', 'Google Cloud')
    """
    return tuple(one for one in dict.fromkeys(_BEHIND.findall(question)) if not is_calendar(one))


def standing_terms(text: str) -> frozenset[str]:
    """The terms of the words that stand for themselves: not of those that a sign joins with a
    digit, or that are joined by other signs than hyphens.

    >>> sorted(standing_terms("Docker-based, of windows-1250 and my_linux.cfg on Solaris"))
    ['base', 'docker', 'solari']
    """
    words = (
        word
        for match in _JOINED.findall(text)
        if _ALONE.fullmatch(match)
        for word in match.split("-")
    )
    return frozenset(term for word in words for term in (*terms(word), *terms(word.lower())))


def missing(
    name: str,
    standing: frozenset[str],
    held: frozenset[str],
    near: Callable[[Sequence[str]], float],
) -> float:
    """How much of a name a passage lacks, from 0 to 1, and to 2 where it has the words in other
    names: "windows-1250" counts for "Windows" in all else that is compared, and has to be made up
    for. A word that it has nowhere may have one there that means nearly the same, such as "macOS"
    for "Macs".

    Args:
        standing: the terms of the words that stand for themselves in the passage.
        held: all of its terms.
        near: how near the passage comes to the nearest of some words, by cosine.
    """
    words = name.split()
    lacking = [word for word in words if not standing_terms(word) <= standing]
    absent = [word for word in lacking if held.isdisjoint(terms(word))]
    if absent and near(absent) >= _NEARLY:
        return 0.0
    return (2 * len(lacking) - len(absent)) / len(words)
