"""An AWS account on the loopback interface: what each operation answers, in AWS's own protocols.

    with Account() as account:
        account.answer("GetCallerIdentity", {"Account": "111122223333", ...})
        account.answer("GetParameter", Fault("ParameterNotFound", "no"))

An operation's answers are a queue, and the last of it stays. One without an answer is refused as
AWS refuses what one may not do. `asked` has every operation that was called, with its parameters.
Answers go out as the service's model wants them: JSON, or the XML of the query protocol.
"""

import json
import re
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit
from xml.sax.saxutils import escape

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape

from tests.http_server import Handler, HttpServer

SCOPE = re.compile(r"Credential=[^/]+/\d+/[\w-]+/(?P<service>[\w-]+)/aws4_request")
# signing name -> the services behind it
SERVICES = {
    "sts": ("sts",),
    "ssm": ("ssm",),
    "cloudformation": ("cloudformation",),
    "servicequotas": ("service-quotas",),
    "bedrock": ("bedrock", "bedrock-agent", "bedrock-runtime"),
    "ec2": ("ec2",),
    "rds": ("rds",),
    "lambda": ("lambda",),
    "apigateway": ("apigateway",),
}


QUERY = ("query", "ec2")
"""Protocols of forms and XML."""


@dataclass(frozen=True)
class Fault:
    """An error that AWS answers with."""

    code: str
    message: str
    status: int = 400


Answer = Mapping[str, Any] | Fault


class Account(HttpServer):
    """A server; see the module."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self._answers: dict[str, deque[Answer]] = defaultdict(deque)
        account = self

        class Answering(Handler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                account._serve(self)

            def do_POST(self) -> None:
                account._serve(self)

            def do_PUT(self) -> None:
                account._serve(self)

        super().__init__(Answering)

    @property
    def operations(self) -> list[str]:
        return [operation for operation, _ in self.asked]

    def answer(self, operation: str, *answers: Answer) -> None:
        """Put answers in place of those that the operation had."""
        self._answers[operation] = deque(answers)

    def environment(self) -> dict[str, str]:
        """What leads boto3 here, and nowhere else."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/nowhere/config",
            "AWS_SHARED_CREDENTIALS_FILE": "/nowhere/credentials",
        }

    def _serve(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        operation, params = _asked(request, body)
        self.asked.append((operation.name, params))
        waiting = self._answers[operation.name]
        denied = Fault("AccessDeniedException", f"You may not {operation.name}", 403)
        answer = (waiting.popleft() if len(waiting) > 1 else waiting[0]) if waiting else denied
        status, headers, content = _written(operation, answer)
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)


@cache
def model(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def _asked(
    request: BaseHTTPRequestHandler, body: bytes
) -> tuple[OperationModel, Mapping[str, Any]]:
    scope = SCOPE.search(request.headers["Authorization"])
    assert scope, "every request is signed"
    services = [model(name) for name in SERVICES[scope["service"]]]
    if target := request.headers.get("X-Amz-Target"):
        return services[0].operation_model(target.rpartition(".")[2]), json.loads(body)
    parts = urlsplit(request.path)
    if services[0].metadata["protocol"] in QUERY:
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        return services[0].operation_model(form.pop("Action")), form
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    for service in services:
        # Where two share a path, the one with more in its query comes first.
        for operation in sorted(
            map(service.operation_model, service.operation_names),
            key=lambda one: "?" not in one.http["requestUri"],
        ):
            pattern, _, fixed = operation.http["requestUri"].partition("?")
            uri = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(pattern))
            labels = re.fullmatch(uri, parts.path)
            is_asked = dict(parse_qsl(fixed)).items() <= query.items()
            if labels and is_asked and operation.http["method"] == request.command:
                path = {name: unquote(value) for name, value in labels.groupdict().items()}
                return operation, {**query, **path, **json.loads(body or b"{}")}
    raise AssertionError(f"no operation is {request.command} {request.path}")


def _written(operation: OperationModel, answer: Answer) -> tuple[int, dict[str, str], bytes]:
    protocol = operation.service_model.metadata["protocol"]
    query = protocol in QUERY
    if isinstance(answer, Fault):
        if query:
            error = f"<Code>{answer.code}</Code><Message>{escape(answer.message)}</Message>"
            return (
                answer.status,
                {},
                f"<ErrorResponse><Error>{error}</Error></ErrorResponse>".encode(),
            )
        said = {"__type": answer.code, "message": answer.message}
        return answer.status, {"x-amzn-ErrorType": answer.code}, json.dumps(said).encode()
    if not query:
        return 200, {"Content-Type": "application/json"}, json.dumps(answer).encode()
    name, shape = operation.name, operation.output_shape
    if shape and protocol == "ec2":
        return 200, {}, _xml(shape, f"{name}Response", answer).encode()
    result = _xml(shape, f"{name}Result", answer) if shape else ""
    return 200, {}, f"<{name}Response>{result}</{name}Response>".encode()


def _xml(shape: Any, tag: str, value: Any) -> str:
    """A value in a query protocol: members and items by the names that they have there."""
    match shape.type_name:
        case "structure":
            inner = "".join(
                _xml(shape.members[name], shape.members[name].serialization.get("name", name), one)
                for name, one in value.items()
            )
        case "list":
            item = shape.member.serialization.get("name", "member")
            inner = "".join(_xml(shape.member, item, one) for one in value)
        case _:
            inner = escape(_scalar(shape, value))
    return f"<{tag}>{inner}</{tag}>"


def _scalar(shape: Shape, value: Any) -> str:
    return str(value).lower() if shape.type_name == "boolean" else str(value)
