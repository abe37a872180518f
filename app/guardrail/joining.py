"""The verdict on an answer that was judged in parts."""

from collections.abc import Sequence
from itertools import chain

from app.events import GuardrailAction
from app.guardrail.limits import Part
from app.guardrail.masks import Mask, apply, masks, united
from app.guardrail.verdict import Verdict


def join(text: str, parts: Sequence[Part], verdicts: Sequence[Verdict]) -> Verdict:
    """One verdict for the whole text: blocked if a part is, masked if a part is.

    A part alone may not be relevant to the question. Bedrock takes an answer for relevant if one
    of its parts is, and so does this.
    """
    if len(verdicts) == 1:
        return verdicts[0]
    relevant = any(not is_irrelevant(each) for each in verdicts)
    assessments = tuple(chain.from_iterable(each.assessments for each in verdicts))
    reasons = (each.reason for each in verdicts if each.action != "none")
    masked: list[Mask] = []
    for part, verdict in zip(parts, verdicts, strict=True):
        if verdict.blocked and not (relevant and is_irrelevant(verdict)):
            return Verdict("blocked", verdict.text, verdict.reason, assessments)
        if verdict.action == "masked":
            judged = text[part.context : part.end]
            masked += (
                Mask(part.context + mask.start, part.context + mask.end, mask.text)
                for mask in masks(judged, verdict.text)
            )
    actions = {each.action for each in verdicts}
    action: GuardrailAction = "none"
    if "masked" in actions:
        action = "masked"
    elif "unjudged" in actions:
        action = "unjudged"
    reason = None if action == "none" else next(filter(None, reasons), None)
    return Verdict(action, apply(text, united(masked)), reason, assessments)


def is_irrelevant(verdict: Verdict) -> bool:
    """Whether a text is blocked for its relevance alone: with more of its answer it may pass."""
    reported = {(each.kind, each.action) for each in verdict.findings if each.action != "NONE"}
    unread = any(each.unread for each in verdict.assessments)
    return verdict.blocked and not unread and reported == {("RELEVANCE", "BLOCKED")}
