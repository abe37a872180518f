"""Which pages in a browser S3 serves: those that a CORS rule of the bucket allows, and any that was
given a presigned request, which it cannot make up.

Programs need neither: no signature of theirs is checked. A page's is, with the key that this
stand-in was started with; else each page that a browser shows could write its own upload form.

The signature stands in a URL or in a form, by version 4, or by version 2, which boto3 still takes
where it is told no other:
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import quote

from botocore.auth import HmacV1Auth

from app.local.wire import Call
from app.local.wire.models import model

Keys = Mapping[str, str]
"""Access key id -> secret access key."""

_ALGORITHM = "AWS4-HMAC-SHA256"
_SIGNATURE = "X-Amz-Signature"


def is_signed(call: Call, keys: Keys) -> bool:
    """Whether a request was presigned with one of these keys, as it stands."""
    if call.operation == "PostObject":
        return _is_signed_form(call, keys)
    if "AWSAccessKeyId" in call.query:
        return _is_signed_url_v2(call, keys)
    return _is_signed_url(call, keys)


def _is_signed_url(call: Call, keys: Keys) -> bool:
    query = {name: values[0] for name, values in call.query.items()}
    scope = query.get("X-Amz-Credential", "")
    names = query.get("X-Amz-SignedHeaders", "").split(";")
    if any(len(values) > 1 for values in call.query.values()):
        return False
    pairs = sorted(
        (quote(name, safe="~"), quote(value, safe="~"))
        for name, value in query.items()
        if name != _SIGNATURE
    )
    canonical = "\n".join(
        (
            model("s3").operation_model(call.operation).http["method"],
            call.path,
            "&".join(f"{name}={value}" for name, value in pairs),
            *(f"{name}:{' '.join(call.headers.get(name, '').split())}" for name in names),
            "",
            ";".join(names),
            query.get("X-Amz-Content-SHA256", "UNSIGNED-PAYLOAD"),
        )
    )
    text = "\n".join(
        (
            _ALGORITHM,
            query.get("X-Amz-Date", ""),
            scope.partition("/")[2],
            sha256(canonical.encode("utf-8", "surrogateescape")).hexdigest(),
        )
    )
    return "host" in names and _fits(query.get(_SIGNATURE, ""), scope, text, keys)


def _is_signed_form(call: Call, keys: Keys) -> bool:
    fields = {name.lower(): value for name, value in call.params["fields"].items()}
    policy = fields.get("policy", "")
    if key_id := fields.get("awsaccesskeyid"):
        return _fits_v2(fields.get("signature", ""), key_id, policy, keys)
    signature, scope = fields.get(_SIGNATURE.lower(), ""), fields.get("x-amz-credential", "")
    return _fits(signature, scope, policy, keys)


def _is_signed_url_v2(call: Call, keys: Keys) -> bool:
    query = {name: values[0] for name, values in call.query.items()}
    if any(len(values) > 1 for values in call.query.values()):
        return False
    members = sorted(name for name in query if name in HmacV1Auth.QSAOfInterest)
    pairs = "&".join(f"{name}={query[name]}" if query[name] else name for name in members)
    text = "\n".join(
        (
            model("s3").operation_model(call.operation).http["method"],
            call.headers.get("content-md5", ""),
            call.headers.get("content-type", ""),
            query.get("Expires", ""),
            *sorted(f"{name}:{value}" for name, value in call.headers.items() if _is_amz(name)),
            f"{call.path}?{pairs}" if pairs else call.path,
        )
    )
    return _fits_v2(query.get("Signature", ""), query["AWSAccessKeyId"], text, keys)


def _is_amz(name: str) -> bool:
    return name.startswith("x-amz-")


def _fits_v2(signature: str, key_id: str, text: str, keys: Keys) -> bool:
    if key_id not in keys:
        return False
    digest = hmac.digest(keys[key_id].encode(), text.encode("utf-8", "surrogateescape"), "sha1")
    return hmac.compare_digest(b64encode(digest), signature.encode("utf-8", "surrogateescape"))


def _fits(signature: str, scope: str, text: str, keys: Keys) -> bool:
    """Whether the key that the scope names signs this text so.

    A scope is `access key id/date/Region/s3/aws4_request`.
    """
    key_id, *steps = scope.split("/")
    if key_id not in keys or len(steps) != 4 or steps[2:] != ["s3", "aws4_request"]:
        return False
    key = f"AWS4{keys[key_id]}".encode()
    for step in (*steps, text):
        key = hmac.digest(key, step.encode("utf-8", "surrogateescape"), sha256)
    return hmac.compare_digest(key.hex().encode(), signature.encode("utf-8", "surrogateescape"))
