"""Rules of a bucket's lifecycle: held against S3's own rules, kept, and not carried out.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from app.local.s3.errors import invalid, malformed_xml
from app.local.wire import JSON, ServiceError

MOST_RULES = 1000
LONGEST_ID = 255  # characters
ACTIONS = (
    "AbortIncompleteMultipartUpload",
    "Expiration",
    "NoncurrentVersionExpiration",
    "NoncurrentVersionTransitions",
    "Transitions",
)
_FILTERS = ("And", "ObjectSizeGreaterThan", "ObjectSizeLessThan", "Prefix", "Tag")
_DAYS = ("Days", "DaysAfterInitiation", "NoncurrentDays")


def checked(configuration: JSON) -> list[JSON]:
    """The rules as they are kept: each with an ID, dates in ISO 8601.

    Raises:
        ServiceError: MalformedXML, InvalidRequest or InvalidArgument.
    """
    rules: list[JSON] = configuration["Rules"]
    if len(rules) > MOST_RULES:
        raise malformed_xml(f"a lifecycle has {MOST_RULES} rules at most.")
    for rule in rules:
        rule.setdefault("ID", str(uuid.uuid4()))
        _check_rule(rule)
    names = [rule["ID"] for rule in rules]
    if len(set(names)) < len(names):
        raise invalid("ID", names, "Rule ID must be unique. Found same ID for more than one rule")
    return [_written(rule) for rule in rules]


def read(rules: Sequence[JSON]) -> list[JSON]:
    """The rules as they were put, out of what was kept."""
    return [_each_date(rule, datetime.fromisoformat) for rule in rules]


def _written(rule: JSON) -> JSON:
    return _each_date(rule, datetime.isoformat)


def _each_date(rule: JSON, change: Any) -> JSON:
    """The rule with this done to the dates of its expiration and of its transitions."""

    def changed(action: JSON) -> JSON:
        return action | {"Date": change(action["Date"])} if "Date" in action else action

    result = dict(rule)
    if "Expiration" in rule:
        result["Expiration"] = changed(rule["Expiration"])
    if "Transitions" in rule:
        result["Transitions"] = [changed(one) for one in rule["Transitions"]]
    return result


def _check_rule(rule: JSON) -> None:
    if len(rule["ID"]) > LONGEST_ID:
        message = f"ID length should not exceed allowed limit of {LONGEST_ID}"
        raise invalid("ID", rule["ID"], message)
    if ("Prefix" in rule) == ("Filter" in rule):
        raise malformed_xml("a rule has a Filter, or else a Prefix.")
    if len(rule.get("Filter", {})) > 1:
        raise malformed_xml(f"a Filter has one of {', '.join(_FILTERS)}; And takes several.")
    if not any(rule.get(action) for action in ACTIONS):
        message = "At least one action needs to be specified in a rule"
        raise ServiceError("InvalidRequest", message)
    for name in ACTIONS:
        actions = rule.get(name, [])
        for action in actions if isinstance(actions, list) else [actions]:
            _check_action(name, action)
    if narrow := _narrowing(rule.get("Filter", {})):
        _check_narrowed(rule, narrow)


def _check_action(name: str, action: JSON) -> None:
    if name == "Expiration" and len(action) != 1:
        raise malformed_xml("an Expiration has Days, a Date or ExpiredObjectDeleteMarker.")
    if name == "Transitions" and ("Days" in action) == ("Date" in action):
        raise malformed_xml("a Transition has Days, or else a Date.")
    if "Transition" in name and "StorageClass" not in action:
        raise malformed_xml("a transition has a StorageClass.")
    least = 0 if name == "Transitions" else 1
    for days in _DAYS:
        if action.get(days, least) < least:
            message = f"'{days}' for {name} action must be a positive integer"
            raise invalid(days, action[days], message)
    if action.get("Date") and action["Date"].timetz().replace(tzinfo=None) != time():
        raise invalid("Date", action["Date"].isoformat(), "'Date' must be at midnight GMT")


def _narrowing(filters: JSON) -> str | None:
    """What of a filter looks at more than the key."""
    inside = filters.get("And", filters)
    return next((name for name in inside if name != "Prefix"), None)


def _check_narrowed(rule: JSON, by: str) -> None:
    """An upload has neither tags nor a size yet, and a delete marker never."""
    for name, has in (
        ("AbortIncompleteMultipartUpload", "AbortIncompleteMultipartUpload" in rule),
        (
            "ExpiredObjectDeleteMarker",
            "ExpiredObjectDeleteMarker" in rule.get("Expiration", {}),
        ),
    ):
        if has:
            message = f"{name} cannot be specified with {by}."
            raise ServiceError("InvalidRequest", message)
