"""Figures that the docs promise are those of the code. What each does is tested beside its code."""

import re
from collections.abc import Iterable
from datetime import timedelta

import pytest

from app import resources
from app.agent import calls, uses
from app.budgets.table import KEPT_SECONDS
from app.citations import support
from app.conversations import keys
from app.deploy.laptop.guardrail import MAX_VERSIONS
from app.deploy.laptop.model_servers import USUAL_PORTS
from app.documents import attributes, upload
from app.documents.content import LIFETIME
from app.guardrail import bedrock, limits
from app.local import reserve, write_ahead_log
from app.local.bedrock_agent.knowledge_bases import drafts
from app.local.bedrock_agent.knowledge_bases.reading import QUICK
from app.local.bedrock_agent_runtime.agents import files
from app.local.bedrock_agent_runtime.generation import external, sessions
from app.local.bedrock_agent_runtime.generation.orchestration import MOST_QUERIES
from app.local.bedrock_runtime.guarding import held
from app.local.engine import implicit, late_order, parsers, reranking
from app.local.engine.chunk.blocks import LONGEST as LONGEST_BLOCK
from app.local.engine.guard import sample
from app.local.engine.parsers import archive, render
from app.local.engine.parsers.pdf.annotations import MOST_NOTES
from app.local.engine.parsers.process import Limits
from app.local.engine.store import index, live_index, vector_search
from app.local.engine.writer import evidence, question
from app.mcp import arguments, elicitation, tool_calls
from app.mcp import resources as mcp_resources
from app.models import estimate
from app.retrieval import folding
from app.turn import borders, draft, gate
from app.web import request_body, responses
from app.web.__main__ import GRACE_SECONDS, LAST_WORDS_SECONDS
from app.web.openai.schemas import MOST_TEXTS
from app.web.routes import suggestions
from app.web.schemas.base import LONGEST_MESSAGE
from app.web.schemas.conversations import LONGEST_TITLE, LONGEST_WORDS
from tests.docs import DOCS, ROOT

WORDS: dict[float, str] = {
    2: "twice",
    3: "three",
    4: "four",
    5: "five",
    8: "eight",
    10: "ten",
    12: "twelve",
    20: "twenty",
    100: "a hundred",
}
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MB, DAY = 2**20, 86_400
PARSING = Limits()


@pytest.mark.parametrize(
    ("page", "sentence", "values"),
    [
        ("documents.md", "may be up to {} MB large", [resources.LARGEST_DOCUMENT // MB]),
        (
            "documents.md",
            "unpack to more than {} MB, or to more than {} times its size",
            [archive.LARGEST // MB, archive.DENSEST],
        ),
        ("documents.md", "a table of more than {} columns", [render.WIDEST]),
        ("documents.md", "a page with more than {} such pieces the first", [MOST_NOTES]),
        ("documents.md", "can be filtered, at most {} KB", [attributes.LARGEST // 1024]),
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
        ("guardrails.md", "unless they are longer than {} characters", [borders.LONGEST_BLOCK]),
        (
            "guardrails.md",
            "Beyond {} characters it is judged with the {} before it",
            [limits.ANSWER, gate.CONTEXT],
        ),
        ("guardrails.md", "and the last {} characters before it", [limits.OVERLAP]),
        ("guardrails.md", "at most {} characters behind the mark", [draft.LONGEST_ABSTENTION]),
        ("guardrails.md", "A judgement is asked for again, {}, if", [len(bedrock.PAUSES)]),
        (
            "guardrails.md",
            "sentences of at least {} characters, or {} characters without an end",
            [held.STEP, held.LONGEST],
        ),
        ("guardrails.md", "All but the last {} characters", [held.HOLD]),
        (
            "guardrails.md",
            "takes {} characters of grounding sources, {} of a query and {} of an answer",
            [limits.SOURCES, limits.QUERY, limits.ANSWER],
        ),
        ("judges.md", "At most {} tokens of sentences", [sample.TOKENS]),
        ("agents.md", "at most {} characters that any JSON holds", [uses.LONGEST_ARGUMENTS]),
        ("agents.md", "; {} calls in a reply", [uses.MOST_CALLS]),
        ("agents.md", "A result is cut after {} characters", [calls.LONGEST_RESULT]),
        ("agents.md", "may be {} at most, of {} MiB", [files.MOST, external.MOST_BYTES // MB]),
        ("budgets.md", "({} bytes to a token)", [estimate.BYTES]),
        ("budgets.md", "deletes an item {} days after its month", [KEPT_SECONDS // DAY]),
        ("conversations.md", "the first {} characters of its first", [keys.TITLE_LENGTH]),
        ("answers.md", "fewer than {} % in the quote", [round(100 * support.LEAST_IN_QUOTE)]),
        ("answers.md", "at least {} % of its words are in", [round(100 * support.CLOSE)]),
        ("http.md", "over {} bytes of body", [resources.LARGEST_BODY]),
        ("http.md", "more than {} levels of arrays and objects", [request_body.DEEPEST]),
        ("http.md", "a comment is sent every {} seconds", [responses.QUIET_SECONDS]),
        ("http.md", "of 1 to {} characters, renames it", [LONGEST_TITLE]),
        ("http.md", "words have {} characters at most", [LONGEST_WORDS]),
        ("http.md", "about the latest {} documents", [suggestions.MOST]),
        ("http.md", "Answers under way have {} seconds to end", [GRACE_SECONDS]),
        ("http.md", "Readers have {} more seconds", [LAST_WORDS_SECONDS]),
        ("knowledge-bases.md", "| its file, as in Bedrock | {} MB", [PARSING.megabytes]),
        (
            "knowledge-bases.md",
            "| parsing | {} seconds, {} MB of memory",
            [PARSING.seconds, PARSING.memory],
        ),
        ("knowledge-bases.md", "| its text | {} million", [parsers.LONGEST_TEXT // 10**6]),
        ("knowledge-bases.md", "| its chunks | {} |", [drafts.MOST_CHUNKS]),
        (
            "knowledge-bases.md",
            "longer than {} seconds to parse, or has more than {} characters",
            [QUICK.seconds, QUICK.characters],
        ),
        ("knowledge-bases.md", "of each key the {} of the most chunks", [implicit.MOST_VALUES]),
        ("knowledge-bases.md", "of each the first {} tokens are read", [reranking.LONGEST]),
        ("knowledge-bases.md", "its parts, at most {}, are searched", [MOST_QUERIES]),
        ("knowledge-bases.md", "last {} hours from their first", [sessions.LIFETIME // HOUR]),
        ("knowledge-bases.md", "is shown the last {} turns", [sessions.MEMORY]),
        ("knowledge-bases.md", "one document of at most {} MB", [external.MOST_BYTES // MB]),
        (
            "knowledge-bases.md",
            "down to {} chunks, and by meaning; the model is shown {}",
            [external.MOST_READ, external.RESULTS],
        ),
        ("mcp.md", "listed by name {} at a time", [mcp_resources.PAGE]),
        ("mcp.md", "up to {} MB) are read as", [mcp_resources.LARGEST_TEXT // 10**6]),
        ("mcp.md", "(PDF, Word, up to {} MB)", [mcp_resources.LARGEST_FILE // 10**6]),
        ("mcp.md", "take longer than {} minutes", [elicitation.SECONDS // 60]),
        ("mcp.md", "too long to be read ({} characters)", [elicitation.LONGEST_ARGUMENTS]),
        ("mcp.md", "Arguments have {} KB at most", [arguments.LARGEST // 1024]),
        ("mcp.md", "A result has {} characters at most", [tool_calls.LONGEST_RESULT]),
        ("openai.md", "embeds up to {} texts", [MOST_TEXTS]),
        ("stand-in.md", "the home holds {} megabytes", [reserve.BYTES // MB]),
        (
            "stand-in.md",
            "less than {} MB are free, and has {} MB",
            [write_ahead_log.LOW // MB, write_ahead_log.LARGEST // MB],
        ),
        ("tools.md", "ends by itself after {} seconds", [resources.TOOL_SECONDS]),
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
