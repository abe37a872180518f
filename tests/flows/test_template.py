"""The synthesized template, replayed: the very stack that is deployed answers on the laptop first.

For every vector store, and with either agent: its resources are made through boto3, a document goes
in through the presigned form, and a question through API Gateway's event; the answer is cited.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.aws import Clients, Deployer, clients, deployer
from app.deploy.replay import ReplayResult, TemplateError, replay
from app.deploy.replay import read as read_template
from app.deploy.replay.creators import CREATORS
from app.deploy.replay.omissions import OMISSIONS
from app.deploy.replay.seeds import seed
from app.settings import Settings, adopt, read
from tests.flows.gateway import Gateway
from tests.flows.home import SECONDS, Home, Json, data_of, laptop, metadata_of, text_of
from tests.infra.conftest import VARIANTS
from tests.lambdas.api_event import NOBODY, cognito
from tests.lambdas.tools.events import function_event, said
from tests.synthesized import Synthesized

STACKS = (
    "opensearch-serverless",
    "opensearch-managed",
    "s3-vectors",
    "aurora",
    "managed",
    "everything",
)
"""The templates that tests/infra looks at, made once for both."""

AGENTS = tuple(name for name in STACKS if VARIANTS[name]["agent"] == "bedrock-agent")
CASTLE = """\
# The castle of Rheinfels

The castle of Rheinfels was built in 1245 by Count Diether V. It withstood the French in 1692, and
was blown up by them in 1797.
"""
QUESTION = {"message": "Who built the castle of Rheinfels?"}


@dataclass
class Stack:
    """A replayed stack: its application behind API Gateway, and the services that it stands in."""

    template: Path
    folder: Path
    home: Home
    aws: Clients
    deployer: Deployer
    replayed: ReplayResult

    def again(self, template: Path | None = None) -> ReplayResult:
        """The same template once more, or another one of the same stack."""
        document = read_template(template or self.template)
        return replay(document, self.aws, self.deployer, self.folder, {}, lambda _: None)


@pytest.fixture(scope="module", params=STACKS)
def stack(
    request: pytest.FixtureRequest,
    synthesized: Synthesized,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stack]:
    template = synthesized(**VARIANTS[request.param])
    folder = tmp_path_factory.mktemp(request.param)
    with replaying(template, folder) as stack:
        yield stack


@contextmanager
def replaying(template: Path, folder: Path) -> Iterator[Stack]:
    """A template, replayed in a home in this folder and asked by ada."""
    made: list[tuple[Clients, Deployer, ReplayResult]] = []

    def deploy() -> Settings:
        aws, deploying = clients(SECONDS), deployer(SECONDS)
        replayed = replay(read_template(template), aws, deploying, folder, {}, lambda _: None)
        seed(replayed.outputs)
        made.append((aws, deploying, replayed))
        auth = replayed.variables["OUTCROP_AUTH"]
        adopt(dict(replayed.application_variables) | {"OUTCROP_AUTH": auth})
        return read(Settings)

    with laptop(folder, deploy) as home:
        gateway = Gateway(home.http.app, cognito("ada"))
        yield Stack(template, folder, replace(home, http=gateway), *made[0])


def test_a_document_goes_in_by_the_form_and_the_answer_cites_it(stack: Stack) -> None:
    home = stack.home
    assert home.put("castle.md", CASTLE)["status"] == "INDEXED"
    whole = home.call("POST", "/chat", QUESTION)
    assert "Count Diether" in whole["answer"]
    assert {cited["uri"] for cited in whole["citations"]} == {
        f"s3://{stack.replayed.outputs['DocumentsBucket']}/castle.md"
    }
    [verdict] = whole["guardrail"]  # by the stack's own guardrail
    assert (verdict["source"], verdict["action"]) == ("answer", "none")
    assert {one["kind"] for one in verdict["policies"]} == {"GROUNDING", "RELEVANCE"}
    parts = home.stream(QUESTION)
    assert text_of(parts) == whole["answer"]
    by_number = {each["number"]: each for each in data_of(parts, "retrieval")[0]["passages"]}
    citations = data_of(parts, "citation")
    for each in citations:  # a stream carries a passage once, beside its citations
        each["passage"] = by_number[each.pop("passageNumber")]["text"]
    assert citations == whole["citations"]
    assert metadata_of(parts, "finish")["usage"] == whole["usage"]


def test_a_conversation_is_its_callers_own(stack: Stack) -> None:
    answer = stack.home.call("POST", "/chat", QUESTION)
    path = f"/conversations/{answer['conversationId']}"
    assert stack.home.call("GET", path)["turns"]
    for caller, status in ((cognito("bob"), 404), (NOBODY, 401)):
        other = replace(stack.home, http=Gateway(stack.home.http.app, caller))
        assert other.problem("GET", path)["status"] == status


@pytest.mark.parametrize("stack", STACKS[:1], indirect=True)
def test_a_deleted_document_is_gone(stack: Stack) -> None:
    stack.home.put("mill.md", "The mill at the brook was sold in 1902.")
    stack.home.http.delete(f"/documents/{stack.home.document('mill.md')['id']}")
    stack.home.gone("mill.md")


def test_replaying_again_makes_nothing_twice(stack: Stack) -> None:
    again = stack.again()
    assert {step.became for step in again.steps} == {"unchanged", "left out"}
    assert again.outputs == stack.replayed.outputs
    assert again.variables == stack.replayed.variables


def test_a_changed_template_changes_what_is_there(stack: Stack, tmp_path: Path) -> None:
    template = json.loads(stack.template.read_text())
    [(guardrail, resource)] = _of_type(template, "AWS::Bedrock::Guardrail")
    resource["Properties"]["BlockedInputMessaging"] = "Not here."
    changed = stack.again(_written(stack, template, tmp_path))
    assert [step.id for step in changed.steps if step.became == "updated"] == [guardrail]
    guardrail_description = stack.aws.bedrock.get_guardrail(
        guardrailIdentifier=stack.replayed.outputs["GuardrailId"]
    )
    assert guardrail_description["blockedInputMessaging"] == "Not here."
    stack.again()


@pytest.mark.parametrize("stack", STACKS[:1], indirect=True)
@pytest.mark.parametrize(
    ("kind", "property_name", "value", "named"),
    [
        ("AWS::Bedrock::KnowledgeBase", "RoleArn", "somebody", "RoleArn: UpdateKnowledgeBase"),
        ("AWS::Bedrock::Guardrail", "Name", "not a name!", "Name: UpdateGuardrail refused it"),
        ("AWS::Lambda::Function", "MemorySize", 64, "MemorySize: Parameter validation"),
        ("AWS::SQS::Queue", "VisibilityTimeout", 43201, "VisibilityTimeout: SetQueueAttributes"),
        ("AWS::Bedrock::DataSource", "Chunking", {}, "there is no property Chunking"),
    ],
)
def test_what_a_service_refuses_is_refused_by_its_name(
    stack: Stack, tmp_path: Path, kind: str, property_name: str, value: object, named: str
) -> None:
    template = json.loads(stack.template.read_text())
    logical_id, resource = _of_type(template, kind)[0]
    resource["Properties"][property_name] = value
    with pytest.raises(TemplateError) as refused:
        stack.again(_written(stack, template, tmp_path))
    assert refused.value.detail.startswith(f"{logical_id} ({kind}): ")
    assert named in refused.value.detail


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_type_is_made_or_left_out_for_a_reason(
    synthesized: Synthesized, variant: str
) -> None:
    resources = read_template(synthesized(**VARIANTS[variant])).resources.values()
    assert {resource.type for resource in resources} <= CREATORS.keys() | OMISSIONS.keys()


@pytest.mark.parametrize("stack", AGENTS, indirect=True)
def test_the_agent_is_prepared_and_its_alias_points_at_its_version(stack: Stack) -> None:
    agents, agent = stack.aws.bedrock_agent, stack.replayed.outputs["AgentId"]
    assert agents.get_agent(agentId=agent)["agent"]["agentStatus"] == "PREPARED"
    alias = agents.get_agent_alias(
        agentId=agent, agentAliasId=stack.replayed.outputs["AgentAliasId"]
    )["agentAlias"]
    [route] = alias["routingConfiguration"]
    version = agents.get_agent_version(agentId=agent, agentVersion=route["agentVersion"])
    assert version["agentVersion"]["agentStatus"] == "PREPARED"
    bases = agents.list_agent_knowledge_bases(agentId=agent, agentVersion=route["agentVersion"])
    [base] = bases["agentKnowledgeBaseSummaries"]
    assert base["knowledgeBaseId"] == stack.replayed.outputs["KnowledgeBaseId"]


@pytest.mark.parametrize("stack", AGENTS, indirect=True)
def test_the_agents_tools_answer_the_action_groups_event(stack: Stack) -> None:
    agents, functions = stack.aws.bedrock_agent, stack.deployer.lambda_
    agent = stack.replayed.outputs["AgentId"]
    listed = agents.list_agent_action_groups(agentId=agent, agentVersion="1")
    answers = {}
    for group in listed["actionGroupSummaries"]:
        action_group = agents.get_agent_action_group(
            agentId=agent, agentVersion="1", actionGroupId=group["actionGroupId"]
        )["agentActionGroup"]
        call = CALLS[group["actionGroupName"]]
        answer = functions.invoke(
            FunctionName=action_group["actionGroupExecutor"]["lambda"], Payload=json.dumps(call)
        )
        answers[group["actionGroupName"]] = said(json.loads(answer["Payload"].read()))
    assert answers["orders"]["status"] == "shipped"
    assert "Ridge tent" in json.dumps(answers["products"])


CALLS = {
    "orders": function_event("order_status", principal="local", order_id="A-1042"),
    "products": function_event("search_products", principal="local", query="tent"),
}


def _of_type(template: Json, kind: str) -> list[tuple[str, Json]]:
    resources: Json = template["Resources"]
    return [(name, one) for name, one in resources.items() if one["Type"] == kind]


def _written(stack: Stack, template: Json, folder: Path) -> Path:
    """A template of the same name, beside the same assets."""
    assets = stack.template.name.replace(".template.", ".assets.")
    (folder / assets).write_text((stack.template.parent / assets).read_text())
    path = folder / stack.template.name
    path.write_text(json.dumps(template))
    return path
