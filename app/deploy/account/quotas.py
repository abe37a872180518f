"""The quotas that a first user meets: requests and tokens a minute, and concurrent functions."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.aws import Operator, calling
from app.deploy.findings import Finding
from app.deploy.stack.context import Choices
from app.models.facts.ids import parse

# A young account has 10, where an old one has 1000.
FEW_EXECUTIONS = 100
CONCURRENCY = "Concurrent executions"
RATES = ("requests per minute", "tokens per minute")
FEW = "Each answer uses one for as long as it streams."
RAISE = "Request more in the Service Quotas console, which takes hours to days."


def quotas(aws: Operator, choices: Choices) -> Iterator[Finding]:
    """The account's requests and tokens a minute, and its concurrent functions."""
    with calling("ListFoundationModels"):
        summaries = aws.bedrock.list_foundation_models()["modelSummaries"]
    names = {summary["modelId"]: summary["modelName"] for summary in summaries}
    bedrock_quotas = list(_applied_quotas(aws, "bedrock"))
    for model_id in (choices.model_id, choices.embedding_model_id):
        yield _rates(bedrock_quotas, model_id, names.get(parse(model_id).model, ""))
    yield from _executions(_applied_quotas(aws, "lambda"))


def _applied_quotas(aws: Operator, service: str) -> Iterator[Mapping[str, Any]]:
    pages = aws.service_quotas.get_paginator("list_service_quotas").paginate(ServiceCode=service)
    with calling("ListServiceQuotas"):
        for page in pages:
            yield from page["Quotas"]


def _rates(bedrock_quotas: Iterable[Mapping[str, Any]], model_id: str, name: str) -> Finding:
    """The quotas of requests and tokens a minute for one model, by Service Quotas' names for them.

    Such as "On-demand model inference requests per minute for Amazon Nova Lite" and "Cross-region
    model inference tokens per minute for Anthropic Claude Sonnet 4.5 V1".
    """
    check = f"Quotas of {model_id}"
    own = {
        quota["QuotaName"]: quota["Value"]
        for quota in bedrock_quotas
        if name and _is_of(quota["QuotaName"], name, _reach(model_id))
    }
    rates = {rate: value for rate in RATES for title, value in own.items() if rate in title}
    if not rates:
        return Finding(check, well=None, found="Service Quotas has none with the model's name")
    state = ", ".join(f"{value:,.0f} {rate}" for rate, value in rates.items())
    none = 0 in rates.values()
    return Finding(check, not none, state, RAISE if none else None)


def _is_of(quota: str, name: str, reach: str) -> bool:
    """Whether a quota is for the model of this name, called in this way.

    >>> _is_of("On-demand ... for Amazon Nova Lite", "Nova Lite", "on-demand")
    True
    >>> _is_of("Cross-region ... for Anthropic Claude Opus 4 V1", "Claude Opus 4", "cross-region")
    True
    >>> _is_of("On-demand ... for Amazon Nova 2 Lite", "Nova Lite", "on-demand")
    False
    """
    words = quota.casefold().removesuffix(" v1")
    return words.startswith(reach) and words.endswith(f" {name.casefold()}")


def _reach(model_id: str) -> str:
    """The first word of a quota's name, by the way in which the model is called."""
    geography = parse(model_id).geography
    if geography is None:
        return "on-demand"
    return "global cross-region" if geography == "global" else "cross-region"


def _executions(lambda_quotas: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
    for quota in lambda_quotas:
        if quota["QuotaName"] == CONCURRENCY:
            few = quota["Value"] < FEW_EXECUTIONS
            state = f"{quota['Value']:,.0f} at once"
            yield Finding("Functions", True, state, f"{FEW} {RAISE}" if few else None)
