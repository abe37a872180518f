"""Figures that the docs promise are those of the code. What each does is tested beside its code."""

import re
from collections.abc import Iterable
from datetime import timedelta

import pytest

from app.agent import calls, uses
from app.citations import support
from app.conversations import keys
from app.deploy.laptop.guardrail import MAX_VERSIONS
from app.deploy.laptop.model_servers import USUAL_PORTS
from app.documents import upload
from app.documents.content import LIFETIME
from app.guardrail import bedrock, limits
from app.local.engine import late_order
from app.local.engine.chunk.blocks import LONGEST as LONGEST_BLOCK
from app.local.engine.guard import sample
from app.local.engine.store import index, live_index, vector_search
from app.local.engine.writer import evidence, question
from app.retrieval import folding
from app.turn import gate
from app.web.schemas.base import LONGEST_MESSAGE
from tests.docs import DOCS, ROOT

WORDS: dict[float, str] = {5: "five", 12: "twelve", 20: "twenty"}
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("page", "sentence", "values"),
    [
        ("documents.md", "may be up to {} MB large", [upload.LARGEST // 2**20]),
        ("documents.md", "to its URL within {} minutes", [upload.LIFETIME // MINUTE]),
        ("documents.md", "which works for {} minutes", [LIFETIME // MINUTE]),
        ("operate.md", "at most {} characters, an answer", [LONGEST_MESSAGE]),
        ("search.md", "times the passages that are wanted, up to {}.", [folding.MOST]),
        ("search.md", "orders the first {}.", [late_order.FIRST]),
        ("search.md", "has {} and the fused score 1.", [late_order.WEIGHT]),
        ("search.md", "counts once more, by {}:", [late_order.WORDS]),
        ("search.md", "passages longer than {} characters", [late_order.LONGEST]),
        ("search.md", "a block of more than {} characters", [LONGEST_BLOCK]),
        ("store.md", "Segments of {} rows and more", [live_index.SAVED]),
        ("store.md", "A segment of {} rows is merged no further", [index.FULL]),
        ("store.md", "more than {} segments are left", [live_index.MANY]),
        ("store.md", "If at most {} chunks pass the filter", [vector_search.EXACT]),
        ("store.md", "Beyond {} chunks the first", [vector_search.FIRST]),
        ("guardrails.md", "in one call for {} characters", [bedrock.BATCH]),
        ("guardrails.md", "from {} characters, each twice", [gate.FIRST]),
        ("guardrails.md", "the oldest of {} goes", [MAX_VERSIONS]),
        (
            "guardrails.md",
            "takes {} characters of grounding sources, {} of a query and {} of an answer",
            [limits.SOURCES, limits.QUERY, limits.ANSWER],
        ),
        ("judges.md", "At most {} tokens of sentences", [sample.TOKENS]),
        ("agents.md", "at most {} characters that any JSON holds", [uses.LONGEST_ARGUMENTS]),
        ("agents.md", "; {} calls in a reply", [uses.MOST_CALLS]),
        ("agents.md", "A result is cut after {} characters", [calls.LONGEST_RESULT]),
        ("conversations.md", "the first {} characters of its first", [keys.TITLE_LENGTH]),
        ("answers.md", "fewer than {} % in the quote", [round(100 * support.LEAST_IN_QUOTE)]),
        ("answers.md", "at least {} % of its words are in", [round(100 * support.CLOSE)]),
        ("writer.md", "a question of more than {} characters", [question.LONGEST]),
        ("writer.md", "At most {} candidates are compared", [evidence.MOST]),
        ("writer.md", "Ollama {}, LM Studio {}, llama.cpp {} or vLLM {}", USUAL_PORTS.values()),
    ],
)
def test_the_docs_have_the_figures_of_the_code(
    page: str, sentence: str, values: Iterable[float]
) -> None:
    text = " ".join((DOCS / page).read_text().split())
    first, *rest = map(re.escape, sentence.split("{}"))
    pattern = first + "".join(
        f"(?:{spellings(value)}){part}" for value, part in zip(values, rest, strict=True)
    )
    assert re.search(pattern, text), f"{page} does not say: {pattern}"


def spellings(value: float) -> str:
    """How a figure may be written, as a regular expression.

    >>> spellings(25_000), spellings(12)
    ('25,000|25000', '12|twelve')
    """
    forms = [f"{value:,}", str(value), f"{value:g}", WORDS.get(value, "")]
    return "|".join(dict.fromkeys(re.escape(one) for one in forms if one))


@pytest.mark.parametrize("store", ["opensearch-serverless", "s3-vectors"])
def test_the_readme_has_the_costs_of_a_stack(store: str) -> None:
    variants = (DOCS / "deploy.md").read_text()
    [cost] = re.findall(rf"`vector_store={store}`, `agent=converse` \|.*\| \$([\d.]+) \|", variants)
    assert f"${float(cost):.0f}" in (ROOT / "README.md").read_text()
