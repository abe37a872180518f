"""S3 over a folder: `home/s3/<bucket>/<key>` is the object, and a file put there is one too.

    errors.py       rules of every operation; S3's codes and words
    content.py      what a request says of an object: headers, metadata, digests
    conditions.py   If-Match and its kin; ranges and part numbers
    objects.py      put, get, head, delete, copy
    multipart.py    objects in parts; parts.py, their rules
    listing.py      what a bucket holds
    versions.py     whether older versions are kept, and which there are
    tagging.py      tags of objects; tags.py, their rules
    buckets.py      buckets, and whom their events go to
    subresources.py what else is said of a bucket, and kept: a table
                    cors.py, encryption.py, lifecycle.py, policy.py: its rules and effects
    presigned.py    how long a presigned URL holds
    pages.py        whether a page's request was really presigned
    post.py         a form that a browser posts, held against its policy

What keeps the promises (whole objects, one winner, nothing lost) is app.local.s3.storage.
"""

from collections.abc import Callable
from types import MappingProxyType

from app.local.s3.buckets import BucketOperations
from app.local.s3.cors import Cors
from app.local.s3.errors import guarded
from app.local.s3.listing import Listing
from app.local.s3.multipart import Multipart
from app.local.s3.objects import Objects
from app.local.s3.pages import Keys
from app.local.s3.post import Post
from app.local.s3.storage import Buckets
from app.local.s3.subresources import Subresources
from app.local.s3.tagging import Tagging
from app.local.s3.versions import Versions
from app.local.wire import Service

__all__ = ["Buckets", "handlers"]


def handlers(
    buckets: Buckets,
    send: Callable[[str, str], None],
    account: str = "000000000000",
    region: str = "us-east-1",
    keys: Keys = MappingProxyType({}),
) -> Service:
    """S3's operations.

    Args:
        buckets: where everything is kept.
        send: to the queue of this ARN, this message; KeyError: there is no such queue.
        account: who owns the buckets.
        region: where they are.
        keys: what requests are presigned with that a page in a browser sends.
    """
    objects = Objects(buckets, account)
    cors = Cors(buckets, keys)
    groups = (
        BucketOperations(buckets, account, region, send),
        Subresources(buckets),
        cors,
        Listing(buckets, account),
        Versions(buckets, account),
        objects,
        Tagging(buckets),
        Multipart(buckets, account),
        Post(objects, account),
    )
    operations = {name: handler for group in groups for name, handler in group.handlers().items()}
    return {
        name: cors.answering(guarded(handler, account), name)
        for name, handler in operations.items()
    }
