"""Bedrock: Knowledge Bases, data sources, guardrails and their versions.

All of them are made alike, so that a kind is a few names; operations and parameters come from the
API's own model.
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
    """How a kind of resource is made, shown and changed.

    Attributes:
        service: as boto3 names it.
        noun: what the operations are called after: Create<noun>, Get<noun>, Update<noun>.
        key: the members that identify one, as Get and Update take them, and what they are called
            in what Create answers.
        ref: the members of what Get shows that `Ref` gives, joined by `|`.
        status: the member that tells its status.
        renamed: members that `Fn::GetAtt` has by another name.
        apart: properties that Create does not take; whoever makes the resource sees to them.
        fixed: properties for which CloudFormation would make another one in its place.
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
        """Create it, or update the one that is there, and wait until it can be used."""
        return self.read(self.put(services, request))

    def put(self, services: Services, request: Request) -> JSON:
        """Create or update; gives what Get shows, once it can be used."""
        if request.previous is None:
            parameters = services.members(
                self.service, f"Create{self.noun}", request.properties_except(*self.apart)
            )
            created = self._call(services, "Create", parameters | self._token(services, request))
            identity = {name: created[member] for name, member in self.key.items()}
        else:
            request.refuse_change(*self.fixed)
            identity = self.identity(request.previous)
            properties = request.properties_except(*self.apart, "Tags")
            parameters = services.members(self.service, f"Update{self.noun}", properties)
            self._call(services, "Update", parameters | identity)
        return until(lambda: self.get(services, identity), self.status)

    def get(self, services: Services, identity: JSON) -> JSON:
        """What Get shows of one."""
        return self._call(services, "Get", identity)

    def find(self, services: Services, resource: PhysicalResource) -> JSON | None:
        """What Get shows of one that was made before, if it is there."""
        return services.find(self.service, f"Get{self.noun}", **self.identity(resource))

    def identity(self, resource: PhysicalResource) -> JSON:
        """The parameters that say which one."""
        return {name: resource.attributes[property_of(member)] for name, member in self.key.items()}

    def read(self, shown: JSON) -> PhysicalResource:
        """What `Ref` and `Fn::GetAtt` give."""
        plain: JSON = json.loads(json.dumps(shown, default=datetime.isoformat))
        attributes = {
            self.renamed.get(name, property_of(name)): value for name, value in plain.items()
        }
        return PhysicalResource("|".join(shown[name] for name in self.ref), attributes)

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
    """CreateGuardrailVersion. A version never changes: what has changed makes another one."""
    parameters = services.members("bedrock", "CreateGuardrailVersion", request.properties)
    created = services.call(
        "bedrock", "CreateGuardrailVersion", clientRequestToken=request.token, **parameters
    )
    identity = {
        "guardrailIdentifier": created["guardrailId"],
        "guardrailVersion": created["version"],
    }
    shown = until(lambda: services.call("bedrock", "GetGuardrail", **identity), "status")
    attributes = {
        "GuardrailArn": shown["guardrailArn"],
        "GuardrailId": created["guardrailId"],
        "Version": created["version"],
    }
    return PhysicalResource(f"{created['guardrailId']}|{created['version']}", attributes)


def find_guardrail_version(services: Services, resource: PhysicalResource) -> JSON | None:
    """What GetGuardrail shows of one that was made before, if it is there."""
    return services.find(
        "bedrock",
        "GetGuardrail",
        guardrailIdentifier=resource.attributes["GuardrailId"],
        guardrailVersion=resource.attributes["Version"],
    )
