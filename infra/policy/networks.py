"""Rules for networks and names: nobody comes in from outside, and no change replaces a resource
under its own name.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.policy.template import Template, references, referent, text

Broken = Iterator[tuple[str, str]]

GROUP, INGRESS = "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress"
FUNCTION, INDEX = "AWS::Lambda::Function", "Custom::VectorIndex"
ENDPOINTS = ("AWS::OpenSearchServerless::VpcEndpoint", "AWS::EC2::VPCEndpoint")
WORLD = ("0.0.0.0/0", "::/0")

# type -> the property with its name, where a change of others makes another resource
NAMED: Mapping[str, str] = {
    "AWS::Bedrock::KnowledgeBase": "Name",
    "AWS::Bedrock::DataSource": "Name",
    "AWS::Bedrock::Guardrail": "Name",
    "AWS::Bedrock::Agent": "AgentName",
    "AWS::Bedrock::Prompt": "Name",
    "AWS::OpenSearchServerless::AccessPolicy": "Name",
    "AWS::OpenSearchServerless::Collection": "Name",
    "AWS::OpenSearchServerless::CollectionGroup": "Name",
    "AWS::OpenSearchServerless::SecurityPolicy": "Name",
    "AWS::OpenSearchServerless::VpcEndpoint": "Name",
    "AWS::OpenSearchService::Domain": "DomainName",
    "AWS::S3Vectors::Index": "IndexName",
}
FREE = (
    "AWS::S3::Bucket",
    "AWS::DynamoDB::Table",
    "AWS::SQS::Queue",
    "AWS::IAM::Role",
    "AWS::Lambda::Function",
    "AWS::CloudWatch::Alarm",
    "AWS::SNS::Topic",
    "AWS::Cognito::UserPool",
)
"""Types that CloudFormation names, so that a replacement never meets its predecessor's name."""

NAMES = ("BucketName", "TableName", "QueueName", "RoleName", "FunctionName", "AlarmName",
         "TopicName", "UserPoolName")  # fmt: skip
DIGEST = re.compile(r"-[0-9a-f]{8}$")


def nobody_comes_in(template: Template) -> Broken:
    for name, properties in template.of(GROUP):
        for rule in properties.get("SecurityGroupIngress", ()):
            if {rule.get("CidrIp"), rule.get("CidrIpv6")} & set(WORLD):
                yield name, "anybody may come in; name the security group that may"
    for name, properties in template.of(INGRESS):
        if {properties.get("CidrIp"), properties.get("CidrIpv6")} & set(WORLD):
            yield name, "anybody may come in; name the security group that may"
    for name, _ in template.of("AWS::EC2::InternetGateway", "AWS::EC2::NatGateway"):
        yield name, "the network has no way out"
    for name, properties in template.of("AWS::EC2::Subnet"):
        if properties.get("MapPublicIpOnLaunch"):
            yield name, "what is in it would have a public address"
    for name, properties in template.of("AWS::RDS::DBInstance"):
        if properties.get("PubliclyAccessible"):
            yield name, "a database is in the network only"


def zones_are_several(template: Template) -> Broken:
    """Aurora refuses subnets of one zone; others would stand and fall with it."""
    subnets = dict(template.of("AWS::EC2::Subnet"))
    for name, properties in subnets.items():
        for other, one in subnets.items():
            if name < other and one["VpcId"] == properties["VpcId"]:
                for member in ("AvailabilityZone", "CidrBlock"):
                    if one.get(member) == properties.get(member):
                        yield other, f"its {member} is that of {name}"


def index_function_reaches_its_collection(template: Template) -> Broken:
    """It is in the network of the endpoint, and in a group that may call it."""
    functions = dict(template.of(FUNCTION))
    endpoints = [
        properties
        for _, properties in template.of(*ENDPOINTS)
        if properties.get("VpcEndpointType") != "Gateway"
    ]
    for name, properties in template.of(INDEX):
        function = referent(properties["ServiceToken"])
        if properties["Service"] != "aoss":
            continue
        network = functions[function].get("VpcConfig")
        if not network:
            yield function, "the collection is not public; put the function into its network"
            continue
        own = set(references(network["SecurityGroupIds"]))
        if not any(own & _callers(template, endpoint) for endpoint in endpoints):
            yield name, "no endpoint of the network lets the index function in"


def _callers(template: Template, endpoint: Mapping[str, Any]) -> set[str]:
    """The groups from which an endpoint's groups may be called over TLS."""
    groups = set(references(endpoint.get("SecurityGroupIds", [])))
    return {
        referent(rule["SourceSecurityGroupId"])
        for _, rule in template.of(INGRESS)
        if referent(rule["GroupId"]) in groups
        and "SourceSecurityGroupId" in rule
        and rule.get("FromPort", 0) <= 443 <= rule.get("ToPort", 0)
    }


def names_change_with_what_they_name(template: Template) -> Broken:
    for kind, member in NAMED.items():
        for name, properties in template.of(kind):
            if not DIGEST.search(text(properties.get(member, ""))):
                yield name, f"{member} has to end with a digest (infra.names), or is refused"
    for name, properties in template.of(*FREE):
        for member in NAMES:
            if member in properties:
                yield name, f"leave {member} to CloudFormation: a replacement needs another"


def collections_have_no_tags(template: Template) -> Broken:
    """They can be given at creation only: another tag would be another collection."""
    for name, properties in template.of("AWS::OpenSearchServerless::Collection"):
        if "Tags" in properties:
            yield name, "another tag would replace it, and all that is in it; leave Tags out"


RULES = (
    nobody_comes_in,
    zones_are_several,
    index_function_reaches_its_collection,
    names_change_with_what_they_name,
    collections_have_no_tags,
)
