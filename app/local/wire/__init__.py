"""The wire: HTTP on one side, the services' handlers on the other, botocore's models in between.

The life of a request, in order; `application.py` is this list as code:

    signing_name   the services that share this signing name        routing
    route          the operation, by method, raw path and query     routing, tree; catalogue
    check_sender   web pages reach S3 only; the Host is ours        admission
    receive_body   in memory, or in a file if it may be large       body, form, aws_chunked
    inject_fault   the fault that a test has ordered, if any        fault_injection
    parse          the parameters, as boto3's caller wrote them     parameters, scalars
    check          every constraint of the model                    validation
    call           the service's handler, in a thread               call, waiting
    serialise      status, headers and body, or a frame an event    response, eventstream
    deliver        at once, or piece by piece as it is produced     delivery

An error at any step is answered as that service would answer it (`error_response`, `errors`). Every
step is driven by the models that botocore ships (`models`); no operation is written out anywhere.
`json_body`, `xml_body` and `query_body` read and write what is inside a body, `own_endpoints`
answers for the stand-in itself, `json_endpoints` where no service has the path, and `server`
speaks HTTP, over the sockets of `connection` and `goaway`.

A handler takes a `Call` and returns a result in the shape that boto3 would return it:

    >>> def converse(call: Call) -> JSON:
    ...     if call.params["modelId"] != "amazon.nova-lite-v1:0":
    ...         raise ServiceError("ResourceNotFoundException", "There is no such model.")
    ...     content = [{"text": "Granite."}]
    ...     return {
    ...         "output": {"message": {"role": "assistant", "content": content}},
    ...         "stopReason": "end_turn",
    ...         "usage": {"inputTokens": 4, "outputTokens": 2, "totalTokens": 6},
    ...         "metrics": {"latencyMs": 1},
    ...     }
    >>> services: dict[str, Service] = {"bedrock-runtime": {"Converse": converse}}

A handler that has to wait for something returns an awaitable of that result, so that waiting costs
no thread. It is cancelled when the client disconnects.

A stream of events is an iterator of one-key dicts, and each is sent when it is produced. A handler
refuses a request before it returns the iterator: that is a plain error, while a ServiceError that
the iterator raises becomes an exception event. The iterator is closed when the client disconnects.
An asynchronous iterator runs on the event loop, may wait there and is closed at once. The steps of
any other iterator run in threads, one at a time, and it is closed when its current step ends, so no
step may take longer than a second. A streaming blob (GetObject's BodyFile) is an iterator of bytes.
`"$headers"` in a result, or in an error's members, are headers that the model does not name, and
UNMODELLED in a structure of a JSON result are members of it that the model does not name.
"""

from collections.abc import Mapping

from app.local.wire.admission import is_from_page
from app.local.wire.application import Application
from app.local.wire.call import (
    JSON,
    UNMODELLED,
    BodyFile,
    Call,
    Handler,
    Service,
    ServiceError,
    WaitingHandler,
    WaitingService,
    region_of,
)
from app.local.wire.error_response import status_of
from app.local.wire.json_endpoints import Endpoints, events_response, json_response
from app.local.wire.models import SERVICES, operations
from app.local.wire.response import Response
from app.local.wire.server import serve
from app.local.wire.waiting import translate_errors

__all__ = [
    "JSON",
    "SERVICES",
    "UNMODELLED",
    "Application",
    "BodyFile",
    "Call",
    "Endpoints",
    "Handler",
    "Response",
    "Service",
    "ServiceError",
    "WaitingHandler",
    "WaitingService",
    "coverage",
    "events_response",
    "is_from_page",
    "json_response",
    "region_of",
    "serve",
    "status_of",
    "translate_errors",
]


def coverage(services: Mapping[str, WaitingService]) -> dict[str, dict[str, bool]]:
    """Every operation of every service, and whether it has a handler."""
    return {
        service: {
            operation.name: operation.name in services.get(service, {})
            for operation in operations(service)
        }
        for service in SERVICES
    }
