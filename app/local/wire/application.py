"""The life of a request, from its head to its last byte."""

from asyncio import CancelledError, get_running_loop
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from inspect import isawaitable
from pathlib import Path
from typing import Any, TypeVar

from botocore.model import OperationModel

from app.local.faults import Fault, Faults
from app.local.wire import json_endpoints, own_endpoints
from app.local.wire.admission import check_content_type, check_host, check_sender
from app.local.wire.body import (
    SPOOL_PREFIX,
    BodyTooLarge,
    Disconnected,
    Received,
    chunks,
    in_memory,
    receive_body,
)
from app.local.wire.call import (
    JSON,
    BodyFile,
    Call,
    ServiceError,
    WaitingHandler,
    WaitingService,
)
from app.local.wire.catalogue import Absence, find_absent
from app.local.wire.delivery import Receive, Send, deliver
from app.local.wire.error_response import error_response
from app.local.wire.errors import Malformed, Undecodable, dialect, internal_error
from app.local.wire.fault_injection import Reset, inject_fault
from app.local.wire.json_endpoints import Endpoint, Endpoints
from app.local.wire.models import SERVICES, model
from app.local.wire.parameters import parse
from app.local.wire.request import RequestHead
from app.local.wire.response import Response, serialise
from app.local.wire.routing import Route, Routes, signing_name_of
from app.local.wire.validation import check
from app.local.wire.waiting import repeat_disconnect, unless_disconnected

T = TypeVar("T")
THREADS = 64  # for handlers; a handler that waits holds none
MOST_FORM_BYTES = 2**20  # of the query protocol
MOST_QUEUED = 2000  # requests that wait for a thread; those beyond are throttled
MOST_UNDER_WAY = 4000  # requests in all, including streams and those that wait


class Application:
    """The stand-in as an ASGI application: services by name, each a mapping of handlers.

    `spool` is a folder for the bodies of requests under way; what a crash left in it is removed.
    With `faults`, tests can order faults over HTTP; they do not strike `endpoints`, which are those
    that no service has.
    """

    def __init__(
        self,
        services: Mapping[str, WaitingService],
        spool: Path,
        faults: Faults | None = None,
        endpoints: Endpoints | None = None,
    ) -> None:
        self._services = services
        self._routes = Routes(self._handles)
        self._spool = spool
        self._faults = faults
        self._endpoints = endpoints or {}
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="handler")
        self._in_threads = 0  # requests that have a thread, or wait for one
        self._under_way = 0  # requests in all
        spool.mkdir(parents=True, exist_ok=True)
        for leftover in spool.glob(f"{SPOOL_PREFIX}*"):
            leftover.unlink()

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        if scope["type"] != "http":
            return
        request = RequestHead.from_scope(scope)
        receive = repeat_disconnect(receive)
        self._under_way += 1
        try:
            response, fault = await self._respond(request, receive)
            await deliver(response, fault, receive, send, self._run)
        except Disconnected:
            return
        except Reset:
            scope["extensions"]["outcrop.reset"]()
        finally:
            self._under_way -= 1

    async def _respond(
        self, request: RequestHead, receive: Receive
    ) -> tuple[Response, Fault | None]:
        source = chunks(receive)
        if endpoint := self._endpoints.get((request.method, request.path)):
            return await self._answer_json(endpoint, request, receive), None
        if request.path.startswith(own_endpoints.PREFIX):
            return own_endpoints.answer(request, await in_memory(source), self._faults), None
        service = _service_for_errors(signing_name_of(request))
        fault = None
        try:
            check_host(request, service)
            if request.has_form:
                request = _with_form(request, await in_memory(source, MOST_FORM_BYTES))
            signing_name = signing_name_of(request)
            service = _service_for_errors(signing_name)
            route = self._routes.find(signing_name, request)
            if route is None:
                absence = await self._run(find_absent, signing_name, request)
                service = absence.service if absence else service
                raise _not_there(absence, service, signing_name, request)
            service = route.operation.service_model.service_name
            self._check_there(route.operation)
            check_sender(request, service)
            check_content_type(request, route.operation)
            received = await receive_body(route.operation, request, source, self._spool, self._run)
            fault = self._faults.take(service, route.operation.name) if self._faults else None
            if fault:
                await unless_disconnected(inject_fault(fault), receive)
            response = await self._answer(route, request, received, receive)
        except (Disconnected, Reset):
            raise
        except CancelledError:
            response = error_response(service, request, _stopping(service))
        except Exception as error:  # noqa: BLE001 - every request gets an answer
            async for _ in source:
                pass  # a client reads the answer only after it has sent its body
            response = error_response(service, request, _translated(error, service, request))
        response.add_headers(dict.fromkeys(_ID_HEADERS.get(service, _ID_HEADER), request.id))
        return response, fault

    async def _answer_json(
        self, endpoint: Endpoint, request: RequestHead, receive: Receive
    ) -> Response:
        """Answer a request for an endpoint that no service has."""
        try:
            body = await json_endpoints.read_body(request, chunks(receive))
            self._check_room(json_endpoints.SERVICE)
            response = await unless_disconnected(endpoint(body, request.headers), receive)
        except Disconnected:
            raise
        except Exception as error:  # noqa: BLE001 - every request gets an answer
            response = json_endpoints.error_response(error, request)
        response.add_headers({"x-amzn-requestid": request.id})
        return response

    def _check_there(self, operation: OperationModel) -> None:
        """Refuse an operation that has no handler.

        Raises:
            ServiceError: the service's error for what the stand-in does not have.
        """
        if not self._handles(operation):
            service = operation.service_model.service_name
            message = f"The stand-in does not have {service}'s {operation.name}."
            raise ServiceError(dialect(service).missing, message)

    async def _answer(
        self, route: Route, request: RequestHead, received: Received, receive: Receive
    ) -> Response:
        """Run the handler in a thread, and what it waits for on the event loop.

        Raises:
            ServiceError: there are too many requests.
        """
        try:
            self._check_room(route.operation.service_model.service_name)
        except ServiceError:
            _discard(received)
            raise
        self._in_threads += 1
        try:
            result = await self._run(self._call, route, request, received)
        finally:
            self._in_threads -= 1
        if isinstance(result, Response):
            return result
        value = await unless_disconnected(result, receive)
        return await self._run(serialise, route.operation, value, request.id)

    def _call(
        self, route: Route, request: RequestHead, received: Received
    ) -> Response | Coroutine[Any, Any, JSON]:
        """Parse, check and call. Returns the response, or a coroutine of the handler's result."""
        operation = route.operation
        service = operation.service_model.service_name
        request = replace(request, headers=received.headers)
        body = received.body if isinstance(received.body, BodyFile) else None
        try:
            params = parse(operation, request, route.labels, received.body) | received.params
            check(operation, params)
            call = Call(
                *(service, operation.name, params, request.headers, request.id),
                *(body, request.query, request.path),
            )
            handler: WaitingHandler = self._services[service][operation.name]
            result = handler(call)
            if isawaitable(result):
                return _await(result)
            return serialise(operation, result, request.id)
        finally:
            _discard(received)

    def _check_room(self, service: str) -> None:
        """Refuse a request if there are too many.

        Raises:
            ServiceError: the service's own throttling error.
        """
        if self._in_threads >= THREADS + MOST_QUEUED or self._under_way > MOST_UNDER_WAY:
            raise ServiceError(
                dialect(service).throttled,
                f"The stand-in has {self._under_way} requests under way, and cannot take more. "
                "Send this one again in a second.",
                **{"$headers": {"retry-after": "1"}},
            )

    def _handles(self, operation: OperationModel) -> bool:
        return operation.name in self._services.get(operation.service_model.service_name, {})

    def _run(self, function: Callable[..., T], *arguments: Any) -> Awaitable[T]:
        return get_running_loop().run_in_executor(self._threads, function, *arguments)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        get_running_loop().set_default_executor(self._threads)  # for work that handlers await
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._threads.shutdown(wait=False, cancel_futures=True)
        await send({"type": "lifespan.shutdown.complete"})


_ID_HEADER = ("x-amzn-requestid",)
_ID_HEADERS = {"s3": ("x-amz-request-id", "x-amz-id-2")}


def _service_for_errors(signing_name: str) -> str:
    """The service whose format an error has before the request's operation is known."""
    services = (service for service in SERVICES if model(service).signing_name == signing_name)
    return next(services, SERVICES[0])


def _with_form(request: RequestHead, body: bytes) -> RequestHead:
    try:
        return request.with_form(body)
    except ValueError as error:
        raise Malformed(f"The body is not a form: {error}") from error


def _not_there(
    absence: Absence | None, service: str, signing_name: str, request: RequestHead
) -> ServiceError:
    """The error for a request that is for none of the operations of the stand-in's services."""
    where = f"{request.method} {request.path}"
    if absence:
        name = absence.operation or where
        message = f"The stand-in does not have {service}'s {name}: it has nothing of {service}."
        return ServiceError(dialect(service).missing, message)
    if not request.is_query:
        message = (
            "The requested operation is not recognized by the service: "
            f"{where}, signed for {signing_name!r}."
        )
    elif model(service).metadata["protocol"] == "query":
        action, version = request.first("Action"), request.first("Version")
        message = f"Could not find operation {action} for version {version}"
    else:
        message = (
            f"The stand-in speaks JSON for {service}, and not its older query protocol, in which "
            f"{request.first('Action')} was sent."
        )
        return ServiceError(dialect(service).missing, message)
    return ServiceError(dialect(service).unknown, message)


async def _await(result: Awaitable[JSON]) -> JSON:
    return await result


def _discard(received: Received) -> None:
    """Remove the file of a body, if there is one that no handler has moved."""
    if isinstance(received.body, BodyFile):
        received.body.path.unlink(missing_ok=True)


def _stopping(service: str) -> ServiceError:
    return ServiceError(
        dialect(service).unavailable,
        "The stand-in is stopping. Send the request again when it has been started.",
    )


def _translated(error: Exception, service: str, request: RequestHead) -> ServiceError:
    """Any exception as an error of the service. One that nobody raises on purpose is logged."""
    names = dialect(service)
    match error:
        case ServiceError():
            return error
        case Undecodable():
            return ServiceError(names.undecodable, "Couldn't parse the specified URI.")
        case Malformed():
            return ServiceError(names.malformed, str(error))
        case BodyTooLarge():
            return ServiceError(names.too_large, str(error))
    return internal_error(error, names.internal, request.id)
