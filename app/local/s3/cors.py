"""Which pages may use a bucket from a browser: rules, preflights, and what an answer says of them.

The first rule that fits decides. A rule fits by origin and method, and a preflight's also by the
headers that it asks for: https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html. What the
page leaves open (codes, words, headers) is as S3 was seen to do.
"""

from collections.abc import Iterable, Sequence

from app.local.control.wildcards import fits
from app.local.s3.errors import malformed_xml
from app.local.s3.pages import Keys, is_signed
from app.local.s3.storage import Buckets, NoSuchBucket
from app.local.wire import JSON, Call, Handler, Service, ServiceError, from_page
from app.local.wire.models import model

NAME = "cors"
MOST_RULES = 100
METHODS = ("GET", "PUT", "POST", "DELETE", "HEAD")
_VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"
_REFUSED = (
    "CORSResponse: This CORS request is not allowed. This is usually because the evalution of "
    "Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are "
    "not whitelisted by the resource's CORS spec."
)


def check_rules(configuration: JSON) -> None:
    """Refuse what S3 would not take as a CORSConfiguration.

    Raises:
        ServiceError: MalformedXML or InvalidRequest.
    """
    rules = configuration["CORSRules"]
    if len(rules) > MOST_RULES:
        raise malformed_xml(f"a CORS configuration has {MOST_RULES} rules at most.")
    for rule in rules:
        for method in rule["AllowedMethods"]:
            if method not in METHODS:
                raise ServiceError(
                    "InvalidRequest",
                    f"Found unsupported HTTP method in CORS config. Unsupported method is {method}",
                )
        for name in ("AllowedOrigins", "AllowedHeaders"):
            for pattern in rule.get(name, ()):
                if pattern.count("*") > 1:
                    message = f'{name[:-1]} "{pattern}" can not have more than one wildcard.'
                    raise ServiceError("InvalidRequest", message)
        for header in rule.get("ExposeHeaders", ()):
            if "*" in header:
                message = (
                    f'ExposeHeader "{header}" contains wildcard. We currently do not support '
                    "wildcard for ExposeHeader."
                )
                raise ServiceError("InvalidRequest", message)


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
        if (
            method in rule["AllowedMethods"]
            and _fits(origin, rule["AllowedOrigins"])
            and all(_fits(header.lower(), _lower(rule.get("AllowedHeaders"))) for header in headers)
        ):
            return rule
    return None


def said(rule: JSON, origin: str, headers: Sequence[str] = ()) -> dict[str, str]:
    """The headers of an answer to a request that this rule allows."""
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
    if exposed := rule.get("ExposeHeaders"):
        answer["Access-Control-Expose-Headers"] = ", ".join(exposed)
    if "MaxAgeSeconds" in rule:
        answer["Access-Control-Max-Age"] = str(rule["MaxAgeSeconds"])
    return answer


class Cors:
    """The rules of all buckets; and `keys`, by which a page's presigned request is known."""

    def __init__(self, buckets: Buckets, keys: Keys) -> None:
        self._buckets, self._keys = buckets, keys

    def handlers(self) -> Service:
        return {"OptionsBucket": self.preflight, "OptionsObject": self.preflight}

    def preflight(self, call: Call) -> JSON:
        """A browser asks whether it may send what a page wants to send."""
        origin = call.headers.get("origin")
        method = call.headers.get("access-control-request-method")
        asked = call.headers.get("access-control-request-headers", "")
        headers = [name.strip() for name in asked.split(",") if name.strip()]
        if not origin:
            message = "Insufficient information. Origin request header needed."
            raise ServiceError("BadRequest", message)
        if method not in METHODS:
            message = f"Invalid Access-Control-Request-Method: {method or 'null'}"
            raise ServiceError("BadRequest", message)
        rules = self._rules(call.params["Bucket"])
        if not rules:
            message = "CORSResponse: CORS is not enabled for this bucket."
            raise ServiceError("AccessForbidden", message)
        rule = rule_for(rules, origin, method, headers)
        if rule is None:
            raise ServiceError("AccessForbidden", _REFUSED, Method=method, ResourceType="OBJECT")
        return {"$headers": said(rule, origin, headers)}

    def answering(self, handler: Handler, operation: str) -> Handler:
        """The handler, for pages that may; its answers and errors tell a browser whether its page
        may see them.
        """
        method = model("s3").operation_model(operation).http["method"]

        def call(request: Call) -> JSON:
            try:
                self._admit(request, method)
                result = handler(request)
            except ServiceError as error:
                headers = error.members.get("$headers", {}) | self._headers(request, method)
                error.members |= {"$headers": headers} if headers else {}
                raise
            headers = result.get("$headers", {}) | self._headers(request, method)
            return result | ({"$headers": headers} if headers else {})

        return call

    def _admit(self, request: Call, method: str) -> None:
        """Refuse what a page sends that no rule allows, and for which nobody signed.

        A preflight is let through: its answer is what the rules say.

        Raises:
            ServiceError: AccessDenied.
        """
        if not from_page(request.headers) or request.operation in self.handlers():
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
        return said(rule, origin) if rule else {}

    def _rules(self, bucket: str) -> list[JSON]:
        configuration: JSON | None = self._buckets.kept(bucket, NAME)
        return list(configuration["CORSRules"]) if configuration else []


def _fits(value: str, patterns: Iterable[str]) -> bool:
    """Whether one of the patterns, in which `*` stands for anything, is this value."""
    return any(fits(value, pattern) for pattern in patterns)


def _lower(names: Iterable[str] | None) -> list[str]:
    return [name.lower() for name in names or ()]
