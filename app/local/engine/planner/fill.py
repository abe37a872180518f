"""An utterance and the parameters of a tool -> the arguments that the utterance holds.

Numbers, days, names and phrases compete for the parameters: the pair that fits best comes first,
and no part of the utterance is used twice. Listed values, booleans and free texts do not compete.
What the utterance does not hold stays away: it is nobody's to invent.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from app.local.engine.planner.choices import (
    meant_choice,
    said_boolean,
    said_choice,
    said_choices,
)
from app.local.engine.planner.currencies import currencies_of, is_currency
from app.local.engine.planner.mentions import Utterance
from app.local.engine.planner.offers import Offer, Offers
from app.local.engine.planner.parameters import TEXTS, Parameter, Slot
from app.local.engine.planner.shapes import NOTHING, Shape
from app.local.engine.planner.texts import (
    expressions,
    is_expression,
    is_message,
    message,
    query,
    statement,
)
from app.local.engine.planner.values import is_sql
from app.local.engine.planner.vectors import Meanings
from app.local.engine.planner.words import GENERAL, stems


class Filler:
    """Fills the parameters of one tool from one utterance."""

    def __init__(
        self,
        utterance: Utterance,
        meanings: Meanings,
        about: str = "",
        whole: bool = False,
        barred: frozenset[str] = frozenset(),
    ) -> None:
        """Args:
            about: the tool's name and description; its words are no values.
            whole: whether a message may be all of the utterance.
            barred: mentions that are no values, because they are another tool's.

        `used` says, once it is filled, where in the utterance the values of each place stand.
        """
        self.utterance = utterance
        self._meanings = meanings
        self._whole = whole
        self._barred = barred
        self._known = frozenset(stems(about)) | GENERAL
        self.used: dict[tuple[str, ...], tuple[tuple[int, int], ...]] = {}

    def fill(self, shape: Shape) -> dict[str, Any]:
        """The members of an object that the utterance holds."""
        slots = list(flat(shape))
        if any(slot.parameter.timed for slot in slots) and not self.utterance.apart:
            self.utterance = replace(self.utterance, apart=True)
        names = frozenset(stem for slot in slots for stem in slot.parameter.name_stems)
        values: dict[tuple[str, ...], Any] = dict(self._by_kind(slots))
        for slot in slots:
            value = NOTHING if slot.path in values else self._apart(slot.parameter)
            if value is not NOTHING:
                values[slot.path] = value
        rest = [slot for slot in slots if slot.path not in values]
        rest = [slot for slot in rest if not slot.parameter.shape.choices]
        offers = Offers(self.utterance, self._meanings, self._known, names, self._barred)
        for offer in self._best(offers.of(rest)):
            values[offer.slot.path] = offer.value
            self.used[offer.slot.path] = offer.spans
        for slot in rest:
            if slot.path not in values and slot.parameter.required:
                value = self._at_last(slot.parameter)
                if value is not NOTHING:
                    values[slot.path] = value
        return assembled(shape, values)

    def _by_kind(self, slots: Sequence[Slot]) -> Iterator[tuple[tuple[str, ...], Any]]:
        """Formulas and currencies, to the parameters that are for them, in their order."""
        texts = [slot for slot in slots if slot.parameter.shape.kind in TEXTS]
        open_texts = [slot for slot in texts if not slot.parameter.shape.choices]
        formulas = [one for one in open_texts if is_expression(one.parameter.raw_words)]
        for slot, formula in zip(formulas, expressions(self.utterance.text), strict=False):
            yield slot.path, formula
        money = [one for one in texts if is_currency(one.parameter.raw_words)]
        yield from ((slot.path, code) for slot, code in currencies_of(money, self.utterance.text))

    def _apart(self, parameter: Parameter) -> Any:
        """The value of a parameter that does not compete with the others."""
        shape = parameter.shape
        either = len(shape.choices) == 2 and all(isinstance(one, bool) for one in shape.choices)
        if either or (shape.kind == "boolean" and not shape.choices):
            truth = said_boolean(parameter, self.utterance)
            return NOTHING if truth is None else truth
        if len(shape.choices) == 1 and parameter.required:
            return shape.choices[0]
        if shape.choices:
            choice = said_choice(parameter, self.utterance)
            if choice is None and parameter.required and not parameter.has_default:
                choice = meant_choice(parameter, self.utterance, self._meanings)
            return NOTHING if choice is None else choice
        if shape.kind == "array" and shape.items and shape.items.choices:
            items = replace(parameter, shape=shape.items)
            return said_choices(items, self.utterance) or NOTHING
        if shape.kind not in TEXTS:
            return NOTHING
        if is_sql(parameter):
            return statement(self.utterance.text) or NOTHING
        if parameter.options and (option := said_choice(parameter, self.utterance)) is not None:
            return option
        return NOTHING

    def _at_last(self, parameter: Parameter) -> Any:
        """The value of a required free text that nothing else gave."""
        if not parameter.free or is_sql(parameter):
            return NOTHING
        text = self.utterance.text
        if is_message(parameter.raw_words):
            return message(text) or (NOTHING if not self._whole else query(text) or NOTHING)
        return query(text) or NOTHING

    def _best(self, offers: Sequence[Offer]) -> Iterator[Offer]:
        """The best offers of which no two want the same place, or the same words."""
        paths: set[tuple[str, ...]] = set()
        taken = bytearray(len(self.utterance.text) + 1)
        texts: set[str] = set()
        for offer in sorted(offers, key=lambda one: -one.score):
            twice = isinstance(offer.value, str) and offer.value in texts
            overlap = any(any(taken[start:end]) for start, end in offer.spans)
            if offer.slot.path in paths or overlap or twice:
                continue
            paths.add(offer.slot.path)
            texts.update([offer.value] if isinstance(offer.value, str) else [])
            for start, end in offer.spans:
                taken[start:end] = b"\1" * (end - start)
            yield offer


def flat(shape: Shape, path: tuple[str, ...] = (), required: bool = True) -> Iterator[Slot]:
    """The places of an object, those of the objects in it as well."""
    for name, one in shape.properties.items():
        needed = required and name in shape.required
        if one.kind == "object" and one.properties:
            yield from flat(one, (*path, name), needed)
        else:
            yield Slot((*path, name), Parameter(name, one, needed))


def assembled(shape: Shape, values: dict[tuple[str, ...], Any]) -> dict[str, Any]:
    """The object with these values in it; an inner object is there if one of its values is."""
    result: dict[str, Any] = {}
    for name, one in shape.properties.items():
        if (name,) in values:
            result[name] = values[(name,)]
        elif one.kind == "object" and one.properties:
            within = {path[1:]: value for path, value in values.items() if path[:1] == (name,)}
            if inner := assembled(one, within) if within else {}:
                result[name] = inner
    return result
