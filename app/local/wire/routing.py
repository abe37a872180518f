"""Finds the operation of a request by its signature, method, raw path and query.

All services share one port. The scope of the signature, which is read and not checked, names the
service. The four Bedrock services share one name, and hardly any paths:

    POST /agents/{id}/    PrepareAgent of bedrock-agent; without the last slash it is
    POST /agents/{id}     InvokeInlineAgent of bedrock-agent-runtime
         /tags/{arn}      the same in both: goes to the first that handles it
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote

from botocore.model import OperationModel

from app.local.wire.errors import Undecodable
from app.local.wire.models import SERVICES, model, operations
from app.local.wire.request import RequestHead, is_presigned


class Route(NamedTuple):
    """An operation, and the labels of its path by the names that its URI gives them, decoded."""

    operation: OperationModel
    labels: Mapping[str, str]


def signing_name_of(request: RequestHead) -> str:
    """The signing name of the service that a request is for.

    A request with a bearer token or without a signature is for Bedrock, except that forms and
    browsers' preflights are for S3. A signature in a query counts for S3 only: any link can have a
    query.
    """
    authorization = request.headers.get("authorization", "")
    if scope := _SCOPE.search(authorization):
        return scope["service"]
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
        self._trees: dict[str, _Node] = {}
        self._targets: dict[str, OperationModel] = {}
        for service in SERVICES:
            tree = self._trees.setdefault(model(service).signing_name, _Node())
            for operation in operations(service):
                if operation.metadata["protocol"] == "json":
                    prefix = operation.metadata["targetPrefix"]
                    self._targets[f"{prefix}.{operation.name}"] = operation
                else:
                    tree.add(operation)

    def find(self, signing_name: str, request: RequestHead) -> Route | None:
        """The operation, or None if the service has no such operation.

        Raises:
            Undecodable: a label is not UTF-8.
        """
        if target := self._targets.get(request.headers.get("x-amz-target", "")):
            return Route(target, {})
        tree = self._trees.get(signing_name, _Node())
        path = _path_style(request) if signing_name == "s3" else request.path
        for node, values in tree.walk(path.removeprefix("/").split("/"), ()):
            if best := _best(node.candidates.get(request.method, ()), request):
                candidate = next((one for one in best if self._handled(one.operation)), best[0])
                return Route(
                    candidate.operation,
                    dict(zip(candidate.labels, map(_decode, values), strict=True)),
                )
        return None


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


@dataclass(frozen=True)
class _Candidate:
    """An operation at its node of the tree, and what a request for it has in its query and headers.

    Attributes:
        labels: the names of the path's labels, in order.
        constants: query members that the URI itself holds, as `?list-type=2`; without them it is
            another operation.
        required: required members of query and head, which tell UploadPart from PutObject. When no
            operation has all that it needs, the least demanding is taken, and found wanting later.
    """

    operation: OperationModel
    labels: tuple[str, ...]
    constants: Mapping[str, str]
    required: frozenset[str]

    def matches_constants(self, request: RequestHead) -> bool:
        return all(
            name in request.query and value in ("", request.first(name))
            for name, value in self.constants.items()
        )

    def has_required(self, request: RequestHead) -> bool:
        return all(name in request.query or name in request.headers for name in self.required)


def _best(candidates: Iterable[_Candidate], request: RequestHead) -> list[_Candidate]:
    """The best of the candidates, which come ordered by rank; several if nothing in the request
    distinguishes them.
    """
    usable = [one for one in candidates if one.matches_constants(request)]
    if not usable:
        return []
    usable = [one for one in usable if len(one.constants) == len(usable[0].constants)]
    best = next((one for one in usable if one.has_required(request)), usable[-1])
    return [one for one in usable if one.required == best.required]


@dataclass
class _Node:
    """A node of the tree of paths. Each step down is a segment, the text between two slashes."""

    literals: dict[str, "_Node"] = field(default_factory=dict)
    label: "_Node | None" = None
    greedy: "_Node | None" = None
    candidates: dict[str, list[_Candidate]] = field(default_factory=dict)

    def add(self, operation: OperationModel) -> None:
        uri, _, query = operation.http["requestUri"].partition("?")
        candidate = _Candidate(
            operation,
            tuple(re.findall(r"{(\w+)\+?}", uri)),
            dict(parse_qsl(query, keep_blank_values=True)),
            _required(operation),
        )
        # S3 accepts a bucket's path with and without a slash at its end.
        for path in {uri, "/{Bucket}/"} if uri == "/{Bucket}" else {uri}:
            candidates = self._node_at(path[1:].split("/")).candidates
            candidates.setdefault(operation.http["method"], []).append(candidate)
            candidates[operation.http["method"]].sort(key=_rank)

    def _node_at(self, segments: list[str]) -> "_Node":
        node = self
        for segment in segments:
            if segment.endswith("+}"):
                node.greedy = node.greedy or _Node()
                node = node.greedy
            elif segment.startswith("{"):
                node.label = node.label or _Node()
                node = node.label
            else:
                node = node.literals.setdefault(segment, _Node())
        return node

    def walk(
        self, segments: list[str], values: tuple[str, ...]
    ) -> Iterator[tuple["_Node", tuple[str, ...]]]:
        """Every node that the segments lead to, with the values of the labels on the way.

        Literal segments come before labels. A label is one segment, but an ARN may be several: some
        clients do not encode the slashes in it.
        """
        if not segments:
            yield self, values
            return
        head = segments[0]
        if literal := self.literals.get(head):
            yield from literal.walk(segments[1:], values)
        if self.label and head:
            longest = len(segments) if unquote(head).startswith("arn:") else 1
            for count in range(1, longest + 1):
                value = "/".join(segments[:count])
                yield from self.label.walk(segments[count:], (*values, value))
        if self.greedy and (rest := "/".join(segments)):
            yield self.greedy, (*values, rest)


def _rank(candidate: _Candidate) -> tuple[int, int, bool]:
    deprecated = bool(candidate.operation.deprecated)
    return -len(candidate.constants), -len(candidate.required), deprecated


def _required(operation: OperationModel) -> frozenset[str]:
    shape = operation.input_shape
    if shape is None:
        return frozenset()
    places = (shape.members[name].serialization for name in shape.required_members)
    return frozenset(
        place["name"].lower() if place["location"] == "header" else place["name"]
        for place in places
        if place.get("location") in ("querystring", "header")
    )
