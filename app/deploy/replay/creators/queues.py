"""SQS: a queue, and its policy."""

import json
from typing import Any

from app.deploy.replay.document import JSON
from app.deploy.replay.request import Request
from app.deploy.replay.scope import PhysicalResource
from app.deploy.replay.services import Services
from app.deploy.replay.translation import UnknownProperty

LONGEST = 80  # characters of a name
ATTRIBUTES = {
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "DelaySeconds",
    "FifoQueue",
    "FifoThroughputLimit",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "RedriveAllowPolicy",
    "RedrivePolicy",
    "SqsManagedSseEnabled",
    "VisibilityTimeout",
}


def queue(services: Services, request: Request) -> PhysicalResource:
    """CreateQueue, or SetQueueAttributes of one that is there."""
    request.refuse_change("QueueName", "FifoQueue", "Tags", *request.removed)
    attributes = _attributes(request.properties_except("QueueName", "Tags"))
    if request.previous:
        url = request.previous.ref
        services.call("sqs", "SetQueueAttributes", QueueUrl=url, Attributes=attributes)
        return request.previous
    name = request.name("QueueName", LONGEST)
    tags = {tag["Key"]: tag["Value"] for tag in request.properties.get("Tags", [])}
    url = services.call("sqs", "CreateQueue", QueueName=name, Attributes=attributes, tags=tags)[
        "QueueUrl"
    ]
    reply = services.call("sqs", "GetQueueAttributes", QueueUrl=url, AttributeNames=["QueueArn"])
    arn = reply["Attributes"]["QueueArn"]
    return PhysicalResource(url, {"Arn": arn, "QueueName": name, "QueueUrl": url})


def queue_policy(services: Services, request: Request) -> PhysicalResource:
    """SetQueueAttributes of each queue."""
    request.refuse_change("Queues")
    policy = {"Policy": json.dumps(request.properties["PolicyDocument"])}
    for url in request.properties["Queues"]:
        services.call("sqs", "SetQueueAttributes", QueueUrl=url, Attributes=policy)
    return PhysicalResource(request.generated_name(LONGEST))


def _attributes(properties: JSON) -> dict[str, str]:
    if unknown := sorted(properties.keys() - ATTRIBUTES):
        attributes = ", ".join(sorted(ATTRIBUTES))
        raise UnknownProperty(f"there is no property {unknown[0]}; there may be {attributes}")
    return {name: _text(value) for name, value in properties.items()}


def _text(value: Any) -> str:
    """An attribute's value as text, as SQS takes it.

    >>> _text(True), _text(300), _text({"maxReceiveCount": 5})
    ('true', '300', '{"maxReceiveCount": 5}')
    """
    return value if isinstance(value, str) else json.dumps(value)
