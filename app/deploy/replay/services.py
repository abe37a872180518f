"""The services in which a stack is made, called by the names of their operations."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from botocore import xform_name
from botocore.exceptions import ClientError

from app.aws import Clients, Deployer
from app.deploy.replay.document import JSON
from app.deploy.replay.translation import translate

MISSING_CODES = {
    "404",
    "AWS.SimpleQueueService.NonExistentQueue",
    "NoSuchBucket",
    "QueueDoesNotExist",
    "ResourceNotFoundException",
}
"""The codes of the errors for missing resources."""


@dataclass(frozen=True, slots=True)
class Services:
    """The services, through boto3.

    Attributes:
        clients: by boto3's names of the services.
        assets: the template's assets, by their keys in the assets' bucket.
    """

    clients: Mapping[str, Any]
    assets: Mapping[str, Path]

    @classmethod
    def of(cls, aws: Clients, deployer: Deployer, assets: Mapping[str, Path]) -> Self:
        return cls(
            {
                "bedrock": aws.bedrock,
                "bedrock-agent": aws.bedrock_agent,
                "dynamodb": deployer.dynamodb,
                "lambda": deployer.lambda_,
                "s3": aws.s3,
                "sqs": deployer.sqs,
            },
            assets,
        )

    def call(self, service: str, operation: str, /, **parameters: Any) -> JSON:
        """The service's response, without its metadata.

        Raises:
            ClientError, BotoCoreError: the service, or botocore, refuses the call.
        """
        answer: JSON = getattr(self.clients[service], xform_name(operation))(**parameters)
        return {name: value for name, value in answer.items() if name != "ResponseMetadata"}

    def find(self, service: str, operation: str, /, **parameters: Any) -> JSON | None:
        """The service's response; None if the resource does not exist."""
        try:
            return self.call(service, operation, **parameters)
        except ClientError as error:
            if error.response["Error"]["Code"] in MISSING_CODES:
                return None
            raise

    def input(self, service: str, operation: str) -> Any:
        """The shape of an operation's input."""
        return self.clients[service].meta.service_model.operation_model(operation).input_shape

    def members(self, service: str, operation: str, properties: JSON) -> JSON:
        """Properties as the parameters of an operation.

        Raises:
            UnknownProperty: the operation has no such parameter.
        """
        parameters: JSON = translate(self.input(service, operation), properties)
        return parameters
