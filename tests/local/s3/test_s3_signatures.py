"""What a page in a browser may do with a bucket: what was presigned, or what a CORS rule allows."""

import re
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from app.local.s3.access import is_signed
from app.local.wire import Call
from tests import http_calls
from tests.local.home import Home

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

EVIL = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
LINK = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
KEYS = ["a.txt", "a b+c.txt", "日本 ü/~tilde.txt", "q?x=1&y=2#z", "a//b", "100%.txt"]


def stranger(home: Home) -> "S3Client":
    """A client whose key the stand-in does not know."""
    return boto3.client(
        "s3",
        endpoint_url=home.server.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="guessed",
        config=Config(signature_version="s3v4", proxies={}),
    )


def signing(home: Home, version: str = "s3v4") -> "S3Client":
    client: S3Client = home.server.client("s3", signature_version=version)
    return client


@pytest.mark.parametrize("version", ["s3v4", "s3"])
@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("head", [EVIL, LINK, {"sec-fetch-site": "same-origin"}], ids=str)
def test_a_page_may_use_what_was_presigned_for_it(
    s3: "S3Client", bucket: str, stand_in: Home, key: str, head: dict[str, str], version: str
) -> None:
    ours = signing(stand_in, version)
    params = {"Bucket": bucket, "Key": key}
    put = ours.generate_presigned_url("put_object", Params=params | {"ContentType": "text/plain"})
    typed = head | {"content-type": "text/plain"}
    assert http_calls.put(put, content=b"one", headers=typed).status_code == 200
    get = ours.generate_presigned_url("get_object", Params=params | {"ResponseContentType": "a/b"})
    answer = http_calls.get(get, headers=head)
    assert (answer.status_code, answer.content) == (200, b"one")
    other = typed | {"content-type": "text/html"}  # not what was signed
    assert http_calls.put(put, content=b"two", headers=other).status_code == 403
    for changed in (
        re.sub(r"Expires=(\d+)", r"Expires=1\1", get),
        get.replace("Signature=", "Signature=0"),
        get.replace("response-content-type=a", "response-content-type=b"),
        f"{get}&versionId=null",
        f"{get}&response-content-type=text%2Fhtml",
        get.replace(f"/{bucket}/", f"/{bucket}/x", 1),
    ):
        assert http_calls.get(changed, headers=head).status_code == 403, changed
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"one"


def test_a_page_may_not_sign_for_itself(s3: "S3Client", bucket: str, stand_in: Home) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"a")
    params = {"Bucket": bucket, "Key": "a"}
    theirs = stranger(stand_in)
    get = theirs.generate_presigned_url("get_object", Params=params)
    assert http_calls.get(get).status_code == 200  # of a program nothing is asked
    for head in (EVIL, LINK):
        assert http_calls.get(get, headers=head).status_code == 403
        assert http_calls.head(get, headers=head).status_code == 403
    put = theirs.generate_presigned_url("put_object", Params=params)
    assert http_calls.put(put, content=b"b", headers=EVIL).status_code == 403
    form: Any = theirs.generate_presigned_post(bucket, "a")
    assert _post(form, EVIL) == 403
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"a"


def _post(form: Any, head: dict[str, str]) -> int:
    answer = http_calls.post(form["url"], data=form["fields"], files={"file": b"b"}, headers=head)
    return answer.status_code


@pytest.mark.parametrize(
    "query",
    [
        "delete",
        "delete&X-Amz-Credential=a/b/c/s3/aws4_request",
        "delete&X-Amz-Credential=test/20261128/us-east-1/s3/aws4_request&X-Amz-Signature=0f",
        "delete&AWSAccessKeyId=test&Signature=0f&Expires=4102444800",
    ],
)
def test_a_page_deletes_nothing(s3: "S3Client", bucket: str, stand_in: Home, query: str) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"a")
    xml = b"<Delete><Object><Key>a</Key></Object></Delete>"
    for kind in ("text/plain", "multipart/form-data; boundary=x", "application/xml"):
        answer = http_calls.post(
            f"{stand_in.server.url}/{bucket}?{query}",
            content=xml,
            headers=EVIL | {"content-type": kind},
        )
        assert answer.status_code in (400, 403, 415)
    assert s3.head_object(Bucket=bucket, Key="a")


@pytest.mark.parametrize(
    ("version", "signed"),
    [
        ("s3v4", ("policy", "x-amz-signature", "x-amz-credential")),
        ("s3", ("policy", "signature", "AWSAccessKeyId")),
    ],
)
def test_a_form_that_was_presigned_may_come_from_any_page(
    s3: "S3Client", bucket: str, stand_in: Home, version: str, signed: tuple[str, ...]
) -> None:
    form: Any = signing(stand_in, version).generate_presigned_post(bucket, "a")
    assert _post(form, EVIL) == 204
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"b"
    for name in signed:
        changed = {"url": form["url"], "fields": {**form["fields"], name: "x"}}
        assert _post(changed, EVIL) in (400, 403)
        without = {key: value for key, value in form["fields"].items() if key != name}
        assert _post({"url": form["url"], "fields": without}, EVIL) == 403


def test_a_page_that_a_rule_allows_needs_no_signature_of_ours(
    s3: "S3Client", bucket: str, stand_in: Home
) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"a")
    get = stranger(stand_in).generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": "a"}
    )
    assert http_calls.get(get, headers=EVIL).status_code == 403
    configuration: Any = {
        "CORSRules": [{"AllowedOrigins": [EVIL["origin"]], "AllowedMethods": ["GET"]}]
    }
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration=configuration)
    assert http_calls.get(get, headers=EVIL).content == b"a"
    assert (
        http_calls.get(get, headers=EVIL | {"origin": "https://other.example"}).status_code == 403
    )
    assert _post(stranger(stand_in).generate_presigned_post(bucket, "b"), EVIL) == 403
    with pytest.raises(ClientError, match="404"):
        s3.head_object(Bucket=bucket, Key="b")


def test_a_signature_without_a_known_key_counts_as_none() -> None:
    query = {"X-Amz-Credential": ["/d/r/s3/aws4_request"], "X-Amz-SignedHeaders": ["host"]}
    call = Call(
        "s3", "GetObject", {"Bucket": "b", "Key": "k"}, {"host": "x"}, "id", None, query, "/b/k"
    )
    assert not is_signed(call, {})
    assert not is_signed(call, {"": ""})
