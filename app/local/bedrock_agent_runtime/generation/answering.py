"""An answer on its way: searched for, written, read in its parts, and judged."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from app.local.bedrock_agent_runtime.generation.answer_parts import AnswerPart, AnswerReader, Words
from app.local.bedrock_agent_runtime.generation.model import ModelPrompt, Opened, whole
from app.local.bedrock_agent_runtime.generation.request import Configuration
from app.local.bedrock_agent_runtime.generation.sessions import AnswerSession
from app.local.bedrock_agent_runtime.generation.sources import Source, search_all
from app.local.bedrock_agent_runtime.generation.templates import (
    ABSTENTION,
    ANSWER_FORMAT,
    FORMAT,
    SEARCH_RESULTS,
    Disguise,
    current_time,
    fill,
    search_results,
)
from app.local.bedrock_agent_runtime.guarding import RequestGuard
from app.local.engine.store import Hit, StoreDamaged, StoreUnavailable
from app.local.judgement import Action
from app.local.wire import JSON, ServiceError


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """A whole answer, as far as the guardrail lets it pass.

    Attributes:
        parts: none if it is blocked.
    """

    text: str
    parts: tuple[AnswerPart, ...]
    action: Action


@dataclass(frozen=True, slots=True)
class CitedAnswer:
    """An answer that is being written.

    Attributes:
        query: what was searched for, which is the question as it stands alone.
        pieces: of what the model writes, tags and all.
        hits: the passages that the model was shown.
        disguise: of the tags in them.
        has_form: whether the model was asked for parts with their sources.
    """

    query: str
    pieces: Opened[str]
    source: Source
    hits: tuple[Hit, ...]
    disguise: Disguise
    has_form: bool

    async def events(self) -> AsyncGenerator[Words | AnswerPart, None]:
        """The words of the answer as they come, and each part behind its words."""
        reader = AnswerReader(has_form=self.has_form)
        async with aclosing(self.pieces) as pieces:
            async for piece in pieces:
                for one in reader.read(piece):
                    yield self._restored(one)
        for one in reader.end():
            yield self._restored(one)

    async def judged(self, guard: RequestGuard | None) -> JudgedAnswer:
        """The whole answer, once it is written and judged. An abstention is not held against the
        passages: that it is in none of them is its point.

        Raises:
            ServiceError: the model fails, or the guardrail cannot judge its answer.
        """
        text, parts = "", []
        async for one in self.events():
            if isinstance(one, Words):
                text += one.text
            else:
                parts.append(one)
        if guard is None or not parts:
            return JudgedAnswer(text, tuple(parts), "none")
        cited = {number for part in parts for number in part.numbers}
        numbered = sorted(enumerate(self.hits, 1), key=lambda one: one[0] not in cited)
        verdict = await asyncio.to_thread(
            guard.answer,
            [part.text for part in parts],
            self.query,
            [] if text == ABSTENTION else [hit.text for _, hit in numbered],
        )
        if verdict.action == "blocked":
            return JudgedAnswer("".join(verdict.texts), (), "blocked")
        if verdict.action == "masked":
            return JudgedAnswer(*_with_texts(text, parts, verdict.texts), "masked")
        return JudgedAnswer(text, tuple(parts), "none")

    def citation(self, part: AnswerPart) -> JSON:
        return part.citation([self.source.reference(hit) for hit in self.hits])

    def _restored(self, one: Words | AnswerPart) -> Words | AnswerPart:
        text = self.disguise.restore(one.text)
        return Words(text) if isinstance(one, Words) else AnswerPart(text, one.start, one.numbers)


async def begin(question: str, session: AnswerSession, configuration: Configuration) -> CitedAnswer:
    """The answer to a question, for which everything is found and the model begins to write.

    Raises:
        ServiceError: the search or the model fails, or refuses what it is given.
    """
    model, source = configuration.model, configuration.source
    queries = await configuration.orchestration.queries(model, session, question)
    try:
        hits = tuple(await asyncio.to_thread(search_all, source, queries))
    except (StoreDamaged, StoreUnavailable) as error:
        raise ServiceError(
            "DependencyFailedException", f"The vector store could not be searched: {error}"
        ) from error
    earlier = [text for turn in session.turns for text in turn]
    disguise = Disguise.of([question, *earlier, *(hit.text for hit in hits)])
    if hits:
        values = {
            SEARCH_RESULTS: search_results(hits, [source.title(hit) for hit in hits], disguise),
            FORMAT: ANSWER_FORMAT,
            "$query$": disguise.text(question),
            "$current_time$": current_time(),
        }
        turns = [(disguise.text(asks), disguise.text(says)) for asks, says in session.turns]
        prompt = ModelPrompt(
            fill(configuration.template, values),
            turns,
            disguise.text(question),
            configuration.members,
        )
        pieces = await model.begin(prompt)
    else:
        pieces = Opened(whole(ABSTENTION))
    has_form = FORMAT in configuration.template
    return CitedAnswer(queries[0], pieces, source, hits, disguise, has_form)


def _with_texts(
    text: str, parts: list[AnswerPart], texts: tuple[str, ...]
) -> tuple[str, tuple[AnswerPart, ...]]:
    """An answer whose parts have other texts: what stands between them, and what they cite, stays.

    >>> _with_texts("I am Ann. Hi.", [AnswerPart("I am Ann.", 0), AnswerPart("Hi.", 10)],
    ...     ("I am {NAME}.", "Hi."))[1][1]
    AnswerPart(text='Hi.', start=13, numbers=())
    """
    whole, end = "", 0
    changed = []
    for part, new in zip(parts, texts, strict=True):
        whole += text[end : part.start]
        changed.append(AnswerPart(new, len(whole), part.numbers))
        whole += new
        end = part.start + len(part.text)
    return whole + text[end:], tuple(changed)
