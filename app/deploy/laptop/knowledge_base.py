"""The laptop's Knowledge Base and its data source, the documents bucket."""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from app.deploy.endpoint import ACCOUNT, REGION
from app.deploy.laptop.names import DOCUMENTS, ROLE
from app.models.facts.embedding import DEFAULT_EMBEDDING_MODEL, DIMENSIONS
from app.settings import WrongSettings

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent import AgentsforBedrockClient

MODEL_ARN = f"arn:aws:bedrock:{REGION}::foundation-model/"
STORAGE: Any = {
    "type": "OPENSEARCH_SERVERLESS",
    "opensearchServerlessConfiguration": {
        "collectionArn": f"arn:aws:aoss:{REGION}:{ACCOUNT}:collection/outcrop0000000000000",
        "vectorIndexName": "outcrop",
        "fieldMapping": {"vectorField": "vector", "textField": "text", "metadataField": "metadata"},
    },
}


def knowledge_base(agent: "AgentsforBedrockClient", model: str | None) -> str:
    """The id of the Knowledge Base, which is made if it is missing.

    Raises:
        WrongSettings: there is no such embedding model, or the home was made with another.
    """
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


def existing_source(agent: "AgentsforBedrockClient", base: str) -> str | None:
    pages = agent.get_paginator("list_data_sources").paginate(knowledgeBaseId=base)
    items = (item for page in pages for item in page["dataSourceSummaries"])
    existing = _find_by_name("documents", items)
    return str(existing["dataSourceId"]) if existing else None


def new_source(agent: "AgentsforBedrockClient", base: str) -> str:
    source = agent.create_data_source(
        knowledgeBaseId=base,
        name="documents",
        dataSourceConfiguration={
            "type": "S3",
            "s3Configuration": {"bucketArn": f"arn:aws:s3:::{DOCUMENTS}"},
        },
    )
    return source["dataSource"]["dataSourceId"]


def _find_by_name(name: str, items: Iterable[Any]) -> Any | None:
    return next((item for item in items if item["name"] == name), None)
