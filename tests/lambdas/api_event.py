"""A request as API Gateway hands it to Lambda, and as the web adapter hands it to the application.

    client ── HTTP ──► API Gateway ── event ──► Lambda ── event ──► adapter ── HTTP ──► application
                       authorizes: claims                           x-amzn-request-context

`event` plays API Gateway: a REST API with a Lambda proxy integration. `translated` plays Lambda Web
Adapter 1.0, and `send` sends what comes of it to an application, in process or not. That this is
what the adapter really does, test_adapter_requests.py proves by asking the adapter itself.

    answer = send(client, event("POST", "/chat", json={"message": "..."}, caller=cognito("alice")))
"""

import base64
import json as encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import httpx2 as httpx

STAGE, DOMAIN = "v1", "abcde12345.execute-api.us-east-1.amazonaws.com"
ACCOUNT = "123456789012"
REQUEST_ID = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
REQUEST_TIME, REQUEST_TIME_EPOCH = "09/Apr/2026:12:34:56 +0000", 1775738096000  # milliseconds
TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793"

CONTEXT_HEADER, LAMBDA_HEADER = "x-amzn-request-context", "x-amzn-lambda-context"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:outcrop-api"
DEADLINE = REQUEST_TIME_EPOCH + 300_000  # milliseconds

Headers = Sequence[tuple[str, str]]
"""As a caller sends them: names in any case, and more than once."""


class Identity(TypedDict):
    """Who signed the request, where IAM authorizes; all null but the address where it does not."""

    accessKey: str | None
    accountId: str | None
    caller: str | None
    cognitoAuthenticationProvider: str | None
    cognitoAuthenticationType: str | None
    cognitoIdentityId: str | None
    cognitoIdentityPoolId: str | None
    principalOrgId: str | None
    sourceIp: str
    user: str | None
    userAgent: str | None
    userArn: str | None


class Authorizer(TypedDict):
    """What a Cognito authorizer has verified. Every claim is a string, whatever the token says."""

    claims: dict[str, str]


class RequestContext(TypedDict):
    """What API Gateway knows of a request. `path` has the stage, the event's own has not."""

    accountId: str
    apiId: str
    authorizer: NotRequired[Authorizer]
    deploymentId: str
    domainName: str
    domainPrefix: str
    extendedRequestId: str
    httpMethod: str
    identity: Identity
    path: str
    protocol: str
    requestId: str
    requestTime: str
    requestTimeEpoch: int
    resourceId: str
    resourcePath: str
    stage: str


class ProxyEvent(TypedDict):
    """The input of a Lambda proxy integration of a REST API. What is not there is null."""

    resource: str
    path: str
    httpMethod: str
    headers: dict[str, str]
    multiValueHeaders: dict[str, list[str]]
    queryStringParameters: dict[str, str] | None
    multiValueQueryStringParameters: dict[str, list[str]] | None
    pathParameters: dict[str, str] | None
    stageVariables: dict[str, str] | None
    requestContext: RequestContext
    body: str | None
    isBase64Encoded: bool


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom API Gateway has found a request to come from: its part of the request context."""

    claims: Mapping[str, str] | None = None
    signed: Mapping[str, str] | None = None


NOBODY = Caller()


def cognito(subject: str, **claims: str) -> Caller:
    """A user whose token a Cognito user pool's authorizer has verified."""
    issued = {"token_use": "id", "auth_time": str(REQUEST_TIME_EPOCH // 1000)}
    return Caller(claims={"sub": subject, "cognito:username": subject, **issued, **claims})


def iam(arn: str, *, caller: str = "AIDACKCEVSQ6C2EXAMPLE", identity: str | None = None) -> Caller:
    """Who signed a request with AWS credentials.

    Args:
        arn: a user's, or `arn:aws:sts::<account>:assumed-role/<role>/<session>`.
        caller: its unique id; of a role, `<role's id>:<session>`.
        identity: the identity of a Cognito identity pool that the role was assumed for.
    """
    account = arn.split(":")[4]
    signed = {"userArn": arn, "user": caller, "caller": caller, "accountId": account}
    signed |= {"accessKey": "AKIAIOSFODNN7EXAMPLE", "principalOrgId": "o-exampleorgid"}
    if identity:
        signed |= {"cognitoIdentityId": identity, "cognitoAuthenticationType": "authenticated"}
        signed |= {"cognitoIdentityPoolId": "us-east-1:00000000-1111-2222-3333-444444444444"}
    return Caller(signed=signed)


def event(
    method: str,
    url: str,
    *,
    json: Any = None,
    body: bytes = b"",
    headers: Headers = (),
    caller: Caller = NOBODY,
    binary: bool = False,
) -> ProxyEvent:
    """The event that API Gateway makes of a request.

    Args:
        url: path and query, without the stage.
        json: the body, as JSON; or `body`, as it is.
        binary: the body's content type is one of the API's binary media types.
    """
    if json is not None:
        body = encode.dumps(json).encode()
        headers = (*headers, ("content-type", "application/json"))
    parts = urlsplit(url)
    sent = _grouped((*headers, *_added_headers()))
    query = _grouped(parse_qsl(parts.query, keep_blank_values=True))
    return {
        "resource": "/{proxy+}",
        "path": parts.path,
        "httpMethod": method,
        "headers": _last(sent),
        "multiValueHeaders": sent,
        "queryStringParameters": _last(query) or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": {"proxy": parts.path.removeprefix("/")},
        "stageVariables": None,
        "requestContext": _context(method, parts.path, caller),
        "body": (base64.b64encode(body) if binary else body).decode() if body else None,
        "isBase64Encoded": binary and bool(body),
    }


def _added_headers() -> Headers:
    return (
        ("Host", DOMAIN),
        ("X-Amzn-Trace-Id", TRACE),
        ("X-Forwarded-For", "203.0.113.7"),
        ("X-Forwarded-Port", "443"),
        ("X-Forwarded-Proto", "https"),
    )


def _grouped(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


def _last(grouped: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: values[-1] for name, values in grouped.items()}


def _context(method: str, path: str, caller: Caller) -> RequestContext:
    signed = caller.signed or {}
    identity: Any = {name: signed.get(name) for name in Identity.__annotations__}
    context: RequestContext = {
        "accountId": ACCOUNT,
        "apiId": DOMAIN.partition(".")[0],
        "deploymentId": "3x2y1z",
        "domainName": DOMAIN,
        "domainPrefix": DOMAIN.partition(".")[0],
        "extendedRequestId": "JKJaXmPLvHcESHA=",
        "httpMethod": method,
        "identity": identity | {"sourceIp": "203.0.113.7"},
        "path": f"/{STAGE}{path}",
        "protocol": "HTTP/1.1",
        "requestId": REQUEST_ID,
        "requestTime": REQUEST_TIME,
        "requestTimeEpoch": REQUEST_TIME_EPOCH,
        "resourceId": "2gxmpl",
        "resourcePath": "/{proxy+}",
        "stage": STAGE,
    }
    if caller.claims is not None:
        context["authorizer"] = {"claims": dict(caller.claims)}
    return context


@dataclass(frozen=True, slots=True)
class Translated:
    """The HTTP request that the adapter makes of an event."""

    method: str
    url: str
    headers: Mapping[str, bytes]
    body: bytes


def translated(event: ProxyEvent, deadline: int = DEADLINE) -> Translated:
    """What Lambda Web Adapter 1.0 makes of an event.

    The path goes without the stage. Of a header that was sent more than once only the last value
    arrives; a parameter of the query keeps all of its. The two context headers are the adapter's
    own: whatever came in under their names is overwritten.
    """
    headers = {name.lower(): value.encode() for name, value in event["headers"].items()}
    headers[CONTEXT_HEADER] = _json(event["requestContext"])
    headers[LAMBDA_HEADER] = _json(
        {"request_id": REQUEST_ID, "deadline": deadline, "invoked_function_arn": FUNCTION}
    )
    query = urlencode(event["multiValueQueryStringParameters"] or {}, doseq=True)
    path = quote(event["path"], safe="/%:@!$&'()*+,;=~")
    body = (event["body"] or "").encode()
    return Translated(
        event["httpMethod"],
        f"{path}?{query}" if query else path,
        headers,
        base64.b64decode(body) if event["isBase64Encoded"] else body,
    )


def _json(value: Mapping[str, Any]) -> bytes:
    return encode.dumps(value, ensure_ascii=False).encode()


def send(client: httpx.Client, event: ProxyEvent) -> httpx.Response:
    """The application's answer to an event. `client` knows where: a TestClient, or a base URL."""
    request = translated(event)
    headers = [(name.encode(), value) for name, value in request.headers.items()]
    return client.request(request.method, request.url, headers=headers, content=request.body)
