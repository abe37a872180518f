"""A guardrail's definition, read for one direction."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from app.local.engine.guard.policy import (
    Action,
    Entity,
    Filter,
    Pattern,
    Policy,
    Threshold,
    Topic,
    Word,
)
from app.local.judgement import Source
from app.local.wire import JSON

ACTIONS: Mapping[str, Action] = {"BLOCK": "block", "ANONYMIZE": "mask", "NONE": "report"}


def read_policy(guardrail: JSON, source: Source, without: Collection[str] = ()) -> Policy:
    """What a guardrail, as GetGuardrail shows it, looks for in this direction.

    Every rule can say `inputAction` and `inputEnabled`, or `outputAction` and `outputEnabled`. A
    content filter is off in a direction in which its strength is NONE. Contextual grounding judges
    what a model wrote, and nothing else. Filters whose type is in `without` are left out.
    """
    way = source.lower()

    def rules(policy: str, items: str) -> Iterator[tuple[JSON, Action]]:
        for rule in guardrail.get(policy, {}).get(items, ()):
            enabled = rule.get(f"{way}Enabled", rule.get("enabled", True))
            if enabled and not (items == "filters" and rule["type"] in without):
                yield rule, _action(rule, way)

    return Policy(
        topics=tuple(
            Topic(rule["name"], rule["definition"], tuple(rule.get("examples", ())), action)
            for rule, action in rules("topicPolicy", "topics")
        ),
        filters=tuple(
            Filter(rule["type"], rule[f"{way}Strength"], action)
            for rule, action in rules("contentPolicy", "filters")
            if rule[f"{way}Strength"] != "NONE" and "TEXT" in rule.get(f"{way}Modalities", ["TEXT"])
        ),
        words=tuple(Word(rule["text"], action) for rule, action in rules("wordPolicy", "words")),
        profanity=next((action for _, action in rules("wordPolicy", "managedWordLists")), None),
        entities=tuple(
            Entity(rule["type"], action)
            for rule, action in rules("sensitiveInformationPolicy", "piiEntities")
        ),
        patterns=tuple(
            Pattern(rule["name"], rule["pattern"], action)
            for rule, action in rules("sensitiveInformationPolicy", "regexes")
        ),
        grounding=tuple(
            Threshold(rule["type"], rule["threshold"], action)
            for rule, action in rules("contextualGroundingPolicy", "filters")
            if source == "OUTPUT"
        ),
    )


def _action(rule: Mapping[str, Any], way: str) -> Action:
    return ACTIONS[rule.get(f"{way}Action", rule.get("action", "BLOCK"))]
