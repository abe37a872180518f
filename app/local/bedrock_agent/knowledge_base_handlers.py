"""The operations on Knowledge Bases, their data sources, ingestion jobs and documents."""

from collections.abc import Mapping
from functools import partial

from app.local.bedrock_agent.knowledge_bases import (
    Knowledge,
    bases,
    documents,
    jobs,
    sources,
)
from app.local.control import Act, operations, tags
from app.local.wire import Service

READS: Mapping[str, Act] = {
    "GetKnowledgeBase": bases.get,
    "ListKnowledgeBases": bases.page,
    "GetDataSource": sources.get,
    "ListDataSources": sources.page,
    "GetIngestionJob": jobs.get,
    "ListIngestionJobs": jobs.page,
    "GetKnowledgeBaseDocuments": documents.get,
    "ListKnowledgeBaseDocuments": documents.page,
    "ListTagsForResource": partial(tags.page, bases.exists),
}
WRITES: Mapping[str, Act] = {
    "CreateKnowledgeBase": bases.create,
    "UpdateKnowledgeBase": bases.update,
    "DeleteKnowledgeBase": bases.delete,
    "CreateDataSource": sources.create,
    "UpdateDataSource": sources.update,
    "DeleteDataSource": sources.delete,
    "StartIngestionJob": jobs.start,
    "StopIngestionJob": jobs.stop,
    "DeleteKnowledgeBaseDocuments": documents.delete,
    "TagResource": partial(tags.tag, bases.exists),
    "UntagResource": partial(tags.untag, bases.exists),
}


def handlers(knowledge: Knowledge) -> Service:
    """The operations on Knowledge Bases."""
    ingest = partial(documents.ingest, knowledge.fetch)
    return operations(knowledge, READS, {**WRITES, "IngestKnowledgeBaseDocuments": ingest})
