"""Forms that a browser posts, as boto3 presigns them."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import httpx2
import pytest

from tests import http_calls
from tests.local.home import Home

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Form = dict[str, Any]


@pytest.fixture
def form(s3: "S3Client", bucket: str) -> Callable[..., Form]:
    """`form(key, fields, conditions)`: where to post, and with which fields."""

    def make(
        key: str = "a.txt",
        fields: dict[str, str] | None = None,
        conditions: list[Any] | None = None,
        lifetime: int = 60,
    ) -> Form:
        posted_form: Form = s3.generate_presigned_post(bucket, key, fields, conditions, lifetime)
        return posted_form

    return make


def send(
    form: Form,
    data: bytes = b"data",
    filename: str = "file.txt",
    more: Mapping[str, str] = MappingProxyType({}),
) -> httpx2.Response:
    fields = form["fields"] | more
    return http_calls.post(form["url"], data=fields, files={"file": (filename, data)})


def error(answer: httpx2.Response) -> tuple[int, str, str]:
    root = ET.fromstring(answer.content)
    return answer.status_code, root.findtext("Code", ""), root.findtext("Message", "")


def with_policy(form: Form, **changes: Any) -> Form:
    """The form with another policy, as if it had been signed."""
    policy = json.loads(base64.b64decode(form["fields"]["policy"])) | changes
    encoded = base64.b64encode(json.dumps(policy).encode()).decode()
    return form | {"fields": form["fields"] | {"policy": encoded}}


def test_a_form_puts_one_object(s3: "S3Client", bucket: str, form: Callable[..., Form]) -> None:
    answer = send(
        form(
            "docs/ü 1.pdf",
            {"Content-Type": "application/pdf", "x-amz-meta-By": "me", "Cache-Control": "no-store"},
            [
                {"Content-Type": "application/pdf"},
                {"x-amz-meta-by": "me"},
                ["starts-with", "$cache-control", "no-"],
                ["content-length-range", 1, 10],
            ],
        )
    )
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["etag"] == f'"{hashlib.md5(b"data").hexdigest()}"'
    got = s3.get_object(Bucket=bucket, Key="docs/ü 1.pdf")
    assert got["Body"].read() == b"data"
    assert (got["ContentType"], got["CacheControl"], got["Metadata"]) == (
        *("application/pdf", "no-store"),
        {"by": "me"},
    )


@pytest.mark.parametrize(
    ("filename", "key"),
    [("in.txt", "up/in.txt"), ("C:\\docs\\in.txt", "up/in.txt"), ("../../in.txt", "up/in.txt")],
)
def test_the_key_takes_the_name_of_the_file(
    s3: "S3Client", bucket: str, form: Callable[..., Form], filename: str, key: str
) -> None:
    assert send(form("up/${filename}"), filename=filename).status_code == 204
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"data"


@pytest.mark.parametrize(
    ("size", "status", "code"),
    [(4, 400, "EntityTooSmall"), (5, 204, ""), (10, 204, ""), (11, 400, "EntityTooLarge")],
)
def test_the_size_is_held_against_its_range(
    form: Callable[..., Form], size: int, status: int, code: str
) -> None:
    answer = send(form(conditions=[["content-length-range", 5, 10]]), b"x" * size)
    assert answer.status_code == status
    if code:
        root = ET.fromstring(answer.content)
        assert (root.findtext("Code"), root.findtext("ProposedSize")) == (code, str(size))


def test_an_expired_policy(form: Callable[..., Form]) -> None:
    assert error(send(form(lifetime=-1))) == (
        *(403, "AccessDenied", "Invalid according to Policy: Policy expired."),
    )


def test_every_condition_counts(form: Callable[..., Form]) -> None:
    posted_form = form("a.txt", {"acl": "private"}, [{"acl": "private"}])
    failed = "Invalid according to Policy: Policy Condition failed: "
    assert error(send(posted_form, more={"key": "b.txt"})) == (
        403,
        "AccessDenied",
        f'{failed}["eq", "$key", "a.txt"]',
    )
    assert error(send(posted_form, more={"acl": "Private"})) == (
        *(403, "AccessDenied", f'{failed}["eq", "$acl", "private"]'),
    )
    elsewhere = posted_form | {"url": posted_form["url"].replace("bucket-", "other-bucket-")}
    assert error(send(elsewhere))[1] == "AccessDenied"
    absent = form("a.txt", None, [["starts-with", "$Content-Type", ""]])
    assert error(send(absent))[1] == "AccessDenied"
    wrong = form("a.txt", {"Content-Type": "image/png,text/plain"},
                 [["starts-with", "$Content-Type", "image/"]])  # fmt: skip
    assert error(send(wrong))[1] == "AccessDenied"
    right = form("a.txt", {"Content-Type": "image/png,image/gif"},
                 [["starts-with", "$Content-Type", "image/"]])  # fmt: skip
    assert send(right).status_code == 204
    without_dollar = form("a.txt", {"acl": "private"}, [["eq", "acl", "private"]])
    assert error(send(without_dollar))[2] == f'{failed}["eq", "acl", "private"]'


def test_every_field_needs_a_condition(form: Callable[..., Form]) -> None:
    assert error(send(form(), more={"x-amz-meta-foo": "bar"})) == (
        *(403, "AccessDenied", "Invalid according to Policy: Extra input fields: x-amz-meta-foo"),
    )
    assert send(form(), more={"x-ignore-foo": "bar"}).status_code == 204


def test_a_form_without_key_or_policy(form: Callable[..., Form]) -> None:
    posted_form = form()
    for missing, code in (("key", "InvalidArgument"), ("policy", "AccessDenied")):
        fields = {name: value for name, value in posted_form["fields"].items() if name != missing}
        assert error(send(posted_form | {"fields": fields}))[1] == code
    answer = http_calls.post(
        posted_form["url"], data=posted_form["fields"], files={"other": b"data"}
    )
    assert error(answer)[1] == "InvalidArgument"


@pytest.mark.parametrize(
    "changes",
    [
        {"expiration": "2099-01-01 00:00:00"},
        {"expiration": 5},
        {"conditions": {}},
        {"conditions": [{}]},
        {"conditions": [{"a": "b", "c": "d"}]},
        {"conditions": [{"key": 5}]},
        {"conditions": [["eq", "$key"]]},
        {"conditions": [["like", "$key", "a.txt"]]},
        {"conditions": [["content-length-range", -1, 0]]},
    ],
    ids=str,
)
def test_a_form_with_a_malformed_policy_is_refused(
    form: Callable[..., Form], changes: dict[str, Any]
) -> None:
    status, code, _ = error(send(with_policy(form(), **changes)))
    assert (status, code) == (400, "InvalidPolicyDocument")


def test_a_policy_that_is_no_json(form: Callable[..., Form]) -> None:
    for policy in ("!", base64.b64encode(b"[]").decode(), base64.b64encode(b"{").decode()):
        assert error(send(form(), more={"policy": policy}))[1] == "InvalidPolicyDocument"


def test_a_form_is_answered_with_the_status_or_redirect_that_it_names(
    form: Callable[..., Form], bucket: str, stand_in: Home
) -> None:
    status = form("a b/c.txt", {"success_action_status": "201"}, [{"success_action_status": "201"}])
    answer = send(status)
    root = ET.fromstring(answer.content)
    location = f"{stand_in.server.url}/{bucket}/a%20b%2Fc.txt"
    assert answer.status_code == 201
    assert [root.findtext(f"{{*}}{name}") for name in ("Bucket", "Key", "Location", "ETag")] == [
        *(bucket, "a b/c.txt", location, answer.headers["etag"]),
    ]
    assert answer.headers["location"] == location
    target = "http://127.0.0.1/done?x=1"
    redirect = form("a b", {"success_action_redirect": target},
                    [["starts-with", "$success_action_redirect", "http://127.0.0.1/"]])  # fmt: skip
    answer = send(redirect)
    assert answer.status_code == 303
    assert answer.headers["location"] == (
        f"{target}&bucket={bucket}&key=a+b&etag=%22{hashlib.md5(b'data').hexdigest()}%22"
    )
    relative = form("a", {"success_action_redirect": "/no"}, [{"success_action_redirect": "/no"}])
    assert send(relative).status_code == 204


def test_a_checksum_in_the_form_is_held_against_the_file(form: Callable[..., Form]) -> None:
    checksum = base64.b64encode(hashlib.sha256(b"data").digest()).decode()
    posted_form = form(
        "a", {"x-amz-checksum-sha256": checksum}, [{"x-amz-checksum-sha256": checksum}]
    )
    assert send(posted_form).status_code == 204
    assert error(send(posted_form, b"other"))[:2] == (400, "BadDigest")
