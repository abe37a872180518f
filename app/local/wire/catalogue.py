"""AWS's other services: which of them a request is for, so that its refusal names it.

botocore ships the models of some 440 services. Their heads are read when a request comes that is
for none of the stand-in's own, and a whole model only where the operation stands in paths.

How a request names its operation:

    json                  X-Amz-Target: Logs_20140328.PutLogEvents
    smithy-rpc-v2-cbor    /service/GraniteServiceVersion20100801/operation/PutMetricData
    query, ec2            Action=Publish&Version=2010-03-31
    rest-json, rest-xml   by method and path
"""

import gzip
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from botocore.loaders import Loader

from app.local import lazy_re as re
from app.local.wire.models import SERVICES, model, operations
from app.local.wire.request import RequestHead
from app.local.wire.tree import Tree

_HEAD = 2**15  # bytes of a model: its metadata come first
_RPC_PATH = re.compile(r"/service/(?P<target>\w++)/operation/(?P<operation>\w++)")


class Absence(NamedTuple):
    """An operation of a service that the stand-in does not have.

    Attributes:
        service: as boto3 names it: "cloudformation".
        operation: as the model names it; None where the request does not say.
    """

    service: str
    operation: str | None


def find_absent(signing_name: str, request: RequestHead) -> Absence | None:
    """The operation of another service that a request is for; None for a service that botocore does
    not know, or that the stand-in has.
    """
    if target := request.headers.get("x-amz-target"):
        prefix, _, operation = target.rpartition(".")
        named = _named_by_target(signing_name, prefix)
        return Absence(named, operation) if named else None
    if rpc := _RPC_PATH.fullmatch(request.path):
        named = _named_by_target(signing_name, rpc["target"])
        return Absence(named, rpc["operation"]) if named else None
    if request.is_query:
        named = _named_by_version(signing_name, request.first("Version"))
        return Absence(named, request.first("Action")) if named else None
    services = [head.service for head in _heads() if head.signing_name == signing_name]
    services.sort(key=lambda name: name != signing_name)  # of several, the one of that name
    for service in services:
        if routed := _routed(service, request):
            return Absence(service, routed)
    is_ours = any(model(service).signing_name == signing_name for service in SERVICES)
    return Absence(services[0], None) if services and not is_ours else None


def _named_by_target(signing_name: str, prefix: str) -> str | None:
    heads = [head for head in _heads() if head.target_prefix == prefix]
    heads.sort(key=lambda head: head.signing_name != signing_name)
    return heads[0].service if heads else None


def _named_by_version(signing_name: str, version: str | None) -> str | None:
    """By version alone where the signature says nothing, as one of version 2."""
    heads = [head for head in _heads() if signing_name in (head.signing_name, "sts")]
    heads = [head for head in heads if head.version == version]
    heads.sort(key=lambda head: head.service != signing_name)
    return heads[0].service if heads else None


def _routed(service: str, request: RequestHead) -> str | None:
    for best, _ in _tree(service).find(request, request.path):
        return best[0].operation.name
    return None


@cache
def _tree(service: str) -> Tree:
    tree = Tree()
    if model(service).metadata["protocol"].startswith("rest-"):
        for operation in operations(service):
            tree.add(operation)
    return tree


class _Head(NamedTuple):
    """What the metadata of a service's model say of its requests."""

    service: str
    signing_name: str
    target_prefix: str | None
    version: str


@cache
def _heads() -> tuple[_Head, ...]:
    return tuple(_read_heads())


def _read_heads() -> Iterator[_Head]:
    loader = Loader()
    for service in loader.list_available_services("service-2"):
        if service not in SERVICES:
            metadata = _metadata(loader, service)
            yield _Head(
                service,
                metadata.get("signingName", metadata["endpointPrefix"]),
                metadata.get("targetPrefix"),
                metadata["apiVersion"],
            )


def _metadata(loader: Loader, service: str) -> dict[str, str]:
    """The metadata of a service's model, without reading the whole of it where that can be."""
    version = loader.determine_latest_version(service, "service-2")
    for folder in loader.search_paths:
        path = Path(folder, service, version, "service-2.json.gz")
        if path.exists():
            with gzip.open(path) as file:
                head = file.read(_HEAD).decode(errors="replace")
            start = head.find("{", head.find('"metadata":'))
            try:
                metadata: dict[str, str] = json.JSONDecoder().raw_decode(head, start)[0]
            except ValueError:
                break
            return metadata
    whole: dict[str, dict[str, str]] = loader.load_service_model(service, "service-2")
    return whole["metadata"]
