"""What `app.documents` says of names. It is imported late, since boto3 comes with it."""


def id_of(name: str) -> str:
    """A document's id in the application's paths."""
    from app.documents.names import document_id

    return document_id(name)


def supported() -> tuple[str, ...]:
    """The endings of files that can be documents."""
    from app.documents.names import SUPPORTED

    return SUPPORTED
