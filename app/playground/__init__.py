"""FLOW  messages - guard - the family's own body - InvokeModel - guard - reply

A trial of a model, as events: nothing is retrieved, and nothing is stored.

    Guardrail                      only if the guardrail masked or blocked a text, or found anything
    NativeRequest                  the request, to the letter; none if the guardrail blocked it
    Thought  Text  Text  ...       the reply as the model writes it
    Guardrail                      on the reply
    BudgetWarning                  only if much of the principal's budget is spent
    TrialReply                     the whole reply, with the native response; or Error

    trial      Trial: what the model is asked, and how
    events     what a trial tells
    screening  the guard's judgement of a trial's texts
    code       the request as code: boto3, curl
    templates  prompts to begin with, with no example, one, or a few

It is no way around the home's guardrail: the guard judges every text on its way in and the reply on
its way out, and what a reader may not see of the reply is not in the native response either.
"""

import json
from collections.abc import Generator, Iterator
from contextlib import closing
from time import perf_counter

from app.events import BudgetWarning, Error, Guardrail, Text, Usage
from app.models import Completion, Model, Prompt, ReasoningDelta, TextDelta, find, invocation
from app.models.allowed import allowed, check_allowed
from app.models.content import Reasoning
from app.models.estimate import most_tokens
from app.playground.code import as_boto3, as_curl
from app.playground.events import NativeRequest, PlaygroundEvent, Thought, TrialReply
from app.playground.screening import screen
from app.playground.trial import PlaygroundContext, Trial
from app.turn.draft import Draft
from app.turn.ending import ensure_terminal_event
from app.turn.gate import gate

__all__ = [
    "NativeRequest",
    "PlaygroundContext",
    "PlaygroundEvent",
    "Thought",
    "Trial",
    "TrialReply",
    "collect",
    "play",
]


def play(trial: Trial, context: PlaygroundContext) -> Generator[PlaygroundEvent, None, None]:
    """The events of one trial, of which the last is TrialReply or Error, and no other.

    Raises:
        CallerError: at once, before the first event: there is no such model, it may not be called,
            or it does not take what the trial has.
    """
    settings = context.settings
    model_id = trial.model or settings.model_id
    check_allowed(model_id, allowed(settings))
    model = find(model_id, settings.base_model_id)
    trial.check_guardrail(settings)
    prompt = trial.prompt(model, settings)
    model.check(prompt, model.family)
    return ensure_terminal_event(_play(model, prompt, context))


def _play(model: Model, prompt: Prompt, context: PlaygroundContext) -> Iterator[PlaygroundEvent]:
    draft = Draft(Usage(0, 0))
    screening = screen(prompt, context)
    yield from draft.report(screening.verdicts)
    if screening.block is not None:
        draft.apply(screening.block)
        yield _reply(model, draft, context)
        return

    prompt = screening.prompt
    clock = _Clock()
    bodies: list[bytes] = []
    shown = gate(context.guardrail_mode, draft, lambda words: context.judge(prompt, words))
    with (
        context.account.call(model.id, "playground", most_tokens(prompt)) as call,
        closing(
            invocation.stream(
                context.runtime,
                model,
                prompt,
                observe=call.observe,
                bodies=bodies.append,
                is_whole=context.is_whole,
            )
        ) as reply,
    ):
        yield _native_request(model, prompt, context)
        clock.start()
        for part in reply:
            match part:
                case TextDelta(text=piece):
                    clock.note()
                    text = Text(piece)
                    draft.add(text)
                    yield from _texts(shown.read(text))
                case ReasoningDelta(text=piece) if piece:
                    clock.note()
                    if context.shows_reasoning:
                        yield Thought(piece)
                case Completion():
                    call.observe(part.usage)
                    draft.add(part)
    clock.stop()
    yield from _texts(shown.end())
    yield from context.account.warnings
    yield _reply(model, draft, context, clock, bodies)


def _texts(parts: Iterator[object]) -> Iterator[Text | Guardrail]:
    """What a gate shows; a trial has no marks."""
    for part in parts:
        assert isinstance(part, Text | Guardrail)
        yield part


def _native_request(model: Model, prompt: Prompt, context: PlaygroundContext) -> NativeRequest:
    streamed = model.facts.streams and not context.is_whole
    parameters = invocation.parameters_of(model, prompt, streamed=streamed)
    whole = invocation.parameters_of(model, prompt)
    address = context.address
    return NativeRequest(
        operation="InvokeModelWithResponseStream" if streamed else "InvokeModel",
        model=model.id,
        region=address.region,
        url=address.url(model.id, streamed=streamed),
        body=json.loads(parameters["body"]),
        boto3=as_boto3(address, model.id, json.loads(parameters["body"]), streamed=streamed),
        curl=as_curl(address, model.id, json.loads(whole["body"])),
    )


def _reply(
    model: Model,
    draft: Draft,
    context: PlaygroundContext,
    clock: "_Clock | None" = None,
    bodies: list[bytes] | None = None,
) -> TrialReply:
    """The reply as the guardrail has left it. The native response goes with it only if nothing of
    it was masked or blocked.
    """
    answer = draft.to_answer("", None, model.id)
    completion = draft.completion
    reasoning = ""
    if completion is not None:
        blocks = (each for each in completion.content if isinstance(each, Reasoning))
        reasoning = "".join(block.text for block in blocks)
    is_withheld = draft.is_altered or not context.passes(reasoning)
    response = None if is_withheld or not bodies else tuple(json.loads(each) for each in bodies)
    return TrialReply(
        text=answer.answer,
        reasoning="" if is_withheld else reasoning,
        response=response,
        is_withheld=is_withheld and bool(bodies),
        model=answer.model,
        stop_reason=answer.stop_reason,
        usage=answer.usage,
        dollars=context.dollars(model.id, answer.usage),
        first_token_milliseconds=clock.first if clock else None,
        milliseconds=clock.total if clock else 0,
        guardrail=answer.guardrail,
    )


class _Clock:
    """How long the model took, in milliseconds: until its first token, and until its end."""

    def __init__(self) -> None:
        self.first: int | None = None
        self.total = 0
        self._begin = 0.0

    def start(self) -> None:
        self._begin = perf_counter()

    def note(self) -> None:
        """A token has come."""
        if self.first is None:
            self.first = self._elapsed()

    def stop(self) -> None:
        self.total = self._elapsed()

    def _elapsed(self) -> int:
        return round(1000 * (perf_counter() - self._begin))


def collect(events: Iterator[PlaygroundEvent]) -> "TrialOutcome":
    """The whole of a trial, for a caller who does not want a stream."""
    request: NativeRequest | None = None
    for event in events:
        match event:
            case NativeRequest():
                request = event
            case TrialReply():
                return request, event
            case Error():
                return event
            case Guardrail() | Text() | Thought() | BudgetWarning():
                pass
    raise AssertionError("a trial ends with TrialReply or Error")


TrialOutcome = tuple[NativeRequest | None, TrialReply] | Error
"""A reply with the request that it answers, none if that was blocked; or why there is no reply."""
