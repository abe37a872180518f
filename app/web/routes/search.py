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

    def find(asked: schemas.Search, search_type: str) -> tuple[Passage, ...]:
        return retrieve(
            clients.bedrock_agent_runtime,
            settings.knowledge_base_id,
            asked.query,
            limit=asked.limit,
            search_type=search_type,
            retrieval_filter=asked.filter,
        )

    @routes.post("/search")
    def search(asked: schemas.Search) -> schemas.Found:
        """Find passages."""
        if asked.search_type and settings.managed:
            raise InvalidRequest(
                "The Knowledge Base is managed: its search is its own, and has no types.",
                field="searchType",
            )
        search_type = asked.search_type or settings.searches
        found = find(asked, search_type)
        passages = [schemas.Passage.model_validate(passage) for passage in found]
        if asked.explain:
            by_meaning = _by_meaning(search_type, found, lambda: find(asked, "SEMANTIC"))
            passages = [
                _explained(passage, by_meaning, asked.query, settings.passages)
                for passage in passages
            ]
        return schemas.Found(query=asked.query, search_type=search_type, passages=passages)

    return routes


def _by_meaning(
    search_type: str, found: Sequence[Passage], again: Callable[[], Sequence[Passage]]
) -> Sequence[Passage]:
    """The passages in their order by meaning; a managed Knowledge Base does not tell it."""
    match search_type:
        case "SEMANTIC":
            return found
        case "HYBRID":
            return again()
        case _:
            return ()


def _explained(
    passage: schemas.Passage, by_meaning: Sequence[Passage], query: str, used: int
) -> schemas.Passage:
    """The passage, with why it is where it is."""
    ranks = {(other.uri, other.text): other.number for other in by_meaning}
    reason = None if passage.number <= used else f"an answer reads the first {used} only"
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
    wanted = {word.lower() for word in WORD.findall(query)}
    written: dict[str, str] = {}
    for word in WORD.findall(text):
        if word.lower() in wanted:
            written.setdefault(word.lower(), word)
    return list(written.values())
