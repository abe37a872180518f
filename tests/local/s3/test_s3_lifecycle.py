"""Rules of a bucket's lifecycle."""

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.local.s3.refusing import refused

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


RULE: dict[str, Any] = {
    "ID": "old",
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
}


def live(s3: "S3Client", bucket: str, *rules: dict[str, Any]) -> None:
    configuration: Any = {"Rules": list(rules)}
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration=configuration)


def test_a_lifecycle_is_kept(s3: "S3Client", bucket: str) -> None:
    get = partial(s3.get_bucket_lifecycle_configuration, Bucket=bucket)
    assert refused(get) == "NoSuchLifecycleConfiguration"
    midnight = datetime(2030, 1, 1, tzinfo=UTC)
    rules = [
        RULE,
        {
            "ID": "uploads",
            "Status": "Enabled",
            "Filter": {},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
            "Expiration": {"ExpiredObjectDeleteMarker": True},
        },
        {
            "ID": "dated",
            "Status": "Disabled",
            "Filter": {"And": {"Prefix": "a/", "Tags": [{"Key": "k", "Value": "v"}]}},
            "Expiration": {"Date": midnight},
            "Transitions": [{"Days": 0, "StorageClass": "GLACIER"}],
        },
    ]
    live(s3, bucket, *rules)
    assert get()["Rules"] == rules
    live(s3, bucket, {name: value for name, value in RULE.items() if name != "ID"})
    assert get()["Rules"][0]["ID"]
    s3.delete_bucket_lifecycle(Bucket=bucket)
    assert refused(get) == "NoSuchLifecycleConfiguration"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Prefix": ""}, "MalformedXML"),
        ({"Filter": {"Prefix": "a", "Tag": {"Key": "k", "Value": "v"}}}, "MalformedXML"),
        ({"NoncurrentVersionExpiration": {}}, "InvalidRequest"),
        ({"NoncurrentVersionExpiration": {"NoncurrentDays": 0}}, "InvalidArgument"),
        ({"Expiration": {"Days": -1}}, "InvalidArgument"),
        ({"Expiration": {"Days": 1, "ExpiredObjectDeleteMarker": True}}, "MalformedXML"),
        ({"Expiration": {"Date": datetime(2030, 1, 1, 5, tzinfo=UTC)}}, "InvalidArgument"),
        ({"Transitions": [{"StorageClass": "GLACIER"}]}, "MalformedXML"),
        ({"Transitions": [{"Days": 1}]}, "MalformedXML"),
        ({"ID": "x" * 256}, "InvalidArgument"),
        (
            {
                "Filter": {"Tag": {"Key": "k", "Value": "v"}},
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
            },
            "InvalidRequest",
        ),
    ],
    ids=str,
)
def test_a_lifecycle_rule_that_breaks_a_rule_of_s3_is_refused(
    s3: "S3Client", bucket: str, change: dict[str, Any], code: str
) -> None:
    assert refused(partial(live, s3, bucket, RULE | change)) == code


def test_rules_of_a_lifecycle_have_names_of_their_own(s3: "S3Client", bucket: str) -> None:
    assert refused(partial(live, s3, bucket, RULE, RULE)) == "InvalidArgument"


def test_a_lifecycle_needs_a_configuration(s3: "S3Client", bucket: str) -> None:
    put = partial(s3.put_bucket_lifecycle_configuration, Bucket=bucket)
    assert refused(put) == "MissingRequestBodyError"
