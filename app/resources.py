"""The facts about a home's resources, which AWS's stack and the laptop's home share.

`infra` writes them into the template, `app.deploy.laptop.provision` makes the same in the stand-in.
`tests/deploy/test_provision.py` compares the two, and names every difference with its reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass

OWN = ".outcrop/"
"""Begins the keys of what is Outcrop's own in the documents bucket."""

STAGING = OWN + "attributes/"
"""Where the attributes of an upload wait for their document."""

EVENTS = ("s3:ObjectCreated:*", "s3:ObjectRemoved:*")
"""The events of the documents bucket that go to the queue."""

INGEST_SECONDS = 60
"""The timeout of the ingest function."""

INGEST_BATCH = 10
"""How many messages one call of the ingest function gets: direct ingestion takes ten documents."""

VISIBILITY_SECONDS = 6 * INGEST_SECONDS
"""The queue's visibility timeout: six times the timeout of its function, as Lambda asks for."""

RECEIVES = 200
"""How often a message is received before it goes to the dead letters. While a full sync runs,
direct ingestion is refused, and the ingest function lets what it gives back come again every
minute: for three hours, which outlasts the sync of a large bucket. A later sync picks up what is
given up."""

DEAD_LETTER_SECONDS = 14 * 86_400
"""How long dead letters are kept: as long as SQS keeps any message."""


@dataclass(frozen=True, slots=True)
class Expiration:
    """A rule by which S3 deletes objects, or the parts of uploads that were not completed.

    Attributes:
        days: after how many days.
        prefix: of the keys of objects; None for parts of uploads, whatever their keys.
    """

    days: int
    prefix: str | None = None


UNFINISHED_UPLOADS = Expiration(days=1)
UNUSED_ATTRIBUTES = Expiration(days=7, prefix=STAGING)
"""Attributes of forms that were never used. Those that were used lie beside their documents."""

DOCUMENTS_EXPIRATIONS: Sequence[Expiration] = (UNFINISHED_UPLOADS, UNUSED_ATTRIBUTES)
CONVERSATIONS_EXPIRATIONS: Sequence[Expiration] = (UNFINISHED_UPLOADS,)

CORS_METHODS = ("POST",)
CORS_HEADERS = ("content-type",)
CORS_SECONDS = 3600
"""What the page of `OUTCROP_ORIGIN` may send to the documents bucket: a form, for an hour without
asking again."""
