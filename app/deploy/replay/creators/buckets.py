"""S3 buckets, and their configurations."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from app.deploy.endpoint import REGION
from app.deploy.replay.document import JSON
from app.deploy.replay.refusal import at
from app.deploy.replay.request import Request
from app.deploy.replay.scope import PhysicalResource
from app.deploy.replay.services import Services
from app.deploy.replay.translation import UnknownProperty

LONGEST = 63  # characters of a name


def bucket(services: Services, request: Request) -> PhysicalResource:
    """Make a bucket, then put each property that it has beside its name.

    Raises:
        UnknownProperty: there is no call for a property.
    """
    request.refuse_change("BucketName", *request.removed)
    configurations = _without_acls(request.properties_except("BucketName"))
    if unknown := sorted(configurations.keys() - CONFIGURATIONS.keys()):
        raise UnknownProperty(
            f"there is no property {unknown[0]} on the laptop; there may be "
            f"{', '.join(sorted(CONFIGURATIONS))}"
        )
    name = request.name("BucketName", LONGEST).lower()
    services.call("s3", "CreateBucket", Bucket=name)
    for property_name in CONFIGURATIONS:
        if property_name in configurations:
            operation, of = CONFIGURATIONS[property_name]
            with at(property_name):
                parameters = services.members("s3", operation, of(configurations[property_name]))
                services.call("s3", operation, Bucket=name, **parameters)
    domain = f"{name}.s3.amazonaws.com"
    regional = f"{name}.s3.{REGION}.amazonaws.com"
    return PhysicalResource(
        name,
        {"Arn": f"arn:aws:s3:::{name}", "DomainName": domain, "RegionalDomainName": regional},
    )


def _without_acls(configurations: JSON) -> JSON:
    """The configurations of a bucket, without ownership by whoever writes: only CloudFront's logs
    need that, and nobody writes those on the laptop, whose buckets have no ACLs.

    >>> _without_acls({"OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}})
    {}
    """
    rules = configurations.get("OwnershipControls", {}).get("Rules", [])
    if any(rule["ObjectOwnership"] == "ObjectWriter" for rule in rules):
        return {name: one for name, one in configurations.items() if name != "OwnershipControls"}
    return configurations


def bucket_policy(services: Services, request: Request) -> PhysicalResource:
    request.refuse_change("Bucket")
    policy = json.dumps(request.properties["PolicyDocument"])
    services.call("s3", "PutBucketPolicy", Bucket=request.properties["Bucket"], Policy=policy)
    return PhysicalResource(request.generated_name(LONGEST))


def notifications(services: Services, request: Request) -> PhysicalResource:
    """Put the properties of the CDK's custom resource, which are the API's but for the bucket's
    name.
    """
    configuration = request.properties_except("ServiceToken", "Managed", "BucketName")
    operation = "PutBucketNotificationConfiguration"
    parameters = services.members("s3", operation, configuration)
    services.call("s3", operation, Bucket=request.properties["BucketName"], **parameters)
    return PhysicalResource(request.generated_name(LONGEST))


def _lifecycle(property_value: JSON) -> JSON:
    rules = [_rule(rule) for rule in property_value.get("Rules", [])]
    return {"LifecycleConfiguration": {"Rules": rules}} | {
        name: value for name, value in property_value.items() if name != "Rules"
    }


def _rule(rule: JSON) -> JSON:
    """A lifecycle rule, with its flat properties in the structures of the API.

    >>> _rule({"Status": "Enabled", "ExpirationInDays": 30})
    {'Status': 'Enabled', 'Filter': {'Prefix': ''}, 'Expiration': {'Days': 30}}
    """
    members = {name: value for name, value in rule.items() if name not in (*_EXPIRATION, *_FILTER)}
    expiration = {_EXPIRATION[name]: rule[name] for name in _EXPIRATION if name in rule}
    transitions: JSON = {"Filter": _filter(rule)}
    if expiration:
        transitions["Expiration"] = expiration
    for name, days in (("Transitions", "Days"), ("NoncurrentVersionTransitions", "NoncurrentDays")):
        if name in rule:
            transitions[name] = [
                {
                    _TRANSITION.get(key, days if key == "TransitionInDays" else key): value
                    for key, value in one.items()
                }
                for one in rule[name]
            ]
    return members | transitions


_EXPIRATION = {
    "ExpirationInDays": "Days",
    "ExpirationDate": "Date",
    "ExpiredObjectDeleteMarker": "ExpiredObjectDeleteMarker",
}
_FILTER = {
    "Prefix": "Prefix",
    "TagFilters": "Tags",
    "ObjectSizeGreaterThan": "ObjectSizeGreaterThan",
    "ObjectSizeLessThan": "ObjectSizeLessThan",
}
_TRANSITION = {"TransitionDate": "Date"}


def _filter(rule: JSON) -> JSON:
    conditions = {_FILTER[name]: rule[name] for name in _FILTER if name in rule}
    if "Tags" in conditions or len(conditions) > 1:
        return {"And": conditions}
    return conditions or {"Prefix": ""}


def _events(property_value: JSON) -> JSON:
    """Notifications: one event a rule in CloudFormation, several events a rule in the API."""
    configuration: JSON = {}
    for name, (key, members) in _TARGETS.items():
        if name in property_value:
            configuration[key] = [_notification(one, members) for one in property_value[name]]
    if property_value.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled"):
        configuration["EventBridgeConfiguration"] = {}
    return {"NotificationConfiguration": configuration}


def _notification(one: JSON, members: Mapping[str, str]) -> JSON:
    notification = {members[name]: one[name] for name in members if name in one}
    rules = one.get("Filter", {}).get("S3Key", {}).get("Rules")
    return {
        **notification,
        "Events": [one["Event"]],
        **({"Filter": {"Key": {"FilterRules": rules}}} if rules else {}),
    }


_TARGETS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "LambdaConfigurations": ("LambdaFunctionConfigurations", {"Function": "LambdaFunctionArn"}),
    "QueueConfigurations": ("QueueConfigurations", {"Queue": "QueueArn"}),
    "TopicConfigurations": ("TopicConfigurations", {"Topic": "TopicArn"}),
}


def _logging(property_value: JSON) -> JSON:
    names = {"DestinationBucketName": "TargetBucket", "LogFilePrefix": "TargetPrefix"}
    target = {names.get(name, name): value for name, value in property_value.items()}
    return {"BucketLoggingStatus": {"LoggingEnabled": {"TargetPrefix": "", **target}}}


def _as(parameter: str) -> Callable[[Any], JSON]:
    return lambda value: {parameter: value}


# property -> the call that puts it, and a function for its parameters; in this order
CONFIGURATIONS: Mapping[str, tuple[str, Callable[[Any], JSON]]] = {
    "VersioningConfiguration": ("PutBucketVersioning", _as("VersioningConfiguration")),
    "BucketEncryption": ("PutBucketEncryption", _as("ServerSideEncryptionConfiguration")),
    "PublicAccessBlockConfiguration": (
        "PutPublicAccessBlock",
        _as("PublicAccessBlockConfiguration"),
    ),
    "OwnershipControls": ("PutBucketOwnershipControls", _as("OwnershipControls")),
    "CorsConfiguration": ("PutBucketCors", _as("CORSConfiguration")),
    "LifecycleConfiguration": ("PutBucketLifecycleConfiguration", _lifecycle),
    "LoggingConfiguration": ("PutBucketLogging", _logging),
    "NotificationConfiguration": ("PutBucketNotificationConfiguration", _events),
    "Tags": ("PutBucketTagging", lambda tags: {"Tagging": {"TagSet": tags}}),
}
