"""The types of resources that the laptop can make: a creator for each.

A creator makes a resource by the calls that CloudFormation makes, or changes an existing one. It is
called again only after a change of the resource's properties.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.deploy.replay.creators import (
    agents,
    bedrock,
    buckets,
    functions,
    prompts,
    queues,
    tables,
)
from app.deploy.replay.document import JSON
from app.deploy.replay.request import Request
from app.deploy.replay.scope import PhysicalResource
from app.deploy.replay.services import Services

Make = Callable[[Services, Request], PhysicalResource]
Find = Callable[[Services, PhysicalResource], JSON | None]


@dataclass(frozen=True, slots=True)
class Creator:
    """The functions for one type of resource.

    Attributes:
        make: makes a resource, or changes it.
        find: returns None if the resource does not exist any more. A resource without this function
            is a property of another one, and is made again with that one.
    """

    make: Make
    find: Find | None = None


def _by_ref(service: str, operation: str, parameter: str) -> Find:
    return lambda services, resource: services.find(service, operation, **{parameter: resource.ref})


CREATORS: Mapping[str, Creator] = {
    "AWS::Bedrock::Agent": Creator(agents.agent, agents.AGENT.find),
    "AWS::Bedrock::AgentAlias": Creator(agents.ALIAS.make, agents.ALIAS.find),
    "AWS::Bedrock::DataSource": Creator(bedrock.DATA_SOURCE.make, bedrock.DATA_SOURCE.find),
    "AWS::Bedrock::Guardrail": Creator(bedrock.GUARDRAIL.make, bedrock.GUARDRAIL.find),
    "AWS::Bedrock::GuardrailVersion": Creator(
        bedrock.guardrail_version, bedrock.find_guardrail_version
    ),
    "AWS::Bedrock::KnowledgeBase": Creator(
        bedrock.KNOWLEDGE_BASE.make, bedrock.KNOWLEDGE_BASE.find
    ),
    "AWS::Bedrock::Prompt": Creator(prompts.prompt, prompts.find),
    "AWS::Bedrock::PromptVersion": Creator(prompts.prompt_version, prompts.find),
    "AWS::DynamoDB::Table": Creator(
        tables.table, _by_ref("dynamodb", "DescribeTable", "TableName")
    ),
    "AWS::Lambda::EventSourceMapping": Creator(
        functions.event_source_mapping, _by_ref("lambda", "GetEventSourceMapping", "UUID")
    ),
    "AWS::Lambda::Function": Creator(
        functions.function, _by_ref("lambda", "GetFunctionConfiguration", "FunctionName")
    ),
    "AWS::Lambda::Permission": Creator(functions.permission),
    "AWS::S3::Bucket": Creator(buckets.bucket, _by_ref("s3", "HeadBucket", "Bucket")),
    "AWS::S3::BucketPolicy": Creator(buckets.bucket_policy),
    "AWS::SQS::Queue": Creator(queues.queue, _by_ref("sqs", "GetQueueAttributes", "QueueUrl")),
    "AWS::SQS::QueuePolicy": Creator(queues.queue_policy),
    "Custom::S3BucketNotifications": Creator(buckets.notifications),
}
