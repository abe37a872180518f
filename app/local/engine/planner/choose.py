"""Which of the tools fits a request, and whether any does.

Each tool gets features: cosines of the encoder between the request and the tool's words, and how
much of the one's words the other has. `coefficients.py` says what each is worth, once for being
better than the others, and once for fitting at all.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from app.local.engine.planner.coefficients import BETTER, FITTING, INTERCEPT
from app.local.engine.planner.shapes import Shape, read_shape
from app.local.engine.planner.vectors import Meanings
from app.local.engine.planner.words import GENERAL, name_words, stems

if TYPE_CHECKING:  # the writer imports this package
    from app.local.engine.writer import Tool

FEATURES = (
    "description",
    "named",
    "name",
    "whole",
    "covered",
    "name covered",
    "description covered",
    "covered by head",
    "rare covered",
)

Features = NDArray[np.float64]  # (tools, features)


@dataclass(frozen=True)
class Known:
    """A tool, read once.

    Attributes:
        head: its name and description.
        words: the stems of all that is said of it, its parameters and their values among them.
    """

    tool: "Tool"
    shape: Shape

    @property
    def name(self) -> str:
        return self.tool.name

    @property
    def head(self) -> str:
        return f"{name_words(self.tool.name)}: {self.tool.description}"

    @property
    def whole(self) -> str:
        """What it is and what it takes."""
        return f"{self.head} {_parameters(self.shape)}"[:2000]

    @property
    def name_stems(self) -> frozenset[str]:
        return frozenset(stems(name_words(self.tool.name)))

    @property
    def description_stems(self) -> frozenset[str]:
        return frozenset(stems(f"{self.tool.description} "))

    @property
    def words(self) -> frozenset[str]:
        return self.name_stems | self.description_stems | frozenset(stems(_parameters(self.shape)))


def known(tools: "Sequence[Tool]") -> list[Known]:
    return [Known(tool, read_shape(tool.input_schema)) for tool in tools]


def _parameters(shape: Shape) -> str:
    parts = []
    for name, one in shape.properties.items():
        parts.append(f"{name_words(name)} {one.description}")
        parts.extend(str(choice) for choice in one.choices)
        if one.properties:
            parts.append(_parameters(one))
    return " ".join(parts)


def features(request: str, tools: Sequence[Known], meanings: Meanings) -> Features:
    """What speaks for each tool, in the order of FEATURES."""
    texts = [
        text
        for one in tools
        for text in (one.tool.description or one.head, one.head, name_words(one.name), one.whole)
    ]
    cosines = meanings.likeness([request], texts)[0].reshape(-1, 4)  # (tools, 4)
    said = frozenset(stems(f"{request} "))
    words = [one.words for one in tools]
    weigh = _rarity(words)
    rows = [
        (
            _share(said, held),
            _share(one.name_stems, said),
            _share(one.description_stems, said),
            _share(said, one.name_stems | one.description_stems),
            sum(weigh(s) for s in said & held) / (sum(map(weigh, said)) or 1.0),
        )
        for one, held in zip(tools, words, strict=True)
    ]
    return np.column_stack([cosines, np.array(rows).reshape(-1, 5)]).astype(np.float64)


def _share(some: frozenset[str], others: frozenset[str]) -> float:
    """How many of some words are among the others, 0 to 1."""
    return len(some & others) / len(some) if some else 0.0


def _rarity(texts: Sequence[Collection[str]]) -> Any:
    counts = Counter(stem for text in texts for stem in text)
    n = len(texts)
    return lambda stem: log(1 + (n - counts[stem] + 0.5) / (counts[stem] + 0.5))


def better(table: Features) -> NDArray[np.float64]:
    """How much better than the others each tool is."""
    return np.asarray(table @ np.array([BETTER[name] for name in FEATURES]))


def fitting(table: Features) -> NDArray[np.float64]:
    """The log-odds that each tool fits at all."""
    return np.asarray(table @ np.array([FITTING[name] for name in FEATURES]) + INTERCEPT)


@lru_cache(maxsize=256)
def is_small_talk(text: str) -> bool:
    """Whether a text is a greeting, thanks or assent, and asks for nothing.

    >>> [is_small_talk(text) for text in ("Hi there!", "Thank you so much.", "Hi, cancel order 7")]
    [True, True, False]
    """
    return set(stems(f"{text.lower()} ")) <= _SMALL_TALK and len(text) < _SMALL


_SMALL = 120  # characters
_SMALL_TALK = frozenset(
    stems(
        "hi hello hey good morning afternoon evening night day thanks thank thx much great nice ok"
        " okay yes no bye goodbye welcome please cheers cool perfect there everyone hallo guten"
        " morgen tag abend danke vielen dank sehr how going doing today fine well wonderful helpful"
        " see later soon meet name who help test ping pleasure awesome tschüss bitte moin servus"
    )
) | (GENERAL & {"pleas"})
