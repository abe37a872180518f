"""Every kind of constraint, wherever it stands; the message names the member and the rule."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import httpx2
import pytest
from botocore.exceptions import ClientError

from app.local.wire import JSON, Call
from app.local.wire.models import model
from app.local.wire.validation import BrokenConstraint, matches, violations
from tests import http_calls
from tests.conftest import Serve
from tests.wire_server import Server, serving

MESSAGE = {"role": "user", "content": [{"text": "Hello"}]}
CONVERSE: JSON = {"modelId": "amazon.nova-lite-v1:0", "messages": [MESSAGE]}
RETRIEVE: JSON = {"knowledgeBaseId": "KB12345678", "retrievalQuery": {"text": "Hello"}}
TOOL: JSON = {"name": "weather", "inputSchema": {"json": {"type": "object", "none": None}}}


def complaints(service: str, operation: str, params: JSON) -> list[BrokenConstraint]:
    shape = model(service).operation_model(operation).input_shape
    assert shape is not None
    return violations(shape, params)


def converse(**params: Any) -> list[BrokenConstraint]:
    return complaints("bedrock-runtime", "Converse", CONVERSE | params)


def with_content(*blocks: JSON) -> list[BrokenConstraint]:
    return converse(messages=[MESSAGE, {"role": "user", "content": list(blocks)}])


def retrieve(**params: Any) -> list[BrokenConstraint]:
    return complaints("bedrock-agent-runtime", "Retrieve", RETRIEVE | params)


def at_least(bound: int, noun: str) -> str:
    return f"Member must have {noun} greater than or equal to {bound}"


def at_most(bound: int, noun: str) -> str:
    return f"Member must have {noun} less than or equal to {bound}"


def pattern(text: str) -> str:
    return f"Member must satisfy regular expression pattern: {text}"


def enumeration(values: str) -> str:
    return f"Member must satisfy enum value set: [{values}]"


def one_of(members: Iterable[str]) -> str:
    return f"Member must have exactly one member set of: [{', '.join(members)}]"


CONTENT_BLOCK: Any = model("bedrock-runtime").shape_for("ContentBlock")
CONTENT = list(CONTENT_BLOCK.members)
LONGEST_QUERY = {"retrievalQuery": {"text": "x" * 20_000}}
MESSAGE_TO_SQS = {"QueueUrl": "u", "MessageBody": "m"}
KEY = r"[a-zA-Z0-9\s:_@$#=/+,-.]{1,256}"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (converse(), []),
        (retrieve(), []),
        (
            complaints("bedrock-runtime", "Converse", {}),
            [("modelId", "null", "Member must not be null")],
        ),
        (
            converse(messages=[{"role": "user"}]),
            [("messages.1.member.content", "null", "Member must not be null")],
        ),
        (
            converse(messages=[MESSAGE, None]),
            [("messages.2.member", "null", "Member must not be null")],
        ),
        (
            converse(messages=[{"role": "bot", "content": []}]),
            [("messages.1.member.role", "'bot'", enumeration("user, assistant, system"))],
        ),
        (
            converse(inferenceConfig={"maxTokens": 0, "temperature": 1.5}),
            [
                ("inferenceConfig.maxTokens", "'0'", at_least(1, "value")),
                ("inferenceConfig.temperature", "'1.5'", at_most(1, "value")),
            ],
        ),
        (
            converse(inferenceConfig={"stopSequences": [""]}),
            [("inferenceConfig.stopSequences.1.member", "''", at_least(1, "length"))],
        ),
        (
            converse(toolConfig={"tools": []}),
            [("toolConfig.tools", "'[]'", at_least(1, "length"))],
        ),
        (
            converse(toolConfig={"tools": [{"toolSpec": TOOL | {"name": "no spaces"}}]}),
            [("toolConfig.tools.1.member.toolSpec.name", "'no spaces'", pattern("[a-zA-Z0-9_-]+"))],
        ),
        (
            converse(toolConfig={"tools": [{"toolSpec": TOOL | {"name": "x" * 65}}]}),
            [("toolConfig.tools.1.member.toolSpec.name", f"'{'x' * 65}'", at_most(64, "length"))],
        ),
        (
            converse(requestMetadata={"a b!": "v"}),
            [("requestMetadata", "", f"Map keys must satisfy constraint: [{pattern(KEY)}]")],
        ),
        (
            converse(requestMetadata={"a": "!"}),
            [("requestMetadata.a.member", "", pattern(KEY.replace("{1,", "{0,")))],
        ),
        (
            complaints("sqs", "SendMessage", MESSAGE_TO_SQS | {"DelaySeconds": 2**31}),
            [("DelaySeconds", "'2147483648'", at_most(2147483647, "value"))],
        ),
        (
            with_content({}),
            [("messages.2.member.content.1.member", "", one_of(CONTENT))],
        ),
        (
            with_content({"text": "a", "cachePoint": {"type": "default"}}),
            [("messages.2.member.content.1.member", "", one_of(CONTENT))],
        ),
        (retrieve(**LONGEST_QUERY), []),
        # what the model calls sensitive is not repeated
        (
            retrieve(retrievalQuery={"text": "x" * 20_001}),
            [("retrievalQuery.text", "", at_most(20000, "length"))],
        ),
    ],
)
def test_each_constraint_is_checked_wherever_it_stands(
    found: list[BrokenConstraint], expected: list[tuple[str, str, str]]
) -> None:
    assert found == expected


def test_a_violation_is_worded_as_aws_words_it() -> None:
    [found] = converse(inferenceConfig={"topP": 1.5})
    assert str(found) == (
        "Value '1.5' at 'inferenceConfig.topP' failed to satisfy constraint: "
        "Member must have value less than or equal to 1"
    )
    assert str(found._replace(value="")).startswith("Value at 'inferenceConfig.topP' failed")


def test_a_long_value_is_shown_in_part() -> None:
    [found] = converse(messages=[{"role": "x" * 10_000, "content": []}])
    assert len(found.value) < 200


def test_free_form_documents_are_not_checked() -> None:
    assert converse(toolConfig={"tools": [{"toolSpec": TOOL}]}) == []
    fields = {"anything": [None, {"deep": 1.5}]}
    assert converse(additionalModelRequestFields=fields) == []


def test_a_pattern_has_to_match_the_whole_and_in_time() -> None:
    assert matches("[a-z]+", "abc")
    assert not matches("[a-z]+", "abc1")
    assert matches(r"[\p{L}]*", "Größe")
    assert not matches("(x+x+)+y", "x" * 100)


def test_the_pattern_of_taggable_arns_is_mended() -> None:
    arn = "arn:aws:bedrock:us-east-1:123456789012:knowledge-base/ABCDEFGHIJ"
    assert complaints("bedrock-agent", "ListTagsForResource", {"resourceArn": arn}) == []
    assert complaints("bedrock-agent", "ListTagsForResource", {"resourceArn": arn[:-1]}) != []


# the same over HTTP: what a client reads


def never(call: Call) -> JSON:
    raise AssertionError(f"the handler was called: {call}")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    services = {
        "bedrock-runtime": {"Converse": never},
        "bedrock-agent": {"CreateKnowledgeBase": never},
        "s3": {"PutBucketVersioning": never, "PutBucketPolicy": never, "ListObjectsV2": never},
        "sqs": {"SendMessage": never},
    }
    with serving(services) as server:
        yield server


def post(server: Server, target: str, body: bytes, **headers: str) -> httpx2.Response:
    named = {"content-type": "application/json"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    return http_calls.post(server.url + target, content=body, headers=named, trust_env=False)


def test_every_violation_is_named_in_one_message(server: Server) -> None:
    client = server.client("bedrock-runtime", parameter_validation=False)
    with pytest.raises(client.exceptions.ValidationException) as caught:
        client.converse(modelId="?", messages=[{"role": "robot"}])
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    message = response["Error"]["Message"]
    assert message.startswith("3 validation errors detected: Value")
    assert message.count("failed to satisfy constraint") == 3


def test_bedrock_agent_lists_the_fields(server: Server) -> None:
    client = server.client("bedrock-agent", parameter_validation=False)
    with pytest.raises(client.exceptions.ValidationException) as caught:
        client.create_knowledge_base(name="no!", roleArn="arn:aws:iam::123456789012:role/r")
    fields = {one["name"]: one["message"] for one in caught.value.response["fieldList"]}
    assert fields["knowledgeBaseConfiguration"] == "Member must not be null"
    assert fields["name"].startswith("Member must satisfy regular expression pattern")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b'{"inferenceConfig": {"topP": NaN}}', "NaN"),
        (b"[]", "START_ARRAY cannot be converted to a structure"),
        (b'{"messages": {}}', "START_OBJECT cannot be converted to a list, at 'messages'"),
        (
            b'{"messages": [{"role": 1}]}',
            "NUMBER_VALUE cannot be converted to a String, at 'messages.1.member.role'",
        ),
        (
            b'{"inferenceConfig": {"maxTokens": "5"}}',
            "STRING_VALUE cannot be converted to an Integer, at 'inferenceConfig.maxTokens'",
        ),
        (b'{"inferenceConfig": {"maxTokens": true}}', "TRUE_VALUE"),
        (b'{"inferenceConfig": {"maxTokens": 5.5}}', "NUMBER_VALUE"),
        (b'{"inferenceConfig": {"topP": "much"}}', "a Float"),
        (
            json.dumps(
                {"messages": [{"role": "user", "content": [{"image": {"source": {"bytes": "?"}}}]}]}
            ).encode(),
            "a Blob, at 'messages.1.member.content.1.member.image.source.bytes'",
        ),
        (b'{"additionalModelRequestFields": ' + b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_json_body_of_the_wrong_type_is_refused(server: Server, body: bytes, words: str) -> None:
    answer = post(server, "/model/m/converse", body)
    assert answer.status_code == 400
    assert answer.headers["x-amzn-errortype"] == "SerializationException"
    assert words in answer.json()["message"]


SIGNED = "AWS4-HMAC-SHA256 Credential=A/20261121/us-east-1/{}/aws4_request"


@pytest.mark.parametrize(
    "body", [b"<Versioning", b"", b"{}", b'<?xml version="1.0" encoding="x"?>']
)
def test_a_body_that_is_no_xml_is_refused(server: Server, body: bytes) -> None:
    answer = http_calls.put(
        f"{server.url}/some-bucket?versioning",
        content=body,
        headers={"authorization": SIGNED.format("s3")},
        trust_env=False,
    )
    assert answer.status_code == 400
    assert "<Code>MalformedXML</Code>" in answer.text


def test_a_text_body_that_is_not_utf_8_is_refused(server: Server) -> None:
    signed = {"authorization": SIGNED.format("s3")}
    url = f"{server.url}/some-bucket?policy"
    answer = http_calls.put(url, content=b"\xff", headers=signed, trust_env=False)
    assert answer.status_code == 400
    assert "The body is not UTF-8" in answer.text


def test_a_query_parameter_of_the_wrong_type_is_refused(server: Server) -> None:
    signed = {"authorization": SIGNED.format("s3")}
    url = f"{server.url}/some-bucket?list-type=2&max-keys=many"
    answer = http_calls.get(url, headers=signed, trust_env=False)
    assert answer.status_code == 400
    assert "cannot be converted to a value of type integer, at 'MaxKeys'" in answer.text


def test_sqs_answers_in_its_own_json(server: Server) -> None:
    headers = {"x_amz_target": "AmazonSQS.SendMessage", "authorization": SIGNED.format("sqs")}
    answer = post(server, "/", b'{"QueueUrl": "q"}', **headers)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/x-amz-json-1.0"
    assert answer.json()["__type"] == "ValidationException"
    assert "MessageBody" in answer.json()["message"]


def test_what_the_model_does_not_know_is_passed_over(serve: Serve) -> None:
    calls: list[Call] = []

    def converse(call: Call) -> JSON:
        calls.append(call)
        return {
            "output": {"message": MESSAGE},
            "stopReason": "end_turn",
            "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
            "metrics": {"latencyMs": 1},
        }

    body = json.dumps({"messages": [MESSAGE | {"x": 1}], "y": [], "system": None}).encode()
    answer = post(serve({"bedrock-runtime": {"Converse": converse}}), "/model/m/converse", body)
    assert answer.status_code == 200
    assert calls[0].params == {"modelId": "m", "messages": [MESSAGE]}


def test_a_result_that_the_model_does_not_know_is_an_error_of_ours(serve: Serve) -> None:
    server = serve({"bedrock-runtime": {"CountTokens": lambda _: {"inputTokens": 1, "extra": 2}}})
    client = server.client("bedrock-runtime")
    with pytest.raises(ClientError, match="CountTokens returns no 'extra', only") as caught:
        client.count_tokens(modelId="m", input={"invokeModel": {"body": b"{}"}})
    assert caught.value.response["Error"]["Code"] == "InternalServerException"
