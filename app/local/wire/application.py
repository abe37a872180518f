"""The life of a request, from its head to its last byte."""

import json
import logging
from asyncio import get_running_loop
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from botocore.model import OperationModel

from app.local import faults
from app.local.wire.body import (
    SPOOLED,
    Disconnected,
    Received,
    TooLarge,
    chunks,
    in_memory,
    receive_body,
)
from app.local.wire.call import JSON, Body, Call, Service, ServiceError
from app.local.wire.deliver import Receive, Send, deliver
from app.local.wire.errors import Malformed, dialect
from app.local.wire.fail import fail
from app.local.wire.models import SERVICES, model
from app.local.wire.parse import parse
from app.local.wire.request import Request
from app.local.wire.route import Route, Routes, identify
from app.local.wire.serialise import Response, serialise
from app.local.wire.spoil import Reset, before_the_head
from app.local.wire.validate import check

T = TypeVar("T")
THREADS = 64

_log = logging.getLogger(__name__)


class Application:
    """The stand-in as an ASGI application: services by name, each a mapping of handlers.

    `spool` is a folder of its own for bodies that are on their way; what a crash left there is
    removed. Faults can be ordered over HTTP when `faulty` is given.
    """

    def __init__(
        self, services: Mapping[str, Service], spool: Path, faulty: faults.Faults | None = None
    ) -> None:
        self._services = services
        self._routes = Routes(self._handles)
        self._spool = spool
        self._faults = faulty
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="handler")
        spool.mkdir(parents=True, exist_ok=True)
        for left in spool.glob(f"{SPOOLED}*"):
            left.unlink()

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                await self._live(Request.from_scope(scope), receive, send)
            except Disconnected:
                return
            except Reset:
                scope["extensions"]["outcrop.reset"]()
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)

    async def _live(self, request: Request, receive: Receive, send: Send) -> None:
        source = chunks(receive)
        if request.path.startswith("/_outcrop/"):
            response, fault = await self._about_itself(request, source), None
        else:
            signing_name = identify(request)
            response, fault = await self._respond(signing_name, request, source)
            ids = (
                ("x-amz-request-id", "x-amz-id-2")
                if signing_name == "s3"
                else ("x-amzn-requestid",)
            )
            response.headers |= dict.fromkeys(ids, request.id)
        await deliver(response, fault, receive, send, self._run)

    async def _respond(
        self, signing_name: str, request: Request, source: AsyncIterator[bytes]
    ) -> tuple[Response, faults.Fault | None]:
        service = _spokesman(signing_name)
        try:
            route = self._route(signing_name, request)
            service = route.operation.service_model.service_name
            received = await receive_body(route.operation, request, source, self._spool, self._run)
            fault = self._faults.take(service, route.operation.name) if self._faults else None
            await before_the_head(fault)
            return await self._run(self._answer, route, request, received), fault
        except (Disconnected, Reset):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, it has an answer
            async for _ in source:
                pass  # a client that is still sending would not read the answer
            return fail(service, request, _translated(error, service, request)), None

    def _route(self, signing_name: str, request: Request) -> Route:
        route = self._routes.find(signing_name, request)
        if route is None:
            names = dialect(_spokesman(signing_name))
            what = f"{request.method} {request.path} of a service that signs as {signing_name!r}"
            raise ServiceError(
                names.unknown, f"The requested operation is not recognized by the service: {what}."
            )
        if not self._handles(route.operation):
            service = route.operation.service_model.service_name
            message = f"The stand-in does not have {service}'s {route.operation.name}."
            raise ServiceError(dialect(service).missing, message)
        return route

    def _answer(self, route: Route, request: Request, received: Received) -> Response:
        """What may take its time, and so runs in a thread."""
        operation = route.operation
        service = operation.service_model.service_name
        request = replace(request, headers=received.headers)
        body = received.body if isinstance(received.body, Body) else None
        try:
            params = parse(operation, request, route.labels, received.body) | received.params
            check(operation, params)
            call = Call(service, operation.name, params, request.headers, request.id, body)
            return serialise(operation, self._services[service][operation.name](call))
        finally:
            if body:
                body.path.unlink(missing_ok=True)

    def _handles(self, operation: OperationModel) -> bool:
        return operation.name in self._services.get(operation.service_model.service_name, {})

    def _run(self, function: Callable[..., T], *arguments: Any) -> Awaitable[T]:
        return get_running_loop().run_in_executor(self._threads, function, *arguments)

    async def _about_itself(self, request: Request, source: AsyncIterator[bytes]) -> Response:
        """What is no service of AWS's: health, and faults to order."""
        body = await in_memory(source)
        try:
            match request.method, request.path:
                case "GET", "/_outcrop/health":
                    return _json(200, {"ready": True, "version": version("outcrop")})
                case "POST", faults.PATH if self._faults is not None:
                    self._faults.add_json(body)
                    return _json(200, {})
                case "DELETE", faults.PATH if self._faults is not None:
                    self._faults.clear()
                    return _json(200, {})
        except ValueError as error:
            return _json(400, {"message": str(error)})
        return _json(404, {"message": f"There is no {request.method} {request.path} here."})

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        for event in ("startup", "shutdown"):
            await receive()
            if event == "shutdown":
                self._threads.shutdown(wait=False, cancel_futures=True)
            await send({"type": f"lifespan.{event}.complete"})


def _spokesman(signing_name: str) -> str:
    """The service in whose manner an error is told before it is known whose it is."""
    named = (service for service in SERVICES if model(service).signing_name == signing_name)
    return next(named, SERVICES[0])


def _translated(error: Exception, service: str, request: Request) -> ServiceError:
    names = dialect(service)
    if isinstance(error, ServiceError):
        return error
    if isinstance(error, UnicodeDecodeError):
        return ServiceError(names.undecodable, "Couldn't parse the specified URI.")
    if isinstance(error, Malformed):
        return ServiceError(names.malformed, str(error))
    if isinstance(error, TooLarge):
        return ServiceError(names.too_large, str(error))
    _log.error("request %s failed", request.id, exc_info=error)
    return ServiceError(
        names.internal, f"{type(error).__name__}: {error}. The log has more, under {request.id}."
    )


def _json(status: int, body: JSON) -> Response:
    return Response(status, {"Content-Type": "application/json"}, json.dumps(body).encode())
