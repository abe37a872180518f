"""The answer as chunks, judged by the agent's guardrail before it is sent.

    whole      judged, and sent in one chunk with its citations
    streamed   in pieces of at least `applyGuardrailInterval` characters that end with a word; each
               is judged with what was sent before it. A citation comes with the piece that its
               part ends in.

Behind what was sent already, a stream that is blocked ends with the guardrail's message; what is
masked is masked from there on.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_StreamingConfigurations.html
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence

from app.local import lazy_re as re
from app.local.bedrock_agent_runtime.agents.answer import AgentAnswer
from app.local.bedrock_agent_runtime.agents.state import TurnState
from app.local.bedrock_agent_runtime.agents.times import Timer
from app.local.judgement import Content, Judgement, Mask, Source
from app.local.wire import JSON

INTERVAL = 50
"""Characters of a piece, where the request does not say it; AWS's default."""
_WORD = re.compile(r"\S+\s*|\s+")


async def judge(state: TurnState, source: Source, text: str) -> Judgement | None:
    """The judgement of the agent's guardrail, if it has one, in a thread."""
    if state.agent.guardrail is None or not text:
        return None
    contents = [Content(text)]
    return await asyncio.to_thread(state.services.judge, *state.agent.guardrail, source, contents)


async def chunks(state: TurnState, answer: AgentAnswer) -> AsyncIterator[JSON | AgentAnswer]:
    """The events of an answer, and at last what was sent of it."""
    sending = _whole(state, answer)
    if state.request.interval is not None:
        sending = _streamed(state, answer, state.request.interval)
    async for item in sending:
        yield item


def chunk(answer: AgentAnswer) -> JSON:
    """An answer, or a piece of it, as an event."""
    content: JSON = {"bytes": answer.text.encode()}
    if answer.citations:
        content["attribution"] = {"citations": list(answer.citations)}
    return {"chunk": content}


async def _whole(state: TurnState, answer: AgentAnswer) -> AsyncIterator[JSON | AgentAnswer]:
    timer = Timer()
    if judgement := await judge(state, "OUTPUT", answer.text):
        yield state.traces.judged("OUTPUT", judgement, timer.span())
        if judgement.action == "masked":
            answer = answer.rewritten(judgement.outputs[0])
        elif judgement.action == "blocked":
            answer = AgentAnswer(judgement.outputs[0])
    yield chunk(answer)
    yield answer


async def _streamed(
    state: TurnState, answer: AgentAnswer, interval: int
) -> AsyncIterator[JSON | AgentAnswer]:
    sent = AgentAnswer("")
    spans = list(_spans(answer.text, interval))
    for start, end in spans:
        timer = Timer()
        judgement = await judge(state, "OUTPUT", answer.text[:end])
        is_blocked = judgement is not None and judgement.action == "blocked"
        if judgement is not None and (is_blocked or (start, end) == spans[-1]):
            yield state.traces.judged("OUTPUT", judgement, timer.span())
        if judgement is not None and is_blocked:
            text = judgement.outputs[0]
        else:
            masks = judgement.masks if judgement is not None else ()
            text = masked_part(answer.text, masks, start, end)
        before = len(sent.citations)
        sent = answer.rewritten(sent.text + text)
        yield chunk(AgentAnswer(text, sent.citations[before:]))
        if is_blocked:
            break
    yield sent


def _spans(text: str, interval: int) -> Iterator[tuple[int, int]]:
    """Where the pieces of a text begin and end. An empty text is one piece."""
    start = 0
    for word in _WORD.finditer(text):
        if word.end() - start >= interval:
            yield start, word.end()
            start = word.end()
    if start < len(text) or not text:
        yield start, len(text)


def masked_part(text: str, masks: Sequence[Mask], start: int, end: int) -> str:
    """What a guardrail leaves of a part of a text. What is masked from before it on, is masked
    there, and is left out here.

    >>> masked_part("It is K-47 11.", (Mask(0, 6, 13, "{CODE}"),), 0, 11)
    'It is {CODE}'
    >>> masked_part("It is K-47 11.", (Mask(0, 6, 13, "{CODE}"),), 11, 14)
    '.'
    """
    parts: list[str] = []
    place = start
    for mask in masks:
        if mask.end <= place or mask.start >= end:
            continue
        if mask.start >= start:
            parts += (text[place : mask.start], mask.text)
        place = min(mask.end, end)
    return "".join((*parts, text[place:end]))
