"""DynamoDB: tables."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from app.deploy.replay.document import JSON
from app.deploy.replay.request import Request
from app.deploy.replay.scope import PhysicalResource
from app.deploy.replay.services import Services
from app.deploy.replay.waiting import until

LONGEST = 255  # characters of a name


def table(services: Services, request: Request) -> PhysicalResource:
    """CreateTable, then a call for each property that CreateTable does not take."""
    request.refuse_change(*(request.changed - FURTHER.keys()), *request.removed)
    name = request.name("TableName", LONGEST)
    if not services.find("dynamodb", "DescribeTable", TableName=name):
        properties = request.properties_except(*FURTHER, "TableName")
        parameters = services.members("dynamodb", "CreateTable", properties)
        services.call("dynamodb", "CreateTable", TableName=name, **parameters)
    description = until(
        lambda: services.call("dynamodb", "DescribeTable", TableName=name)["Table"],
        status="TableStatus",
    )
    for property_name, (operation, of) in FURTHER.items():
        if property_name in (request.changed if request.previous else request.properties):
            target = {"ResourceArn": description["TableArn"], "TableName": name}
            names = services.input("dynamodb", operation).members.keys() & target.keys()
            parameters = of(request.properties[property_name])
            services.call(
                "dynamodb", operation, **{key: target[key] for key in names}, **parameters
            )
    return PhysicalResource(name, {"Arn": description["TableArn"]})


def _policy(property_value: JSON) -> JSON:
    return {"Policy": json.dumps(property_value["PolicyDocument"])}


# property -> the call that sets it, and a function for its parameters
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
