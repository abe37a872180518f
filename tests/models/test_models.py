"""The flow, through real botocore, against a server that is a queue of raw answers."""

import json
from collections.abc import Generator
from dataclasses import replace
from typing import Any

import pytest
from botocore.eventstream import EventStreamBuffer

from app.aws import Clients
from app.errors import (
    BackendError,
    InvalidRequest,
    ModelFailed,
    NotFound,
    OperatorError,
    OutcropError,
    StreamCut,
    Throttled,
    TimedOut,
    Unavailable,
)
from app.events import Usage
from app.models import (
    BlockEnd,
    Completion,
    Delta,
    Prompt,
    Text,
    TextDelta,
    find,
    invocation,
    user,
)
from app.models.calls import GuardrailConfiguration
from tests.models import golden
from tests.models.golden import Golden
from tests.models.loopback import (
    RUNTIME,
    STREAM_END,
    Act,
    Loopback,
    answer,
    chunk_frame,
    clients_of,
    error,
    exception_frame,
    frame,
    http_chunk,
    reply,
    stream,
    stream_head,
)

STREAMED = [one for one in golden.ALL if one.chunks]
ASK = Prompt((user("And bedrock?"),))
MISTRAL = golden.MISTRAL.model_id


@pytest.fixture(scope="module")
def hurried(loopback: Loopback) -> Clients:
    return clients_of(loopback, RUNTIME, seconds=1)


def pieces(
    aws: Clients, model_id: str = MISTRAL, prompt: Prompt = ASK
) -> Generator[Delta | Completion, None, None]:
    return invocation.stream(aws.bedrock_runtime, find(model_id), prompt)


def whole(aws: Clients, model_id: str = MISTRAL, prompt: Prompt = ASK) -> Completion:
    return invocation.invoke(aws.bedrock_runtime, find(model_id), prompt)


def finished(one: Golden) -> Completion:
    return Completion(one.content, one.stop_reason, one.usage)


@pytest.mark.parametrize("one", golden.ALL, ids=lambda one: one.model_id)
def test_every_familys_model_is_called_and_its_answer_read(
    one: Golden, server: Loopback, aws: Clients
) -> None:
    server.enqueue(answer(one.reply, one.headers))

    assert whole(aws, one.model_id, one.prompt) == finished(one)

    (request,) = server.requests
    assert request.line.startswith("POST /model/")
    assert request.line.split()[1].endswith("/invoke")
    assert request.headers["content-type"] == request.headers["accept"] == "application/json"
    assert json.loads(request.body) == one.request


@pytest.mark.parametrize("one", STREAMED, ids=lambda one: one.model_id)
def test_every_family_streams(one: Golden, server: Loopback, aws: Clients) -> None:
    server.enqueue(*stream(map(chunk_frame, one.chunks)))

    *deltas, completion = pieces(aws, one.model_id, one.prompt)

    assert completion == finished(one)
    texts = [delta.text for delta in deltas if isinstance(delta, TextDelta)]
    assert len(texts) > 1
    assert "".join(texts) == one.text
    assert deltas.count(BlockEnd()) == len(one.content)
    assert deltas[-1] == BlockEnd()
    (request,) = server.requests
    assert request.line.split()[1].endswith("/invoke-with-response-stream")
    assert json.loads(request.body) == (one.streamed or one.request)


def test_a_stream_that_ends_in_half_a_tag_yields_that_too(server: Loopback, aws: Clients) -> None:
    chunk = {"choices": [{"delta": {"content": "<reas"}, "finish_reason": "stop"}]}
    server.enqueue(*stream([chunk_frame(chunk)]))
    assert list(pieces(aws, golden.OPENAI.model_id)) == [
        TextDelta("<reas"),
        BlockEnd(),
        Completion((Text("<reas"),), "end", Usage(0, 0)),
    ]


@pytest.mark.parametrize("one", STREAMED, ids=lambda one: one.model_id)
def test_a_stream_cut_between_two_frames_is_no_answer(
    one: Golden, server: Loopback, aws: Clients
) -> None:
    frames = [chunk_frame(chunk) for chunk in one.chunks]
    terminal = len(frames) - (1 if one.chunks[-1].get("choices") == [] else 0)
    for kept in range(terminal):
        for end in ((STREAM_END,), (Act.CLOSE,), (Act.RESET,)):
            server.enqueue(stream_head(), *map(http_chunk, frames[:kept]), *end)
            with pytest.raises(StreamCut):
                list(pieces(aws, one.model_id, one.prompt))


def test_a_stream_that_is_cut_has_told_the_tokens_that_it_counted(
    server: Loopback, aws: Clients
) -> None:
    one = golden.ANTHROPIC
    frames = [http_chunk(chunk_frame(chunk)) for chunk in one.chunks[:4]]
    server.enqueue(stream_head(), *frames, STREAM_END)
    observed: list[Usage] = []
    stream = invocation.stream(
        aws.bedrock_runtime, find(one.model_id), one.prompt, observe=observed.append
    )
    with pytest.raises(StreamCut):
        list(stream)
    assert observed[-1] == Usage(21, 0)


def test_a_stream_cut_at_any_byte_is_no_answer(server: Loopback, aws: Clients) -> None:
    """A body that only the connection ends: there is nothing but the answer itself to go by."""
    whole = b"".join(chunk_frame(chunk) for chunk in golden.MISTRAL.chunks)
    for kept in range(0, len(whole), 5):
        server.enqueue(stream_head(chunked=False), whole[:kept], Act.CLOSE)
        with pytest.raises(StreamCut):
            list(pieces(aws))
    server.enqueue(stream_head(chunked=False), whole, Act.CLOSE)
    assert list(pieces(aws))[-1] == finished(golden.MISTRAL)


@pytest.mark.parametrize("end", [Act.CLOSE, Act.RESET])
def test_what_comes_after_the_terminal_chunk_cannot_take_an_answer_back(
    end: Act, server: Loopback, aws: Clients
) -> None:
    frames = [http_chunk(chunk_frame(chunk)) for chunk in golden.MISTRAL.chunks]
    server.enqueue(stream_head(), *frames, end)
    assert list(pieces(aws))[-1] == finished(golden.MISTRAL)


EXCEPTIONS = {
    "throttlingException": Throttled,
    "modelTimeoutException": TimedOut,
    "modelStreamErrorException": ModelFailed,
    "internalServerException": Unavailable,
    "serviceUnavailableException": Unavailable,
    "validationException": InvalidRequest,
    "unheardOfException": StreamCut,
}


@pytest.mark.parametrize(("name", "kind"), EXCEPTIONS.items())
def test_an_exception_in_the_stream_is_ours(
    name: str, kind: type[OutcropError], server: Loopback, aws: Clients
) -> None:
    frames = [chunk_frame(chunk) for chunk in golden.MISTRAL.chunks[:-1]]
    for after in range(len(frames) + 1):
        server.enqueue(*stream([*frames[:after], exception_frame(name, "Sorry.")]))
        with pytest.raises(kind) as raised:
            list(pieces(aws))
        assert "InvokeModelWithResponseStream" in raised.value.detail
    assert len(server.requests) == len(frames) + 1


def test_these_tests_cover_every_stream_exception_that_botocore_knows(aws: Clients) -> None:
    service = aws.bedrock_runtime.meta.service_model
    output: Any = service.operation_model("InvokeModelWithResponseStream").output_shape
    assert output.members["body"].members.keys() - {"chunk"} <= EXCEPTIONS.keys()


def test_a_damaged_frame_is_no_answer(server: Loopback, aws: Clients) -> None:
    first, *others = (chunk_frame(chunk) for chunk in golden.MISTRAL.chunks)
    damaged = bytearray(first)
    damaged[40] ^= 1
    server.enqueue(*stream([bytes(damaged), *others]))
    with pytest.raises(StreamCut, match="ChecksumMismatch"):
        list(pieces(aws))


def test_a_stream_of_something_else_is_no_answer(server: Loopback, aws: Clients) -> None:
    server.enqueue(stream_head(), http_chunk(b"<html>Proxy error</html>" * 9), STREAM_END)
    with pytest.raises(StreamCut):
        list(pieces(aws))


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "text",
        {"outputs": []},
        {"outputs": [{"text": 7, "stop_reason": "stop"}]},
        {"outputs": [{"text": "Hm", "stop_reason": {"no": "string"}}]},
        {"outputs": [{"text": "Hm", "stop_reason": "a reason of tomorrow"}]},
    ],
)
def test_a_body_of_another_shape_is_the_models_failure(
    body: Any, server: Loopback, aws: Clients
) -> None:
    server.enqueue(answer(body))
    server.enqueue(*stream([chunk_frame(body)]))
    with pytest.raises(ModelFailed):
        whole(aws)
    with pytest.raises(ModelFailed):
        list(pieces(aws))


def test_text_after_the_end_is_the_models_failure(server: Loopback, aws: Clients) -> None:
    chunks = [*golden.MISTRAL.chunks, {"outputs": [{"text": "More.", "stop_reason": None}]}]
    server.enqueue(*stream(map(chunk_frame, chunks)))
    with pytest.raises(ModelFailed, match="text after the end"):
        list(pieces(aws))


def test_garbage_is_the_models_failure(server: Loopback, aws: Clients) -> None:
    for garbage in (b"", b"\xff\xfe", b"<html>", b"[" * 100_000):
        server.enqueue(reply(garbage))
        with pytest.raises(ModelFailed):
            whole(aws)


@pytest.mark.parametrize("steps", [(Act.WAIT,), (Act.RESET,), (Act.CLOSE,)])
def test_a_generating_call_is_sent_once_whatever_happens(
    steps: tuple[Act, ...], server: Loopback, hurried: Clients
) -> None:
    server.enqueue(*steps)
    server.enqueue(*steps)
    with pytest.raises((TimedOut, Unavailable)):
        whole(hurried)
    assert len(server.requests) == 1
    with pytest.raises((TimedOut, Unavailable)):
        list(pieces(hurried))
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("ThrottlingException", 429, Throttled),
        ("ModelNotReadyException", 429, Throttled),
        ("ServiceQuotaExceededException", 400, Throttled),
        ("InternalServerException", 500, Unavailable),
        ("ServiceUnavailableException", 503, Unavailable),
        ("ModelTimeoutException", 408, TimedOut),
        ("ModelErrorException", 424, ModelFailed),
        ("ValidationException", 400, InvalidRequest),
        ("ResourceNotFoundException", 404, NotFound),
        ("AccessDeniedException", 403, OperatorError),
        ("ExpiredTokenException", 403, OperatorError),
        ("TeapotException", 418, BackendError),
    ],
)
def test_an_error_reply_is_ours_and_is_not_tried_again(
    code: str, status: int, kind: type[OutcropError], server: Loopback, aws: Clients
) -> None:
    server.enqueue(error(code, status))
    server.enqueue(error(code, status))
    with pytest.raises(OutcropError) as invoked:
        whole(aws)
    with pytest.raises(OutcropError) as streamed:
        list(pieces(aws))
    assert type(invoked.value) is type(streamed.value) is kind
    assert len(server.requests) == 2


def test_a_stall_in_the_stream_is_a_timeout(server: Loopback, hurried: Clients) -> None:
    first = http_chunk(chunk_frame(golden.MISTRAL.chunks[0]))
    server.enqueue(stream_head(), first, Act.WAIT)
    answer = pieces(hurried)
    assert next(answer) == TextDelta("The")
    with pytest.raises(TimedOut):
        next(answer)
    assert len(server.requests) == 1


def test_closing_the_generator_closes_the_connection(server: Loopback, aws: Clients) -> None:
    first = http_chunk(chunk_frame(golden.MISTRAL.chunks[0]))
    server.enqueue(stream_head(), first, Act.WAIT)
    answer = pieces(aws)
    assert next(answer) == TextDelta("The")
    assert not server.left.is_set()
    answer.close()
    assert server.left.wait(timeout=10)


def test_a_whole_stream_leaves_its_connection_for_the_next(server: Loopback, aws: Clients) -> None:
    for _ in range(2):
        server.enqueue(*stream(map(chunk_frame, golden.MISTRAL.chunks)))
    assert list(pieces(aws))[-1] == finished(golden.MISTRAL)
    connections = server.connections
    assert list(pieces(aws))[-1] == finished(golden.MISTRAL)
    assert server.connections == connections


def test_nothing_is_sent_before_the_first_piece_is_asked_for(
    server: Loopback, aws: Clients
) -> None:
    pieces(aws)
    assert server.requests == []
    with pytest.raises(InvalidRequest):
        pieces(aws, prompt=replace(ASK, max_tokens=100_000))
    assert server.requests == []


@pytest.mark.parametrize("one", [golden.LLAMA4, golden.JURASSIC], ids=lambda one: one.model_id)
def test_a_model_that_does_not_stream_yields_its_text_in_one_piece(
    one: Golden, server: Loopback, aws: Clients
) -> None:
    server.enqueue(answer(one.reply))
    answers = list(pieces(aws, one.model_id, one.prompt))
    assert answers == [TextDelta(one.text), BlockEnd(), finished(one)]
    assert server.requests[0].line.split()[1].endswith("/invoke")


GUARD = GuardrailConfiguration("gr1", "DRAFT", trace=True)
INTERVENED = {
    "amazon-bedrock-guardrailAction": "INTERVENED",
    "amazon-bedrock-trace": {"guardrail": {"actionReason": "Guardrail blocked."}},
}


def test_a_guardrail_goes_into_the_headers_and_its_action_comes_back(
    server: Loopback, aws: Clients
) -> None:
    server.enqueue(answer(golden.MISTRAL.reply | INTERVENED))
    completion = invocation.invoke(aws.bedrock_runtime, find(MISTRAL), ASK, guardrail=GUARD)

    assert completion.stop_reason == "guardrail"
    assert completion.trace == {"guardrail": {"actionReason": "Guardrail blocked."}}
    headers = server.requests[0].headers
    assert headers["x-amzn-bedrock-guardrailidentifier"] == "gr1"
    assert headers["x-amzn-bedrock-guardrailversion"] == "DRAFT"
    assert headers["x-amzn-bedrock-trace"] == "ENABLED"


def test_no_guardrail_sends_no_such_header(server: Loopback, aws: Clients) -> None:
    server.enqueue(answer(golden.MISTRAL.reply | {"amazon-bedrock-guardrailAction": "NONE"}))
    assert whole(aws).stop_reason == "end"
    assert not [name for name in server.requests[0].headers if "guardrail" in name]


@pytest.mark.parametrize("one", STREAMED, ids=lambda one: one.model_id)
def test_a_guardrail_that_steps_in_on_any_chunk_is_the_stop_reason(
    one: Golden, server: Loopback, aws: Clients
) -> None:
    for at in range(len(one.chunks)):
        chunks = [
            chunk | INTERVENED if index == at else chunk for index, chunk in enumerate(one.chunks)
        ]
        server.enqueue(*stream(map(chunk_frame, chunks)))
        *_, completion = pieces(aws, one.model_id, one.prompt)
        assert isinstance(completion, Completion)
        assert completion.stop_reason == "guardrail"


def test_a_guardrail_may_speak_in_claudes_first_message(server: Loopback, aws: Clients) -> None:
    first, *others = golden.ANTHROPIC.chunks
    chunks = [first | {"message": first["message"] | INTERVENED}, *others]
    server.enqueue(*stream(map(chunk_frame, chunks)))
    *_, completion = pieces(aws, golden.ANTHROPIC.model_id)
    assert isinstance(completion, Completion)
    assert completion.stop_reason == "guardrail"


def test_a_profile_of_the_account_is_called_as_the_model_behind_it(
    server: Loopback, aws: Clients
) -> None:
    profile = "arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/abc"
    server.enqueue(answer(golden.NOVA.reply))
    invocation.invoke(aws.bedrock_runtime, find(profile, golden.NOVA.model_id), ASK)
    assert "application-inference-profile%2Fabc" in server.requests[0].line


def test_that_a_model_is_retired_is_said_where_it_is_refused(
    server: Loopback, aws: Clients
) -> None:
    server.enqueue(error("ResourceNotFoundException", 404, "This model version is at its end."))
    with pytest.raises(NotFound) as raised:
        whole(aws, golden.TITAN.model_id)
    assert "is gone. Use amazon.nova-2-lite-v1:0." in raised.value.detail
    assert raised.value.field == "model"

    server.enqueue(error("ThrottlingException", 429))
    with pytest.raises(Throttled) as throttled:
        whole(aws, golden.TITAN.model_id)
    assert "gone" not in throttled.value.detail


def test_what_a_model_does_not_take_is_refused_before_anything_is_sent(
    server: Loopback, aws: Clients
) -> None:
    with pytest.raises(InvalidRequest) as raised:
        whole(aws, golden.LLAMA3.model_id, replace(ASK, stop=("END",)))
    assert raised.value.field == "stop"
    assert server.requests == []


def test_botocore_reads_what_our_encoder_writes() -> None:
    frames = [
        frame(b"payload", {":event-type": "chunk", ":message-type": "event"}),
        exception_frame("throttlingException", "Slow down."),
        chunk_frame({"a": 1}),
    ]
    buffer = EventStreamBuffer()
    buffer.add_data(b"".join(frames))
    messages: list[Any] = list(buffer)
    plain, exception, chunk = messages
    assert plain.payload == b"payload"
    assert dict(plain.headers) == {":event-type": "chunk", ":message-type": "event"}
    assert exception.headers[":exception-type"] == "throttlingException"
    assert json.loads(chunk.payload)["bytes"] == "eyJhIjogMX0="
