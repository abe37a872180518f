"""Rules for pages in a browser: what the preflight, the refusals and the buckets allow them."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.resources import PAGE_HEADERS
from infra.policy.grants import application
from infra.policy.template import Template, references, text

Broken = Iterator[tuple[str, str]]

METHOD, RESPONSE = "AWS::ApiGateway::Method", "AWS::ApiGateway::GatewayResponse"
BUCKET = "AWS::S3::Bucket"
ALLOW = "method.response.header.Access-Control-Allow-"
HEADERS = frozenset(PAGE_HEADERS)
SIGNING = {"x-amz-date", "x-amz-security-token", "x-amz-content-sha256"}
PROBLEM = "application/problem+json"


def preflights_allow_what_pages_send(template: Template) -> Broken:
    signed = any(one.get("AuthorizationType") == "AWS_IAM" for _, one in template.of(METHOD))
    needed = set(HEADERS | (SIGNING if signed else set()))
    origins = _origins(template)
    methods: dict[str, set[str]] = {}
    for _, properties in template.of(METHOD):
        methods.setdefault(text(properties["ResourceId"]), set()).add(properties["HttpMethod"])
    preflights = set()
    for name, properties in template.of(METHOD):
        if properties["HttpMethod"] != "OPTIONS":
            continue
        preflights.add(text(properties["ResourceId"]))
        for response in properties["Integration"].get("IntegrationResponses", ()):
            parameters = response.get("ResponseParameters", {})
            if missing := needed - _listed(parameters, "Headers", str.lower):
                yield name, f"a page may not send {', '.join(sorted(missing))}"
            own = methods[text(properties["ResourceId"])] - {"OPTIONS"}
            if missing := own - _listed(parameters, "Methods", str.upper):
                yield name, f"a page may not call {', '.join(sorted(missing))}"
            if _listed(parameters, "Origin", str) != origins:
                yield name, f"it allows another origin than the application: {sorted(origins)}"
    for resource, own in methods.items():
        if origins and resource not in preflights and own:
            yield resource.strip("${}"), "a page is not told that it may call this"


def refusals_can_be_read(template: Template) -> Broken:
    """By a page, and as a problem: as the application's own are."""
    origins = _origins(template)
    kinds = set()
    for name, properties in template.of(RESPONSE):
        kinds.add(properties["ResponseType"])
        parameters = properties.get("ResponseParameters", {})
        allowed = text(parameters.get("gatewayresponse.header.Access-Control-Allow-Origin", ""))
        if origins and allowed.strip("'") not in origins:
            yield name, "a page cannot read this refusal; allow its origin"
        if list(properties.get("ResponseTemplates", {})) != ["application/json"]:
            yield name, "its template is the one that API Gateway chooses: of application/json"
        kind = text(parameters.get("gatewayresponse.header.Content-Type", ""))
        if kind != f"'{PROBLEM}'":
            yield name, f"a refusal is {PROBLEM}"
    for name, _ in template.of("AWS::ApiGateway::RestApi"):
        if missing := {"DEFAULT_4XX", "DEFAULT_5XX"} - kinds:
            yield name, f"its own refusals are no problems: {', '.join(sorted(missing))}"


def pages_may_upload(template: Template) -> Broken:
    origins = _origins(template)
    named = {
        one
        for _, properties, _ in application(template)
        for one in references(
            properties["Environment"]["Variables"].get("OUTCROP_DOCUMENTS_BUCKET", "")
        )
    }
    for name, properties in template.of(BUCKET):
        if not origins or name not in named:
            continue
        rules = properties.get("CorsConfiguration", {}).get("CorsRules", ())
        if not any(
            origins <= set(rule["AllowedOrigins"]) and "POST" in rule["AllowedMethods"]
            for rule in rules
        ):
            yield name, "a page may not upload into it by POST"


def _origins(template: Template) -> set[str]:
    return {
        variables["OUTCROP_ORIGIN"]
        for _, _, variables in application(template)
        if "OUTCROP_ORIGIN" in variables
    }


def _listed(parameters: Mapping[str, Any], header: str, as_written: Any) -> set[str]:
    value = text(parameters.get(ALLOW + header, "")).strip("'")
    return {as_written(one.strip()) for one in value.split(",") if one.strip()}


RULES = (preflights_allow_what_pages_send, refusals_can_be_read, pages_may_upload)
