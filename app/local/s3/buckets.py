"""Buckets: create, delete, find, and say whom their events go to."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

from app.local.s3.errors import invalid, not_implemented
from app.local.s3.storage import Buckets, is_bucket_name
from app.local.s3.storage.events import timestamp
from app.local.s3.subresources import ENFORCED, TAGGING, check_ownership
from app.local.s3.tags import MOST_OF_BUCKET, check_tags
from app.local.wire import JSON, Call, Service, ServiceError

MOST_BUCKETS = 10_000  # of a page


class BucketOperations:
    """What is done to a bucket, not to what it holds.

    Args:
        buckets: all of them.
        account: who owns them.
        region: where they are.
        send: to the queue of this ARN, this message; KeyError: there is no such queue.
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
            "GetBucketNotificationConfiguration": self.notifications,
            "PutBucketNotificationConfiguration": self.notify,
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
        _check_kind(call.params, configuration)
        tags = configuration.get("Tags", [])
        created = self._buckets.create(name, location)
        if created and tags:
            self._buckets.keep(name, TAGGING, {"TagSet": tags})
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
        region = self._buckets.about(name)["location"] or self._region
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
        location = self._buckets.about(call.params["Bucket"])["location"]
        return {"LocationConstraint": location} if location else {}

    def notifications(self, call: Call) -> JSON:
        stored: JSON = json.loads(self._buckets.about(call.params["Bucket"])["notifications"])
        return stored

    def notify(self, call: Call) -> JSON:
        bucket = call.params["Bucket"]
        # There is nothing in an EventBridgeConfiguration: it says what it says by being there.
        wanted = {
            name: value
            for name, value in call.params["NotificationConfiguration"].items()
            if value or name == "EventBridgeConfiguration"
        }
        for name in wanted.keys() - {"QueueConfigurations"}:
            raise ServiceError(
                "NotImplemented", f"The stand-in sends events to queues, not {name}."
            )
        self._buckets.folder(bucket)
        configurations = wanted.get("QueueConfigurations", [])
        for number, configuration in enumerate(configurations):
            configuration.setdefault("Id", f"{bucket}-{number}")
            _check_rules(configuration)
            if not call.params.get("SkipDestinationValidation"):
                self._greet(bucket, configuration["QueueArn"], call.request_id)
        self._buckets.notify(bucket, wanted)
        return {}

    def _greet(self, bucket: str, arn: str, request_id: str) -> None:
        """The message that S3 sends to see whether there is somebody to hear it."""
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
        row = self._buckets.about(name)
        return {
            "Name": name,
            "CreationDate": datetime.fromtimestamp(int(row["created"]), UTC),
            "BucketRegion": row["location"] or self._region,
            "BucketArn": f"arn:aws:s3:::{name}",
        }


def _check_kind(params: JSON, configuration: JSON) -> None:
    """A bucket for general purposes, without ACLs, is all that there is here."""
    if unknown := configuration.keys() & {"Location", "Bucket"}:
        raise not_implemented(min(unknown))
    if params.get("BucketNamespace", "global") != "global":
        raise not_implemented("BucketNamespace")
    check_ownership(params.get("ObjectOwnership", ENFORCED))
    check_tags(configuration.get("Tags", []), MOST_OF_BUCKET)


def _check_rules(configuration: JSON) -> None:
    rules = configuration.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    names = [rule.get("Name") for rule in rules]
    if len(set(names)) < len(names):
        message = "Cannot specify more than one prefix or one suffix rule in a filter."
        raise invalid("FilterRule.Name", names, message)
