"""Invoke: synchronous, asynchronous (InvocationType=Event), or a dry run."""

import base64
import binascii
import json
from collections.abc import Awaitable

from app.local.lambda_.rules import check_runnable, function_name, refuse
from app.local.lambda_.runtime import Functions
from app.local.wire import JSON, Call, ServiceError, WaitingService

LARGEST_REQUEST = 6 * 2**20  # bytes, of a synchronous invocation, by "Lambda quotas"
LARGEST_EVENT = 2**20  # bytes, of an asynchronous one
_LATEST = "$LATEST"


class Invocations:
    def __init__(self, functions: Functions) -> None:
        self._functions = functions

    def handlers(self) -> WaitingService:
        return {"Invoke": self.invoke}

    def invoke(self, call: Call) -> JSON | Awaitable[JSON]:
        params = call.params
        refuse(params, ("DurableExecutionName", "TenantId"), "functions")
        function = self._functions.catalogue.get(function_name(params))
        check_runnable(function)
        kind = params.get("InvocationType", "RequestResponse")
        payload = _payload(params, LARGEST_EVENT if kind == "Event" else LARGEST_REQUEST)
        if kind == "DryRun":
            return {"StatusCode": 204, "ExecutedVersion": _LATEST}
        if kind == "Event":
            self._functions.pollers.submit(function.name, payload, call.request_id)
            return {"StatusCode": 202}
        return self._run(function.name, payload, call)

    async def _run(self, name: str, payload: str, call: Call) -> JSON:
        context = _context(call.params)
        outcome = await self._functions.invoke_async(name, payload, call.request_id, context)
        result: JSON = {
            "StatusCode": 200,
            "ExecutedVersion": _LATEST,
            "Payload": outcome.payload,
        }
        if outcome.error:
            result["FunctionError"] = outcome.error
        if call.params.get("LogType") == "Tail":
            result["LogResult"] = base64.b64encode(outcome.log).decode()
        return result


def _payload(params: JSON, limit: int) -> str:
    payload: bytes = params.get("Payload") or b"{}"
    if len(payload) > limit:
        message = (
            f"{len(payload)} byte payload is too large for the {params.get('InvocationType')} "
            f"invocation type (limit {limit} bytes)"
        )
        raise ServiceError("RequestTooLargeException", message, Type="User")
    try:
        json.loads(payload)
    except ValueError as error:
        message = f"Could not parse request body into json: {error}"
        raise ServiceError("InvalidRequestContentException", message, Type="User") from error
    return payload.decode()


def _context(params: JSON) -> JSON | None:
    if "ClientContext" not in params:
        return None
    try:
        context = json.loads(base64.b64decode(params["ClientContext"], validate=True))
    except (binascii.Error, ValueError) as error:
        message = "Client context must be a valid Base64-encoded JSON object."
        raise ServiceError("InvalidRequestContentException", message, Type="User") from error
    return context if isinstance(context, dict) else None
