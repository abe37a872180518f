"""The form that a browser posts, whose policy every one of its fields and its file has to satisfy.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html. What the page
does not specify (codes, messages, the case of names, a condition without a field) follows S3's
observed behaviour.
"""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from xml.etree import ElementTree

from app.local.s3.errors import guard, invalid, malformed_xml
from app.local.s3.objects import ObjectOperations
from app.local.s3.storage.events import POST
from app.local.wire import JSON, Call, Service, ServiceError

Fields = Mapping[str, str]  # names in lower case: S3 ignores their case

_WITHOUT_CONDITION = frozenset({"awsaccesskeyid", "file", "policy", "signature", "x-amz-signature"})
_IGNORED = "x-ignore-"
_METADATA = "x-amz-meta-"
_PARAMETERS = {
    "acl": "ACL",
    "cache-control": "CacheControl",
    "content-disposition": "ContentDisposition",
    "content-encoding": "ContentEncoding",
    "content-language": "ContentLanguage",
    "content-md5": "ContentMD5",
    "content-type": "ContentType",
    "x-amz-checksum-crc32": "ChecksumCRC32",
    "x-amz-checksum-crc32c": "ChecksumCRC32C",
    "x-amz-checksum-crc64nvme": "ChecksumCRC64NVME",
    "x-amz-checksum-sha1": "ChecksumSHA1",
    "x-amz-checksum-sha256": "ChecksumSHA256",
    "x-amz-server-side-encryption": "ServerSideEncryption",
    "x-amz-server-side-encryption-aws-kms-key-id": "SSEKMSKeyId",
    "x-amz-storage-class": "StorageClass",
    "x-amz-website-redirect-location": "WebsiteRedirectLocation",
}
_ANSWER_HEADERS = {
    "x-amz-server-side-encryption": "ServerSideEncryption",
    "x-amz-server-side-encryption-aws-kms-key-id": "SSEKMSKeyId",
    "x-amz-version-id": "VersionId",
}


class PostOperations:
    def __init__(self, objects: ObjectOperations, account: str) -> None:
        self._put = guard(lambda call: objects.store(call, POST), account)

    def handlers(self) -> Service:
        return {"PostObject": self.post}

    def post(self, call: Call) -> JSON:
        """A put, under the conditions of the policy that came with it."""
        bucket = call.params["Bucket"]
        fields = _fields(call.params)
        size = call.body.size if call.body else 0
        check_policy(_policy(fields), fields | {"bucket": bucket}, call.params["fields"], size)
        params = {"Bucket": bucket, "Key": fields["key"], **_parameters(fields)}
        stored = self._put(replace(call, operation="PutObject", params=params))
        location = f"http://{call.headers.get('host', '')}/{bucket}/{quote(fields['key'], safe='')}"
        answer = _answer(fields, bucket, stored["ETag"], location)
        headers = {
            name: str(stored[member])
            for name, member in _ANSWER_HEADERS.items()
            if member in stored
        }
        return answer | {"$headers": headers}


def check_policy(policy: JSON, values: Fields, fields: Fields, size: int) -> None:
    """Refuse a form that its policy does not allow.

    Args:
        policy: the parsed policy.
        values: the values that conditions are about: the form's fields, and the bucket.
        fields: the form's fields as they were sent, each of which needs a condition.
        size: of the file, in bytes.

    Raises:
        ServiceError: AccessDenied, EntityTooLarge or EntityTooSmall; or InvalidPolicyDocument.
    """
    if _expiration(policy) <= datetime.now(UTC):
        raise _denied("Policy expired.")
    names_with_condition = set()
    for condition in _conditions(policy):
        operator, name, value = condition
        if operator == "content-length-range":
            _check_size(condition, size)
            continue
        field = str(name).removeprefix("$").lower()
        if not str(name).startswith("$") or not _holds(operator, field, values.get(field), value):
            raise _denied(f"Policy Condition failed: {json.dumps(condition, ensure_ascii=False)}")
        names_with_condition.add(field)
    for name in fields:
        if (
            name.lower() not in names_with_condition | _WITHOUT_CONDITION
            and not name.lower().startswith(_IGNORED)
        ):
            raise _denied(f"Extra input fields: {name}")


def _fields(params: JSON) -> dict[str, str]:
    """The form's fields. In the key, `${filename}` is replaced by the name of the file."""
    fields = {name.lower(): value for name, value in params["fields"].items()}
    if "key" not in fields:
        message = (
            "Bucket POST must contain a field named 'key'.  If it is specified, please check the "
            "order of the fields."
        )
        raise invalid("key", "", message)
    filename = (params.get("filename") or "").replace("\\", "/").rpartition("/")[2]
    fields["key"] = fields["key"].replace("${filename}", filename)
    return fields


def _policy(fields: Fields) -> JSON:
    if "policy" not in fields:
        raise ServiceError("AccessDenied", "Access Denied")
    try:
        policy = json.loads(base64.b64decode(fields["policy"], validate=True))
    except (binascii.Error, ValueError) as error:
        raise _malformed("Invalid JSON.") from error
    if not isinstance(policy, dict):
        raise _malformed("Invalid JSON.")
    return policy


def _expiration(policy: JSON) -> datetime:
    try:
        moment = datetime.fromisoformat(policy["expiration"])
    except KeyError as error:
        raise _malformed("Policy missing expiration.") from error
    except (TypeError, ValueError) as error:
        raise _malformed(f"Invalid 'expiration' value: '{policy['expiration']}'") from error
    if moment.tzinfo is None or "T" not in policy["expiration"]:
        raise _malformed(f"Invalid 'expiration' value: '{policy['expiration']}'")
    return moment


def _conditions(policy: JSON) -> Iterator[list[Any]]:
    """Each as an operator and its two operands: {"acl": "private"} is ["eq", "$acl", "private"]."""
    conditions = policy.get("conditions")
    if not isinstance(conditions, list):
        raise _malformed("Policy missing conditions.")
    for condition in conditions:
        if isinstance(condition, dict):
            yield _simple(condition)
        elif isinstance(condition, list) and len(condition) == 3:
            yield [str(condition[0]).lower(), *condition[1:]]
        else:
            raise _malformed(f"Invalid Condition: {json.dumps(condition)}")


def _simple(condition: JSON) -> list[Any]:
    if len(condition) != 1:
        raise _malformed(
            "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified."
        )
    [(name, value)] = condition.items()
    if not isinstance(value, str):
        raise _malformed("Invalid Simple-Condition: value must be a string.")
    return ["eq", f"${name}", value]


def _holds(operator: str, field: str, value: str | None, operand: Any) -> bool:
    if value is None:
        return False
    if operator == "eq":
        return bool(value == operand)
    if operator == "starts-with":
        values = value.split(",") if field == "content-type" else [value]
        return all(part.strip().startswith(str(operand)) for part in values)
    raise _malformed(f"Invalid Condition: unknown operation '{operator}'.")


def _check_size(condition: list[Any], size: int) -> None:
    try:
        least, most = int(condition[1]), int(condition[2])
    except (TypeError, ValueError) as error:
        raise _denied(f"Policy Condition failed: {json.dumps(condition)}") from error
    if least < 0:
        raise _malformed(f"Invalid Condition: {json.dumps(condition)}")
    if size > most:
        message = "Your proposed upload exceeds the maximum allowed size"
        raise ServiceError("EntityTooLarge", message, ProposedSize=size, MaxSizeAllowed=most)
    if size < least:
        message = "Your proposed upload is smaller than the minimum allowed size"
        raise ServiceError("EntityTooSmall", message, ProposedSize=size, MinSizeAllowed=least)


def _parameters(fields: Fields) -> JSON:
    params: JSON = {name: fields[field] for field, name in _PARAMETERS.items() if fields.get(field)}
    metadata = {
        name.removeprefix(_METADATA): value
        for name, value in fields.items()
        if name.startswith(_METADATA)
    }
    if expires := fields.get("expires"):
        try:
            params["Expires"] = parsedate_to_datetime(expires)
        except ValueError as error:
            raise invalid("Expires", expires, "Expires must be an HTTP date") from error
    if tagging := fields.get("tagging"):
        params["Tagging"] = _tags(tagging)
    return params | ({"Metadata": metadata} if metadata else {})


def _tags(text: str) -> str:
    """The form's tags, which are XML as in PutObjectTagging, as the tagging header has them."""
    try:
        tags = ElementTree.fromstring(text).findall(".//{*}Tag")  # noqa: S314 - no entity bombs
    except ElementTree.ParseError as error:
        raise malformed_xml(f"the form's tagging cannot be read: {error}") from error
    return urlencode([(tag.findtext("{*}Key", ""), tag.findtext("{*}Value", "")) for tag in tags])


def _answer(fields: Fields, bucket: str, etag: str, location: str) -> JSON:
    """The answer, as the fields `success_action_redirect` and `success_action_status` set it."""
    key = fields["key"]
    redirect = fields.get("success_action_redirect") or fields.get("redirect", "")
    if urlsplit(redirect).scheme in ("http", "https"):
        joint = "&" if urlsplit(redirect).query else "?"
        query = urlencode({"bucket": bucket, "key": key, "etag": etag})
        return {"StatusCode": 303, "Location": f"{redirect}{joint}{query}", "ETag": etag}
    status = fields.get("success_action_status")
    result: JSON = {"StatusCode": 204, "Location": location, "ETag": etag}
    if status == "200":
        result["StatusCode"] = 200
    elif status == "201":
        result["StatusCode"] = 201
        result["PostResponse"] = {
            "Location": location,
            "Bucket": bucket,
            "Key": key,
            "ETag": etag,
        }
    return result


def _denied(reason: str) -> ServiceError:
    return ServiceError("AccessDenied", f"Invalid according to Policy: {reason}")


def _malformed(reason: str) -> ServiceError:
    return ServiceError("InvalidPolicyDocument", f"Invalid Policy: {reason}")
