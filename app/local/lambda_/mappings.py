"""The operations on event source mappings, each of which gives a queue's messages to a function."""

import uuid

from app.local.lambda_.rules import function_name, invalid, refuse
from app.local.lambda_.runtime import EventSourceMapping, Functions, MessageQueues
from app.local.messaging import NoSuchQueue
from app.local.wire import JSON, Call, Service, ServiceError

_DEFAULTS: JSON = {
    "BatchSize": 10,
    "Enabled": True,
    "FunctionResponseTypes": [],
    "MaximumBatchingWindowInSeconds": 0,
}
_SETTINGS = (*_DEFAULTS, "ScalingConfig")
_REFUSED = (  # settings that Lambda has for mappings of queues
    "FilterCriteria",
    "KMSKeyArn",
    "LoggingConfig",
    "MetricsConfig",
    "ProvisionedPollerConfig",
)
_OF_OTHER_SOURCES = (
    "AmazonManagedKafkaEventSourceConfig",
    "BisectBatchOnFunctionError",
    "DestinationConfig",
    "DocumentDBEventSourceConfig",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "ParallelizationFactor",
    "Queues",
    "SelfManagedEventSource",
    "SelfManagedKafkaEventSourceConfig",
    "SourceAccessConfigurations",
    "StartingPosition",
    "StartingPositionTimestamp",
    "Topics",
    "TumblingWindowInSeconds",
)
_LARGEST_WITHOUT_WINDOW = 10  # messages in a batch
_PAGE = 100


class Mappings:
    def __init__(self, functions: Functions, queues: MessageQueues) -> None:
        self._functions, self._queues = functions, queues
        self._catalogue = functions.catalogue

    def handlers(self) -> Service:
        return {
            "CreateEventSourceMapping": self.create,
            "GetEventSourceMapping": self.get,
            "ListEventSourceMappings": self.list,
            "UpdateEventSourceMapping": self.update,
            "DeleteEventSourceMapping": self.delete,
        }

    def create(self, call: Call) -> JSON:
        params = call.params
        settings = _DEFAULTS | _settings(params)
        queue = self._queue(params.get("EventSourceArn"))
        name = self._check(queue, function_name(params), settings)
        for other in self._catalogue.mappings():
            if (other.queue, other.function) == (params["EventSourceArn"], name):
                message = (
                    f"An event source mapping with SQS arn ({other.queue}) and function "
                    f"({name}) already exists. Please update or delete the existing mapping with "
                    f"UUID {other.uuid}"
                )
                raise ServiceError("ResourceConflictException", message, Type="User")
        identifier = str(uuid.uuid4())
        self._save(identifier, params["EventSourceArn"], name, settings)
        return self._configuration(self._catalogue.mapping(identifier), "Creating")

    def get(self, call: Call) -> JSON:
        return self._configuration(self._catalogue.mapping(call.params["UUID"]))

    def list(self, call: Call) -> JSON:
        params = call.params
        after, limit = params.get("Marker", ""), params.get("MaxItems", _PAGE)
        mappings = sorted(self._catalogue.mappings(), key=lambda mapping: mapping.uuid)
        matching = [
            mapping
            for mapping in mappings
            if mapping.uuid > after
            and params.get("EventSourceArn", mapping.queue) == mapping.queue
            and ("FunctionName" not in params or function_name(params) == mapping.function)
        ]
        result: JSON = {
            "EventSourceMappings": [self._configuration(one) for one in matching[:limit]]
        }
        return result | ({"NextMarker": matching[limit - 1].uuid} if len(matching) > limit else {})

    def update(self, call: Call) -> JSON:
        params = call.params
        old = self._catalogue.mapping(params["UUID"])
        settings = old.settings | _settings(params)
        name = function_name(params) if "FunctionName" in params else old.function
        self._check(self._queue(old.queue), name, settings)
        self._save(old.uuid, old.queue, name, settings)
        return self._configuration(self._catalogue.mapping(old.uuid), "Updating")

    def delete(self, call: Call) -> JSON:
        mapping = self._catalogue.mapping(call.params["UUID"])
        self._catalogue.remove_mapping(mapping.uuid)
        self._functions.pollers.refresh(mapping.uuid)
        return self._configuration(mapping, "Deleting")

    def _save(self, identifier: str, queue: str, name: str, settings: JSON) -> None:
        self._catalogue.save_mapping(identifier, queue, name, settings)
        self._functions.pollers.refresh(identifier)

    def _queue(self, arn: str | None) -> str:
        if arn is None or not arn.startswith("arn:aws:sqs:"):
            raise invalid(f"The stand-in maps queues of SQS to functions, not {arn}.")
        try:
            return self._queues.name_of(arn)
        except NoSuchQueue as error:
            raise invalid(
                "Error occurred while ReceiveMessage. SQS Error Code: "
                f"AWS.SimpleQueueService.NonExistentQueue: {arn}"
            ) from error

    def _check(self, queue: str, name: str, settings: JSON) -> str:
        """Check the settings against the function and the queue. Returns the function's name."""
        function = self._catalogue.get(name)
        visibility = self._queues.visibility_timeout(queue)
        if visibility < function.timeout:
            raise invalid(
                f"Queue visibility timeout: {visibility} seconds is less than Function timeout: "
                f"{function.timeout} seconds"
            )
        size = settings["BatchSize"]
        if size > _LARGEST_WITHOUT_WINDOW and not settings["MaximumBatchingWindowInSeconds"]:
            raise invalid(
                "Maximum batch window in seconds must be greater than 0 if maximum batch size is "
                f"greater than {_LARGEST_WITHOUT_WINDOW}; it is {size}"
            )
        return name

    def _configuration(self, mapping: EventSourceMapping, state: str | None = None) -> JSON:
        """The mapping in the shape of EventSourceMappingConfiguration."""
        settings = {name: value for name, value in mapping.settings.items() if name != "Enabled"}
        functions = self._functions
        own = f"arn:aws:lambda:{functions.region}:{functions.account}:event-source-mapping"
        return {
            **settings,
            "UUID": mapping.uuid,
            "EventSourceArn": mapping.queue,
            "EventSourceMappingArn": f"{own}:{mapping.uuid}",
            "FunctionArn": functions.arn(mapping.function),
            "LastModified": mapping.modified,
            "LastProcessingResult": functions.pollers.result(mapping.uuid),
            "State": state or ("Enabled" if mapping.settings["Enabled"] else "Disabled"),
            "StateTransitionReason": "USER_INITIATED",
        }


def _settings(params: JSON) -> JSON:
    refuse(params, _REFUSED, "event source mappings")
    refuse(params, _OF_OTHER_SOURCES, "event source mappings of queues")
    return {name: params[name] for name in _SETTINGS if name in params}
