"""Services that the stand-in does not have: their own SDK clients can read the refusal."""

from typing import Any

import boto3
import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.parsers import create_parser
from botocore.session import get_session

from app.local.wire.catalogue import _heads, find_absent
from app.local.wire.models import SERVICES, model
from app.local.wire.request import RequestHead
from tests import http_calls
from tests.conftest import Serve
from tests.contract.wire_values import examples
from tests.wire_server import Server

# One operation of each service: protocol by protocol, as botocore speaks it.
OPERATIONS = {
    "query": {
        "autoscaling": "DescribeAdjustmentTypes",
        "cloudformation": "DescribeStacks",
        "elbv2": "DescribeLoadBalancers",
        "iam": "GetRole",
        "rds": "DescribeDBInstances",
        "sdb": "ListDomains",
        "ses": "GetSendQuota",
        "sns": "Publish",
    },
    "ec2": {"ec2": "DescribeVpcs"},
    "json": {
        "cloudwatch": "PutMetricData",
        "cognito-idp": "InitiateAuth",
        "dynamodbstreams": "ListStreams",
        "events": "ListRules",
        "ecr": "GetAuthorizationToken",
        "firehose": "ListDeliveryStreams",
        "kms": "Encrypt",
        "logs": "PutLogEvents",
        "secretsmanager": "GetSecretValue",
        "ssm": "GetParameter",
        "textract": "DetectDocumentText",
        "stepfunctions": "StartExecution",
    },
    "smithy-rpc-v2-cbor": {
        "cloudwatchomni": "GetAlert",
        "eventbridgev2": "ListEventBuses",
        "partnercentral-revenue-measurement": "ListTagsForResource",
    },
    "rest-json": {
        "apigateway": "GetRestApis",
        "apigatewayv2": "GetApis",
        "bedrock-agentcore-control": "ListAgentRuntimes",
        "bedrock-data-automation": "ListBlueprints",
        "opensearch": "ListDomainNames",
        "polly": "DescribeVoices",
        "s3vectors": "QueryVectors",
        "scheduler": "ListSchedules",
        "xray": "GetSamplingRules",
    },
    "rest-xml": {"cloudfront": "ListDistributions", "route53": "ListHostedZones"},
}
CASES = [
    pytest.param(protocol, service, operation, id=f"{protocol}-{service}")
    for protocol, operations in OPERATIONS.items()
    for service, operation in operations.items()
]


def client(server: Server, service: str) -> Any:
    """A client as a program has it: only its endpoint is ours."""
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}, proxies={}, inject_host_prefix=False),
    )


@pytest.mark.parametrize(("protocol", "service", "operation"), CASES)
def test_each_client_reads_the_refusal_of_a_service_that_is_not_there(
    serve: Serve, protocol: str, service: str, operation: str
) -> None:
    one = client(serve({}), service)
    shape = one.meta.service_model.operation_model(operation).input_shape
    parameters = next(examples(shape)) if shape else {}
    with pytest.raises(ClientError) as refused:
        getattr(one, xform_name(operation))(**parameters)
    one.close()
    error: Any = refused.value.response
    assert one.meta.service_model.resolved_protocol == protocol
    assert error["Error"]["Code"] == "NotImplementedException"
    assert error["Error"]["Message"] == (
        f"The stand-in does not have {service}'s {operation}: it has nothing of {service}."
    )
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert error["ResponseMetadata"]["RequestId"]


def head(method: str, target: str, **headers: str) -> RequestHead:
    path, _, query = target.partition("?")
    return RequestHead.from_scope(
        {
            "method": method,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [
                (name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()
            ],
        }
    )


@pytest.mark.parametrize(
    ("signing_name", "request_head", "absence"),
    [
        ("elasticloadbalancing", head("POST", "/?Action=X&Version=2012-06-01"), ("elb", "X")),
        ("elasticloadbalancing", head("POST", "/?Action=X&Version=2015-12-01"), ("elbv2", "X")),
        ("rds", head("POST", "/?Action=X&Version=2014-10-31"), ("rds", "X")),
        ("sts", head("POST", "/?Action=X&Version=2009-04-15"), ("sdb", "X")),
        ("sts", head("POST", "/?Action=X&Version=2011-06-15"), None),
        (
            "bedrock",
            head("POST", "/", x_amz_target="AmazonSSM.GetParameter"),
            ("ssm", "GetParameter"),
        ),
        ("ssm", head("POST", "/", x_amz_target="NoSuchTarget.Do"), None),
        ("xray", head("GET", "/no/such/path"), ("xray", None)),
        ("bedrock", head("GET", "/no/such/path"), None),
        ("lambda", head("GET", "/no/such/path"), None),
        ("no-such-service", head("GET", "/"), None),
    ],
)
def test_which_service_a_request_is_for(
    signing_name: str, request_head: RequestHead, absence: tuple[str, str | None] | None
) -> None:
    assert find_absent(signing_name, request_head) == absence


def test_the_heads_of_all_models_are_read() -> None:
    """Their signing names are those that botocore's clients sign with."""
    names = set(get_session().get_available_services()) - set(SERVICES)
    heads = {head.service: head for head in _heads()}
    assert heads.keys() == names
    for service in ("cloudwatch", "opensearch", "ses", "stepfunctions"):
        assert heads[service].signing_name == model(service).signing_name


def test_s3_control_is_not_taken_for_a_bucket(serve: Serve) -> None:
    """Its client puts the account before the host, which leads here only from `localhost`."""
    scope = "AWS4-HMAC-SHA256 Credential=A/20261121/us-east-1/s3/aws4_request"
    answer = http_calls.get(
        f"{serve({}).url}/v20180820/accesspoint",
        headers={"authorization": scope, "x-amz-account-id": "0" * 12},
        trust_env=False,
    )
    response: Any = {"status_code": 400, "headers": answer.headers, "body": answer.content}
    shape: Any = model("s3control").operation_model("ListAccessPoints").output_shape
    error = create_parser("rest-xml").parse(response, shape)["Error"]
    assert error["Code"] == "NotImplementedException"
    assert "s3control's ListAccessPoints" in error["Message"]


def test_older_clients_of_sqs_are_told_why_it_does_not_answer_them(serve: Serve) -> None:
    answer = http_calls.post(
        serve({}).url,
        data={"Action": "SendMessage", "Version": "2012-11-05"},
        headers={
            "authorization": "AWS4-HMAC-SHA256 Credential=A/20261121/us-east-1/sqs/aws4_request"
        },
        trust_env=False,
    )
    assert answer.status_code == 400
    assert "<Code>NotImplementedException</Code>" in answer.text
    assert "speaks JSON for sqs" in answer.text
