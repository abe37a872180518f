"""An OpenAI-compatible server in the writer's place: a fake one, with a queue of answers."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from queue import Queue
from threading import Event
from typing import Any

import pytest

from app.local.engine.transformer import Encoder
from app.local.engine.writer import (
    Delta,
    Document,
    Finish,
    Image,
    ModelError,
    ModelTimeout,
    Prompt,
    ReasoningDelta,
    Sampling,
    Server,
    TextDelta,
    Tool,
    ToolChoice,
    ToolInputDelta,
    ToolResult,
    ToolUse,
    ToolUseStart,
    Turn,
    Writing,
)
from tests.http_server import Handler, HttpServer

JSON = dict[str, Any]
PROMPT = Prompt((Turn("user", "How hard is quartz?"),), "Be brief.")
MODELS = {"data": [{"id": "nomic-embed-text:latest"}, {"id": "tiny:1b"}, {"id": "large:70b"}]}
PATIENCE = 10  # seconds, before a test fails that would hang


def event(delta: JSON, reason: str | None = None, **members: Any) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": reason, **members}
    return f"data: {json.dumps({'choices': [choice]})}\n\n"


def spoken(*words: str) -> list[str]:
    return [event({"role": "assistant"}), *(event({"content": word}) for word in words)]


DONE = "data: [DONE]\n\n"
USAGE = 'data: {"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 2}}\n\n'
WHOLE = [*spoken("Very", " hard."), event({}, "stop"), USAGE, DONE]


@dataclass
class Fake:
    """What it is asked, and what it answers: a status and parts, some of them to wait for."""

    url: str = ""
    answers: "Queue[tuple[int, list[str | Event]]]" = field(default_factory=Queue)
    asked: list[JSON] = field(default_factory=list)
    cut: Event = field(default_factory=Event)  # a client went away before it had everything
    silent: Event = field(default_factory=Event)  # it says nothing at all until `speaks` is set
    speaks: Event = field(default_factory=Event)

    def enqueue(self, *parts: str | Event, status: int = 200) -> None:
        self.answers.put((status, list(parts)))


@pytest.fixture
def fake() -> Iterator[Fake]:
    told = Fake()

    class Answers(Handler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            assert self.path == "/v1/models"
            self.answer(200, [json.dumps(MODELS)])

        def do_POST(self) -> None:
            assert self.path == "/v1/chat/completions"
            body = self.rfile.read(int(self.headers["content-length"]))
            told.asked.append(json.loads(body))
            if told.silent.is_set():
                told.speaks.wait(PATIENCE)
            self.answer(*told.answers.get(timeout=PATIENCE))

        def answer(self, status: int, parts: list[str | Event]) -> None:
            self.close_connection = True
            self.send_response(status)
            self.send_header("connection", "close")
            self.end_headers()
            try:
                for part in parts:
                    if isinstance(part, str):
                        self.wfile.write(part.encode())
                        self.wfile.flush()
                    else:
                        part.wait(PATIENCE)
            except OSError:
                told.cut.set()

    with HttpServer(Answers) as server:
        told.url = f"{server.url}/v1"
        yield told


class Answer:
    """A Writing, its deltas taken from outside the event loop."""

    def __init__(self, runner: asyncio.Runner, writing: Writing) -> None:
        self._runner, self._writing = runner, writing
        self.input_tokens = writing.input_tokens
        self.author = writing.author

    @property
    def finish(self) -> Finish:
        return self._writing.finish

    def deltas(self) -> Iterator[Delta]:
        deltas = aiter(self._writing)

        async def following() -> Delta | None:
            return await anext(deltas, None)

        while (delta := self._runner.run(following())) is not None:
            yield delta

    def __iter__(self) -> Iterator[str]:
        """The pieces of an answer that is text alone."""
        for delta in self.deltas():
            assert isinstance(delta, TextDelta)
            yield delta.text

    def close(self) -> None:
        self._runner.run(self._writing.aclose())


class Remote:
    """A Server, asked from without the event loop."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.runner = asyncio.Runner()

    def generate(self, prompt: Prompt, sampling: Sampling) -> Answer:
        return Answer(self.runner, self.runner.run(self.server.write(prompt, sampling)))

    def close(self) -> None:
        self.runner.close()


@pytest.fixture
def remote(fake: Fake, encoder: Encoder) -> Iterator[Remote]:
    remote = Remote(Server(fake.url, encoder, silence=2.0))
    yield remote
    remote.close()


def test_text_of_the_server_is_streamed_as_it_comes(fake: Fake, remote: Remote) -> None:
    fake.enqueue(*WHOLE)
    generation = remote.generate(PROMPT, Sampling())
    assert list(generation) == ["Very", " hard."]
    assert (generation.finish.reason, generation.finish.stop_sequence) == ("end", None)
    assert (generation.finish.input_tokens, generation.finish.output_tokens) == (11, 2)


def test_the_request_to_the_server_holds_prompt_and_sampling(fake: Fake, remote: Remote) -> None:
    fake.enqueue(*WHOLE)
    sampling = Sampling(temperature=0.5, top_p=0.9, top_k=7, max_tokens=50, stop=("END",))
    list(remote.generate(PROMPT, sampling))
    assert fake.asked == [
        {
            "model": "tiny:1b",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "How hard is quartz?"},
            ],
            "temperature": 0.5,
            "top_p": 0.9,
            "top_k": 7,
            "max_tokens": 50,
            "stop": ["END"],
            "stream": True,
            "stream_options": {"include_usage": True},
        }
    ]


def test_what_is_not_given_is_left_to_the_server(fake: Fake, encoder: Encoder) -> None:
    fake.enqueue(*WHOLE)
    named = Remote(Server(fake.url + "/", encoder, model="large:70b"))
    prompt = Prompt((Turn("user", "Hi"),), documents=(Document("d", "Quartz is hard.", "Quartz"),))
    generation = named.generate(prompt, Sampling())
    list(generation)
    [asked] = fake.asked
    assert asked["model"] == generation.author == "large:70b"
    assert set(asked) == {"model", "messages", "max_tokens", "stream", "stream_options"}
    assert "Quartz is hard." in asked["messages"][0]["content"]
    named.close()


def test_tokens_are_counted_here_where_the_server_does_not_tell(
    fake: Fake, remote: Remote, encoder: Encoder
) -> None:
    fake.enqueue(*spoken("Very", " hard."), event({}, "length"), DONE)
    generation = remote.generate(PROMPT, Sampling())
    list(generation)
    assert generation.finish.reason == "length"
    assert generation.finish.input_tokens == remote.server.count(PROMPT) == generation.input_tokens
    assert generation.finish.output_tokens == encoder.count("Very hard.")


def test_a_server_may_tell_which_stop_sequence_it_was(fake: Fake, remote: Remote) -> None:
    fake.enqueue(*spoken("Very"), event({}, "stop", stop_reason="END"), DONE)
    generation = remote.generate(PROMPT, Sampling(stop=("END",)))
    list(generation)
    assert (generation.finish.reason, generation.finish.stop_sequence) == ("stop", "END")


def test_a_refusal_is_an_error_at_once(fake: Fake, remote: Remote) -> None:
    fake.enqueue('{"error": {"message": "model is busy"}}', status=503)
    with pytest.raises(ModelError, match="answered 503: model is busy") as error:
        remote.generate(PROMPT, Sampling())
    assert error.value.status == 503


def test_an_error_in_the_stream_is_an_error(fake: Fake, remote: Remote) -> None:
    fake.enqueue(*spoken("Very"), 'data: {"error": {"message": "out of memory"}}\n\n')
    pieces = iter(remote.generate(PROMPT, Sampling()))
    assert next(pieces) == "Very"
    with pytest.raises(ModelError, match="out of memory"):
        next(pieces)


@pytest.mark.parametrize("end", ["", DONE, "data: {not json\n\n"])
def test_a_stream_that_breaks_off_is_an_error(fake: Fake, remote: Remote, end: str) -> None:
    fake.enqueue(*spoken("Very"), end)
    pieces = iter(remote.generate(PROMPT, Sampling()))
    assert next(pieces) == "Very"
    with pytest.raises(ModelError, match=r"broke off|failed"):
        next(pieces)


def test_silence_is_a_timeout(fake: Fake, encoder: Encoder) -> None:
    waiting = Event()
    fake.enqueue(*spoken("Very"), waiting)
    impatient = Remote(Server(fake.url, encoder, silence=0.05))
    pieces = iter(impatient.generate(PROMPT, Sampling()))
    assert next(pieces) == "Very"
    with pytest.raises(ModelTimeout, match=r"said nothing for 0\.05 seconds"):
        next(pieces)
    waiting.set()
    impatient.close()


def test_no_server_is_an_error_that_says_what_to_do(encoder: Encoder) -> None:
    nobody = Remote(Server("http://127.0.0.1:9/v1", encoder, model="tiny"))
    with pytest.raises(ModelError, match="Start it, or unset OUTCROP_LOCAL_MODEL_URL"):
        nobody.generate(PROMPT, Sampling())
    nobody.close()


@pytest.mark.parametrize("taken", [0, 1])
def test_closing_the_answer_closes_the_request(fake: Fake, remote: Remote, taken: int) -> None:
    closed = Event()
    fake.enqueue(*spoken("Very"), closed, *["data: {}\n\n" * 1000] * 100)
    generation = remote.generate(PROMPT, Sampling())
    pieces = iter(generation)
    for _ in range(taken):
        next(pieces)
    generation.close()
    closed.set()
    assert fake.cut.wait(PATIENCE)


def test_cancelling_the_question_closes_the_request(fake: Fake, remote: Remote) -> None:
    """Also before the server has said anything: it may have a model to load."""
    fake.silent.set()
    fake.enqueue(*["data: {}\n\n" * 1000] * 100)

    async def asked_and_left() -> None:
        question = asyncio.create_task(remote.server.write(PROMPT, Sampling()))
        while not fake.asked:
            await asyncio.sleep(0.001)
        question.cancel()
        await asyncio.wait({question})

    remote.runner.run(asked_and_left())
    fake.speaks.set()
    assert fake.cut.wait(PATIENCE)


CLOCK = Tool("clock", "Tells the time", {"type": "object", "properties": {"zone": {}}})
WITH_TOOLS = Prompt(
    (
        Turn("user", "What time is it in Oslo?"),
        Turn("assistant", "Let me see.", tool_uses=(ToolUse("c1", "clock", '{"zone": "CET"}'),)),
        Turn("user", "", tool_results=(ToolResult("c1", "no such zone", failed=True),)),
    ),
    tools=(CLOCK,),
    tool_choice=ToolChoice("tool", "clock"),
)


def calling(index: int, **piece: Any) -> str:
    return event({"tool_calls": [{"index": index, **piece}]})


def test_tools_and_their_results_are_sent_as_chat_completions_have_them(
    fake: Fake, remote: Remote
) -> None:
    fake.enqueue(*WHOLE)
    list(remote.generate(WITH_TOOLS, Sampling()))
    call = {"name": "clock", "arguments": '{"zone": "CET"}'}
    assert fake.asked[-1]["messages"] == [
        {"role": "user", "content": "What time is it in Oslo?"},
        {
            "role": "assistant",
            "content": "Let me see.",
            "tool_calls": [{"id": "c1", "type": "function", "function": call}],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "The tool failed: no such zone"},
    ]
    function = {"name": "clock", "description": "Tells the time", "parameters": CLOCK.input_schema}
    assert fake.asked[-1]["tools"] == [{"type": "function", "function": function}]
    assert fake.asked[-1]["tool_choice"] == {"type": "function", "function": {"name": "clock"}}


def test_tool_calls_come_as_deltas(fake: Fake, remote: Remote) -> None:
    """The second call comes in one piece, and with an id that Bedrock would not take."""
    whole = {"name": "clock", "arguments": "{}"}
    fake.enqueue(
        *spoken("Well."),
        calling(0, id="call_1", type="function", function={"name": "clock", "arguments": ""}),
        calling(0, function={"arguments": '{"zone": '}),
        calling(0, function={"arguments": '"UTC"}'}),
        calling(1, id="an id with spaces", type="function", function=whole),
        event({}, "tool_calls"),
        DONE,
    )
    answer = remote.generate(WITH_TOOLS, Sampling())
    *first, second, arguments = answer.deltas()
    assert first == [
        TextDelta("Well."),
        ToolUseStart("call_1", "clock"),
        ToolInputDelta('{"zone": '),
        ToolInputDelta('"UTC"}'),
    ]
    assert isinstance(second, ToolUseStart)
    assert (second.id.startswith("tooluse_"), second.name) == (True, "clock")
    assert arguments == ToolInputDelta("{}")
    assert answer.finish.reason == "tool_use"


@pytest.mark.parametrize(
    ("prompt", "wrong"), [(PROMPT, "offered none"), (WITH_TOOLS, "went back to a tool call")]
)
def test_tool_calls_out_of_place_are_an_error(
    fake: Fake, remote: Remote, prompt: Prompt, wrong: str
) -> None:
    function = {"name": "clock", "arguments": "{}"}
    fake.enqueue(
        calling(0, id="a", function=function),
        calling(1, id="b", function=function),
        calling(0, function={"arguments": "}"}),
        event({}, "tool_calls"),
        DONE,
    )
    with pytest.raises(ModelError, match=wrong):
        list(remote.generate(prompt, Sampling()).deltas())


ANSWER: JSON = {"type": "object", "properties": {"zone": {"type": "string"}}}


def test_the_schema_of_an_answer_is_sent_as_a_response_format(fake: Fake, remote: Remote) -> None:
    for schema, form in (
        ({"type": "object"}, {"type": "json_object"}),
        (ANSWER, {"type": "json_schema",
                  "json_schema": {"name": "answer", "schema": ANSWER, "strict": True}}),
    ):  # fmt: skip
        fake.enqueue(*WHOLE)
        list(remote.generate(Prompt(PROMPT.turns, output_schema=schema), Sampling()))
        assert fake.asked[-1]["response_format"] == form
    fake.enqueue(*WHOLE)
    list(remote.generate(PROMPT, Sampling()))
    assert "response_format" not in fake.asked[-1]


@pytest.mark.parametrize(
    ("choice", "members"),
    [
        (ToolChoice("none"), {"tool_choice": "none"}),
        (ToolChoice("any"), {"tool_choice": "required"}),
        (ToolChoice(parallel=False), {"tool_choice": "auto", "parallel_tool_calls": False}),
    ],
)
def test_whether_a_tool_may_be_used_is_sent(
    fake: Fake, remote: Remote, choice: ToolChoice, members: JSON
) -> None:
    fake.enqueue(*WHOLE)
    strict = replace(CLOCK, strict=True)
    list(remote.generate(Prompt(PROMPT.turns, tools=(strict,), tool_choice=choice), Sampling()))
    asked = fake.asked[-1]
    assert asked | members == asked
    assert asked["tools"][0]["function"]["strict"] is True


def test_images_are_sent_as_data_urls_those_of_results_behind_them(
    fake: Fake, remote: Remote
) -> None:
    fake.enqueue(*WHOLE)
    result = ToolResult("c1", "a photo", images=(Image("png", b"1"),))
    shown = Turn("user", "And this?", tool_results=(result,), images=(Image("jpeg", b"2"),))
    list(remote.generate(Prompt((*WITH_TOOLS.turns[:2], shown), tools=(CLOCK,)), Sampling()))
    *_, answered, user = fake.asked[-1]["messages"]
    assert answered == {"role": "tool", "tool_call_id": "c1", "content": "a photo"}
    assert user["content"] == [
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,MQ=="}},
        {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,Mg=="}},
        {"type": "text", "text": "And this?"},
    ]


def test_the_documents_of_a_result_are_sent_with_it(fake: Fake, remote: Remote) -> None:
    fake.enqueue(*WHOLE)
    result = ToolResult("c1", "", documents=(Document("0", "Quartz is hard.", "quartz.md"),))
    turns = (*WITH_TOOLS.turns[:2], Turn("user", "", tool_results=(result,)))
    list(remote.generate(Prompt(turns, tools=(CLOCK,)), Sampling()))
    told = fake.asked[-1]["messages"][-1]
    text = "<document>\nquartz.md\nQuartz is hard.\n</document>"
    assert told == {"role": "tool", "tool_call_id": "c1", "content": text}


@pytest.mark.parametrize("member", ["reasoning_content", "reasoning"])
def test_reasoning_comes_as_deltas_and_its_effort_is_sent(
    fake: Fake, remote: Remote, member: str
) -> None:
    fake.enqueue(event({member: "Hm."}), event({"content": "Yes."}), event({}, "stop"), DONE)
    answer = remote.generate(PROMPT, Sampling(effort="low"))
    assert list(answer.deltas()) == [ReasoningDelta("Hm."), TextDelta("Yes.")]
    assert fake.asked[-1]["reasoning_effort"] == "low"
    assert answer.finish.output_tokens > 1


def test_a_call_ends_the_answer_whatever_the_server_calls_it(fake: Fake, remote: Remote) -> None:
    call = event({"tool_calls": [{"index": 0, "id": "c1", "function": {"name": "clock"}}]})
    fake.enqueue(call, event({}, "stop"), DONE)
    answer = remote.generate(WITH_TOOLS, Sampling())
    list(answer.deltas())
    assert answer.finish.reason == "tool_use"
