"""The stand-in's own endpoints: health, and the faults that tests order.

Their path is no service's, and no bucket can have its name.
"""

import json
from importlib.metadata import version

from app.local import faults
from app.local.faults import Faults
from app.local.wire.admission import check_host, check_sender, needs_no_preflight
from app.local.wire.call import JSON, ServiceError
from app.local.wire.fault_schedule import FaultSchedule
from app.local.wire.request import RequestHead
from app.local.wire.response import Response

PREFIX = "/_outcrop/"


def answer(request: RequestHead, body: bytes, orders: Faults | None) -> Response:
    """Answer a request for one of these endpoints. Web pages are refused.

    `orders` is where faults are kept; without it, none can be ordered.
    """
    try:
        check_host(request, "")
        check_sender(request, "")
    except ServiceError as error:
        return _json(403, {"message": error.message})
    if needs_no_preflight(request):
        return _json(415, {"message": "Send JSON, with the header Content-Type: application/json."})
    match request.method, request.path:
        case "GET", "/_outcrop/health":
            return _json(200, {"ready": True, "version": version("outcrop")})
        case "POST", faults.PATH if orders is not None:
            return _order(orders, body)
        case "PUT", faults.PATH if orders is not None:
            return _begin(orders, body)
        case "GET", faults.PATH if orders is not None:
            return _json(200, {"faults": orders.history()})
        case "DELETE", faults.PATH if orders is not None:
            orders.clear()
            return _json(200, {})
    return _json(404, {"message": f"There is no {request.method} {request.path} here."})


def _order(orders: Faults, body: bytes) -> Response:
    try:
        orders.add_json(body)
    except ValueError as error:
        return _json(400, {"message": str(error)})
    return _json(200, {})


def _begin(orders: Faults, body: bytes) -> Response:
    try:
        orders.set_schedule(FaultSchedule(body.decode()))
    except ValueError as error:
        return _json(400, {"message": str(error)})
    return _json(200, {})


def _json(status: int, body: JSON) -> Response:
    return Response(status, {"content-type": "application/json"}, json.dumps(body).encode())
