"""S3 over a folder: the file `home/s3/<bucket>/<key>` is the object, even if a person puts it
there.

A request passes through these modules from top to bottom:

    access.py          who may call: expiry of presigned URLs, and which web pages may
    errors.py          the rules of every operation; S3's codes and messages
    conditions.py      If-Match and the like; byte ranges
    content.py         the description of an object: metadata, tags, encryption, checksums
    objects.py         put, get, head, delete, copy; tags
    multipart.py       objects in parts
    post.py            the form that a browser posts, and its policy
    listing.py         lists of objects, versions, uploads, parts
    buckets.py         buckets, and the table of their subresources
    configurations.py  the rules of subresources: CORS, encryption, tags, lifecycle, policy
    storage/           whole objects, one winner of concurrent writes, nothing lost in a crash
"""

from collections.abc import Callable
from types import MappingProxyType

from app.local.s3.access import Access, Keys
from app.local.s3.buckets import BucketOperations, SubresourceOperations
from app.local.s3.errors import guard
from app.local.s3.listing import Listing
from app.local.s3.multipart import Multipart
from app.local.s3.objects import ObjectOperations
from app.local.s3.post import PostOperations
from app.local.s3.storage import Buckets, Uploads
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
        send: sends a message, its second argument, to the queue with the ARN that is its first.
            Raises KeyError if there is no such queue.
        account: the id of the buckets' owner.
        region: the region that the buckets are in.
        keys: the keys that a web page's request may be presigned with.
    """
    access = Access(buckets, keys)
    objects = ObjectOperations(buckets, account)
    uploads = Uploads(buckets)
    groups = (
        access,
        objects,
        Multipart(buckets, uploads),
        PostOperations(objects, account),
        Listing(buckets, uploads, account),
        BucketOperations(buckets, account, region, send),
        SubresourceOperations(buckets),
    )
    operations = {name: handler for group in groups for name, handler in group.handlers().items()}
    return {
        name: access.restrict(guard(handler, account), name) for name, handler in operations.items()
    }
