"""What the stand-in answers about itself, under a path that is no service's and no bucket's."""

import json
from importlib.metadata import version

from app.local import faults
from app.local.faults import Faults
from app.local.wire.admission import check_host, check_sender, is_sent_unasked
from app.local.wire.call import JSON, ServiceError
from app.local.wire.request import Request
from app.local.wire.serialise import Response

PREFIX = "/_outcrop/"


def answer(request: Request, body: bytes, orders: Faults | None) -> Response:
    """Health; and faults, where orders are taken. No page in a browser is answered."""
    try:
        check_host(request, "")
        check_sender(request, "")
    except ServiceError as error:
        return _json(403, {"message": error.message})
    if is_sent_unasked(request):
        return _json(415, {"message": "Send JSON, with the header Content-Type: application/json."})
    match request.method, request.path:
        case "GET", "/_outcrop/health":
            return _json(200, {"ready": True, "version": version("outcrop")})
        case "POST", faults.PATH if orders is not None:
            return _order(orders, body)
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


def _json(status: int, body: JSON) -> Response:
    return Response(status, {"content-type": "application/json"}, json.dumps(body).encode())
