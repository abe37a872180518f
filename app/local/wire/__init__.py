"""The wire: HTTP on one side, the services' handlers on the other, botocore's models in between.

The life of a request, in order; `application.py` is this list as code:

    identify      which services can be meant: the scope of the signature        route
    route         which operation: method, raw path, query                       route
    admit         what pages in a browser send goes to S3 alone; the Host is ours  admission
    receive       the body: in memory, or in a file where it may be large        body
    spoil         what a test has ordered to go wrong, if anything               spoil
    parse         parameters, as boto3's caller wrote them                       parse
    check         every constraint of the model, in AWS's words                  validate
    call          the service's handler, in a thread; what waits, on the event loop       waiting
    serialise     status, headers and body; or a frame for each event            serialise
    deliver       whole, or piece by piece as it is produced                     deliver

An error at any step is answered as that service would answer it (`fail`). All of it is driven by
the models that botocore ships (`models`); no operation is written out anywhere. What stands inside
a body is read and written by `as_json`, `as_xml` and `eventstream`; `server` is the HTTP below.

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

A handler that has to wait for something returns an awaitable of that result: waiting costs no
thread. It is cancelled when the client goes away.

A stream of events is an iterator of one-key dicts, and each is sent when it is produced. What can
be refused is refused before the iterator is returned, so that it is a plain error; a ServiceError
that the iterator raises becomes an exception event. When the client goes away, the iterator is
closed. An asynchronous iterator runs on the event loop and may wait there as long as it likes: it
is closed at once. The steps of any other run in threads, one at a time, and it is closed when its
step ends, so none may take longer than a second. A streaming blob (GetObject's Body) is an iterator
of bytes. `"$headers"` in a result, or in an error's members, are headers that the model does not
name.
"""

from collections.abc import Mapping

from app.local.wire.admission import from_page
from app.local.wire.application import Application
from app.local.wire.call import (
    JSON,
    Body,
    Call,
    Handler,
    Service,
    ServiceError,
    WaitingHandler,
    WaitingService,
)
from app.local.wire.models import SERVICES, operations
from app.local.wire.server import serve
from app.local.wire.waiting import within

__all__ = [
    "JSON",
    "SERVICES",
    "Application",
    "Body",
    "Call",
    "Handler",
    "Service",
    "ServiceError",
    "WaitingHandler",
    "WaitingService",
    "coverage",
    "from_page",
    "serve",
    "within",
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
