"""A chat completion: the question in a request, and the answer as one body or as chunks.

    Started    a chunk of the role                  Done    a chunk of finish_reason, the usage
    Text       a chunk of content                   Error   {"error": {...}}
    Citation   a chunk of an annotation

A client of the OpenAI API cannot take back text that it has shown. So with a guardrail text is sent
only after it was judged: by whole sentences, or in the modes `buffer` and `verdict` all at once. An
answer that is blocked in the middle ends there, with the finish reason `content_filter`.
"""

import secrets
import time
from collections.abc import Generator, Iterator
from typing import Any

from app.errors import InvalidRequest
from app.events import Answer, Citation, Done, Error, Event, Started, StopReason, Text, Usage
from app.models import Message, assistant, user
from app.turn import Dialogue, Question, Sampling
from app.web.openai.errors import error_body
from app.web.openai.schemas import (
    Annotation,
    AnswerMessage,
    ChatCompletion,
    ChatCompletionRequest,
    ChatMessage,
    Choice,
    CompletionUsage,
    FinishReason,
    UrlCitation,
)
from app.web.problems import INTERNAL, problem_of
from app.web.schemas import LONGEST_MESSAGE
from app.web.sse import sse

FINISH_REASONS: dict[StopReason, FinishReason] = {
    "end": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "guardrail": "content_filter",
    "filtered": "content_filter",
}
INSTRUCTIONS = ("system", "developer")


def question_of(request: ChatCompletionRequest) -> Question:
    """The question that a request ends with, and the conversation before it.

    Raises:
        InvalidRequest: the last message is not the user's, or a text is too long.
    """
    *earlier, last = request.messages
    if last.role != "user" or not last.text.strip():
        raise InvalidRequest(
            "The last message has to be the user's and to have text.", field="messages"
        )
    instructions = "\n\n".join(
        each.text for each in request.messages if each.role in INSTRUCTIONS
    ).strip()
    for text in (last.text, instructions):
        if len(text) > LONGEST_MESSAGE:
            raise InvalidRequest(
                "The question, and the system messages together, may each have "
                f"{LONGEST_MESSAGE} characters at most.",
                field="messages",
            )
    longest = [n for n in (request.max_tokens, request.max_completion_tokens) if n is not None]
    return Question(
        last.text.strip(),
        model=request.model,
        retrieval_filter=request.filter,
        sampling=Sampling(
            temperature=request.temperature,
            top_p=request.top_p,
            max_tokens=min(longest, default=None),
            stop=tuple(request.stop or ()),
        ),
        dialogue=Dialogue(tuple(_messages(earlier)), instructions),
    )


def _messages(earlier: list[ChatMessage]) -> Iterator[Message]:
    for each in earlier:
        if each.text.strip() and each.role not in INSTRUCTIONS:
            yield user(each.text) if each.role == "user" else assistant(each.text)


def completion(answer: Answer) -> ChatCompletion:
    """A whole answer."""
    return ChatCompletion(
        id=_new_id(),
        created=int(time.time()),
        model=answer.model,
        choices=[
            Choice(
                message=AnswerMessage(
                    content=answer.answer, annotations=[*map(annotation, _supported(answer))]
                ),
                finish_reason=FINISH_REASONS[answer.stop_reason],
            )
        ],
        usage=usage(answer.usage),
    )


def chunks(
    turn: Generator[Event, None, None], *, hold: bool, include_usage: bool
) -> Iterator[bytes]:
    """The answer as it is written, in server-sent events, ended by `[DONE]`.

    Args:
        hold: send no part of the answer before the guardrail has checked it.
        include_usage: end with a chunk of the usage.
    """
    return sse(turn, _Chunks(hold=hold, include_usage=include_usage))


def _supported(answer: Answer) -> list[Citation]:
    """The citations whose quotes may support their sentences: an annotation cannot say no."""
    return [citation for citation in answer.citations if citation.supported is not False]


def annotation(citation: Citation) -> Annotation:
    """The annotation of a citation. A mark of unknown position gets the start of the answer."""
    start = citation.mark or 0
    label = citation.page_label or citation.page
    page = f", page {label}" if label else ""
    cited = UrlCitation(
        url=citation.uri,
        title=f"{citation.title}{page}",
        start_index=start,
        end_index=start + len(f"[{citation.number}]"),
    )
    return Annotation(url_citation=cited)


def usage(used: Usage) -> CompletionUsage:
    """Usage by OpenAI's names."""
    return CompletionUsage(
        prompt_tokens=used.input_tokens,
        completion_tokens=used.output_tokens,
        total_tokens=used.input_tokens + used.output_tokens,
    )


class _Chunks:
    """Makes the chunks of one answer, which share an id, a time and a model."""

    def __init__(self, *, hold: bool, include_usage: bool) -> None:
        self._hold = hold
        self._is_empty = True  # no content has been sent
        self._include_usage = include_usage
        self._shared: dict[str, Any] = {
            "id": _new_id(),
            "object": "chat.completion.chunk",
            "created": int(time.time()),
        }

    def bodies_of(self, event: Event) -> Iterator[dict[str, Any]]:
        match event:
            case Started(model=model):
                self._shared["model"] = model
                yield self._chunk({"role": "assistant", "content": ""})
            case Text(text=text) if not self._hold:
                self._is_empty = False
                yield self._chunk({"content": text})
            case Citation() if not self._hold and event.supported is not False:
                yield self._annotated(event)
            case Done(answer=answer):
                yield from self._rest(answer)
            case Error():
                yield error_body(problem_of(event))

    def bodies_of_failure(self) -> Iterator[dict[str, Any]]:
        yield error_body(problem_of(INTERNAL))

    def _rest(self, answer: Answer) -> Iterator[dict[str, Any]]:
        """The chunks that follow the complete answer."""
        self._shared["model"] = answer.model
        if self._hold or (self._is_empty and answer.answer):  # the guardrail's message, maybe
            yield self._chunk({"content": answer.answer})
        if self._hold:
            yield from map(self._annotated, _supported(answer))
        yield self._chunk({}, FINISH_REASONS[answer.stop_reason])
        if self._include_usage:
            yield {**self._shared, "choices": [], "usage": usage(answer.usage).model_dump()}

    def _annotated(self, citation: Citation) -> dict[str, Any]:
        return self._chunk({"annotations": [annotation(citation).model_dump()]})

    def _chunk(self, delta: dict[str, Any], finish: FinishReason | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        none_yet = {"usage": None} if self._include_usage else {}
        return {**self._shared, "choices": [choice], **none_yet}


def _new_id() -> str:
    return f"chatcmpl-{secrets.token_hex(12)}"
