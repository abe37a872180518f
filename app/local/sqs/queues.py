"""The operations on queues and their attributes."""

import json
from collections.abc import Collection, Mapping

from app.local.messaging import NoSuchQueue
from app.local.sqs.broker import Queues
from app.local.sqs.rules import check_attributes, check_name, queue_name
from app.local.wire import JSON, Call, Service, ServiceError

_PAGE = 1000


class QueueOperations:
    def __init__(self, queues: Queues, account: str) -> None:
        self._queues, self._account = queues, account

    def handlers(self) -> Service:
        return {
            "CreateQueue": self.create,
            "GetQueueUrl": self.url,
            "ListQueues": self.list,
            "DeleteQueue": self.delete,
            "PurgeQueue": self.purge,
            "GetQueueAttributes": self.attributes,
            "SetQueueAttributes": self.set_attributes,
            "ListQueueTags": self.tags,
            "ListDeadLetterSourceQueues": self.dead_letter_sources,
        }

    def create(self, call: Call) -> JSON:
        name, attributes = call.params["QueueName"], call.params.get("Attributes", {})
        check_name(name)
        check_attributes(self._queues, attributes)
        try:
            existing = self._queues.get(name).attributes
        except NoSuchQueue:
            self._queues.create(name, attributes, call.params.get("tags"))
        else:
            _check_same(existing, attributes)
        return {"QueueUrl": self._url(call, name)}

    def url(self, call: Call) -> JSON:
        return {"QueueUrl": self._url(call, self._queues.get(call.params["QueueName"]).name)}

    def list(self, call: Call) -> JSON:
        params = call.params
        prefix, after = params.get("QueueNamePrefix", ""), params.get("NextToken", "")
        names = [name for name in self._queues.names() if name.startswith(prefix) and name > after]
        limit = params.get("MaxResults", _PAGE)
        urls = [self._url(call, name) for name in names[:limit]]
        result: JSON = {"QueueUrls": urls} if urls else {}
        if len(names) > limit and "MaxResults" in params:
            result["NextToken"] = names[limit - 1]
        return result

    def delete(self, call: Call) -> JSON:
        self._queues.remove(queue_name(call))
        return {}

    def purge(self, call: Call) -> JSON:
        self._queues.purge(queue_name(call))
        return {}

    def attributes(self, call: Call) -> JSON:
        queue = self._queues.get(queue_name(call))
        waiting, in_flight, delayed = self._queues.counts(queue.name)
        everything = {
            **queue.attributes,
            "QueueArn": self._queues.arn(queue.name),
            "CreatedTimestamp": str(int(queue.created)),
            "LastModifiedTimestamp": str(int(queue.modified)),
            "ApproximateNumberOfMessages": str(waiting),
            "ApproximateNumberOfMessagesNotVisible": str(in_flight),
            "ApproximateNumberOfMessagesDelayed": str(delayed),
        }
        return {"Attributes": select(everything, call.params.get("AttributeNames", ()))}

    def set_attributes(self, call: Call) -> JSON:
        attributes = call.params["Attributes"]
        check_attributes(self._queues, attributes)
        self._queues.configure(queue_name(call), attributes)
        return {}

    def tags(self, call: Call) -> JSON:
        return {"Tags": self._queues.get(queue_name(call)).tags}

    def dead_letter_sources(self, call: Call) -> JSON:
        arn = self._queues.arn(self._queues.get(queue_name(call)).name)
        policies = {
            name: json.loads(self._queues.get(name).attributes.get("RedrivePolicy") or "{}")
            for name in self._queues.names()
        }
        return {
            "queueUrls": [
                self._url(call, name)
                for name, policy in policies.items()
                if policy.get("deadLetterTargetArn") == arn
            ]
        }

    def _url(self, call: Call, name: str) -> str:
        return f"http://{call.headers.get('host', '')}/{self._account}/{name}"


def select(attributes: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    """The attributes with these names; all of them for the name "All"."""
    return {name: value for name, value in attributes.items() if {name, "All"} & set(names)}


def _check_same(existing: Mapping[str, str], attributes: Mapping[str, str]) -> None:
    for name, value in attributes.items():
        if existing.get(name) != value:
            message = (
                "A queue already exists with the same name and a different value for attribute "
                f"{name}"
            )
            raise ServiceError("QueueNameExists", message)
