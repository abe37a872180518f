"""FLOW  upload -- bucket -- event -- ingestion        and back:  delete -- event -- gone

    upload      a presigned form, by which its holder uploads one document of this name
    attributes  of an upload: from the request into the sidecar beside the document
    sync        a change in the bucket -> the Knowledge Base ingests or deletes the document
    content     of a document, at an address for a short time
    described   a document with its attributes
    status      of a document, by the bucket and the Knowledge Base

A document is an object of the documents bucket. Its name is the key. Its id is the key in base64,
which fits into a path. There is no table of documents that could disagree with the two sides:
`bucket.py` and `knowledge_base.py` are all that this package knows of them.
"""

from app.documents.bucket import Bucket
from app.documents.content import Content, content
from app.documents.described import with_attributes
from app.documents.knowledge_base import KnowledgeBase
from app.documents.status import Document, find, latest, listing, remove
from app.documents.sync import subjects, sync
from app.documents.upload import Upload, offer

__all__ = [
    "Bucket",
    "Content",
    "Document",
    "KnowledgeBase",
    "Upload",
    "content",
    "find",
    "latest",
    "listing",
    "offer",
    "remove",
    "subjects",
    "sync",
    "with_attributes",
]
