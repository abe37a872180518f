"""What a guardrail's definition may say, beyond what its model checks.

https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-components.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.local.control.errors import invalid, unsupported
from app.local.control.records import ACCOUNT, REGION, arn
from app.local.engine.guard import patterns
from app.local.wire import JSON

_SETTINGS = ("name", "description", "blockedInputMessaging", "blockedOutputsMessaging")

# The lists that each policy has, and which member of an item no two items may share.
POLICIES: Mapping[str, Mapping[str, str | None]] = {
    "topicPolicyConfig": {"topicsConfig": "name"},
    "contentPolicyConfig": {"filtersConfig": "type"},
    "wordPolicyConfig": {"wordsConfig": None, "managedWordListsConfig": "type"},
    "sensitiveInformationPolicyConfig": {"piiEntitiesConfig": "type", "regexesConfig": "name"},
    "contextualGroundingPolicyConfig": {"filtersConfig": "type"},
}


def definition(params: JSON) -> JSON:
    """What CreateGuardrail is given, as GetGuardrail shows it.

    Raises:
        ServiceError: ValidationException.
    """
    if "automatedReasoningPolicyConfig" in params:
        raise unsupported("automatedReasoningPolicyConfig", "automated reasoning policies")
    policies = [policy for policy in POLICIES if policy in params]
    if not policies:
        raise invalid("guardrail", f"must have at least one policy: {', '.join(POLICIES)}.")
    for policy in policies:
        _check_lists(policy, params[policy])
        _check_tier(policy, params)
    _check_prompt_attack(params)
    _check_regexes(params)
    _check_thresholds(params)
    return {
        **{member: params[member] for member in _SETTINGS if member in params},
        **{_shown(policy): _policy(params[policy]) for policy in policies},
        **_profile(params),
        **_key(params),
    }


def _policy(config: JSON) -> JSON:
    return {_shown(member): value for member, value in config.items()}


def _shown(member: str) -> str:
    """Members are called one thing when given and another when shown.

    >>> _shown("topicPolicyConfig"), _shown("filtersConfig"), _shown("piiEntitiesConfig")
    ('topicPolicy', 'filters', 'piiEntities')
    """
    return member.removesuffix("Config")


def _check_lists(policy: str, config: JSON) -> None:
    lists = POLICIES[policy]
    if not any(config.get(member) for member in lists):
        raise invalid(policy, f"is empty; it must have {' or '.join(lists)}.")
    for member, identity in lists.items():
        if identity:
            _check_distinct(policy, member, identity, config)


def _check_distinct(policy: str, member: str, identity: str, config: JSON) -> None:
    seen = set()
    for field, item in _items(policy, member, {policy: config}):
        if item[identity] in seen:
            raise invalid(f"{field}.{identity}", f"{item[identity]!r} is there already.")
        seen.add(item[identity])


def _check_tier(policy: str, params: JSON) -> None:
    tier = params[policy].get("tierConfig", {}).get("tierName")
    if tier == "STANDARD" and "crossRegionConfig" not in params:
        raise invalid(f"{policy}.tierConfig", "the tier STANDARD needs a crossRegionConfig.")


def _check_prompt_attack(params: JSON) -> None:
    for field, filter_ in _items("contentPolicyConfig", "filtersConfig", params):
        if filter_["type"] == "PROMPT_ATTACK" and filter_["outputStrength"] != "NONE":
            raise invalid(
                f"{field}.outputStrength",
                "PROMPT_ATTACK content filter strength for response must be NONE.",
            )


def _check_regexes(params: JSON) -> None:
    for field, item in _items("sensitiveInformationPolicyConfig", "regexesConfig", params):
        try:
            patterns.compiled(item["pattern"])
        except patterns.NotAPattern as error:
            raise invalid(
                f"{field}.pattern",
                f"is no regular expression that RE2 takes: {error}. It has no lookaround and no "
                "backreferences.",
            ) from error


def _check_thresholds(params: JSON) -> None:
    for field, filter_ in _items("contextualGroundingPolicyConfig", "filtersConfig", params):
        if not filter_["threshold"] < 1:
            raise invalid(
                f"{field}.threshold",
                f"must be less than 1, and is {filter_['threshold']}: 1 would block every answer.",
            )


def _items(policy: str, member: str, params: JSON) -> Iterator[tuple[str, Any]]:
    """The items of a list, each with its place in the request as the model's errors write it."""
    for number, item in enumerate(params.get(policy, {}).get(member, ()), 1):
        yield f"{policy}.{member}.{number}.member", item


def _profile(params: JSON) -> JSON:
    if "crossRegionConfig" not in params:
        return {}
    name = params["crossRegionConfig"]["guardrailProfileIdentifier"].rpartition("/")[2]
    details = {"guardrailProfileId": name, "guardrailProfileArn": arn(f"guardrail-profile/{name}")}
    return {"crossRegionDetails": details}


def _key(params: JSON) -> JSON:
    """The key's ARN. Nothing is encrypted here, and so there is no alias to look up."""
    if "kmsKeyId" not in params:
        return {}
    key = params["kmsKeyId"]
    if "alias/" in key:
        raise unsupported("kmsKeyId", "aliases of keys; give the key's id or ARN")
    named = key if key.startswith("arn:") else f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{key}"
    return {"kmsKeyArn": named}
