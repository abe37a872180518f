"""A guardrail over one call of a model.

    use      what the request says of it: which guardrail, how an answer is streamed, whether traced
    tags     InvokeModel: what of the prompt is judged, by input tags
    blocks   Converse: the same, by guardContent blocks
    input    is judged before the model is called; a prompt that is blocked reaches no model
    output   whole, or window by window (held); what is blocked is not sent
    report   what the call's answer says of all that: its action, and its trace

The families of models know nothing of it. They get a Writing in place of the model's own, so what
the guardrail says in place of an answer comes in each family's own shape.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial as bind

from app.local.bedrock_runtime.guarding import report
from app.local.bedrock_runtime.guarding.output import GuardedWriting, Way
from app.local.bedrock_runtime.guarding.use import GuardrailUse
from app.local.engine.writer import Finish, TextDelta, Writing, Written
from app.local.judgement import LONGEST_ANSWER, Content, Judge, Judgement, Source
from app.local.wire import JSON, ServiceError

__all__ = ["GuardedCall", "GuardrailUse"]

UNKNOWN = "The guardrail identifier or version provided in the request does not exist."


class GuardedCall:
    """One call of a model, and what its guardrail says of it.

    Args:
        judge: judges texts; None where there are no guardrails.
        use: the guardrail.
    """

    def __init__(self, judge: Judge | None, use: GuardrailUse) -> None:
        if judge is None:
            raise ServiceError("ValidationException", UNKNOWN)
        self._judge, self._use = judge, use
        self._grounds: list[Content] = []
        self._input: Judgement | None = None
        self._outputs: list[Judgement] = []
        self._writing: GuardedWriting | None = None

    def judge_input(self, contents: Sequence[Content], *, attacks: bool = True) -> Judgement:
        """Judge a prompt. It takes time: not for the event loop.

        Args:
            contents: what is judged of it, and what its answer is to be grounded in.
            attacks: whether attacks on the prompt are looked for.

        Raises:
            ServiceError: ValidationException, if there is no such guardrail or it cannot judge.
        """
        self._grounds = [
            Content(one.text, one.qualifiers - {"guard_content"})
            for one in contents
            if one.qualifiers - {"guard_content"}
        ]
        self._input = self._judged("INPUT", contents, () if attacks else ("PROMPT_ATTACK",))
        return self._input

    async def write(
        self, write: Callable[[], Awaitable[Writing]], count: Callable[[str], int], *, stream: bool
    ) -> Writing:
        """The answer, of which what is blocked is not sent; no model is called for a prompt that
        is blocked.

        Args:
            write: has the model write.
            count: the tokens of a text.
            stream: whether it is sent while it is written.
        """
        if self.blocks_input and self._input:
            message = Written([TextDelta(text) for text in self._input.outputs], _NOTHING)
            message.author = "guardrail"
            return message
        way: Way = "asynchronous" if self._use.asynchronous else "synchronous"
        self._writing = GuardedWriting(
            await write(),
            self._judge_output,
            count,
            way if stream else "whole",
            LONGEST_ANSWER if self._grounds else None,
        )
        return self._writing

    async def _judge_output(self, texts: Sequence[str], *, partial: bool) -> Judgement:
        contents = [*self._grounds, *(Content(text) for text in texts)]
        without = ("RELEVANCE",) if partial else ()
        judgement = await asyncio.to_thread(self._judged, "OUTPUT", contents, without)
        self._outputs.append(judgement)
        first = len(self._grounds)
        masks = (replace(mask, content=mask.content - first) for mask in judgement.masks)
        return replace(judgement, masks=tuple(masks))

    def _judged(
        self, source: Source, contents: Sequence[Content], without: Sequence[str]
    ) -> Judgement:
        full = self._use.trace == "enabled_full"
        judge = bind(self._judge, self._use.identifier, self._use.version, source, contents)
        try:
            return judge(full=full, without=without)
        except ServiceError as error:
            if error.code == "ResourceNotFoundException":
                raise ServiceError("ValidationException", UNKNOWN) from error
            raise

    @property
    def suffix(self) -> str:
        """Of the input tags; "" where there are none."""
        return self._use.suffix

    @property
    def blocks_input(self) -> bool:
        return self._input is not None and self._input.action == "blocked"

    @property
    def changes_output(self) -> bool:
        """Whether the answer is not the model's own, or not all of it."""
        return self.blocks_input or any(one.action != "none" for one in self._outputs)

    def body_members(self, *, last: bool = True) -> JSON:
        """What InvokeModel's body says of the guardrail: each chunk, and the last the trace."""
        members: JSON = {report.ACTION: report.action(self._judgements)}
        if not last or self._use.trace == "disabled":
            return members
        trace = report.body_trace(self._input, self._outputs, self._model_output)
        return {**members, report.TRACE: trace}

    def converse_members(self) -> JSON:
        """What Converse's response says of it: a member `trace`, where it is asked for."""
        if self._use.trace == "disabled":
            return {}
        trace = report.converse_trace(self._input, self._outputs, self._model_output)
        return {"trace": {"guardrail": trace}}

    @property
    def _judgements(self) -> list[Judgement]:
        return [*([self._input] if self._input else []), *self._outputs]

    @property
    def _model_output(self) -> list[str]:
        """What the model wrote, where that is not what is sent."""
        return self._writing.texts if self._writing and self.changes_output else []


_NOTHING = Finish("end", 0, 0)
