"""Bucket policies: what is kept, what is refused, and who is public."""

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from app.local.s3.configurations import check_policy, is_public
from app.local.wire import ServiceError
from tests.local.s3.refusing import refused

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def tls_only(bucket: str) -> dict[str, Any]:
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "s3:*",
                "Resource": resources,
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
            {
                "Sid": "OldTls",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "s3:*",
                "Resource": resources,
                "Condition": {"NumericLessThan": {"s3:TlsVersion": 1.2}},
            },
        ],
    }


def test_a_policy_is_kept_to_the_letter(s3: "S3Client", bucket: str) -> None:
    assert refused(partial(s3.get_bucket_policy, Bucket=bucket)) == "NoSuchBucketPolicy"
    text = json.dumps(tls_only(bucket), indent=3)
    s3.put_bucket_policy(Bucket=bucket, Policy=text)
    assert s3.get_bucket_policy(Bucket=bucket)["Policy"] == text
    assert not s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"]
    s3.delete_bucket_policy(Bucket=bucket)
    assert refused(partial(s3.get_bucket_policy_status, Bucket=bucket)) == "NoSuchBucketPolicy"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Effect": "deny"}, "Invalid effect: deny"),
        ({"Effect": None}, "Invalid effect"),
        ({"Principal": "me"}, "Invalid principal"),
        ({"Principal": {"Aws": "*"}}, "Invalid principal"),
        ({"Principal": {"AWS": []}}, "invalid principal"),
        ({"NotPrincipal": "*"}, "Missing required field Principal"),
        ({"Action": "sqs:SendMessage"}, "invalid action: sqs:SendMessage"),
        ({"Action": []}, "invalid action"),
        ({"Resource": "arn:aws:s3:::another/*"}, "invalid resource: arn:aws:s3:::another"),
        ({"Resource": "documents/*"}, "invalid resource"),
        ({"Resource": "*"}, "invalid resource"),
        ({"Conditions": {}}, "Unknown field Conditions"),
        ({"Condition": {"Boolean": {"aws:SecureTransport": "false"}}}, "Invalid Condition type"),
        ({"Condition": {"Bool": "false"}}, "must be an object of keys"),
        ({"Condition": []}, "Condition must be an object"),
    ],
    ids=str,
)
def test_a_policy_statement_that_breaks_a_rule_is_refused(
    change: dict[str, Any], words: str
) -> None:
    policy = tls_only("documents")
    policy["Statement"][0] |= change
    with pytest.raises(ServiceError, match="MalformedPolicy.*" + words):
        check_policy(json.dumps(policy), "documents")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (" {}", "first byte must be '{'"),
        ("[]", "first byte must be '{'"),
        ("{", "invalid Json"),
        ("{}", "Missing required field Statement"),
        ('{"Statement": "Deny"}', "Statement must be an object"),
        ('{"Version": "2024-01-01", "Statement": {}}', "valid version string"),
        ('{"statement": []}', "Unknown field statement"),
        ('{"Id": "' + "x" * 20_480 + '"}', "maximum allowed document size"),
    ],
    ids=lambda text: text[:30],
)
def test_a_text_that_is_no_bucket_policy_is_refused(
    s3: "S3Client", bucket: str, text: str, words: str
) -> None:
    with pytest.raises(ClientError, match=f"MalformedPolicy.*{words}"):
        s3.put_bucket_policy(Bucket=bucket, Policy=text)


def test_resources_may_have_wildcards() -> None:
    policy = tls_only("documents")
    policy["Statement"][0]["Resource"] = ["arn:aws:s3:::doc*/a", "arn:aws-cn:s3:::documen?s"]
    assert check_policy(json.dumps(policy), "documents") == policy


def test_policies_that_make_a_bucket_public_are_recognised() -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "-"}
    public: list[Any] = [
        {},
        {"Principal": {"AWS": "*"}},
        {"Principal": {"AWS": ["arn:aws:iam::000000000000:root", "*"]}},
    ]
    private: list[Any] = [
        {"Effect": "Deny"},
        {"Principal": {"Service": "logging.s3.amazonaws.com"}},
        {"Condition": {"StringEquals": {"aws:SourceAccount": "000000000000"}}},
    ]
    assert all(is_public({"Statement": statement | change}) for change in public)
    assert not any(is_public({"Statement": [statement | change]}) for change in private)


def test_a_public_policy_is_held_against_the_block(s3: "S3Client", bucket: str) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    put = partial(s3.put_bucket_policy, Bucket=bucket, Policy=json.dumps({"Statement": statement}))
    assert refused(put) == "AccessDenied"
    s3.delete_public_access_block(Bucket=bucket)
    put()
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"]
