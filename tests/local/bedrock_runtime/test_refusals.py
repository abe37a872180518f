"""What bedrock-runtime refuses, and in whose words: botocore asks."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from botocore.exceptions import ClientError

from app.local import bedrock_runtime
from app.local.bedrock import foundation_models
from app.local.engine.transformer import Encoder
from app.local.engine.writer import Writer
from app.local.engine.writer.counting import AROUND_A_MESSAGE, BEFORE_AN_ANSWER
from app.local.faults import Fail
from tests.local.engines import engine_of
from tests.wire_server import Server, serving

JSON = dict[str, Any]
TODAY = datetime(2026, 11, 20, tzinfo=UTC)
SONNET, OLD_CLAUDE = (
    "us.anthropic.claude-sonnet-4-6",
    "us.anthropic.claude-3-7-sonnet-20250219-v1:0",
)
HAIKU = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
OPUS = "us.anthropic.claude-opus-4-1-20250805-v1:0"
MICRO, LLAMA, OLD_LLAMA = (
    "amazon.nova-micro-v1:0",
    "us.meta.llama3-3-70b-instruct-v1:0",
    "meta.llama3-8b-instruct-v1:0",
)
TITAN, MISTRAL = "amazon.titan-text-express-v1", "mistral.mistral-7b-instruct-v0:2"
RETURNED = "The model returned the following errors: "
TOO_LONG = "Input is too long for requested model."


@pytest.fixture(scope="module")
def server(encoder: Encoder) -> Iterator[Server]:
    handlers = bedrock_runtime.handlers(
        engine_of(encoder, Writer(encoder)), foundation_models, lambda: TODAY
    )
    with serving({"bedrock-runtime": handlers}) as running:
        yield running


@pytest.fixture(scope="module")
def client(server: Server) -> Any:
    return server.client("bedrock-runtime")


def refused(call: Any, **members: Any) -> str:
    with pytest.raises(ClientError) as error:
        call(**members)
    told = error.value.response["Error"]
    assert told["Code"] == "ValidationException"
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    message: str = told["Message"]
    return message


AROUND = AROUND_A_MESSAGE + BEFORE_AN_ANSWER


def said(*texts: str) -> list[JSON]:
    roles = ("user", "assistant")
    return [{"role": roles[n % 2], "content": [{"text": text}]} for n, text in enumerate(texts)]


def claude(content: Any = "Hi", **members: Any) -> bytes:
    body = {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 200,
        "messages": [{"role": "user", "content": content}],
    }
    return json.dumps({**body, **members}).encode()


@pytest.mark.parametrize(
    ("model", "tokens", "wrong"),
    [
        (MICRO, 128_001, TOO_LONG),
        (LLAMA, 200_000, TOO_LONG),
        (OLD_LLAMA, 8193, TOO_LONG),
        (TITAN, 8193, TOO_LONG),
        (MISTRAL, 32_001, TOO_LONG),
        ("openai.gpt-oss-20b-1:0", 128_001, TOO_LONG),
        (HAIKU, 200_001, f"{RETURNED}prompt is too long: 200001 tokens > 200000 maximum"),
        (OLD_CLAUDE, 200_001, f"{RETURNED}prompt is too long: 200001 tokens > 200000 maximum"),
    ],
)
def test_what_is_longer_than_the_context_window_is_refused(
    client: Any, model: str, tokens: int, wrong: str
) -> None:
    around = 3 * AROUND_A_MESSAGE + BEFORE_AN_ANSWER
    messages = said("Hi", "Hello", "a " * (tokens - 2 - around))
    for operation in (client.converse, client.converse_stream):
        assert refused(operation, modelId=model, messages=messages) == wrong


def test_the_whole_window_may_be_read(client: Any) -> None:
    reply = client.converse(modelId=OLD_LLAMA, messages=said("a " * (8192 - AROUND)))
    assert reply["usage"]["inputTokens"] == 8192


@pytest.mark.parametrize(
    ("model", "body", "wrong"),
    [
        (
            HAIKU,
            claude("a " * (200_001 - AROUND)),
            "prompt is too long: 200001 tokens > 200000 maximum",
        ),
        (OLD_LLAMA, json.dumps({"prompt": "a " * 8193}).encode(), TOO_LONG),
        (TITAN, json.dumps({"inputText": "a " * 8193}).encode(), TOO_LONG),
        (MISTRAL, json.dumps({"prompt": "a " * 32_001}).encode(), TOO_LONG),
        (MICRO, json.dumps({"messages": said("a " * 128_001)}).encode(), TOO_LONG),
    ],
)
def test_a_familys_own_body_is_held_to_the_window(
    client: Any, model: str, body: bytes, wrong: str
) -> None:
    for operation in (client.invoke_model, client.invoke_model_with_response_stream):
        assert refused(operation, modelId=model, body=body) == wrong


@pytest.mark.parametrize("model", [OPUS, OLD_CLAUDE])
def test_some_of_claudes_reserve_the_answer_that_is_asked_for(client: Any, model: str) -> None:
    long = "a " * (170_000 - AROUND)
    wrong = (
        "input length and `max_tokens` exceed context limit: 170000 + 31000 > 200000, decrease "
        "input length or `max_tokens` and try again"
    )
    assert (
        refused(client.invoke_model, modelId=model, body=claude(long, max_tokens=31_000)) == wrong
    )
    call = {"messages": said(long), "inferenceConfig": {"maxTokens": 31_000}}
    assert refused(client.converse, modelId=model, **call) == RETURNED + wrong


@pytest.mark.parametrize(
    ("model", "body", "limit"),
    [
        (SONNET, claude(max_tokens=128_001), 128_000),
        (MICRO, {"messages": said("Hi"), "inferenceConfig": {"maxTokens": 10_001}}, 10_000),
        (LLAMA, {"prompt": "Hi", "max_gen_len": 4097}, 4096),
        (TITAN, {"inputText": "Hi", "textGenerationConfig": {"maxTokenCount": 8193}}, 8192),
        (MISTRAL, {"prompt": "Hi", "max_tokens": 8193}, 8192),
        ("cohere.command-r-v1:0", {"message": "Hi", "max_tokens": 4097}, 4096),
        ("cohere.command-text-v14", {"prompt": "Hi", "max_tokens": 4097}, 4096),
        ("ai21.j2-mid-v1", {"prompt": "Hi", "maxTokens": 8192}, 8191),
    ],
)
def test_an_answer_longer_than_the_model_writes_is_refused(
    client: Any, model: str, body: Any, limit: int
) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    wrong = f"The maximum tokens you requested exceeds the model limit of {limit}. Try again"
    message = refused(client.invoke_model, modelId=model, body=data)
    assert wrong in message or f"{limit + 1} is not less or equal to {limit}," in message
    config = {"maxTokens": limit + 1}
    call = {"messages": said("Hi"), "inferenceConfig": config}
    assert wrong in refused(client.converse, modelId=model, **call)


@pytest.mark.parametrize(
    ("members", "wrong"),
    [
        ({"foo": 1}, "foo: Extra inputs are not permitted"),
        ({"max_tokens": "many"}, "max_tokens: Input should be a valid integer"),
        ({"max_tokens": 0}, "max_tokens: Input should be greater than or equal to 1"),
        ({"temperature": 2}, "temperature: Input should be less than or equal to 1"),
        ({"messages": []}, "messages: at least one message is required"),
        ({"messages": [{"role": "tool", "content": "x"}]},
         "messages.0.role: Input should be 'user' or 'assistant'"),
        ({"anthropic_beta": 5}, "anthropic_beta: Input should be a valid list"),
        ({"messages": [{"role": "user", "content": ""}]},
         "messages: text content blocks must be non-empty"),
        ({"messages": [{"role": "user", "content": " "}]},
         "messages: text content blocks must contain non-whitespace text"),
        ({"messages": [{"role": "user", "content": []}]},
         ("messages.0: all messages must have non-empty content except for the optional final "
          "assistant message")),
    ],
)  # fmt: skip
def test_claude_4_says_itself_what_is_wrong(client: Any, members: JSON, wrong: str) -> None:
    for operation in (client.invoke_model, client.invoke_model_with_response_stream):
        assert refused(operation, modelId=SONNET, body=claude(**members)) == wrong


def test_claude_4_names_what_is_missing(client: Any) -> None:
    body = json.loads(claude())
    del body["max_tokens"]
    assert refused(client.invoke_model, modelId=SONNET, body=json.dumps(body)) == (
        "max_tokens: Field required"
    )


def test_claude_3_refuses_an_unknown_member_in_bedrocks_words(client: Any) -> None:
    assert refused(client.invoke_model, modelId=OLD_CLAUDE, body=claude(foo=1)) == (
        "Malformed input request: #: extraneous key [foo] is not permitted, please reformat your "
        "input and try again."
    )


@pytest.mark.parametrize(
    ("model", "fields", "wrong"),
    [
        (SONNET, {"foo": 1}, f"{RETURNED}foo: Extra inputs are not permitted"),
        (SONNET, {"top_k": "x"}, f"{RETURNED}top_k: Input should be a valid integer"),
        (SONNET, {"top_k": -1}, f"{RETURNED}top_k: Input should be greater than or equal to 0"),
        (SONNET, {"anthropic_beta": 5}, f"{RETURNED}anthropic_beta: Input should be a valid list"),
        (OLD_CLAUDE, {"foo": 1},
         (f"{RETURNED}Malformed input request: #: extraneous key [foo] is not permitted, please "
          "reformat your input and try again.")),
        (MICRO, {"inferenceConfig": {"foo": 1}},
         (f"{RETURNED}Malformed input request: #/inferenceConfig: extraneous key [foo] is not "
          "permitted, please reformat your input and try again.")),
        (MICRO, {"anthropic_beta": ["x"]},
         (f"{RETURNED}Malformed input request: #: extraneous key [anthropic_beta] is not "
          "permitted, please reformat your input and try again.")),
    ],
)  # fmt: skip
def test_converse_passes_on_what_the_model_says_of_its_fields(
    client: Any, model: str, fields: JSON, wrong: str
) -> None:
    for operation in (client.converse, client.converse_stream):
        call = {"messages": said("Hi"), "additionalModelRequestFields": fields}
        assert refused(operation, modelId=model, **call) == wrong


@pytest.mark.parametrize(
    ("model", "key", "value"),
    [
        (SONNET, "container", {"skills": []}),
        ("openai.gpt-oss-20b-1:0", "n", 2),
        ("cohere.command-r-v1:0", "preamble", "Be brief."),
    ],
)
def test_what_the_stand_in_lacks_is_not_said_to_be_the_models_fault(
    client: Any, model: str, key: str, value: Any
) -> None:
    call = {"messages": said("Hi"), "additionalModelRequestFields": {key: value}}
    assert refused(client.converse, modelId=model, **call) == (
        f"additionalModelRequestFields.{key}: the stand-in does not have this; AWS takes it. "
        "Leave it out."
    )


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (SONNET, {"thinking": {"type": "disabled"}, "metadata": {"user_id": "u"}}),
        ("openai.gpt-oss-20b-1:0", {"user": "u", "seed": 7, "reasoning_effort": "low"}),
        ("cohere.command-r-v1:0", {"seed": 7, "k": 3}),
    ],
)
def test_fields_without_an_effect_on_the_stand_in_are_taken(
    client: Any, model: str, fields: JSON
) -> None:
    call = {"messages": said("Hi"), "additionalModelRequestFields": fields}
    assert client.converse(modelId=model, **call)["stopReason"] == "end_turn"


VIDEO = {"video": {"format": "mp4", "source": {"bytes": b"x"}}}
AUDIO = {"audio": {"format": "mp3", "source": {"bytes": b"x"}}}
GUARDED = {"guardContent": {"image": {"format": "png", "source": {"bytes": b"x"}}}}


@pytest.mark.parametrize(
    ("model", "block", "wrong"),
    [
        ("amazon.nova-lite-v1:0", VIDEO,
         ("messages.0.content.1.video: the stand-in takes no video; this model on AWS does. Leave "
          "it out.")),
        (MICRO, VIDEO,
         ("This model doesn't support the video content block that you provided. Update the "
          "content block and try again.")),
        (SONNET, AUDIO,
         ("This model doesn't support the audio content block that you provided. Update the "
          "content block and try again.")),
        (SONNET, GUARDED,
         ("messages.0.content.1.guardContent.image: the stand-in judges no images; AWS does. Leave "
          "it out.")),
    ],
)  # fmt: skip
def test_video_and_audio_are_refused_by_the_stand_in_or_by_the_model(
    client: Any, model: str, block: JSON, wrong: str
) -> None:
    messages = [{"role": "user", "content": [{"text": "Hi"}, block]}]
    for operation in (client.converse, client.converse_stream):
        assert refused(operation, modelId=model, messages=messages) == wrong


def test_features_in_beta_are_taken(client: Any) -> None:
    fields = {"anthropic_beta": ["context-1m-2025-08-07"], "top_k": 5}
    reply = client.converse(modelId=HAIKU, messages=said("Hi"), additionalModelRequestFields=fields)
    assert reply["stopReason"] == "end_turn"


NO_PREFILL = (
    "This model does not support assistant message prefill. The conversation must end with a user "
    "message."
)
MUST_END = (
    "A conversation must end with a user message. Try again with a conversation that ends with a "
    "user message."
)


@pytest.mark.parametrize(
    ("model", "begun", "wrong"),
    [
        (SONNET, "It", RETURNED + NO_PREFILL),
        ("us.anthropic.claude-opus-5-5", "It", RETURNED + NO_PREFILL),
        (LLAMA, "It", MUST_END),
        (MISTRAL, "It", MUST_END),
        ("openai.gpt-oss-20b-1:0", "It", MUST_END),
        (HAIKU, "It ",
         f"{RETURNED}messages: final assistant content cannot end with trailing whitespace"),
    ],
)  # fmt: skip
def test_an_answer_is_begun_for_models_that_go_on_from_it(
    client: Any, model: str, begun: str, wrong: str
) -> None:
    for operation in (client.converse, client.converse_stream):
        assert refused(operation, modelId=model, messages=said("Hi", begun)) == wrong


@pytest.mark.parametrize("model", [HAIKU, OPUS, OLD_CLAUDE, MICRO])
def test_an_answer_goes_on_from_how_it_was_begun(client: Any, model: str) -> None:
    question = (
        "<passage>Quartz has a hardness of 7 on the Mohs scale.</passage>\n\n"
        "What is the hardness of quartz on the Mohs scale?"
    )

    def answer(*texts: str) -> str:
        reply = client.converse(modelId=model, messages=said(*texts))
        text: str = reply["output"]["message"]["content"][0]["text"]
        return text

    whole = answer(question)
    assert "hardness of 7" in whole
    assert answer(question, whole[:10]) == whole[10:]
    assert answer(question, "Well, it") == whole


def test_claudes_own_body_may_begin_the_answer(client: Any) -> None:
    messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "I am"}]
    body = claude(messages=messages)
    reply = json.loads(client.invoke_model(modelId=HAIKU, body=body)["body"].read())
    assert reply["content"][0]["text"].startswith(" Outcrop's stand-in model.")
    assert refused(client.invoke_model, modelId=SONNET, body=body) == NO_PREFILL


@pytest.mark.parametrize(
    "model", ["openai.gpt-oss-20b-1:0", "qwen.qwen3-32b-v1:0", "zai.glm-5", "google.gemma-3-4b-it"]
)
def test_stop_sequences_are_refused_where_the_model_takes_none(client: Any, model: str) -> None:
    config = {"stopSequences": ["END"]}
    for operation in (client.converse, client.converse_stream):
        assert refused(operation, modelId=model, messages=said("Hi"), inferenceConfig=config) == (
            "This model doesn't support the stopSequences field. Remove stopSequences and try "
            "again."
        )
    body = {"messages": [{"role": "user", "content": "Hi"}], "stop": ["Outcrop"]}
    reply = client.invoke_model(modelId=model, body=json.dumps(body))
    assert json.loads(reply["body"].read())["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize("role", ["user", "assistant"])
def test_a_message_without_content_is_refused(client: Any, role: str) -> None:
    messages = said("Hi", "Hello", "Hi")
    place = 0 if role == "user" else 1
    messages[place]["content"] = []
    for model in (SONNET, MICRO, MISTRAL):
        assert refused(client.converse, modelId=model, messages=messages) == (
            f"The content field in the Message object at messages.{place} is empty. Add a "
            "ContentBlock object to the content field and try again."
        )


@pytest.mark.parametrize(
    "model", [TITAN, MISTRAL, "mistral.mixtral-8x7b-instruct-v0:1", "cohere.command-text-v14"]
)
def test_a_system_prompt_is_refused_where_the_model_takes_none(client: Any, model: str) -> None:
    system = [{"text": "Be brief."}]
    for operation in (client.converse, client.converse_stream):
        assert refused(operation, modelId=model, messages=said("Hi"), system=system) == (
            "This model doesn't support system messages. Try again without a system message or "
            "use a model that supports system messages."
        )
    assert client.converse(modelId=model, messages=said("Hi"), system=[])["usage"]


def test_converse_says_on_the_wire_that_no_server_used_a_tool(server: Server) -> None:
    with httpx2.Client(trust_env=False) as http:
        url = f"{server.url}/model/{MICRO}/converse"
        reply = http.post(url, json={"messages": said("Hi")}).json()
        stream = http.post(f"{url}-stream", json={"messages": said("Hi")}).content
    assert reply["usage"]["serverToolUsage"] == {}
    assert b'"serverToolUsage":{}' in stream


@pytest.mark.parametrize(
    "code",
    ["ExpiredTokenException", "UnrecognizedClientException", "InvalidSignatureException"],
)
def test_a_caller_who_is_not_known_is_forbidden(server: Server, client: Any, code: str) -> None:
    server.faults.add(Fail(service="bedrock-runtime", operation="Converse", code=code))
    with pytest.raises(ClientError) as error:
        client.converse(modelId=MICRO, messages=said("Hi"))
    assert error.value.response["Error"]["Code"] == code
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
