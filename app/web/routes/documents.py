"""The routes of documents: upload forms, statuses, contents, and deletion."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.responses import Response

from app import documents
from app.aws import Clients
from app.settings import Settings
from app.web import schemas

TAG = "documents"

Attributes = Annotated[
    bool, Query(description="Whether to read the attributes too: one read for each document.")
]


def router(clients: Clients, settings: Settings) -> APIRouter:
    """`/documents`."""
    routes = APIRouter(prefix="/documents")
    bucket = documents.Bucket(clients.s3, settings.documents_bucket)
    base = documents.KnowledgeBase.of(clients, settings)

    @routes.post("", status_code=201)
    def offer(new: schemas.NewDocument) -> schemas.Upload:
        """Request a form to upload one document. It is indexed after the upload."""
        upload = documents.offer(bucket, base, new.name, new.metadata, new.sha256, new.charset)
        return schemas.Upload.model_validate(upload)

    @routes.get("")
    def listing(
        limit: Annotated[int, Query(ge=1, le=100)] = 50,
        cursor: Annotated[str | None, Query(max_length=1024)] = None,
        attributes: Attributes = False,
    ) -> schemas.Documents:
        """List the documents, by name, with their statuses."""
        items, following = documents.listing(bucket, base, limit, cursor)
        if attributes:
            items = documents.with_attributes(bucket, items)
        return schemas.Documents.model_validate({"items": items, "next_cursor": following})

    @routes.get("/{id}")
    def find(id: str, attributes: Attributes = False) -> schemas.Document:
        """Show the status of one document; 404 once neither the index nor the bucket has it."""
        item = documents.find(bucket, base, id)
        if attributes:
            [item] = documents.with_attributes(bucket, [item])
        return schemas.Document.model_validate(item)

    @routes.get("/{id}/content", response_model=schemas.DocumentContent, status_code=307)
    def content(
        id: str, form: Annotated[Literal["redirect", "json"], Query(alias="as")] = "redirect"
    ) -> Response:
        """Redirect to the document itself; or, with `as=json`, respond with its address."""
        address = documents.content(bucket, id)
        headers = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
        if form == "redirect":
            return RedirectResponse(address.url, 307, headers)
        body = schemas.DocumentContent.model_validate(address)
        return JSONResponse(body.model_dump(by_alias=True, mode="json"), headers=headers)

    @routes.delete("/{id}", status_code=202)
    def remove(id: str) -> schemas.Document:
        """Delete a document. It is gone when `GET /documents/{id}` answers 404."""
        return schemas.Document.model_validate(documents.remove(bucket, base, id))

    return routes
