"""Bedrock's Knowledge Bases, data sources, guardrails and their versions.

All of them are made in the same way, so a kind is described by a few names; operations and
parameters come from the API's own model.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.deploy.replay.document import JSON
from app.deploy.replay.request import Request
from app.deploy.replay.scope import PhysicalResource
from app.deploy.replay.services import Services
from app.deploy.replay.translation import property_of
from app.deploy.replay.waiting import until

TOKENS = ("clientToken", "clientRequestToken")


@dataclass(frozen=True, slots=True)
class Kind:
    """The names of one kind of resource in the API.

    Attributes:
        service: its name in boto3.
        noun: the operations are Create<noun>, Get<noun> and Update<noun>.
        key: the identifying parameters of Get and Update -> their members in Create's response.
        ref: the members of Get's response that `Ref` returns, joined by `|`.
        status: the member with its status.
        renamed: members with another name in `Fn::GetAtt`.
        apart: properties that Create does not take; the caller handles them.
        fixed: properties whose change would make CloudFormation replace the resource.
    """

    service: str
    noun: str
    key: Mapping[str, str]
    ref: tuple[str, ...]
    status: str = "status"
    renamed: Mapping[str, str] = field(default_factory=dict)
    apart: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ("Tags",)

    def make(self, services: Services, request: Request) -> PhysicalResource:
        """Create it, or update the existing one, and wait until it can be used."""
        return self.read(self.put(services, request))

    def put(self, services: Services, request: Request) -> JSON:
        """Create or update; Get's response, once it can be used."""
        if request.previous is None:
            parameters = services.members(
                self.service, f"Create{self.noun}", request.properties_except(*self.apart)
            )
            response = self._call(services, "Create", parameters | self._token(services, request))
            identity = {name: response[member] for name, member in self.key.items()}
        else:
            request.refuse_change(*self.fixed)
            identity = self.identity(request.previous)
            properties = request.properties_except(*self.apart, "Tags")
            parameters = services.members(self.service, f"Update{self.noun}", properties)
            self._call(services, "Update", parameters | identity)
        return until(lambda: self.get(services, identity), self.status)

    def get(self, services: Services, identity: JSON) -> JSON:
        """Get's response for one."""
        return self._call(services, "Get", identity)

    def find(self, services: Services, resource: PhysicalResource) -> JSON | None:
        """Get's response for one that was made before; None if it does not exist."""
        return services.find(self.service, f"Get{self.noun}", **self.identity(resource))

    def identity(self, resource: PhysicalResource) -> JSON:
        """The parameters that identify one."""
        return {name: resource.attributes[property_of(member)] for name, member in self.key.items()}

    def read(self, description: JSON) -> PhysicalResource:
        """The results of `Ref` and `Fn::GetAtt`."""
        plain: JSON = json.loads(json.dumps(description, default=datetime.isoformat))
        attributes = {
            self.renamed.get(name, property_of(name)): value for name, value in plain.items()
        }
        return PhysicalResource("|".join(description[name] for name in self.ref), attributes)

    def _call(self, services: Services, verb: str, parameters: JSON) -> JSON:
        answer = services.call(self.service, f"{verb}{self.noun}", **parameters)
        wrapper = self.noun[:1].lower() + self.noun[1:]
        inner: JSON = answer.get(wrapper, answer)
        return inner

    def _token(self, services: Services, request: Request) -> JSON:
        members = services.input(self.service, f"Create{self.noun}").members
        return {name: request.token for name in TOKENS if name in members}


KNOWLEDGE_BASE = Kind(
    "bedrock-agent",
    "KnowledgeBase",
    key={"knowledgeBaseId": "knowledgeBaseId"},
    ref=("knowledgeBaseId",),
    fixed=("KnowledgeBaseConfiguration", "StorageConfiguration", "Tags"),
)
DATA_SOURCE = Kind(
    "bedrock-agent",
    "DataSource",
    key={"knowledgeBaseId": "knowledgeBaseId", "dataSourceId": "dataSourceId"},
    ref=("knowledgeBaseId", "dataSourceId"),
    renamed={"status": "DataSourceStatus"},
    fixed=("KnowledgeBaseId", "VectorIngestionConfiguration"),
)
GUARDRAIL = Kind(
    "bedrock",
    "Guardrail",
    key={"guardrailIdentifier": "guardrailId"},
    ref=("guardrailArn",),
)


def guardrail_version(services: Services, request: Request) -> PhysicalResource:
    """Make a guardrail's version. A version never changes: changed properties make another one."""
    parameters = services.members("bedrock", "CreateGuardrailVersion", request.properties)
    response = services.call(
        "bedrock", "CreateGuardrailVersion", clientRequestToken=request.token, **parameters
    )
    identity = {
        "guardrailIdentifier": response["guardrailId"],
        "guardrailVersion": response["version"],
    }
    description = until(lambda: services.call("bedrock", "GetGuardrail", **identity), "status")
    attributes = {
        "GuardrailArn": description["guardrailArn"],
        "GuardrailId": response["guardrailId"],
        "Version": response["version"],
    }
    return PhysicalResource(f"{response['guardrailId']}|{response['version']}", attributes)


def find_guardrail_version(services: Services, resource: PhysicalResource) -> JSON | None:
    """GetGuardrail's response for a version that was made before; None if it does not exist."""
    return services.find(
        "bedrock",
        "GetGuardrail",
        guardrailIdentifier=resource.attributes["GuardrailId"],
        guardrailVersion=resource.attributes["Version"],
    )
