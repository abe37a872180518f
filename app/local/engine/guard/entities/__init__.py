"""Personal data: the types of PII that Bedrock has, by what each looks like.

sheet       the text as its data is looked for, a byte for each code point
rules       each kind by its forms, check digits and the words before it
names, addresses    by lists, and by the words and numbers about them
resolve     of entities that overlap, the one of the surer kind, then the longer one
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.local.engine.guard.entities import network, numbers
from app.local.engine.guard.entities.addresses import addresses
from app.local.engine.guard.entities.names import names
from app.local.engine.guard.entities.rules import Detection, Rule, SignSheet, compiled
from app.local.engine.guard.findings import EntityFinding, Span
from app.local.engine.guard.policy import Entity

__all__ = ["KINDS", "Detection", "detect", "find"]

RULES: tuple[Rule, ...] = (
    *(*network.NETWORK, *network.ACCOUNTS),
    *(*numbers.CARDS, *numbers.ACCOUNTS, *numbers.PERSONS, *numbers.PHONES),
)

_CUES = rb"(?i:" + b"|".join(rule.cue for rule in RULES if rule.cue) + rb")"

# Kinds that little else looks like come first, those that are guessed last.
_SUREST = (
    *("AWS_ACCESS_KEY", "AWS_SECRET_KEY", "EMAIL", "INTERNATIONAL_BANK_ACCOUNT_NUMBER"),
    *("CREDIT_DEBIT_CARD_NUMBER", "MAC_ADDRESS", "IP_ADDRESS", "URL", "US_SOCIAL_SECURITY_NUMBER"),
    *("UK_NATIONAL_INSURANCE_NUMBER", "VEHICLE_IDENTIFICATION_NUMBER", "SWIFT_CODE"),
    *("UK_NATIONAL_HEALTH_SERVICE_NUMBER", "UK_UNIQUE_TAXPAYER_REFERENCE_NUMBER"),
    *("CA_HEALTH_NUMBER", "US_BANK_ROUTING_NUMBER", "US_BANK_ACCOUNT_NUMBER", "DRIVER_ID"),
    *("US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER", "US_PASSPORT_NUMBER", "LICENSE_PLATE", "PIN"),
    *("CREDIT_DEBIT_CARD_CVV", "CREDIT_DEBIT_CARD_EXPIRY", "PASSWORD", "USERNAME", "PHONE"),
    *("CA_SOCIAL_INSURANCE_NUMBER", "AGE", "ADDRESS", "NAME"),
)
KINDS = frozenset(_SUREST)
_PLACES = {kind: place for place, kind in enumerate(_SUREST)}


def find(texts: Sequence[str], rules: Sequence[Entity]) -> Iterator[EntityFinding]:
    """The entities of these kinds in each text, in the order of the text."""
    if not rules:
        return
    of_kind = {rule.kind: rule for rule in rules}
    for number, text in enumerate(texts):
        for entity in detect(text):
            if rule := of_kind.get(entity.kind):
                span = Span(number, entity.start, entity.end)
                yield EntityFinding(rule, text[entity.start : entity.end], span)


def detect(text: str) -> tuple[Detection, ...]:
    """Every entity of any kind in a text, in its order. No two of them overlap."""
    sheet = SignSheet.of(text)
    entities = [*numbers.cards(sheet), *numbers.ibans(sheet), *names(sheet), *addresses(sheet)]
    has_cue = compiled(_CUES).search(sheet.signs) is not None
    for rule in RULES:
        if has_cue or not rule.cue:
            entities += rule.entities(sheet)
    spans = ((entity, sheet.reading.span(entity.start, entity.end)) for entity in resolve(entities))
    return tuple(replace(entity, start=start, end=end) for entity, (start, end) in spans)


def resolve(entities: Sequence[Detection]) -> list[Detection]:
    """Those entities that do not overlap one of a surer kind, or a longer one of their own."""
    surest = sorted(
        entities, key=lambda each: (_PLACES[each.kind], each.start - each.end, each.start)
    )
    room = bytearray(max((entity.end for entity in entities), default=0))
    chosen = []
    for entity in surest:
        if room.find(1, entity.start, entity.end) < 0:
            room[entity.start : entity.end] = b"\1" * (entity.end - entity.start)
            chosen.append(entity)
    return sorted(chosen, key=lambda each: each.start)
