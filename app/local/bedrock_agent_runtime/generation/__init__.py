"""RetrieveAndGenerate and its stream: a question answered from passages, in a session.

    request         the configuration, checked; sessions: the turns before; guarding: the question
    orchestration   question and turns -- model -- what is searched for
    sources         queries -- passages of a Knowledge Base, or of a document in the request
    templates       passages -- the prompt
    model           prompt -- bedrock-runtime's Converse -- the answer, piece by piece
    answer_parts    pieces -- the answer's text, and parts that name their passages
    answering       all of that in a row, and the answer judged
    citations       parts -- Bedrock's citations; sessions: the turn is kept

Where nothing is found no model is called, and the answer is an abstention in Bedrock's words. Under
a guardrail an answer is shown when all of it is judged, in a stream too.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

from app.local.bedrock_agent_runtime.generation.answer_parts import Words
from app.local.bedrock_agent_runtime.generation.answering import CitedAnswer, begin
from app.local.bedrock_agent_runtime.generation.external import (
    ReadableBuckets,
    external_document,
)
from app.local.bedrock_agent_runtime.generation.model import GeneratingModels, Opened
from app.local.bedrock_agent_runtime.generation.request import (
    CONFIGURATION,
    Configuration,
    configuration_of,
    member_of,
    question_of,
)
from app.local.bedrock_agent_runtime.generation.sessions import AnswerSession, Sessions
from app.local.bedrock_agent_runtime.generation.sources import KnowledgeBase, Source
from app.local.bedrock_agent_runtime.guarding import ACTIONS
from app.local.bedrock_agent_runtime.retrieval import (
    MANAGED,
    RETRIEVAL,
    RetrievalModels,
    SearchableBases,
    search_of,
)
from app.local.control.errors import invalid
from app.local.engine import Engine
from app.local.judgement import Judge
from app.local.wire import JSON, Call, WaitingService


class RuntimeModels(RetrievalModels, GeneratingModels, Protocol):
    """The foundation models, as far as RetrieveAndGenerate uses them."""


@dataclass(frozen=True, slots=True)
class SessionTurn:
    """A request that may be answered.

    Attributes:
        question: masked, where the guardrail masks it.
        action: what the guardrail did to the question.
        message: the guardrail's, in the place of an answer; None where the question passes.
    """

    question: str
    session: AnswerSession
    configuration: Configuration
    action: str
    message: str | None

    def answered(self, action: str) -> JSON:
        """What a response says of the guardrail, if there is one, that did this to the answer."""
        if self.configuration.guard is None:
            return {}
        return {"guardrailAction": ACTIONS[self.action if action == "none" else action]}


@dataclass(frozen=True, slots=True)
class RetrieveAndGenerate:
    """The two operations.

    Attributes:
        runtime: the operations of bedrock-runtime, of which Converse and ConverseStream write.
        judge: judges by guardrails; None where nothing does.
    """

    engine: Engine
    bases: SearchableBases
    models: RuntimeModels
    runtime: WaitingService
    sessions: Sessions
    buckets: ReadableBuckets
    judge: Judge | None

    def whole(self, call: Call) -> Awaitable[JSON]:
        """RetrieveAndGenerate.

        Raises:
            ServiceError: at once, for what is wrong with the request; or while it is awaited.
        """
        return self._whole(self._read(call))

    def streamed(self, call: Call) -> Awaitable[JSON]:
        """RetrieveAndGenerateStream. What goes wrong before the model writes is a plain error."""
        return self._streamed(self._read(call))

    async def _whole(self, turn: SessionTurn) -> JSON:
        response: JSON = {"sessionId": turn.session.id, "citations": []}
        if turn.message is not None:
            return response | {"output": {"text": turn.message}, **turn.answered("blocked")}
        answer = await begin(turn.question, turn.session, turn.configuration)
        judged = await answer.judged(turn.configuration.guard)
        await self._keep(turn, judged.text)
        response["citations"] = [answer.citation(part) for part in judged.parts]
        return response | {"output": {"text": judged.text}, **turn.answered(judged.action)}

    async def _streamed(self, turn: SessionTurn) -> JSON:
        if turn.message is not None:
            events = Opened(_blocked(turn))
        else:
            answer = await begin(turn.question, turn.session, turn.configuration)
            is_judged = turn.configuration.guard is not None
            written = self._judged_events if is_judged else self._events
            events = Opened(written(turn, answer), answer.pieces)
        return {"sessionId": turn.session.id, "stream": events}

    async def _events(self, turn: SessionTurn, answer: CitedAnswer) -> AsyncGenerator[JSON, None]:
        text = ""
        async with aclosing(answer.events()) as events:
            async for one in events:
                if isinstance(one, Words):
                    text += one.text
                    yield _output(one.text)
                else:
                    yield _citation(answer.citation(one))
        await self._keep(turn, text)

    async def _judged_events(
        self, turn: SessionTurn, answer: CitedAnswer
    ) -> AsyncGenerator[JSON, None]:
        judged = await answer.judged(turn.configuration.guard)
        yield {"guardrail": {"action": turn.answered(judged.action)["guardrailAction"]}}
        end = 0
        for part in judged.parts:
            yield _output(judged.text[end : part.start + len(part.text)])
            yield _citation(answer.citation(part))
            end = part.start + len(part.text)
        if judged.text[end:]:
            yield _output(judged.text[end:])
        await self._keep(turn, judged.text)

    async def _keep(self, turn: SessionTurn, text: str) -> None:
        await asyncio.to_thread(self.sessions.add, turn.session, turn.question, text)

    def _read(self, call: Call) -> SessionTurn:
        """The request, checked, its question judged. Only what may be answered begins a session."""
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
            "EXTERNAL_SOURCES": self._document,
        }
        checked = configuration_of(
            *(session.configuration, self.models, self.runtime, call, openers, self.judge)
        )
        verdict = checked.guard.question(question) if checked.guard else None
        if not session.id:
            session = self.sessions.begin(session.configuration, key)
        if verdict is None:
            return SessionTurn(question, session, checked, "none", None)
        text = "".join(verdict.texts)
        message = text if verdict.action == "blocked" else None
        return SessionTurn(text, session, checked, verdict.action, message)

    def _base(self, call: Call, where: str, settings: JSON) -> Source:
        retrieval = settings.get(RETRIEVAL) or {}
        search = search_of(
            *(self.engine, self.bases, self.models, call.region, settings["knowledgeBaseId"]),
            *(retrieval, f"{where}.{RETRIEVAL}"),
        )
        if search.base.storage == MANAGED:
            raise invalid(
                f"{where}.knowledgeBaseId",
                "must not be a managed knowledge base. Use Retrieve with those.",
            )
        return KnowledgeBase(search)

    def _document(self, where: str, settings: JSON) -> Source:
        return external_document(self.engine, self.buckets, f"{where}.sources", settings["sources"])


async def _blocked(turn: SessionTurn) -> AsyncGenerator[JSON, None]:
    """The events of an answer to a question that is blocked."""
    yield {"guardrail": {"action": ACTIONS["blocked"]}}
    yield _output(turn.message or "")


def _output(text: str) -> JSON:
    return {"output": {"text": text}}


def _citation(citation: JSON) -> JSON:
    """A citation's event, in which its deprecated member says the same."""
    return {"citation": {"citation": citation, **citation}}
