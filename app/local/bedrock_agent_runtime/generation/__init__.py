"""RetrieveAndGenerate and its stream: a question answered from passages, in a session.

    request         the configuration, checked; sessions: the turns before
    orchestration   question and turns -- model -- what is searched for
    sources         queries -- passages of a Knowledge Base, or of documents in the request
    templates       passages -- the prompt
    model           prompt -- bedrock-runtime's Converse -- the answer, piece by piece
    answer_parts    pieces -- the answer's text, and parts that name their passages
    citations       parts -- Bedrock's citations; sessions: the turn is kept

Where nothing is found no model is called, and the answer is an abstention in Bedrock's words.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol, TypeVar

from app.local.bedrock_agent_runtime.generation.answer_parts import AnswerPart, AnswerReader, Words
from app.local.bedrock_agent_runtime.generation.citations import citation
from app.local.bedrock_agent_runtime.generation.model import GeneratingModels, ModelPrompt
from app.local.bedrock_agent_runtime.generation.request import (
    CONFIGURATION,
    Configuration,
    configuration_of,
    member_of,
    question_of,
)
from app.local.bedrock_agent_runtime.generation.sessions import AnswerSession, Sessions
from app.local.bedrock_agent_runtime.generation.sources import (
    KnowledgeBase,
    Source,
    search_all,
)
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
from app.local.bedrock_agent_runtime.retrieval import (
    RETRIEVAL,
    RetrievalModels,
    SearchableBases,
    search_of,
)
from app.local.control.errors import invalid, unsupported
from app.local.engine import Engine
from app.local.engine.store import Hit, StoreUnavailable
from app.local.wire import JSON, Call, ServiceError, WaitingService

T = TypeVar("T")


class RuntimeModels(RetrievalModels, GeneratingModels, Protocol):
    """The foundation models, as far as RetrieveAndGenerate uses them."""


@dataclass(frozen=True, slots=True)
class CitedAnswer:
    """An answer on its way.

    Attributes:
        question: that it answers.
        pieces: of what the model writes, tags and all.
        hits: the passages that the model was shown.
        disguise: of the tags in them.
        has_form: whether the model was asked for parts with their sources.
    """

    session: AnswerSession
    question: str
    pieces: AsyncGenerator[str, None]
    source: Source
    hits: tuple[Hit, ...]
    disguise: Disguise
    has_form: bool

    async def parts(self) -> AsyncGenerator[Words | AnswerPart, None]:
        """The words of the answer as they come, and each part behind its words."""
        reader = AnswerReader(has_form=self.has_form)
        async with aclosing(self.pieces) as pieces:
            async for piece in pieces:
                for one in reader.read(piece):
                    yield self._restored(one)
        for one in reader.end():
            yield self._restored(one)

    def citation(self, part: AnswerPart) -> JSON:
        return citation(part, [self.source.reference(hit) for hit in self.hits])

    def _restored(self, one: Words | AnswerPart) -> Words | AnswerPart:
        text = self.disguise.restore(one.text)
        return Words(text) if isinstance(one, Words) else AnswerPart(text, one.start, one.numbers)


@dataclass(frozen=True, slots=True)
class RetrieveAndGenerate:
    """The two operations.

    Attributes:
        runtime: the operations of bedrock-runtime, of which Converse and ConverseStream write.
    """

    engine: Engine
    bases: SearchableBases
    models: RuntimeModels
    runtime: WaitingService
    sessions: Sessions

    def whole(self, call: Call) -> Awaitable[JSON]:
        """RetrieveAndGenerate.

        Raises:
            ServiceError: at once, for what is wrong with the request; or while it is awaited.
        """
        question, session, configuration = self._read(call)
        return self._whole(question, session, configuration)

    def streamed(self, call: Call) -> Awaitable[JSON]:
        """RetrieveAndGenerateStream. What goes wrong before the model writes is a plain error."""
        question, session, configuration = self._read(call)
        return self._streamed(question, session, configuration)

    async def _whole(
        self, question: str, session: AnswerSession, configuration: Configuration
    ) -> JSON:
        answer = await self._begun(question, session, configuration)
        text, citations = "", []
        async for one in answer.parts():
            if isinstance(one, Words):
                text += one.text
            else:
                citations.append(answer.citation(one))
        await asyncio.to_thread(self.sessions.add, session, question, text)
        return {"sessionId": session.id, "output": {"text": text}, "citations": citations}

    async def _streamed(
        self, question: str, session: AnswerSession, configuration: Configuration
    ) -> JSON:
        answer = await self._begun(question, session, configuration)
        return {"sessionId": session.id, "stream": self._events(answer)}

    async def _events(self, answer: CitedAnswer) -> AsyncGenerator[JSON, None]:
        text = ""
        async with aclosing(answer.parts()) as parts:
            async for one in parts:
                if isinstance(one, Words):
                    text += one.text
                    yield {"output": {"text": one.text}}
                else:
                    cited = answer.citation(one)
                    yield {"citation": {"citation": cited, **cited}}
        await asyncio.to_thread(self.sessions.add, answer.session, answer.question, text)

    def _read(self, call: Call) -> tuple[str, AnswerSession, Configuration]:
        params = call.params
        question = question_of(params)
        configuration = params.get(CONFIGURATION)
        if configuration is not None:
            member_of(configuration)
        key = (params.get("sessionConfiguration") or {}).get("kmsKeyArn")
        if "sessionId" in params:
            session = self.sessions.resume(params["sessionId"], configuration, key)
        elif configuration is None:
            raise invalid(CONFIGURATION, "is required in the first request of a session.")
        else:
            session = AnswerSession("", (), configuration)
        openers = {
            "KNOWLEDGE_BASE": lambda where, settings: self._base(call, where, settings),
            "EXTERNAL_SOURCES": _no_external_sources,
        }
        checked = configuration_of(session.configuration, self.models, self.runtime, call, openers)
        if not session.id:  # only what is right begins a session
            session = self.sessions.begin(session.configuration, key)
        return question, session, checked

    def _base(self, call: Call, where: str, settings: JSON) -> Source:
        retrieval = settings.get(RETRIEVAL) or {}
        search = search_of(
            *(self.engine, self.bases, self.models, call.region, settings["knowledgeBaseId"]),
            *(retrieval, f"{where}.{RETRIEVAL}"),
        )
        if search.base.storage == "MANAGED":
            raise invalid(
                f"{where}.knowledgeBaseId",
                "must not be a managed knowledge base. Use Retrieve with those.",
            )
        return KnowledgeBase(search)

    async def _begun(
        self, question: str, session: AnswerSession, configuration: Configuration
    ) -> CitedAnswer:
        """The answer, for which everything is found and the model begins to write."""
        model, source = configuration.model, configuration.source
        queries = await configuration.orchestration.queries(model, session, question)
        hits = tuple(await asyncio.to_thread(_searching(search_all), source, queries))
        earlier = [text for turn in session.turns for text in turn]
        disguise = Disguise.of([question, *earlier, *(hit.text for hit in hits)])
        has_form = FORMAT in configuration.template
        if hits:
            values = {
                SEARCH_RESULTS: search_results(hits, [source.name(hit) for hit in hits], disguise),
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
            pieces = _abstention()
        return CitedAnswer(session, question, pieces, source, hits, disguise, has_form)


async def _abstention() -> AsyncGenerator[str, None]:
    yield ABSTENTION


def _no_external_sources(where: str, _: JSON) -> Source:
    raise unsupported(where, "answers from external sources")


def _searching(search: Callable[..., T]) -> Callable[..., T]:
    """The search; a DependencyFailedException where the vector store is away, as in Bedrock."""

    def searching(*arguments: object) -> T:
        try:
            return search(*arguments)
        except StoreUnavailable as error:
            raise ServiceError(
                "DependencyFailedException", f"The vector store could not be searched: {error}"
            ) from error

    return searching
