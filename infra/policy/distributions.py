"""Rules for the page from CloudFront: private files, over TLS, with their headers, and calls of the
API that nothing keeps, cuts or hides a caller behind.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-web-values-specify.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.policy.grants import application
from infra.policy.template import Properties, Template, references, referent, text

Broken = Iterator[tuple[str, str]]

DISTRIBUTION, HEADERS = "AWS::CloudFront::Distribution", "AWS::CloudFront::ResponseHeadersPolicy"
BUCKET, POOL_CLIENT, PAGE = "AWS::S3::Bucket", "AWS::Cognito::UserPoolClient", "Custom::Page"
ACL, MATCH = "AWS::WAFv2::WebACL", "ByteMatchStatement"
KEEPS_NOTHING = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
"""CloudFront's own cache policy CachingDisabled."""

ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
"""CloudFront's own origin request policy AllViewerExceptHostHeader."""

SPEAKING_TLS = {"redirect-to-https", "https-only"}
MODERN = re.compile(r"TLSv1\.[23]_20\d\d")
METHODS = {"GET", "POST", "PATCH", "DELETE"}
LEAST_SILENCE, MOST_SILENCE = 30, 60  # seconds; a stream is silent for fifteen at most

POLICY = {
    "default-src": {"'none'"},
    "script-src": {"'self'"},
    "style-src": {"'self'"},
    "base-uri": {"'none'"},
    "form-action": {"'none'"},
    "frame-ancestors": {"'none'"},
    "require-trusted-types-for": {"'script'"},
}
"""The directives that a page has to have, word for word."""

CALLEE = re.compile(
    r"'self'|https://\*\.s3\.\$\{AWS::Region\}\.\$\{AWS::URLSuffix\}"
    r"|https://\$\{\w+\}\.auth\.\$\{AWS::Region\}\.amazoncognito\.com"
)
"""What a page may call: itself, buckets of its Region (index.html says which), and the pool's own
page."""

LEAST_HSTS = 31_536_000


def pages_speak_tls(template: Template) -> Broken:
    for name, settings in _distributions(template):
        for one in _behaviors(settings):
            if one.get("ViewerProtocolPolicy") not in SPEAKING_TLS:
                yield name, f"{_path(one)} is sent in the clear; redirect-to-https"
        for origin in settings["Origins"]:
            custom = origin.get("CustomOriginConfig")
            if custom and custom.get("OriginProtocolPolicy") != "https-only":
                yield name, f"CloudFront calls {origin['Id']} in the clear; https-only"
            if custom and custom.get("OriginSSLProtocols") != ["TLSv1.2"]:
                yield name, f"CloudFront calls {origin['Id']} by an old protocol; TLSv1.2"
        own = settings.get("ViewerCertificate", {})
        if settings.get("Aliases") and not MODERN.fullmatch(own.get("MinimumProtocolVersion", "")):
            yield name, "its name is served by old protocols; MinimumProtocolVersion=TLSv1.2_2021"


def page_files_are_private(template: Template) -> Broken:
    """Only this distribution reads the bucket, and signs for it."""
    for name, settings in _distributions(template):
        for origin in settings["Origins"]:
            kinds = {template.kind(one) for one in references(origin["DomainName"])}
            if BUCKET in kinds and not origin.get("OriginAccessControlId"):
                yield name, f"{origin['Id']} would have to be public; OriginAccessControlId"
    for name, properties in template.of("AWS::CloudFront::OriginAccessControl"):
        if properties["OriginAccessControlConfig"]["SigningBehavior"] != "always":
            yield name, "a request that is not signed is refused by the bucket; always"
    files = _page_buckets(template)
    for statement in template.statements:
        if statement.effect == "Allow" and "cloudfront.amazonaws.com" in statement.principals:
            sources = {value for key, value in statement.values if key.lower() == "aws:sourcearn"}
            if not any("distribution/${" in source for source in sources):
                yield statement.where, "distributions of others may read it; name the stack's"
            if set(statement.actions) != {"s3:GetObject"}:
                yield statement.where, "CloudFront reads objects, and does nothing else"
            if not any(bucket in one for bucket in files for one in statement.resources):
                yield statement.where, "CloudFront reads the bucket of the page's files only"


def pages_have_their_headers(template: Template) -> Broken:
    policies = dict(template.of(HEADERS))
    for name, settings in _distributions(template):
        for one in _behaviors(settings):
            if referent(one.get("ResponseHeadersPolicyId")) not in policies:
                yield name, f"{_path(one)} is sent without a policy; ResponseHeadersPolicyId"
    for name, properties in policies.items():
        config = properties["ResponseHeadersPolicyConfig"]
        security = config.get("SecurityHeadersConfig", {})
        written = text(security.get("ContentSecurityPolicy", {}).get("ContentSecurityPolicy", ""))
        directives = {
            words[0]: set(words[1:]) for one in written.split(";") if (words := one.split())
        }
        for directive, values in POLICY.items():
            if directives.get(directive) != values:
                yield name, f"a page may do too much: {directive} has to be {' '.join(values)}"
        callees = directives.get("connect-src", set()) | directives.get("frame-src", set())
        for callee in callees:
            if not CALLEE.fullmatch(callee):
                yield name, f"the page may call or frame {callee}"
        age = security.get("StrictTransportSecurity", {}).get("AccessControlMaxAgeSec", 0)
        if int(age) < LEAST_HSTS:
            yield name, "a browser may come back in the clear; StrictTransportSecurity for a year"
        for header in ("ContentTypeOptions", "ReferrerPolicy", "ContentSecurityPolicy"):
            if not security.get(header, {}).get("Override"):
                yield name, f"{header} is missing, or an origin may say another"
        if config.get("CorsConfig"):
            yield name, "pages of other origins may read the API through it; leave CorsConfig out"


def answers_pass_through_the_page(template: Template) -> Broken:
    """Whole, at once, and none is kept for another caller."""
    for name, settings in _distributions(template):
        apis = {one["Id"]: one for one in settings["Origins"] if "CustomOriginConfig" in one}
        for one in _behaviors(settings):
            if one["TargetOriginId"] not in apis:
                continue
            if one.get("CachePolicyId") != KEEPS_NOTHING:
                yield name, "one person would get another's answer; CachingDisabled"
            if one.get("OriginRequestPolicyId") != ALL_BUT_HOST:
                yield name, "the token or the query is lost, or API Gateway gets another's Host"
            if missing := METHODS - set(one.get("AllowedMethods", ())):
                yield name, f"{_path(one)} refuses {', '.join(sorted(missing))}"
            if one.get("ViewerProtocolPolicy") == "redirect-to-https":
                yield name, "a token would be sent in the clear before it is redirected; https-only"
        for origin in apis.values():
            silence = origin["CustomOriginConfig"].get("OriginReadTimeout", 30)
            if not LEAST_SILENCE <= silence <= MOST_SILENCE:
                yield name, f"{silence} s of silence: {LEAST_SILENCE} to {MOST_SILENCE} are allowed"


def new_pages_are_seen(template: Template) -> Broken:
    for name, settings in _distributions(template):
        if settings["DefaultCacheBehavior"].get("CachePolicyId") != KEEPS_NOTHING:
            yield name, "index.html would be an old one after a deployment; CachingDisabled"
        if settings.get("DefaultRootObject") != "index.html":
            yield name, "its root shows no page; DefaultRootObject=index.html"
        if settings.get("CustomErrorResponses"):
            yield name, "refusals of the API would be replaced by it; leave CustomErrorResponses"


def page_callers_are_counted(template: Template) -> Broken:
    """Each by its own address, which nobody else can write."""
    proofs: set[str] = set()
    for name, settings in _distributions(template):
        apis = [one for one in settings["Origins"] if "CustomOriginConfig" in one]
        for one in _behaviors(settings):
            is_told = one.get("FunctionAssociations")
            if one["TargetOriginId"] in [api["Id"] for api in apis] and not is_told:
                yield name, "the firewall is not told who calls; associate the function"
        for api in apis:
            values = [header["HeaderValue"] for header in api.get("OriginCustomHeaders", ())]
            if not values:
                yield name, "the firewall cannot know that a request came by it; send the proof"
            for value in values:
                if not text(value).startswith("{{resolve:secretsmanager:"):
                    yield name, "its proof can be read in the template; take a secret"
                proofs |= set(references(value))
    for name, properties in template.of(ACL) if proofs else ():
        statements = [rule["Statement"] for rule in properties["Rules"]]
        rates = [one["RateBasedStatement"] for one in statements if "RateBasedStatement" in one]
        forwarded = [one for one in rates if one["AggregateKeyType"] == "FORWARDED_IP"]
        if not forwarded:
            yield name, "callers of the page are counted as one; add a rule by FORWARDED_IP"
        for one in forwarded:
            if not proofs & set(references(one.get("ScopeDownStatement", {}).get(MATCH))):
                yield name, "anybody could write another's address; scope it down to the proof"
        for one in rates:
            others = one.get("ScopeDownStatement", {}).get("NotStatement")
            if one["AggregateKeyType"] == "IP" and not proofs & set(references(others)):
                yield name, "CloudFront's addresses are counted as callers; leave the proof out"


def people_come_back_to_the_page(template: Template) -> Broken:
    """From signing in and out; and the page may upload."""
    clients = dict(template.of(POOL_CLIENT))
    for name, settings in _distributions(template):
        named = [f"https://{one}" for one in settings.get("Aliases", ())]
        origins = named or [f"https://${{{name}.DomainName}}"]
        for client, properties in clients.items():
            for member in ("CallbackURLs", "LogoutURLs"):
                addresses = set(map(text, properties.get(member, ())))
                if f"{origins[0]}/" not in addresses:
                    yield client, f"{member} lack the page: nobody comes back to it"
        if origins[0] not in _uploading(template):
            yield name, "no bucket takes uploads of the page; allow its origin"


def people_come_back_to_the_function(template: Template) -> Broken:
    """As to CloudFront's page, where the function serves it."""
    for name, _, variables in application(template):
        if "OUTCROP_SIGN_IN_CLIENT" not in variables:
            continue
        own = re.compile(r"https://\$\{\w+\}\.execute-api\.\$\{AWS::Region\}\.[^/]+")
        for client, properties in template.of(POOL_CLIENT):
            for member in ("CallbackURLs", "LogoutURLs"):
                if not any(own.match(text(one)) for one in properties.get(member, ())):
                    yield client, f"{member} lack the page: nobody comes back to it"
        if not any(own.fullmatch(origin) for origin in _uploading(template)):
            yield name, "no bucket takes uploads of its page; allow its origin"


def page_files_are_the_stacks(template: Template) -> Broken:
    clients = {name for name, _ in template.of(POOL_CLIENT)}
    policies = {
        referent(properties["Bucket"]): name
        for name, properties in template.of("AWS::S3::BucketPolicy")
    }
    served = _page_buckets(template)
    for name, properties in template.of(PAGE):
        bucket = referent(properties.get("Bucket"))
        if bucket not in served:
            yield name, "CloudFront has the page from another bucket"
        if policies.get(bucket) not in template.needs(name):
            yield name, "when it goes, it empties the bucket: wait (DependsOn) for its policy"
        if referent(properties.get("ClientId")) not in clients:
            yield name, "the page would sign in as another pool's client"
        for callee in properties.get("Callees", ()):
            if "*" in text(callee) or not text(callee).startswith("https://"):
                yield name, f"the page's script may call {text(callee)}; name one origin, by https"


def _uploading(template: Template) -> set[str]:
    """The origins whose pages may upload."""
    return {
        text(origin)
        for _, bucket in template.of(BUCKET)
        for rule in bucket.get("CorsConfiguration", {}).get("CorsRules", ())
        for origin in rule["AllowedOrigins"]
    }


def _page_buckets(template: Template) -> set[str]:
    """The buckets that CloudFront has files from."""
    return {
        bucket
        for _, settings in _distributions(template)
        for origin in settings["Origins"]
        for bucket in references(origin["DomainName"])
        if template.kind(bucket) == BUCKET
    }


def _distributions(template: Template) -> Iterator[tuple[str, Properties]]:
    return (
        (name, properties["DistributionConfig"]) for name, properties in template.of(DISTRIBUTION)
    )


def _behaviors(settings: Properties) -> Iterator[Mapping[str, Any]]:
    yield settings["DefaultCacheBehavior"]
    yield from settings.get("CacheBehaviors", ())


def _path(behavior: Mapping[str, Any]) -> str:
    return str(behavior.get("PathPattern", "/"))


RULES = (
    pages_speak_tls,
    page_files_are_private,
    pages_have_their_headers,
    answers_pass_through_the_page,
    new_pages_are_seen,
    page_callers_are_counted,
    people_come_back_to_the_page,
    people_come_back_to_the_function,
    page_files_are_the_stacks,
)
