"""A schedule of faults: which call of which operation they affect, and at which event.

    {"seed": 7}
    {"kind": "fail", "service": "bedrock-runtime", "operation": "Converse", "call": 3,
     "code": "ThrottlingException"}

It is a text, each line a JSON object; the first may be the seed. docs/faults.md has every field.
What a line leaves to chance is drawn from the seed, the line and the call alone. So the same calls
have the same faults whenever they are made, whatever else is going on.
"""

import json
import random
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from app.local.faults import Cut, Delay, Fail, Fault, Flip
from app.local.wire.models import SERVICES, model

ANY = "*"
MOST_LINES = 10_000

Call = Annotated[int, Field(ge=1)]
Events = Annotated[int, Field(ge=0, le=1_000_000)]
Seconds = Annotated[float, Field(ge=0, le=3600)]


class WrongSchedule(ValueError):
    """A line that is no fault. Says which, which field, and its rule."""


class _Rule(BaseModel):
    """What all lines have: which operations, which calls, which event."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    service: str
    operation: str
    call: Call | Annotated[list[Call], Field(min_length=1)] | None = None
    every: Annotated[int, Field(ge=1)] | None = None
    chance: Annotated[float, Field(gt=0, le=1)] | None = None
    first: Call = 1
    last: Call | None = None
    after: Events | tuple[Events, Events] | None = None

    @model_validator(mode="after")
    def _fits(self) -> "_Rule":
        if sum(each is not None for each in (self.call, self.every, self.chance)) != 1:
            raise ValueError("call: one of call, every and chance has to be there, and only one")
        if self.call is not None and (self.first, self.last) != (1, None):
            raise ValueError("first: first and last bound every and chance, not call")
        if self.last is not None and self.last < self.first:
            raise ValueError("last: it has to be first or more")
        for name in ("after", "seconds"):
            match getattr(self, name, None):
                case (least, most) if least > most:
                    raise ValueError(f"{name}: the second bound has to be the first or more")
        self._check_operation()
        return self

    def _check_operation(self) -> None:
        services = SERVICES if self.service == ANY else (self.service,)
        if self.service not in (ANY, *SERVICES):
            raise ValueError(f"service: {RULES['service']}")
        names = [one for one in services if self.operation in model(one).operation_names]
        if self.operation != ANY and not names:
            raise ValueError(f"operation: {self.service} has no {self.operation}")

    def affects(self, service: str, operation: str, call: int, draw: random.Random) -> bool:
        if self.service not in (ANY, service) or self.operation not in (ANY, operation):
            return False
        if isinstance(self.call, int):
            return call == self.call
        if self.call is not None:
            return call in self.call
        if call < self.first or (self.last is not None and call > self.last):
            return False
        if self.every is not None:
            return (call - self.first + 1) % self.every == 0
        return draw.random() < (self.chance or 0)

    def events(self, draw: random.Random) -> int | None:
        """How many events are sent before it affects."""
        return draw.randint(*self.after) if isinstance(self.after, tuple) else self.after

    def fault(self, service: str, operation: str, draw: random.Random) -> Fault:
        raise NotImplementedError


class FailRule(_Rule):
    kind: Literal["fail"]
    code: Annotated[str, Field(min_length=1)]
    message: str = Fail.message

    def fault(self, service: str, operation: str, draw: random.Random) -> Fault:
        return Fail(
            service=service,
            operation=operation,
            after=self.events(draw),
            code=self.code,
            message=self.message,
        )

    def _check_operation(self) -> None:
        super()._check_operation()
        if self.after is None or ANY in (self.service, self.operation):
            return
        if not model(self.service).operation_model(self.operation).has_event_stream_output:
            raise ValueError(f"after: {self.operation} has no stream of events that could fail")


class DelayRule(_Rule):
    kind: Literal["delay"]
    seconds: Seconds | tuple[Seconds, Seconds]

    def fault(self, service: str, operation: str, draw: random.Random) -> Fault:
        after = self.events(draw)
        of = self.seconds
        seconds = draw.uniform(*of) if isinstance(of, tuple) else of
        return Delay(service=service, operation=operation, after=after, seconds=seconds)


class CutRule(_Rule):
    kind: Literal["cut"]
    mid_frame: bool = False
    abrupt: bool = False

    def _check_operation(self) -> None:
        super()._check_operation()
        if self.mid_frame and self.after is None:
            raise ValueError("mid_frame: it needs after, which says of which event it is the frame")

    def fault(self, service: str, operation: str, draw: random.Random) -> Fault:
        return Cut(
            service=service,
            operation=operation,
            after=self.events(draw),
            mid_frame=self.mid_frame,
            abrupt=self.abrupt,
        )


class FlipRule(_Rule):
    kind: Literal["flip"]
    after: Events | tuple[Events, Events] = 0

    def fault(self, service: str, operation: str, draw: random.Random) -> Fault:
        return Flip(service=service, operation=operation, after=self.events(draw))


_RULE: TypeAdapter[FailRule | DelayRule | CutRule | FlipRule] = TypeAdapter(
    Annotated[FailRule | DelayRule | CutRule | FlipRule, Field(discriminator="kind")],
    config=ConfigDict(defer_build=True),
)


class FaultSchedule:
    """The faults of a text.

    Raises:
        WrongSchedule: a line is none.
    """

    def __init__(self, text: str) -> None:
        self._seed = 0
        self._rules: list[tuple[int, _Rule]] = []
        lines = text.splitlines()
        if len(lines) > MOST_LINES:
            raise WrongSchedule(f"line {MOST_LINES + 1}: a schedule has at most {MOST_LINES} lines")
        for number, line in enumerate(lines, 1):
            if line.strip() and not line.lstrip().startswith("#"):
                self._read(number, line)

    def fault(self, service: str, operation: str, call: int) -> tuple[int, Fault] | None:
        """The fault of the first line that affects this call, and that line's number."""
        for number, rule in self._rules:
            draw = random.Random(f"{self._seed}/{number}/{service}/{operation}/{call}")  # noqa: S311
            if rule.affects(service, operation, call, draw):
                return number, rule.fault(service, operation, draw)
        return None

    def _read(self, number: int, line: str) -> None:
        try:
            value: Any = json.loads(line)
        except ValueError as error:
            raise WrongSchedule(f"line {number}: it has to be one JSON object: {error}") from error
        if isinstance(value, dict) and value.keys() == {"seed"}:
            self._set_seed(number, value["seed"])
            return
        try:
            self._rules.append((number, _RULE.validate_json(line)))
        except ValidationError as error:
            raise WrongSchedule(f"line {number}: {_rule_of(error)}") from error

    def _set_seed(self, number: int, seed: Any) -> None:
        if self._rules or not isinstance(seed, int) or isinstance(seed, bool):
            raise WrongSchedule(f"line {number}: seed: it is an integer, before all faults")
        self._seed = seed


RULES = {
    "kind": "it has to be fail, delay, cut or flip",
    "service": f"it has to be *, or one of {', '.join(SERVICES)}",
    "operation": "it has to be *, or the name of one of the service's operations",
    "call": "it has to be an integer of at least 1, or a list of such",
    "every": "it has to be an integer of at least 1",
    "chance": "it has to be a number above 0, and at most 1",
    "first": "it has to be an integer of at least 1",
    "last": "it has to be an integer of at least 1",
    "after": "it has to be an integer of 0 or more, or the least and the most in a list",
    "code": "it has to be the name of an error, as ThrottlingException",
    "message": "it has to be a text",
    "seconds": "it has to be a number from 0 to 3600, or the least and the most in a list",
    "mid_frame": "it has to be true or false",
    "abrupt": "it has to be true or false",
}
"""What each field has to be. docs/faults.md says what it does."""


def _rule_of(error: ValidationError) -> str:
    """The first field that is wrong, and its rule."""
    first = error.errors(include_url=False)[0]
    names = [str(part) for part in first["loc"] if part not in ("fail", "delay", "cut", "flip")]
    match first["type"]:
        case "union_tag_not_found" | "union_tag_invalid":
            return f"kind: {RULES['kind']}"
        case "value_error":
            return first["msg"].removeprefix("Value error, ")
        case "extra_forbidden":
            return f"{names[0]}: a fault of this kind has no such field"
    return f"{names[0]}: {RULES[names[0]]}" if names else "it has to be one JSON object"
