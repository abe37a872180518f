"""What Retrieve finds, without an answer: to see, and to mend, what answers are made of."""

import re
from collections.abc import Callable, Sequence

from fastapi import APIRouter

from app.aws import Clients
from app.errors import InvalidRequest
from app.events import Passage
from app.retrieval import retrieve
from app.settings import Settings
from app.web import schemas

TAG = "search"
WORD = re.compile(r"\w+")


def router(clients: Clients, settings: Settings) -> APIRouter:
    """`/search`."""
    routes = APIRouter()

    def find(body: schemas.Search, search_type: str) -> tuple[Passage, ...]:
        return retrieve(
            clients.bedrock_agent_runtime,
            settings.knowledge_base_id,
            body.query,
            limit=body.limit,
            search_type=search_type,
            retrieval_filter=body.filter,
        )

    @routes.post("/search")
    def search(body: schemas.Search) -> schemas.Found:
        """Find passages."""
        if body.search_type and settings.managed:
            raise InvalidRequest(
                "The Knowledge Base is managed: its search is its own, and has no types.",
                field="searchType",
            )
        search_type = body.search_type or settings.searches
        hits = find(body, search_type)
        passages = [schemas.Passage.model_validate(passage) for passage in hits]
        if body.explain:
            by_meaning = _by_meaning(search_type, hits, lambda: find(body, "SEMANTIC"))
            passages = [
                _explained(passage, by_meaning, body.query, settings.passages)
                for passage in passages
            ]
        return schemas.Found(query=body.query, search_type=search_type, passages=passages)

    return routes


def _by_meaning(
    search_type: str, hits: Sequence[Passage], search_again: Callable[[], Sequence[Passage]]
) -> Sequence[Passage]:
    """The passages in their order by meaning: a managed Knowledge Base does not tell it, and gives
    none.
    """
    match search_type:
        case "SEMANTIC":
            return hits
        case "HYBRID":
            return search_again()
        case _:
            return ()


def _explained(
    passage: schemas.Passage, by_meaning: Sequence[Passage], query: str, prompt_size: int
) -> schemas.Passage:
    """The passage, with why it is where it is."""
    ranks = {(other.uri, other.text): other.number for other in by_meaning}
    reason = (
        None if passage.number <= prompt_size else f"an answer reads the first {prompt_size} only"
    )
    explanation = schemas.Explanation(
        semantic_rank=ranks.get((passage.uri, passage.text)),
        words=_shared_words(query, passage.text),
        used=reason is None,
        reason=reason,
    )
    return passage.model_copy(update={"explanation": explanation})


def _shared_words(query: str, text: str) -> list[str]:
    """The query's words that a text holds, as they are written there, in order.

    >>> _shared_words("how hard is quartz?", "Quartz is HARD, quartz!")
    ['Quartz', 'is', 'HARD']
    """
    query_words = {word.lower() for word in WORD.findall(query)}
    spellings: dict[str, str] = {}
    for word in WORD.findall(text):
        if word.lower() in query_words:
            spellings.setdefault(word.lower(), word)
    return list(spellings.values())
