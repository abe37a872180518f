"""FLOW  upload -- bucket -- event -- ingestion        and back:  delete -- event -- gone

    upload      a form that lets its holder put one named document into the bucket
    attributes  of an upload, on their way into the sidecar beside the document
    sync        what the bucket says changed -> what the Knowledge Base is told
    status      what became of a document: the bucket and the Knowledge Base say

A document is an object of the documents bucket. Its name is the key, its id the key in base64, so
that it fits into a path. There is no table of documents that could tell another story than the two
sides do: `bucket.py` and `knowledge_base.py` are all that this package knows of them.
"""

from app.documents.bucket import Bucket
from app.documents.knowledge_base import KnowledgeBase
from app.documents.status import Document, find, listing, remove
from app.documents.sync import subjects, sync
from app.documents.upload import Upload, offer

__all__ = [
    "Bucket",
    "Document",
    "KnowledgeBase",
    "Upload",
    "find",
    "listing",
    "offer",
    "remove",
    "subjects",
    "sync",
]
