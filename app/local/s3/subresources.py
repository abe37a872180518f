"""What is said of a bucket and kept: each a subresource, `?cors`, with a put, a get and a delete.

    check    refuses what S3 would refuse, and returns what is kept: the result of the get
    absent   the error of a get where nothing is kept; or else
    default  what S3 says of every bucket of whom nothing else was said

What of this has an effect here, docs/buckets.md says.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.local.s3 import (
    cors,
    encryption,
    lifecycle,
    policy,
)
from app.local.s3.errors import malformed_xml, not_implemented
from app.local.s3.storage import Buckets
from app.local.s3.tags import MOST_OF_BUCKET, check_tags
from app.local.wire import JSON, Call, Handler, Service, ServiceError

TAGGING, OWNERSHIP = "tagging", "ownershipControls"
PUBLIC_ACCESS = "publicAccessBlock"
ENFORCED = "BucketOwnerEnforced"
_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


@dataclass(frozen=True)
class Subresource:
    """`operations` are the names of put, get and delete, as far as S3 has them."""

    name: str
    operations: tuple[str, ...]
    check: Callable[[Buckets, JSON], JSON]
    absent: ServiceError | None = None
    default: JSON = field(default_factory=dict)
    read: Callable[[JSON], JSON] = lambda kept: kept


class Subresources:
    def __init__(self, buckets: Buckets) -> None:
        self._buckets = buckets

    def handlers(self) -> Service:
        handlers: dict[str, Handler] = {"GetBucketPolicyStatus": self.policy_status}
        for one in SUBRESOURCES:
            handlers |= zip(one.operations, self._handlers(one), strict=False)
        return handlers

    def policy_status(self, call: Call) -> JSON:
        kept = self._get(_POLICY, call.params["Bucket"])
        checked = policy.check(kept["Policy"], call.params["Bucket"])
        return {"PolicyStatus": {"IsPublic": policy.is_public(checked)}}

    def _handlers(self, one: Subresource) -> Iterator[Handler]:
        def put(call: Call) -> JSON:
            bucket = call.params["Bucket"]
            self._buckets.folder(bucket)
            self._buckets.keep(bucket, one.name, one.check(self._buckets, call.params))
            return {}

        def get(call: Call) -> JSON:
            return one.read(self._get(one, call.params["Bucket"]))

        def delete(call: Call) -> JSON:
            self._buckets.keep(call.params["Bucket"], one.name, None)
            return {}

        yield from (put, get, delete)

    def _get(self, one: Subresource, bucket: str) -> JSON:
        kept: JSON | None = self._buckets.kept(bucket, one.name, one.default or None)
        if kept is None and one.absent:
            raise ServiceError(one.absent.code, one.absent.message, BucketName=bucket)
        return one.default if kept is None else kept


def _cors(_: Buckets, params: JSON) -> JSON:
    cors.check_rules(params["CORSConfiguration"])
    return dict(params["CORSConfiguration"])


def _encryption(_: Buckets, params: JSON) -> JSON:
    encryption.check_default(params["ServerSideEncryptionConfiguration"])
    return {"ServerSideEncryptionConfiguration": params["ServerSideEncryptionConfiguration"]}


def _lifecycle(_: Buckets, params: JSON) -> JSON:
    name = "TransitionDefaultMinimumObjectSize"
    if "LifecycleConfiguration" not in params:  # in the model it may be left out
        raise ServiceError("MissingRequestBodyError", "Request Body is empty")
    return {
        "Rules": lifecycle.checked(params["LifecycleConfiguration"]),
        name: params.get(name, "all_storage_classes_128K"),
    }


def _read_lifecycle(kept: JSON) -> JSON:
    return kept | {"Rules": lifecycle.read(kept["Rules"])}


def _logging(buckets: Buckets, params: JSON) -> JSON:
    status = params["BucketLoggingStatus"]
    if wanted := status.get("LoggingEnabled"):
        if wanted.get("TargetGrants"):
            raise not_implemented("TargetGrants")
        if not buckets.is_bucket(wanted["TargetBucket"]):
            message = "The target bucket for logging does not exist"
            raise ServiceError(
                "InvalidTargetBucketForLogging", message, TargetBucket=wanted["TargetBucket"]
            )
    return dict(status)


def _ownership(_: Buckets, params: JSON) -> JSON:
    rules = params["OwnershipControls"]["Rules"]
    if len(rules) != 1:
        raise malformed_xml("there is one rule of ownership.")
    check_ownership(rules[0]["ObjectOwnership"])
    return {"OwnershipControls": params["OwnershipControls"]}


def check_ownership(ownership: str) -> None:
    """The two other kinds are about ACLs, which the stand-in has not."""
    if ownership != ENFORCED:
        raise not_implemented(f"ObjectOwnership {ownership}")


def _policy(buckets: Buckets, params: JSON) -> JSON:
    bucket = params["Bucket"]
    checked = policy.check(params["Policy"], bucket)
    blocks = buckets.kept(bucket, PUBLIC_ACCESS, _EVERYTHING_BLOCKED) or _NOTHING_BLOCKED
    if policy.is_public(checked) and blocks["PublicAccessBlockConfiguration"]["BlockPublicPolicy"]:
        message = (
            "Access Denied: public policies are prevented by the BlockPublicPolicy setting in "
            "S3 Block Public Access."
        )
        raise ServiceError("AccessDenied", message)
    return {"Policy": params["Policy"]}


def _public_access(_: Buckets, params: JSON) -> JSON:
    configuration = params["PublicAccessBlockConfiguration"]
    blocks = {name: configuration.get(name, False) for name in _BLOCKS}
    return {"PublicAccessBlockConfiguration": blocks}


def _tagging(_: Buckets, params: JSON) -> JSON:
    check_tags(params["Tagging"]["TagSet"], MOST_OF_BUCKET)
    return {"TagSet": params["Tagging"]["TagSet"]}


def _blocks(value: bool) -> Mapping[str, Any]:
    return {"PublicAccessBlockConfiguration": dict.fromkeys(_BLOCKS, value)}


_EVERYTHING_BLOCKED, _NOTHING_BLOCKED = _blocks(True), _blocks(False)  # the first since April 2023
_POLICY = Subresource(
    "policy",
    ("PutBucketPolicy", "GetBucketPolicy", "DeleteBucketPolicy"),
    _policy,
    ServiceError("NoSuchBucketPolicy", "The bucket policy does not exist"),
)
SUBRESOURCES = (
    Subresource(
        cors.NAME,
        ("PutBucketCors", "GetBucketCors", "DeleteBucketCors"),
        _cors,
        ServiceError("NoSuchCORSConfiguration", "The CORS configuration does not exist"),
    ),
    Subresource(
        encryption.NAME,
        ("PutBucketEncryption", "GetBucketEncryption", "DeleteBucketEncryption"),
        _encryption,
        default=encryption.DEFAULT,
    ),
    Subresource(
        "lifecycle",
        (
            "PutBucketLifecycleConfiguration",
            "GetBucketLifecycleConfiguration",
            "DeleteBucketLifecycle",
        ),
        _lifecycle,
        ServiceError("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"),
        read=_read_lifecycle,
    ),
    Subresource("logging", ("PutBucketLogging", "GetBucketLogging"), _logging),
    Subresource(
        OWNERSHIP,
        (
            "PutBucketOwnershipControls",
            "GetBucketOwnershipControls",
            "DeleteBucketOwnershipControls",
        ),
        _ownership,
        ServiceError(
            "OwnershipControlsNotFoundError", "The bucket ownership controls were not found"
        ),
        {"OwnershipControls": {"Rules": [{"ObjectOwnership": ENFORCED}]}},
    ),
    _POLICY,
    Subresource(
        PUBLIC_ACCESS,
        ("PutPublicAccessBlock", "GetPublicAccessBlock", "DeletePublicAccessBlock"),
        _public_access,
        ServiceError(
            "NoSuchPublicAccessBlockConfiguration",
            "The public access block configuration was not found",
        ),
        dict(_EVERYTHING_BLOCKED),
    ),
    Subresource(
        TAGGING,
        ("PutBucketTagging", "GetBucketTagging", "DeleteBucketTagging"),
        _tagging,
        ServiceError("NoSuchTagSet", "The TagSet does not exist"),
    ),
)
