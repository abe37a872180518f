"""Each family's bodies: what a request is read as, and what an answer is put into."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.local.bedrock_runtime.bodies import (
    FAMILIES,
    InvalidBody,
    Opening,
    Reply,
)
from app.local.engine.writer.content import Text
from app.local.engine.writer.deltas import Blocks, TextDelta
from app.local.engine.writer.prompt import Sampling, Turn
from app.local.engine.writer.writing import Citation, Finish

JSON = dict[str, Any]

TURNS = (
    Turn("user", "What is an outcrop?"),
    Turn("assistant", "Rock at the surface."),
    Turn("user", "And bedrock?"),
)
SYSTEM = "Be brief."
SAMPLING = Sampling(temperature=0.5, top_p=0.9, max_tokens=100, stop=("END",))
CHAT = [
    {"role": "system", "content": SYSTEM},
    {"role": "user", "content": [{"type": "text", "text": TURNS[0].text}]},
    {"role": "assistant", "content": TURNS[1].text},
    {"role": "user", "content": TURNS[2].text},
]
TRANSCRIPT = (
    "Be brief.\n\nUser: What is an outcrop?\n{0}: Rock at the surface.\nUser: And bedrock?\n{0}:"
)
ANSWER = "The rock beneath."

FINISH = Finish("end", 21, 5)
USAGE = {"prompt_tokens": 21, "completion_tokens": 5, "total_tokens": 26}


@dataclass(frozen=True)
class Golden:
    """A request, and what the answer is.

    `whole` and `chunks` are the members that matter; a body may have others.
    """

    request: JSON
    whole: JSON
    chunks: Sequence[JSON]
    system: str = SYSTEM
    sampling: Sampling = SAMPLING
    body: JSON = field(default_factory=dict)


GOLDEN = {
    "anthropic": Golden(
        {
            "anthropic_version": "bedrock-2023-05-31",
            "max_tokens": 100,
            "system": SYSTEM,
            "messages": [
                {"role": "user", "content": TURNS[0].text},
                {"role": "assistant", "content": [{"type": "text", "text": TURNS[1].text}]},
                {"role": "user", "content": TURNS[2].text},
            ],
            "temperature": 0.5,
            "top_p": 0.9,
            "stop_sequences": ["END"],
        },
        {
            "type": "message",
            "role": "assistant",
            "model": "claude-sonnet-4-6",
            "content": [{"type": "text", "text": ANSWER}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
        },
        (
            {"type": "message_start"},
            {
                "type": "content_block_start",
                "index": 0,
                "content_block": {"type": "text", "text": ""},
            },
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "text_delta", "text": ANSWER},
            },
            {"type": "content_block_stop", "index": 0},
            {
                "type": "message_delta",
                "delta": {"stop_reason": "end_turn", "stop_sequence": None},
                "usage": {"output_tokens": 5},
            },
            {"type": "message_stop"},
        ),
    ),
    "nova": Golden(
        {
            "schemaVersion": "messages-v1",
            "system": [{"text": SYSTEM}],
            "messages": [{"role": turn.role, "content": [{"text": turn.text}]} for turn in TURNS],
            "inferenceConfig": {
                "maxTokens": 100,
                "temperature": 0.5,
                "topP": 0.9,
                "stopSequences": ["END"],
            },
        },
        {
            "output": {"message": {"role": "assistant", "content": [{"text": ANSWER}]}},
            "stopReason": "end_turn",
            "usage": {"inputTokens": 21, "outputTokens": 5, "totalTokens": 26},
        },
        (
            {"messageStart": {"role": "assistant"}},
            {"contentBlockDelta": {"delta": {"text": ANSWER}, "contentBlockIndex": 0}},
            {"contentBlockStop": {"contentBlockIndex": 0}},
            {"messageStop": {"stopReason": "end_turn"}},
            {
                "metadata": {
                    "usage": {"inputTokens": 21, "outputTokens": 5, "totalTokens": 26},
                    "metrics": {},
                    "trace": {},
                }
            },
        ),
    ),
    "titan": Golden(
        {
            "inputText": TRANSCRIPT.format("Bot"),
            "textGenerationConfig": {
                "maxTokenCount": 100,
                "temperature": 0.5,
                "topP": 0.9,
                "stopSequences": ["END"],
            },
        },
        {
            "inputTextTokenCount": 21,
            "results": [{"tokenCount": 5, "outputText": ANSWER, "completionReason": "FINISH"}],
        },
        (
            {
                "outputText": ANSWER,
                "index": 0,
                "inputTextTokenCount": 21,
                "totalOutputTextTokenCount": None,
                "completionReason": None,
            },
            {"outputText": "", "totalOutputTextTokenCount": 5, "completionReason": "FINISH"},
        ),
    ),
    "llama": Golden(
        {
            "prompt": "<|begin_of_text|>"
            "<|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
            "<|start_header_id|>user<|end_header_id|>\n\nWhat is an outcrop?<|eot_id|>"
            "<|start_header_id|>assistant<|end_header_id|>\n\nRock at the surface.<|eot_id|>"
            "<|start_header_id|>user<|end_header_id|>\n\nAnd bedrock?<|eot_id|>"
            "<|start_header_id|>assistant<|end_header_id|>\n\n",
            "max_gen_len": 100,
            "temperature": 0.5,
            "top_p": 0.9,
        },
        {
            "generation": ANSWER,
            "prompt_token_count": 21,
            "generation_token_count": 5,
            "stop_reason": "stop",
        },
        (
            {"generation": "", "prompt_token_count": 21, "stop_reason": None},
            {
                "generation": ANSWER,
                "prompt_token_count": None,
                "generation_token_count": 5,
                "stop_reason": None,
            },
            {"generation": "", "generation_token_count": 5, "stop_reason": "stop"},
        ),
        sampling=Sampling(temperature=0.5, top_p=0.9, max_tokens=100),
    ),
    "mistral": Golden(
        {
            "prompt": "<s>[INST] Be brief.\n\nWhat is an outcrop? [/INST] Rock at the surface.</s>"
            "[INST] And bedrock? [/INST]",
            "max_tokens": 100,
            "temperature": 0.5,
            "top_p": 0.9,
            "stop": ["END"],
        },
        {"outputs": [{"text": ANSWER, "stop_reason": "stop"}]},
        (
            {"outputs": [{"text": ANSWER, "stop_reason": None}]},
            {"outputs": [{"text": "", "stop_reason": "stop"}]},
        ),
    ),
    "mistral-chat": Golden(
        {"messages": CHAT, "max_tokens": 100, "temperature": 0.5, "top_p": 0.9, "stop": ["END"]},
        {
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": ANSWER},
                    "stop_reason": "stop",
                }
            ]
        },
        (
            {
                "choices": [
                    {
                        "index": 0,
                        "delta": {"role": "assistant", "content": ANSWER},
                        "stop_reason": None,
                    }
                ]
            },
            {
                "choices": [
                    {
                        "index": 0,
                        "delta": {"role": "assistant", "content": ""},
                        "stop_reason": "stop",
                    }
                ]
            },
        ),
    ),
    "command-r": Golden(
        {
            "message": TURNS[2].text,
            "chat_history": [
                {"role": "USER", "message": TURNS[0].text},
                {"role": "CHATBOT", "message": TURNS[1].text},
            ],
            "preamble": SYSTEM,
            "max_tokens": 100,
            "temperature": 0.5,
            "p": 0.9,
            "stop_sequences": ["END"],
        },
        {"text": ANSWER, "finish_reason": "COMPLETE"},
        (
            {"event_type": "stream-start", "is_finished": False},
            {"event_type": "text-generation", "is_finished": False, "text": ANSWER},
            {"event_type": "stream-end", "is_finished": True, "finish_reason": "COMPLETE"},
        ),
    ),
    "command": Golden(
        {
            "prompt": TRANSCRIPT.format("Chatbot"),
            "max_tokens": 100,
            "temperature": 0.5,
            "p": 0.9,
            "stop_sequences": ["END"],
            "stream": True,
        },
        {"generations": [{"id": "a1-0", "text": ANSWER, "finish_reason": "COMPLETE"}]},
        (
            {"text": ANSWER, "is_finished": False},
            {"is_finished": True, "finish_reason": "COMPLETE"},
        ),
    ),
    "jamba": Golden(
        {"messages": CHAT, "max_tokens": 100, "temperature": 0.5, "top_p": 0.9, "stop": ["END"]},
        {
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": ANSWER},
                    "finish_reason": "stop",
                }
            ],
            "usage": USAGE,
        },
        (
            {
                "choices": [
                    {
                        "index": 0,
                        "delta": {"role": "assistant", "content": ""},
                        "finish_reason": None,
                    }
                ]
            },
            {"choices": [{"index": 0, "delta": {"content": ANSWER}, "finish_reason": None}]},
            {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
            {"choices": [], "usage": USAGE},
        ),
    ),
    "jurassic": Golden(
        {
            "prompt": TRANSCRIPT.format("Assistant"),
            "maxTokens": 100,
            "temperature": 0.5,
            "topP": 0.9,
            "stopSequences": ["END"],
        },
        {
            "completions": [
                {
                    "data": {
                        "text": ANSWER,
                        "tokens": [
                            {
                                "generatedToken": {"token": "The"},
                                "topTokens": None,
                                "textRange": {"start": 0, "end": 3},
                            },
                            {
                                "generatedToken": {"token": "rock"},
                                "topTokens": None,
                                "textRange": {"start": 4, "end": 8},
                            },
                        ],
                    },
                    "finishReason": {"reason": "endoftext"},
                }
            ]
        },
        (),
    ),
    "openai": Golden(
        {
            "messages": CHAT,
            "max_completion_tokens": 100,
            "temperature": 0.5,
            "top_p": 0.9,
            "stop": "END",
        },
        {
            "object": "chat.completion",
            "model": "anthropic.claude-sonnet-4-6",
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": ANSWER},
                    "finish_reason": "stop",
                }
            ],
            "usage": USAGE,
        },
        (
            {"object": "chat.completion.chunk"},
            {"choices": [{"index": 0, "delta": {"content": ANSWER}, "finish_reason": None}]},
            {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
            {"choices": [], "usage": USAGE},
        ),
    ),
}

every_family = pytest.mark.parametrize("name", list(FAMILIES))


def reply(request: JSON, finish: Finish = FINISH, *citations: Citation) -> Reply:
    spans = [(0, 3), (4, 8)]
    model = "anthropic.claude-sonnet-4-6"
    return Reply(model, "a1", request, (Text(ANSWER),), finish, citations, lambda _: spans)


def chunks(name: str, answer: Reply) -> list[JSON]:
    family = FAMILIES[name]
    start = Opening(answer.model, answer.id, answer.body, answer.finish.input_tokens)
    blocks = Blocks()
    events = [*blocks.add(TextDelta(answer.text)), *blocks.end()]
    return [
        *family.opening(start),
        *(chunk for event in events for chunk in family.event(start, event, 5)),
        *family.closing(answer),
    ]


@every_family
def test_each_familys_request_is_read_into_one_prompt(name: str) -> None:
    request = FAMILIES[name].read(GOLDEN[name].request)
    assert (request.prompt.system, request.prompt.turns) == (SYSTEM, TURNS)
    assert request.sampling == GOLDEN[name].sampling


@every_family
def test_a_whole_answer_is_put_into_its_body(name: str) -> None:
    body = FAMILIES[name].whole(reply(GOLDEN[name].request))
    assert body | GOLDEN[name].whole == body


@every_family
def test_a_streamed_answer_is_put_into_chunks(name: str) -> None:
    told = chunks(name, reply(GOLDEN[name].request)) if name != "jurassic" else []
    assert len(told) == len(GOLDEN[name].chunks)
    for body, golden in zip(told, GOLDEN[name].chunks, strict=True):
        assert body | golden == body


@pytest.mark.parametrize(
    ("name", "length", "stop"),
    [
        ("anthropic", "max_tokens", "stop_sequence"),
        ("nova", "max_tokens", "stop_sequence"),
        ("titan", "LENGTH", "STOP_CRITERIA_MET"),
        ("llama", "length", "stop"),
        ("mistral", "length", "stop"),
        ("mistral-chat", "length", "stop"),
        ("command-r", "MAX_TOKENS", "STOP_SEQUENCE"),
        ("command", "MAX_TOKENS", "STOP_SEQUENCE"),
        ("jamba", "length", "stop"),
        ("jurassic", "length", "stop"),
        ("openai", "length", "stop"),
    ],
)
def test_why_an_answer_ended_is_told(name: str, length: str, stop: str) -> None:
    for finish, reason in (
        (Finish("length", 21, 5), length),
        (Finish("stop", 21, 5, "END"), stop),
    ):
        body = FAMILIES[name].whole(reply(GOLDEN[name].request, finish))
        assert f"'{reason}'" in str(body)


def test_anthropic_tells_which_stop_sequence_it_was() -> None:
    body = FAMILIES["anthropic"].whole(reply({}, Finish("stop", 1, 1, "END")))
    assert (body["stop_reason"], body["stop_sequence"]) == ("stop_sequence", "END")


def test_a_parameter_that_is_left_out_is_left_to_the_model() -> None:
    body = {"messages": [{"role": "user", "content": "Hi"}]}
    assert FAMILIES["openai"].read(body).sampling == Sampling()
    assert FAMILIES["openai"].read(body).named == frozenset()


def test_command_answers_in_one_chunk_unless_it_is_to_stream() -> None:
    request = {key: value for key, value in GOLDEN["command"].request.items() if key != "stream"}
    [chunk] = chunks("command", reply(request))
    assert chunk == FAMILIES["command"].whole(reply(request))


DOCUMENTS = [{"title": "Quartz", "snippet": "It is hard."}, {"id": "talc", "snippet": "Soft."}]


def test_command_r_reads_documents() -> None:
    request = FAMILIES["command-r"].read({"message": "Hi", "documents": DOCUMENTS})
    assert [(one.id, one.title, one.text) for one in request.prompt.documents] == [
        ("doc_0", "Quartz", "It is hard."),
        ("talc", "", "Soft."),
    ]


def test_command_r_cites_its_documents_by_span() -> None:
    body = {"message": "Hi", "documents": DOCUMENTS}
    cited = Citation(4, 40, ("talc",)), Citation(30, 40, ("doc_0",)), Citation(0, 3, ("1",))
    whole = FAMILIES["command-r"].whole(reply(body, FINISH, *cited))
    citation = {"start": 4, "end": 17, "text": "rock beneath.", "document_ids": ["talc"]}
    assert whole["citations"] == [citation]
    assert whole["documents"] == [DOCUMENTS[1]]
    streamed = chunks("command-r", reply(body, FINISH, *cited))
    assert streamed[-2]["citations"] == [citation]
    assert streamed[-1]["response"] == whole


@pytest.mark.parametrize(
    ("name", "change", "wrong"),
    [
        ("anthropic", {"max_tokens": None}, "#: required key [max_tokens] not found"),
        ("anthropic", {"max_tokens": 0}, "#/max_tokens: 0 is not greater or equal to 1"),
        ("anthropic", {"stream": True}, "#: extraneous key [stream] is not permitted"),
        ("anthropic", {"temperature": 1.5}, "#/temperature: 1.5 is not less or equal to 1"),
        ("anthropic", {"messages": []}, "#/messages: expected minimum item count: 1, found: 0"),
        ("anthropic", {"messages": [{"role": "bot", "content": "Hi"}]},
         "#/messages/0/role: bot is not a valid enum value"),
        ("anthropic", {"stop_sequences": "END"},
         "#/stop_sequences: expected type: JSONArray, found: String"),
        ("anthropic", {"stop_sequences": [""]},
         "#/stop_sequences/0: expected minLength: 1, actual: 0"),
        ("nova", {"inferenceConfig": {"max_tokens": 5}},
         "#/inferenceConfig: extraneous key [max_tokens] is not permitted"),
        ("nova", {"inferenceConfig": {"topK": 500}},
         "#/inferenceConfig/topK: 500 is not less or equal to 128"),
        ("titan", {"inputText": 5}, "#/inputText: expected type: String, found: Integer"),
        ("llama", {"stop": ["END"]}, "#: extraneous key [stop] is not permitted"),
        ("mistral", {"stop": ["x"] * 11}, "#/stop: expected maximum item count: 10, found: 11"),
        ("command", {"prompt": None}, "#: required key [prompt] not found"),
        ("command-r", {"p": 1.0}, "#/p: 1.0 is not less or equal to 0.99"),
        ("jamba", {"max_tokens": 5000}, "#/max_tokens: 5000 is not less or equal to 4096"),
        ("jurassic", {"max_tokens": 5}, "#: extraneous key [max_tokens] is not permitted"),
        ("openai", {"messages": "Hi"}, "#/messages: expected type: JSONArray, found: String"),
    ],
)  # fmt: skip
def test_what_breaks_the_schema_is_named_as_bedrock_names_it(
    name: str, change: JSON, wrong: str
) -> None:
    body = {k: v for k, v in (GOLDEN[name].request | change).items() if v is not None}
    with pytest.raises(InvalidBody) as error:
        FAMILIES[name].read(body)
    assert error.value.message == (
        f"Malformed input request: {wrong}, please reformat your input and try again."
    )


def test_every_violation_is_named() -> None:
    with pytest.raises(InvalidBody) as error:
        FAMILIES["anthropic"].read({"messages": [{"role": "user", "content": "Hi"}], "model": "x"})
    assert error.value.message == (
        "Malformed input request: #: required key [anthropic_version] not found#: required key "
        "[max_tokens] not found#: extraneous key [model] is not permitted, please reformat your "
        "input and try again."
    )


ASSISTANT = {"role": "assistant", "content": "Hi"}
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": ""}}


@pytest.mark.parametrize(
    ("name", "change", "wrong"),
    [
        ("anthropic", {"messages": [{"role": "user", "content": [IMAGE]}]},
         "messages.0.content.0.image.source.base64: the image is empty."),
        ("nova", {"messages": [{"role": "user", "content": [{"video": {}}]}]},
         "messages.0.content.0: the stand-in reads no block of the kind [video]"),
        ("anthropic", {"messages": [ASSISTANT]}, "must start with a user message"),
        ("anthropic", {"thinking": {"type": "enabled", "budget_tokens": 1023}},
         "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024"),
        ("anthropic", {"thinking": {"type": "enabled"}}, "budget_tokens: Field required"),
        ("anthropic", {"thinking": {"type": "deep"}}, "thinking: Input tag 'deep' found using"),
        ("anthropic", {"thinking": {"type": "adaptive", "display": "all"}}, "'summarized' or"),
        ("nova", {"reasoningConfig": {"type": "enabled"}}, "maxReasoningEffort"),
        ("llama", {"images": ["aGk="]}, "images: the stand-in sees no images in this body; AWS"),
        ("command", {"num_generations": 3}, "num_generations: the stand-in writes one answer"),
        ("command", {"logit_bias": {"1": 2}}, "logit_bias: the stand-in favours no tokens"),
        ("command-r", {"raw_prompting": True}, "raw_prompting: the stand-in reads the message"),
        ("jamba", {"n": 2}, "n: the stand-in writes one answer; AWS takes this."),
        ("openai", {"logprobs": True}, "logprobs: the stand-in tells no likelihoods"),
        ("openai", {"n": 2, "foo": 1}, "extraneous key [foo] is not permitted"),
    ],
)  # fmt: skip
def test_what_the_model_cannot_do_is_refused_by_name(name: str, change: JSON, wrong: str) -> None:
    with pytest.raises(InvalidBody) as error:
        FAMILIES[name].read(GOLDEN[name].request | change)
    assert wrong in error.value.message


@pytest.mark.parametrize("name", ["titan", "llama", "mistral", "command", "jurassic"])
def test_a_text_without_a_template_is_one_turn(name: str) -> None:
    member = "inputText" if name == "titan" else "prompt"
    prompt = FAMILIES[name].read({member: "Context: Quartz.\n\nQuestion: What?"}).prompt
    assert prompt.turns == (Turn("user", "Context: Quartz.\n\nQuestion: What?"),)
    assert prompt.system == ""
