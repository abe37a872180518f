"""What is said of the encryption of a bucket and of its objects."""

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests import http_calls
from tests.local.s3.refusing import refused

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


KEY = "arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555"
BY_KMS = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}


def encrypt(s3: "S3Client", bucket: str, **rule: Any) -> None:
    configuration: Any = {"Rules": [rule]}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=configuration)


def said(answer: Any) -> tuple[str, str | None, bool]:
    names = ("ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled")
    algorithm, key, bucket_key = (answer.get(name) for name in names)
    return algorithm, key, bool(bucket_key)


def test_the_default_encryption_of_a_bucket(s3: "S3Client", bucket: str) -> None:
    def default() -> Any:
        answer = s3.get_bucket_encryption(Bucket=bucket)
        return answer["ServerSideEncryptionConfiguration"]["Rules"]

    aes = {"SSEAlgorithm": "AES256"}
    assert default() == [{"ApplyServerSideEncryptionByDefault": aes, "BucketKeyEnabled": False}]
    rule = {"ApplyServerSideEncryptionByDefault": BY_KMS, "BucketKeyEnabled": True}
    encrypt(s3, bucket, **rule)
    assert default() == [rule]
    s3.delete_bucket_encryption(Bucket=bucket)
    assert default()[0]["ApplyServerSideEncryptionByDefault"] == aes
    bad: list[dict[str, str]] = [aes | {"KMSMasterKeyID": KEY}, {"SSEAlgorithm": "aws:fsx"}]
    for configuration in bad:
        with pytest.raises(ClientError, match=r"InvalidArgument|InvalidEncryptionAlgorithmError"):
            encrypt(s3, bucket, ApplyServerSideEncryptionByDefault=configuration)


def test_objects_are_said_to_be_encrypted_as_their_bucket_says(s3: "S3Client", bucket: str) -> None:
    at: Any = {"Bucket": bucket, "Key": "a"}
    assert said(s3.put_object(**at, Body=b"")) == ("AES256", None, False)
    encrypt(s3, bucket, ApplyServerSideEncryptionByDefault=BY_KMS, BucketKeyEnabled=True)
    assert said(s3.head_object(**at)) == ("AES256", None, False)
    by_kms = ("aws:kms", KEY, True)
    assert said(s3.put_object(**at, Body=b"")) == by_kms
    assert said(s3.get_object(**at)) == said(s3.head_object(**at)) == by_kms
    copied: Any = {"Bucket": bucket, "Key": "b"}
    assert said(s3.copy_object(**copied, CopySource=at, ServerSideEncryption="AES256")) == (
        *("AES256", None, False),
    )
    assert said(s3.copy_object(**copied, CopySource=at)) == by_kms
    upload: Any = {**at, "UploadId": s3.create_multipart_upload(**at)["UploadId"]}
    part: Any = s3.upload_part(**upload, PartNumber=1, Body=b"x")
    assert said(part) == by_kms
    parts: Any = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    assert said(s3.complete_multipart_upload(**upload, MultipartUpload=parts)) == by_kms
    assert said(s3.put_object(**at, Body=b"", ServerSideEncryption="AES256"))[0] == "AES256"
    wrong = partial(s3.put_object, **at, ServerSideEncryption="AES256", SSEKMSKeyId=KEY)
    assert refused(wrong) == "InvalidArgument"


def test_a_form_may_say_how_it_is_encrypted_and_tagged(s3: "S3Client", bucket: str) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    tagging = "<Tagging><TagSet><Tag><Key>team</Key><Value>a b</Value></Tag></TagSet></Tagging>"
    fields = {"x-amz-server-side-encryption": "aws:kms", "tagging": tagging}
    conditions = [{name: value} for name, value in fields.items()]
    form: Any = s3.generate_presigned_post(bucket, "a", fields, conditions)
    answer = http_calls.post(form["url"], data=form["fields"], files={"file": b"x"})
    assert answer.headers["x-amz-server-side-encryption"] == "aws:kms"
    head = s3.head_object(Bucket=bucket, Key="a")
    assert (head["ServerSideEncryption"], head["TagCount"]) == ("aws:kms", 1)
    assert answer.headers["x-amz-version-id"] == head["VersionId"]
    tags = s3.get_object_tagging(Bucket=bucket, Key="a")["TagSet"]
    assert tags == [{"Key": "team", "Value": "a b"}]
    fields["tagging"] = "<Tagging>"
    form = s3.generate_presigned_post(
        bucket, "a", fields, [{name: fields[name]} for name in fields]
    )
    answer = http_calls.post(form["url"], data=form["fields"], files={"file": b"x"})
    assert "<Code>MalformedXML</Code>" in answer.text
