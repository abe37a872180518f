"""What CloudFormation would do when a stack changes from some choices to others.

By the schemas of the types, which say what cannot change after a resource is created: a change of
such a property replaces the resource, and CloudFormation makes the new one first. So a replacement
must not keep its name, and what people made must not be replaced at all.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from infra.policy.template import references
from tests.infra.conftest import VARIANTS, Json, Templates

SAME_STACK = tuple(name for name, one in VARIANTS.items() if "stack" not in one)
NAMES = ("Name", "AgentName", "DomainName", "IndexName", "BucketName", "TableName", "QueueName",
         "RoleName", "FunctionName", "PolicyName", "LogGroupName", "DBClusterIdentifier",
         "DBSubnetGroupName", "Domain", "AlarmName", "StageName", "TopicName")  # fmt: skip
INSIDE = {"AWS::IAM::Policy", "AWS::Bedrock::DataSource", "AWS::ApiGateway::Stage"}
"""Types whose names are unique in something else only, which is replaced with them."""

ENDPOINT = "AWS::OpenSearchServerless::VpcEndpoint"
"""Of which a network may have one."""

STAYS = {
    "AWS::KMS::Key", "AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolClient", "AWS::Cognito::UserPoolDomain", "AWS::ApiGateway::RestApi",
    "AWS::SQS::Queue", "AWS::Bedrock::Guardrail", "AWS::EC2::VPC",
}  # fmt: skip
"""What holds what people made, or what they know by its id or address."""

COME_AND_GO = {"AWS::Bedrock::Guardrail", "AWS::Cognito::UserPool", "AWS::Cognito::UserPoolClient",
               "AWS::Cognito::UserPoolDomain", "AWS::EC2::VPC"}  # fmt: skip
"""Types that one choice makes and another does not: `guardrail`, `auth`, stores in a network."""

BUCKETS_THAT_GO = (
    "DocumentsAccessLogs",  # made in production only, and kept after it; so is the next one
    "PageAccessLogs",
    "PageFiles",  # the page as it was built: whoever deploys it makes it again
)


@pytest.mark.parametrize("before", SAME_STACK)
def test_a_change_keeps_what_must_stay_and_no_replacement_keeps_its_name(
    templates: Templates, before: str
) -> None:
    all_templates = {variant: templates(variant)["Resources"] for variant in SAME_STACK}
    broken = [
        f"{before} -> {after}: {problem}"
        for after in SAME_STACK
        if after != before
        for problem in problems(all_templates[before], all_templates[after])
    ]
    assert broken == []


def test_every_choice_is_changed_by_some_variant() -> None:
    from infra.context import Context

    changed = {name for variant in VARIANTS.values() for name in variant}
    assert set(Context.model_fields) - changed == {"base_model_id"}


def _same_base(after: Json) -> None:
    _of(after, "AWS::Bedrock::KnowledgeBase")["Name"] = "outcrop-docs"


def _tagged(after: Json) -> None:
    _of(after, "AWS::OpenSearchServerless::Collection")["Tags"] = [{"Key": "a", "Value": "b"}]


def _second_endpoint(after: Json) -> None:
    _of(after, "AWS::OpenSearchServerless::VpcEndpoint")["Name"] += "-2"


def _other_key(after: Json) -> None:
    _of(after, "AWS::DynamoDB::Table")["KeySchema"][0]["AttributeName"] = "owner"


@pytest.mark.parametrize(
    ("variant", "change", "problem"),
    [
        ("production", _same_base, "KnowledgeBase is made while KnowledgeBase has its name"),
        ("alarm_email", _tagged, "Collection is made while"),
        ("alarm_email", _second_endpoint, "Endpoint is made in a network that has one"),
        ("alarm_email", _other_key, "Table (AWS::DynamoDB::Table) is replaced"),
    ],
)
def test_a_change_that_breaks_is_seen(
    templates: Templates, variant: str, change: Callable[[Json], None], problem: str
) -> None:
    before, after = (templates(one)["Resources"] for one in ("opensearch-serverless", variant))
    assert list(problems(before, after)) == []
    change(after)
    if change is _same_base:
        change(before)
    said = " ".join(re.sub(r"[0-9A-F]{8}\b", "", one) for one in problems(before, after))
    assert problem in said


def _of(resources: Json, kind: str) -> Json:
    """The properties of the first resource of a type."""
    properties: Json = next(one["Properties"] for one in resources.values() if one["Type"] == kind)
    return properties


def problems(before: Json, after: Json) -> Iterator[str]:
    """What goes wrong in a change of one template's resources to another's."""
    replaced = set(_replaced(before, after))
    for name in before.keys() & after.keys():
        kind = before[name]["Type"]
        if kind != after[name]["Type"]:
            yield f"{name} becomes another type, which CloudFormation refuses"
        elif name in replaced and kind in STAYS:
            yield f"{name} ({kind}) is replaced"
    for name in before.keys() - after.keys():
        kind = before[name]["Type"]
        if kind in STAYS - COME_AND_GO and not name.startswith(BUCKETS_THAT_GO):
            yield f"{name} ({kind}) is deleted"
    gone = {name for name in before if name not in after or name in replaced}
    new = {name for name in after if name not in before or name in replaced}
    for name in new:
        network = after[name].get("Properties", {}).get("VpcId", {}).get("Ref", "")
        if after[name]["Type"] == ENDPOINT and name in before and network not in new:
            yield f"{name} is made in a network that has one"
    taken = {key: name for name in gone for key in _names(before[name])}
    for name in new:
        for key in _names(after[name]):
            if key in taken and not new & set(_referred(key)):
                yield f"{name} is made while {taken[key]} has its name: {key}"


def _replaced(before: Json, after: Json) -> list[str]:
    """The resources that are made again: by a property of their own, or because they refer in such
    a property to one that is.
    """
    common = {
        name for name in before.keys() & after.keys() if before[name]["Type"] == after[name]["Type"]
    }
    replaced: set[str] = set()
    while True:
        more = {
            name for name in common - replaced if _is_replaced(before[name], after[name], replaced)
        }
        if not more:
            return sorted(replaced)
        replaced |= more


def _is_replaced(before: Json, after: Json, replaced: set[str]) -> bool:
    for path in _fixed(before["Type"]):
        old, new = (_value(one.get("Properties", {}), path) for one in (before, after))
        if old != new or replaced & set(references(new)):
            return True
    return False


def _fixed(kind: str) -> list[Sequence[str]]:
    """The properties that cannot change after a resource is created, some in some cases only."""
    if kind.startswith("Custom::"):
        return []  # its function says so by its physical id; it names what it makes by name
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

    schema: Json = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    members = ("createOnlyProperties", "conditionalCreateOnlyProperties")
    paths = (path.split("/")[2:] for member in members for path in schema.get(member, ()))
    return [[part for part in path if part != "properties"] for path in paths]


def _value(properties: Any, path: Sequence[str]) -> Any:
    for part in path:
        properties = properties.get(part) if isinstance(properties, dict) else None
    return properties


def _referred(key: tuple[str, str, str]) -> Iterator[str]:
    """What a name is made of, beside text."""
    return references(json.loads(key[1]))


def _names(resource: Json) -> Iterator[tuple[str, str, str]]:
    """The name of a resource, where the template gives one, with its type and kind."""
    properties = resource.get("Properties", {})
    if resource["Type"] in INSIDE or resource["Type"].startswith("AWS::ApiGateway::"):
        return
    for member in NAMES:
        if member in properties:
            name = json.dumps(properties[member], sort_keys=True)
            yield resource["Type"], name, str(properties.get("Type", ""))
