"""Which Regions take the inference profiles of which geography, as of November 2026.

A profile is the model's id with its geography before it. It hands a request to another Region of
the geography; `global` to any. That a geography is here does not say that every model has it:
`ModelFacts.geographies` does. What ListInferenceProfiles says in a Region is newer.

https://docs.aws.amazon.com/bedrock/latest/userguide/models-region-compatibility.html
"""

from collections.abc import Mapping, Sequence

_US = "us-east-1 us-east-2 us-west-1 us-west-2"
_CANADA = "ca-central-1 ca-west-1"
_EUROPE = "eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3"
_JAPAN = "ap-northeast-1 ap-northeast-3"
_INDIA = "ap-south-1 ap-south-2"
_AUSTRALIA = "ap-southeast-2 ap-southeast-4"
_REST_OF_ASIA = "ap-east-2 ap-northeast-2 ap-southeast-1 ap-southeast-3 ap-southeast-5"
_ELSEWHERE = "af-south-1 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1"
_ASIA = f"{_JAPAN} {_INDIA} {_AUSTRALIA} {_REST_OF_ASIA} ap-southeast-6 ap-southeast-7"

SOURCES: Mapping[str, frozenset[str]] = {
    geography: frozenset(regions.split())
    for geography, regions in {
        "us": f"{_US} {_CANADA}",
        "us-gov": "us-gov-east-1 us-gov-west-1",
        "ca": _CANADA,
        "eu": f"{_EUROPE} il-central-1",
        "apac": f"{_ASIA} me-central-1",
        "au": f"{_AUSTRALIA} ap-southeast-6",
        "jp": _JAPAN,
        "in": _INDIA,
        "global": f"{_US} {_CANADA} {_EUROPE} {_ASIA} {_ELSEWHERE}",
    }.items()
}
"""By geography, the Regions that a request to its profiles may be sent to."""


def names_of(
    model: str, geographies: tuple[str, ...], inference: Sequence[str], region: str
) -> list[str]:
    """The ids by which a Region takes a model: its own first, where that does.

    Args:
        inference: how the Region offers it, as ListFoundationModels says.

    >>> names_of("amazon.nova-2-lite-v1:0", ("us", "eu", "jp"), ["INFERENCE_PROFILE"], "eu-west-1")
    ['eu.amazon.nova-2-lite-v1:0']
    """
    return [model] * ("ON_DEMAND" in inference) + profiles(model, geographies, region)


def profiles(model: str, geographies: tuple[str, ...], region: str) -> list[str]:
    """The inference profiles of a model that a Region takes, the nearest first.

    Args:
        model: its id.
        geographies: those that it has profiles of.
        region: where it is to be called.

    >>> profiles("amazon.nova-lite-v1:0", ("us", "ca", "eu", "apac"), "eu-west-1")
    ['eu.amazon.nova-lite-v1:0']
    """
    return [f"{name}.{model}" for name in geographies if region in SOURCES[name]]
