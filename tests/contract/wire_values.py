"""Values for any shape of a service's model, made from nothing but the shape.

`examples(shape)` are enough values that every member of every structure and every alternative of
every union within reach occurs in one of them. They are the same on every run, and keep every
constraint, patterns included.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import product
from re import _constants as codes  # type: ignore[attr-defined]  # the parser of `re` has no types
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from app.local.wire.validation import matches

MOMENT = datetime(2026, 11, 21, 9, 30, 15, tzinfo=UTC)
DOCUMENT: dict[str, Any] = {
    "text": "ü",
    "list": [1, 2.5, None, True, {"deep": []}],
    "nothing": None,
}
ALPHABET = 'aZ 9/:%?&=+#"<>\\é漢😀\n~'
PATIENCE = 25  # so many examples with nothing new in them, and there is no more to come
DEEPEST = 2  # how often a shape may stand within itself


class _TooDeep(Exception):
    """The value would have no end."""


def examples(shape: Any) -> Iterator[Any]:
    maker = _Maker()
    yield maker.make(shape)
    idle = 0
    while idle < PATIENCE:
        known = maker.variety()
        value = maker.make(shape)
        idle = 0 if maker.variety() > known else idle + 1
        if idle == 0:
            yield value


class _Maker:
    """Makes values; takes the next alternative each time that it comes by a choice."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = defaultdict(int)
        self._chosen: set[tuple[str, str]] = set()
        self._within: list[str] = []

    def variety(self) -> int:
        return len(self._chosen)

    def make(self, shape: Any) -> Any:
        if self._within.count(shape.name) >= DEEPEST:
            raise _TooDeep
        self._within.append(shape.name)
        try:
            return getattr(self, f"_{shape.type_name}")(shape)
        finally:
            self._within.pop()

    def _next(self, shape: Any, alternatives: list[str]) -> str:
        self._taken[shape.name] += 1
        return alternatives[self._taken[shape.name] % len(alternatives)]

    def _structure(self, shape: Any) -> Any:
        if shape.is_document_type:
            return DOCUMENT
        if shape.is_tagged_union:
            return self._union(shape)
        result = {}
        for name, member in shape.members.items():
            try:
                result[name] = self._placed(member)
            except _TooDeep:
                if name in shape.required_members:
                    raise
        return result

    def _placed(self, member: Any) -> Any:
        """A value that can stand where the member has its place in a request or a response."""
        location = member.serialization.get("location")
        if location == "statusCode":
            return 202
        value = self.make(member)
        if location in ("header", "headers") and not member.metadata.get("pattern"):
            return _plain(value)
        return value

    def _union(self, shape: Any) -> Any:
        for _ in shape.members:
            name = self._next(shape, list(shape.members))
            try:
                value = {name: self.make(shape.members[name])}
            except _TooDeep:
                continue
            self._chosen.add((shape.name, name))
            return value
        raise _TooDeep

    def _list(self, shape: Any) -> list[Any]:
        size = max(1, shape.metadata.get("min", 2)) if shape.metadata.get("max", 2) > 1 else 1
        return [self.make(shape.member) for _ in range(size)]

    def _map(self, shape: Any) -> dict[str, Any]:
        return {self.make(shape.key): self.make(shape.value)}

    def _string(self, shape: Any) -> str:
        rules = shape.metadata
        if enum := rules.get("enum"):
            return self._next(shape, enum)
        least = max(1, rules.get("min", 1))
        most = rules.get("max", least + 1000)
        if pattern := rules.get("pattern"):
            return sample(pattern, least, most)
        size: int = min(max(least, 3 + self._taken["text"] % 9), most)
        self._taken["text"] += 1
        start = self._taken["text"] % len(ALPHABET)
        text = (ALPHABET * (2 + size // len(ALPHABET)))[start : start + size]
        return text.strip().ljust(least, "x")

    def _integer(self, shape: Any) -> int:
        return int(self._bound(shape, 7))

    _long = _integer

    def _float(self, shape: Any) -> float:
        return float(self._bound(shape, 0.5))

    _double = _float

    def _bound(self, shape: Any, default: float) -> float:
        """The least, the most and the default in turn, as far as there are any."""
        least, most = shape.metadata.get("min"), shape.metadata.get("max")
        self._taken[shape.name] += 1
        bounds: list[float] = [bound for bound in (least, most) if bound is not None] or [default]
        return bounds[self._taken[shape.name] % len(bounds)]

    def _boolean(self, shape: Any) -> bool:
        return self._next(shape, ["true", "false"]) == "true"

    def _timestamp(self, _shape: Any) -> datetime:
        return MOMENT

    def _blob(self, shape: Any) -> bytes:
        return b"\x00\xffblob".ljust(shape.metadata.get("min", 0), b"x")


def _plain(value: Any) -> Any:
    """Text that a header can carry."""
    if isinstance(value, str):
        return value.encode("ascii", "ignore").decode().replace("\n", "").strip() or "x"
    if isinstance(value, dict):
        return {"some-key": _plain(next(iter(value.values())))}
    return [_plain(one) for one in value] if isinstance(value, list) else value


@cache
def sample(pattern: str, least: int, most: int) -> str:
    """A text of `least` to `most` characters that matches the pattern, whole."""
    plain = re.sub(r"\\P\{C\}|\[\^\\p\{C\}\]", ".", pattern)
    tree = parser.parse(re.sub(r"\\p\{\w+\}", "x", plain))
    for more, choice in product((0, 1, 2, 4, 8, 16, 32, 64, 128, least), range(6)):
        text = _grow(tree, more, choice)
        if least <= len(text) <= most and matches(pattern, text):
            return text
    raise AssertionError(f"no text of {least} to {most} characters was found for {pattern}")


def _grow(tree: Any, more: int, choice: int) -> str:
    """A text along a parsed pattern: `more` repetitions than it needs, the `choice`-th branch."""
    return "".join(_grow_one(code, argument, more, choice) for code, argument in tree)


def _grow_one(code: Any, argument: Any, more: int, choice: int) -> str:
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
        least, most, inner = argument
        times: int = min(least + more, most)
        return _grow(inner, more, choice) * times
    if code is codes.BRANCH:
        branches = argument[1]
        return _grow(branches[choice % len(branches)], more, choice)
    if code is codes.SUBPATTERN:
        return _grow(argument[3], more, choice)
    if code is codes.IN:
        return _member(argument, choice)
    if code is codes.LITERAL:
        return chr(argument)
    if code in (codes.ANY, codes.NOT_LITERAL):
        return "x"
    return ""  # an anchor, or a look around: the whole is tried in the end


def _member(items: list[Any], choice: int) -> str:
    """A character of a class: its first, its second, ..."""
    if items[0][0] is codes.NEGATE:
        return "x"
    code, argument = items[choice % len(items)]
    if code is codes.RANGE:
        return chr(argument[0])
    if code is codes.LITERAL:
        return chr(argument)
    return "7" if argument is codes.CATEGORY_DIGIT else "x"
