"""A text and the shape of an object -> the object, made of what stands in the text.

Values are taken from lines that name them ("Age: 36"), and else as arguments of tools are. Lists of
objects come from the items, lines or clauses of the text that hold one each. What the text does not
hold is null where the schema allows that, else the default; what is then missing has to be asked.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.local import lazy_re as re
from app.local.engine.planner.choices import meant_choice
from app.local.engine.planner.fill import Filler, flat
from app.local.engine.planner.mentions import Utterance
from app.local.engine.planner.parameters import Parameter
from app.local.engine.planner.shapes import NOTHING, Shape
from app.local.engine.planner.values import as_number
from app.local.engine.planner.vectors import Meanings
from app.local.engine.planner.words import name_words, word_set
from app.local.engine.text import sentences

_LINE = re.compile(
    r"^[ \t>*-]{0,6}(?P<label>[^\W\d_][\w .'/()-]{0,40}?)\**"
    r"[ \t]*[:=]\**[ \t]+(?P<value>\S[^\n]{0,2000})$",
    re.MULTILINE,
)
_ITEM = re.compile(r"^[ \t]{0,8}(?:[-*+\u2022]|\d{1,3}[.)])[ \t]+", re.MULTILINE)
_SPACES = re.compile(r"[ \t]+")
_CUT = re.compile(r"[;\n]|, (?:and |und )?| (?:and|und) ")
_LONGEST = 20_000  # characters that are read
_MOST = 200  # parts of a text that may hold an object each
_SUMMARY = word_set("""
summary explanation reasoning abstract overview rationale zusammenfassung
""")


# What a question asks for does not stand in it.
_ANSWERS = word_set("answer result solution output antwort ergebnis")
_LEAD = re.compile(
    r"(?:please |can you )?(?:extract|parse|classify|analy[sz]e|convert)\b[^:\n]{0,160}:\s",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"(?<!\w)['\"\u201c](\w[^'\"\u201c\u201d\n]{20,2000})['\"\u201d](?!\w)")


def _is_question(text: str) -> bool:
    return text.rstrip().endswith("?") and len(sentences(text)) == 1


@dataclass(frozen=True)
class Extraction:
    """What was found, and the required members that were not."""

    values: dict[str, Any]
    missing: tuple[Parameter, ...]


class Extractor:
    """Makes objects of one text."""

    def __init__(
        self, text: str, meanings: Meanings, about: str = "", today: date | None = None
    ) -> None:
        self._text = text[:_LONGEST]
        self._meanings = meanings
        self._about = about
        self._today = today

    def extract(self, shape: Shape) -> Extraction:
        """An object of the shape."""
        text = self._text
        if lead := _LEAD.match(text):
            text = text[lead.end() :]
        if not any(slot.parameter.free for slot in flat(shape)):
            text = _QUOTED.sub(r" \1 ", text)  # a text in quotes is to be read, too
        answers = {
            name
            for name in shape.properties
            if _is_question(text) and set(name_words(name).split()) & _ANSWERS
        }
        values = self._object(shape, text)
        known_values = {name: one for name, one in values.items() if name not in answers}
        return completed(shape, known_values)

    def _object(self, shape: Shape, text: str, about: str | None = None) -> dict[str, Any]:
        utterance = Utterance(text, self._today)
        named = dict(self._named(shape, text))
        about = self._about if about is None else about
        open_members = {name: one for name, one in shape.properties.items() if name not in named}
        summaries = {name for name in open_members if set(name_words(name).split()) & _SUMMARY}
        rest = {name: one for name, one in open_members.items() if name not in summaries}
        filler = Filler(utterance, self._meanings, about, whole=True)
        values = filler.fill(replace(shape, properties=rest)) | named
        for name, one in shape.properties.items():
            if name in values:
                continue
            value = self._more(Parameter(name, one, name in shape.required), utterance)
            if value is not NOTHING:
                values[name] = value
        return values

    def _more(self, parameter: Parameter, utterance: Utterance) -> Any:
        """What only a text that is to be extracted from gives."""
        shape = parameter.shape
        if (
            shape.choices
            and parameter.required
            and not shape.nullable
            and not parameter.has_default
        ):
            choice = meant_choice(parameter, utterance, self._meanings, sure=False)
            return NOTHING if choice is None else choice
        items = shape.items
        if shape.kind == "array" and items and (items.kind == "object" or items.variants):
            objects = self._objects(items, utterance.text)
            return objects if objects or parameter.required else NOTHING
        if shape.kind == "array" and parameter.required and not shape.shortest:
            return []  # the text holds none
        if shape.variants:
            return self._variant(shape, utterance)
        if shape.kind == "string" and parameter.raw_words & _SUMMARY and not shape.format:
            return self._summary(utterance.text)
        return NOTHING

    def _variant(self, shape: Shape, utterance: Utterance) -> Any:
        """The variant of which the text holds most."""
        best: Any = NOTHING
        for one in shape.variants:
            if one.kind == "object":
                whole = completed(one, self._object(one, utterance.text))
                if not whole.missing and (best is NOTHING or len(whole.values) > len(best)):
                    best = whole.values
        return best

    def _summary(self, text: str) -> Any:
        spoken = [one for a, b in sentences(text) if len((one := text[a:b]).split()) > 2]
        if not spoken:
            return NOTHING
        near = self._meanings.likeness([text[:1000]], spoken[:50])[0]
        return spoken[int(near.argmax())]

    def _named(self, shape: Shape, text: str) -> Iterator[tuple[str, Any]]:
        """Members that a line of the text, or JSON in it, gives by name."""
        lines = {name_words(m["label"].strip()): m["value"].strip() for m in _LINE.finditer(text)}
        held = {name_words(name): one for name, one in _json_in(text).items()}
        for name, one in shape.properties.items():
            keys = [name_words(name), name_words(one.title)]
            for key in filter(None, keys):
                if key in held and _fits(one, held[key]):
                    yield name, held[key]
                elif key in lines:
                    value = self._read(Parameter(name, one, True), lines[key])
                    if value is not NOTHING:
                        yield name, value

    def _read(self, parameter: Parameter, text: str) -> Any:
        """The value that a text of its own says."""
        shape = parameter.shape
        start, end = next(iter(sentences(text)), (0, len(text)))
        first = text[start:end].strip()
        utterance = Utterance(first, self._today)
        if shape.kind == "string" and not shape.choices:
            if parameter.date_format or shape.format:
                return NOTHING
            return first.strip("\"'*`").rstrip(",.")
        if shape.kind in ("integer", "number"):
            numbers = utterance.of("number")
            return as_number(parameter, numbers[0]) if numbers else NOTHING
        if shape.kind == "array" and shape.items and shape.items.kind == "string":
            parts = re.split(r"[,;]", first.rstrip("."))
            return [part.strip() for part in parts if part.strip()]
        return NOTHING

    def _objects(self, shape: Shape, text: str) -> list[dict[str, Any]]:
        """The objects that the parts of a text hold, one each."""
        best: list[dict[str, Any]] = []
        for parts in _partitions(text):
            objects: list[dict[str, Any]] = []
            for part in parts[:_MOST]:
                pieces = [one.strip() for one in _CUT.split(part) if one.strip()]
                several = self._whole(shape, pieces) if len(pieces) > 1 else []
                objects += several if len(several) > 1 else self._whole(shape, [part])
            if len(objects) > len(best):
                best = objects
        return best

    def _whole(self, shape: Shape, parts: Sequence[str]) -> list[dict[str, Any]]:
        """The objects of those parts that hold one, with all that it needs."""
        objects = []
        for part in parts:
            extraction = completed(shape, self._object(shape, part, ""))
            contents = [one for one in extraction.values.values() if one not in (None, [])]
            if not extraction.missing and len(contents) >= min(2, len(shape.properties)):
                objects.append(extraction.values)
        return objects


def _partitions(text: str) -> Iterator[Sequence[str]]:
    """Ways to cut a text into the parts that may hold an object each."""
    text = _SPACES.sub(" ", text)
    body = (
        text.split(":", 1)[1] if ":" in text[:200] and "\n" not in text[: text.index(":")] else text
    )
    if _ITEM.search(text):
        yield [part.strip() for part in _ITEM.split(text)[1:] if part.strip()]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > 1:
        yield lines
    spans = [text[a:b] for a, b in sentences(text)]
    yield spans
    yield [part.strip() for part in _CUT.split(body) if part.strip()]


def completed(shape: Shape, values: dict[str, Any]) -> Extraction:
    """The values in the order of the schema, with null or the default for required ones that are
    not there; and those for which the schema has neither.
    """
    result: dict[str, Any] = {}
    missing: list[Parameter] = []
    for name, one in shape.properties.items():
        required = name in shape.required
        value = values.get(name, NOTHING)
        if isinstance(value, dict) and one.properties:
            inner = completed(one, value)
            if inner.missing and not required:
                continue
            missing += inner.missing
            result[name] = inner.values
        elif value is not NOTHING:
            result[name] = value
        elif required and (filler := _instead(one)) is not NOTHING:
            result[name] = filler
        elif required and one.kind == "object" and one.properties:
            inner = completed(one, {})
            missing += inner.missing
            result[name] = inner.values
        elif required:
            missing.append(Parameter(name, one, required))
    return Extraction(result, tuple(missing))


def _instead(shape: Shape) -> Any:
    """What stands for a value that nobody gave."""
    if shape.default is not NOTHING:
        return shape.default
    if shape.nullable or shape.kind == "null":
        return None
    if shape.kind == "array" and not shape.shortest:
        return NOTHING
    return NOTHING


def _fits(shape: Shape, value: Any) -> bool:
    kinds: dict[str, type | tuple[type, ...]] = {
        "string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list,
        "object": dict,
    }  # fmt: skip
    kind = kinds.get(shape.kind)
    return kind is None or (isinstance(value, kind) and isinstance(value, bool) == (kind is bool))


def _json_in(text: str) -> dict[str, Any]:
    """The first JSON object that a text holds."""
    start = text.find("{")
    if start < 0:
        return {}
    try:
        value, _ = json.JSONDecoder().raw_decode(text[start:])
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
