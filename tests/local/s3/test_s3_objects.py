"""Put, get, head, delete and copy, through boto3."""

import base64
import hashlib
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pytest
from botocore.exceptions import ClientError

from tests import http_calls
from tests.local.home import Home

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def code(caught: "pytest.ExceptionInfo[ClientError]") -> tuple[int, str]:
    response = caught.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


def etag(data: bytes) -> str:
    return f'"{hashlib.md5(data).hexdigest()}"'


def test_what_was_put_comes_back_with_all_that_was_said_of_it(s3: "S3Client", bucket: str) -> None:
    expires = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
    description: dict[str, Any] = {
        "ContentType": "text/html; charset=utf-8",
        "CacheControl": "max-age=60",
        "ContentDisposition": 'attachment; filename="a.html"',
        "ContentEncoding": "gzip",
        "ContentLanguage": "de",
        "Expires": expires,
        "Metadata": {"author": "Ada Lovelace"},
        "StorageClass": "STANDARD_IA",
    }
    put = s3.put_object(Bucket=bucket, Key="a b/\N{SNOWMAN}+.html", Body=b"<p>", **description)
    got = s3.get_object(Bucket=bucket, Key="a b/\N{SNOWMAN}+.html")
    head = s3.head_object(Bucket=bucket, Key="a b/\N{SNOWMAN}+.html")
    assert got["Body"].read() == b"<p>"
    for answer in (got, head):
        assert {name: answer[name] for name in description} == description  # type: ignore[literal-required]
        assert answer["ETag"] == put["ETag"] == etag(b"<p>")
        assert answer["ContentLength"] == 3
        assert answer["AcceptRanges"] == "bytes"
        assert abs(answer["LastModified"] - datetime.now(UTC)) < timedelta(minutes=1)


def test_calls_for_a_missing_object_or_bucket_are_refused(s3: "S3Client", bucket: str) -> None:
    with pytest.raises(s3.exceptions.NoSuchKey) as missing:
        s3.get_object(Bucket=bucket, Key="nothing")
    assert missing.value.response["Error"]["Key"] == "nothing"  # type: ignore[typeddict-item]
    with pytest.raises(ClientError) as head:
        s3.head_object(Bucket=bucket, Key="nothing")
    assert code(head) == (404, "404")
    with pytest.raises(s3.exceptions.NoSuchBucket):
        s3.put_object(Bucket="no-such-bucket", Key="a", Body=b"")
    assert (
        s3.delete_object(Bucket=bucket, Key="nothing")["ResponseMetadata"]["HTTPStatusCode"] == 204
    )


@pytest.mark.parametrize(
    ("wanted", "body", "part"),
    [
        ("bytes=2-4", b"234", "bytes 2-4/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=-30", b"0123456789", "bytes 0-9/10"),
        ("bytes=8-100", b"89", "bytes 8-9/10"),
    ],
)
def test_a_range_of_an_object_is_read(
    s3: "S3Client", bucket: str, wanted: str, body: bytes, part: str
) -> None:
    s3.put_object(Bucket=bucket, Key="digits", Body=b"0123456789")
    got = s3.get_object(Bucket=bucket, Key="digits", Range=wanted)
    assert (got["Body"].read(), got["ContentRange"]) == (body, part)
    assert got["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert got["ContentLength"] == len(body)
    assert s3.head_object(Bucket=bucket, Key="digits", Range=wanted)["ContentLength"] == len(body)


@pytest.mark.parametrize("wanted", ["bytes=4-2", "lines=1-2", "bytes=0-1,3-4", "bytes=-"])
def test_a_range_that_cannot_be_read_is_none(s3: "S3Client", bucket: str, wanted: str) -> None:
    s3.put_object(Bucket=bucket, Key="digits", Body=b"0123456789")
    assert s3.get_object(Bucket=bucket, Key="digits", Range=wanted)["Body"].read() == b"0123456789"


@pytest.mark.parametrize("wanted", ["bytes=10-", "bytes=-0", "bytes=50-60"])
def test_a_range_beyond_the_end(s3: "S3Client", bucket: str, wanted: str) -> None:
    s3.put_object(Bucket=bucket, Key="digits", Body=b"0123456789")
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket=bucket, Key="digits", Range=wanted)
    assert code(caught) == (416, "InvalidRange")
    assert caught.value.response["Error"]["ActualObjectSize"] == "10"  # type: ignore[typeddict-item]


def test_conditions_of_a_read(s3: "S3Client", bucket: str) -> None:
    tag = s3.put_object(Bucket=bucket, Key="a", Body=b"a")["ETag"]
    changed = s3.head_object(Bucket=bucket, Key="a")["LastModified"]
    before, after = changed - timedelta(seconds=1), changed + timedelta(seconds=1)
    passes: list[dict[str, Any]] = [
        {"IfMatch": tag},
        {"IfMatch": "*"},
        {"IfMatch": f'"other", {tag}'},
        {"IfMatch": tag, "IfUnmodifiedSince": before},
        {"IfNoneMatch": '"other"'},
        {"IfNoneMatch": '"other"', "IfModifiedSince": after},
        {"IfModifiedSince": before},
        {"IfUnmodifiedSince": changed},
    ]
    for conditions in passes:
        assert s3.get_object(Bucket=bucket, Key="a", **conditions)["Body"].read() == b"a"
    fails: list[tuple[dict[str, Any], tuple[int, str]]] = [
        ({"IfMatch": '"other"'}, (412, "PreconditionFailed")),
        ({"IfUnmodifiedSince": before}, (412, "PreconditionFailed")),
        ({"IfNoneMatch": tag}, (304, "304")),
        ({"IfModifiedSince": changed}, (304, "304")),
        ({"IfNoneMatch": tag, "IfModifiedSince": before}, (304, "304")),
    ]
    for conditions, expected in fails:
        with pytest.raises(ClientError) as caught:
            s3.get_object(Bucket=bucket, Key="a", **conditions)
        assert code(caught) == expected, conditions


def test_conditions_of_a_write(s3: "S3Client", bucket: str) -> None:
    with pytest.raises(ClientError) as absent:
        s3.put_object(Bucket=bucket, Key="a", Body=b"", IfMatch='"x"')
    assert code(absent) == (404, "NoSuchKey")
    tag = s3.put_object(Bucket=bucket, Key="a", Body=b"1", IfNoneMatch="*")["ETag"]
    for conditions in ({"IfNoneMatch": "*"}, {"IfMatch": '"x"'}):
        with pytest.raises(ClientError) as caught:
            s3.put_object(Bucket=bucket, Key="a", Body=b"2", **conditions)  # type: ignore[arg-type]
        assert code(caught) == (412, "PreconditionFailed")
    with pytest.raises(ClientError) as unknown:
        s3.put_object(Bucket=bucket, Key="a", Body=b"2", IfNoneMatch=tag)
    assert code(unknown) == (501, "NotImplemented")
    s3.put_object(Bucket=bucket, Key="a", Body=b"3", IfMatch=tag)
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"3"


def test_conditions_of_a_delete(s3: "S3Client", bucket: str) -> None:
    tag = s3.put_object(Bucket=bucket, Key="a", Body=b"1")["ETag"]
    with pytest.raises(ClientError) as caught:
        s3.delete_object(Bucket=bucket, Key="a", IfMatch='"x"')
    assert code(caught) == (412, "PreconditionFailed")
    s3.delete_object(Bucket=bucket, Key="a", IfMatch=tag)
    with pytest.raises(ClientError) as failure:
        s3.delete_object(Bucket=bucket, Key="a", IfMatch="*")
    assert code(failure) == (404, "NoSuchKey")


def test_response_headers_can_be_asked_for(s3: "S3Client", bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"a", ContentType="text/plain")
    got = s3.get_object(
        Bucket=bucket,
        Key="a",
        ResponseContentType="text/csv",
        ResponseContentDisposition="attachment",
        ResponseCacheControl="no-store",
    )
    assert got["ContentType"] == "text/csv"
    assert got["ContentDisposition"] == "attachment"
    assert got["CacheControl"] == "no-store"


def test_many_are_deleted_at_once_each_with_its_answer(s3: "S3Client", bucket: str) -> None:
    for key in ("a", "b", "c"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"1")
    answer = s3.delete_objects(
        Bucket=bucket,
        Delete={"Objects": [{"Key": "a"}, {"Key": "b", "ETag": '"x"'}, {"Key": "nothing"}]},
    )
    assert [one["Key"] for one in answer["Deleted"]] == ["a", "nothing"]
    assert [(one["Key"], one["Code"]) for one in answer["Errors"]] == [("b", "PreconditionFailed")]
    quiet = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "c"}], "Quiet": True})
    assert not quiet.keys() & {"Deleted", "Errors"}
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["b"]


def test_a_copy_keeps_what_is_said_of_the_object_or_says_something_else(
    s3: "S3Client", bucket: str
) -> None:
    s3.put_object(
        Bucket=bucket, Key="a+b c", Body=b"1", ContentType="text/css", Metadata={"x": "1"}
    )
    source: Any = {"Bucket": bucket, "Key": "a+b c"}
    copied = s3.copy_object(Bucket=bucket, Key="kept", CopySource=source)
    assert copied["CopyObjectResult"]["ETag"] == etag(b"1")
    s3.copy_object(
        Bucket=bucket,
        Key="changed",
        CopySource=source,
        MetadataDirective="REPLACE",
        Metadata={"y": "2"},
        ContentType="text/plain",
    )
    kept, changed = (s3.get_object(Bucket=bucket, Key=key) for key in ("kept", "changed"))
    assert (kept["Body"].read(), kept["ContentType"], kept["Metadata"]) == (
        b"1",
        "text/css",
        {"x": "1"},
    )
    assert (changed["Body"].read(), changed["ContentType"], changed["Metadata"]) == (
        b"1",
        "text/plain",
        {"y": "2"},
    )


def test_a_copy_has_conditions(s3: "S3Client", bucket: str) -> None:
    tag = s3.put_object(Bucket=bucket, Key="a", Body=b"1")["ETag"]
    source: Any = {"Bucket": bucket, "Key": "a"}
    with pytest.raises(ClientError) as changed:
        s3.copy_object(Bucket=bucket, Key="b", CopySource=source, CopySourceIfNoneMatch=tag)
    assert code(changed) == (412, "PreconditionFailed")
    with pytest.raises(ClientError) as itself:
        s3.copy_object(Bucket=bucket, Key="a", CopySource=source)
    assert code(itself) == (400, "InvalidRequest")
    with pytest.raises(ClientError) as missing:
        s3.copy_object(Bucket=bucket, Key="b", CopySource={"Bucket": bucket, "Key": "nothing"})
    assert code(missing) == (404, "NoSuchKey")
    s3.copy_object(Bucket=bucket, Key="b", CopySource=source, CopySourceIfMatch=tag)


def test_digests_are_held_against_the_bytes(s3: "S3Client", bucket: str) -> None:
    wrong = base64.b64encode(hashlib.md5(b"other").digest()).decode()
    bad: list[tuple[dict[str, Any], str]] = [
        ({"ContentMD5": wrong}, "BadDigest"),
        ({"ContentMD5": "not base64!"}, "InvalidDigest"),
        ({"ChecksumSHA256": base64.b64encode(b"x" * 32).decode()}, "BadDigest"),
        ({"ChecksumCRC64NVME": base64.b64encode(b"x" * 8).decode()}, "BadDigest"),
        ({"ChecksumSHA1": "abcd"}, "InvalidRequest"),
    ]
    for digest, expected in bad:
        with pytest.raises(ClientError) as caught:
            s3.put_object(Bucket=bucket, Key="a", Body=b"data", **digest)
        assert code(caught) == (400, expected), digest
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


def test_a_checksum_is_kept_and_given_back(s3: "S3Client", bucket: str) -> None:
    crc = base64.b64encode(zlib.crc32(b"data").to_bytes(4, "big")).decode()
    assert s3.put_object(Bucket=bucket, Key="a", Body=b"data")["ChecksumCRC32"] == crc
    sha = base64.b64encode(hashlib.sha256(b"data").digest()).decode()
    s3.put_object(Bucket=bucket, Key="b", Body=b"data", ChecksumSHA256=sha)
    head = s3.head_object(Bucket=bucket, Key="b", ChecksumMode="ENABLED")
    assert (head["ChecksumSHA256"], head["ChecksumType"]) == (sha, "FULL_OBJECT")
    copied = s3.copy_object(Bucket=bucket, Key="c", CopySource={"Bucket": bucket, "Key": "b"})
    assert copied["CopyObjectResult"]["ChecksumSHA256"] == sha


@pytest.mark.parametrize(
    "parameter",
    [
        {"ACL": "public-read"},
        {"GrantRead": "id=x"},
        {"ObjectLockMode": "GOVERNANCE"},
        {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "x" * 32},
    ],
    ids=lambda parameter: next(iter(parameter)),
)
def test_what_would_have_no_effect_is_refused(
    s3: "S3Client", bucket: str, parameter: dict[str, Any]
) -> None:
    with pytest.raises(ClientError) as caught:
        s3.put_object(Bucket=bucket, Key="a", Body=b"", **parameter)
    assert code(caught) in ((501, "NotImplemented"), (400, "AccessControlListNotSupported"))


def test_rules_of_keys_and_metadata(s3: "S3Client", bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="é" * 512, Body=b"long")
    assert s3.get_object(Bucket=bucket, Key="é" * 512)["Body"].read() == b"long"
    with pytest.raises(ClientError) as long:
        s3.put_object(Bucket=bucket, Key="é" * 512 + "x", Body=b"")
    assert code(long) == (400, "KeyTooLongError")
    with pytest.raises(ClientError) as large:
        s3.put_object(Bucket=bucket, Key="a", Body=b"", Metadata={"x": "y" * 2048})
    assert code(large) == (400, "MetadataTooLarge")
    with pytest.raises(ClientError) as owner:
        s3.get_object(Bucket=bucket, Key="a", ExpectedBucketOwner="111122223333")
    assert code(owner) == (403, "AccessDenied")
    with pytest.raises(ClientError) as version:
        s3.get_object(Bucket=bucket, Key="a", VersionId="3HL4kqtJvjVBH40Nrjfkd")
    assert code(version) == (404, "NoSuchVersion")


@pytest.mark.parametrize(
    "key", ["../../escape", "/etc/passwd", "a//b", "a/", ".", "..", "a/./b", "~", "a\\b", "\x01"]
)
def test_keys_that_a_file_system_would_not_hold(
    s3: "S3Client", stand_in: Home, bucket: str, folder: Path, key: str
) -> None:
    s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode()
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [key]
    [file] = [path for path in folder.rglob("*") if path.is_file()]
    assert file.read_bytes() == key.encode()
    assert sorted(path.name for path in stand_in.folder.iterdir()) == [
        *("functions", "queues.sqlite", "queues.sqlite-wal", "s3"),
    ]


def test_presigned_urls_are_those_of_the_object(s3: "S3Client", bucket: str) -> None:
    params = {"Bucket": bucket, "Key": "a b.txt"}
    put = s3.generate_presigned_url("put_object", Params=params)
    assert http_calls.put(put, content=b"by hand").status_code == 200
    get = s3.generate_presigned_url(
        "get_object", Params=params | {"ResponseContentType": "text/csv"}
    )
    got = http_calls.get(get)
    assert (got.content, got.headers["content-type"]) == (b"by hand", "text/csv")


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_presigned_url_expires(stand_in: Home, bucket: str, version: str) -> None:
    s3 = stand_in.server.client("s3", signature_version=version)
    params = {"Bucket": bucket, "Key": "a.txt"}
    put = s3.generate_presigned_url("put_object", Params=params, ExpiresIn=60)
    assert http_calls.put(put, content=b"x").status_code == 200
    get = s3.generate_presigned_url("get_object", Params=params, ExpiresIn=60)
    assert http_calls.get(get).content == b"x"
    for url in (put, get):
        answer = http_calls.get(an_hour_later(url))
        assert answer.status_code == 403
        assert "<Code>AccessDenied</Code>" in answer.text
        assert "Request has expired" in answer.text


def an_hour_later(url: str) -> str:
    """The URL as it would be had it been signed an hour ago."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    if "Expires" in query:
        query["Expires"] = str(int(query["Expires"]) - 3600)
    else:
        signed = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ")  # noqa: DTZ007 - UTC
        query["X-Amz-Date"] = f"{signed - timedelta(hours=1):%Y%m%dT%H%M%SZ}"
    return urlunsplit(parts._replace(query=urlencode(query)))


@pytest.mark.parametrize(
    "change",
    [
        {"X-Amz-Expires": "604801"},
        {"X-Amz-Expires": "-1"},
        {"X-Amz-Expires": "soon"},
        {"X-Amz-Date": "today"},
    ],
    ids=str,
)
def test_a_presigned_url_with_wrong_parameters_is_refused(
    stand_in: Home, bucket: str, change: dict[str, str]
) -> None:
    s3 = stand_in.server.client("s3", signature_version="s3v4")
    url = s3.generate_presigned_url("list_objects_v2", Params={"Bucket": bucket})
    parts = urlsplit(url)
    query = urlencode(dict(parse_qsl(parts.query)) | change)
    answer = http_calls.get(urlunsplit(parts._replace(query=query)))
    assert answer.status_code == 400
    assert "AuthorizationQueryParametersError" in answer.text
