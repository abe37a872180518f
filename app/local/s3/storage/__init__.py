"""S3's buckets: folders that a person can look into, and that keep what S3 promises.

    home/s3/<bucket>/<key>              an object's bytes, under its own name
    home/s3/.state/buckets.sqlite       everything else about it; the word that counts
    home/s3/.state/staged/<version>     bytes on their way in or out, and those of older versions

FLOW of a write, which a crash may cut anywhere:

    staging.py    bytes -> a file beside the buckets, fsync
    buckets.py    lock: look at what is there, check the caller's condition
                  where older versions are kept, move the old file beside the buckets
                  one transaction: the object's row, and its event     <- the write has happened
                  rename to layout.py's place, fsync of the folder
    events.py     event -> queue, once more after a crash
    contents.py   what is there, for readers; and after a crash, the end of what it cut
    history.py    what a key was before: older versions and delete markers, a stack for each
    watch.py      which files may have changed, told by the file system
    byhand.py     the other way round: a file that changed -> row and event

A row fits one state of a file only (size, time, inode). So metadata never meets other bytes than
its own, and what a person does to the folder is noticed.
"""

from app.local.s3.storage.buckets import Buckets
from app.local.s3.storage.objects import (
    Attributes,
    BucketNotEmpty,
    Deleted,
    IsMarker,
    Marker,
    NoSuchBucket,
    NoSuchKey,
    NoSuchVersion,
    Object,
    Version,
    is_bucket_name,
)
from app.local.s3.storage.scanner import Scanner
from app.local.s3.storage.staging import Staged
from app.local.s3.storage.uploads import (
    NoSuchUpload,
    Part,
    Upload,
    Uploads,
)

__all__ = [
    "Attributes",
    "BucketNotEmpty",
    "Buckets",
    "Deleted",
    "IsMarker",
    "Marker",
    "NoSuchBucket",
    "NoSuchKey",
    "NoSuchUpload",
    "NoSuchVersion",
    "Object",
    "Part",
    "Scanner",
    "Staged",
    "Upload",
    "Uploads",
    "Version",
    "is_bucket_name",
]
