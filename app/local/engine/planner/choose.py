"""Which of the tools fits a request, and whether any does.

Each tool gets features: cosines of the encoder between the request and the tool's words, and how
much of the one's words the other has. `coefficients.py` says what each is worth, once for being
better than the others, and once for fitting at all.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import log
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from app.local import lazy_re as re
from app.local.engine.planner.acts import request_acts, tool_acts
from app.local.engine.planner.coefficients import BETTER, FITTING, INTERCEPT
from app.local.engine.planner.forms import Kind
from app.local.engine.planner.glossary import expanded
from app.local.engine.planner.mentions import Utterance
from app.local.engine.planner.parameters import Parameter
from app.local.engine.planner.shapes import Shape, read_shape
from app.local.engine.planner.vectors import Meanings
from app.local.engine.planner.words import GENERAL, name_words, stems, word_set

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
    "values there",
    "values lacking",
    "other act",
    "open",
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

    @cached_property
    def head(self) -> str:
        return f"{name_words(self.tool.name)}: {self.tool.description}"

    @cached_property
    def texts(self) -> tuple[str, str, str, str]:
        """What is compared by meaning: description, head, name, and all that is said of it."""
        whole = f"{self.head} {_parameters(self.shape)}".strip()[:_LONGEST]
        return (self.tool.description or self.head, self.head, name_words(self.name), whole)

    @cached_property
    def name_stems(self) -> frozenset[str]:
        return frozenset(stems(name_words(self.tool.name)))

    @cached_property
    def description_stems(self) -> frozenset[str]:
        return frozenset(stems(f"{self.tool.description} "))

    @cached_property
    def words(self) -> frozenset[str]:
        return self.name_stems | self.description_stems | frozenset(stems(_parameters(self.shape)))

    @cached_property
    def acts(self) -> frozenset[str]:
        return tool_acts(self.tool.name, self.tool.description)

    @cached_property
    def searches(self) -> bool:
        """Whether it takes a query, and nothing else that it needs."""
        names = list(self.shape.required) or list(self.shape.properties)
        return len(names) == 1 and bool(set(name_words(names[0]).split()) & _QUERIES)

    @cached_property
    def open(self) -> bool:
        """Whether it looks for anything that one may ask: on the web, in documents."""
        return self.searches and bool(_OPEN & set(stems(f"{self.head} ")))

    @cached_property
    def needs(self) -> tuple[frozenset[Kind], ...]:
        """The kinds of mention that its required parameters need, of those that need some kind."""
        shapes = self.shape.properties
        needs = [_kinds(Parameter(name, shapes[name])) for name in shapes if self._required(name)]
        return tuple(one for one in needs if one)

    def _required(self, name: str) -> bool:
        return name in self.shape.required


_QUERIES = word_set("query q question search keywords prompt input text")
_OPEN = frozenset(
    stems("web internet google wikipedia docs documents documentation knowledge wiki faq manual")
)
_SEEKING = re.compile(
    r"(?:please |can you |could you |bitte )?(?:find|search|look (?:for|up)|show me"
    r"|do you (?:have|sell)|suche?|finde|zeig(?:e)? mir)\b",
    re.IGNORECASE,
)
_GENERATIVE = re.compile(
    r"(?:please |can you |could you )?(?:write|compose|translate|summari[sz]e|draft|invent|imagine"
    r"|paraphrase|rewrite|tell me a (?:joke|story)|pretend|sing)\b",
    re.IGNORECASE,
)


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


def _kinds(parameter: Parameter) -> frozenset[Kind]:
    """What kinds of mention a parameter takes; none where it takes any words."""
    shape = parameter.shape
    if shape.kind in ("integer", "number"):
        return frozenset({"number"})
    if shape.kind not in ("string", "any") or shape.choices:
        return frozenset()
    if parameter.dated:
        return frozenset({"date", "datetime"})
    if shape.format == "email" or parameter.raw_words & {"email"}:
        return frozenset({"email"})
    if shape.format in ("uri", "url") or parameter.raw_words & {"url", "uri"}:
        return frozenset({"url"})
    if parameter.identity:
        return frozenset({"id", "uuid", "number", "quoted", "name"})
    return frozenset()


def features(request: Utterance, tools: Sequence[Known], meanings: Meanings) -> Features:
    """What speaks for each tool, in the order of FEATURES."""
    text = expanded(request.text, request.german)
    texts = [text for one in tools for text in one.texts]
    cosines = meanings.likeness([text], texts)[0].reshape(-1, 4)  # (tools, 4)
    spoken = frozenset(stems(f"{text} "))
    words = [one.words for one in tools]
    weigh = _rarity(words)
    acts = request_acts(request.text)
    seeking = bool(_SEEKING.match(request.text))
    generative = bool(_GENERATIVE.match(request.text))
    rows = [
        (
            _share(spoken, held),
            _share(one.name_stems, spoken),
            _share(one.description_stems, spoken),
            _share(spoken, one.name_stems | one.description_stems),
            sum(weigh(s) for s in spoken & held) / (sum(map(weigh, spoken)) or 1.0),
            *_values(one, request),
            bool(acts and one.acts and not acts & one.acts),
            (one.open or (seeking and one.searches)) and not generative,
        )
        for one, held in zip(tools, words, strict=True)
    ]
    return np.column_stack([cosines, np.array(rows).reshape(len(tools), -1)]).astype(np.float64)


def _values(tool: Known, request: Utterance) -> tuple[float, float]:
    """How many of the values that a tool needs the request mentions, and how many it does not."""
    if not tool.needs:
        return 0.0, 0.0
    free = [one.kind for one in request.mentions if not one.weak]
    there = 0
    for kinds in sorted(tool.needs, key=len):
        match = next((kind for kind in free if kind in kinds), None)
        if match:
            free.remove(match)
            there += 1
    return there / len(tool.needs), (len(tool.needs) - there) / len(tool.needs)


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
_LONGEST = 2000  # characters of all that is said of a tool
_SMALL_TALK = frozenset(
    stems(
        "hi hello hey good morning afternoon evening night day thanks thank thx much great nice ok"
        " okay yes no bye goodbye welcome please cheers cool perfect there everyone hallo guten"
        " morgen tag abend danke vielen dank sehr how going doing today fine well wonderful helpful"
        " see later soon meet name who help test ping lot pleasure awesome tschüss bitte moin"
        " servus"
    )
) | (GENERAL & {"pleas"})
