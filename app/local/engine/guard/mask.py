"""Texts without what is to be masked."""

from collections.abc import Iterator, Sequence
from itertools import chain

from app.local.engine.guard.findings import Findings, Span


def masks(findings: Findings) -> Iterator[tuple[Span, str]]:
    """The spans that a rule masks, in order, each with what stands there instead: the name of its
    kind in braces, as Bedrock writes `{EMAIL}`.

    Of spans that overlap, the first one counts, and of those the longest. What one of them overlaps
    with its end is a span of its own.
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
    text = end = 0
    for span, name in named:
        if span.text != text:
            text, end = span.text, 0
        if span.end > end:
            yield Span(span.text, max(end, span.start), span.end), f"{{{name}}}"
            end = span.end


def mask(texts: Sequence[str], findings: Findings) -> list[str]:
    pieces: list[list[str]] = [[] for _ in texts]
    ends = [0] * len(texts)
    for span, instead in masks(findings):
        pieces[span.text] += (texts[span.text][ends[span.text] : span.start], instead)
        ends[span.text] = span.end
    return [
        "".join((*before, text[end:]))
        for before, text, end in zip(pieces, texts, ends, strict=True)
    ]
