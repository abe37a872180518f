"""The table of budgets: an item for each principal and month.

    principal  month      tokens  nanodollars  calls  unpriced  unverified   the month's sums
    "ada"      "2026-11"  tokens_29  nanodollars_29  calls_29      a day's sums, here the 29th's
                          holds     {id: what a call under way has reserved, and until when}
                          turns     {id: until when a turn under way counts}
                          expires   when DynamoDB may delete the item (time to live)

What is reserved is part of the sums. A hold is taken and given back in the same write as the sums
that it changes, and only once, so that a request which boto3 sends twice counts once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from app.aws import calling
from app.budgets.limits import Amount, Limit, Limits, Moment, Period, Spending
from app.resources import BUDGET_EXPIRY, BUDGET_KEYS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_SECONDS = 400 * 86_400  # more than a year, for a comparison with the same month
UNITS = ("tokens", "nanodollars")


@dataclass(frozen=True, slots=True)
class Hold:
    """What a call has reserved.

    Attributes:
        least: what counts if nobody ever says what it cost.
        until: the second from which on nobody is expected to.
    """

    id: str
    principal: str
    month: str
    day: str
    most: Amount
    least: Amount
    until: int


@dataclass(frozen=True, slots=True)
class Month:
    """A principal's month, as the table has it."""

    principal: str
    month: str
    sums: Mapping[str, int]
    holds: Mapping[str, Hold] = field(default_factory=dict)
    turns: Mapping[str, int] = field(default_factory=dict)

    def spending(self, day: str) -> Spending:
        """What was spent on a day, and in the whole month."""
        return {"day": self.amount(f"_{day}"), "month": self.amount("")}

    def amount(self, suffix: str) -> Amount:
        """The sums of a column: of `_29`, or of the whole month."""
        tokens, nanodollars = (self.sums.get(unit + suffix, 0) for unit in UNITS)
        return Amount(tokens, nanodollars)


class Table:
    """The items of a table. Each method is one request, or two for a month's first.

    Args:
        name: of a table whose key is `principal` and `month`.
    """

    def __init__(self, dynamodb: "DynamoDBClient", name: str) -> None:
        self._dynamodb, self._name = dynamodb, name

    def read(self, principal: str, month: str) -> Month | None:
        """A principal's month; None if nothing was spent in it."""
        with calling("GetItem"):
            answer = self._dynamodb.get_item(
                TableName=self._name, Key=_key(principal, month), ConsistentRead=True
            )
        return _month(answer["Item"]) if "Item" in answer else None

    def read_all(self, month: str) -> Iterator[Month]:
        """What each principal has spent in a month, by one Scan of the table."""
        with calling("Scan"):
            for page in self._dynamodb.get_paginator("scan").paginate(
                TableName=self._name,
                FilterExpression="#month = :month",
                ExpressionAttributeNames={"#month": "month"},
                ExpressionAttributeValues={":month": {"S": month}},
            ):
                yield from map(_month, page["Items"])

    def create(self, principal: str, moment: Moment) -> None:
        """Make a principal's item for a month, unless there is one."""
        expires = int(moment.reset("month").timestamp()) + KEPT_SECONDS
        item = _key(principal, moment.month) | {
            "holds": {"M": {}},
            "turns": {"M": {}},
            BUDGET_EXPIRY: {"N": str(expires)},
        }
        with calling("PutItem"), _ConditionFailures():
            self._dynamodb.put_item(
                TableName=self._name,
                Item=item,
                ConditionExpression="attribute_not_exists(#principal)",
                ExpressionAttributeNames={"#principal": "principal"},
            )

    def hold(self, hold: Hold, limits: Limits) -> bool:
        """Reserve; whether that is within the limits. It is not either where there is no item."""
        change = _Change()
        change.require_item("holds")
        change.require(f"attribute_not_exists({change.path('holds', hold.id)})")
        for limit in limits.limits:
            change.require_room(limit, hold.day, limit.most - hold.most.in_unit(limit.unit))
        change.set(_dump_hold(hold), "holds", hold.id)
        change.add(hold.most, hold.day)
        return self._update(hold.principal, hold.month, change) is not None

    def settle(
        self, hold: Hold, amount: Amount, *, calls: int = 1, unpriced: int = 0, unverified: int = 0
    ) -> Month | None:
        """Put what a call did cost in the place of what it had reserved, unless that is done."""
        change = _Change()
        change.require(f"attribute_exists({change.path('holds', hold.id)})")
        change.remove("holds", hold.id)
        change.add(amount - hold.most, hold.day)
        change.count("calls", calls, hold.day)
        change.count("unpriced", unpriced)
        change.count("unverified", unverified)
        return self._update(hold.principal, hold.month, change)

    def enter(self, principal: str, moment: Moment, turn: str, until: int, limits: Limits) -> bool:
        """Count a turn as under way; whether the limits let it in."""
        change = _Change()
        change.require_item("turns")
        if limits.turns is not None:
            most = change.value({"N": str(limits.turns)})
            change.require(f"size({change.path('turns')}) < {most}")
        for limit in limits.limits:
            change.require_room(limit, moment.day, limit.most - 1)
        change.set({"N": str(until)}, "turns", turn)
        return self._update(principal, moment.month, change) is not None

    def leave(self, principal: str, month: str, turn: str) -> None:
        """Count a turn as under way no more, unless that is done."""
        change = _Change()
        change.require(f"attribute_exists({change.path('turns', turn)})")
        change.remove("turns", turn)
        self._update(principal, month, change)

    def _update(self, principal: str, month: str, change: "_Change") -> Month | None:
        """The item as it is then; None if a condition was not met."""
        answer: dict[str, Any] = {}
        with calling("UpdateItem"), _ConditionFailures():
            answer = dict(
                self._dynamodb.update_item(
                    TableName=self._name,
                    Key=_key(principal, month),
                    ReturnValues="ALL_NEW",
                    **change.arguments(),
                )
            )
        return _month(answer["Attributes"]) if answer else None


class _ConditionFailures:
    """Suppresses the error of a condition that was not met."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _type: object, error: BaseException | None, _traceback: object) -> bool:
        return (
            isinstance(error, ClientError)
            and error.response["Error"]["Code"] == "ConditionalCheckFailedException"
        )


class _Change:
    """The expressions of one UpdateItem. Every name is written with `#`, because many are words of
    DynamoDB's own.
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._values: dict[str, Any] = {}
        self._conditions: list[str] = []
        self._actions: dict[str, list[str]] = {"SET": [], "REMOVE": [], "ADD": []}

    def path(self, *names: str) -> str:
        self._names |= {f"#{name}": name for name in names}
        return ".".join(f"#{name}" for name in names)

    def value(self, value: Mapping[str, Any]) -> str:
        name = f":v{len(self._values)}"
        self._values[name] = value
        return name

    def require(self, condition: str) -> None:
        self._conditions.append(condition)

    def require_item(self, *maps: str) -> None:
        """Require an item with these maps, which only an item that was made here has."""
        for name in maps:
            self.require(f"attribute_exists({self.path(name)})")

    def require_room(self, limit: Limit, day: str, most: int) -> None:
        """Require that no more than this is spent of a limit."""
        column = self.path(limit.unit + _suffix(limit.period, day))
        room = f"{column} <= {self.value({'N': str(most)})}"
        self.require(f"(attribute_not_exists({column}) OR {room})" if most >= 0 else room)

    def set(self, value: Mapping[str, Any], *names: str) -> None:
        self._actions["SET"].append(f"{self.path(*names)} = {self.value(value)}")

    def remove(self, *names: str) -> None:
        self._actions["REMOVE"].append(self.path(*names))

    def add(self, amount: Amount, day: str) -> None:
        """Add to the sums of the month and of a day."""
        self.count("tokens", amount.tokens, day)
        self.count("nanodollars", amount.nanodollars, day)

    def count(self, column: str, number: int, day: str | None = None) -> None:
        """Add a number to a column of the month, and of a day."""
        value = self.value({"N": str(number)})
        for suffix in ("", f"_{day}") if day else ("",):
            self._actions["ADD"].append(f"{self.path(column + suffix)} {value}")

    def arguments(self) -> dict[str, Any]:
        return {
            "UpdateExpression": " ".join(
                f"{action} {', '.join(each)}" for action, each in self._actions.items() if each
            ),
            "ConditionExpression": " AND ".join(self._conditions),
            "ExpressionAttributeNames": self._names,
        } | ({"ExpressionAttributeValues": self._values} if self._values else {})


def _suffix(period: Period, day: str) -> str:
    return f"_{day}" if period == "day" else ""


def _key(principal: str, month: str) -> dict[str, Any]:
    return dict(zip(BUDGET_KEYS, ({"S": principal}, {"S": month}), strict=True))


def _dump_hold(hold: Hold) -> dict[str, Any]:
    numbers = [
        hold.until,
        hold.most.tokens,
        hold.most.nanodollars,
        hold.least.tokens,
        hold.least.nanodollars,
    ]
    return {"L": [{"S": hold.day}, *({"N": str(number)} for number in numbers)]}


def _load_hold(principal: str, month: str, identifier: str, value: Sequence[Any]) -> Hold:
    until, *amounts = (int(each["N"]) for each in value[1:])
    return Hold(
        identifier,
        principal,
        month,
        value[0]["S"],
        Amount(*amounts[:2]),
        Amount(*amounts[2:]),
        until,
    )


def _month(item: Mapping[str, Any]) -> Month:
    principal, month = item["principal"]["S"], item["month"]["S"]
    return Month(
        principal,
        month,
        {name: int(value["N"]) for name, value in item.items() if "N" in value},
        {
            name: _load_hold(principal, month, name, value["L"])
            for name, value in item["holds"]["M"].items()
        },
        {name: int(value["N"]) for name, value in item["turns"]["M"].items()},
    )
