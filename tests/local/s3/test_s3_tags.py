"""Tags of buckets, of objects and of their versions."""

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.local.s3.refusing import refused

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def test_tags_of_a_bucket(s3: "S3Client", bucket: str) -> None:
    get = partial(s3.get_bucket_tagging, Bucket=bucket)
    assert refused(get) == "NoSuchTagSet"
    tags: Any = [{"Key": "app", "Value": "outcrop"}, {"Key": "empty", "Value": ""}]
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags})
    assert get()["TagSet"] == tags
    s3.delete_bucket_tagging(Bucket=bucket)
    assert refused(get) == "NoSuchTagSet"
    configuration: Any = {"Tags": tags}
    s3.create_bucket(Bucket=f"{bucket}-tagged", CreateBucketConfiguration=configuration)
    assert s3.get_bucket_tagging(Bucket=f"{bucket}-tagged")["TagSet"] == tags


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ([("a", "1"), ("a", "2")], "InvalidTag"),
        ([("aws:a", "1")], "InvalidTag"),
        ([("k" * 129, "1")], "InvalidTag"),
        ([("a", "v" * 257)], "InvalidTag"),
        ([("a", "<b>")], "InvalidTag"),
        ([(f"k{number}", "") for number in range(11)], "BadRequest"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_tags_that_break_a_rule_are_refused(
    s3: "S3Client", bucket: str, tags: list[tuple[str, str]], code: str
) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"")
    tagging: Any = {"TagSet": [{"Key": key, "Value": value} for key, value in tags]}
    put = partial(s3.put_object_tagging, Bucket=bucket, Key="a", Tagging=tagging)
    assert refused(put) == code
    assert s3.get_object_tagging(Bucket=bucket, Key="a")["TagSet"] == []


def test_tags_of_an_object_and_of_its_versions(s3: "S3Client", bucket: str) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    at: Any = {"Bucket": bucket, "Key": "a"}
    first = s3.put_object(**at, Body=b"1", Tagging="team=a%20b&draft=")["VersionId"]
    s3.put_object(**at, Body=b"2")

    def tags(**version: Any) -> dict[str, str]:
        answer = s3.get_object_tagging(**at, **version)
        return {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}

    assert (tags(VersionId=first), tags()) == ({"team": "a b", "draft": ""}, {})
    changed: Any = {"TagSet": [{"Key": "k", "Value": "v"}]}
    answer = s3.put_object_tagging(**at, VersionId=first, Tagging=changed)
    assert (answer["VersionId"], tags(VersionId=first), tags()) == (first, {"k": "v"}, {})
    head = s3.head_object(**at, VersionId=first)
    assert (head["TagCount"], head["ETag"]) == (1, s3.get_object(**at, VersionId=first)["ETag"])
    source: Any = {**at, "VersionId": first}
    s3.copy_object(**at, CopySource=source)
    assert tags() == {"k": "v"}
    s3.copy_object(**at, CopySource=source, TaggingDirective="REPLACE", Tagging="x=y")
    assert tags() == {"x": "y"}
    s3.delete_object_tagging(**at)
    assert tags() == {}
    assert refused(partial(s3.put_object, **at, Tagging="a=1&a=2")) == "InvalidTag"
    assert refused(partial(s3.put_object, **at, Tagging="a")) == "InvalidArgument"
    assert refused(partial(s3.get_object_tagging, Bucket=bucket, Key="no")) == "NoSuchKey"
