"""What an utterance offers to the parameters of a tool: numbers, days, names, phrases and lists,
each with a score of how well it fits one place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from app.local import lazy_re as re
from app.local.engine.planner.affinity import (
    LABELLED,
    NEVER,
    Context,
    moment_score,
    number_score,
    text_score,
)
from app.local.engine.planner.exemplars import as_example, has_example
from app.local.engine.planner.groups import groups
from app.local.engine.planner.mentions import Mention, Utterance
from app.local.engine.planner.parameters import TEXTS, Parameter, Slot
from app.local.engine.planner.shapes import Shape
from app.local.engine.planner.values import as_number, as_text, is_known
from app.local.engine.planner.vectors import Meanings
from app.local.engine.planner.words import TOKEN, stems

_REQUIRED = 0.4  # what a required parameter scores at least, where it is text
_OPTIONAL = 2.2  # and one that may be left out
_REQUIRED_NUMBER = -1.0
_OPTIONAL_NUMBER = 2.0
_DIGIT = re.compile(r"\d")
_MORE = re.compile(r",? (?:and|or|und|oder) |, [A-Z]")
_MOST = 400  # candidates that are looked at, those that stand first
# What a mention scores at least that is all of a list.
_LONELY: dict[str, float] = {"phrase": 1.0, "name": 2.0}
_BRACKETED = 3.0  # what a list in brackets scores more


@dataclass(frozen=True)
class Offer:
    """A value for a place, from these parts of the utterance."""

    score: float
    slot: Slot
    spans: tuple[tuple[int, int], ...]
    value: Any


class Offers:
    """What one utterance offers to the places of one tool.

    Args:
        known: stems of words that are no values, because the tool itself is about them.
        names: stems of the names of all places.
        barred: texts of mentions that are no values.
    """

    def __init__(
        self,
        utterance: Utterance,
        meanings: Meanings,
        known: frozenset[str],
        names: frozenset[str],
        barred: frozenset[str] = frozenset(),
    ) -> None:
        self._utterance = utterance
        self._meanings = meanings
        self._context = Context(utterance)
        self._known = known
        self._names = names
        self._barred = barred

    def of(self, slots: Sequence[Slot]) -> list[Offer]:
        """Every part of the utterance that fits one of these places well enough."""
        offers: list[Offer] = []
        likeness = self._likeness([slot.parameter for slot in slots])
        numbers = [slot for slot in slots if slot.parameter.shape.kind in ("integer", "number")]
        texts = [slot for slot in slots if slot.parameter.shape.kind in TEXTS]
        for slot in slots:
            kind = slot.parameter.shape.kind
            if kind in ("integer", "number"):
                offers += self._number_offers(slot, numbers.index(slot))
            elif kind in TEXTS:
                offers += self._text_offers(
                    slot, texts.index(slot), likeness.get(slot.parameter.name, {})
                )
            elif kind == "array":
                offers += self._array_offers(slot, likeness.get(slot.parameter.name, {}))
        return offers

    def _number_offers(self, slot: Slot, rank: int) -> Iterator[Offer]:
        parameter = slot.parameter
        least = _REQUIRED_NUMBER if parameter.required else _OPTIONAL_NUMBER
        for place, mention in enumerate(self._utterance.of("number")[:_MOST]):
            score = number_score(parameter, mention, self._context)
            if score > NEVER and score >= least:
                in_order = -0.12 * abs(place - rank) + (0.6 if parameter.required else 0.0)
                value = as_number(parameter, mention)
                yield Offer(score + in_order, slot, ((mention.start, mention.end),), value)

    def _text_offers(self, slot: Slot, rank: int, likeness: dict[str, float]) -> Iterator[Offer]:
        parameter = slot.parameter
        least = _REQUIRED if parameter.required else _OPTIONAL
        signed = has_example(parameter)  # "as in A-1042": "the latest" is none
        for place, mention in enumerate(self._candidates):
            trimmed = self._trimmed(mention, parameter)
            if trimmed is None or (signed and not self._is_sign(parameter, trimmed)):
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
                value = as_text(parameter, whole)
                yield Offer(score, slot, spans, as_example(parameter, value))

    def _is_sign(self, parameter: Parameter, mention: Mention) -> bool:
        """Whether a mention may be an id of which there is an example: a number alone only behind
        its thing, as in "order 1042".
        """
        if mention.kind != "number":
            return _DIGIT.search(mention.text) is not None
        before = TOKEN.findall(self._utterance.text[: mention.start])[-1:]
        return bool(before) and bool(set(stems(before[0])) & parameter.name_stems)

    def _with_region(self, mention: Mention) -> Mention:
        """A place with the region behind its comma: "Austin, TX", not "Austin, Rome and Oslo"."""
        if mention.kind != "name":
            return mention
        names = self._utterance.of("name")
        text = self._utterance.text
        after = next((one for one in names if one.start == mention.end + 2), None)
        if after is None or text[mention.end : after.start] != ", ":
            return mention
        if _MORE.match(text, after.end) or text[: mention.start].endswith(", "):
            return mention
        return replace(mention, end=after.end, text=text[mention.start : after.end])

    def _array_offers(self, slot: Slot, likeness: dict[str, float]) -> Iterator[Offer]:
        parameter = slot.parameter
        items = parameter.shape.items or Shape()
        one = replace(parameter, shape=replace(items, description=parameter.shape.description))
        numeric = items.kind in ("integer", "number")
        if items.kind == "object":
            return
        kinds = self._utterance.of("number") if numeric else self._candidates
        least = _REQUIRED_NUMBER if numeric else _REQUIRED
        least = least if parameter.required else _OPTIONAL
        for group in groups(self._utterance.text, kinds):
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
            if self._utterance.text[: group[0].start].endswith(("[", "(", "{")) and len(group) > 1:
                score += _BRACKETED
            lonely = _LONELY.get(members[0].kind, least) if len(members) == 1 else least
            if score >= max(least, lonely):
                spans = tuple((m.start, m.end) for m in group)
                yield Offer(score, slot, spans, values)

    @cached_property
    def _candidates(self) -> list[Mention]:
        """Everything that may be a text, phrases that are not more than a mention among them."""
        mentions = list(self._utterance.mentions)
        spans = {(one.start, one.end) for one in mentions}
        phrases = [one for one in self._utterance.phrases if (one.start, one.end) not in spans]
        some = [*mentions, *phrases][:_MOST]
        return [one for one in some if not self._barred.intersection(one.text.split())]

    def _likeness(self, parameters: Sequence[Parameter]) -> dict[str, dict[str, float]]:
        """How near each name and phrase is to each parameter that is text, by meaning."""
        textual = [
            one
            for one in parameters
            if one.shape.kind in TEXTS or (one.shape.kind == "array" and one.shape.items)
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
        begins = mention.start == 0 or self._utterance.text[mention.start - 1] == "\n"
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
