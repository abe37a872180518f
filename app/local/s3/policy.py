"""Bucket policies: what S3 would refuse is refused. Nobody is authorised here, so that a policy has
no effect.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html and, for its words,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshooting-policy-errors.html
"""

import json
import re
from typing import Any

from app.local.control.wildcards import fits
from app.local.wire import JSON, ServiceError

LARGEST = 20 * 1024  # bytes
VERSIONS = ("2008-10-17", "2012-10-17")
_TOP = frozenset({"Version", "Id", "Statement"})
_PAIRS = (("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource"))
_STATEMENT = frozenset({"Sid", "Effect", "Condition", *(name for pair in _PAIRS for name in pair)})
_PRINCIPALS = frozenset({"AWS", "CanonicalUser", "Federated", "Service"})
_ACTION = re.compile(r"\*|s3:[A-Za-z*?]+")
_OPERATOR = re.compile(
    r"(ForAllValues:|ForAnyValue:)?"
    r"(String(Not)?(Equals(IgnoreCase)?|Like)|Numeric(Not)?Equals|Numeric(Less|Greater)Than(Equals)?"
    r"|Date(Not)?Equals|Date(Less|Greater)Than(Equals)?|Bool|BinaryEquals|(Not)?IpAddress"
    r"|Arn(Not)?(Equals|Like))(IfExists)?|Null"
)


def check(text: str, bucket: str) -> JSON:
    """The policy, read.

    Raises:
        ServiceError: MalformedPolicy, which says what is wrong.
    """
    if len(text.encode()) > LARGEST:
        raise _malformed(f"Policy exceeds the maximum allowed document size of {LARGEST} bytes")
    if not text.startswith("{"):
        raise _malformed("Policies must be valid JSON and the first byte must be '{'")
    try:
        policy = json.loads(text)
    except ValueError as error:
        raise _malformed(f"This policy contains invalid Json: {error}") from error
    _check_names(policy, _TOP)
    if policy.get("Version", VERSIONS[0]) not in VERSIONS:
        raise _malformed("The policy must contain a valid version string")
    if not policy.get("Statement"):
        raise _malformed("Missing required field Statement")
    for statement in _listed(policy["Statement"]):
        _check_statement(statement, bucket)
    return dict(policy)


def is_public(policy: JSON) -> bool:
    """Whether a statement lets anyone in, under no condition:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """
    return any(
        statement["Effect"] == "Allow"
        and not statement.get("Condition")
        and ("NotPrincipal" in statement or _anyone(statement["Principal"]))
        for statement in _listed(policy["Statement"])
    )


def _check_statement(statement: Any, bucket: str) -> None:
    if not isinstance(statement, dict):
        raise _malformed("Statement must be an object, or a list of them")
    _check_names(statement, _STATEMENT)
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise _malformed(f"Invalid effect: {statement.get('Effect')}")
    for name, negated in _PAIRS:
        if (name in statement) == (negated in statement):
            raise _malformed(f"Missing required field {name}: a statement has it, or {negated}")
    _check_principal(statement.get("Principal", statement.get("NotPrincipal")))
    for action in _texts(statement.get("Action", statement.get("NotAction")), "action"):
        if not _ACTION.fullmatch(action):
            raise _malformed(f"Policy has invalid action: {action}")
    for resource in _texts(statement.get("Resource", statement.get("NotResource")), "resource"):
        if not _is_of(resource, bucket):
            raise _malformed(f"Policy has invalid resource: {resource}")
    _check_condition(statement.get("Condition", {}))


def _check_principal(principal: Any) -> None:
    if principal == "*":
        return
    if not isinstance(principal, dict) or not principal or principal.keys() - _PRINCIPALS:
        raise _malformed(f"Invalid principal in policy: {json.dumps(principal)}")
    for values in principal.values():
        _texts(values, "principal")


def _check_condition(condition: Any) -> None:
    if not isinstance(condition, dict):
        raise _malformed("Condition must be an object")
    for operator, tests in condition.items():
        if not _OPERATOR.fullmatch(operator):
            raise _malformed(f"Invalid Condition type : {operator}")
        if not isinstance(tests, dict) or not tests:
            raise _malformed(f"Conditions of {operator} must be an object of keys and values")


def _is_of(resource: str, bucket: str) -> bool:
    """Whether an ARN can be that of the bucket, or of objects in it."""
    partition, found, name = resource.partition(":s3:::")
    pattern = name.partition("/")[0]
    named = bool(found) and partition.startswith("arn:aws")
    return named and fits(bucket, pattern, single="?")


def _anyone(principal: Any) -> bool:
    return principal == "*" or (
        isinstance(principal, dict) and "*" in _listed(principal.get("AWS"))
    )


def _check_names(given: Any, known: frozenset[str]) -> None:
    if unknown := sorted(given.keys() - known):
        raise _malformed(f"Unknown field {unknown[0]}")


def _texts(value: Any, what: str) -> list[str]:
    texts = _listed(value)
    if not texts or not all(isinstance(text, str) and text for text in texts):
        raise _malformed(f"Policy has invalid {what}: {json.dumps(value)}")
    return texts


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _malformed(why: str) -> ServiceError:
    return ServiceError("MalformedPolicy", why)
