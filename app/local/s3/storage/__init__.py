"""S3's buckets: folders that a person can look into, and that keep S3's promises.

    home/s3/<bucket>/<key>            an object's bytes, under its own name
    home/s3/.state/buckets.sqlite     everything else about it; where they differ, this counts
    home/s3/.state/staged/<version>   bytes before they are moved in or out, and older versions

A write, which a crash may interrupt at any step:

    staging.py           bytes -> a file in the staging folder, fsync
    buckets.py           lock: read the current object, check the caller's condition
                         if the bucket keeps versions, move the old file to the staging folder
                         one transaction: the object's row, and its event     <- the write is done
                         rename to the path that layout.py gives, fsync of the folder
    events.py            event -> queue; again after a crash

The other modules:

    contents.py          reads; and finishes writes that a crash has interrupted
    registry.py          the names of buckets, and their subresources
    index.py, history.py     the rows of current objects; of older versions and delete markers
    uploads.py           objects in parts
    external_changes.py  changes that a person makes in a folder: changed file -> row and event
    objects.py, folder.py, layout.py, checksums.py     values, the disk, file names, digests

A row matches one state of a file only (size, time, inode). So an object never has the metadata of
one state and the bytes of another, and changes that a person makes in the folder are noticed.
"""

from app.local.s3.storage.buckets import Buckets
from app.local.s3.storage.external_changes import FolderScanner
from app.local.s3.storage.objects import (
    BucketNotEmpty,
    Deleted,
    IsMarker,
    Marker,
    NoSuchBucket,
    NoSuchKey,
    NoSuchVersion,
    Object,
    ObjectAttributes,
    Version,
    is_bucket_name,
)
from app.local.s3.storage.staging import Staged
from app.local.s3.storage.uploads import (
    MultipartUpload,
    NoSuchUpload,
    UploadedPart,
    Uploads,
)

__all__ = [
    "BucketNotEmpty",
    "Buckets",
    "Deleted",
    "FolderScanner",
    "IsMarker",
    "Marker",
    "MultipartUpload",
    "NoSuchBucket",
    "NoSuchKey",
    "NoSuchUpload",
    "NoSuchVersion",
    "Object",
    "ObjectAttributes",
    "Staged",
    "UploadedPart",
    "Uploads",
    "Version",
    "is_bucket_name",
]
