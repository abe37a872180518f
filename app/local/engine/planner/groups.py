"""Mentions that stand in a row: "7, 8 and 9"."""

from collections.abc import Iterator, Sequence

from app.local import lazy_re as re
from app.local.engine.planner.mentions import Mention

_BETWEEN = re.compile(
    r"(?:\s*[,;/&]\s*|\s+)(?:(?:and|or|und|oder|as well as|the|an?)\s+){0,2}|\s*[,;]\s*",
    re.IGNORECASE,
)
_JOINED = re.compile(r"[,;/&]|\b(?:and|or|und|oder|as well as)\b", re.IGNORECASE)


def groups(text: str, mentions: Sequence[Mention]) -> Iterator[list[Mention]]:
    """Each run of mentions with nothing but commas and "and" between them; one alone is a run.

    >>> from app.local.engine.planner.mentions import Utterance
    >>> words = Utterance("Add 4, 8 and 15 to 16")
    >>> [[one.value for one in group] for group in groups(words.text, words.of("number"))]
    [[4, 8, 15], [16]]
    """
    ordered = _longest(sorted(mentions, key=lambda one: (one.start, -one.end)))
    run: list[Mention] = []
    for one in ordered:
        if run and not joined(text, run[-1], one):
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def joined(text: str, first: Mention, second: Mention) -> bool:
    """Whether two mentions stand in a row."""
    between = text[first.end : second.start]
    return (
        len(between) < 40
        and _JOINED.search(between) is not None
        and _BETWEEN.fullmatch(f"{between}") is not None
    )


def _longest(ordered: Sequence[Mention]) -> list[Mention]:
    """Of mentions within one another the outer ones."""
    outer: list[Mention] = []
    for one in ordered:
        if not outer or one.start >= outer[-1].end:
            outer.append(one)
    return outer
