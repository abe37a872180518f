"""Rules for names from `app.documents`, imported late because boto3 comes with them."""


def id_of(name: str) -> str:
    """A document's id in the application's paths."""
    from app.documents.names import document_id

    return document_id(name)


def supported_types(*, in_aws: bool = False) -> tuple[str, ...]:
    """The suffixes of files that can be documents, on the laptop or in AWS."""
    from app.documents.names import BEDROCK, SUPPORTED

    return BEDROCK if in_aws else SUPPORTED
