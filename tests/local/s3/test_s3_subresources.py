"""What is said of a bucket is checked, kept through a restart, and given back."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.local.home import home
from tests.local.s3.putting import scratch
from tests.local.s3.refusing import refused

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def test_everything_public_is_blocked_until_somebody_says_otherwise(
    s3: "S3Client", bucket: str
) -> None:
    get = partial(s3.get_public_access_block, Bucket=bucket)
    assert set(get()["PublicAccessBlockConfiguration"].values()) == {True}
    configuration = {"BlockPublicAcls": True, "RestrictPublicBuckets": True}
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=configuration)  # type: ignore[arg-type]
    off = {"IgnorePublicAcls": False, "BlockPublicPolicy": False}
    assert get()["PublicAccessBlockConfiguration"] == configuration | off
    s3.delete_public_access_block(Bucket=bucket)
    assert refused(get) == "NoSuchPublicAccessBlockConfiguration"


def test_the_owner_owns_everything(s3: "S3Client", bucket: str) -> None:
    enforced: Any = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    get = partial(s3.get_bucket_ownership_controls, Bucket=bucket)
    assert get()["OwnershipControls"] == enforced
    s3.delete_bucket_ownership_controls(Bucket=bucket)
    assert refused(get) == "OwnershipControlsNotFoundError"
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=enforced)
    assert get()["OwnershipControls"] == enforced
    writer: Any = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    put = partial(s3.put_bucket_ownership_controls, Bucket=bucket, OwnershipControls=writer)
    assert refused(put) == "NotImplemented"
    create = partial(s3.create_bucket, Bucket=f"{bucket}-2", ObjectOwnership="ObjectWriter")
    assert refused(create) == "NotImplemented"
    assert bucket + "-2" not in [one["Name"] for one in s3.list_buckets()["Buckets"]]


def test_where_logs_would_go(s3: "S3Client", bucket: str) -> None:
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=bucket)
    target: Any = {"TargetBucket": bucket, "TargetPrefix": "logs/"}
    put = partial(s3.put_bucket_logging, Bucket=bucket)
    put(BucketLoggingStatus={"LoggingEnabled": target})
    assert s3.get_bucket_logging(Bucket=bucket)["LoggingEnabled"] == target
    nowhere: Any = {"LoggingEnabled": target | {"TargetBucket": "no-such-bucket"}}
    assert refused(partial(put, BucketLoggingStatus=nowhere)) == "InvalidTargetBucketForLogging"
    put(BucketLoggingStatus={})
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=bucket)


def test_what_is_not_there_is_refused_by_name(s3: "S3Client", bucket: str) -> None:
    calls: list[tuple[Callable[..., Any], str]] = [
        (s3.get_bucket_website, "GetBucketWebsite"),
        (s3.get_bucket_acl, "GetBucketAcl"),
        (s3.get_bucket_replication, "GetBucketReplication"),
        (s3.get_object_lock_configuration, "GetObjectLockConfiguration"),
    ]
    for call, name in calls:
        with pytest.raises(ClientError, match=f"NotImplemented.*{name}"):
            call(Bucket=bucket)
    with pytest.raises(ClientError, match=r"NotImplemented.*EventBridgeConfiguration"):
        s3.put_bucket_notification_configuration(
            Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}}
        )


def test_nothing_is_said_of_a_bucket_that_is_not_there(s3: "S3Client") -> None:
    calls: list[Callable[..., Any]] = [
        s3.get_bucket_cors,
        s3.get_bucket_encryption,
        s3.get_bucket_policy,
        s3.get_bucket_tagging,
        s3.get_bucket_versioning,
        s3.delete_bucket_cors,
        s3.list_object_versions,
        partial(s3.put_bucket_versioning, VersioningConfiguration={"Status": "Enabled"}),
    ]
    for call in calls:
        assert refused(partial(call, Bucket="no-such-bucket")) == "NoSuchBucket"


def test_a_restart_changes_nothing_and_a_new_bucket_of_the_name_begins_anew() -> None:
    tags: Any = [{"Key": "app", "Value": "outcrop"}]
    with scratch() as folder:
        with home(folder) as running:
            running.s3.create_bucket(Bucket="documents")
            running.s3.put_bucket_tagging(Bucket="documents", Tagging={"TagSet": tags})
        with home(folder) as running:
            get = partial(running.s3.get_bucket_tagging, Bucket="documents")
            assert get()["TagSet"] == tags
            running.s3.delete_bucket(Bucket="documents")
            running.s3.create_bucket(Bucket="documents")
            assert refused(get) == "NoSuchTagSet"
