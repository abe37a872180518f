"""An utterance and the parameters of a tool -> the arguments that the utterance holds.

Numbers, days, names and phrases compete for the parameters: the pair that fits best comes first,
and no part of the utterance is used twice. Listed values, booleans and free texts do not compete.
What the utterance does not hold stays away: it is nobody's to invent.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from app.local.engine.planner.affinity import (
    LABELLED,
    NEVER,
    Context,
    moment_score,
    number_score,
    text_score,
)
from app.local.engine.planner.choices import (
    meant_choice,
    said_boolean,
    said_choice,
    said_choices,
)
from app.local.engine.planner.currencies import currencies_of, is_currency
from app.local.engine.planner.groups import groups
from app.local.engine.planner.mentions import Mention, Utterance
from app.local.engine.planner.parameters import Parameter, Slot
from app.local.engine.planner.shapes import NOTHING, Shape
from app.local.engine.planner.texts import (
    expressions,
    is_expression,
    is_message,
    message,
    query,
    statement,
)
from app.local.engine.planner.values import as_number, as_text, is_known, is_sql
from app.local.engine.planner.vectors import Meanings
from app.local.engine.planner.words import GENERAL, TOKEN, stems

_REQUIRED = 0.4  # what a required parameter scores at least, where it is text
_OPTIONAL = 2.2  # and one that may be left out
_REQUIRED_NUMBER = -1.0
_OPTIONAL_NUMBER = 2.0
_MORE = re.compile(r",? (?:and|or|und|oder) |, [A-Z]")
_MOST = 400  # candidates that are looked at, those that stand first
# What a mention scores at least that is all of a list.
_LONELY: dict[str, float] = {"phrase": 1.0, "name": 2.0}
_BRACKETED = 3.0  # what a list in brackets scores more
_TEXTS = frozenset({"string", "any"})


@dataclass(frozen=True)
class _Offer:
    score: float
    slot: Slot
    spans: tuple[tuple[int, int], ...]
    value: Any


class Filler:
    """Fills the parameters of one tool from one utterance."""

    def __init__(
        self, utterance: Utterance, meanings: Meanings, about: str = "", whole: bool = False
    ) -> None:
        """Args:
            about: the tool's name and description; its words are no values.
            whole: whether a message may be all of the utterance.

        `used` says, once it is filled, where in the utterance the values of each place stand.
        """
        self.utterance = utterance
        self._meanings = meanings
        self._whole = whole
        self._context = Context(utterance)
        self._known = frozenset(stems(about)) | GENERAL
        self._names: frozenset[str] = frozenset()
        self.used: dict[tuple[str, ...], tuple[tuple[int, int], ...]] = {}

    def fill(self, shape: Shape) -> dict[str, Any]:
        """The members of an object that the utterance holds."""
        slots = list(flat(shape))
        if any(slot.parameter.timed for slot in slots) and not self.utterance.apart:
            self.utterance = replace(self.utterance, apart=True)
            self._context = Context(self.utterance)
        self._names = frozenset(stem for slot in slots for stem in slot.parameter.name_stems)
        values: dict[tuple[str, ...], Any] = dict(self._by_kind(slots))
        for slot in slots:
            value = NOTHING if slot.path in values else self._apart(slot.parameter)
            if value is not NOTHING:
                values[slot.path] = value
        rest = [slot for slot in slots if slot.path not in values]
        rest = [slot for slot in rest if not slot.parameter.shape.choices]
        for offer in self._best(self._offers(rest)):
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
        texts = [slot for slot in slots if slot.parameter.shape.kind in _TEXTS]
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
        if shape.kind not in _TEXTS:
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

    # Who gets what.

    def _best(self, offers: Sequence[_Offer]) -> Iterator[_Offer]:
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

    def _offers(self, slots: Sequence[Slot]) -> list[_Offer]:
        offers: list[_Offer] = []
        likeness = self._likeness([slot.parameter for slot in slots])
        numbers = [slot for slot in slots if slot.parameter.shape.kind in ("integer", "number")]
        texts = [slot for slot in slots if slot.parameter.shape.kind in _TEXTS]
        for slot in slots:
            kind = slot.parameter.shape.kind
            if kind in ("integer", "number"):
                offers += self._number_offers(slot, numbers.index(slot))
            elif kind in _TEXTS:
                offers += self._text_offers(
                    slot, texts.index(slot), likeness.get(slot.parameter.name, {})
                )
            elif kind == "array":
                offers += self._array_offers(slot, likeness.get(slot.parameter.name, {}))
        return offers

    def _number_offers(self, slot: Slot, rank: int) -> Iterator[_Offer]:
        parameter = slot.parameter
        least = _REQUIRED_NUMBER if parameter.required else _OPTIONAL_NUMBER
        for place, mention in enumerate(self.utterance.of("number")[:_MOST]):
            score = number_score(parameter, mention, self._context)
            if score > NEVER and score >= least:
                in_order = -0.12 * abs(place - rank) + (0.6 if parameter.required else 0.0)
                value = as_number(parameter, mention)
                yield _Offer(score + in_order, slot, ((mention.start, mention.end),), value)

    def _text_offers(self, slot: Slot, rank: int, likeness: dict[str, float]) -> Iterator[_Offer]:
        parameter = slot.parameter
        least = _REQUIRED if parameter.required else _OPTIONAL
        for place, mention in enumerate(self._candidates):
            trimmed = self._trimmed(mention, parameter)
            if trimmed is None:
                continue
            if mention.kind in ("date", "time", "datetime"):
                score = moment_score(parameter, mention, self._context)
            else:
                like = likeness.get(mention.text, 0.0)
                score = text_score(parameter, trimmed, self._context, like)
            if parameter.free and mention.kind not in ("quoted", "code") and score < LABELLED:
                continue
            if mention.moment and not is_known(mention.moment, parameter.shape.format):
                continue
            if score >= least:
                score += (0.3 if parameter.required else 0.0) - min(0.4, 0.05 * abs(place - rank))
                whole = self._with_region(trimmed) if parameter.placed else trimmed
                spans = ((mention.start, whole.end),)
                yield _Offer(score, slot, spans, as_text(parameter, whole))

    def _with_region(self, mention: Mention) -> Mention:
        """A place with the region behind its comma: "Austin, TX", not "Austin, Rome and Oslo"."""
        if mention.kind != "name":
            return mention
        names = self.utterance.of("name")
        text = self.utterance.text
        after = next((one for one in names if one.start == mention.end + 2), None)
        if after is None or text[mention.end : after.start] != ", ":
            return mention
        if _MORE.match(text, after.end) or text[: mention.start].endswith(", "):
            return mention
        return replace(mention, end=after.end, text=text[mention.start : after.end])

    def _array_offers(self, slot: Slot, likeness: dict[str, float]) -> Iterator[_Offer]:
        parameter = slot.parameter
        items = parameter.shape.items or Shape()
        one = replace(parameter, shape=replace(items, description=parameter.shape.description))
        numeric = items.kind in ("integer", "number")
        if items.kind == "object":
            return
        kinds = self.utterance.of("number") if numeric else self._candidates
        least = _REQUIRED_NUMBER if numeric else _REQUIRED
        least = least if parameter.required else _OPTIONAL
        for group in groups(self.utterance.text, kinds):
            members = [t for m in group if (t := self._trimmed(m, one)) is not None]
            if not members:
                continue
            if numeric:
                scores = [number_score(one, m, self._context) for m in members]
                values: list[Any] = [as_number(one, m) for m in members]
            else:
                scores = [
                    text_score(one, m, self._context, likeness.get(m.text, 0.0)) for m in members
                ]
                values = [as_text(one, m) for m in members]
            score = max(scores) + min(1.5, 0.5 * (len(members) - 1))
            if self.utterance.text[: group[0].start].endswith(("[", "(", "{")) and len(group) > 1:
                score += _BRACKETED
            lonely = _LONELY.get(members[0].kind, least) if len(members) == 1 else least
            if score >= max(least, lonely):
                spans = tuple((m.start, m.end) for m in group)
                yield _Offer(score, slot, spans, values)

    @cached_property
    def _candidates(self) -> list[Mention]:
        """Everything that may be a text, phrases that are not more than a mention among them."""
        mentions = list(self.utterance.mentions)
        spans = {(one.start, one.end) for one in mentions}
        phrases = [one for one in self.utterance.phrases if (one.start, one.end) not in spans]
        return [*mentions, *phrases][:_MOST]

    def _likeness(self, parameters: Sequence[Parameter]) -> dict[str, dict[str, float]]:
        """How near each name and phrase is to each parameter that is text, by meaning."""
        textual = [
            one
            for one in parameters
            if one.shape.kind in _TEXTS or (one.shape.kind == "array" and one.shape.items)
        ]
        texts = list(
            dict.fromkeys(
                m.text for m in self._candidates if m.kind in ("name", "phrase", "quoted", "id")
            )
        )[:40]
        if not textual or not texts:
            return {}
        table = self._meanings.likeness([one.words for one in textual], texts)
        return {
            one.name: {text: float(table[i, j]) for j, text in enumerate(texts)}
            for i, one in enumerate(textual)
        }

    def _trimmed(self, mention: Mention, parameter: Parameter) -> Mention | None:
        """A phrase without the words at its ends that say only what the tool does.

        "Thai food" for `food_type` is "Thai"; of "weather forecast" nothing is left.
        """
        if mention.kind == "name":
            if set(stems(mention.text)) <= self._known:
                return None
            return self._without_kind(mention, parameter)
        if mention.kind != "phrase":
            return mention
        known = self._known | parameter.name_stems
        tokens = list(TOKEN.finditer(mention.text))
        while tokens and set(stems(tokens[0][0])) <= known:
            tokens = tokens[1:]
        while tokens and set(stems(tokens[-1][0])) <= known:
            tokens = tokens[:-1]
        words = {stem for token in tokens for stem in stems(token[0])}
        if not tokens or words <= self._names:
            return None
        start, end = tokens[0].start(), tokens[-1].end()
        text = mention.text[start:end]
        begin = mention.start + start
        return replace(mention, start=begin, end=begin + len(text), text=text, value=text)

    def _without_kind(self, mention: Mention, parameter: Parameter) -> Mention:
        """A name without the words before it that say what it is: "Patient Ada Roe"."""
        first, _, rest = mention.text.partition(" ")
        begins = mention.start == 0 or self.utterance.text[mention.start - 1] == "\n"
        words = set(stems(first))
        if (
            not rest
            or not words
            or not (words <= parameter.name_stems or (begins and words <= self._known))
        ):
            return mention
        for connector in ("for ", "of ", "in "):
            rest = rest.removeprefix(connector)
        start = mention.end - len(rest)
        return replace(mention, start=start, text=rest, value=rest)


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
