"""Properties become parameters by botocore's models; CloudFormation's schemas are the oracle."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
import pytest

from app.deploy.replay.creators import (
    CREATORS,
    agents,
    queues,
    tables,
)
from app.deploy.replay.creators.buckets import CONFIGURATIONS
from app.deploy.replay.omissions import OMISSIONS
from app.deploy.replay.translation import UnknownProperty, member_of, translate

REGION = "us-east-1"
OPERATIONS = {
    "AWS::Bedrock::Agent": ("bedrock-agent", "CreateAgent"),
    "AWS::Bedrock::AgentAlias": ("bedrock-agent", "CreateAgentAlias"),
    "AWS::Bedrock::DataSource": ("bedrock-agent", "CreateDataSource"),
    "AWS::Bedrock::Guardrail": ("bedrock", "CreateGuardrail"),
    "AWS::Bedrock::GuardrailVersion": ("bedrock", "CreateGuardrailVersion"),
    "AWS::Bedrock::KnowledgeBase": ("bedrock-agent", "CreateKnowledgeBase"),
    "AWS::Bedrock::Prompt": ("bedrock-agent", "CreatePrompt"),
    "AWS::Bedrock::PromptVersion": ("bedrock-agent", "CreatePromptVersion"),
    "AWS::DynamoDB::Table": ("dynamodb", "CreateTable"),
    "AWS::Lambda::EventSourceMapping": ("lambda", "CreateEventSourceMapping"),
    "AWS::Lambda::Function": ("lambda", "CreateFunction"),
    "AWS::Lambda::Permission": ("lambda", "AddPermission"),
}
APART = {  # what a creator sees to by itself
    "AWS::Bedrock::Agent": set(agents.AGENT.apart),
    "AWS::DynamoDB::Table": set(tables.FURTHER),
}
REFUSED = {  # there is no parameter for it: a template with one is refused by this name
    "AWS::Bedrock::Agent": {"AgentCollaborators", "TestAliasTags"},
    "AWS::DynamoDB::Table": {
        "ContributorInsightsSpecification",
        "GlobalSecondaryIndexes.ContributorInsightsSpecification",
        "ImportSourceSpecification",
        "KinesisStreamSpecification",
        "StreamSpecification.ResourcePolicy",
        "StreamSpecification.Tags",
    },
    "AWS::Lambda::Function": {
        "FunctionScalingConfig",
        "PublishToLatestPublished",
        "RecursiveLoop",
        "ReservedConcurrentExecutions",
        "RuntimeManagementConfig",
    },
}


@pytest.mark.parametrize("kind", OPERATIONS)
def test_every_property_of_the_schema_is_a_parameter_or_is_refused(kind: str) -> None:
    schema = schema_of(kind)
    read_only = {path.split("/")[2] for path in schema.get("readOnlyProperties", ())}
    unknown = set(_unknown(schema, schema, input_of(*OPERATIONS[kind]), ""))
    assert unknown - read_only - APART.get(kind, set()) == REFUSED.get(kind, set())


def _unknown(root: Any, schema: Any, shape: Any, path: str) -> Iterator[str]:
    """The properties that no member stands for."""
    while "$ref" in schema:
        target = schema["$ref"].split("/")[1:]
        schema = root
        for part in target:
            schema = schema[part]
    if shape.type_name == "list" and "items" in schema:
        yield from _unknown(root, schema["items"], shape.member, path)
    if shape.type_name == "structure":
        for name, inner in schema.get("properties", {}).items():
            where = f"{path}.{name}" if path else name
            try:
                member = shape.members[member_of(shape, name)]
            except UnknownProperty:
                yield where
            else:
                yield from _unknown(root, inner, member, where)


def test_every_attribute_of_a_queue_is_one_of_the_schema() -> None:
    properties = set(schema_of("AWS::SQS::Queue")["properties"])
    assert properties - queues.ATTRIBUTES == {"Arn", "QueueName", "QueueUrl", "Tags"}


def test_every_configuration_of_a_bucket_is_one_of_the_schema() -> None:
    assert CONFIGURATIONS.keys() <= schema_of("AWS::S3::Bucket")["properties"].keys()


@pytest.mark.parametrize("kind", [kind for kind in OMISSIONS if kind.startswith("AWS::")])
def test_what_is_absent_has_the_attributes_that_cloudformation_gives_it(kind: str) -> None:
    if kind != "AWS::CDK::Metadata":  # which has no schema
        assert OMISSIONS[kind].attributes.keys() <= set(_schema(kind).get_atts)


def test_no_resource_type_is_both_made_and_left_out() -> None:
    assert not CREATORS.keys() & OMISSIONS.keys()


@pytest.mark.parametrize(
    ("properties", "parameters"),
    [
        ({"Name": "docs", "RoleArn": "arn"}, {"name": "docs", "roleArn": "arn"}),
        ({"Tags": {"Team": "red"}}, {"tags": {"Team": "red"}}),
        (
            {"StorageConfiguration": {"Type": "RDS", "RdsConfiguration": {"TableName": 5}}},
            {"storageConfiguration": {"type": "RDS", "rdsConfiguration": {"tableName": "5"}}},
        ),
    ],
)
def test_names_take_the_apis_case_and_values_its_types(properties: Any, parameters: Any) -> None:
    assert translate(input_of("bedrock-agent", "CreateKnowledgeBase"), properties) == parameters


def test_numbers_and_truths_may_be_written_as_text() -> None:
    shape = input_of("lambda", "CreateEventSourceMapping")
    assert translate(shape, {"BatchSize": "10", "Enabled": "false"}) == {
        "BatchSize": 10,
        "Enabled": False,
    }
    assert translate(shape, {"BatchSize": "ten"}) == {"BatchSize": "ten"}, "botocore refuses it"


def test_tags_in_a_list_become_the_map_that_lambda_takes() -> None:
    shape = input_of("lambda", "CreateFunction")
    tags = [{"Key": "team", "Value": "red"}]
    assert translate(shape, {"Tags": tags}) == {"Tags": {"team": "red"}}


@pytest.mark.parametrize(
    ("properties", "says"),
    [
        ({"Nmae": "docs"}, "no property Nmae; there may be"),
        ({"name": "docs"}, "no property name; there may be"),
        (
            {"StorageConfiguration": {"RdsConfiguration": {"Table": "docs"}}},
            "no property StorageConfiguration.RdsConfiguration.Table; there may be Credentials",
        ),
    ],
)
def test_an_unknown_property_is_refused_where_it_stands(properties: Any, says: str) -> None:
    shape = input_of("bedrock-agent", "CreateKnowledgeBase")
    with pytest.raises(UnknownProperty) as refused:
        translate(shape, properties)
    assert says in refused.value.detail


@cache
def _schema(kind: str) -> Any:
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    return PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind)


def schema_of(kind: str) -> Any:
    return _schema(kind).schema


@cache
def input_of(service: Any, operation: str) -> Any:
    client = boto3.client(
        service, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test"
    )
    return client.meta.service_model.operation_model(operation).input_shape
