"""Bedrock's own inference profiles, as a Region has them."""

from collections.abc import Iterator
from datetime import UTC, datetime

from app.local.bedrock.availability import GLOBAL, geographies, partition
from app.local.bedrock.foundation_models import FoundationModel, models
from app.local.bedrock.names import INFERENCE_PROFILE, parse
from app.local.control.records import ACCOUNT
from app.local.wire import JSON

_SINCE = datetime(2026, 11, 1, tzinfo=UTC)  # of the snapshot: when each was made is not known


def profiles(region: str, now: datetime) -> Iterator[JSON]:
    """What GetInferenceProfile answers, for each that a Region has."""
    for model in models().values():
        if not model.ended(now):
            for geography in model.availability.profiles:
                if model.availability.takes_profile(geography, region):
                    yield _describe(model, geography, region)


def find(identifier: str, region: str, now: datetime) -> JSON | None:
    """The profile with this id or ARN in a Region; None where there is none."""
    name = parse(identifier)
    model = models().get(name.model)
    if model is None or name.kind != INFERENCE_PROFILE or name.region not in ("", region):
        return None
    if model.ended(now) or not model.availability.takes_profile(name.geography, region):
        return None
    return _describe(model, name.geography, region)


def _describe(model: FoundationModel, geography: str, region: str) -> JSON:
    identifier, own = f"{geography}.{model.id}", partition(region)
    title = model.name if model.provider == "Amazon" else f"{model.provider} {model.name}"
    regions = model.availability.reaches(geography, region)
    arn = f"arn:{own}:bedrock:{region}:{ACCOUNT}:{INFERENCE_PROFILE}/{identifier}"
    return {
        "inferenceProfileName": f"{geographies()[geography]} {title}",
        "description": f"Routes requests to {title} {_where(geography, regions)}.",
        "createdAt": _SINCE,
        "updatedAt": _SINCE,
        "inferenceProfileArn": arn,
        "models": [
            {"modelArn": f"arn:{own}:bedrock:{one}::foundation-model/{model.id}"} for one in regions
        ],
        "inferenceProfileId": identifier,
        "status": "ACTIVE",
        "type": "SYSTEM_DEFINED",
    }


def _where(geography: str, regions: tuple[str, ...]) -> str:
    """The Regions, in words.

    >>> _where("jp", ("ap-northeast-1", "ap-northeast-3"))
    'in ap-northeast-1 and ap-northeast-3'
    """
    if geography == GLOBAL:
        return "globally across all supported AWS Regions"
    *before, last = regions
    return f"in {', '.join(before)} and {last}" if before else f"in {last}"
