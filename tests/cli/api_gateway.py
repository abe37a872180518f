"""API Gateway on the loopback interface: a stage, an authorizer, and what stands behind them.

    with Gateway(application_url, signed("AKIA", "secret")) as gateway:
        gateway.url     http://127.0.0.1:PORT/v1/

`signed` checks Signature Version 4 as AWS does: over the request as it came in. `bearer` takes the
tokens of a set. Whoever is refused is refused in API Gateway's own words.
"""

import json
import re
from collections.abc import Callable, Container
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests import http_calls
from tests.http_server import Handler, HttpServer

STAGE = "/v1"
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/\d+/(?P<region>[\w-]+)/execute-api/aws4_request, "
    r"SignedHeaders=(?P<headers>[\w;-]+), Signature=(?P<signature>[0-9a-f]{64})"
)

# a request and its body -> the status and the words of a refusal, or nothing
Check = Callable[[BaseHTTPRequestHandler, bytes], tuple[int, str] | None]


class Gateway(HttpServer):
    """A server; see the module. `throttle` many requests are refused first, of those whose path
    ends with `throttled_path`.
    """

    def __init__(self, application: str, check: Check) -> None:
        self.requests: list[str] = []
        self.throttle, self.throttled_path = 0, ""
        gateway = self

        class Answering(Handler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                gateway.requests.append(f"{self.command} {self.path}")
                if gateway.throttle and self.path.endswith(gateway.throttled_path):
                    gateway.throttle -= 1
                    return self._refuse(429, "Too Many Requests")
                if not self.path.startswith(f"{STAGE}/"):
                    return self._refuse(403, "Forbidden")
                if refusal := check(self, body):
                    return self._refuse(*refusal)
                return self._forward(body)

            do_POST = do_DELETE = do_GET

            def _refuse(self, status: int, message: str) -> None:
                content = json.dumps({"message": message}).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def _forward(self, body: bytes) -> None:
                url = application + self.path.removeprefix(STAGE)
                kind = {"Content-Type": self.headers.get("Content-Type", "")}
                with http_calls.stream(self.command, url, content=body, headers=kind) as answer:
                    self.send_response(answer.status_code)
                    self.send_header("Content-Type", answer.headers.get("content-type", ""))
                    self.end_headers()  # HTTP/1.0: the answer ends with the connection
                    for part in answer.iter_raw():
                        self.wfile.write(part)

        super().__init__(Answering)
        self.url += f"{STAGE}/"


def bearer(tokens: Container[str]) -> Check:
    """Cognito's authorizer: an ID token, and a valid one."""

    def check(request: BaseHTTPRequestHandler, _body: bytes) -> tuple[int, str] | None:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        return None if kind == "Bearer" and token in tokens else (401, "Unauthorized")

    return check


def signed(key: str, secret: str, region: str) -> Check:
    """IAM: a signature by this key, over this request."""
    signer = SigV4Auth(Credentials(key, secret), "execute-api", region)

    def check(request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, str] | None:
        authorization = AUTHORIZATION.match(request.headers.get("Authorization", ""))
        if authorization is None:
            return 403, "Missing Authentication Token"
        if (authorization["key"], authorization["region"]) != (key, region):
            return 403, "The security token included in the request is invalid."
        mine = _signature(signer, request, body, authorization["headers"].split(";"))
        wrong = "The request signature we calculated does not match the signature you provided."
        return None if mine == authorization["signature"] else (403, wrong)

    return check


def _signature(
    signer: SigV4Auth, request: BaseHTTPRequestHandler, body: bytes, names: list[str]
) -> str:
    """The signature of a request as it came in, its query decoded and encoded as AWS does."""
    parts = urlsplit(request.path)
    pairs = [
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
        for name, value in parse_qsl(parts.query.replace("+", "%2B"), keep_blank_values=True)
    ]
    url = f"http://{request.headers['Host']}{parts.path}" + (f"?{'&'.join(pairs)}" if pairs else "")
    headers: Any = {name: request.headers[name] for name in names}
    own = AWSRequest(request.command, url, headers=headers, data=body)
    own.context["timestamp"] = request.headers["X-Amz-Date"]
    return str(signer.signature(signer.string_to_sign(own, signer.canonical_request(own)), own))
