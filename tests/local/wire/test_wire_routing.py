"""Which operation a request reaches, by signature, path, query and head."""

from urllib.parse import quote
from uuid import uuid4

import httpx2
import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from app.local.wire import JSON, Call
from app.local.wire.request import RequestHead
from app.local.wire.routing import Route, Routes, signing_name_of
from tests import http_calls
from tests.conftest import Serve

ROUTES = Routes(lambda operation: operation.service_model.service_name != "bedrock-agent")


def request(method: str, target: str, **headers: str) -> RequestHead:
    path, _, query = target.partition("?")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return RequestHead.from_scope(
        {
            "method": method,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in named.items()],
        }
    )


def find(signing_name: str, method: str, target: str, **headers: str) -> Route:
    route = ROUTES.find(signing_name, request(method, target, **headers))
    assert route is not None
    return route


SIGNED = "AWS4-HMAC-SHA256 Credential=AK/20261121/us-east-1/{}/aws4_request, SignedHeaders=host"
PRESIGNED = "X-Amz-Credential=AK%2F20261121%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=0f"
REGIONLESS = "AWS4-ECDSA-P256-SHA256 Credential=AK/20261121/lambda/aws4_request"


@pytest.mark.parametrize(
    ("headers", "target", "signing_name"),
    [
        ({"authorization": SIGNED.format("s3")}, "/", "s3"),
        ({"authorization": SIGNED.format("bedrock")}, "/", "bedrock"),
        ({"authorization": SIGNED.format("sts")}, "/", "sts"),
        ({"authorization": REGIONLESS}, "/", "lambda"),
        ({}, f"/b/k?{PRESIGNED}", "s3"),
        ({}, f"/b/k?{PRESIGNED.replace('%2Fs3%2F', '%2Flambda%2F')}", "bedrock"),
        ({}, "/b/k?X-Amz-Credential=AK%2F20261121%2Fus-east-1%2Fs3%2Faws4_request", "bedrock"),
        ({}, "/b/k?X-Amz-Credential=a/b/c/lambda/aws4_request", "bedrock"),
        ({}, "/b/k?AWSAccessKeyId=AK", "bedrock"),
        ({}, "/b/k?AWSAccessKeyId=AK&Signature=x&Expires=1", "s3"),
        ({"authorization": "AWS AK:signature"}, "/b/k", "s3"),
        ({"content-type": "multipart/form-data; boundary=x"}, "/b", "s3"),
        ({"authorization": "Bearer token"}, "/b", "bedrock"),
        ({}, "/foundation-models", "bedrock"),
    ],
)
def test_the_signature_says_whom_a_request_is_for(
    headers: dict[str, str], target: str, signing_name: str
) -> None:
    assert signing_name_of(request("POST", target, **headers)) == signing_name


@pytest.mark.parametrize(
    ("method", "target", "operation"),
    [
        ("POST", "/agents/A1/", "PrepareAgent"),
        ("POST", "/agents/A1", "InvokeInlineAgent"),
        ("POST", "/agents/", "ListAgents"),
        ("GET", "/agents/A1/", "GetAgent"),
        ("POST", "/flows/validate-definition", "ValidateFlowDefinition"),
        ("POST", "/flows/validate-definition/", "PrepareFlow"),
        ("POST", "/flows/F1/", "PrepareFlow"),
        ("POST", "/knowledgebases/", "ListKnowledgeBases"),
        ("GET", "/knowledgebases/KB", "GetKnowledgeBase"),
        ("POST", "/knowledgebases/KB/retrieve", "Retrieve"),
        ("PUT", "/knowledgebases/KB/datasources/DS/documents", "IngestKnowledgeBaseDocuments"),
        ("POST", "/knowledgebases/KB/datasources/DS/documents", "ListKnowledgeBaseDocuments"),
        ("POST", "/model/x/converse", "Converse"),
        ("POST", "/model/x/converse-stream", "ConverseStream"),
        ("GET", "/foundation-models", "ListFoundationModels"),
    ],
)
def test_the_four_bedrock_services_share_one_port(method: str, target: str, operation: str) -> None:
    assert find("bedrock", method, target).operation.name == operation


def test_of_two_services_with_one_path_the_one_that_handles_it_is_taken() -> None:
    route = find("bedrock", "GET", "/tags/arn%3Aaws%3Abedrock")
    assert route.operation.service_model.service_name == "bedrock-agent-runtime"
    nobody = Routes(lambda _: False).find("bedrock", request("GET", "/tags/x"))
    assert nobody is not None
    assert nobody.operation.service_model.service_name == "bedrock-agent"


def test_a_preflight_is_for_s3() -> None:
    assert signing_name_of(request("OPTIONS", "/b/k")) == "s3"
    route = ROUTES.find("s3", request("OPTIONS", "/b/a/c"))
    assert route is not None
    assert (route.operation.name, route.labels) == ("OptionsObject", {"Bucket": "b", "Key": "a/c"})
    for path in ("/b", "/b/"):
        route = ROUTES.find("s3", request("OPTIONS", path))
        assert route is not None
        assert route.operation.name == "OptionsBucket"


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/knowledgebases"),  # the model's path ends with a slash
        ("POST", "/foundation-models"),
        ("GET", "/agents//"),
        ("POST", "/model//invoke"),
        ("GET", "/"),
        ("GET", "//foundation-models"),
        ("GET", "/Foundation-Models"),
        ("OPTIONS", "*"),
    ],
)
def test_a_path_of_no_operation_is_routed_nowhere(method: str, target: str) -> None:
    assert ROUTES.find("bedrock", request(method, target)) is None


ARN = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc"


@pytest.mark.parametrize(
    "sent", [quote(ARN, safe=""), quote(ARN, safe=":"), quote(ARN, safe=":/"), quote(ARN)]
)
def test_an_arn_arrives_however_it_is_encoded(sent: str) -> None:
    route = find("bedrock", "POST", f"/model/{sent}/invoke")
    assert route.operation.name == "InvokeModel"
    assert route.labels == {"modelId": ARN}


def test_only_an_arn_may_hold_a_bare_slash() -> None:
    assert ROUTES.find("bedrock", request("POST", "/model/us/nova/invoke")) is None


@given(st.text(min_size=1), st.text(min_size=1))
def test_any_label_survives_its_encoding(agent: str, alias: str) -> None:
    target = f"/agents/{quote(agent, safe='')}/agentAliases/{quote(alias, safe='')}/sessions/s/text"
    labels = find("bedrock", "POST", target).labels
    assert labels == {"agentId": agent, "agentAliasId": alias, "sessionId": "s"}


@given(st.text(min_size=1))
def test_any_key_survives_its_encoding(key: str) -> None:
    route = find("s3", "GET", f"/bucket/{quote(key, safe='/~')}")
    assert route.operation.name == "GetObject"
    assert route.labels == {"Bucket": "bucket", "Key": key}


COPY = {"x_amz_copy_source": "b/k"}


@pytest.mark.parametrize(
    ("method", "target", "headers", "operation"),
    [
        ("GET", "/", {}, "ListBuckets"),
        ("PUT", "/b", {}, "CreateBucket"),
        ("PUT", "/b/", {}, "CreateBucket"),
        ("GET", "/b", {}, "ListObjects"),
        ("GET", "/b/?list-type=2&prefix=x", {}, "ListObjectsV2"),
        ("GET", "/b?list-type=1", {}, "ListObjects"),
        ("GET", "/b?location", {}, "GetBucketLocation"),
        ("GET", "/b?location=", {}, "GetBucketLocation"),
        ("GET", "/b?uploads", {}, "ListMultipartUploads"),
        ("GET", "/b?versions", {}, "ListObjectVersions"),
        ("GET", "/b?notification", {}, "GetBucketNotificationConfiguration"),
        ("PUT", "/b?lifecycle", {}, "PutBucketLifecycleConfiguration"),
        ("GET", "/b?analytics", {}, "ListBucketAnalyticsConfigurations"),
        ("GET", "/b?analytics&id=1", {}, "GetBucketAnalyticsConfiguration"),
        ("POST", "/b?delete", {}, "DeleteObjects"),
        ("POST", "/b", {}, "PostObject"),
        ("POST", "/b/", {}, "PostObject"),
        ("PUT", "/b/k", {}, "PutObject"),
        ("PUT", "/b/k?x-id=PutObject", {}, "PutObject"),
        ("PUT", "/b/k", COPY, "CopyObject"),
        ("PUT", "/b/k?partNumber=1&uploadId=u", {}, "UploadPart"),
        ("PUT", "/b/k?partNumber=1&uploadId=u", COPY, "UploadPartCopy"),
        ("PUT", "/b/k?tagging", {}, "PutObjectTagging"),
        ("PUT", "/b/k?renameObject", {"x_amz_rename_source": "x"}, "RenameObject"),
        ("GET", "/b/k", {}, "GetObject"),
        ("GET", "/b/k?versionId=1&partNumber=2", {}, "GetObject"),
        ("GET", "/b/k?uploadId=u", {}, "ListParts"),
        ("GET", "/b/k?attributes", {}, "GetObjectAttributes"),
        ("HEAD", "/b/k", {}, "HeadObject"),
        ("HEAD", "/b", {}, "HeadBucket"),
        ("POST", "/b/k?uploads", {}, "CreateMultipartUpload"),
        ("POST", "/b/k?uploadId=u", {}, "CompleteMultipartUpload"),
        ("POST", "/b/k?select&select-type=2", {}, "SelectObjectContent"),
        ("DELETE", "/b/k", {}, "DeleteObject"),
        ("DELETE", "/b/k?uploadId=u", {}, "AbortMultipartUpload"),
        ("DELETE", "/b/k?annotation", {}, "DeleteObjectAnnotation"),
        ("DELETE", "/b?policy", {}, "DeleteBucketPolicy"),
    ],
)
def test_s3_is_told_by_query_and_head(
    method: str, target: str, headers: dict[str, str], operation: str
) -> None:
    assert find("s3", method, target, **headers).operation.name == operation


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/b/a/b/c", "a/b/c"),
        ("/b/folder/", "folder/"),
        ("/b//leading", "/leading"),
        ("/b/a//b", "a//b"),
        ("/b/a%2Fb", "a/b"),
        ("/b/100%25", "100%"),
        ("/b/a+b", "a+b"),
    ],
)
def test_a_key_keeps_its_slashes(path: str, key: str) -> None:
    assert find("s3", "GET", path).labels == {"Bucket": "b", "Key": key}


def test_a_bucket_may_stand_in_the_host() -> None:
    assert find("s3", "GET", "/a/key", host="my.bucket.localhost:4566").labels == {
        "Bucket": "my.bucket",
        "Key": "a/key",
    }
    assert find("s3", "GET", "/?list-type=2", host="b.localhost").operation.name == "ListObjectsV2"


def test_a_presigned_url_holds_headers_in_its_query() -> None:
    query = "X-Amz-Copy-Source=b%2Fother"
    assert find("s3", "PUT", f"/b/k?{query}&{PRESIGNED}").operation.name == "CopyObject"
    assert find("s3", "PUT", f"/b/k?{query}").operation.name == "PutObject"
    target = "/?X-Amz-Target=AmazonSQS.SendMessage"
    assert "x-amz-target" not in request("POST", target).headers


def test_requests_of_lambda_and_sqs_are_routed() -> None:
    invoke = find(
        "lambda", "POST", "/2015-03-31/functions/arn:aws:lambda:r:1:function:f/invocations"
    )
    assert invoke.operation.name == "Invoke"
    assert invoke.labels == {"FunctionName": "arn:aws:lambda:r:1:function:f"}
    listed = find("lambda", "GET", "/2019-09-30/functions/f/provisioned-concurrency?List=ALL")
    assert listed.operation.name == "ListProvisionedConcurrencyConfigs"
    sent = find("sqs", "POST", "/", x_amz_target="AmazonSQS.SendMessage")
    assert sent.operation.name == "SendMessage"


def test_a_path_that_is_not_utf_8(serve: Serve) -> None:
    url = serve({}).url
    signed = {"authorization": SIGNED.format("s3")}
    answer = http_calls.get(f"{url}/b/%FF", headers=signed, trust_env=False)
    assert answer.status_code == 400
    assert "<Code>InvalidURI</Code>" in answer.text


def test_an_unknown_path_is_refused_as_bedrock_refuses_it(serve: Serve) -> None:
    answer = http_calls.get(f"{serve({}).url}/nonsense", trust_env=False)
    assert answer.status_code == 400
    assert answer.headers["x-amzn-errortype"] == "UnknownOperationException"
    message = answer.json()["message"]
    assert message.startswith("The requested operation is not recognized by the service")
    assert "GET /nonsense" in message


@pytest.mark.parametrize("mode", ["standard", "legacy", "adaptive"])
def test_an_operation_without_a_handler_is_named_and_never_tried_again(
    serve: Serve, mode: str
) -> None:
    server = serve({"bedrock-runtime": {}})
    client = server.client("bedrock-runtime", retries={"mode": mode, "total_max_attempts": 5})
    with pytest.raises(ClientError) as caught:
        client.count_tokens(modelId="x", input={"invokeModel": {"body": b"{}"}})
    error = caught.value.response
    assert error["Error"] == {
        "Code": "NotImplementedException",
        "Message": "The stand-in does not have bedrock-runtime's CountTokens.",
    }
    assert error["ResponseMetadata"]["RetryAttempts"] == 0
    with pytest.raises(ClientError, match=r"NotImplemented.*s3's PutBucketCors") as of_s3:
        server.client("s3", retries={"mode": mode, "total_max_attempts": 5}).put_bucket_cors(
            Bucket="some-bucket", CORSConfiguration={"CORSRules": []}
        )
    assert of_s3.value.response["ResponseMetadata"]["RetryAttempts"] == 0


def test_the_stream_in_both_directions_is_not_there(serve: Serve) -> None:
    url = f"{serve({}).url}/model/x/invoke-with-bidirectional-stream"
    answer = http_calls.post(url, trust_env=False)
    assert answer.status_code == 400
    assert "InvokeModelWithBidirectionalStream" in answer.json()["message"]


def test_who_sends_much_to_nobody_still_reads_the_answer(serve: Serve) -> None:
    url = serve({}).url
    with httpx2.Client(trust_env=False) as client:
        for _ in range(2):
            answer = client.post(f"{url}/nonsense", content=b"x" * 20_000_000)
            assert answer.status_code == 400


def test_a_bearer_token_is_as_good_as_a_signature(serve: Serve) -> None:
    def invoke(call: Call) -> JSON:
        return {"body": call.params["body"], "contentType": "application/json"}

    url = serve({"bedrock-runtime": {"InvokeModel": invoke}}).url
    token = {"authorization": f"Bearer {uuid4()}"}
    answer = http_calls.post(f"{url}/model/m/invoke", content=b"{}", headers=token, trust_env=False)
    assert answer.json() == {}
