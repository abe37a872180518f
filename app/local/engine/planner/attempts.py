"""A request and tools -> for each thing that it asks for the tool that fits, with the arguments
that its words give.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from app.local import lazy_re as re
from app.local.engine.planner.acts import (
    changes,
    harms,
    is_question,
    only_looks,
    removes,
    request_acts,
)
from app.local.engine.planner.choose import (
    FEATURES,
    Features,
    Known,
    better,
    features,
    fitting,
    is_small_talk,
)
from app.local.engine.planner.clauses import Clause, conditional, in_order
from app.local.engine.planner.coefficients import FITTING
from app.local.engine.planner.dialogue import follow_up, mentioned, pending
from app.local.engine.planner.exemplars import fits, foreign, has_example
from app.local.engine.planner.extract import completed
from app.local.engine.planner.fill import Filler
from app.local.engine.planner.groups import groups
from app.local.engine.planner.mentions import Utterance
from app.local.engine.planner.parameters import Parameter
from app.local.engine.planner.plan import Call
from app.local.engine.planner.reading import Request
from app.local.engine.planner.references import named_words, search_words, stands_for_something
from app.local.engine.planner.selection import selects
from app.local.engine.planner.shapes import Shape
from app.local.engine.planner.vectors import Meanings
from app.local.engine.planner.words import TOKEN

_SURE = 0.3  # log-odds that a tool has to have of which no required argument is there
_NEAR = 1.0  # a tool that is no more behind the best is taken, if it fits and the best does not
_LOOKS_RIGHT = 2.5  # log-odds of an id that looks as the tool's does
_LOOKS_WRONG = -3.0  # of a tool that takes no id, beside one that takes this
_IN_DOCUMENTS = 6.0  # of a search of documents, where the request says that they say it
_OTHER_ACT = -2.0  # of one that does something else, beside one that does what is ordered
_SEEKS_THINGS = -2.0  # of one beside another search, where things are looked for
_FEW = 3  # words of an answer that gives a value, and asks for nothing
_LACKING = FEATURES.index("values lacking")
_REMOVE = frozenset({"remove"})
_ARTICLES = frozenset({"the", "my", "der", "die", "das"})
_DOCUMENTS = re.compile(
    r"\b(?:manuals?|handbooks?|guides?|documents?|documentation|docs|instructions|policy|policies"
    r"|terms|faqs?|leaflets?|brochures?|notes|book)\b[^.?!]{0,60}?"
    r"\b(?:says?|states?|tells?|mentions?|recommends?|advises?|about|on)\b"
    r"|\baccording to\b|\bsays? about\b",
    re.IGNORECASE,
)
_SEEKING = re.compile(
    r"(?:please |can you |could you )?"
    r"(?:find|search|look(?:ing)? for|show me|do you (?:have|sell))\b",
    re.IGNORECASE,
)
_FEW_WORDS = re.compile(r"\bfew words\b|\bkeywords?\b|\bin words\b", re.IGNORECASE)


@dataclass(frozen=True)
class Attempt:
    """A tool for a part of the request.

    Attributes:
        fit: the log-odds that it fits.
        inputs: its arguments, as far as the words give them; several where they list things.
        missing: what is required and not among them.
    """

    clause: Clause
    tool: Known
    fit: float
    inputs: tuple[dict[str, Any], ...]
    missing: tuple[Parameter, ...] = ()

    @property
    def text(self) -> str:
        return self.clause.text

    @property
    def calls(self) -> list[Call]:
        return [Call(self.tool.name, one) for one in self.inputs]


class Attempts:
    """Makes the attempts of one request."""

    def __init__(self, meanings: Meanings, request: Request, tools: Sequence[Known]) -> None:
        self._meanings, self._request, self._tools = meanings, request, tools

    def all(self) -> list[Attempt]:
        """An attempt for each thing that is asked for, in order; none where no tool fits."""
        text = self._request.text
        if not text or is_small_talk(text):
            return []
        if (earlier := pending(self._request.before)) and (attempt := self._resumed(earlier)):
            return [attempt]
        if again := self._again(text):
            return [again]
        whole = self.of(_clause(text))
        for openers in (frozenset[str](), _ARTICLES):
            parts = [_plain(one) for one in in_order(text, openers)]
            if len(parts) < 2:
                continue
            looks_up = not openers
            attempts = [
                one
                for part in parts
                if (one := self.of(part) or (self._looked_up(part) if looks_up else None))
            ]
            if _are_several(attempts):
                return attempts
        whole = whole or self._looked_up(_clause(text))
        return [whole] if whole else []

    def of(self, clause: Clause, least: float = 0.0) -> Attempt | None:
        """The best tool for a part, if its log-odds of fitting are at least so high."""
        text = clause.text
        about = text + mentioned(text, self._request.before)
        table = features(Utterance(about), self._tools, self._meanings)
        scores, fit = self._scores(table, text)
        place = int(scores.argmax())
        if not np.isfinite(scores[place]):
            return None
        if fit[place] < 0:
            near = [n for n in range(len(fit)) if scores[n] >= scores[place] - _NEAR]
            place = max(near, key=lambda n: float(fit[n]))
        tool = self._tools[place]
        if fit[place] < least:
            return None
        inputs, missing = self.filled(tool, text)
        alone = missing and len(missing) == len(tool.shape.required)
        if alone and fit[place] < least + _SURE and not self._obtains(tool, text):
            return None
        return Attempt(clause, tool, float(fit[place]), inputs, missing)

    def _scores(self, table: Features, text: str) -> tuple[Any, Any]:
        """How much better than the others each tool is, and whether it fits, with what a request
        and its ids say beside the features.
        """
        scores, fit = better(table), fitting(table)
        utterance = Utterance(text)
        looks, asks = only_looks(text), is_question(text)
        acts = request_acts(text)
        does = harms(acts) and any(acts & one.acts for one in self._tools)
        in_documents, seeks = bool(_DOCUMENTS.search(text)), bool(_SEEKING.match(text))
        signs = {one.text for one in utterance.of("id") if self._owners(one.text)}
        for place, tool in enumerate(self._tools):
            if (
                (asks and changes(tool.acts))
                or (looks and harms(tool.acts))
                or (tool.acts == _REMOVE and not removes(text))
            ):
                scores[place] = -np.inf
                continue
            if does and not acts & tool.acts:
                scores[place] += _OTHER_ACT
            own = [one for one in _parameters(tool) if any(fits(one, sign) for sign in signs)]
            if own:
                fit[place] += _LOOKS_RIGHT
            elif signs and not tool.open and not any(one.identity for one in _required(tool)):
                scores[place] += _LOOKS_WRONG
            if tool.open and in_documents:
                scores[place] += _IN_DOCUMENTS
                fit[place] += _IN_DOCUMENTS
            elif tool.open and seeks and any(o.searches and not o.open for o in self._tools):
                scores[place] += _SEEKS_THINGS
            if self._obtains(tool, text):
                fit[place] -= FITTING["values lacking"] * table[place, _LACKING]
        return scores, fit

    def _obtains(self, tool: Known, text: str) -> bool:
        """Whether other tools may find out what a tool lacks, or nothing else is said that it could
        be for.
        """
        signs = [one for one in _required(tool) if one.identity]
        if not signs:
            return False
        words = named_words(text, tool)
        return not words or any(
            one.searches and not one.open and not changes(one.acts) for one in self._tools
        )

    def _owners(self, sign: str) -> list[Known]:
        return [o for o in self._tools if any(fits(p, sign) for p in _parameters(o))]

    def filled(
        self, tool: Known, text: str
    ) -> tuple[tuple[dict[str, Any], ...], tuple[Parameter, ...]]:
        """The inputs of a tool for a text, more than one where it lists several things."""
        utterance = Utterance(text, self._request.today)
        barred = foreign(utterance, _parameters(tool), self._every_parameter)
        filler = Filler(utterance, self._meanings, tool.head, barred=frozenset(barred))
        values = _short_query(tool, filler.fill(tool.shape))
        whole = completed(tool.shape, values)
        several = _alternatives(tool, filler, utterance)
        if several is None:
            return (whole.values,), whole.missing
        name, alternatives = several
        return tuple(whole.values | {name: one} for one in alternatives), whole.missing

    @cached_property
    def _every_parameter(self) -> list[Parameter]:
        return [one for tool in self._tools for one in _parameters(tool)]

    def _again(self, text: str) -> Attempt | None:
        """The last call again, with what a text changes of it."""
        if any(self._owners(one.text) for one in Utterance(text).of("id")):
            owned = {o.name for one in Utterance(text).of("id") for o in self._owners(one.text)}
            shapes = {one.name: one.shape for one in self._tools if one.name in owned}
        else:
            shapes = {one.name: one.shape for one in self._tools}
        again = follow_up(text, self._request.before, shapes, self._meanings)
        if again is None:
            return None
        name, values = again
        tool = next(one for one in self._tools if one.name == name)
        return Attempt(Clause(text), tool, 1.0, (values,), completed(tool.shape, values).missing)

    def _looked_up(self, clause: Clause) -> Attempt | None:
        """A search of documents for a question that no tool fits: they may say it, and nobody else
        does.
        """
        text = clause.text
        searches = [one for one in self._tools if one.open]
        asks = is_question(text) or text.rstrip().endswith("?")
        if not searches or not asks or changes(request_acts(text)):
            return None
        table = features(Utterance(text), searches, self._meanings)
        tool = searches[int(better(table).argmax())]
        inputs, missing = self.filled(tool, text)
        return None if missing else Attempt(clause, tool, 0.0, inputs, missing)

    def _resumed(self, earlier: str) -> Attempt | None:
        """The earlier request, completed by the answer to the question that it was met with."""
        reply = self._request.text
        first = self.of(_clause(earlier), least=-_SURE)
        says_only_values = len(TOKEN.findall(reply)) <= _FEW and not request_acts(reply)
        alone = None if says_only_values else self.of(_clause(reply))
        if first is None or not first.missing:
            return None
        if alone and not alone.missing and alone.tool.name != first.tool.name and alone.fit > 0:
            return None
        lacking = {one.name: one.shape for one in first.missing}
        shape = Shape("object", properties=lacking, required=frozenset(lacking))
        utterance = Utterance(reply, self._request.today)
        more = Filler(utterance, self._meanings).fill(shape)
        values = first.inputs[0] | more
        if len(lacking) == 1 and not more:
            ((name, one),) = lacking.items()
            any_text = one.kind in ("string", "any") and not one.choices and not one.format
            if any_text and not has_example(first.missing[0]):
                values[name] = reply.strip().rstrip(".!")
            elif any_text and not _says_which(reply, first.tool):
                return None
        whole = completed(first.tool.shape, values)
        clause = Clause(reply)
        return Attempt(clause, first.tool, first.fit, (whole.values,), whole.missing)


def _says_which(text: str, tool: Known) -> bool:
    return selects(text) or stands_for_something(text) or bool(named_words(text, tool))


def _clause(text: str) -> Clause:
    return _plain(conditional(text))


def _plain(clause: Clause) -> Clause:
    """The clause, its condition a part of its text where nothing is to be changed: "Tell me if it
    was shipped" has no condition.
    """
    if not clause.condition or harms(request_acts(clause.text)):
        return clause
    return replace(clause, text=f"{clause.text} if {clause.condition}", condition="")


def _parameters(tool: Known) -> list[Parameter]:
    shapes = tool.shape.properties
    return [Parameter(name, one, name in tool.shape.required) for name, one in shapes.items()]


def _required(tool: Known) -> list[Parameter]:
    return [one for one in _parameters(tool) if one.required]


def _short_query(tool: Known, values: dict[str, Any]) -> dict[str, Any]:
    """The values; a query that is to be a few words has no others."""
    if not tool.searches or tool.open:
        return values
    for name, value in values.items():
        shape = tool.shape.properties[name]
        if isinstance(value, str) and _FEW_WORDS.search(shape.description):
            return values | {name: search_words(value) or value}
    return values


def _alternatives(
    tool: Known, filler: Filler, utterance: Utterance
) -> tuple[str, list[Any]] | None:
    """A parameter whose value stands in a row with others that no parameter has, and all of them:
    the tool is to be called for each.
    """
    used = {span for spans in filler.used.values() for span in spans}
    for path, spans in filler.used.items():
        one = tool.shape.properties.get(path[0]) if len(path) == 1 else None
        if one is None or one.kind == "array" or path[0] not in tool.shape.required:
            continue
        kind = next((m.kind for m in utterance.mentions if (m.start, m.end) == spans[0]), None)
        if kind not in ("name", "id", "number", "quoted", "email"):
            continue
        for group in groups(utterance.text, utterance.of(kind)):
            places = [(m.start, m.end) for m in group]
            if len(group) > 1 and spans[0] in places and len(used.intersection(places)) == 1:
                numeric = one.kind in ("integer", "number")
                return path[0], [m.value if numeric else m.text for m in group]
    return None


def _are_several(attempts: Sequence[Attempt]) -> bool:
    """Whether the parts of a request ask for several calls: of several tools, or of one with whole
    and different arguments.
    """
    if len(attempts) < 2:
        return False
    if len({one.tool.name for one in attempts}) > 1:
        return all(one.fit >= 0 for one in attempts)
    inputs = [json.dumps(one.inputs, sort_keys=True, default=str) for one in attempts]
    whole = not any(one.missing for one in attempts) and all(one.inputs[0] for one in attempts)
    return whole and len(set(inputs)) == len(inputs)
