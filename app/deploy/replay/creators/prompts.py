"""Prompts of Prompt management, and their versions. Neither has a status to wait for."""

import json
from datetime import datetime

from app.deploy.replay.document import JSON
from app.deploy.replay.request import Request
from app.deploy.replay.scope import PhysicalResource
from app.deploy.replay.services import Services
from app.deploy.replay.translation import property_of

SERVICE = "bedrock-agent"


def prompt(services: Services, request: Request) -> PhysicalResource:
    """Make a prompt, or write the draft of an existing one anew."""
    if request.previous is None:
        parameters = services.members(SERVICE, "CreatePrompt", request.properties)
        answer = services.call(SERVICE, "CreatePrompt", clientToken=request.token, **parameters)
    else:
        request.refuse_change("Tags")
        properties = request.properties_except("Tags")
        parameters = services.members(SERVICE, "UpdatePrompt", properties)
        identifier = request.previous.attributes["Id"]
        answer = services.call(SERVICE, "UpdatePrompt", promptIdentifier=identifier, **parameters)
    return _resource(answer)


def prompt_version(services: Services, request: Request) -> PhysicalResource:
    """Make a version, which never changes: changed properties make another one."""
    parameters = services.members(SERVICE, "CreatePromptVersion", request.properties)
    return _resource(
        services.call(SERVICE, "CreatePromptVersion", clientToken=request.token, **parameters)
    )


def find(services: Services, resource: PhysicalResource) -> JSON | None:
    """GetPrompt's response for a prompt or a version that was made before; None if it is gone."""
    return services.find(
        SERVICE,
        "GetPrompt",
        promptIdentifier=resource.attributes["Id"],
        promptVersion=resource.attributes["Version"],
    )


def _resource(answer: JSON) -> PhysicalResource:
    members = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
    plain: JSON = json.loads(json.dumps(members, default=datetime.isoformat))
    attributes = {property_of(name): value for name, value in plain.items()}
    return PhysicalResource(plain["arn"], attributes | {"PromptId": plain["id"]})
