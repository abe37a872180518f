"""Documents: a form to upload one with, what became of them, and their removal."""

from typing import Annotated

from fastapi import APIRouter, Query

from app import documents
from app.aws import Clients
from app.settings import Settings
from app.web import schemas

TAG = "documents"


def router(clients: Clients, settings: Settings) -> APIRouter:
    """`/documents`."""
    routes = APIRouter(prefix="/documents")
    bucket = documents.Bucket(clients.s3, settings.documents_bucket)
    base = documents.KnowledgeBase.of(clients, settings)

    @routes.post("", status_code=201)
    def offer(new: schemas.NewDocument) -> schemas.Upload:
        """Ask for a form to upload one document with. It is indexed once it is there."""
        upload = documents.offer(bucket, base, new.name, new.metadata, new.sha256)
        return schemas.Upload.model_validate(upload)

    @routes.get("")
    def listing(
        limit: Annotated[int, Query(ge=1, le=100)] = 50,
        cursor: Annotated[str | None, Query(max_length=1024)] = None,
    ) -> schemas.Documents:
        """List the documents, by name, with what became of them."""
        items, following = documents.listing(bucket, base, limit, cursor)
        return schemas.Documents.model_validate({"items": items, "next_cursor": following})

    @routes.get("/{id}")
    def find(id: str) -> schemas.Document:
        """Say what became of one document; 404 once it is gone, verified."""
        return schemas.Document.model_validate(documents.find(bucket, base, id))

    @routes.delete("/{id}", status_code=202)
    def remove(id: str) -> schemas.Document:
        """Remove a document. It is gone when asking for it answers 404."""
        return schemas.Document.model_validate(documents.remove(bucket, base, id))

    return routes
