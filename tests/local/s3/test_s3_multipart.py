"""Objects in parts, through boto3 and its transfer manager."""

import hashlib
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from tests.local.home import Home

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MIB = 2**20
DATA = bytes(range(256)) * 4096 * 11  # 11 MiB


def begin(s3: "S3Client", bucket: str, key: str = "big", **more: Any) -> dict[str, Any]:
    upload = s3.create_multipart_upload(Bucket=bucket, Key=key, **more)["UploadId"]
    return {"Bucket": bucket, "Key": key, "UploadId": upload}


def send(s3: "S3Client", upload: dict[str, Any], number: int, body: bytes) -> Any:
    answer = s3.upload_part(**upload, PartNumber=number, Body=body)
    return {"PartNumber": number, "ETag": answer["ETag"]}


def finish(s3: "S3Client", upload: dict[str, Any], parts: list[Any], **more: Any) -> Any:
    return s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts}, **more)


def refused(caught: "pytest.ExceptionInfo[ClientError]") -> str:
    return caught.value.response["Error"]["Code"]


def staged(stand_in: Home) -> list[Path]:
    return list((stand_in.folder / "s3" / ".state" / "staged").iterdir())


def test_a_large_file_goes_in_parts_and_comes_back(
    s3: "S3Client", bucket: str, stand_in: Home
) -> None:
    parts = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB)
    s3.upload_fileobj(
        io.BytesIO(DATA), bucket, "big", ExtraArgs={"Metadata": {"a": "b"}}, Config=parts
    )
    digests = [hashlib.md5(DATA[at : at + 5 * MIB]).digest() for at in range(0, 11 * MIB, 5 * MIB)]
    head = s3.head_object(Bucket=bucket, Key="big", ChecksumMode="ENABLED")
    assert head["ETag"] == f'"{hashlib.md5(b"".join(digests)).hexdigest()}-3"'
    assert head["ChecksumType"] == "COMPOSITE"
    assert head["ChecksumCRC32"].endswith("-3")
    assert head["Metadata"] == {"a": "b"}
    back = io.BytesIO()
    s3.download_fileobj(bucket, "big", back, Config=parts)
    assert back.getvalue() == DATA
    third = s3.get_object(Bucket=bucket, Key="big", PartNumber=3)
    assert (third["Body"].read(), third["PartsCount"]) == (DATA[10 * MIB :], 3)
    with pytest.raises(ClientError):
        s3.get_object(Bucket=bucket, Key="big", PartNumber=4)
    assert staged(stand_in) == []


def test_parts_may_come_in_any_order_and_again(s3: "S3Client", bucket: str) -> None:
    upload = begin(s3, bucket)
    last = send(s3, upload, 7, b"the end")
    send(s3, upload, 2, b"a draft")
    first = send(s3, upload, 2, DATA[: 5 * MIB])
    unused = send(s3, upload, 5, b"left out")
    listed = s3.list_parts(**upload)
    assert [(part["PartNumber"], part["Size"]) for part in listed["Parts"]] == [
        *((2, 5 * MIB), (5, 8), (7, 7)),
    ]
    page = s3.list_parts(**upload, MaxParts=1)
    assert (page["IsTruncated"], page["NextPartNumberMarker"]) == (True, 2)
    assert listed["Parts"][1]["ETag"] == unused["ETag"]
    finish(s3, upload, [first, last])
    assert s3.get_object(Bucket=bucket, Key="big")["Body"].read() == DATA[: 5 * MIB] + b"the end"
    with pytest.raises(ClientError) as caught:
        finish(s3, upload, [first, last])
    assert refused(caught) == "NoSuchUpload"


def test_completing_an_upload_with_wrong_parts_is_refused(s3: "S3Client", bucket: str) -> None:
    upload = begin(s3, bucket)
    small, other = send(s3, upload, 1, b"small"), send(s3, upload, 2, b"other")
    wrong: list[tuple[list[Any], str]] = [
        ([small, other], "EntityTooSmall"),
        ([other, small], "InvalidPartOrder"),
        ([small, small], "InvalidPartOrder"),
        ([small, other | {"PartNumber": 3}], "InvalidPart"),
        ([small | {"ETag": '"x"'}], "InvalidPart"),
        ([], "MalformedXML"),
    ]
    for parts, expected in wrong:
        with pytest.raises(ClientError) as caught:
            finish(s3, upload, parts)
        assert refused(caught) == expected
    for number in (0, 10_001):
        with pytest.raises(ClientError) as caught:
            send(s3, upload, number, b"")
        assert refused(caught) == "InvalidArgument"
    with pytest.raises(ClientError) as caught:
        finish(s3, upload, [small], MpuObjectSize=6)
    assert refused(caught) == "InvalidRequest"
    finish(s3, upload, [small], MpuObjectSize=5)


def test_an_upload_that_is_given_up_leaves_nothing(
    s3: "S3Client", bucket: str, stand_in: Home
) -> None:
    upload = begin(s3, bucket)
    send(s3, upload, 1, b"part")
    assert len(staged(stand_in)) == 1
    s3.abort_multipart_upload(**upload)
    assert staged(stand_in) == []
    for call in (s3.list_parts, s3.abort_multipart_upload):
        with pytest.raises(ClientError) as caught:
            call(**upload)
        assert refused(caught) == "NoSuchUpload"
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


def test_a_bucket_goes_with_the_uploads_that_were_begun_in_it(
    s3: "S3Client", bucket: str, stand_in: Home
) -> None:
    send(s3, begin(s3, bucket), 1, b"part")
    s3.delete_bucket(Bucket=bucket)
    assert staged(stand_in) == []
    s3.create_bucket(Bucket=bucket)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


def test_uploads_under_way_are_listed_by_key(s3: "S3Client", bucket: str) -> None:
    uploads = [begin(s3, bucket, key) for key in ("b", "a b", "b", "c")]
    pages = s3.get_paginator("list_multipart_uploads").paginate(
        Bucket=bucket, PaginationConfig={"PageSize": 1}
    )
    listed = [(one["Key"], one["UploadId"]) for page in pages for one in page["Uploads"]]
    expected = [(uploads[place]["Key"], uploads[place]["UploadId"]) for place in (1, 0, 2, 3)]
    assert listed == expected
    uploads_with_prefix = s3.list_multipart_uploads(Bucket=bucket, Prefix="a")["Uploads"]
    assert [one["Key"] for one in uploads_with_prefix] == ["a b"]


def test_a_part_may_be_copied(s3: "S3Client", bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="source", Body=DATA[: 6 * MIB])
    upload = begin(s3, bucket)
    source: Any = {"Bucket": bucket, "Key": "source"}
    whole: Any = s3.upload_part_copy(**upload, PartNumber=1, CopySource=source)
    part: Any = s3.upload_part_copy(
        **upload, PartNumber=2, CopySource=source, CopySourceRange="bytes=10-19"
    )
    for copy_range in ("bytes=10-6291456", "10-19"):
        with pytest.raises(ClientError):
            s3.upload_part_copy(
                **upload, PartNumber=3, CopySource=source, CopySourceRange=copy_range
            )
    finish(
        s3,
        upload,
        [
            {"PartNumber": number, "ETag": copied["CopyPartResult"]["ETag"]}
            for number, copied in enumerate((whole, part), 1)
        ],
    )
    got = s3.get_object(Bucket=bucket, Key="big")["Body"].read()
    assert got == DATA[: 6 * MIB] + DATA[10:20]


def test_completing_has_conditions(s3: "S3Client", bucket: str) -> None:
    upload = begin(s3, bucket)
    part = send(s3, upload, 1, b"new")
    tag = s3.put_object(Bucket=bucket, Key="big", Body=b"old")["ETag"]
    for condition in ({"IfNoneMatch": "*"}, {"IfMatch": '"x"'}):
        with pytest.raises(ClientError) as caught:
            finish(s3, upload, [part], **condition)
        assert refused(caught) == "PreconditionFailed"
    finish(s3, upload, [part], IfMatch=tag)
    assert s3.get_object(Bucket=bucket, Key="big")["Body"].read() == b"new"


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA256"])
def test_a_composite_checksum_needs_that_of_each_part(
    s3: "S3Client", bucket: str, algorithm: Any
) -> None:
    upload = begin(s3, bucket, ChecksumAlgorithm=algorithm)
    answer: Any = s3.upload_part(**upload, PartNumber=1, Body=b"part", ChecksumAlgorithm=algorithm)
    name = f"Checksum{algorithm}"
    part = {"PartNumber": 1, "ETag": answer["ETag"]}
    with pytest.raises(ClientError) as caught:
        finish(s3, upload, [part])
    assert refused(caught) == "InvalidRequest"
    done = finish(s3, upload, [part | {name: answer[name]}])
    assert done[name].endswith("-1")
    assert done["ChecksumType"] == "COMPOSITE"


def test_a_checksum_of_the_full_object(s3: "S3Client", bucket: str) -> None:
    upload = begin(s3, bucket, ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
    part = send(s3, upload, 1, b"data")
    with pytest.raises(ClientError) as caught:
        finish(s3, upload, [part], ChecksumCRC32="AAAAAA==", ChecksumType="FULL_OBJECT")
    assert refused(caught) == "BadDigest"
    done = finish(s3, upload, [part])
    plain = s3.put_object(Bucket=bucket, Key="plain", Body=b"data")
    assert done["ChecksumCRC32"] == plain["ChecksumCRC32"]
    with pytest.raises(ClientError) as caught:
        begin(s3, bucket, ChecksumAlgorithm="SHA256", ChecksumType="FULL_OBJECT")
    assert refused(caught) == "InvalidRequest"
