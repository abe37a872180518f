"""Texts without what is to be masked, where spans overlap."""

from app.local.engine.guard.findings import Findings, PatternFinding, Span
from app.local.engine.guard.mask import mask, masks
from app.local.engine.guard.policy import Pattern


def finding(name: str, text: int, start: int, end: int) -> PatternFinding:
    return PatternFinding(Pattern(name, "", "mask"), "", Span(text, start, end))


def test_masks_do_not_overlap() -> None:
    overlapping = (
        finding("B", 0, 2, 6),
        finding("A", 0, 0, 4),
        finding("C", 0, 3, 4),
        finding("D", 1, 0, 1),
    )
    findings = Findings(patterns=overlapping)
    assert list(masks(findings)) == [
        (Span(0, 0, 4), "{A}"),
        (Span(0, 4, 6), "{B}"),
        (Span(1, 0, 1), "{D}"),
    ]
    assert mask(["abcdefgh", "xyz"], findings) == ["{A}{B}gh", "{D}yz"]
