"""Buckets: create, delete, list, and the subresources of each.

SUBRESOURCES is the table of the subresources, such as `?cors` and `?policy`:

    check     refuses what S3 would refuse, and returns the value to store
    missing   the error of a get if no value was put; or else
    default   S3's value for every bucket until one is put
    read      the response of a get, from the stored value

docs/buckets.md says which of them have an effect on the laptop.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.local.s3 import configurations
from app.local.s3.content import MOST_BUCKET_TAGS, check_tags
from app.local.s3.errors import invalid, malformed_xml, not_implemented
from app.local.s3.storage import Buckets, is_bucket_name
from app.local.s3.storage.events import timestamp
from app.local.s3.storage.registry import VERSIONING
from app.local.wire import JSON, Call, Handler, Service, ServiceError

MOST_BUCKETS = 10_000  # of a page
ENFORCED = "BucketOwnerEnforced"


class BucketOperations:
    """The operations on buckets themselves, and on their notifications.

    Args:
        buckets: the storage.
        account: the id of the buckets' owner.
        region: the region of the buckets.
        send: sends a message, its second argument, to the queue with the ARN that is its first.
            Raises KeyError if there is no such queue.
    """

    def __init__(
        self, buckets: Buckets, account: str, region: str, send: Callable[[str, str], None]
    ) -> None:
        self._buckets, self._account, self._region, self._send = buckets, account, region, send

    def handlers(self) -> Service:
        return {
            "CreateBucket": self.create,
            "DeleteBucket": self.delete,
            "HeadBucket": self.head,
            "ListBuckets": self.list,
            "GetBucketLocation": self.location,
            "GetBucketNotificationConfiguration": self.get_notifications,
            "PutBucketNotificationConfiguration": self.put_notifications,
        }

    def create(self, call: Call) -> JSON:
        name = call.params["Bucket"]
        configuration = call.params.get("CreateBucketConfiguration", {})
        location = configuration.get("LocationConstraint", "")
        if not is_bucket_name(name):
            raise ServiceError(
                "InvalidBucketName", "The specified bucket is not valid.", BucketName=name
            )
        if location == "us-east-1":
            message = "The specified location-constraint is not valid"
            raise ServiceError("InvalidLocationConstraint", message, LocationConstraint=location)
        _check_bucket_type(call.params, configuration)
        tags = configuration.get("Tags", [])
        created = self._buckets.create(name, location)
        if created and tags:
            self._buckets.set_subresource(name, "tagging", {"TagSet": tags})
        if not created and self._region != "us-east-1":
            message = (
                "Your previous request to create the named bucket succeeded and you already own it."
            )
            raise ServiceError("BucketAlreadyOwnedByYou", message, BucketName=name)
        return {"Location": f"/{name}", "BucketArn": f"arn:aws:s3:::{name}"}

    def delete(self, call: Call) -> JSON:
        self._buckets.remove(call.params["Bucket"])
        return {}

    def head(self, call: Call) -> JSON:
        name = call.params["Bucket"]
        region = self._buckets.row(name)["location"] or self._region
        return {"BucketRegion": region, "BucketArn": f"arn:aws:s3:::{name}"}

    def list(self, call: Call) -> JSON:
        params = call.params
        prefix, after = params.get("Prefix", ""), params.get("ContinuationToken", "")
        limit = params.get("MaxBuckets", MOST_BUCKETS)
        names = [name for name in self._buckets.names() if name.startswith(prefix) and name > after]
        result: JSON = {
            "Buckets": [self._entry(name) for name in names[:limit]],
            "Owner": {"ID": self._account},
        }
        if len(names) > limit:
            result["ContinuationToken"] = names[limit - 1]
        return result | ({"Prefix": prefix} if prefix else {})

    def location(self, call: Call) -> JSON:
        location = self._buckets.row(call.params["Bucket"])["location"]
        return {"LocationConstraint": location} if location else {}

    def get_notifications(self, call: Call) -> JSON:
        stored: JSON = json.loads(self._buckets.row(call.params["Bucket"])["notifications"])
        return stored

    def put_notifications(self, call: Call) -> JSON:
        bucket = call.params["Bucket"]
        # An EventBridgeConfiguration is empty: that it is there is what it says.
        configuration = {
            name: value
            for name, value in call.params["NotificationConfiguration"].items()
            if value or name == "EventBridgeConfiguration"
        }
        for name in configuration.keys() - {"QueueConfigurations"}:
            raise ServiceError(
                "NotImplemented", f"The stand-in sends events to queues, not {name}."
            )
        self._buckets.folder(bucket)
        for number, queue in enumerate(configuration.get("QueueConfigurations", [])):
            queue.setdefault("Id", f"{bucket}-{number}")
            configurations.check_notifications(queue)
            if not call.params.get("SkipDestinationValidation"):
                self._send_test_event(bucket, queue["QueueArn"], call.request_id)
        self._buckets.set_notifications(bucket, configuration)
        return {}

    def _send_test_event(self, bucket: str, arn: str, request_id: str) -> None:
        """Send the message by which S3 tests whether the queue exists."""
        message = {
            "Service": "Amazon S3",
            "Event": "s3:TestEvent",
            "Time": timestamp(),
            "Bucket": bucket,
            "RequestId": request_id,
            "HostId": request_id,
        }
        try:
            self._send(arn, json.dumps(message))
        except KeyError as error:
            text = "Unable to validate the following destination configurations"
            raise invalid(arn, "The destination queue does not exist", text) from error

    def _entry(self, name: str) -> JSON:
        row = self._buckets.row(name)
        return {
            "Name": name,
            "CreationDate": datetime.fromtimestamp(int(row["created"]), UTC),
            "BucketRegion": row["location"] or self._region,
            "BucketArn": f"arn:aws:s3:::{name}",
        }


def _check_bucket_type(params: JSON, configuration: JSON) -> None:
    """Refuse all buckets but general purpose ones without ACLs."""
    if unknown := configuration.keys() & {"Location", "Bucket"}:
        raise not_implemented(min(unknown))
    if params.get("BucketNamespace", "global") != "global":
        raise not_implemented("BucketNamespace")
    check_ownership(params.get("ObjectOwnership", ENFORCED))
    check_tags(configuration.get("Tags", []), MOST_BUCKET_TAGS)


@dataclass(frozen=True)
class Subresource:
    """A row of the table.

    Attributes:
        operations: the names of put, get and delete; S3 has no delete for some.
        check: takes the buckets and the put's parameters.
    """

    name: str
    operations: tuple[str, ...]
    check: Callable[[Buckets, JSON], Any]
    missing: ServiceError | None = None
    default: JSON = field(default_factory=dict)
    read: Callable[[Any], JSON] = lambda value: value


class SubresourceOperations:
    """Put, get and delete of every row of SUBRESOURCES."""

    def __init__(self, buckets: Buckets) -> None:
        self._buckets = buckets

    def handlers(self) -> Service:
        handlers: dict[str, Handler] = {"GetBucketPolicyStatus": self.policy_status}
        for row in SUBRESOURCES:
            handlers |= zip(row.operations, self._handlers(row), strict=False)
        return handlers

    def policy_status(self, call: Call) -> JSON:
        bucket = call.params["Bucket"]
        policy = configurations.check_policy(self._get(_POLICY, bucket)["Policy"], bucket)
        return {"PolicyStatus": {"IsPublic": configurations.is_public(policy)}}

    def _handlers(self, row: Subresource) -> Iterator[Handler]:
        def put(call: Call) -> JSON:
            bucket = call.params["Bucket"]
            self._buckets.folder(bucket)
            value = row.check(self._buckets, call.params)
            self._buckets.set_subresource(bucket, row.name, value)
            return {}

        def get(call: Call) -> JSON:
            return row.read(self._get(row, call.params["Bucket"]))

        def delete(call: Call) -> JSON:
            self._buckets.set_subresource(call.params["Bucket"], row.name, None)
            return {}

        yield from (put, get, delete)

    def _get(self, row: Subresource, bucket: str) -> Any:
        value = self._buckets.subresource(bucket, row.name, row.default or None)
        if value is None and row.missing:
            raise ServiceError(row.missing.code, row.missing.message, BucketName=bucket)
        return row.default if value is None else value


def _cors(_: Buckets, params: JSON) -> JSON:
    configurations.check_cors(params["CORSConfiguration"])
    return dict(params["CORSConfiguration"])


def _encryption(_: Buckets, params: JSON) -> JSON:
    configurations.check_default_encryption(params["ServerSideEncryptionConfiguration"])
    return {"ServerSideEncryptionConfiguration": params["ServerSideEncryptionConfiguration"]}


def _lifecycle(_: Buckets, params: JSON) -> JSON:
    name = "TransitionDefaultMinimumObjectSize"
    if "LifecycleConfiguration" not in params:  # in the model it may be left out
        raise ServiceError("MissingRequestBodyError", "Request Body is empty")
    return {
        "Rules": configurations.check_lifecycle(params["LifecycleConfiguration"]),
        name: params.get(name, "all_storage_classes_128K"),
    }


def _read_lifecycle(value: JSON) -> JSON:
    return value | {"Rules": configurations.read_lifecycle(value["Rules"])}


def _logging(buckets: Buckets, params: JSON) -> JSON:
    status = params["BucketLoggingStatus"]
    if logging := status.get("LoggingEnabled"):
        if logging.get("TargetGrants"):
            raise not_implemented("TargetGrants")
        target = logging["TargetBucket"]
        if not buckets.is_bucket(target):
            message = "The target bucket for logging does not exist"
            raise ServiceError("InvalidTargetBucketForLogging", message, TargetBucket=target)
    return dict(status)


def _ownership(_: Buckets, params: JSON) -> JSON:
    rules = params["OwnershipControls"]["Rules"]
    if len(rules) != 1:
        raise malformed_xml("there is one rule of ownership.")
    check_ownership(rules[0]["ObjectOwnership"])
    return {"OwnershipControls": params["OwnershipControls"]}


def check_ownership(ownership: str) -> None:
    """Refuse the two settings of ownership that allow ACLs, which the stand-in does not have."""
    if ownership != ENFORCED:
        raise not_implemented(f"ObjectOwnership {ownership}")


def _policy(buckets: Buckets, params: JSON) -> JSON:
    bucket = params["Bucket"]
    blocks = buckets.subresource(bucket, "publicAccessBlock", configurations.NEW_BUCKET_BLOCKS)
    configurations.check_new_policy(params["Policy"], bucket, blocks)
    return {"Policy": params["Policy"]}


def _public_access(_: Buckets, params: JSON) -> JSON:
    return configurations.public_access_block(params["PublicAccessBlockConfiguration"])


def _tagging(_: Buckets, params: JSON) -> JSON:
    check_tags(params["Tagging"]["TagSet"], MOST_BUCKET_TAGS)
    return {"TagSet": params["Tagging"]["TagSet"]}


def _versioning(_: Buckets, params: JSON) -> str:
    configuration = params["VersioningConfiguration"]
    if configuration.get("MFADelete") == "Enabled":
        raise not_implemented("MfaDelete")
    if "Status" not in configuration:
        raise malformed_xml("a VersioningConfiguration has a Status.")
    return str(configuration["Status"])


def _read_versioning(status: str) -> JSON:
    return {"Status": status} if status else {}


_POLICY = Subresource(
    "policy",
    ("PutBucketPolicy", "GetBucketPolicy", "DeleteBucketPolicy"),
    _policy,
    ServiceError("NoSuchBucketPolicy", "The bucket policy does not exist"),
)
SUBRESOURCES = (
    Subresource(
        "cors",
        ("PutBucketCors", "GetBucketCors", "DeleteBucketCors"),
        _cors,
        ServiceError("NoSuchCORSConfiguration", "The CORS configuration does not exist"),
    ),
    Subresource(
        "encryption",
        ("PutBucketEncryption", "GetBucketEncryption", "DeleteBucketEncryption"),
        _encryption,
        default=configurations.DEFAULT_ENCRYPTION,
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
        "ownershipControls",
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
        "publicAccessBlock",
        ("PutPublicAccessBlock", "GetPublicAccessBlock", "DeletePublicAccessBlock"),
        _public_access,
        ServiceError(
            "NoSuchPublicAccessBlockConfiguration",
            "The public access block configuration was not found",
        ),
        configurations.NEW_BUCKET_BLOCKS,
    ),
    Subresource(
        "tagging",
        ("PutBucketTagging", "GetBucketTagging", "DeleteBucketTagging"),
        _tagging,
        ServiceError("NoSuchTagSet", "The TagSet does not exist"),
    ),
    Subresource(
        VERSIONING,
        ("PutBucketVersioning", "GetBucketVersioning"),
        _versioning,
        read=_read_versioning,
    ),
)
