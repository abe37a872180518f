"""Texts without what is to be masked."""

from collections.abc import Sequence
from itertools import chain

from app.local.engine.guard.findings import Findings, Span


def mask(texts: Sequence[str], findings: Findings) -> list[str]:
    """The texts, with the name of its kind in braces in place of whatever a rule masks, as Bedrock
    writes `{EMAIL}`. Of spans that overlap, the first one counts, and of those the longest.
    """
    named: list[tuple[Span, str]] = list(
        chain(
            (
                (finding.span, finding.rule.kind)
                for finding in findings.entities
                if finding.rule.action == "mask"
            ),
            (
                (finding.span, finding.rule.name)
                for finding in findings.patterns
                if finding.rule.action == "mask"
            ),
        )
    )
    named.sort(key=lambda each: (each[0].text, each[0].start, -each[0].end))
    pieces: list[list[str]] = [[] for _ in texts]
    ends = [0] * len(texts)
    for span, name in named:
        end = ends[span.text]
        if span.end <= end:
            continue
        # What a masked span overlaps with its end is masked as well.
        pieces[span.text] += (texts[span.text][end : max(end, span.start)], f"{{{name}}}")
        ends[span.text] = span.end
    return [
        "".join((*before, text[end:]))
        for before, text, end in zip(pieces, texts, ends, strict=True)
    ]
