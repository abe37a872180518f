"""A tree of the paths of operations, which finds those that a request may be for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from botocore.model import OperationModel

from app.local import lazy_re as re
from app.local.wire.request import RequestHead


@dataclass(frozen=True)
class Leaf:
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


def _best(leaves: Iterable[Leaf], request: RequestHead) -> list[Leaf]:
    """The best of the leaves, which come ordered by rank; several if nothing in the request
    distinguishes them.
    """
    usable = [one for one in leaves if one.matches_constants(request)]
    if not usable:
        return []
    usable = [one for one in usable if len(one.constants) == len(usable[0].constants)]
    best = next((one for one in usable if one.has_required(request)), usable[-1])
    return [one for one in usable if one.required == best.required]


@dataclass
class Tree:
    """A tree, and each node of it. Each step down is a segment, the text between two slashes."""

    literals: dict[str, "Tree"] = field(default_factory=dict)
    label: "Tree | None" = None
    greedy: "Tree | None" = None
    leaves: dict[str, list[Leaf]] = field(default_factory=dict)

    def add(self, operation: OperationModel) -> None:
        uri, _, query = operation.http["requestUri"].partition("?")
        leaf = Leaf(
            operation,
            tuple(re.findall(r"{(\w+)\+?}", uri)),
            dict(parse_qsl(query, keep_blank_values=True)),
            _required(operation),
        )
        # S3 accepts a bucket's path with and without a slash at its end.
        for path in {uri, "/{Bucket}/"} if uri == "/{Bucket}" else {uri}:
            leaves = self._node_at(path[1:].split("/")).leaves
            leaves.setdefault(operation.http["method"], []).append(leaf)
            leaves[operation.http["method"]].sort(key=_rank)

    def find(self, request: RequestHead, path: str) -> Iterator[tuple[list[Leaf], tuple[str, ...]]]:
        """The operations that a request may be for, best first: those that nothing in the request
        distinguishes, with the values of their labels.
        """
        for node, values in self.walk(path.removeprefix("/").split("/"), ()):
            if best := _best(node.leaves.get(request.method, ()), request):
                yield best, values

    def _node_at(self, segments: list[str]) -> "Tree":
        node = self
        for segment in segments:
            if segment.endswith("+}"):
                node.greedy = node.greedy or Tree()
                node = node.greedy
            elif segment.startswith("{"):
                node.label = node.label or Tree()
                node = node.label
            else:
                node = node.literals.setdefault(segment, Tree())
        return node

    def walk(
        self, segments: list[str], values: tuple[str, ...]
    ) -> Iterator[tuple["Tree", tuple[str, ...]]]:
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


def _rank(leaf: Leaf) -> tuple[int, int, bool]:
    deprecated = bool(leaf.operation.deprecated)
    return -len(leaf.constants), -len(leaf.required), deprecated


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
