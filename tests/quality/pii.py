"""Personal data in 2,109 texts (pii_presidio): precision, recall and F1 by type, and of any type.

An entity is right if its type is, and if it overlaps the labelled span by more than half of both
together (IoU > .5). What the set labels and Bedrock has no type for (places, organisations, dates,
titles) is left out.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.local.engine.guard.entities import Detection, detect
from tests.quality import CORPORA
from tests.tables import Table

PRESIDIO = CORPORA / "pii_presidio" / "generated_large.jsonl"
TYPES = {
    "EMAIL_ADDRESS": "EMAIL",
    "CREDIT_CARD": "CREDIT_DEBIT_CARD_NUMBER",
    "US_SSN": "US_SOCIAL_SECURITY_NUMBER",
    "IBAN_CODE": "INTERNATIONAL_BANK_ACCOUNT_NUMBER",
    "IP_ADDRESS": "IP_ADDRESS",
    "PHONE_NUMBER": "PHONE",
    "DOMAIN_NAME": "URL",
    "US_DRIVER_LICENSE": "DRIVER_ID",
    "PERSON": "NAME",
    "ADDRESS": "ADDRESS",
}
GOALS = {
    **dict.fromkeys(("EMAIL_ADDRESS", "CREDIT_CARD", "US_SSN", "IBAN_CODE", "IP_ADDRESS"), 0.95),
    "PHONE_NUMBER": 0.75,
}


@dataclass(frozen=True, slots=True)
class Score:
    right: int
    labelled: int
    detected: int

    @property
    def precision(self) -> float:
        return self.right / self.detected if self.detected else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.labelled if self.labelled else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.labelled + self.detected)


def scores() -> dict[str, Score]:
    """By the set's types, and `any`: an entity of whatever type where one is labelled."""
    right, labelled, detected = Counter[str](), Counter[str](), Counter[str]()
    names = {kind: name for name, kind in TYPES.items()}
    for line in PRESIDIO.read_text(encoding="utf-8").split("\n")[:-1]:
        case = json.loads(line)
        entities = [each for each in detect(case["text"]) if each.kind in names]
        spans = [each for each in case["spans"] if each["type"] in TYPES]
        labelled.update(each["type"] for each in spans)
        detected.update(names[each.kind] for each in entities)
        for span in spans:
            hits = [each for each in entities if _overlap(each, span) > 0.5]
            right["any"] += bool(hits)
            right[span["type"]] += any(each.kind == TYPES[span["type"]] for each in hits)
    labelled["any"], detected["any"] = labelled.total(), detected.total()
    return {name: Score(right[name], labelled[name], detected[name]) for name in (*TYPES, "any")}


def _overlap(entity: Detection, span: Mapping[str, int]) -> float:
    both = min(entity.end, span["end"]) - max(entity.start, span["start"])
    return both / (max(entity.end, span["end"]) - min(entity.start, span["start"]))


def run() -> Iterator[Table | str]:
    if not PRESIDIO.exists():
        yield f"{PRESIDIO} is not here."
        return
    rows: list[Sequence[str]] = [
        (name, str(score.labelled),
         f"{score.precision:.3f}", f"{score.recall:.3f}", f"{score.f1:.3f}",
         str(GOALS.get(name, "")))
        for name, score in scores().items()
    ]  # fmt: skip
    yield Table(
        "Personal data: pii_presidio",
        ("type", "labelled", "precision", "recall", "F1", "goal"),
        rows,
    )
