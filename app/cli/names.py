"""Rules for names of documents. `app.documents` is imported late because boto3 comes with it."""

from app.resources import BEDROCK_SUFFIXES, DOCUMENT_SUFFIXES


def id_of(name: str) -> str:
    """A document's id in the application's paths."""
    from app.documents.names import document_id

    return document_id(name)


def supported_types(*, in_aws: bool = False) -> tuple[str, ...]:
    """The suffixes of files that can be documents, on the laptop or in AWS."""
    return BEDROCK_SUFFIXES if in_aws else DOCUMENT_SUFFIXES
