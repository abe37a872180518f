"""Makes the laptop's resources through boto3, as the CDK stack makes them in AWS.

    documents bucket ── its events ──► queue ──► ingest function ──► Knowledge Base
    conversations bucket
    guardrail and its version, unless `none` is chosen
    a prompt of each template, and its version
    table of budgets, if a budget is set
    Bedrock agent and its alias, if OUTCROP_AGENT_RUNNER chooses its runner
    functions of the tools, which make their tables when they are first called

Every step makes what is missing, so that all steps run at every start, and a start may be
interrupted anywhere. A resource is identified by its name and gets the values of this version, so
that the home of an older version goes on. Only its Knowledge Base stays as it was made, because it
holds the vectors.
"""

from typing import TYPE_CHECKING

from app import resources
from app.aws import Clients, Deployer, calling
from app.deploy.laptop.agent import chosen_agent
from app.deploy.laptop.buckets import allow_pages, make_bucket, notify
from app.deploy.laptop.budgets import make_budget_table
from app.deploy.laptop.guardrail import chosen_guardrail
from app.deploy.laptop.ingestion import has_queue, make_function, make_queue, map_events
from app.deploy.laptop.knowledge_base import existing_source, knowledge_base, new_source
from app.deploy.laptop.lost_events import catch_up, has_documents, has_messages
from app.deploy.laptop.names import BUDGETS, CONVERSATIONS, DEAD_LETTERS, DOCUMENTS, ROLE, RUNTIME
from app.deploy.laptop.prompts import stored_prompts
from app.deploy.laptop.tools import tool_functions
from app.guardrail_definition import GuardrailChoice
from app.settings import Settings
from app.tools.declaration import declarations

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent import AgentsforBedrockClient


def provision(
    aws: Clients,
    deployer: Deployer,
    embedding_model: str | None = None,
    guardrail: GuardrailChoice | None = None,
) -> Settings:
    """Make the missing resources; the settings that name all of them.

    Args:
        aws: the clients of the stand-in.
        deployer: those that only make resources.
        embedding_model: of the Knowledge Base; by default what it was made with.
        guardrail: by default that of OUTCROP_GUARDRAIL_ID, if there is one.

    Raises:
        WrongSettings: there is no such embedding model, or the home was made with another.
        OutcropError: the stand-in refuses a resource.
    """
    with calling("provisioning"):
        make_bucket(aws.s3, DOCUMENTS, resources.DOCUMENTS_EXPIRATIONS)
        make_bucket(aws.s3, CONVERSATIONS, resources.CONVERSATIONS_EXPIRATIONS)
        base = knowledge_base(aws.bedrock_agent, embedding_model)
        source = existing_source(aws.bedrock_agent, base)
        first = source is None or not has_queue(deployer.sqs)
        settings = Settings(
            knowledge_base_id=base,
            data_source_id=source or new_source(aws.bedrock_agent, base),
            documents_bucket=DOCUMENTS,
            conversations_bucket=CONVERSATIONS,
            auth="local",
        )
        if guardrail and (judge := chosen_guardrail(aws.bedrock, guardrail)):
            names = {"guardrail_id": judge[0], "guardrail_version": judge[1]}
            settings = settings.model_copy(update=names)
        stored_prompts(aws.bedrock_agent, settings.model_id)
        if settings.limits_spending:
            make_budget_table(deployer.dynamodb)
            settings = settings.model_copy(update={"budget_table": BUDGETS})
        queue = make_queue(deployer.sqs)
        make_function(deployer.lambda_, settings)
        map_events(deployer.lambda_, queue)
        if settings.tool_functions is None:
            tools = tool_functions(deployer.lambda_, declarations(), runtime=RUNTIME, role=ROLE)
            settings = settings.model_copy(update={"tool_functions": tools})
        settings = _with_agent(aws.bedrock_agent, settings)
        notify(aws.s3, queue)
        allow_pages(aws.s3, settings.origin)
        is_behind = first and has_documents(aws.s3, DOCUMENTS)
        if is_behind or has_messages(deployer.sqs, DEAD_LETTERS):
            catch_up(aws.bedrock_agent, deployer.sqs, settings, DEAD_LETTERS)
    return settings


def _with_agent(agents: "AgentsforBedrockClient", settings: Settings) -> Settings:
    """The settings with the Bedrock agent in them, if its runner is chosen."""
    if settings.agent_runner != "bedrock-agent":
        return settings
    descriptions = {one.group: one.description for one in declarations()}
    if (ids := chosen_agent(agents, settings, descriptions, ROLE)) is None:
        return settings
    return settings.model_copy(update={"agent_id": ids[0], "agent_alias_id": ids[1]})
