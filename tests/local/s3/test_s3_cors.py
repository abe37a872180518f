"""What a browser asks a bucket, and is told: preflights, and the headers of every answer."""

from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from botocore.exceptions import ClientError

from tests import http_calls
from tests.local.home import Home

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PAGE = "https://page.example.com"
RULE: dict[str, Any] = {
    "AllowedOrigins": [PAGE],
    "AllowedMethods": ["POST", "GET"],
    "AllowedHeaders": ["content-type", "x-amz-*"],
    "ExposeHeaders": ["ETag"],
    "MaxAgeSeconds": 3600,
}


def allow(s3: "S3Client", bucket: str, *rules: dict[str, Any]) -> None:
    configuration: Any = {"CORSRules": list(rules)}
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration=configuration)


def preflight(home: Home, path: str, method: str | None, headers: str = "") -> httpx2.Response:
    request_headers = {"origin": PAGE}
    request_headers |= {"access-control-request-method": method} if method else {}
    request_headers |= {"access-control-request-headers": headers} if headers else {}
    return http_calls.options(f"{home.server.url}/{path}", headers=request_headers)


def test_rules_are_kept_as_they_were_put(s3: "S3Client", bucket: str) -> None:
    with pytest.raises(ClientError, match="NoSuchCORSConfiguration"):
        s3.get_bucket_cors(Bucket=bucket)
    allow(s3, bucket, RULE, {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"], "ID": "all"})
    stored_rules = s3.get_bucket_cors(Bucket=bucket)["CORSRules"]
    assert stored_rules == [RULE, {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"], "ID": "all"}]
    s3.delete_bucket_cors(Bucket=bucket)
    with pytest.raises(ClientError, match="NoSuchCORSConfiguration"):
        s3.get_bucket_cors(Bucket=bucket)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"AllowedMethods": ["PATCH"]}, "InvalidRequest"),
        ({"AllowedMethods": ["get"]}, "InvalidRequest"),
        ({"AllowedOrigins": ["https://*.*.com"]}, "InvalidRequest"),
        ({"AllowedHeaders": ["*-*"]}, "InvalidRequest"),
        ({"ExposeHeaders": ["x-*"]}, "InvalidRequest"),
    ],
    ids=str,
)
def test_a_cors_rule_that_breaks_a_rule_of_s3_is_refused(
    s3: "S3Client", bucket: str, change: dict[str, Any], code: str
) -> None:
    with pytest.raises(ClientError, match=code):
        allow(s3, bucket, RULE | change)
    with pytest.raises(ClientError, match="MalformedXML"):
        allow(s3, bucket, *[RULE] * 101)


@pytest.mark.parametrize("path", ["{}", "{}/", "{}/docs/a.pdf"])
def test_a_preflight_is_answered_by_the_rules(
    s3: "S3Client", bucket: str, stand_in: Home, path: str
) -> None:
    allow(s3, bucket, RULE)
    answer = preflight(stand_in, path.format(bucket), "POST", "Content-Type, X-Amz-Date")
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert answer.headers["access-control-allow-methods"] == "POST, GET"
    assert answer.headers["access-control-allow-headers"] == "content-type, x-amz-date"
    assert answer.headers["access-control-expose-headers"] == "ETag"
    assert answer.headers["access-control-max-age"] == "3600"
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert answer.headers["vary"].startswith("Origin")


@pytest.mark.parametrize(
    ("change", "method", "headers"),
    [
        ({"AllowedOrigins": ["https://other.example.com"]}, "POST", ""),
        ({"AllowedOrigins": ["http://page.example.com"]}, "POST", ""),
        ({}, "PUT", ""),
        ({}, "POST", "content-type, authorization"),
        ({"AllowedHeaders": []}, "POST", "content-type"),
    ],
    ids=str,
)
def test_a_preflight_that_no_rule_allows(
    s3: "S3Client", bucket: str, stand_in: Home, change: Any, method: str, headers: str
) -> None:
    allow(s3, bucket, RULE | change)
    answer = preflight(stand_in, f"{bucket}/a", method, headers)
    assert answer.status_code == 403
    assert "<Code>AccessForbidden</Code>" in answer.text
    assert "access-control-allow-origin" not in answer.headers


def test_preflights_that_ask_for_nothing(s3: "S3Client", bucket: str, stand_in: Home) -> None:
    closed = preflight(stand_in, f"{bucket}/a", "GET")
    assert (closed.status_code, "CORS is not enabled" in closed.text) == (403, True)
    allow(s3, bucket, RULE)
    assert preflight(stand_in, f"{bucket}/a", None).status_code == 400
    assert preflight(stand_in, f"{bucket}/a", "PATCH").status_code == 400
    assert preflight(stand_in, "no-such-bucket/a", "GET").status_code == 404
    bare = http_calls.options(f"{stand_in.server.url}/{bucket}/a")
    assert (bare.status_code, "Origin request header needed" in bare.text) == (400, True)


def test_the_first_rule_that_fits_decides(s3: "S3Client", bucket: str, stand_in: Home) -> None:
    anyone = {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]}
    suffix = {"AllowedOrigins": ["https://*.example.com"], "AllowedMethods": ["GET", "PUT"]}
    allow(s3, bucket, anyone, suffix)
    get = preflight(stand_in, bucket, "GET")
    assert get.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in get.headers
    put = preflight(stand_in, bucket, "PUT")
    assert put.headers["access-control-allow-origin"] == PAGE


def test_answers_and_errors_to_a_page_have_cors_headers(s3: "S3Client", bucket: str) -> None:
    allow(s3, bucket, RULE)
    s3.put_object(Bucket=bucket, Key="a", Body=b"a")
    get = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "a"})
    answer = http_calls.get(get, headers={"origin": PAGE})
    assert (answer.content, answer.headers["access-control-allow-origin"]) == (b"a", PAGE)
    assert answer.headers["access-control-expose-headers"] == "ETag"
    missing = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "b"})
    answer = http_calls.get(missing, headers={"origin": PAGE})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (404, PAGE)
    for other in ({}, {"origin": "https://other.example.com"}):
        assert "access-control-allow-origin" not in http_calls.get(get, headers=other).headers
    put = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "a"})
    answer = http_calls.put(put, content=b"b", headers={"origin": PAGE})
    assert answer.status_code == 200  # it was presigned; the browser keeps the page from more
    assert "access-control-allow-origin" not in answer.headers


def test_a_posted_form_is_answered_to_its_page(s3: "S3Client", bucket: str) -> None:
    allow(s3, bucket, RULE)
    conditions = [["content-length-range", 1, 4]]
    form: Any = s3.generate_presigned_post(bucket, "a.txt", None, conditions)
    for data, status in ((b"data", 204), (b"too much", 400)):
        answer = http_calls.post(
            form["url"], data=form["fields"], files={"file": data}, headers={"origin": PAGE}
        )
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == PAGE
