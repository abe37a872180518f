"""The rules for a bucket's configurations, with S3's errors.

A check receives a configuration in the shape of S3's model and raises S3's error. buckets.py
stores a configuration that has passed; docs/buckets.md says which of them have an effect here.

    CORS         https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html
    encryption   https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html
    lifecycle    https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
    policy       https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from app.local import lazy_re as re
from app.local.control.wildcards import matches_pattern
from app.local.s3.errors import invalid, malformed_xml
from app.local.wire import JSON, ServiceError

MOST_CORS_RULES = 100
CORS_METHODS = ("GET", "PUT", "POST", "DELETE", "HEAD")

ENCRYPTION_ALGORITHMS = ("AES256", "aws:kms", "aws:kms:dsse")
AES256 = {"SSEAlgorithm": "AES256"}
DEFAULT_ENCRYPTION: JSON = {
    "ServerSideEncryptionConfiguration": {
        "Rules": [{"ApplyServerSideEncryptionByDefault": AES256, "BucketKeyEnabled": False}]
    }
}

MOST_LIFECYCLE_RULES = 1000
LONGEST_LIFECYCLE_ID = 255  # characters
LIFECYCLE_ACTIONS = (
    "AbortIncompleteMultipartUpload",
    "Expiration",
    "NoncurrentVersionExpiration",
    "NoncurrentVersionTransitions",
    "Transitions",
)
_FILTERS = ("And", "ObjectSizeGreaterThan", "ObjectSizeLessThan", "Prefix", "Tag")
_DAYS = ("Days", "DaysAfterInitiation", "NoncurrentDays")

_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")

LARGEST_POLICY = 20 * 1024  # bytes
POLICY_VERSIONS = ("2008-10-17", "2012-10-17")
_POLICY_MEMBERS = frozenset({"Version", "Id", "Statement"})
_NEGATABLE = (("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource"))
_STATEMENT_MEMBERS = frozenset(
    {"Sid", "Effect", "Condition", *(name for pair in _NEGATABLE for name in pair)}
)
_PRINCIPALS = frozenset({"AWS", "CanonicalUser", "Federated", "Service"})
_ACTION = re.compile(r"\*|s3:[A-Za-z*?]+")
_OPERATOR = re.compile(
    r"(ForAllValues:|ForAnyValue:)?"
    r"(String(Not)?(Equals(IgnoreCase)?|Like)"
    r"|Numeric(Not)?Equals|Numeric(Less|Greater)Than(Equals)?"
    r"|Date(Not)?Equals|Date(Less|Greater)Than(Equals)?|Bool|BinaryEquals|(Not)?IpAddress"
    r"|Arn(Not)?(Equals|Like))(IfExists)?|Null"
)


def check_cors(configuration: JSON) -> None:
    """Raises ServiceError: MalformedXML or InvalidRequest."""
    rules = configuration["CORSRules"]
    if len(rules) > MOST_CORS_RULES:
        raise malformed_xml(f"a CORS configuration has {MOST_CORS_RULES} rules at most.")
    for rule in rules:
        for method in rule["AllowedMethods"]:
            if method not in CORS_METHODS:
                raise ServiceError(
                    "InvalidRequest",
                    f"Found unsupported HTTP method in CORS config. Unsupported method is {method}",
                )
        for name in ("AllowedOrigins", "AllowedHeaders"):
            for pattern in rule.get(name, ()):
                if pattern.count("*") > 1:
                    message = f'{name[:-1]} "{pattern}" can not have more than one wildcard.'
                    raise ServiceError("InvalidRequest", message)
        for header in rule.get("ExposeHeaders", ()):
            if "*" in header:
                message = (
                    f'ExposeHeader "{header}" contains wildcard. We currently do not support '
                    "wildcard for ExposeHeader."
                )
                raise ServiceError("InvalidRequest", message)


def check_default_encryption(configuration: JSON) -> None:
    """Raises ServiceError: MalformedXML, or as `check_encryption` does."""
    if len(configuration["Rules"]) != 1:
        raise malformed_xml("there is one rule of encryption.")
    default = configuration["Rules"][0].get("ApplyServerSideEncryptionByDefault")
    if default:
        key = default.get("KMSMasterKeyID")
        check_encryption(default["SSEAlgorithm"], key, "KMSMasterKeyID")


def check_encryption(algorithm: str, key: str | None, name: str) -> None:
    """Refuse an unknown algorithm, and a key for an algorithm that takes none.

    `name` is the request's name for the key. Raises ServiceError: InvalidEncryptionAlgorithmError
    or InvalidArgument.
    """
    if algorithm not in ENCRYPTION_ALGORITHMS:
        message = "The encryption method specified is not supported"
        raise ServiceError("InvalidEncryptionAlgorithmError", message)
    if key and algorithm == "AES256":
        message = f"a {name} is not applicable if the sse algorithm is not aws:kms or aws:kms:dsse"
        raise invalid(name, key, message)


def check_notifications(configuration: JSON) -> None:
    """Refuse a filter with more than one prefix or suffix in a queue's configuration.

    Raises ServiceError: InvalidArgument.
    """
    rules = configuration.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    names = [rule.get("Name") for rule in rules]
    if len(set(names)) < len(names):
        message = "Cannot specify more than one prefix or one suffix rule in a filter."
        raise invalid("FilterRule.Name", names, message)


def check_lifecycle(configuration: JSON) -> list[JSON]:
    """The rules to store, in JSON: each with an ID, its dates in ISO 8601.

    Raises:
        ServiceError: MalformedXML, InvalidRequest or InvalidArgument.
    """
    rules: list[JSON] = configuration["Rules"]
    if len(rules) > MOST_LIFECYCLE_RULES:
        raise malformed_xml(f"a lifecycle has {MOST_LIFECYCLE_RULES} rules at most.")
    for rule in rules:
        rule.setdefault("ID", str(uuid.uuid4()))
        _check_lifecycle_rule(rule)
    names = [rule["ID"] for rule in rules]
    if len(set(names)) < len(names):
        raise invalid("ID", names, "Rule ID must be unique. Found same ID for more than one rule")
    return [_with_dates(rule, datetime.isoformat) for rule in rules]


def read_lifecycle(rules: Sequence[JSON]) -> list[JSON]:
    """The rules as they were put, from those that `check_lifecycle` returned."""
    return [_with_dates(rule, datetime.fromisoformat) for rule in rules]


def _with_dates(rule: JSON, convert: Any) -> JSON:
    """The rule with the dates of its expiration and of its transitions converted."""

    def converted(action: JSON) -> JSON:
        return action | {"Date": convert(action["Date"])} if "Date" in action else action

    result = dict(rule)
    if "Expiration" in rule:
        result["Expiration"] = converted(rule["Expiration"])
    if "Transitions" in rule:
        result["Transitions"] = [converted(transition) for transition in rule["Transitions"]]
    return result


def _check_lifecycle_rule(rule: JSON) -> None:
    if len(rule["ID"]) > LONGEST_LIFECYCLE_ID:
        message = f"ID length should not exceed allowed limit of {LONGEST_LIFECYCLE_ID}"
        raise invalid("ID", rule["ID"], message)
    if ("Prefix" in rule) == ("Filter" in rule):
        raise malformed_xml("a rule has a Filter, or else a Prefix.")
    if len(rule.get("Filter", {})) > 1:
        raise malformed_xml(f"a Filter has one of {', '.join(_FILTERS)}; And takes several.")
    if not any(rule.get(action) for action in LIFECYCLE_ACTIONS):
        message = "At least one action needs to be specified in a rule"
        raise ServiceError("InvalidRequest", message)
    for name in LIFECYCLE_ACTIONS:
        actions = rule.get(name, [])
        for action in actions if isinstance(actions, list) else [actions]:
            _check_action(name, action)
    if criterion := _criterion_beside_prefix(rule.get("Filter", {})):
        _check_filtered_actions(rule, criterion)


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


def _criterion_beside_prefix(filters: JSON) -> str | None:
    """The first criterion of a filter that is not a prefix."""
    criteria = filters.get("And", filters)
    return next((name for name in criteria if name != "Prefix"), None)


def _check_filtered_actions(rule: JSON, criterion: str) -> None:
    """Refuse a filter by tags or size for uploads, which have neither yet, and for delete markers,
    which never have them.
    """
    actions = {
        "AbortIncompleteMultipartUpload": rule,
        "ExpiredObjectDeleteMarker": rule.get("Expiration", {}),
    }
    for name, members in actions.items():
        if name in members:
            raise ServiceError("InvalidRequest", f"{name} cannot be specified with {criterion}.")


# Its messages: docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshooting-policy-errors.html
def check_policy(text: str, bucket: str) -> JSON:
    """Check a policy, and parse it.

    Raises:
        ServiceError: MalformedPolicy, with the reason.
    """
    if len(text.encode()) > LARGEST_POLICY:
        raise _malformed_policy(
            f"Policy exceeds the maximum allowed document size of {LARGEST_POLICY} bytes"
        )
    if not text.startswith("{"):
        raise _malformed_policy("Policies must be valid JSON and the first byte must be '{'")
    try:
        policy = json.loads(text)
    except ValueError as error:
        raise _malformed_policy(f"This policy contains invalid Json: {error}") from error
    _check_policy_names(policy, _POLICY_MEMBERS)
    if policy.get("Version", POLICY_VERSIONS[0]) not in POLICY_VERSIONS:
        raise _malformed_policy("The policy must contain a valid version string")
    if not policy.get("Statement"):
        raise _malformed_policy("Missing required field Statement")
    for statement in _as_list(policy["Statement"]):
        _check_statement(statement, bucket)
    return dict(policy)


def is_public(policy: JSON) -> bool:
    """Whether a statement allows anyone, without a condition:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """
    return any(
        statement["Effect"] == "Allow"
        and not statement.get("Condition")
        and ("NotPrincipal" in statement or _anyone(statement["Principal"]))
        for statement in _as_list(policy["Statement"])
    )


def check_new_policy(text: str, bucket: str, blocks: JSON | None) -> None:
    """Check a policy that is put on a bucket with this public access block.

    Raises ServiceError: MalformedPolicy; or AccessDenied for a public policy that is blocked.
    """
    policy = check_policy(text, bucket)
    is_blocked = blocks and blocks["PublicAccessBlockConfiguration"]["BlockPublicPolicy"]
    if is_blocked and is_public(policy):
        message = (
            "Access Denied: public policies are prevented by the BlockPublicPolicy setting in "
            "S3 Block Public Access."
        )
        raise ServiceError("AccessDenied", message)


def public_access_block(configuration: Mapping[str, bool]) -> JSON:
    """A public access block as a get answers it: settings that the put leaves out are off."""
    return {
        "PublicAccessBlockConfiguration": {name: configuration.get(name, False) for name in _BLOCKS}
    }


def _check_statement(statement: Any, bucket: str) -> None:
    if not isinstance(statement, dict):
        raise _malformed_policy("Statement must be an object, or a list of them")
    _check_policy_names(statement, _STATEMENT_MEMBERS)
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise _malformed_policy(f"Invalid effect: {statement.get('Effect')}")
    for name, negation in _NEGATABLE:
        if (name in statement) == (negation in statement):
            raise _malformed_policy(
                f"Missing required field {name}: a statement has it, or {negation}"
            )
    _check_principal(statement.get("Principal", statement.get("NotPrincipal")))
    for action in _texts(statement.get("Action", statement.get("NotAction")), "action"):
        if not _ACTION.fullmatch(action):
            raise _malformed_policy(f"Policy has invalid action: {action}")
    for resource in _texts(statement.get("Resource", statement.get("NotResource")), "resource"):
        if not _is_of(resource, bucket):
            raise _malformed_policy(f"Policy has invalid resource: {resource}")
    _check_condition(statement.get("Condition", {}))


def _check_principal(principal: Any) -> None:
    if principal == "*":
        return
    if not isinstance(principal, dict) or not principal or principal.keys() - _PRINCIPALS:
        raise _malformed_policy(f"Invalid principal in policy: {json.dumps(principal)}")
    for values in principal.values():
        _texts(values, "principal")


def _check_condition(condition: Any) -> None:
    if not isinstance(condition, dict):
        raise _malformed_policy("Condition must be an object")
    for operator, tests in condition.items():
        if not _OPERATOR.fullmatch(operator):
            raise _malformed_policy(f"Invalid Condition type : {operator}")
        if not isinstance(tests, dict) or not tests:
            raise _malformed_policy(
                f"Conditions of {operator} must be an object of keys and values"
            )


def _is_of(resource: str, bucket: str) -> bool:
    """Whether an ARN, which may have wildcards, can be that of the bucket or of objects in it."""
    partition, separator, name = resource.partition(":s3:::")
    if not separator or not partition.startswith("arn:aws"):
        return False
    return matches_pattern(bucket, name.partition("/")[0], single="?")


def _anyone(principal: Any) -> bool:
    return principal == "*" or (
        isinstance(principal, dict) and "*" in _as_list(principal.get("AWS"))
    )


def _check_policy_names(members: Any, known_names: frozenset[str]) -> None:
    if unknown := sorted(members.keys() - known_names):
        raise _malformed_policy(f"Unknown field {unknown[0]}")


def _texts(value: Any, member: str) -> list[str]:
    texts = _as_list(value)
    if not texts or not all(isinstance(text, str) and text for text in texts):
        raise _malformed_policy(f"Policy has invalid {member}: {json.dumps(value)}")
    return texts


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _malformed_policy(reason: str) -> ServiceError:
    return ServiceError("MalformedPolicy", reason)


NEW_BUCKET_BLOCKS = public_access_block(dict.fromkeys(_BLOCKS, True))  # since April 2023
