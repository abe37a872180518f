"""What a bucket holds: pages, prefixes, delimiters, orders."""

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.local.home import Home
from tests.local.s3.putting import put

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

KEYS = ["a.txt", "b/1", "b/2", "b/c/3", "b0", "c/", "c/4", "z", "é", "\uffee", "\U0001f600"]


@pytest.fixture
def full(stand_in: Home, bucket: str) -> str:
    for key in KEYS:
        put(stand_in.buckets, bucket, key, key.encode())
    return bucket


def keys_of(answer: Any) -> list[str]:
    return [item["Key"] for item in answer.get("Contents", [])]


def prefixes_of(answer: Any) -> list[str]:
    return [common["Prefix"] for common in answer.get("CommonPrefixes", [])]


def test_keys_come_in_the_order_of_their_utf_8_bytes(s3: "S3Client", full: str) -> None:
    answer = s3.list_objects_v2(Bucket=full)
    assert keys_of(answer) == sorted(KEYS, key=str.encode)
    assert (answer["KeyCount"], answer["IsTruncated"], answer["MaxKeys"]) == (11, False, 1000)
    assert answer["Contents"][0]["Size"] == 5
    assert "Owner" not in answer["Contents"][0]
    assert s3.list_objects_v2(Bucket=full, FetchOwner=True)["Contents"][0]["Owner"]["ID"]


@pytest.mark.parametrize(
    ("asked", "keys", "prefixes"),
    [
        ({"Prefix": "b/"}, ["b/1", "b/2", "b/c/3"], []),
        ({"Delimiter": "/"}, ["a.txt", "b0", "z", "é", "\uffee", "\U0001f600"], ["b/", "c/"]),
        ({"Prefix": "b/", "Delimiter": "/"}, ["b/1", "b/2"], ["b/c/"]),
        ({"Prefix": "b", "Delimiter": "/"}, ["b0"], ["b/"]),
        ({"StartAfter": "c/4"}, ["z", "é", "\uffee", "\U0001f600"], []),
        ({"StartAfter": "b/1", "Delimiter": "/", "Prefix": "b"}, ["b0"], ["b/"]),
        ({"Prefix": "nothing"}, [], []),
        ({"MaxKeys": 0}, [], []),
    ],
)
def test_a_listing_by_prefix_delimiter_and_start(
    s3: "S3Client", full: str, asked: dict[str, Any], keys: list[str], prefixes: list[str]
) -> None:
    answer = s3.list_objects_v2(Bucket=full, **asked)
    assert (keys_of(answer), prefixes_of(answer)) == (keys, prefixes)
    assert not answer["IsTruncated"]


@pytest.mark.parametrize("operation", ["list_objects", "list_objects_v2"])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_make_the_whole(s3: "S3Client", full: str, operation: Any, size: int) -> None:
    pages = s3.get_paginator(operation).paginate(
        Bucket=full, Delimiter="/", PaginationConfig={"PageSize": size}
    )
    seen = [(keys_of(page), prefixes_of(page)) for page in pages]
    assert [key for keys, _ in seen for key in keys] == [
        *("a.txt", "b0", "z", "é", "\uffee", "\U0001f600"),
    ]
    assert [prefix for _, prefixes in seen for prefix in prefixes] == ["b/", "c/"]
    assert all(len(keys) + len(prefixes) <= size for keys, prefixes in seen)


def test_odd_keys_travel_in_url_encoding(s3: "S3Client", stand_in: Home, bucket: str) -> None:
    odd = ["a b", "a%20b", "a+b", "line\nbreak", "<&>", "\x0b"]
    for key in odd:
        put(stand_in.buckets, bucket, key, b"")
    assert keys_of(s3.list_objects_v2(Bucket=bucket)) == sorted(odd)


def test_a_listing_with_a_wrong_token_or_size_is_refused(s3: "S3Client", bucket: str) -> None:
    with pytest.raises(ClientError, match="continuation token"):
        s3.list_objects_v2(Bucket=bucket, ContinuationToken="nonsense!")
    with pytest.raises(ClientError, match="max-keys"):
        s3.list_objects_v2(Bucket=bucket, MaxKeys=-1)


@example(prefix="c/", delimiter="/", size=1)  # where the prefix is a key of its own
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    prefix=st.sampled_from(["", "b", "b/", "c/"]),
    delimiter=st.sampled_from(["", "/", "c", "/c"]),
    size=st.integers(1, 5),
)
def test_pages_of_any_size_equal_the_definition_of_a_listing(
    s3: "S3Client", full: str, prefix: str, delimiter: str, size: int
) -> None:
    """The definition, on all keys at once: fold each at the first delimiter after the prefix."""
    folded = set()
    for key in KEYS:
        if key.startswith(prefix):
            head, separator, _ = (
                key[len(prefix) :].partition(delimiter) if delimiter else ("", "", "")
            )
            folded.add(prefix + head + separator if separator else key)
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=full, Prefix=prefix, Delimiter=delimiter, PaginationConfig={"PageSize": size}
    )
    seen = [
        name for page in pages for name in sorted(keys_of(page) + prefixes_of(page), key=str.encode)
    ]
    assert seen == sorted(folded, key=str.encode)


def test_buckets_have_a_region_and_are_listed(s3: "S3Client", stand_in: Home) -> None:
    s3.create_bucket(
        Bucket="in.vienna", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    assert s3.get_bucket_location(Bucket="in.vienna")["LocationConstraint"] == "eu-central-1"
    assert s3.head_bucket(Bucket="in.vienna")["BucketRegion"] == "eu-central-1"
    stand_in.bucket("made-by-hand").mkdir()
    stand_in.bucket("No Bucket").mkdir()
    names = [bucket["Name"] for bucket in s3.list_buckets(Prefix="in.")["Buckets"]]
    assert names == ["in.vienna"]
    assert "made-by-hand" in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    first = s3.list_buckets(MaxBuckets=1)
    rest = s3.list_buckets(ContinuationToken=first["ContinuationToken"])
    assert first["Buckets"] + rest["Buckets"] == s3.list_buckets()["Buckets"]
    s3.put_object(Bucket="made-by-hand", Key="a/b", Body=b"")
    with pytest.raises(ClientError, match="BucketNotEmpty"):
        s3.delete_bucket(Bucket="made-by-hand")
    s3.delete_object(Bucket="made-by-hand", Key="a/b")
    (stand_in.bucket("made-by-hand") / "empty").mkdir()
    (stand_in.bucket("made-by-hand") / ".git").mkdir()
    (stand_in.bucket("made-by-hand") / ".git" / "config").write_text("precious")
    with pytest.raises(ClientError, match=r"\.git"):
        s3.delete_bucket(Bucket="made-by-hand")
    assert (stand_in.bucket("made-by-hand") / ".git" / "config").read_text() == "precious"
    (stand_in.bucket("made-by-hand") / ".git" / "config").unlink()
    s3.delete_bucket(Bucket="made-by-hand")
    with pytest.raises(ClientError):
        s3.head_bucket(Bucket="made-by-hand")


@pytest.mark.parametrize(
    "name", ["ab", "Upper", "a..b", "-a-", "a_b", "127.0.0.1", "xn--a", "a-s3alias", "a" * 64]
)
def test_names_that_no_bucket_may_have(s3: "S3Client", name: str) -> None:
    with pytest.raises(ClientError, match="InvalidBucketName"):
        s3.create_bucket(Bucket=name)


def test_a_bucket_may_be_created_again_where_s3_allows_it(s3: "S3Client", bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"")
    s3.create_bucket(Bucket=bucket)
    assert keys_of(s3.list_objects_v2(Bucket=bucket)) == ["a"]
    s3.get_waiter("bucket_exists").wait(Bucket=bucket)
    s3.get_waiter("object_exists").wait(Bucket=bucket, Key="a")
