"""The laptop's buckets: what expires in them, who hears of a change, and which pages may upload."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from app import resources
from app.deploy.laptop.names import DOCUMENTS
from app.resources import Expiration

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

OWN_ORIGINS = ("http://127.0.0.1:*", "http://localhost:*")


def make_bucket(s3: "S3Client", name: str, expirations: Sequence[Expiration]) -> None:
    """Make a bucket, if it is missing, with what expires in it."""
    try:
        s3.head_bucket(Bucket=name)
    except ClientError:
        s3.create_bucket(Bucket=name)
    rules: Any = [
        {"Status": "Enabled", "Filter": {"Prefix": rule.prefix}, "Expiration": {"Days": rule.days}}
        if rule.prefix
        else {
            "Status": "Enabled",
            "Filter": {},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": rule.days},
        }
        for rule in expirations
    ]
    s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})


def notify(s3: "S3Client", queue: str) -> None:
    """Have the documents bucket send its events to the queue with this ARN."""
    events: Any = {"QueueArn": queue, "Events": list(resources.EVENTS)}
    s3.put_bucket_notification_configuration(
        Bucket=DOCUMENTS, NotificationConfiguration={"QueueConfigurations": [events]}
    )


def allow_pages(s3: "S3Client", origin: str | None) -> None:
    """Allow the application's own page, and that of `OUTCROP_ORIGIN`, to upload by presigned forms.

    The application's port is not known yet. A page on another port of this machine gets no form.
    """
    rule: Any = {
        "AllowedOrigins": [*OWN_ORIGINS, *([origin] if origin else [])],
        "AllowedMethods": list(resources.CORS_METHODS),
        "AllowedHeaders": list(resources.CORS_HEADERS),
        "MaxAgeSeconds": resources.CORS_SECONDS,
    }
    s3.put_bucket_cors(Bucket=DOCUMENTS, CORSConfiguration={"CORSRules": [rule]})
