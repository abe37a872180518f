"""JSON bodies that JSON itself allows, and that no handler could deal with: refused, and named."""

import pytest

from app.local.wire import JSON, Call
from tests import http_calls
from tests.conftest import Serve

HEADERS = {
    "authorization": "AWS4-HMAC-SHA256 Credential=A/2/us-east-1/sqs/aws4_request",
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": "AmazonSQS.SendMessage",
}
QUEUE = '"QueueUrl": "http://127.0.0.1/000000000000/q"'


def send_message(call: Call) -> JSON:
    raise AssertionError(f"a handler was called with {call.params}")


@pytest.mark.parametrize(
    ("members", "rule"),
    [
        (r'"MessageBody": "\ud800"', "surrogates not allowed"),
        (r'"MessageBody": "a", "MessageAttributes": {"\uDFFF": {}}', "surrogates not allowed"),
        ('"MessageBody": "a", "DelaySeconds": 1e999', "1e999 is too large a number"),
        ('"MessageBody": "a", "DelaySeconds": NaN', "NaN is not a number that JSON knows"),
        ('"MessageBody": "a", "x": ' + "[" * 151 + "]" * 151, "more than 150 levels deep"),
        ('"MessageBody": "a", "x": ' + '{"a":' * 2000 + "1" + "}" * 2000, "nested too deeply"),
    ],
)
def test_json_that_no_handler_could_use_is_refused_with_the_reason(
    serve: Serve, members: str, rule: str
) -> None:
    server = serve({"sqs": {"SendMessage": send_message}})
    answer = http_calls.post(
        server.url, content="{" + QUEUE + ", " + members + "}", headers=HEADERS
    )
    assert answer.status_code == 400
    assert answer.json()["__type"].endswith("SerializationException")
    assert rule in answer.json()["message"]


def test_a_character_of_two_halves_is_no_lone_half(serve: Serve) -> None:
    server = serve({"sqs": {"SendMessage": lambda _: {"MessageId": "1", "MD5OfMessageBody": "2"}}})
    body = "{" + QUEUE + r', "MessageBody": "\ud83d\ude00"' + "}"
    assert http_calls.post(server.url, content=body, headers=HEADERS).status_code == 200


def test_a_number_that_is_too_large_for_a_float_is_refused(serve: Serve) -> None:
    server = serve({"bedrock-runtime": {"Converse": send_message}})
    url = f"{server.url}/model/amazon.nova-lite-v1:0/converse"
    body = '{"messages": [], "inferenceConfig": {"temperature": 1' + "0" * 400 + "}}"
    headers = {
        "authorization": "AWS4-HMAC-SHA256 Credential=A/2/us-east-1/bedrock/aws4_request",
        "content-type": "application/json",
    }
    answer = http_calls.post(url, content=body, headers=headers)
    assert answer.status_code == 400
    assert "cannot be converted to a Float, at 'inferenceConfig.temperature'" in answer.text


def test_an_error_can_quote_a_header_that_is_no_text(serve: Serve) -> None:
    server = serve({"s3": {"PutObject": send_message}})
    headers = [
        (b"authorization", b"AWS4-HMAC-SHA256 Credential=A/2/us-east-1/s3/aws4_request"),
        (b"x-amz-object-lock-retain-until-date", b"\xe9\xff"),
    ]
    answer = http_calls.put(f"{server.url}/bucket/key", content=b"x", headers=headers)
    assert answer.status_code == 400
    assert "Timestamp" in answer.text or "timestamp" in answer.text
