"""Bedrock: Knowledge Bases, data sources, guardrails and their versions.

All of them are made alike, so that a kind is a few names; operations and parameters come from the
API's own model.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.deploy.replay.document import JSON
from app.deploy.replay.scope import Made
from app.deploy.replay.translate import property_of
from app.deploy.replay.waiting import until
from app.deploy.replay.wanted import Cloud, Wanted

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

    def make(self, cloud: Cloud, wanted: Wanted) -> Made:
        """Create it, or update the one that is there, and wait until it can be used."""
        return self.made(self.put(cloud, wanted))

    def put(self, cloud: Cloud, wanted: Wanted) -> JSON:
        """Create or update; gives what Get shows, once it can be used."""
        if wanted.before is None:
            parameters = cloud.members(
                self.service, f"Create{self.noun}", wanted.without(*self.apart)
            )
            created = self._call(cloud, "Create", parameters | self._token(cloud, wanted))
            identity = {name: created[member] for name, member in self.key.items()}
        else:
            wanted.keep(*self.fixed)
            identity = self.identity(wanted.before)
            properties = wanted.without(*self.apart, "Tags")
            parameters = cloud.members(self.service, f"Update{self.noun}", properties)
            self._call(cloud, "Update", parameters | identity)
        return until(lambda: self.get(cloud, identity), self.status)

    def get(self, cloud: Cloud, identity: JSON) -> JSON:
        """What Get shows of one."""
        return self._call(cloud, "Get", identity)

    def find(self, cloud: Cloud, made: Made) -> JSON | None:
        """What Get shows of one that was made before, if it is there."""
        return cloud.find(self.service, f"Get{self.noun}", **self.identity(made))

    def identity(self, made: Made) -> JSON:
        """The parameters that say which one."""
        return {name: made.attributes[property_of(member)] for name, member in self.key.items()}

    def made(self, shown: JSON) -> Made:
        """What `Ref` and `Fn::GetAtt` give."""
        plain: JSON = json.loads(json.dumps(shown, default=datetime.isoformat))
        attributes = {
            self.renamed.get(name, property_of(name)): value for name, value in plain.items()
        }
        return Made("|".join(shown[name] for name in self.ref), attributes)

    def _call(self, cloud: Cloud, verb: str, parameters: JSON) -> JSON:
        answer = cloud.call(self.service, f"{verb}{self.noun}", **parameters)
        wrapper = self.noun[:1].lower() + self.noun[1:]
        inner: JSON = answer.get(wrapper, answer)
        return inner

    def _token(self, cloud: Cloud, wanted: Wanted) -> JSON:
        members = cloud.input(self.service, f"Create{self.noun}").members
        return {name: wanted.token for name in TOKENS if name in members}


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


def guardrail_version(cloud: Cloud, wanted: Wanted) -> Made:
    """CreateGuardrailVersion. A version never changes: what has changed makes another one."""
    parameters = cloud.members("bedrock", "CreateGuardrailVersion", wanted.properties)
    created = cloud.call(
        "bedrock", "CreateGuardrailVersion", clientRequestToken=wanted.token, **parameters
    )
    identity = {
        "guardrailIdentifier": created["guardrailId"],
        "guardrailVersion": created["version"],
    }
    shown = until(lambda: cloud.call("bedrock", "GetGuardrail", **identity), "status")
    attributes = {
        "GuardrailArn": shown["guardrailArn"],
        "GuardrailId": created["guardrailId"],
        "Version": created["version"],
    }
    return Made(f"{created['guardrailId']}|{created['version']}", attributes)


def find_guardrail_version(cloud: Cloud, made: Made) -> JSON | None:
    """What GetGuardrail shows of one that was made before, if it is there."""
    return cloud.find(
        "bedrock",
        "GetGuardrail",
        guardrailIdentifier=made.attributes["GuardrailId"],
        guardrailVersion=made.attributes["Version"],
    )
