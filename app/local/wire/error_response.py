"""The response of an error, as the service itself would give it by its model.

A name can have another status in another service (ConflictException is 400 in bedrock and 409 in
bedrock-agent), so there is no table of errors; `errors` lists only what the models leave out.
"""

import json
from typing import Any

from app.local.wire import json_body, query_body, xml_body
from app.local.wire.call import JSON, ServiceError
from app.local.wire.errors import query_code, unmodelled_status
from app.local.wire.models import SERVICES, model
from app.local.wire.request import RequestHead
from app.local.wire.response import Response, place
from app.local.wire.xml_body import escape

CBOR = "smithy-rpc-v2-cbor"


def error_response(service: str, request: RequestHead, error: ServiceError) -> Response:
    """The error in the protocol of the request: one service may speak several.

    `service` may be one that the stand-in does not have.
    """
    shapes: list[Any] = model(service).error_shapes if service in SERVICES else []
    shape = next((shape for shape in shapes if shape.name == error.code), None)
    response = Response(_status(service, shape, error.code))
    members = dict(error.members)
    response.add_headers(members.pop("$headers", {}))
    for name, member in shape.members.items() if shape else ():
        if name in members and "location" in member.serialization:
            place(response, member, name, members.pop(name))
    match _protocol(service, request):
        case "rest-xml" if service == "s3":
            _write_xml(response, request, error, members)
        case "query" | "rest-xml":
            _write_query(response, service, request, shape, error)
        case "ec2":
            _write_ec2(response, request, error)
        case protocol if protocol == CBOR:
            _write_cbor(response, error)
        case protocol:
            _write_json(response, protocol, service, shape, error, members)
    return response


def status_of(service: str, code: str) -> int:
    """The HTTP status of an error of a service that the stand-in has.

    >>> status_of("bedrock-agent-runtime", "DependencyFailedException")
    424
    """
    shapes = model(service).error_shapes
    return _status(service, next((one for one in shapes if one.name == code), None), code)


def _protocol(service: str, request: RequestHead) -> str:
    """The protocol that the request is of, as far as it says; else the service's own."""
    if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return CBOR
    if "x-amz-target" in request.headers:
        return "json"
    if request.is_query and service != "s3":
        return "ec2" if service == "ec2" else "query"
    return str(model(service).metadata["protocol"])


def _status(service: str, shape: Any, code: str) -> int:
    if shape is None:
        return unmodelled_status(service, code)
    modelled = shape.metadata.get("error", {})
    return int(modelled.get("httpStatusCode", 500 if shape.metadata.get("fault") else 400))


def _write_json(
    response: Response,
    protocol: str,
    service: str,
    shape: Any,
    error: ServiceError,
    members: JSON,
) -> None:
    message = "Message" if shape and "Message" in shape.members else "message"
    body: JSON = {message: error.message}
    if shape:
        known = {name: value for name, value in members.items() if name in shape.members}
        body |= json_body.to_json(shape, known, shape.members)
    headers = {"content-type": json_body.CONTENT_TYPE, "x-amzn-errortype": error.code}
    metadata = model(service).metadata if service in SERVICES else {}
    if protocol == "json":
        body["__type"] = error.code
        headers["content-type"] = f"application/x-amz-json-{metadata.get('jsonVersion', '1.1')}"
    if "awsQueryCompatible" in metadata:
        headers["x-amzn-query-error"] = f"{query_code(error.code)};Sender"
    response.add_headers(headers)
    response.body = json.dumps(body, separators=(",", ":")).encode()


def _write_query(
    response: Response, service: str, request: RequestHead, shape: Any, error: ServiceError
) -> None:
    code = shape.metadata.get("error", {}).get("code", error.code) if shape else error.code
    blame = "Sender" if response.status < 500 else "Receiver"
    fields = {"Type": blame, "Code": code, "Message": error.message}
    metadata = model(service).metadata if service in SERVICES else {}
    response.add_headers({"content-type": query_body.CONTENT_TYPE})
    response.body = query_body.encode_error(metadata, fields, request.id)


def _write_ec2(response: Response, request: RequestHead, error: ServiceError) -> None:
    """https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html"""
    fields = f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
    body = f"<Errors><Error>{fields}</Error></Errors><RequestID>{request.id}</RequestID>"
    response.add_headers({"content-type": query_body.CONTENT_TYPE})
    response.body = f"{xml_body.DECLARATION}<Response>{body}</Response>".encode(errors="replace")


def _write_cbor(response: Response, error: ServiceError) -> None:
    """https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html"""
    fields = {"__type": error.code, "message": error.message}
    pairs = b"".join(_cbor_text(name) + _cbor_text(text) for name, text in fields.items())
    response.add_headers({"content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"})
    response.body = bytes([0xA0 | len(fields)]) + pairs


def _cbor_text(text: str) -> bytes:
    """A text of any length below 2**32: https://www.rfc-editor.org/rfc/rfc8949#section-3"""
    data = text.encode(errors="replace")
    return b"\x7a" + len(data).to_bytes(4, "big") + data


def _write_xml(
    response: Response, request: RequestHead, error: ServiceError, members: JSON
) -> None:
    if request.method == "HEAD" or response.status == 304:
        return
    fields = {"Code": error.code, "Message": error.message} | members
    fields |= {"Resource": request.path, "RequestId": request.id, "HostId": request.id}
    elements = "".join(f"<{name}>{escape(str(text))}</{name}>" for name, text in fields.items())
    response.add_headers({"content-type": xml_body.CONTENT_TYPE})
    response.body = f"{xml_body.DECLARATION}<Error>{elements}</Error>".encode(errors="replace")
