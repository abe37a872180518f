"""Rules for the API: streamed, authorized, validated, throttled, and without questions in its
logs.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.policy.grants import application
from infra.policy.template import Template, references, referent, text

Broken = Iterator[tuple[str, str]]

METHOD, STAGE = "AWS::ApiGateway::Method", "AWS::ApiGateway::Stage"
RESOURCE = "AWS::ApiGateway::Resource"
PAGE = ("", "config.json", "icon.svg", "assets/{file}")
"""The paths of the page's files."""

LONGEST = {"BUFFERED": 29_000, "STREAM": 900_000}
"""The longest timeout of an integration in milliseconds, by its response mode."""

STREAMING = ":lambda:path/2021-11-15/functions/"
"""The part of an integration's address by which a function streams."""

MOST_REQUESTS = 1000  # a second

TELLING = re.compile(
    r"\$(input|context\.(request|response)Override|context\.authorizer\.claims\.email)"
)


def api_is_regional(template: Template) -> Broken:
    """At the edge a stream that is silent for 30 seconds is cut; in a Region, after 5 minutes."""
    for name, properties in template.of("AWS::ApiGateway::RestApi"):
        if properties.get("EndpointConfiguration", {}).get("Types") != ["REGIONAL"]:
            yield name, "an endpoint that is not regional cuts slow streams; say REGIONAL"


def integration_times_are_possible(template: Template) -> Broken:
    for name, integration in _integrations(template):
        mode = integration.get("ResponseTransferMode", "BUFFERED")
        if integration.get("TimeoutInMillis", 0) > LONGEST[mode]:
            yield name, f"{integration['TimeoutInMillis']} ms are too long for {mode}"


def streams_are_streamed(template: Template) -> Broken:
    """The adapter's answers are streams, whatever the method says: buffered, they become a 502."""
    for name, integration in _integrations(template):
        uri = text(integration.get("Uri", ""))
        streamed = "response-streaming-invocations" in uri
        if streamed and STREAMING not in uri:
            yield name, f"its Uri is of another version than {STREAMING}, which streams"
        if (integration.get("ResponseTransferMode") == "STREAM") != streamed:
            yield name, "its ResponseTransferMode and its Uri are of different kinds"
        elif not streamed:
            yield name, "the function answers with streams only; say STREAM"


def requests_reach_the_application(template: Template) -> Broken:
    functions = {name for name, _, _ in application(template)}
    for name, integration in _integrations(template):
        if integration.get("Type") != "AWS_PROXY":
            yield name, "no request of it reaches the function as it is; say AWS_PROXY"
        elif integration.get("IntegrationHttpMethod") != "POST":
            yield name, "functions are called by POST only, whatever the method"
        elif not functions & set(references(integration.get("Uri"))):
            yield name, "it calls another function than the application's"


def deployments_wait_for_their_methods(template: Template) -> Broken:
    """A deployment is a copy of what the API has when it is made."""
    for name, _ in template.of("AWS::ApiGateway::Deployment"):
        needs = template.needs(name)
        if missing := sorted(method for method, _ in template.of(METHOD) if method not in needs):
            yield name, f"{missing[0]} and {len(missing) - 1} more may not be in it; DependsOn"


def answers_are_not_cached(template: Template) -> Broken:
    """An answer is its caller's own, and the cache's key does not say whose."""
    for name, properties in template.of(STAGE):
        caching = any(one.get("CachingEnabled") for one in properties.get("MethodSettings", ()))
        if caching or properties.get("CacheClusterEnabled"):
            yield name, "one person would get another's answer; leave caches out"


def functions_end_before_their_callers(template: Template) -> Broken:
    """Otherwise the caller is cut off, and the function goes on at our cost."""
    functions = dict(template.of("AWS::Lambda::Function"))
    for name, integration in _integrations(template):
        for function in functions.keys() & set(references(integration.get("Uri"))):
            if functions[function]["Timeout"] * 1000 >= integration.get("TimeoutInMillis", 29_000):
                yield name, f"{function} may take longer than its caller waits"


def callers_are_known(template: Template) -> Broken:
    """All but those of the page's files, with which people sign in."""
    for name, properties in _methods(template):
        is_open = properties.get("AuthorizationType", "NONE") == "NONE"
        if is_open and not _is_of_page(template, properties):
            yield name, "anybody may call it; give it an authorizer"


def bodies_are_checked(template: Template) -> Broken:
    for name, properties in _methods(template):
        if _is_of_page(template, properties):
            continue
        if "RequestValidatorId" not in properties:
            yield name, "its requests are not validated"
        elif properties["HttpMethod"] == "POST" and not properties.get("RequestModels"):
            yield name, "its body has no model to be validated by"


def requests_are_throttled(template: Template) -> Broken:
    for name, settings in _settings(template):
        if not (settings.get("ThrottlingRateLimit") and settings.get("ThrottlingBurstLimit")):
            yield name, "one caller can use up what the account may ask of Bedrock; throttle it"
    for name, properties in template.of(STAGE):
        for one in properties.get("MethodSettings", ()):
            rates = (one.get("ThrottlingRateLimit", 1), one.get("ThrottlingBurstLimit", 1))
            if min(rates) <= 0 or rates[0] > MOST_REQUESTS:
                where = f"{one['HttpMethod']} {one['ResourcePath'].replace('~1', '/')}"
                yield name, f"{where} has a rate of {rates[0]}, burst {rates[1]}: that is no limit"


def questions_are_not_logged(template: Template) -> Broken:
    for name, settings in _settings(template):
        if settings.get("DataTraceEnabled"):
            yield name, "DataTraceEnabled writes questions and answers into the log"
    for name, properties in template.of(STAGE):
        if TELLING.search(text(properties.get("AccessLogSetting", {}).get("Format", ""))):
            yield name, "its access log holds more of a request than who asked what route"


def headers_are_not_sampled(template: Template) -> Broken:
    for name, properties in template.of("AWS::WAFv2::WebACL"):
        for rule in properties["Rules"]:
            if rule["VisibilityConfig"]["SampledRequestsEnabled"]:
                yield name, f"{rule['Name']} keeps samples of headers, the caller's token in them"


def stages_are_behind_a_rate_rule(template: Template) -> Broken:
    limiting = {
        name
        for name, properties in template.of("AWS::WAFv2::WebACL")
        if any("RateBasedStatement" in rule["Statement"] for rule in properties["Rules"])
    }
    stages_behind_rule: set[str] = set()
    for name, _ in template.of("AWS::WAFv2::WebACLAssociation"):
        needs = template.needs(name)
        if needs & limiting:
            stages_behind_rule |= needs
    for name, _ in template.of(STAGE):
        if name not in stages_behind_rule:
            yield name, "no firewall with a rate rule stands before it"


def origins_are_named(template: Template) -> Broken:
    for name, properties in template.of("AWS::S3::Bucket"):
        for rule in properties.get("CorsConfiguration", {}).get("CorsRules", ()):
            if "*" in rule["AllowedOrigins"]:
                yield name, "pages of any origin may use it; name the origin"
    for name, integration in _mocks(template):
        for response in integration.get("IntegrationResponses", ()):
            allowed = response.get("ResponseParameters", {})
            if allowed.get("method.response.header.Access-Control-Allow-Origin") == "'*'":
                yield name, "pages of any origin may use it; name the origin"


def _methods(template: Template) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """All methods but those that answer a browser's preflight."""
    return (
        (name, properties)
        for name, properties in template.of(METHOD)
        if properties["HttpMethod"] != "OPTIONS"
    )


def _is_of_page(template: Template, method: Mapping[str, Any]) -> bool:
    """Whether a method gives one of the page's files, of the function that serves the page."""
    serves = any("OUTCROP_SIGN_IN_CLIENT" in variables for _, _, variables in application(template))
    resource = method["ResourceId"]
    path = "" if text(resource).endswith(".RootResourceId}") else None
    if template.kind(referent(resource)) == RESOURCE:
        resources = dict(template.of(RESOURCE))
        own = resources[referent(resource)]
        parent = resources.get(referent(own["ParentId"]), {}).get("PathPart")
        path = f"{parent}/{own['PathPart']}" if parent else own["PathPart"]
    return serves and method["HttpMethod"] == "GET" and path in PAGE


def _integrations(template: Template) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return ((name, properties["Integration"]) for name, properties in _methods(template))


def _mocks(template: Template) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return (
        (name, properties["Integration"])
        for name, properties in template.of(METHOD)
        if properties["Integration"]["Type"] == "MOCK"
    )


def _settings(template: Template) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A stage's settings for all methods; None without any."""
    for name, properties in template.of(STAGE):
        wildcards = [
            one for one in properties.get("MethodSettings", ()) if one["HttpMethod"] == "*"
        ]
        yield from ((name, one) for one in wildcards or [{}])


RULES = (
    api_is_regional,
    integration_times_are_possible,
    streams_are_streamed,
    requests_reach_the_application,
    deployments_wait_for_their_methods,
    answers_are_not_cached,
    functions_end_before_their_callers,
    callers_are_known,
    bodies_are_checked,
    requests_are_throttled,
    questions_are_not_logged,
    headers_are_not_sampled,
    stages_are_behind_a_rate_rule,
    origins_are_named,
)
