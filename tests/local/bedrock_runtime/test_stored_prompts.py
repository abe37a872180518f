"""Prompts of Prompt management, run by their ARN through boto3."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from app.local.engine.writer import TextDelta
from tests.local.bedrock_agent.knowledge_bases.world import refused
from tests.local.bedrock_agent.prompts.library import Library, chat, text
from tests.local.bedrock_runtime.guardrails import make_guardrail
from tests.local.bedrock_runtime.scripted import ASKED, CLAUDE, HI, TOOLS

SONGS: Any = {"genre": {"text": "jazz"}, "number": {"text": "5"}}
SAMPLING: Any = {"text": {"temperature": 0.5, "maxTokens": 99, "stopSequences": ["END"]}}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library(tmp_path_factory.mktemp("home")) as library:
        yield library


@pytest.fixture
def library(opened: Library) -> Library:
    """A library whose model answers "Take Five" once, and has read nothing yet."""
    opened.scripted.prompts.clear()
    opened.scripted.samplings.clear()
    opened.scripted.scripts = [(TextDelta("Take Five"),)]
    return opened


def answer(reply: Any) -> str:
    said: str = reply["output"]["message"]["content"][0]["text"]
    return said


def turns(library: Library) -> list[tuple[str, str]]:
    """What the model was asked, as who says what."""
    (prompt,) = library.scripted.prompts
    return [(turn.role, turn.text) for turn in prompt.turns]


def test_a_text_is_the_users_message(library: Library) -> None:
    arn = library.version(text(inferenceConfiguration=SAMPLING))
    reply = library.runtime.converse(modelId=arn, promptVariables=SONGS)
    assert answer(reply) == "Take Five"
    assert turns(library) == [("user", "Make me a jazz playlist of 5 songs.")]
    (sampling,) = library.scripted.samplings
    assert (sampling.temperature, sampling.max_tokens, sampling.stop) == (0.5, 99, ("END",))


def test_a_chat_has_its_system_its_examples_and_its_tools(library: Library) -> None:
    tools = {"toolConfiguration": TOOLS, "system": [{"text": "You know {{genre}}."}]}
    arn = library.version(chat("One of {{genre}}?", "So What", "{{number}} more?", template=tools))
    library.runtime.converse(modelId=arn, promptVariables=SONGS)
    (prompt,) = library.scripted.prompts
    assert prompt.system == "You know jazz."
    assert [tool.name for tool in prompt.tools] == ["order"]
    assert turns(library) == [
        ("user", "One of jazz?"),
        ("assistant", "So What"),
        ("user", "5 more?"),
    ]


def test_messages_come_behind_those_of_the_prompt(library: Library) -> None:
    arn = library.version(chat("Hello", "What is it?"))
    library.runtime.converse(modelId=arn, messages=ASKED)
    assert turns(library) == [
        ("user", "Hello"),
        ("assistant", "What is it?"),
        ("user", "Where is my order?"),
    ]


def test_a_stream_is_of_the_same_prompt(library: Library) -> None:
    arn = library.version()
    stream = library.runtime.converse_stream(modelId=arn, promptVariables=SONGS)["stream"]
    deltas = [event["contentBlockDelta"] for event in stream if "contentBlockDelta" in event]
    assert "".join(delta["delta"]["text"] for delta in deltas) == "Take Five"
    assert turns(library) == [("user", "Make me a jazz playlist of 5 songs.")]


def test_an_arn_without_a_version_is_of_the_draft(library: Library) -> None:
    prompt = library.client.get_prompt(promptIdentifier=library.prompt(text("Now {{genre}}")))
    library.runtime.converse(modelId=prompt["arn"], promptVariables={"genre": SONGS["genre"]})
    assert turns(library) == [("user", "Now jazz")]


def test_a_value_is_filled_in_once(library: Library) -> None:
    arn = library.version(text("{{a}} {{b}} {{a}} {{ a }} {c} {{c d}}"))
    values = {"a": {"text": "{{b}}"}, "b": {"text": r"\1 {{a}}"}}
    library.runtime.converse(modelId=arn, promptVariables=values)
    assert turns(library) == [("user", r"{{b}} \1 {{a}} {{b}} {{ a }} {c} {{c d}}")]


def test_a_cache_point_is_one_of_the_request(library: Library) -> None:
    words = "word " * 1100
    variant = text(words + "{{genre}}", modelId=CLAUDE)
    variant["templateConfiguration"]["text"]["cachePoint"] = {"type": "default"}
    arn = library.version(variant)
    usage = library.runtime.converse(modelId=arn, promptVariables={"genre": SONGS["genre"]})[
        "usage"
    ]
    assert usage["cacheWriteInputTokens"] > 1000


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("system", [{"text": "Be brief."}]),
        ("inferenceConfig", {"maxTokens": 5}),
        ("toolConfig", TOOLS),
        ("additionalModelRequestFields", {"top_k": 5}),
    ],
)
def test_what_the_prompt_defines_is_not_sent_along(
    library: Library, member: str, value: Any
) -> None:
    arn = library.version()
    for call in (library.runtime.converse, library.runtime.converse_stream):
        code, status, message = refused(call, modelId=arn, promptVariables=SONGS, **{member: value})
        assert (code, status) == ("ValidationException", 400)
        assert message.startswith(f"{member}: is not to be sent along with a prompt")


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, "promptVariables: genre, number of the prompt"),
        ({"genre": SONGS["genre"]}, "promptVariables: number of the prompt"),
        ({**SONGS, "mood": {"text": "sad"}}, "promptVariables: mood is no variable of the prompt"),
    ],
)
def test_an_error_names_the_variable(library: Library, values: Any, wrong: str) -> None:
    code, _, message = refused(
        library.runtime.converse, modelId=library.version(), promptVariables=values
    )
    assert code == "ValidationException"
    assert message.startswith(wrong)


def test_a_variable_that_is_named_and_not_used_may_have_a_value(library: Library) -> None:
    arn = library.version(text("Hi", variables=["genre"]))
    library.runtime.converse(modelId=arn, promptVariables={"genre": SONGS["genre"]})
    assert turns(library) == [("user", "Hi")]


AGENT = "arn:aws:bedrock:us-east-1:000000000000:agent-alias/ABCDEFGHIJ/KLMNOPQRST"


@pytest.mark.parametrize(
    ("variant", "code", "wrong"),
    [
        (text("Hi", modelId=None), "ValidationException", "the prompt names no model"),
        (
            text("Hi", modelId=None, genAiResource={"agent": {"agentIdentifier": AGENT}}),
            "ValidationException",
            "the prompt is for an agent",
        ),
        (text("Hi", modelId="nobody.knows-v1:0"), "ValidationException", "identifier is invalid"),
        (
            text("Hi", modelId="amazon.titan-embed-text-v2:0"),
            "ValidationException",
            "doesn't support the model",
        ),
    ],
)
def test_a_prompt_that_no_model_runs(library: Library, variant: Any, code: str, wrong: str) -> None:
    answered_code, _, message = refused(library.runtime.converse, modelId=library.version(variant))
    assert answered_code == code
    assert wrong in message


def test_a_prompt_that_is_not_there(library: Library) -> None:
    for arn, wrong in (
        (library.version().replace(":1", ":7"), "has no version 7"),
        ("arn:aws:bedrock:us-east-1:000000000000:prompt/0000000000:1", "0000000000"),
    ):
        code, status, message = refused(library.runtime.converse, modelId=arn)
        assert (code, status) == ("ResourceNotFoundException", 404)
        assert wrong in message


def test_a_prompt_without_variants_is_not_run(library: Library) -> None:
    prompt = library.client.create_prompt(name="bare")
    code, _, message = refused(library.runtime.converse, modelId=prompt["arn"])
    assert code == "ValidationException"
    assert "has no variant" in message


def test_values_are_ignored_where_a_model_is_named(library: Library) -> None:
    messages = [{"role": "user", "content": HI}]
    library.runtime.converse(
        modelId="amazon.nova-lite-v1:0", messages=messages, promptVariables=SONGS
    )
    assert turns(library) == [("user", "Hi")]


def test_a_guardrail_judges_the_prompts_own_words(library: Library) -> None:
    words: Any = {"wordPolicyConfig": {"wordsConfig": [{"text": "polka"}]}}
    guardrail = make_guardrail(library.server, **words)
    use = {"guardrailIdentifier": guardrail, "guardrailVersion": "DRAFT"}
    reply = library.runtime.converse(
        modelId=library.version(),
        promptVariables=SONGS | {"genre": {"text": "polka"}},
        guardrailConfig=use,
    )
    assert reply["stopReason"] == "guardrail_intervened"
    assert not library.scripted.prompts


@pytest.mark.parametrize("model", ["amazon.nova-lite-v1:0", CLAUDE, "openai.gpt-oss-20b-1:0"])
def test_invoke_model_runs_a_prompt_and_answers_as_its_model(library: Library, model: str) -> None:
    arn = library.version(text("Name a song.", modelId=model))
    reply = library.runtime.invoke_model(modelId=arn, body=b'{"ignored": true}')
    assert "Take Five" in json.dumps(json.loads(reply["body"].read()))
    assert turns(library) == [("user", "Name a song.")]


def test_invoke_model_streams_a_prompt(library: Library) -> None:
    arn = library.version(text("Name a song.", modelId=CLAUDE))
    stream = library.runtime.invoke_model_with_response_stream(modelId=arn, body=b"")["body"]
    bodies = [json.loads(event["chunk"]["bytes"]) for event in stream]
    deltas = [body["delta"]["text"] for body in bodies if body["type"] == "content_block_delta"]
    assert "".join(deltas) == "Take Five"


def test_invoke_model_has_no_variables_to_fill_in(library: Library) -> None:
    body = json.dumps({"promptVariables": SONGS}).encode()
    code, _, message = refused(library.runtime.invoke_model, modelId=library.version(), body=body)
    assert code == "ValidationException"
    assert "promptVariables: genre, number of the prompt" in message
    assert "InvokeModel takes none" in message


def test_the_page_shows_how_a_prompt_is_made_and_run(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (Path(__file__).parents[3] / "docs" / "prompts.md").read_text()
    (shown,) = re.findall(r"(?ms)^```python\n(.*?)^```$", page)
    monkeypatch.setattr(boto3, "client", library.server.client)
    names: dict[str, Any] = {}
    exec(compile(shown, "docs/prompts.md", "exec"), names)
    assert answer(names["reply"]) == "Take Five"
    assert turns(library) == [("user", "Make me a jazz playlist of 5 songs.")]
