"""Versions, through boto3: kept, read, listed, removed; and a person beside them."""

import io
import json
import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from app.local.s3.storage import Buckets
from app.local.s3.storage.index import PAGE
from tests.local.home import Home
from tests.local.s3.putting import put as put_directly
from tests.local.s3.putting import scratch

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MIB = 2**20


@pytest.fixture
def versioned(s3: "S3Client", bucket: str) -> str:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return bucket


def suspend(s3: "S3Client", bucket: str) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})


def put(s3: "S3Client", bucket: str, key: str, body: bytes) -> str:
    return s3.put_object(Bucket=bucket, Key=key, Body=body)["VersionId"]


def read(s3: "S3Client", bucket: str, key: str, version: str | None = None) -> bytes:
    named: Any = {"VersionId": version} if version else {}
    return s3.get_object(Bucket=bucket, Key=key, **named)["Body"].read()


def history(s3: "S3Client", bucket: str, **more: Any) -> list[tuple[str, str, bool]]:
    """All versions and markers of a page: key, id, whether it is the newest."""
    page = s3.list_object_versions(Bucket=bucket, **more)
    versions = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
    return [(one["Key"], one["VersionId"], one["IsLatest"]) for one in versions]


def refused(call: Callable[[], Any]) -> tuple[int, str, dict[str, str]]:
    with pytest.raises(ClientError) as caught:
        call()
    response = caught.value.response
    meta = response["ResponseMetadata"]
    return meta["HTTPStatusCode"], response["Error"]["Code"], meta["HTTPHeaders"]


def files(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


def test_the_status_is_kept_and_nothing_is_said_where_it_never_was(
    s3: "S3Client", bucket: str
) -> None:
    assert "Status" not in s3.get_bucket_versioning(Bucket=bucket)
    assert "VersionId" not in s3.put_object(Bucket=bucket, Key="a", Body=b"")
    assert "VersionId" not in s3.get_object(Bucket=bucket, Key="a")
    for status in ("Enabled", "Suspended"):
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})
        assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == status
    bad: list[tuple[Any, str]] = [
        ({}, "MalformedXML"),
        ({"Status": "Enabled", "MFADelete": "Enabled"}, "NotImplemented"),
        ({"Status": "enabled"}, "InvalidArgument"),
    ]
    for configuration, code in bad:
        put_status = partial(s3.put_bucket_versioning, VersioningConfiguration=configuration)
        assert refused(partial(put_status, Bucket=bucket))[1] == code


def test_every_write_is_a_version_and_the_newest_is_the_file(
    s3: "S3Client", versioned: str, folder: Path
) -> None:
    first, second = put(s3, versioned, "a/b", b"1"), put(s3, versioned, "a/b", b"2")
    assert first != second
    assert (folder / "a" / "b").read_bytes() == b"2"
    assert files(folder) == [b"2"]
    assert read(s3, versioned, "a/b") == read(s3, versioned, "a/b", second) == b"2"
    assert read(s3, versioned, "a/b", first) == b"1"
    head = s3.head_object(Bucket=versioned, Key="a/b", VersionId=first)
    assert (head["VersionId"], head["ContentLength"]) == (first, 1)
    assert s3.head_object(Bucket=versioned, Key="a/b")["VersionId"] == second
    assert history(s3, versioned) == [("a/b", second, True), ("a/b", first, False)]
    [listed] = s3.list_objects_v2(Bucket=versioned)["Contents"]
    assert listed["Key"] == "a/b"


def test_a_delete_leaves_a_marker_and_removing_that_brings_the_object_back(
    s3: "S3Client", versioned: str, folder: Path
) -> None:
    first = put(s3, versioned, "a/b", b"1")
    response = s3.delete_object(Bucket=versioned, Key="a/b")
    assert response["DeleteMarker"]
    marker = response["VersionId"]
    assert list(folder.iterdir()) == []
    assert "Contents" not in s3.list_objects_v2(Bucket=versioned)
    status, code, headers = refused(lambda: read(s3, versioned, "a/b"))
    assert (status, code) == (404, "NoSuchKey")
    assert headers["x-amz-delete-marker"] == "true"
    assert headers["x-amz-version-id"] == marker
    status, code, headers = refused(lambda: read(s3, versioned, "a/b", marker))
    assert (status, code, headers["allow"]) == (405, "MethodNotAllowed", "DELETE")
    assert refused(lambda: s3.head_object(Bucket=versioned, Key="a/b"))[0] == 404
    assert history(s3, versioned) == [("a/b", first, False), ("a/b", marker, True)]
    undone = s3.delete_object(Bucket=versioned, Key="a/b", VersionId=marker)
    assert undone["DeleteMarker"]
    assert undone["VersionId"] == marker
    assert read(s3, versioned, "a/b") == b"1"
    assert (folder / "a" / "b").read_bytes() == b"1"


def test_a_delete_of_nothing_leaves_a_marker_too(s3: "S3Client", versioned: str) -> None:
    one, two = (s3.delete_object(Bucket=versioned, Key="a")["VersionId"] for _ in range(2))
    assert history(s3, versioned) == [("a", two, True), ("a", one, False)]


def test_a_version_that_is_removed_is_gone_and_the_one_below_comes_up(
    s3: "S3Client", versioned: str, folder: Path, stand_in: Home
) -> None:
    ids = [put(s3, versioned, "a", body) for body in (b"1", b"2", b"3")]
    answer: Any = s3.delete_object(Bucket=versioned, Key="a", VersionId=ids[1])
    assert answer["VersionId"] == ids[1]
    assert "DeleteMarker" not in answer
    assert files(folder) == [b"3"]
    s3.delete_object(Bucket=versioned, Key="a", VersionId=ids[2])
    assert files(folder) == [b"1"]
    assert history(s3, versioned) == [("a", ids[0], True)]
    assert refused(lambda: read(s3, versioned, "a", ids[2]))[:2] == (404, "NoSuchVersion")
    s3.delete_object(Bucket=versioned, Key="a", VersionId=ids[2])  # again, which does no harm
    s3.delete_object(Bucket=versioned, Key="a", VersionId=ids[0])
    assert refused(lambda: read(s3, versioned, "a"))[1] == "NoSuchKey"
    assert list(folder.iterdir()) == []
    staged = {path.name for path in (stand_in.folder / "s3" / ".state" / "staged").iterdir()}
    assert staged.isdisjoint(ids)


def test_a_name_that_was_a_folder_meanwhile(s3: "S3Client", versioned: str, folder: Path) -> None:
    first = put(s3, versioned, "a", b"file")
    marker = s3.delete_object(Bucket=versioned, Key="a")["VersionId"]
    put(s3, versioned, "a/b", b"below")
    assert read(s3, versioned, "a", first) == b"file"
    s3.delete_object(Bucket=versioned, Key="a", VersionId=marker)
    assert read(s3, versioned, "a") == b"file"
    assert read(s3, versioned, "a/b") == b"below"
    assert sorted(files(folder)) == [b"below", b"file"]


def test_suspended_there_is_one_null_version_in_place_of_the_last(
    s3: "S3Client", bucket: str
) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"before")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    assert s3.get_object(Bucket=bucket, Key="a")["VersionId"] == "null"
    kept = put(s3, bucket, "a", b"kept")
    assert read(s3, bucket, "a", "null") == b"before"
    suspend(s3, bucket)
    assert put(s3, bucket, "a", b"null 1") == "null"
    assert read(s3, bucket, "a", "null") == b"null 1"
    put(s3, bucket, "a", b"null 2")
    assert history(s3, bucket) == [("a", "null", True), ("a", kept, False)]
    assert s3.delete_object(Bucket=bucket, Key="a")["VersionId"] == "null"
    assert history(s3, bucket) == [("a", kept, False), ("a", "null", True)]
    s3.delete_object(Bucket=bucket, Key="a", VersionId="null")
    assert read(s3, bucket, "a") == b"kept"


def test_many_are_deleted_each_with_its_marker_or_version(s3: "S3Client", versioned: str) -> None:
    first = put(s3, versioned, "a", b"1")
    put(s3, versioned, "b", b"1")
    request: Any = {"Objects": [{"Key": "a", "VersionId": first}, {"Key": "b"}]}
    one, two = s3.delete_objects(Bucket=versioned, Delete=request)["Deleted"]
    assert one == {"Key": "a", "VersionId": first}
    assert (two["Key"], two["DeleteMarker"]) == ("b", True)
    request = {"Objects": [{"Key": "b", "VersionId": two["DeleteMarkerVersionId"]}]}
    [undone] = s3.delete_objects(Bucket=versioned, Delete=request)["Deleted"]
    assert undone == {
        "Key": "b",
        "VersionId": two["DeleteMarkerVersionId"],
        "DeleteMarker": True,
        "DeleteMarkerVersionId": two["DeleteMarkerVersionId"],
    }
    assert read(s3, versioned, "b") == b"1"


def test_a_condition_is_held_against_the_newest_version(s3: "S3Client", versioned: str) -> None:
    put(s3, versioned, "a", b"1")
    s3.delete_object(Bucket=versioned, Key="a")
    s3.put_object(Bucket=versioned, Key="a", Body=b"2", IfNoneMatch="*")
    answer = refused(lambda: s3.put_object(Bucket=versioned, Key="a", Body=b"3", IfNoneMatch="*"))
    assert answer[:2] == (412, "PreconditionFailed")
    answer = refused(lambda: s3.delete_object(Bucket=versioned, Key="a", IfMatch='"x"'))
    assert answer[:2] == (412, "PreconditionFailed")
    assert len(history(s3, versioned)) == 3


def test_an_older_version_may_be_copied_over_the_newest(s3: "S3Client", versioned: str) -> None:
    first = s3.put_object(Bucket=versioned, Key="a", Body=b"1", Metadata={"n": "1"})["VersionId"]
    put(s3, versioned, "a", b"2")
    source: Any = {"Bucket": versioned, "Key": "a", "VersionId": first}
    copied = s3.copy_object(Bucket=versioned, Key="a", CopySource=source)
    assert copied["CopySourceVersionId"] == first
    got = s3.get_object(Bucket=versioned, Key="a")
    assert (got["VersionId"], got["Metadata"]) == (copied["VersionId"], {"n": "1"})
    assert got["Body"].read() == b"1"
    assert len(history(s3, versioned)) == 3
    marker = s3.delete_object(Bucket=versioned, Key="a")["VersionId"]
    copy: Any = s3.copy_object
    for version, code in ((marker, "InvalidRequest"), ("no-such-version", "NoSuchVersion")):
        source["VersionId"] = version
        assert refused(lambda: copy(Bucket=versioned, Key="b", CopySource=source))[1] == code


def test_an_upload_in_parts_is_one_version(s3: "S3Client", versioned: str) -> None:
    put(s3, versioned, "big", b"small")
    data = b"x" * (6 * MIB)
    parts = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB)
    s3.upload_fileobj(io.BytesIO(data), versioned, "big", Config=parts)
    (_, newest, _), (_, first, _) = history(s3, versioned)
    third = s3.get_object(Bucket=versioned, Key="big", PartNumber=2, VersionId=newest)
    assert third["Body"].read() == data[5 * MIB :]
    assert read(s3, versioned, "big", first) == b"small"


def test_a_page_goes_on_where_the_last_one_ended(s3: "S3Client", versioned: str) -> None:
    ids = [(key, put(s3, versioned, key, b"")) for key in ("a b", "a b", "c", "a b", "d/1", "d/2")]
    everything = [ids[3], ids[1], ids[0], *ids[2:3], *ids[4:]]
    for size in (1, 2, 3, 10):
        pages = s3.get_paginator("list_object_versions").paginate(
            Bucket=versioned, PaginationConfig={"PageSize": size}
        )
        versions = [one for page in pages for one in page["Versions"]]
        assert [(one["Key"], one["VersionId"]) for one in versions] == everything
        assert [one["IsLatest"] for one in versions] == [True, False, False, True, True, True]
    raw = s3.list_object_versions(Bucket=versioned, EncodingType="url", MaxKeys=1)
    assert (raw["Versions"][0]["Key"], raw["NextKeyMarker"]) == ("a+b", "a+b")
    folded = s3.list_object_versions(Bucket=versioned, Delimiter="/", MaxKeys=5)
    assert folded["CommonPrefixes"] == [{"Prefix": "d/"}]
    assert not folded["IsTruncated"]
    folder = [put(s3, versioned, "d/", b"") for _ in range(3)]
    inside: Any = {"Bucket": versioned, "Prefix": "d/", "Delimiter": "/", "MaxKeys": 1}
    page = s3.list_object_versions(**inside)
    assert page["Versions"][0]["VersionId"] == folder[2]
    markers: Any = {
        "KeyMarker": page["NextKeyMarker"],
        "VersionIdMarker": page["NextVersionIdMarker"],
    }
    page = s3.list_object_versions(**inside, **markers)
    assert page["Versions"][0]["VersionId"] == folder[1]
    first = s3.list_object_versions(Bucket=versioned, Prefix="c")["Versions"]
    assert [one["Key"] for one in first] == ["c"]
    answer = refused(lambda: s3.list_object_versions(Bucket=versioned, VersionIdMarker=ids[0][1]))
    assert answer[1] == "InvalidArgument"


def test_a_key_may_have_more_versions_than_a_page(stand_in: Home, versioned: str) -> None:
    buckets = stand_in.buckets
    ids = [put_directly(buckets, versioned, "a", b"").version_id for _ in range(PAGE + 20)]
    ids += [put_directly(buckets, versioned, "b", b"").version_id]
    expected = [*reversed(ids[:-1]), ids[-1]]
    listed = [(one.version_id, newest) for one, newest in buckets.list_versions(versioned)]
    assert [version for version, _ in listed] == expected
    assert [version for version, newest in listed if newest] == [expected[0], expected[-1]]
    rest = buckets.list_versions(versioned, "", "a", expected[10])
    assert [(one.version_id, newest) for one, newest in rest] == listed[11:]


def test_a_bucket_is_emptied_page_by_page(s3: "S3Client", versioned: str) -> None:
    """The version that a page ended with is gone when the next one is asked for."""
    for number in range(7):
        put(s3, versioned, "ab"[number % 2], b"x")
    s3.delete_object(Bucket=versioned, Key="a")
    answer = refused(lambda: s3.delete_bucket(Bucket=versioned))
    assert answer[:2] == (409, "BucketNotEmpty")
    pages = s3.get_paginator("list_object_versions").paginate(
        Bucket=versioned, PaginationConfig={"PageSize": 3}
    )
    for page in pages:
        for one in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
            s3.delete_object(Bucket=versioned, Key=one["Key"], VersionId=one["VersionId"])
    s3.delete_bucket(Bucket=versioned)
    s3.create_bucket(Bucket=versioned)
    assert "Status" not in s3.get_bucket_versioning(Bucket=versioned)
    assert history(s3, versioned) == []


def test_a_file_dropped_by_hand_is_a_null_version(
    s3: "S3Client", versioned: str, folder: Path
) -> None:
    (folder / "a.md").write_bytes(b"by hand")
    assert s3.get_object(Bucket=versioned, Key="a.md")["VersionId"] == "null"
    second = put(s3, versioned, "a.md", b"put")
    assert read(s3, versioned, "a.md", "null") == b"by hand"
    assert history(s3, versioned) == [("a.md", second, True), ("a.md", "null", False)]


def test_a_file_edited_by_hand_takes_the_place_of_its_version(
    s3: "S3Client", versioned: str, folder: Path
) -> None:
    first, second = put(s3, versioned, "a.md", b"1"), put(s3, versioned, "a.md", b"2")
    (folder / "a.md").write_bytes(b"edited")
    assert read(s3, versioned, "a.md") == b"edited"
    assert history(s3, versioned) == [("a.md", "null", True), ("a.md", first, False)]
    assert refused(lambda: read(s3, versioned, "a.md", second))[1] == "NoSuchVersion"


def test_a_file_touched_by_hand_keeps_its_version(
    s3: "S3Client", versioned: str, folder: Path
) -> None:
    first = put(s3, versioned, "a.md", b"1")
    os.utime(folder / "a.md", (1_700_000_000, 1_700_000_000))
    assert s3.get_object(Bucket=versioned, Key="a.md")["VersionId"] == first


def test_a_file_removed_by_hand_is_deleted_and_its_older_version_stays(
    s3: "S3Client", versioned: str, folder: Path
) -> None:
    first, second = put(s3, versioned, "a.md", b"1"), put(s3, versioned, "a.md", b"2")
    (folder / "a.md").unlink()
    assert refused(lambda: read(s3, versioned, "a.md"))[1] == "NoSuchKey"
    assert read(s3, versioned, "a.md", first) == b"1"
    assert refused(lambda: read(s3, versioned, "a.md", second))[1] == "NoSuchVersion"
    marker = s3.list_object_versions(Bucket=versioned)["DeleteMarkers"][0]["VersionId"]
    s3.delete_object(Bucket=versioned, Key="a.md", VersionId=marker)
    assert (folder / "a.md").read_bytes() == b"1"
    (folder / "a.md").unlink()
    assert history(s3, versioned) == []


def test_events_name_the_version(s3: "S3Client", versioned: str, stand_in: Home) -> None:
    url = stand_in.sqs.create_queue(QueueName=versioned)["QueueUrl"]
    arn = stand_in.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    events = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:ObjectTagging:*"]
    configuration: Any = {"QueueArn": arn["Attributes"]["QueueArn"], "Events": events}
    s3.put_bucket_notification_configuration(
        Bucket=versioned,
        NotificationConfiguration={"QueueConfigurations": [configuration]},
        SkipDestinationValidation=True,
    )
    first = put(s3, versioned, "a", b"1")
    s3.put_object_tagging(Bucket=versioned, Key="a", Tagging={"TagSet": []})
    marker = s3.delete_object(Bucket=versioned, Key="a")["VersionId"]
    s3.delete_object(Bucket=versioned, Key="a", VersionId=marker)
    s3.delete_object(Bucket=versioned, Key="a", VersionId=first)
    names_and_versions = []
    while messages := stand_in.queues.receive(versioned, 10, wait=0):
        for message in messages:
            [record] = json.loads(message.body)["Records"]
            names_and_versions.append((record["eventName"], record["s3"]["object"]["versionId"]))
            stand_in.queues.delete(versioned, message.receipt)
    assert names_and_versions == [
        ("ObjectCreated:Put", first),
        ("ObjectTagging:Delete", first),
        ("ObjectRemoved:DeleteMarkerCreated", marker),
        ("ObjectRemoved:Delete", marker),
        ("ObjectRemoved:Delete", first),
    ]


def test_a_copy_of_a_home_has_the_older_versions_too(home: Path, buckets: Buckets) -> None:
    buckets.set_subresource("documents", "versioning", "Enabled")
    older = put_directly(buckets, "documents", "a", b"old")
    put_directly(buckets, "documents", "a", b"new")
    buckets.close()
    with scratch() as folder:
        copy = Buckets(shutil.copytree(home, folder / "copy"))
        bodies = []
        for version in (None, older.version_id):
            _, file = copy.open("documents", "a", version)
            with file:
                bodies.append(file.read())
        copy.close()
    assert bodies == [b"new", b"old"]
