"""This project's own documents, as passages: the default guardrail lets each of them pass."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.guardrail_definition import read_definition
from app.local.bedrock_agent.knowledge_bases.drafts import title_of_file
from app.local.engine.chunk import DEFAULT, chunk
from app.local.engine.guard import Guard, Policy
from app.local.engine.guard.grounding import Grounding
from app.local.engine.guard.policy import Filter
from app.local.engine.parsers.process import Parser
from app.local.engine.transformer import Encoder
from tests.quality import ROOT

DOCUMENTS = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"]


def passages(document: Path, parser: Parser, encoder: Encoder) -> Iterator[str]:
    """The chunks of a document, each with what a search joins to it."""
    name = document.relative_to(ROOT).as_posix()
    for piece in chunk(
        parser.parse(document, name).sections, DEFAULT, encoder, title_of_file(name)
    ):
        if beside := piece.neighbours:
            own = piece.text[beside.header :] if beside.before else piece.text
            yield beside.before + own + beside.after
        else:
            yield piece.text


@pytest.fixture(scope="module")
def policy() -> Policy:
    """The content filters of the default guardrail, for what a model reads."""
    content = read_definition().content
    assert content is not None
    kinds = content.model_dump(exclude_none=True)["filters"]
    assert set(kinds) >= {"PROMPT_ATTACK", "MISCONDUCT", "VIOLENCE"}
    return Policy(filters=tuple(Filter(kind, "HIGH", "block") for kind in kinds))


def test_the_default_guardrail_blocks_no_passage_of_these_documents(policy: Policy) -> None:
    encoder = Encoder(threads=1)
    guard, parser = Guard(encoder, Grounding(encoder, encoder)), Parser()
    texts = [
        (one.relative_to(ROOT).as_posix(), text)
        for one in DOCUMENTS
        for text in passages(one, parser, encoder)
    ]
    parser.close()
    assert len(texts) > 700
    blocked = [
        (name, finding.rule.kind, finding.confidence, text[:80])
        for name, text in texts
        for finding in guard.judge(policy, [text]).filters
        if finding.detected
    ]
    assert blocked == []
