"""An answer under a guardrail: a Writing that takes the place of the model's.

    whole           all of it is judged, then sent
    synchronous     window by window, each judged before it is sent (see `held`), and in the end all
    asynchronous    sent at once and judged meanwhile; nothing more is sent from the moment on at
                    which something is wrong. What is sent cannot be masked

Where the guardrail blocks, its message is sent in place of all that is not sent yet.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from typing import Literal, Protocol

from app.local.bedrock_runtime.guarding.held import Held, Stretch
from app.local.engine.writer import (
    Citation,
    Delta,
    Finish,
    TextDelta,
    TextStart,
    Writing,
    delta_text,
)
from app.local.judgement import Judgement

Way = Literal["whole", "synchronous", "asynchronous"]


class OutputJudge(Protocol):
    """Judges parts of an answer; relevance only of one that is whole."""

    async def __call__(self, texts: Sequence[str], *, partial: bool) -> Judgement: ...


class GuardedWriting:
    """An answer of which nothing is sent that a guardrail holds back.

    `finish` is there at the end.

    Args:
        writing: the model's.
        judge: the guardrail.
        count: the tokens of a text.
        way: how it is judged.
        longest: the most characters of an answer that is judged at once, when it is streamed.
    """

    finish: Finish

    def __init__(
        self,
        writing: Writing,
        judge: OutputJudge,
        count: Callable[[str], int],
        way: Way,
        longest: int | None = None,
    ) -> None:
        self._writing, self._judge, self._count = writing, judge, count
        self._way, self._longest = way, longest
        self._held = Held()
        self._tokens = 0
        self._changed = False
        self.author = writing.author
        self.input_tokens = writing.input_tokens

    @property
    def citations(self) -> tuple[Citation, ...]:
        """None of an answer that is changed: they say where in the original they stand."""
        return () if self._changed else self._writing.citations

    @property
    def texts(self) -> list[str]:
        """What the model wrote."""
        return self._held.texts

    def __aiter__(self) -> AsyncIterator[Delta]:
        match self._way:
            case "whole":
                return self._whole()
            case "synchronous":
                return self._synchronous()
            case "asynchronous":
                return self._asynchronous()

    async def aclose(self) -> None:
        await self._writing.aclose()

    async def _whole(self) -> AsyncIterator[Delta]:
        async for delta in self._writing:
            self._held.add(delta)
        async for delta in self._rest():
            yield delta

    async def _synchronous(self) -> AsyncIterator[Delta]:
        async for delta in self._writing:
            self._add(delta)
            for free in self._held.pass_through():
                yield free
            if window := self._held.window():
                judgement = await self._judged(window, partial=True)
                if judgement.action == "blocked":
                    for instead in await self._cut_off(judgement):
                        yield instead
                    return
                for free in self._held.release():
                    yield free
        async for delta in self._rest():
            yield delta

    async def _asynchronous(self) -> AsyncIterator[Delta]:
        judging: asyncio.Task[Judgement] | None = None
        try:
            async for delta in self._writing:
                if judging and judging.done():
                    judgement, judging = await judging, None
                    if judgement.action == "blocked":
                        for instead in await self._cut_off(judgement):
                            yield instead
                        return
                self._add(delta)
                yield delta
                if judging is None and (window := self._held.window()):
                    judging = asyncio.create_task(self._judged(window, partial=True))
                self._held.settle()
            last = await judging if judging else None
        finally:
            if judging:
                judging.cancel()
        self.finish = self._writing.finish
        if last and last.action == "blocked":
            for instead in self._instead(last):
                yield instead
            return
        async for delta in self._rest():
            yield delta

    async def _rest(self) -> AsyncIterator[Delta]:
        """What is left of an answer that the model has ended, when all of it is judged."""
        self.finish = self._writing.finish
        if any(self._held.texts):
            judgement = await self._judged_last()
            if judgement.action == "blocked":
                for instead in self._instead(judgement):
                    yield instead
                return
        for delta in self._held.release_all():
            yield delta

    def _add(self, delta: Delta) -> None:
        self._held.add(delta)
        self._tokens += self._count(delta_text(delta))

    async def _judged(self, parts: Sequence[Stretch], *, partial: bool) -> Judgement:
        judgement = await self._judge([part.text for part in parts], partial=partial)
        if self._way != "asynchronous":
            self._held.mask(parts, judgement.masks)
            self._changed = self._changed or bool(judgement.masks)
        return judgement

    async def _judged_last(self) -> Judgement:
        """The judgement of the whole answer; of one that is too long for that, but is streamed, of
        the window that is left.
        """
        length = sum(map(len, self._held.texts))
        too_long = self._longest is not None and length > self._longest
        if too_long and self._way != "whole":
            return await self._judged(self._held.rest(), partial=True)
        return await self._judged(self._held.whole(), partial=False)

    async def _cut_off(self, judgement: Judgement) -> list[Delta]:
        """End an answer that the model has not ended. Its tokens are those that were written."""
        await self._writing.aclose()
        self.finish = Finish("end", self.input_tokens, self._tokens)
        return self._instead(judgement)

    def _instead(self, judgement: Judgement) -> list[Delta]:
        """The guardrail's message, in a block of its own behind what is sent."""
        self._changed = True
        self.finish = replace(self.finish, reason="end", stop_sequence=None)
        message = [TextDelta(text) for text in judgement.outputs]
        return [TextStart(), *message] if self._held.has_sent else [*message]
