"""`bedrock-agent`, as far as Knowledge Bases go: every operation is an act on their state."""

from functools import partial

from app.local.knowledge import Knowledge, bases, documents, jobs, sources, tags
from app.local.knowledge.state import Act
from app.local.wire import JSON, Call, Service

READS: dict[str, Act] = {
    "GetKnowledgeBase": bases.get,
    "ListKnowledgeBases": bases.page,
    "GetDataSource": sources.get,
    "ListDataSources": sources.page,
    "GetIngestionJob": jobs.get,
    "ListIngestionJobs": jobs.page,
    "GetKnowledgeBaseDocuments": documents.get,
    "ListKnowledgeBaseDocuments": documents.page,
    "ListTagsForResource": tags.page,
}
WRITES: dict[str, Act] = {
    "CreateKnowledgeBase": bases.create,
    "UpdateKnowledgeBase": bases.update,
    "DeleteKnowledgeBase": bases.delete,
    "CreateDataSource": sources.create,
    "UpdateDataSource": sources.update,
    "DeleteDataSource": sources.delete,
    "StartIngestionJob": jobs.start,
    "StopIngestionJob": jobs.stop,
    "DeleteKnowledgeBaseDocuments": documents.delete,
    "TagResource": tags.tag,
    "UntagResource": tags.untag,
}


def handlers(knowledge: Knowledge) -> Service:
    writes = WRITES | {"IngestKnowledgeBaseDocuments": partial(documents.ingest, knowledge.fetch)}

    def reading(act: Act, call: Call) -> JSON:
        return knowledge.read(act, call.params)

    def writing(act: Act, call: Call) -> JSON:
        return knowledge.write(call.operation, act, call.params)

    return {name: partial(reading, act) for name, act in READS.items()} | {
        name: partial(writing, act) for name, act in writes.items()
    }
