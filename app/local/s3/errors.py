"""S3's errors: their codes and messages, and the translation of the storage's exceptions to them.

https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

import sqlite3
from collections.abc import Callable
from email.utils import format_datetime
from functools import wraps
from typing import Any

from app.local.disk import disk_problem
from app.local.s3.storage import (
    BucketNotEmpty,
    Deleted,
    IsMarker,
    NoSuchBucket,
    NoSuchKey,
    NoSuchUpload,
    NoSuchVersion,
)
from app.local.s3.storage.layout import LONGEST_KEY, Blocked
from app.local.s3.storage.objects import DamagedObject
from app.local.wire import JSON, Call, Handler, ServiceError

# Parameters that have an effect in S3 which the stand-in does not have.
_REFUSED = (
    "ChecksumXXHASH128",
    "ChecksumXXHASH3",
    "ChecksumXXHASH64",
    "CopySourceSSECustomerAlgorithm",
    "GrantFullControl",
    "GrantRead",
    "GrantReadACP",
    "GrantWrite",
    "GrantWriteACP",
    "IfMatchLastModifiedTime",
    "IfMatchSize",
    "MFA",
    "ObjectLockEnabledForBucket",
    "ObjectLockEventHold",
    "ObjectLockLegalHoldStatus",
    "ObjectLockMode",
    "ObjectLockRetainUntilDate",
    "SSECustomerAlgorithm",
    "SSEKMSEncryptionContext",
    "WriteOffsetBytes",
)
_OWNERS_ACLS = ("private", "bucket-owner-full-control")  # all that a bucket without ACLs takes


def invalid(name: str, value: Any, message: str) -> ServiceError:
    return ServiceError("InvalidArgument", message, ArgumentName=name, ArgumentValue=value)


def not_implemented(header: str) -> ServiceError:
    message = f"A header you provided implies functionality that is not implemented: {header}."
    return ServiceError("NotImplemented", message, Header=header)


def malformed_xml(reason: str) -> ServiceError:
    message = (
        "The XML you provided was not well-formed or did not validate against our published "
        f"schema: {reason}"
    )
    return ServiceError("MalformedXML", message)


def precondition_failed(condition: str) -> ServiceError:
    message = "At least one of the pre-conditions you specified did not hold"
    return ServiceError("PreconditionFailed", message, Condition=condition)


def no_such_key(key: str) -> ServiceError:
    return ServiceError("NoSuchKey", "The specified key does not exist.", Key=key)


def guard(handler: Handler, account: str) -> Handler:
    """Wrap a handler with the common part of all operations: the rules for parameters are checked
    before it, and the storage's exceptions become S3's errors after it.
    """

    @wraps(handler)
    def call(request: Call) -> JSON:
        _check(request.params, account)
        try:
            return handler(request)
        except tuple(_TRANSLATIONS) as error:
            raise _TRANSLATIONS[_kind(error)](error, request.params) from error

    return call


def check_key(key: str) -> None:
    size = len(key.encode())
    if size > LONGEST_KEY:
        raise ServiceError(
            "KeyTooLongError", "Your key is too long", Size=size, MaxSizeAllowed=LONGEST_KEY
        )


def _check(params: JSON, account: str) -> None:
    if name := next((name for name in _REFUSED if params.get(name)), None):
        raise not_implemented(name)
    if params.get("ACL", "private") not in _OWNERS_ACLS:
        raise ServiceError("AccessControlListNotSupported", "The bucket does not allow ACLs")
    for owner in ("ExpectedBucketOwner", "ExpectedSourceBucketOwner"):
        if params.get(owner, account) != account:
            raise ServiceError("AccessDenied", "Access Denied")
    if params.get("VersionId") == "":
        raise invalid("versionId", "", "Version id cannot be the empty string")
    check_key(params.get("Key", ""))


def _bucket(_: Exception, params: JSON) -> ServiceError:
    message = "The specified bucket does not exist"
    return ServiceError("NoSuchBucket", message, BucketName=params.get("Bucket"))


def _key(error: Exception, _: JSON) -> ServiceError:
    return no_such_key(error.args[0])


def _deleted(error: Any, _: JSON) -> ServiceError:
    headers = {"x-amz-delete-marker": "true", "x-amz-version-id": error.marker.version_id}
    message = "The specified key does not exist."
    return ServiceError("NoSuchKey", message, Key=error.marker.key, **{"$headers": headers})


def _marker(error: Any, params: JSON) -> ServiceError:
    if "CopySource" in params:
        message = (
            "The source of a copy request may not specifically refer to a delete marker by "
            "version id."
        )
        return ServiceError("InvalidRequest", message)
    headers = {
        "allow": "DELETE",
        "last-modified": format_datetime(error.marker.last_modified, usegmt=True),
        "x-amz-delete-marker": "true",
        "x-amz-version-id": error.marker.version_id,
    }
    message = "The specified method is not allowed against this resource."
    members = {"Method": "GET", "ResourceType": "DeleteMarker", "$headers": headers}
    return ServiceError("MethodNotAllowed", message, **members)


def _version(error: Exception, params: JSON) -> ServiceError:
    return ServiceError(
        "NoSuchVersion",
        "The specified version does not exist.",
        Key=params.get("Key"),
        VersionId=error.args[0],
    )


def _upload(error: Exception, _: JSON) -> ServiceError:
    message = (
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have "
        "been aborted or completed."
    )
    return ServiceError("NoSuchUpload", message, UploadId=error.args[0])


def _not_empty(error: Exception, params: JSON) -> ServiceError:
    message = f"The bucket you tried to delete is not empty: it holds {error}"
    return ServiceError("BucketNotEmpty", message, BucketName=params.get("Bucket"))


def _internal(error: Exception, _: JSON) -> ServiceError:
    message = f"We encountered an internal error: {error}. Please try again."
    return ServiceError("InternalError", disk_problem(error) or message)


_TRANSLATIONS: dict[type[Exception], Callable[[Any, JSON], ServiceError]] = {
    NoSuchBucket: _bucket,
    Deleted: _deleted,
    NoSuchKey: _key,
    NoSuchVersion: _version,
    IsMarker: _marker,
    NoSuchUpload: _upload,
    BucketNotEmpty: _not_empty,
    Blocked: _internal,
    DamagedObject: _internal,
    OSError: _internal,
    sqlite3.Error: _internal,
}


def _kind(error: Exception) -> type[Exception]:
    return next(kind for kind in _TRANSLATIONS if isinstance(error, kind))
