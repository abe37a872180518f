"""A home that an older version made goes on: its documents and conversations stay."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from app.aws import clients, deployer
from app.deploy.laptop.names import CONVERSATIONS, DEAD_LETTERS, DOCUMENTS, INGEST, QUEUE
from app.resources import DEAD_LETTER_SECONDS, INGEST_BATCH, INGEST_SECONDS, RECEIVES
from app.settings import DocumentSettings, Settings, variables
from tests.flows.home import SECONDS, Json, laptop, provisioned

HANDLER = Path(__file__).parents[2] / "lambdas" / "ingest" / "handler.py"
ROLE = "arn:aws:iam::123456789012:role/outcrop"
COLLECTION = "arn:aws:aoss:us-east-1:123456789012:collection/outcrop0000000000000"
MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0"


def test_a_home_of_an_older_version_keeps_its_documents_and_takes_new_ones(tmp_path: Path) -> None:
    with laptop(tmp_path, older_version) as home:
        base = home.settings.knowledge_base_id
        home.put("mill.md", "The mill at the brook was sold in 1902 to the miller Anton.")
        answer = home.call("POST", "/chat", {"message": "Who was the mill sold to?"})
        conversation = home.call("GET", f"/conversations/{answer['conversationId']}")
    with laptop(tmp_path) as home:
        assert home.settings.knowledge_base_id == base
        assert home.document("mill.md")["status"] == "INDEXED"
        again = home.call("POST", "/chat", {"message": "Who was the mill sold to?"})
        assert again["answer"] == answer["answer"]
        assert [one["uri"] for one in again["citations"]] == [f"s3://{DOCUMENTS}/mill.md"]
        path = f"/conversations/{answer['conversationId']}"
        assert home.call("GET", path) == conversation
        assert home.put("castle.md", "The castle was built in 1245.")["status"] == "INDEXED"


def test_resources_of_an_older_home_are_updated_and_none_is_made_twice(tmp_path: Path) -> None:
    seen: list[Json] = []

    def deploy() -> Settings:
        for make in (older_version, provisioned, provisioned):
            settings = make()
            seen.append(_resources())
        return settings

    with laptop(tmp_path, deploy):
        older, today, later = seen
    assert older != today == later
    for kind in ("bases", "sources", "mappings", "queues", "buckets"):
        assert older[kind] == today[kind], kind
    assert older["functions"] == [INGEST]
    assert today["functions"] == [INGEST, "outcrop-tools-orders", "outcrop-tools-products"]
    assert today["receives"] == RECEIVES
    assert today["retention"] == str(DEAD_LETTER_SECONDS)
    assert today["timeout"] == INGEST_SECONDS
    assert today["batch"] == INGEST_BATCH


def _resources() -> Json:
    """The ids of all resources, and the values that versions have made otherwise."""
    aws, deploying = clients(SECONDS), deployer(SECONDS)
    agent, functions, sqs = aws.bedrock_agent, deploying.lambda_, deploying.sqs
    bases = agent.list_knowledge_bases()["knowledgeBaseSummaries"]
    sources = agent.list_data_sources(knowledgeBaseId=bases[0]["knowledgeBaseId"])
    mappings = functions.list_event_source_mappings()["EventSourceMappings"]
    queue = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    dead_letters = sqs.get_queue_url(QueueName=DEAD_LETTERS)["QueueUrl"]
    of_queue = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    of_dead = sqs.get_queue_attributes(QueueUrl=dead_letters, AttributeNames=["All"])["Attributes"]
    names = sqs.list_queues()["QueueUrls"]
    return {
        "bases": [base["knowledgeBaseId"] for base in bases],
        "sources": [one["dataSourceId"] for one in sources["dataSourceSummaries"]],
        "functions": [one["FunctionName"] for one in functions.list_functions()["Functions"]],
        "mappings": [one["UUID"] for one in mappings],
        "queues": sorted(url.rpartition("/")[2] for url in names),
        "buckets": sorted(one["Name"] for one in aws.s3.list_buckets()["Buckets"]),
        "receives": json.loads(of_queue["RedrivePolicy"])["maxReceiveCount"],
        "retention": of_dead["MessageRetentionPeriod"],
        "timeout": functions.get_function_configuration(FunctionName=INGEST)["Timeout"],
        "batch": mappings[0]["BatchSize"],
    }


def older_version() -> Settings:
    """Make a home as an older version made it, with that version's values."""
    aws, deploying = clients(SECONDS), deployer(SECONDS)
    agent, functions, sqs = aws.bedrock_agent, deploying.lambda_, deploying.sqs
    for bucket in (DOCUMENTS, CONVERSATIONS):
        aws.s3.create_bucket(Bucket=bucket)
    base = agent.create_knowledge_base(
        name="outcrop",
        roleArn=ROLE,
        knowledgeBaseConfiguration={
            "type": "VECTOR",
            "vectorKnowledgeBaseConfiguration": {"embeddingModelArn": MODEL},
        },
        storageConfiguration={
            "type": "OPENSEARCH_SERVERLESS",
            "opensearchServerlessConfiguration": {
                "collectionArn": COLLECTION,
                "vectorIndexName": "outcrop",
                "fieldMapping": {
                    "vectorField": "vector",
                    "textField": "text",
                    "metadataField": "metadata",
                },
            },
        },
    )["knowledgeBase"]["knowledgeBaseId"]
    bucket_arn = f"arn:aws:s3:::{DOCUMENTS}"
    source = agent.create_data_source(
        knowledgeBaseId=base,
        name="documents",
        dataSourceConfiguration={"type": "S3", "s3Configuration": {"bucketArn": bucket_arn}},
    )["dataSource"]["dataSourceId"]
    settings = Settings(
        knowledge_base_id=base,
        data_source_id=source,
        documents_bucket=DOCUMENTS,
        conversations_bucket=CONVERSATIONS,
        auth="local",
    )
    dead_letters = _queue(sqs, DEAD_LETTERS)
    redrive = json.dumps({"deadLetterTargetArn": dead_letters, "maxReceiveCount": 5})
    queue = _queue(sqs, QUEUE, RedrivePolicy=redrive, VisibilityTimeout="180")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        content.write(HANDLER, HANDLER.name)
    own = {name: getattr(settings, name) for name in DocumentSettings.model_fields}
    functions.create_function(
        FunctionName=INGEST,
        Runtime="python3.14",
        Handler="handler.handler",
        Role=ROLE,
        Timeout=30,
        Environment={"Variables": variables(DocumentSettings(**own))},
        Code={"ZipFile": archive.getvalue()},
    )
    functions.create_event_source_mapping(
        EventSourceArn=queue,
        FunctionName=INGEST,
        BatchSize=5,
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    events: Any = {"QueueArn": queue, "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]}
    aws.s3.put_bucket_notification_configuration(
        Bucket=DOCUMENTS, NotificationConfiguration={"QueueConfigurations": [events]}
    )
    return settings


def _queue(sqs: Any, name: str, **attributes: str) -> str:
    """Make a queue; gives its ARN."""
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    reply = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return str(reply["Attributes"]["QueueArn"])
