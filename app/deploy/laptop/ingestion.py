"""The queue of the documents bucket's events, and the function that its messages invoke."""

import io
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import resources
from app.deploy.laptop.names import DEAD_LETTERS, INGEST, QUEUE, ROLE, RUNTIME
from app.settings import DocumentSettings, variables

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_sqs import SQSClient

HANDLER = Path(__file__).parents[3] / "lambdas" / "ingest" / "handler.py"


def has_queue(sqs: "SQSClient") -> bool:
    try:
        sqs.get_queue_url(QueueName=QUEUE)
    except sqs.exceptions.QueueDoesNotExist:
        return False
    return True


def make_queue(sqs: "SQSClient") -> str:
    """Make the queue; its ARN. A message received RECEIVES times goes to the dead letters."""
    dead_letters = sqs.create_queue(QueueName=DEAD_LETTERS)["QueueUrl"]
    url = sqs.create_queue(QueueName=QUEUE)["QueueUrl"]
    redrive = {
        "deadLetterTargetArn": _queue_arn(sqs, dead_letters),
        "maxReceiveCount": resources.RECEIVES,
    }
    # After its creation: CreateQueue refuses a queue that exists with other attributes, as the
    # queue of an older version's home does.
    sqs.set_queue_attributes(
        QueueUrl=dead_letters,
        Attributes={"MessageRetentionPeriod": str(resources.DEAD_LETTER_SECONDS)},
    )
    sqs.set_queue_attributes(
        QueueUrl=url,
        Attributes={
            "RedrivePolicy": json.dumps(redrive),
            "VisibilityTimeout": str(resources.VISIBILITY_SECONDS),
        },
    )
    return _queue_arn(sqs, url)


def _queue_arn(sqs: "SQSClient", url: str) -> str:
    reply = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return reply["Attributes"]["QueueArn"]


def make_function(functions: "LambdaClient", settings: DocumentSettings) -> None:
    """Make the ingest function, with the code, the configuration and the settings of this
    version.
    """
    names = DocumentSettings.model_fields
    own_settings = DocumentSettings(**{name: getattr(settings, name) for name in names})
    configuration: Any = {
        "Runtime": RUNTIME,
        "Handler": "handler.handler",
        "Role": ROLE,
        "Timeout": resources.INGEST_SECONDS,
        "Environment": {"Variables": variables(own_settings)},
    }
    code = _zip(HANDLER)
    try:
        functions.update_function_code(FunctionName=INGEST, ZipFile=code)
        functions.update_function_configuration(FunctionName=INGEST, **configuration)
    except functions.exceptions.ResourceNotFoundException:
        functions.create_function(FunctionName=INGEST, Code={"ZipFile": code}, **configuration)


def map_events(functions: "LambdaClient", queue: str) -> None:
    """Map the queue to the function, which its messages invoke."""
    ends: Any = {"EventSourceArn": queue, "FunctionName": INGEST}
    values: Any = {
        "BatchSize": resources.INGEST_BATCH,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }
    mappings: Any = functions.list_event_source_mappings(**ends)["EventSourceMappings"]
    if not mappings:
        functions.create_event_source_mapping(**ends, **values)
    elif any(mappings[0].get(name) != value for name, value in values.items()):
        functions.update_event_source_mapping(UUID=mappings[0]["UUID"], **values)


def _zip(handler: Path) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        content.write(handler, handler.name)
    return archive.getvalue()
