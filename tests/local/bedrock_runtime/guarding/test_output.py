"""An answer under a guardrail whose judgements the test chooses."""

import asyncio
import threading
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.local.bedrock_runtime.guarding import GuardedCall, GuardrailUse
from app.local.engine.writer import Citation, Delta, Finish, TextDelta, TextStart, Writing
from app.local.judgement import Content, Judgement, Mask, Source
from app.local.wire import ServiceError

DETAILS = {"appliedGuardrailDetails": {"guardrailId": "g1"}}
PASSES = Judgement("none", (), "No action.", DETAILS, {}, {})
BLOCKS = Judgement("blocked", ("No.",), "Guardrail blocked.", DETAILS, {}, {})
SENTENCE = "Granite is light and hard, and it takes a polish well. "
LONG = SENTENCE * 12


class Judging:
    """A guardrail with a queue of judgements; the last one is for all that follow."""

    def __init__(self, *judgements: Judgement | ServiceError) -> None:
        self.judgements = list(judgements)
        self.calls: list[tuple[Source, list[Content], Collection[str]]] = []
        self.threads: set[int] = set()

    def __call__(
        self,
        identifier: str,
        version: str,
        source: Source,
        contents: Sequence[Content],
        *,
        full: bool = False,
        without: Collection[str] = (),
    ) -> Judgement:
        assert (identifier, version, full) == ("g1", "1", False)
        self.calls.append((source, list(contents), without))
        self.threads.add(threading.get_ident())
        judgement = self.judgements.pop(0) if len(self.judgements) > 1 else self.judgements[0]
        if isinstance(judgement, ServiceError):
            raise judgement
        return judgement


class Slowly:
    """A model that lets others work between two deltas."""

    author = "model"
    input_tokens = 9
    citations = (Citation(0, 5, ("d",)),)
    finish = Finish("stop", 9, 100, "END")

    def __init__(self, text: str) -> None:
        self.pieces = [text[place : place + 5] for place in range(0, len(text), 5)]
        self.closed = 0

    async def __aiter__(self) -> AsyncIterator[Delta]:
        while self.pieces:
            await asyncio.sleep(0.001)
            yield TextDelta(self.pieces.pop(0))

    async def aclose(self) -> None:
        self.closed += 1


def written(
    judge: Judging, model: Slowly, *, asynchronous: bool = False, stream: bool = True
) -> tuple[list[Delta], Writing, GuardedCall]:
    """What is sent of an answer, the Writing that sent it, and the call."""
    use = GuardrailUse("g1", "1", trace="enabled", asynchronous=asynchronous)
    call = GuardedCall(judge, use)

    async def write() -> Writing:
        return model

    async def run() -> tuple[list[Delta], Writing]:
        judge.threads.add(-threading.get_ident())
        writing = await call.write(write, len, stream=stream)
        return [delta async for delta in writing], writing

    return *asyncio.run(run()), call


def text_of(deltas: list[Delta]) -> str:
    return "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))


def test_asynchronous_stops_when_a_window_is_blocked() -> None:
    model = Slowly(LONG)
    deltas, writing, _ = written(Judging(BLOCKS), model, asynchronous=True)
    assert deltas[-2:] == [TextStart(), TextDelta("No.")]
    sent = text_of(deltas[:-2])
    assert LONG.startswith(sent)
    assert 200 < len(sent) < 500, "the first window, and what came while it was judged"
    assert model.closed, "the model stops"
    assert model.pieces
    assert writing.finish == Finish("end", 9, len(sent))
    assert writing.citations == ()


def test_asynchronous_sends_each_delta_at_once() -> None:
    deltas, writing, _ = written(Judging(PASSES), Slowly(LONG), asynchronous=True)
    assert len(deltas) == len(LONG) // 5
    assert (writing.finish, writing.citations) == (Slowly.finish, Slowly.citations)


def test_what_asynchronous_cannot_mask_keeps_its_citations() -> None:
    masked = replace(PASSES, action="masked", masks=(Mask(0, 0, 7, "{ROCK}"),))
    deltas, writing, call = written(Judging(masked), Slowly(SENTENCE), asynchronous=True)
    assert (text_of(deltas), writing.citations) == (SENTENCE, Slowly.citations)
    assert call.body_members()["amazon-bedrock-guardrailAction"] == "INTERVENED"


def test_a_window_that_is_blocked_while_the_model_ends_is_not_forgotten() -> None:
    judge = Judging(BLOCKS, PASSES)
    deltas, writing, call = written(judge, Slowly(SENTENCE * 4), asynchronous=True)
    assert text_of(deltas) == f"{SENTENCE * 4}No."
    assert writing.finish.reason == "end"
    assert call.body_members()["amazon-bedrock-guardrailAction"] == "INTERVENED"


@pytest.mark.parametrize("asynchronous", [True, False])
def test_relevance_is_judged_of_the_whole_answer_alone(*, asynchronous: bool) -> None:
    judge = Judging(PASSES)
    written(judge, Slowly(LONG), asynchronous=asynchronous)
    *partial, (source, contents, without) = judge.calls
    assert len(partial) >= (1 if asynchronous else 2)
    assert {call[2] for call in partial} == {("RELEVANCE",)}
    assert (source, contents, without) == ("OUTPUT", [Content(LONG)], ())


@pytest.mark.parametrize("asynchronous", [True, False])
def test_an_answer_that_is_too_long_to_be_grounded_is_judged_by_its_windows(
    *, asynchronous: bool
) -> None:
    judge, text = Judging(PASSES), SENTENCE * 100
    use = GuardrailUse("g1", "1", asynchronous=asynchronous)
    call = GuardedCall(judge, use)
    call.judge_input([Content("Granite.", frozenset({"grounding_source"}))])

    async def run(*, stream: bool) -> str:
        async def write() -> Writing:
            return Slowly(text)

        writing = await call.write(write, len, stream=stream)
        return text_of([delta async for delta in writing])

    assert asyncio.run(run(stream=True)) == text
    outputs = [call for call in judge.calls if call[0] == "OUTPUT"]
    assert {without for *_, without in outputs} == {("RELEVANCE",)}
    assert max(len(contents[-1].text) for _, contents, _ in outputs) < 5_000
    assert outputs[-1][1][-1].text.endswith(SENTENCE)
    asyncio.run(run(stream=False))
    assert judge.calls[-1][1][-1] == Content(text)


def test_windows_follow_each_other_with_what_came_before() -> None:
    judge = Judging(PASSES)
    written(judge, Slowly(LONG))
    windows = [contents[0].text for _, contents, _ in judge.calls[:-1]]
    assert all(window.startswith(SENTENCE) for window in windows), "each begins with a sentence"
    assert all(window.endswith(SENTENCE) for window in windows), "and ends with one"
    assert len(windows[1]) > 200 + 100, "it has the 100 characters that are held, and context"


def test_an_answer_is_judged_off_the_event_loop() -> None:
    judge = Judging(PASSES)
    written(judge, Slowly(SENTENCE))
    [loop] = [-one for one in judge.threads if one < 0]
    assert loop not in judge.threads


def test_sources_and_query_go_with_each_window() -> None:
    judge = Judging(PASSES)
    call = GuardedCall(judge, GuardrailUse("g1", "1"))
    source = Content("Granite.", frozenset({"grounding_source", "guard_content"}))
    query = Content("What?", frozenset({"query"}))
    call.judge_input([source, query, Content("Say it.", frozenset({"guard_content"}))])

    async def run() -> str:
        async def write() -> Writing:
            return Slowly(LONG)

        writing = await call.write(write, len, stream=True)
        return text_of([delta async for delta in writing])

    assert asyncio.run(run()) == LONG
    grounds = [Content("Granite.", frozenset({"grounding_source"})), query]
    outputs = [contents for source_, contents, _ in judge.calls if source_ == "OUTPUT"]
    assert all(contents[:2] == grounds and len(contents) == 3 for contents in outputs)


def test_masks_are_those_of_the_answer_behind_its_grounds() -> None:
    masked = replace(
        PASSES, action="masked", reason="Guardrail masked.", masks=(Mask(1, 0, 7, "{ROCK}"),)
    )
    judge = Judging(PASSES, masked)
    call = GuardedCall(judge, GuardrailUse("g1", "1"))
    call.judge_input([Content("Granite.", frozenset({"grounding_source"}))])

    async def run() -> tuple[str, Any]:
        async def write() -> Writing:
            return Slowly(SENTENCE)

        writing = await call.write(write, len, stream=False)
        return text_of([delta async for delta in writing]), writing.citations

    assert asyncio.run(run()) == (SENTENCE.replace("Granite", "{ROCK}"), ())


@pytest.mark.parametrize("asynchronous", [True, False])
def test_a_judge_that_fails_ends_the_answer(*, asynchronous: bool) -> None:
    judge = Judging(PASSES, ServiceError("ValidationException", "content: too long."))
    with pytest.raises(ServiceError, match="too long"):
        written(judge, Slowly(LONG), asynchronous=asynchronous)


def test_a_guardrail_that_is_gone_is_named() -> None:
    judge = Judging(ServiceError("ResourceNotFoundException", "gone"))
    with pytest.raises(ServiceError, match="identifier or version provided in the request"):
        written(judge, Slowly(SENTENCE))


@pytest.mark.parametrize(
    "text", ["", "Granite", "\u82b1\u5d17\u5ca9\u306f\u786c\u3044" * 300, "a" * 3_000]
)
def test_any_text_comes_through(text: str) -> None:
    for asynchronous in (True, False):
        deltas, _, _ = written(Judging(PASSES), Slowly(text), asynchronous=asynchronous)
        assert text_of(deltas) == text
