"""The services that a stack is made in, called by the operations' own names."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from botocore import xform_name
from botocore.exceptions import ClientError

from app.aws import Clients, Deployer
from app.deploy.replay.document import JSON
from app.deploy.replay.translation import translate

GONE = {
    "404",
    "AWS.SimpleQueueService.NonExistentQueue",
    "NoSuchBucket",
    "QueueDoesNotExist",
    "ResourceNotFoundException",
}
"""The errors that say that something is not there."""


@dataclass(frozen=True, slots=True)
class Services:
    """The services, through boto3.

    Attributes:
        clients: by the names that boto3 has for the services.
        assets: what the template carries, by its keys in the assets' bucket.
    """

    clients: Mapping[str, Any]
    assets: Mapping[str, Path]

    @classmethod
    def of(cls, aws: Clients, deployer: Deployer, assets: Mapping[str, Path]) -> Self:
        """The services that a stack is made in."""
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
        """The service's answer, without what is said of the request.

        Raises:
            ClientError, BotoCoreError: the service, or botocore, refuses it.
        """
        answer: JSON = getattr(self.clients[service], xform_name(operation))(**parameters)
        return {name: value for name, value in answer.items() if name != "ResponseMetadata"}

    def find(self, service: str, operation: str, /, **parameters: Any) -> JSON | None:
        """The service's answer; None if what it is asked for is not there."""
        try:
            return self.call(service, operation, **parameters)
        except ClientError as error:
            if error.response["Error"]["Code"] in GONE:
                return None
            raise

    def input(self, service: str, operation: str) -> Any:
        """The shape of what an operation takes."""
        return self.clients[service].meta.service_model.operation_model(operation).input_shape

    def members(self, service: str, operation: str, properties: JSON) -> JSON:
        """Properties as the parameters of an operation.

        Raises:
            UnknownProperty: the operation has no such parameter.
        """
        parameters: JSON = translate(self.input(service, operation), properties)
        return parameters
