"""Finds the operation of a request by its signature, method, raw path and query.

All services share one port. The scope of the signature, which is read and not checked, names the
service. The four Bedrock services share one name, and hardly any paths:

    POST /agents/{id}/    PrepareAgent of bedrock-agent; without the last slash it is
    POST /agents/{id}     InvokeInlineAgent of bedrock-agent-runtime
         /tags/{arn}      the same in both: goes to the first that handles it
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import unquote

from botocore.model import OperationModel

from app.local import lazy_re as re
from app.local.wire.errors import Undecodable
from app.local.wire.models import SERVICES, model, operations
from app.local.wire.request import RequestHead, is_presigned
from app.local.wire.tree import Tree


class Route(NamedTuple):
    """An operation, and the labels of its path by the names that its URI gives them, decoded."""

    operation: OperationModel
    labels: Mapping[str, str]


def signing_name_of(request: RequestHead) -> str:
    """The signing name of the service that a request is for.

    A request with a bearer token or without a signature is for Bedrock, except that an upload's
    form and browsers' preflights are for S3, and an action for STS, some of whose take no
    signature. A signature in a query counts for S3 and with an action only: any link can have a
    query.
    """
    authorization = request.headers.get("authorization", "")
    if scope := _SCOPE.search(authorization):
        return scope["service"]
    if request.is_query:
        scope = _SCOPE.search(f"Credential={request.first('X-Amz-Credential')}")
        return scope["service"] if scope else "sts"
    if is_presigned(request.query) or authorization.startswith("AWS "):
        return "s3"  # "AWS " begins signature version 2, which only S3 still accepts
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        return "s3"
    if request.method == "OPTIONS":
        return "s3"
    return "bedrock"


_SCOPE = re.compile(r"Credential=(?:[^/\s=]++/){1,9}?(?P<service>[^/\s=]++)/aws4_request")


class Routes:
    """All operations of all services.

    `handled` says whether an operation has a handler; it decides between services that have the
    same path.
    """

    def __init__(self, handled: Callable[[OperationModel], bool]) -> None:
        self._handled = handled
        self._trees: dict[str, Tree] = {}
        self._targets: dict[str, OperationModel] = {}
        self._actions: dict[tuple[str, str], OperationModel] = {}
        for service in SERVICES:
            signing_name = model(service).signing_name
            tree = self._trees.setdefault(signing_name, Tree())
            for operation in operations(service):
                match operation.metadata["protocol"]:
                    case "json":
                        prefix = operation.metadata["targetPrefix"]
                        self._targets[f"{prefix}.{operation.name}"] = operation
                    case "query":
                        self._actions[signing_name, operation.name] = operation
                    case _:
                        tree.add(operation)

    def find(self, signing_name: str, request: RequestHead) -> Route | None:
        """The operation, or None if the service has no such operation.

        Raises:
            Undecodable: a label is not UTF-8.
        """
        if target := self._targets.get(request.headers.get("x-amz-target", "")):
            return Route(target, {})
        if request.is_query:
            action = self._actions.get((signing_name, request.first("Action") or ""))
            if action:
                return Route(action, {})
        if signing_name == "s3" and _is_s3_control(request):
            return None
        tree = self._trees.get(signing_name, Tree())
        path = _path_style(request) if signing_name == "s3" else request.path
        for best, values in tree.find(request, path):
            leaf = next((one for one in best if self._handled(one.operation)), best[0])
            return Route(
                leaf.operation,
                dict(zip(leaf.labels, map(_decode, values), strict=True)),
            )
        return None


def _is_s3_control(request: RequestHead) -> bool:
    """Whether a request that is signed for S3 is for S3 Control: else its version would be taken
    for a bucket.
    """
    return request.path.startswith("/v20180820/") and "x-amz-account-id" in request.headers


def _decode(label: str) -> str:
    try:
        return unquote(label, errors="strict")
    except UnicodeDecodeError as error:
        raise Undecodable(label) from error


def _path_style(request: RequestHead) -> str:
    """The path with the bucket in it, also if the bucket is in the host:
    http://bucket.localhost:4566/key
    """
    host = _BUCKET_HOST.fullmatch(request.headers.get("host", ""))
    return f"/{host['bucket']}{request.path}" if host else request.path


_BUCKET_HOST = re.compile(r"(?P<bucket>.+)\.localhost(:\d+)?")
