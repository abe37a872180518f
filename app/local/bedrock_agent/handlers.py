"""`bedrock-agent`: Knowledge Bases and agents, two control planes under one name."""

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
from app.local.wire import JSON, Call, Service

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

TAGS = ("ListTagsForResource", "TagResource", "UntagResource")


def handlers(knowledge: Knowledge) -> Service:
    """The operations on Knowledge Bases."""
    ingest = partial(documents.ingest, knowledge.fetch)
    return operations(knowledge, READS, {**WRITES, "IngestKnowledgeBaseDocuments": ingest})


def joined(knowledge: Service, agents: Service) -> Service:
    """Both planes as one service. An operation on tags goes to the plane that has the resource."""

    def tagging(name: str, call: Call) -> JSON:
        plane = agents if ":agent" in call.params["resourceArn"] else knowledge
        return plane[name](call)

    return {**knowledge, **agents, **{name: partial(tagging, name) for name in TAGS}}
