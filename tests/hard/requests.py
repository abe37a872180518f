"""Requests that no client would send: right ones, made by botocore, with something broken."""

import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode, urlsplit

from botocore import serialize
from botocore.model import OperationModel, Shape

from app.local.wire.models import model
from tests.hard.nasty import BODIES, HEADERS, PATHS, QUERIES, STRINGS, VALUES

DEEP = 200
"""Levels of nesting: more than any JSON of ours has."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A request as it goes over the wire, and what was done to it."""

    name: str
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    broken: tuple[str, ...] = ()

    def with_header(self, name: str, value: str) -> "Broken":
        """The request with one value of a header."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() != name)
        return replace(
            self, headers=(*kept, (name, value)), broken=(*self.broken, f"{name}: {value}")
        )

    def raw(self, host: str) -> bytes:
        """The request as bytes; it says how long it is, unless it was broken there."""
        names = {name.lower() for name, _ in self.headers}
        headers = [("host", host), *self.headers]
        if "content-length" not in names and "transfer-encoding" not in names:
            headers.append(("content-length", str(len(self.body))))
        lines = [
            f"{self.method} {self.target} HTTP/1.1",
            *(f"{name}: {value}" for name, value in headers),
        ]
        return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + self.body


@dataclass
class Fuzzer:
    """Makes broken requests, each from a seed of its own.

    Attributes:
        known: values that members of these names have in the home, so that much of what is sent
            goes deeper than the first look-up.
    """

    known: Mapping[str, Any]
    operations: Sequence[OperationModel]
    _serializers: dict[str, Any] = field(default_factory=dict)

    def aws(self, seed: int) -> Broken:
        """A request to the stand-in."""
        choose = random.Random(seed)
        operation = choose.choice(self.operations)
        params = self._value(operation.input_shape, choose, 0) if operation.input_shape else {}
        broken: list[str] = []
        for _ in range(choose.choice((0, 0, 1, 1, 2))):
            params = break_value(params, choose, broken)
        if isinstance(params, dict):
            params.pop("ContentLength", None)  # a promise that the body does not hold
        request = self._serialised(operation, params, choose)
        request = replace(request, broken=tuple(broken))
        return break_wire(request, choose, often=0.3)

    def application(
        self, routes: Sequence[tuple[str, str]], bodies: Mapping[str, Any], seed: int
    ) -> Broken:
        choose = random.Random(seed)
        method, path = choose.choice(routes)
        target = re.sub(
            r"{\w+}", lambda _: choose.choice(("Z3VpZGUubWQ", "x", "%00", "%ff", "a" * 70)), path
        )
        if choose.random() < 0.4:
            values = {name: choose.choice(STRINGS) for name in ("limit", "cursor", "x")}
            target += "?" + urlencode(values, errors="surrogatepass")
        broken: list[str] = []
        body = b""
        if method == "POST":
            value = choose.choice(bodies[path])
            for _ in range(choose.choice((1, 1, 2, 3))):
                value = break_value(value, choose, broken)
            body = encode_json(value, choose)
        headers = (("content-type", "application/json"),) if body else ()
        request = Broken(f"{method} {path}", method, target, headers, body, tuple(broken))
        return break_wire(request, choose, often=0.4)

    def _serialised(self, operation: OperationModel, params: Any, choose: random.Random) -> Broken:
        service = operation.service_model
        protocol = service.metadata["protocol"]
        serializer = self._serializers.setdefault(
            service.service_name,
            serialize.create_serializer(protocol, include_validation=False),
        )
        try:
            made = serializer.serialize_to_request(params, operation)
        except Exception:  # noqa: BLE001 - what botocore cannot write, a client of another's can
            made = {
                "url_path": operation.http["requestUri"].partition("?")[0],
                "query_string": {},
                "method": operation.http["method"],
                "headers": {},
                "body": encode_json(params, choose),
            }
            if protocol == "json":
                target = f"{service.metadata['targetPrefix']}.{operation.name}"
                made["headers"] = {"X-Amz-Target": target}
        body = made["body"]
        if isinstance(body, str):
            body = body.encode("utf-8", "surrogatepass")
        body = body if isinstance(body, bytes) else encode_json(body, choose)
        query = made["query_string"]
        query = (
            query
            if isinstance(query, str)
            else urlencode(query, doseq=True, errors="surrogatepass")
        )
        path, _, own = operation.http["requestUri"].partition("?")
        target = "&".join(
            filter(None, (own if not isinstance(made["query_string"], str) else "", query))
        )
        path = urlsplit(made["url_path"]).path or "/"
        target = _ascii(path) + (f"?{_ascii(target)}" if target else "")
        signing = service.signing_name
        headers = {name: _line(value) for name, value in made["headers"].items()}
        if body and "content-type" not in {name.lower() for name in headers}:
            headers["content-type"] = "application/json"
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential=stand-in/20261128/us-east-1/{signing}/aws4_request, "
            "SignedHeaders=host, Signature=0"
        )
        return Broken(
            f"{service.service_name}.{operation.name}",
            made["method"],
            target,
            tuple(headers.items()),
            body,
        )

    def _value(self, shape: Shape, choose: random.Random, depth: int, name: str = "") -> Any:
        if name in self.known and choose.random() < 0.9:
            return choose.choice(self.known[name])
        found: Any = shape
        match shape.type_name:
            case "structure":
                if found.is_document_type:
                    return {"max_tokens": 5}
                names = list(found.members)
                needed = set(found.required_members)
                if found.is_tagged_union:
                    names = [choose.choice(names)] if names else []
                    needed = set(names)
                return {
                    one: self._value(found.members[one], choose, depth + 1, one)
                    for one in names
                    if one in needed or (depth < 4 and choose.random() < 0.25)
                }
            case "list":
                count = max(found.metadata.get("min", 0), choose.choice((0, 1, 1, 2)))
                return [
                    self._value(found.member, choose, depth + 1, name) for _ in range(min(count, 3))
                ]
            case "map":
                return {choose.choice(("a", "b")): self._value(found.value, choose, depth + 1)}
            case "string":
                if found.enum:
                    return choose.choice(found.enum)
                return choose.choice(
                    ("a", "abc", "ABCDEFGHIJ", "x" * max(1, found.metadata.get("min", 1)))
                )
            case "integer" | "long":
                return found.metadata.get("min", 1)
            case "float" | "double":
                return 0.5
            case "boolean":
                return choose.random() < 0.5
            case "timestamp":
                return 1_795_253_400
            case "blob":
                return choose.choice((b"{}", b"", b"\xff\x00", b'{"inputText": "x"}'))
        raise AssertionError(shape.type_name)


def services_of(names: Mapping[str, Sequence[str]]) -> list[OperationModel]:
    """The operations of these services, by the names that are handled."""
    return [
        model(service).operation_model(name)
        for service, handled in names.items()
        for name in handled
    ]


def break_value(value: Any, choose: random.Random, broken: list[str], path: str = "") -> Any:
    """The value with one thing in it replaced, added or gone."""
    if isinstance(value, dict) and value and choose.random() < 0.85:
        name = choose.choice(sorted(value, key=str))
        if choose.random() < 0.08:
            broken.append(f"{path}.{name} is gone")
            return {key: item for key, item in value.items() if key != name}
        if choose.random() < 0.05:
            broken.append(f"{path}.unknown")
            return value | {
                choose.choice(("unknown", "", "\ud800", "__proto__")): choose.choice(VALUES)
            }
        return value | {name: break_value(value[name], choose, broken, f"{path}.{name}")}
    if isinstance(value, list) and value and choose.random() < 0.7:
        index = choose.randrange(len(value))
        changed = list(value)
        changed[index] = break_value(value[index], choose, broken, f"{path}[{index}]")
        return changed
    if choose.random() < 0.04:
        broken.append(f"{path} is nested {DEEP} deep")
        return nested(choose)
    other = choose.choice(VALUES)
    broken.append(f"{path} = {str(other)[:40]!r}")
    return other


def nested(choose: random.Random) -> Any:
    """A value that is nested deeper than any should be."""
    value: Any = 1
    for _ in range(DEEP):
        value = [value] if choose.random() < 0.5 else {"a": value}
    return value


def encode_json(value: Any, choose: random.Random) -> bytes:
    """JSON as Python writes it, with NaN and halves of characters, and at times 1e999."""
    try:
        text = json.dumps(value, ensure_ascii=choose.random() < 0.8, default=lambda _: "blob")
    except (TypeError, ValueError, RecursionError):
        text = "{"
    if choose.random() < 0.1:
        text = text.replace("Infinity", "1e999")
    return text.encode("utf-8", "surrogatepass")


def break_wire(request: Broken, choose: random.Random, often: float) -> Broken:
    """The request with its head or body broken, often or not."""
    if choose.random() > often:
        return request
    match choose.randrange(9):
        case 0 | 1 | 2:
            return request.with_header(*choose.choice(HEADERS))
        case 3:
            query = choose.choice(QUERIES)
            glue = "&" if "?" in request.target else "?"
            return replace(
                request, target=request.target + glue + query, broken=(*request.broken, query)
            )
        case 4:
            return _with_body(request, "cut", request.body[: len(request.body) // 2])
        case 5 if request.body:
            body = bytearray(request.body)
            body[choose.randrange(len(body))] ^= 1 << choose.randrange(8)
            return _with_body(request, "a bit is flipped", bytes(body))
        case 6:
            chosen = choose.choice(BODIES)
            return _with_body(request, f"body {chosen[:12]!r}", chosen)
        case 7:
            suffix = choose.choice(PATHS)
            return replace(
                request,
                target=suffix
                if choose.random() < 0.5
                else request.target.partition("?")[0] + suffix,
                broken=(*request.broken, f"path {suffix[:20]}"),
            )
    method = choose.choice(("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS", "BREW"))
    return replace(request, method=method, broken=(*request.broken, method))


def _with_body(request: Broken, what: str, body: bytes) -> Broken:
    return replace(request, body=body, broken=(*request.broken, what))


def _ascii(text: str) -> str:
    return re.sub(
        r"[^\x21-\x7e]",
        lambda one: "".join(f"%{byte:02x}" for byte in one[0].encode("utf-8", "replace")),
        text,
    )


def _line(value: Any) -> str:
    text = (
        value
        if isinstance(value, str)
        else value.decode("latin-1")
        if isinstance(value, bytes)
        else str(value)
    )
    return re.sub(r"[\r\n\x00]", " ", text)
