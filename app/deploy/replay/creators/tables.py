"""DynamoDB: tables."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from app.deploy.replay.document import JSON
from app.deploy.replay.scope import Made
from app.deploy.replay.waiting import until
from app.deploy.replay.wanted import Cloud, Wanted

LONGEST = 255  # characters of a name


def table(cloud: Cloud, wanted: Wanted) -> Made:
    """CreateTable, then a call for each property that CreateTable does not take."""
    wanted.keep(*(wanted.changed - FURTHER.keys()), *wanted.removed)
    name = wanted.name("TableName", LONGEST)
    if not cloud.find("dynamodb", "DescribeTable", TableName=name):
        properties = wanted.without(*FURTHER, "TableName")
        parameters = cloud.members("dynamodb", "CreateTable", properties)
        cloud.call("dynamodb", "CreateTable", TableName=name, **parameters)
    description = until(
        lambda: cloud.call("dynamodb", "DescribeTable", TableName=name)["Table"],
        status="TableStatus",
    )
    for property_name, (operation, of) in FURTHER.items():
        if property_name in (wanted.changed if wanted.before else wanted.properties):
            target = {"ResourceArn": description["TableArn"], "TableName": name}
            known = cloud.input("dynamodb", operation).members.keys() & target.keys()
            parameters = of(wanted.properties[property_name])
            cloud.call("dynamodb", operation, **{key: target[key] for key in known}, **parameters)
    return Made(name, {"Arn": description["TableArn"]})


def _policy(property_value: JSON) -> JSON:
    return {"Policy": json.dumps(property_value["PolicyDocument"])}


# property -> the call that sets it, and its parameters
FURTHER: Mapping[str, tuple[str, Callable[[Any], JSON]]] = {
    "PointInTimeRecoverySpecification": (
        "UpdateContinuousBackups",
        lambda value: {"PointInTimeRecoverySpecification": value},
    ),
    "ResourcePolicy": ("PutResourcePolicy", _policy),
    "TimeToLiveSpecification": (
        "UpdateTimeToLive",
        lambda value: {"TimeToLiveSpecification": value},
    ),
}
