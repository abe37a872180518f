"""What several queries find, and what of it an answer is held against."""

import asyncio
from collections.abc import Mapping, Sequence

from app.local.bedrock_agent_runtime.generation.answering import CitedAnswer
from app.local.bedrock_agent_runtime.generation.model import Opened, whole
from app.local.bedrock_agent_runtime.generation.sources import search_all
from app.local.bedrock_agent_runtime.generation.templates import Disguise
from app.local.bedrock_agent_runtime.guarding import RequestGuard
from app.local.engine.store import Hit
from app.local.judgement import Content, Judgement
from app.local.wire import JSON


def hit(text: str) -> Hit:
    return Hit(text, "document", text, {}, 1.0, None)


class Shelf:
    """Finds for each query what it was made with."""

    def __init__(self, texts: Mapping[str, Sequence[str]]) -> None:
        self._texts = texts

    def hits(self, question: str) -> list[Hit]:
        return [hit(text) for text in self._texts[question]]

    def reference(self, hit: Hit) -> JSON:
        return {"content": {"text": hit.text}}

    def title(self, hit: Hit) -> str:
        return hit.document


def test_the_hits_of_several_queries_are_taken_in_turn_and_each_text_once() -> None:
    shelf = Shelf({"a": ["1", "2", "3"], "b": ["1", "4"], "c": [], "d": ["5", "6", "7"]})
    assert [one.text for one in search_all(shelf, ["a", "b", "c", "d"])] == ["1", "5", "2"]
    assert [one.text for one in search_all(shelf, ["a"])] == ["1", "2", "3"]
    assert search_all(shelf, ["c", "c"]) == []


def test_an_answer_is_held_against_the_passages_that_it_cites_first() -> None:
    grounds: list[str] = []

    def judge(
        identifier: str, version: str, source: str, contents: Sequence[Content], **_: object
    ) -> Judgement:
        assert (identifier, version, source) == ("id", "1", "OUTPUT")
        grounds.extend(one.text for one in contents if "grounding_source" in one.qualifiers)
        return Judgement("none", (), "", {}, {}, {})

    text = "<text>Hard.</text><source>3</source>"
    answer = CitedAnswer(
        "Is it hard?",
        Opened(whole(text)),
        Shelf({}),
        tuple(map(hit, ("one", "two", "three"))),
        Disguise.of([text]),
        has_form=True,
    )
    guard = RequestGuard(judge, "field", "id", "1")
    judged = asyncio.run(answer.judged(guard))
    assert (judged.text, judged.action) == ("Hard.", "none")
    assert grounds == ["three", "one", "two"]
