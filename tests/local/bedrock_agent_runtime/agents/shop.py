"""A shop with an agent: a stand-in whose model answers by script or is its own, a function with the
tools of orders, a Knowledge Base with a manual, and clients of boto3's.
"""

import io
import zipfile
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

from app.local.stand_in import Options, StandIn
from tests.local.bedrock_agent.agents.agency import ROLE
from tests.local.bedrock_agent.knowledge_bases.world import MODEL, SERVERLESS, until
from tests.wire_server import serving

JSON = dict[str, Any]
TEST_ALIAS = "TSTALIASID"
MANUAL = (
    b"# Basalt kettle\n\nThe Basalt kettle has a warranty of three years.\n\n"
    b"## Care\n\nDescale the kettle once a month with vinegar. Do not immerse it in water.\n"
)
_STEPS = {"preProcessingTrace": "pre ", "orchestrationTrace": "", "postProcessingTrace": "post "}
HANDLER = """
import json

def handler(event, context):
    values = {one["name"]: one["value"] for one in event["parameters"]}
    order = values.get("order_id", "")
    response = {"actionGroup": event["actionGroup"]}
    if order == "A-500":
        raise ValueError("the table is away")
    if order == "A-501":
        return {"messageVersion": "1.0", "response": {"actionGroup": "another"}}
    principal = event["sessionAttributes"].get("principal")
    body = json.dumps({"order_id": order, "status": "shipped", "principal": principal})
    result = {"responseBody": {"TEXT": {"body": body}}}
    if order == "A-502":
        result["responseBody"]["TEXT"]["body"] = "x" * 30_000
    if order == "A-503":
        result["responseState"] = "FAILURE"
    if order == "A-504":
        result = {"responseState": "REPROMPT", "responseBody": {"TEXT": {"body": "No such order."}}}
    if event.get("function") == "cancel_order":
        result["responseBody"]["TEXT"]["body"] = json.dumps({"cancelled": order})
    if "function" in event:
        response |= {"function": event["function"], "functionResponse": result}
    else:
        response |= {
            "apiPath": event["apiPath"], "httpMethod": event["httpMethod"], "httpStatusCode": 200,
            "responseBody": {"application/json": {"body": json.dumps(event)}},
        }
    attributes = {**event["sessionAttributes"], "last": order}
    return {"messageVersion": "1.0", "response": response, "sessionAttributes": attributes}
"""
ORDER_ID = {
    "order_id": {
        "type": "string",
        "description": "The order's id: A, a dash and digits, as in A-1042.",
        "required": True,
    }
}
FUNCTIONS: Any = {
    "functions": [
        {
            "name": "order_status",
            "description": "Look up one order: its status and the day it is expected.",
            "parameters": ORDER_ID,
        },
        {
            "name": "cancel_order",
            "description": "Cancel an order.",
            "parameters": ORDER_ID,
            "requireConfirmation": "ENABLED",
        },
    ]
}


@dataclass
class Shop:
    """The shop. Its agents have no name in common."""

    home: Path
    model_url: str | None = None
    _exits: ExitStack = field(default_factory=ExitStack)
    _agents: int = 0

    def __enter__(self) -> Self:
        enter = self._exits.enter_context
        stand_in = enter(StandIn(Options(self.home, model_url=self.model_url)))
        server = enter(serving(stand_in.services))
        stand_in.start(server.url)
        self.client = server.client
        self.url = server.url
        self.agents: Any = server.client("bedrock-agent")
        self.runtime: Any = server.client("bedrock-agent-runtime")
        self.function = self.deploy("shop", HANDLER)
        return self

    def __exit__(self, *_: object) -> None:
        self._exits.close()

    def agent(self, *groups: JSON, base: str | None = None, **settings: Any) -> str:
        """A prepared agent with these action groups; its id."""
        self._agents += 1
        agent = self.agents.create_agent(
            **{
                "agentName": f"shop-{self._agents}",
                "agentResourceRoleArn": ROLE,
                "foundationModel": "amazon.nova-lite-v1:0",
                "instruction": "You help customers of a shop with their orders and its manuals.",
                **settings,
            }
        )["agent"]["agentId"]
        for number, group in enumerate(groups):
            name: JSON = {"actionGroupName": f"group{number}"}
            if "parentActionGroupSignature" not in group:
                name["actionGroupExecutor"] = {"lambda": self.function}
            self.agents.create_agent_action_group(
                agentId=agent, agentVersion="DRAFT", **{**name, **group}
            )
        if base:
            self.agents.associate_agent_knowledge_base(
                agentId=agent,
                agentVersion="DRAFT",
                knowledgeBaseId=base,
                description="The shop's manuals: warranty, care and returns.",
            )
        self.agents.prepare_agent(agentId=agent)
        return str(agent)

    def ask(
        self,
        agent: str,
        text: str | None = None,
        events: list[JSON] | None = None,
        **params: Any,
    ) -> list[JSON]:
        """The events of a turn, in a list that is the caller's if the turn may fail."""
        events = [] if events is None else events
        request = {"agentAliasId": TEST_ALIAS, "sessionId": "session", **params}
        if text is not None:
            request["inputText"] = text
        with closing(self.runtime.invoke_agent(agentId=agent, **request)["completion"]) as stream:
            events.extend(stream)
        return events

    def guardrail(self, **policies: Any) -> JSON:
        """The guardrailConfiguration of a guardrail with these policies, in its first version."""
        bedrock: Any = self.client("bedrock")
        guardrail = bedrock.create_guardrail(
            name=f"guardrail-{uuid4().hex}",
            blockedInputMessaging="Not that.",
            blockedOutputsMessaging="Not that answer.",
            **policies,
        )
        version = bedrock.create_guardrail_version(guardrailIdentifier=guardrail["guardrailId"])
        return {
            "guardrailIdentifier": guardrail["guardrailArn"],
            "guardrailVersion": version["version"],
        }

    def manual(self) -> str:
        """A Knowledge Base with the manual of the kettle; its id."""
        s3: Any = self.client("s3")
        s3.create_bucket(Bucket="manuals")
        s3.put_object(Bucket="manuals", Key="kettle.md", Body=MANUAL)
        base = self.agents.create_knowledge_base(
            name="manuals",
            roleArn=ROLE,
            knowledgeBaseConfiguration={
                "type": "VECTOR",
                "vectorKnowledgeBaseConfiguration": {"embeddingModelArn": MODEL},
            },
            storageConfiguration=SERVERLESS,
        )["knowledgeBase"]["knowledgeBaseId"]
        source = self.agents.create_data_source(
            knowledgeBaseId=base,
            name="manuals",
            dataSourceConfiguration={
                "type": "S3",
                "s3Configuration": {"bucketArn": "arn:aws:s3:::manuals"},
            },
        )["dataSource"]["dataSourceId"]
        ids = {"knowledgeBaseId": base, "dataSourceId": source}
        job = self.agents.start_ingestion_job(**ids)["ingestionJob"]["ingestionJobId"]
        until(
            lambda: self.agents.get_ingestion_job(**ids, ingestionJobId=job)["ingestionJob"],
            lambda state: state["status"] == "COMPLETE",
        )
        return str(base)

    def deploy(self, name: str, source: str, **settings: Any) -> str:
        """A Lambda function of this source, which has a `handler`; its ARN."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as content:
            content.writestr(f"{name}.py", source)
        functions: Any = self.client("lambda")
        return str(
            functions.create_function(
                FunctionName=name,
                Runtime="python3.13",
                Role=ROLE,
                Handler=f"{name}.handler",
                Code={"ZipFile": archive.getvalue()},
                **settings,
            )["FunctionArn"]
        )


def text_of(events: list[JSON]) -> str:
    """The answer in the chunks of a turn."""
    return b"".join(event["chunk"]["bytes"] for event in events if "chunk" in event).decode()


def traces_of(events: list[JSON]) -> list[tuple[str, Any]]:
    """The parts of the traces of a turn, each by its name; pre and post before those of pre- and
    post-processing.
    """
    parts: list[tuple[str, Any]] = []
    for event in events:
        if "trace" in event:
            ((kind, trace),) = event["trace"]["trace"].items()
            if kind in _STEPS:
                step = _STEPS[kind]
                ((kind, trace),) = trace.items()
                kind = f"{step}{kind}"
            parts.append((kind, trace))
    return parts


def control_of(events: list[JSON]) -> Mapping[str, Any]:
    """The `returnControl` that a turn ends with."""
    control: Mapping[str, Any] = events[-1]["returnControl"]
    return control
