"""Access to S3: the expiry of presigned URLs, and which web pages may call.

Programs may call whatever they sign with: their signatures are not checked. A page in a browser may
call if a CORS rule of the bucket allows it, or if its request is presigned with a key of this
stand-in, which a page cannot make up. Otherwise every page that a browser shows could write to the
buckets. A signature stands in a URL or in a form, by version 4 or by version 2, which boto3 still
uses by default:

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html

The first CORS rule that matches decides. A rule matches by origin and method, for a preflight also
by the headers that it names: https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html. What
these pages do not specify (error codes, messages, headers) follows S3's observed behaviour.
"""

import hmac
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import quote

from botocore.auth import HmacV1Auth

from app.local.control.wildcards import matches_pattern
from app.local.s3.configurations import CORS_METHODS
from app.local.s3.storage import Buckets, NoSuchBucket
from app.local.wire import JSON, Call, Handler, Service, ServiceError, is_from_page
from app.local.wire.models import model

Keys = Mapping[str, str]
"""Access key id -> secret access key."""

LONGEST_PRESIGNED = 7 * 24 * 3600  # seconds
_ALGORITHM = "AWS4-HMAC-SHA256"
_SIGNATURE = "X-Amz-Signature"
_VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"
_NOT_ALLOWED = (
    "CORSResponse: This CORS request is not allowed. This is usually because the evalution of "
    "Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are "
    "not whitelisted by the resource's CORS spec."
)


def check_expiry(query: Mapping[str, Sequence[str]]) -> None:
    """Refuse a presigned URL that has expired. Its signature is not checked.

    Raises:
        ServiceError: AccessDenied; or AuthorizationQueryParametersError.
    """
    expires = _expiry({name: values[0] for name, values in query.items()})
    now = datetime.now(UTC)
    if expires is not None and now > expires:
        raise ServiceError(
            "AccessDenied",
            "Request has expired",
            Expires=_iso(expires),
            ServerTime=_iso(now),
        )


def _expiry(query: Mapping[str, str]) -> datetime | None:
    """The expiry of a URL that is presigned by version 4 or 2; None if it is not presigned."""
    try:
        if _SIGNATURE in query:
            signed = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            return signed + timedelta(seconds=_lifetime(query["X-Amz-Expires"]))
        if "AWSAccessKeyId" in query:
            return datetime.fromtimestamp(int(query["Expires"]), UTC)
    except (KeyError, OverflowError, ValueError) as error:
        message = "Query-string authentication requires its date and its expiry, well-formed."
        raise ServiceError("AuthorizationQueryParametersError", message) from error
    return None


def _lifetime(text: str) -> int:
    if not 0 <= int(text) <= LONGEST_PRESIGNED:
        message = (
            f"X-Amz-Expires must be between 0 and {LONGEST_PRESIGNED} seconds, which are a week."
        )
        raise ServiceError("AuthorizationQueryParametersError", message)
    return int(text)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


class Access:
    """The rules of who may call an operation, and the preflights by which a browser asks.

    Args:
        buckets: the buckets with their CORS rules.
        keys: the keys that a page's request may be presigned with.
    """

    def __init__(self, buckets: Buckets, keys: Keys) -> None:
        self._buckets, self._keys = buckets, keys

    def handlers(self) -> Service:
        return {"OptionsBucket": self.preflight, "OptionsObject": self.preflight}

    def preflight(self, call: Call) -> JSON:
        """Answer a browser that asks whether a page may send a request."""
        origin = call.headers.get("origin")
        method = call.headers.get("access-control-request-method")
        names = call.headers.get("access-control-request-headers", "").split(",")
        headers = [name.strip() for name in names if name.strip()]
        if not origin:
            message = "Insufficient information. Origin request header needed."
            raise ServiceError("BadRequest", message)
        if method not in CORS_METHODS:
            message = f"Invalid Access-Control-Request-Method: {method or 'null'}"
            raise ServiceError("BadRequest", message)
        rules = self._rules(call.params["Bucket"])
        if not rules:
            message = "CORSResponse: CORS is not enabled for this bucket."
            raise ServiceError("AccessForbidden", message)
        rule = rule_for(rules, origin, method, headers)
        if rule is None:
            raise ServiceError(
                "AccessForbidden", _NOT_ALLOWED, Method=method, ResourceType="OBJECT"
            )
        return {"$headers": cors_headers(rule, origin, headers)}

    def restrict(self, handler: Handler, operation: str) -> Handler:
        """Wrap a handler: refuse the pages that may not call it, and add the CORS headers by which
        a browser decides whether the page may read the response.
        """
        method = model("s3").operation_model(operation).http["method"]

        def call(request: Call) -> JSON:
            try:
                self._check_page(request, method)
                check_expiry(request.query)
                result = handler(request)
            except ServiceError as error:
                headers = error.members.get("$headers", {}) | self._headers(request, method)
                error.members |= {"$headers": headers} if headers else {}
                raise
            headers = result.get("$headers", {}) | self._headers(request, method)
            return result | ({"$headers": headers} if headers else {})

        return call

    def _check_page(self, request: Call, method: str) -> None:
        """Refuse a page's request that no rule allows and that is not presigned. A preflight passes
        here, because the rules answer it.

        Raises:
            ServiceError: AccessDenied.
        """
        if not is_from_page(request.headers) or request.operation in self.handlers():
            return
        if not self._headers(request, method) and not is_signed(request, self._keys):
            origin = request.headers.get("origin", "unknown")
            raise ServiceError(
                "AccessDenied",
                f"A page in a browser sent it (origin {origin}). No CORS rule of the bucket allows "
                "that page, and it is not presigned with the key that `outcrop env` prints.",
            )

    def _headers(self, request: Call, method: str) -> dict[str, str]:
        origin = request.headers.get("origin")
        if not origin:
            return {}
        try:
            rules = self._rules(request.params.get("Bucket", ""))
        except NoSuchBucket:
            return {}
        rule = rule_for(rules, origin, method)
        return cors_headers(rule, origin) if rule else {}

    def _rules(self, bucket: str) -> list[JSON]:
        configuration: JSON | None = self._buckets.subresource(bucket, "cors")
        return list(configuration["CORSRules"]) if configuration else []


def rule_for(
    rules: Iterable[JSON], origin: str, method: str, headers: Sequence[str] = ()
) -> JSON | None:
    """The first rule that allows such a request.

    >>> rules = [{"AllowedOrigins": ["https://*.example.com"], "AllowedMethods": ["POST"],
    ...           "AllowedHeaders": ["x-amz-*"]}]
    >>> [rule_for(rules, f"https://{host}", "POST", ["X-Amz-Date"]) is not None
    ...  for host in ("a.example.com", "example.com")]
    [True, False]
    """
    for rule in rules:
        patterns = _lower(rule.get("AllowedHeaders"))
        if (
            method in rule["AllowedMethods"]
            and _matches_any(origin, rule["AllowedOrigins"])
            and all(_matches_any(header.lower(), patterns) for header in headers)
        ):
            return rule
    return None


def cors_headers(rule: JSON, origin: str, headers: Sequence[str] = ()) -> dict[str, str]:
    """The headers of the answer to a request that this rule allows.

    `headers` are the names that a preflight asks for.
    """
    anyone = "*" in rule["AllowedOrigins"]
    answer = {
        "Access-Control-Allow-Origin": "*" if anyone else origin,
        "Access-Control-Allow-Methods": ", ".join(rule["AllowedMethods"]),
        "Vary": _VARY,
    }
    if not anyone:
        answer["Access-Control-Allow-Credentials"] = "true"
    if headers:
        answer["Access-Control-Allow-Headers"] = ", ".join(_lower(headers))
    if exposed_headers := rule.get("ExposeHeaders"):
        answer["Access-Control-Expose-Headers"] = ", ".join(exposed_headers)
    if "MaxAgeSeconds" in rule:
        answer["Access-Control-Max-Age"] = str(rule["MaxAgeSeconds"])
    return answer


def is_signed(call: Call, keys: Keys) -> bool:
    """Whether the request, exactly as it is, was presigned with one of these keys."""
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
            sha256(_bytes(canonical)).hexdigest(),
        )
    )
    return "host" in names and _verify_v4(query.get(_SIGNATURE, ""), scope, text, keys)


def _is_signed_form(call: Call, keys: Keys) -> bool:
    fields = {name.lower(): value for name, value in call.params["fields"].items()}
    policy = fields.get("policy", "")
    if key_id := fields.get("awsaccesskeyid"):
        return _verify_v2(fields.get("signature", ""), key_id, policy, keys)
    signature, scope = fields.get(_SIGNATURE.lower(), ""), fields.get("x-amz-credential", "")
    return _verify_v4(signature, scope, policy, keys)


def _is_signed_url_v2(call: Call, keys: Keys) -> bool:
    query = {name: values[0] for name, values in call.query.items()}
    if any(len(values) > 1 for values in call.query.values()):
        return False
    amz_headers = (
        f"{name}:{value}" for name, value in call.headers.items() if name.startswith("x-amz-")
    )
    members = sorted(name for name in query if name in HmacV1Auth.QSAOfInterest)
    pairs = "&".join(f"{name}={query[name]}" if query[name] else name for name in members)
    text = "\n".join(
        (
            model("s3").operation_model(call.operation).http["method"],
            call.headers.get("content-md5", ""),
            call.headers.get("content-type", ""),
            query.get("Expires", ""),
            *sorted(amz_headers),
            f"{call.path}?{pairs}" if pairs else call.path,
        )
    )
    return _verify_v2(query.get("Signature", ""), query["AWSAccessKeyId"], text, keys)


def _verify_v2(signature: str, key_id: str, text: str, keys: Keys) -> bool:
    if key_id not in keys:
        return False
    digest = hmac.digest(keys[key_id].encode(), _bytes(text), "sha1")
    return hmac.compare_digest(b64encode(digest), _bytes(signature))


def _verify_v4(signature: str, scope: str, text: str, keys: Keys) -> bool:
    """Whether this is the signature of the text by the key that the scope names.

    A scope is `access key id/date/Region/s3/aws4_request`.
    """
    key_id, *steps = scope.split("/")
    if key_id not in keys or len(steps) != 4 or steps[2:] != ["s3", "aws4_request"]:
        return False
    key = f"AWS4{keys[key_id]}".encode()
    for step in (*steps, text):
        key = hmac.digest(key, _bytes(step), sha256)
    return hmac.compare_digest(key.hex().encode(), _bytes(signature))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")  # the wire decodes headers and queries so


def _matches_any(value: str, patterns: Iterable[str]) -> bool:
    return any(matches_pattern(value, pattern) for pattern in patterns)


def _lower(names: Iterable[str] | None) -> list[str]:
    return [name.lower() for name in names or ()]
