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

import io
import json
import time
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from app import resources
from app.aws import Clients, Deployer, calling
from app.deploy.endpoint import ACCOUNT, REGION
from app.deploy.laptop.agent import chosen_agent
from app.deploy.laptop.guardrail import chosen_guardrail
from app.deploy.laptop.lost_events import catch_up, has_documents, has_messages
from app.deploy.laptop.prompts import stored_prompts
from app.deploy.laptop.tools import tool_functions
from app.guardrail_definition import GuardrailChoice
from app.models.facts.embedding import DEFAULT_EMBEDDING_MODEL, DIMENSIONS
from app.resources import Expiration
from app.settings import DocumentSettings, Settings, WrongSettings, variables
from app.tools.declaration import declarations

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent import AgentsforBedrockClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

DOCUMENTS, CONVERSATIONS = "outcrop-documents", "outcrop-conversations"
QUEUE, DEAD_LETTERS = "outcrop-documents-events", "outcrop-documents-dead-letters"
INGEST = "outcrop-ingest"
BUDGETS = "outcrop-budgets"
RUNTIME: Final = "python3.14"  # the stack has it as the CDK's own constant
HANDLER = Path(__file__).parents[3] / "lambdas" / "ingest" / "handler.py"

ROLE = f"arn:aws:iam::{ACCOUNT}:role/outcrop"
MODEL_ARN = f"arn:aws:bedrock:{REGION}::foundation-model/"
STORAGE: Any = {
    "type": "OPENSEARCH_SERVERLESS",
    "opensearchServerlessConfiguration": {
        "collectionArn": f"arn:aws:aoss:{REGION}:{ACCOUNT}:collection/outcrop0000000000000",
        "vectorIndexName": "outcrop",
        "fieldMapping": {"vectorField": "vector", "textField": "text", "metadataField": "metadata"},
    },
}


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
        _bucket(aws.s3, DOCUMENTS, resources.DOCUMENTS_EXPIRATIONS)
        _bucket(aws.s3, CONVERSATIONS, resources.CONVERSATIONS_EXPIRATIONS)
        base = _knowledge_base(aws.bedrock_agent, embedding_model)
        source = _existing_source(aws.bedrock_agent, base)
        first = source is None or not _has_queue(deployer.sqs)
        settings = Settings(
            knowledge_base_id=base,
            data_source_id=source or _new_source(aws.bedrock_agent, base),
            documents_bucket=DOCUMENTS,
            conversations_bucket=CONVERSATIONS,
            auth="local",
        )
        if guardrail and (judge := chosen_guardrail(aws.bedrock, guardrail)):
            names = {"guardrail_id": judge[0], "guardrail_version": judge[1]}
            settings = settings.model_copy(update=names)
        stored_prompts(aws.bedrock_agent, settings.model_id)
        if settings.limits_spending:
            _budgets(deployer.dynamodb)
            settings = settings.model_copy(update={"budget_table": BUDGETS})
        queue = _queue(deployer.sqs)
        _function(deployer.lambda_, settings)
        _event_source(deployer.lambda_, queue)
        if settings.tool_functions is None:
            tools = tool_functions(deployer.lambda_, declarations(), runtime=RUNTIME, role=ROLE)
            settings = settings.model_copy(update={"tool_functions": tools})
        settings = _with_agent(aws.bedrock_agent, settings)
        _notifications(aws.s3, queue)
        _cors(aws.s3, settings.origin)
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


def _bucket(s3: "S3Client", name: str, expirations: Sequence[Expiration]) -> None:
    try:
        s3.head_bucket(Bucket=name)
    except ClientError:
        s3.create_bucket(Bucket=name)
    rules: Any = [
        {"Status": "Enabled", "Filter": {"Prefix": rule.prefix}, "Expiration": {"Days": rule.days}}
        if rule.prefix
        else {
            "Status": "Enabled",
            "Filter": {},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": rule.days},
        }
        for rule in expirations
    ]
    s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})


def _budgets(dynamodb: "DynamoDBClient") -> None:
    """Make the table that counts what is spent. A home without limits has none, because tables need
    moto, which takes its time to start.
    """
    partition, sort = resources.BUDGET_KEYS
    try:
        dynamodb.describe_table(TableName=BUDGETS)
        return
    except dynamodb.exceptions.ResourceNotFoundException:
        pass
    dynamodb.create_table(
        TableName=BUDGETS,
        AttributeDefinitions=[
            {"AttributeName": partition, "AttributeType": "S"},
            {"AttributeName": sort, "AttributeType": "S"},
        ],
        KeySchema=[
            {"AttributeName": partition, "KeyType": "HASH"},
            {"AttributeName": sort, "KeyType": "RANGE"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.update_time_to_live(
        TableName=BUDGETS,
        TimeToLiveSpecification={"Enabled": True, "AttributeName": resources.BUDGET_EXPIRY},
    )


OWN_ORIGINS = ("http://127.0.0.1:*", "http://localhost:*")


def _cors(s3: "S3Client", origin: str | None) -> None:
    """Allow the application's own page, and that of `OUTCROP_ORIGIN`, to upload by presigned forms.

    The application's port is not known yet. A page on another port of this machine gets no form.
    """
    rule: Any = {
        "AllowedOrigins": [*OWN_ORIGINS, *([origin] if origin else [])],
        "AllowedMethods": list(resources.CORS_METHODS),
        "AllowedHeaders": list(resources.CORS_HEADERS),
        "MaxAgeSeconds": resources.CORS_SECONDS,
    }
    s3.put_bucket_cors(Bucket=DOCUMENTS, CORSConfiguration={"CORSRules": [rule]})


def _knowledge_base(agent: "AgentsforBedrockClient", model: str | None) -> str:
    if model is not None and model not in DIMENSIONS:
        raise WrongSettings(
            f"OUTCROP_EMBEDDING_MODEL={model}: it has to be one of {', '.join(DIMENSIONS)}."
        )
    pages = agent.get_paginator("list_knowledge_bases").paginate()
    items = (item for page in pages for item in page["knowledgeBaseSummaries"])
    if existing := _find_by_name("outcrop", items):
        return _with_model(agent, existing["knowledgeBaseId"], model)
    base = agent.create_knowledge_base(
        name="outcrop",
        roleArn=ROLE,
        knowledgeBaseConfiguration={
            "type": "VECTOR",
            "vectorKnowledgeBaseConfiguration": {
                "embeddingModelArn": f"{MODEL_ARN}{model or DEFAULT_EMBEDDING_MODEL}"
            },
        },
        storageConfiguration=STORAGE,
    )["knowledgeBase"]
    while base["status"] == "CREATING":
        time.sleep(0.05)
        base = agent.get_knowledge_base(knowledgeBaseId=base["knowledgeBaseId"])["knowledgeBase"]
    return base["knowledgeBaseId"]


def _with_model(agent: "AgentsforBedrockClient", base: str, model: str | None) -> str:
    """The Knowledge Base that exists, if its vectors are those of the wanted model."""
    existing = agent.get_knowledge_base(knowledgeBaseId=base)["knowledgeBase"]
    configuration = existing["knowledgeBaseConfiguration"]["vectorKnowledgeBaseConfiguration"]
    own = configuration["embeddingModelArn"].removeprefix(MODEL_ARN)
    if model not in (None, own):
        raise WrongSettings(
            f"OUTCROP_EMBEDDING_MODEL={model}: this home's index was made with {own}, and vectors "
            "of two models cannot be compared. Choose a new home with OUTCROP_HOME, and ingest "
            f"the documents there, or leave the model out to go on with {own}."
        )
    return base


def _existing_source(agent: "AgentsforBedrockClient", base: str) -> str | None:
    pages = agent.get_paginator("list_data_sources").paginate(knowledgeBaseId=base)
    items = (item for page in pages for item in page["dataSourceSummaries"])
    existing = _find_by_name("documents", items)
    return str(existing["dataSourceId"]) if existing else None


def _new_source(agent: "AgentsforBedrockClient", base: str) -> str:
    source = agent.create_data_source(
        knowledgeBaseId=base,
        name="documents",
        dataSourceConfiguration={
            "type": "S3",
            "s3Configuration": {"bucketArn": f"arn:aws:s3:::{DOCUMENTS}"},
        },
    )
    return source["dataSource"]["dataSourceId"]


def _has_queue(sqs: "SQSClient") -> bool:
    try:
        sqs.get_queue_url(QueueName=QUEUE)
    except sqs.exceptions.QueueDoesNotExist:
        return False
    return True


def _queue(sqs: "SQSClient") -> str:
    """Make the queue; its ARN. A message received RECEIVES times goes to the dead letters."""
    dead_letters = sqs.create_queue(QueueName=DEAD_LETTERS)["QueueUrl"]
    url = sqs.create_queue(QueueName=QUEUE)["QueueUrl"]
    redrive = {
        "deadLetterTargetArn": _queue_arn(sqs, dead_letters),
        "maxReceiveCount": resources.RECEIVES,
    }
    # After its creation: CreateQueue refuses a queue that exists with other attributes, as the
    # queue of an older version's home does.
    sqs.set_queue_attributes(
        QueueUrl=dead_letters,
        Attributes={"MessageRetentionPeriod": str(resources.DEAD_LETTER_SECONDS)},
    )
    sqs.set_queue_attributes(
        QueueUrl=url,
        Attributes={
            "RedrivePolicy": json.dumps(redrive),
            "VisibilityTimeout": str(resources.VISIBILITY_SECONDS),
        },
    )
    return _queue_arn(sqs, url)


def _queue_arn(sqs: "SQSClient", url: str) -> str:
    reply = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return reply["Attributes"]["QueueArn"]


def _function(functions: "LambdaClient", settings: DocumentSettings) -> None:
    """Make the ingest function, with the code, the configuration and the settings of this
    version.
    """
    names = DocumentSettings.model_fields
    own_settings = DocumentSettings(**{name: getattr(settings, name) for name in names})
    configuration: Any = {
        "Runtime": RUNTIME,
        "Handler": "handler.handler",
        "Role": ROLE,
        "Timeout": resources.INGEST_SECONDS,
        "Environment": {"Variables": variables(own_settings)},
    }
    code = _zip(HANDLER)
    try:
        functions.update_function_code(FunctionName=INGEST, ZipFile=code)
        functions.update_function_configuration(FunctionName=INGEST, **configuration)
    except functions.exceptions.ResourceNotFoundException:
        functions.create_function(FunctionName=INGEST, Code={"ZipFile": code}, **configuration)


def _event_source(functions: "LambdaClient", queue: str) -> None:
    """Map the queue to the function, which its messages invoke."""
    ends: Any = {"EventSourceArn": queue, "FunctionName": INGEST}
    values: Any = {
        "BatchSize": resources.INGEST_BATCH,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }
    mappings: Any = functions.list_event_source_mappings(**ends)["EventSourceMappings"]
    if not mappings:
        functions.create_event_source_mapping(**ends, **values)
    elif any(mappings[0].get(name) != value for name, value in values.items()):
        functions.update_event_source_mapping(UUID=mappings[0]["UUID"], **values)


def _notifications(s3: "S3Client", queue: str) -> None:
    events: Any = {"QueueArn": queue, "Events": list(resources.EVENTS)}
    s3.put_bucket_notification_configuration(
        Bucket=DOCUMENTS, NotificationConfiguration={"QueueConfigurations": [events]}
    )


def _find_by_name(name: str, items: Iterable[Any]) -> Any | None:
    return next((item for item in items if item["name"] == name), None)


def _zip(handler: Path) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        content.write(handler, handler.name)
    return archive.getvalue()
