"""The laptop's home has what the stack has: each fact of one is compared with the other's.

The stack is its synthesized template, replayed in a stand-in; the laptop's home is what `outcrop
up` makes in another. Both are read through boto3, by the same code. Every difference is listed with
its reason: one that is not listed fails the test, and so does one that is not there any more.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from app.aws import Clients, Deployer, clients, deployer
from app.deploy.laptop.provision import provision
from app.deploy.replay import read as read_template
from app.deploy.replay import replay
from app.deploy.replay.seeds import seed
from app.guardrail_definition import read_choice
from app.settings import Settings, adopt, read
from app.tools import PRINCIPAL
from app.tools.catalogue import lambda_tools_of
from tests.flows.home import SECONDS, laptop
from tests.infra.conftest import VARIANTS
from tests.synthesized import Synthesized

VARIANT = VARIANTS["origin"]
ORIGIN = VARIANT["origin"]
Facts = Mapping[str, Any]
PATIENCE = 300
"""Seconds for a call of a tool."""

DIFFERENCES = {
    "documents bucket, versions": "the folder is the bucket: a person keeps versions, if any",
    "documents bucket, CORS": "the laptop's application serves its page itself, on any port",
    "documents bucket, lifecycle": "without versions there are none to expire",
    "ingest, MemorySize": "the laptop does not limit a function's memory",
    "ingest, Description": "nobody looks for it in a console",
    "ingest, Handler": "the laptop's function is one file beside the installed application",
    "event source, MaximumBatchingWindowInSeconds": "a person waits for the document",
    "event source, ScalingConfig": "the stand-in has two pollers for each queue",
    "tools, Handler": "the laptop's function makes its table at its first call: no start loads it",
    "tools, Timeout": "the first call of the laptop's home loads DynamoDB",
    "tools, MemorySize": "as the ingest function's",
    "tools, Description": "as the ingest function's",
    "budgets": "only a home with a limit has the table: each start would load DynamoDB",
}


@pytest.fixture(scope="module")
def stack(synthesized: Synthesized, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Facts]:
    template = synthesized(**VARIANT)
    folder = tmp_path_factory.mktemp("stack")

    facts: dict[str, Any] = {}

    def deploy() -> Settings:
        aws, deploying = clients(SECONDS), deployer(SECONDS)
        replayed = replay(read_template(template), aws, deploying, folder, {}, lambda _: None)
        seed(replayed.outputs)
        adopt(dict(replayed.application_variables) | {"OUTCROP_AUTH": "local"})
        settings = read(Settings)
        facts.update(_facts(aws, deploying, settings))
        return settings

    with laptop(folder, deploy):
        yield facts


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Facts]:
    facts: dict[str, Any] = {}

    def deploy() -> Settings:
        aws, deploying = clients(SECONDS), deployer(SECONDS)
        settings = _provision(aws, deploying, ORIGIN)
        facts.update(_facts(aws, deploying, settings))
        return settings

    with laptop(tmp_path_factory.mktemp("home"), deploy):
        yield facts


def test_every_difference_from_the_stack_has_its_reason(stack: Facts, home: Facts) -> None:
    assert stack.keys() == home.keys()
    differences = {name for name in stack if stack[name] != home[name]}
    assert differences == DIFFERENCES.keys(), {
        name: (stack[name], home[name]) for name in differences ^ DIFFERENCES.keys()
    }


def test_the_homes_own_page_may_upload_and_another_only_while_it_is_named(tmp_path: Path) -> None:
    seen: list[list[str]] = []

    def deploy() -> Settings:
        aws, deploying = clients(SECONDS), deployer(SECONDS)
        for origin in (None, ORIGIN, None):
            settings = _provision(aws, deploying, origin)
            [rule] = _cors(aws, settings.documents_bucket)
            seen.append(rule["AllowedOrigins"])
        return settings

    own = ["http://127.0.0.1:*", "http://localhost:*"]
    with laptop(tmp_path, deploy):
        assert seen == [own, [*own, ORIGIN], own]


def _provision(aws: Clients, deploying: Deployer, origin: str | None) -> Settings:
    with pytest.MonkeyPatch.context() as patch:
        if origin:
            patch.setenv("OUTCROP_ORIGIN", origin)
        return provision(aws, deploying, guardrail=read_choice(None))


def _facts(aws: Clients, deploying: Deployer, settings: Settings) -> Facts:
    """What a home is made of, without the names that every home gives for itself."""
    base = aws.bedrock_agent.get_knowledge_base(knowledgeBaseId=settings.knowledge_base_id)
    source = aws.bedrock_agent.get_data_source(
        knowledgeBaseId=settings.knowledge_base_id, dataSourceId=settings.data_source_id
    )["dataSource"]
    [mapping] = deploying.lambda_.list_event_source_mappings()["EventSourceMappings"]
    function = deploying.lambda_.get_function_configuration(FunctionName=mapping["FunctionArn"])
    queue = _queue(deploying, mapping["EventSourceArn"])
    dead_letters = json.loads(queue.pop("RedrivePolicy"))
    return {
        "Knowledge Base, configuration": base["knowledgeBase"]["knowledgeBaseConfiguration"],
        "data source, type": source["dataSourceConfiguration"]["type"],
        "data source, chunking": source.get("vectorIngestionConfiguration"),
        **_bucket("documents bucket", aws, settings.documents_bucket),
        **_bucket("conversations bucket", aws, settings.conversations_bucket),
        **{f"queue, {name}": value for name, value in queue.items()},
        "queue, maxReceiveCount": int(dead_letters["maxReceiveCount"]),
        **{
            f"dead letters, {name}": value
            for name, value in _queue(deploying, dead_letters["deadLetterTargetArn"]).items()
        },
        **{
            f"ingest, {name}": function.get(name)
            for name in ("Runtime", "Handler", "Timeout", "MemorySize", "Description")
        },
        "ingest, variables": sorted(function["Environment"]["Variables"]),
        **{
            f"event source, {name}": mapping.get(name)
            for name in (
                "BatchSize",
                "FunctionResponseTypes",
                "MaximumBatchingWindowInSeconds",
                "ScalingConfig",
            )
        },
        **_tools(deploying, settings),
        "budgets": settings.budget_table is not None,
        "guardrail": _rules(aws, settings),
        "prompts": _prompts(aws),
    }


def _tools(deploying: Deployer, settings: Settings) -> Facts:
    """The functions and tables of the tools, and what the laptop's principal is told."""
    pairs = [pair.split("=") for pair in str(settings.tool_functions).split(",")]
    functions = {
        group: deploying.lambda_.get_function_configuration(FunctionName=name)
        for group, name in pairs
    }
    for _, name in pairs:  # the machine may be busy
        deploying.lambda_.update_function_configuration(FunctionName=name, Timeout=PATIENCE)
    tools = {tool.name: tool for tool in lambda_tools_of(clients(PATIENCE), settings)}
    session = {PRINCIPAL: "local"}
    calls: dict[str, dict[str, Any]] = {"my_orders": {}, "search_products": {"query": "tent"}}
    answers = {name: tools[name].call(arguments, session) for name, arguments in calls.items()}
    environments = {group: one["Environment"]["Variables"] for group, one in functions.items()}
    tables = {
        group: deploying.dynamodb.describe_table(
            TableName=variables[f"OUTCROP_{group.upper()}_TABLE"]
        )
        for group, variables in environments.items()
    }
    return {
        **{
            f"tools, {name}": [one.get(name) for one in functions.values()]
            for name in ("Runtime", "Handler", "Timeout", "MemorySize", "Description")
        },
        "tools, variables": {group: sorted(one) for group, one in environments.items()},
        "tools, keys": {group: one["Table"]["KeySchema"] for group, one in tables.items()},
        "tools, billing": [
            one["Table"]["BillingModeSummary"]["BillingMode"] for one in tables.values()
        ],
        "tools, confirmed": sorted(name for name, tool in tools.items() if tool.confirms),
        "tools, answers": answers,
    }


def _prompts(aws: Clients) -> Any:
    """What the prompts in Prompt management say, and the descriptions of their versions."""
    facts = {}
    for summary in aws.bedrock_agent.list_prompts()["promptSummaries"]:
        prompt = aws.bedrock_agent.get_prompt(promptIdentifier=summary["id"])
        versions = aws.bedrock_agent.list_prompts(promptIdentifier=summary["id"])
        facts[prompt["description"]] = {
            "variants": prompt["variants"],
            "defaultVariant": prompt["defaultVariant"],
            "versions": [one.get("description") for one in versions["promptSummaries"]],
        }
    assert facts
    return facts


def _rules(aws: Clients, settings: Settings) -> Any:
    """The rules that the application's guardrail judges by, and the description of its version."""
    assert settings.guardrail_id
    guardrail = aws.bedrock.get_guardrail(
        guardrailIdentifier=settings.guardrail_id, guardrailVersion=settings.guardrail_version
    )
    return {
        name: value
        for name, value in guardrail.items()
        if name.endswith(("Policy", "Messaging")) or name == "description"
    }


def _bucket(noun: str, aws: Clients, name: str) -> Facts:
    rules = aws.s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    events = aws.s3.get_bucket_notification_configuration(Bucket=name)
    return {
        f"{noun}, lifecycle": sorted(
            (_rule(rule) for rule in rules), key=lambda rule: json.dumps(rule, sort_keys=True)
        ),
        f"{noun}, versions": aws.s3.get_bucket_versioning(Bucket=name).get("Status"),
        f"{noun}, CORS": _cors(aws, name),
        f"{noun}, events": sorted(
            event for each in events.get("QueueConfigurations", []) for event in each["Events"]
        ),
    }


def _rule(rule: Any) -> Any:
    """A lifecycle rule without its id, its prefix wherever it is written."""
    prefix = rule.get("Filter", {}).get("Prefix") or rule.get("Prefix") or ""
    return {name: rule[name] for name in rule if name not in ("ID", "Filter", "Prefix")} | {
        "prefix": prefix
    }


def _cors(aws: Clients, bucket: str) -> Any:
    try:
        rules = aws.s3.get_bucket_cors(Bucket=bucket)["CORSRules"]
    except aws.s3.exceptions.ClientError:
        return None
    return [{name: value for name, value in rule.items() if name != "ID"} for rule in rules]


def _queue(deploying: Deployer, arn: str) -> dict[str, Any]:
    url = deploying.sqs.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]
    names: Any = ["VisibilityTimeout", "MessageRetentionPeriod", "RedrivePolicy", "DelaySeconds"]
    attributes = deploying.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)
    return {str(name): value for name, value in attributes["Attributes"].items()}
