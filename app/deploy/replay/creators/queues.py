"""SQS: a queue, and its policy."""

import json
from typing import Any

from app.deploy.replay.document import JSON
from app.deploy.replay.scope import Made
from app.deploy.replay.translate import UnknownProperty
from app.deploy.replay.wanted import Cloud, Wanted

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


def queue(cloud: Cloud, wanted: Wanted) -> Made:
    """CreateQueue, or SetQueueAttributes of one that is there."""
    wanted.keep("QueueName", "FifoQueue", "Tags", *wanted.removed)
    attributes = _attributes(wanted.without("QueueName", "Tags"))
    if wanted.before:
        url = wanted.before.ref
        cloud.call("sqs", "SetQueueAttributes", QueueUrl=url, Attributes=attributes)
        return wanted.before
    name = wanted.name("QueueName", LONGEST)
    tags = {tag["Key"]: tag["Value"] for tag in wanted.properties.get("Tags", [])}
    url = cloud.call("sqs", "CreateQueue", QueueName=name, Attributes=attributes, tags=tags)[
        "QueueUrl"
    ]
    told = cloud.call("sqs", "GetQueueAttributes", QueueUrl=url, AttributeNames=["QueueArn"])
    arn = told["Attributes"]["QueueArn"]
    return Made(url, {"Arn": arn, "QueueName": name, "QueueUrl": url})


def queue_policy(cloud: Cloud, wanted: Wanted) -> Made:
    """SetQueueAttributes of each queue."""
    wanted.keep("Queues")
    policy = {"Policy": json.dumps(wanted.properties["PolicyDocument"])}
    for url in wanted.properties["Queues"]:
        cloud.call("sqs", "SetQueueAttributes", QueueUrl=url, Attributes=policy)
    return Made(wanted.generated(LONGEST))


def _attributes(properties: JSON) -> dict[str, str]:
    if unknown := sorted(properties.keys() - ATTRIBUTES):
        known = ", ".join(sorted(ATTRIBUTES))
        raise UnknownProperty(f"there is no property {unknown[0]}; there may be {known}")
    return {name: _text(value) for name, value in properties.items()}


def _text(value: Any) -> str:
    """Attributes are texts, whatever they mean.

    >>> _text(True), _text(300), _text({"maxReceiveCount": 5})
    ('true', '300', '{"maxReceiveCount": 5}')
    """
    return value if isinstance(value, str) else json.dumps(value)
