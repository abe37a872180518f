"""The operations on messages: send, receive, delete, one by one and in batches."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from app.local.messaging import (
    QueueMessage,
    decode_attributes,
    encode_attributes,
    md5_of,
    system_attributes,
)
from app.local.sqs.broker import Queues, md5_of_attributes, value_of
from app.local.sqs.queues import select
from app.local.sqs.rules import (
    check_attribute_values,
    check_batch,
    check_body,
    check_range,
    invalid,
    queue_name,
    sqs_errors,
)
from app.local.wire import JSON, Call, Handler, ServiceError, WaitingService, translate_errors

MOST_RECEIVES_AT_ONCE = 1000  # each holds a connection, and no thread


class MessageOperations:
    def __init__(self, queues: Queues, account: str) -> None:
        self._queues, self._account = queues, account
        self._receives = 0  # ReceiveMessage requests under way; only the event loop changes it

    def handlers(self) -> WaitingService:
        return {
            "SendMessage": self.send,
            "SendMessageBatch": self.batch(self.send),
            "ReceiveMessage": self.receive,
            "DeleteMessage": self.delete,
            "DeleteMessageBatch": self.batch(self.delete),
            "ChangeMessageVisibility": self.change_visibility,
            "ChangeMessageVisibilityBatch": self.batch(self.change_visibility),
        }

    def send(self, call: Call) -> JSON:
        params, name = call.params, queue_name(call)
        body, attributes = params["MessageBody"], params.get("MessageAttributes", {})
        if "MessageDeduplicationId" in params:
            raise invalid(
                "The request includes a parameter that is not valid for this queue type: "
                "MessageDeduplicationId"
            )
        check_body(body)
        check_range("DelaySeconds", params.get("DelaySeconds"))
        check_attribute_values(attributes)
        self._check_size(name, [params], "InvalidParameterValue")
        delay = params.get("DelaySeconds")
        result = {
            "MessageId": self._queues.send(name, body, encode_attributes(attributes), delay),
            "MD5OfMessageBody": md5_of(body),
        }
        if attributes:
            result["MD5OfMessageAttributes"] = md5_of_attributes(attributes)
        return result

    async def receive(self, call: Call) -> JSON:
        params = call.params
        for name in ("MaxNumberOfMessages", "VisibilityTimeout", "WaitTimeSeconds"):
            check_range(name, params.get(name))
        with self._under_way():
            messages = await self._queues.receive_async(
                queue_name(call),
                params.get("MaxNumberOfMessages", 1),
                params.get("VisibilityTimeout"),
                params.get("WaitTimeSeconds"),
            )
        received = [self._to_json(message, params) for message in messages]
        return {"Messages": received} if received else {}

    @contextmanager
    def _under_way(self) -> Iterator[None]:
        if self._receives >= MOST_RECEIVES_AT_ONCE:
            message = (
                f"The stand-in has {MOST_RECEIVES_AT_ONCE} ReceiveMessage requests under way, and "
                "takes no more. Send this one again when others have ended."
            )
            raise ServiceError("OverLimit", message)
        self._receives += 1
        try:
            yield
        finally:
            self._receives -= 1

    def delete(self, call: Call) -> JSON:
        self._queues.delete(queue_name(call), call.params["ReceiptHandle"])
        return {}

    def change_visibility(self, call: Call) -> JSON:
        seconds = call.params.get("VisibilityTimeout")
        if seconds is None:  # in the model of a batch's entry it may be left out
            message = "The request must contain the parameter VisibilityTimeout."
            raise ServiceError("MissingParameter", message)
        check_range("VisibilityTimeout", seconds)
        self._queues.change_visibility(queue_name(call), call.params["ReceiptHandle"], seconds)
        return {}

    def batch(self, single: Handler) -> Handler:
        """The batch operation: `single` for up to ten entries, each with a result or an error."""
        entry_of = translate_errors(sqs_errors, single)

        def call(request: Call) -> JSON:
            entries = request.params["Entries"]
            check_batch(entries)
            self._check_size(queue_name(request), entries, "BatchRequestTooLong")
            successful, failed = [], []
            for entry in entries:
                params = {"QueueUrl": request.params["QueueUrl"], **entry}
                try:
                    result = entry_of(replace(request, params=params))
                    successful.append({"Id": entry["Id"], **result})
                except ServiceError as error:
                    failed.append(_failure(entry["Id"], error))
            return {"Successful": successful, "Failed": failed}

        return call

    def _check_size(self, name: str, entries: Collection[JSON], code: str) -> None:
        size = sum(map(_size, entries))
        most = self._queues.get(name).seconds("MaximumMessageSize")
        if size > most:
            message = (
                "One or more parameters are invalid. Reason: Message must be shorter than "
                f"{most} bytes; it has {size}."
            )
            raise ServiceError(code, message)

    def _to_json(self, message: QueueMessage, params: JSON) -> JSON:
        """The message as ReceiveMessage returns it."""
        system_names = params.get("MessageSystemAttributeNames") or params.get("AttributeNames", ())
        attributes = _select(
            decode_attributes(message.attributes), params.get("MessageAttributeNames", ())
        )
        result: JSON = {
            "MessageId": message.id,
            "ReceiptHandle": message.receipt,
            "Body": message.body,
            "MD5OfBody": md5_of(message.body),
        }
        if system := select(system_attributes(message, self._account), system_names):
            result["Attributes"] = system
        if attributes:
            result["MessageAttributes"] = attributes
            result["MD5OfMessageAttributes"] = md5_of_attributes(attributes)
        return result


def _select(attributes: Mapping[str, JSON], names: Collection[str]) -> dict[str, JSON]:
    """The message attributes with these names; `prefix.*` and "All" stand for several."""
    if {"All", ".*"} & set(names):
        return dict(attributes)
    prefixes = tuple(name.removesuffix("*") for name in names if name.endswith(".*"))
    return {
        name: value
        for name, value in attributes.items()
        if name in names or name.startswith(prefixes)
    }


def _size(entry: JSON) -> int:
    """The size in bytes, as SQS counts it: the body, and the attributes with names and types."""
    size = len(entry.get("MessageBody", "").encode())
    for name, attribute in entry.get("MessageAttributes", {}).items():
        size += len(name.encode()) + len(attribute["DataType"].encode()) + len(value_of(attribute))
    return size


def _failure(identifier: str, error: ServiceError) -> JSON:
    return {
        "Id": identifier,
        "SenderFault": True,
        "Code": error.code,
        "Message": error.message,
    }
