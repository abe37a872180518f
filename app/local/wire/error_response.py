"""The response of an error, as the service itself would give it by its model.

A name can have another status in another service (ConflictException is 400 in bedrock and 409 in
bedrock-agent), so there is no table of errors; `errors` lists only what the models leave out.
"""

import json
from typing import Any

from app.local.wire import json_body, xml_body
from app.local.wire.call import JSON, ServiceError
from app.local.wire.errors import query_code, unmodelled_status
from app.local.wire.models import model
from app.local.wire.request import RequestHead
from app.local.wire.response import Response, place
from app.local.wire.xml_body import escape


def error_response(service: str, request: RequestHead, error: ServiceError) -> Response:
    shapes: list[Any] = model(service).error_shapes
    shape = next((shape for shape in shapes if shape.name == error.code), None)
    response = Response(_status(service, shape, error.code))
    members = dict(error.members)
    response.add_headers(members.pop("$headers", {}))
    for name, member in shape.members.items() if shape else ():
        if name in members and "location" in member.serialization:
            place(response, member, name, members.pop(name))
    if service == "s3":
        _write_xml(response, request, error, members)
    else:
        _write_json(response, service, shape, error, members)
    return response


def _status(service: str, shape: Any, code: str) -> int:
    if shape is None:
        return unmodelled_status(service, code)
    modelled = shape.metadata.get("error", {})
    return int(modelled.get("httpStatusCode", 500 if shape.metadata.get("fault") else 400))


def _write_json(
    response: Response, service: str, shape: Any, error: ServiceError, members: JSON
) -> None:
    message = "Message" if shape and "Message" in shape.members else "message"
    body: JSON = {message: error.message}
    if shape:
        known = {name: value for name, value in members.items() if name in shape.members}
        body |= json_body.to_json(shape, known, shape.members)
    headers = {"content-type": json_body.CONTENT_TYPE, "x-amzn-errortype": error.code}
    metadata = model(service).metadata
    if metadata["protocol"] == "json":
        body["__type"] = error.code
        headers["content-type"] = f"application/x-amz-json-{metadata['jsonVersion']}"
        headers["x-amzn-query-error"] = f"{query_code(error.code)};Sender"
    response.add_headers(headers)
    response.body = json.dumps(body, separators=(",", ":")).encode()


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
