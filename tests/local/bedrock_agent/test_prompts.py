"""Prompts through boto3: lives, versions, rules, lists, tags, and what survives."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.local.bedrock_agent import prompt_handlers
from app.local.bedrock_agent.prompts import Prompts
from app.local.wire import Call
from tests.local.bedrock_agent.knowledge_bases.world import refused
from tests.local.bedrock_agent.prompts.library import (
    NOVA,
    PLAYLIST,
    Library,
    chat,
    definition,
    text,
)

TOOL: Any = {"toolSpec": {"name": "order", "inputSchema": {"json": {"type": "object"}}}}
POINT: Any = {"cachePoint": {"type": "default"}}
AGENT = "arn:aws:bedrock:us-east-1:000000000000:agent-alias/ABCDEFGHIJ/KLMNOPQRST"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library(tmp_path_factory.mktemp("home")) as library:
        yield library


def told(answer: Any) -> Any:
    """An answer without what every answer has."""
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def test_the_life_of_a_prompt(library: Library) -> None:
    request = definition(description="Makes playlists")
    answer = library.client.create_prompt(**request)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
    created = told(answer)
    prompt = created["id"]
    assert created["arn"].endswith(f":prompt/{prompt}")
    assert (created["version"], created["defaultVariant"]) == ("DRAFT", "default")
    assert created["variants"] == request["variants"]
    assert told(library.client.get_prompt(promptIdentifier=prompt)) == created
    assert told(library.client.get_prompt(promptIdentifier=created["arn"])) == created

    changed = definition(text("Other."), name=request["name"] + "-2")
    updated = told(library.client.update_prompt(promptIdentifier=prompt, **changed))
    assert updated == told(library.client.get_prompt(promptIdentifier=prompt))
    assert "description" not in updated
    assert (updated["name"], updated["variants"]) == (changed["name"], changed["variants"])
    assert updated["createdAt"] == created["createdAt"] < updated["updatedAt"]

    assert told(library.client.delete_prompt(promptIdentifier=prompt)) == {"id": prompt}
    code, status, message = refused(library.client.get_prompt, promptIdentifier=prompt)
    assert (code, status) == ("ResourceNotFoundException", 404)
    assert prompt in message


def test_a_version_is_what_draft_was(library: Library) -> None:
    prompt = library.prompt(description="of the draft")
    first = told(library.client.create_prompt_version(promptIdentifier=prompt))
    assert (first["version"], first["arn"][-2:]) == ("1", ":1")
    assert "description" not in first
    library.client.update_prompt(promptIdentifier=prompt, **definition(text("Changed.")))
    second = told(
        library.client.create_prompt_version(promptIdentifier=prompt, description="Other words")
    )
    assert (second["version"], second["description"]) == ("2", "Other words")
    assert first["variants"] == [text()]
    assert second["variants"] == [text("Changed.")]
    for version in (first, second):
        for named in (
            {"promptIdentifier": prompt, "promptVersion": version["version"]},
            {"promptIdentifier": version["arn"]},
            {"promptIdentifier": version["arn"], "promptVersion": version["version"]},
        ):
            assert told(library.client.get_prompt(**named)) == version
    deleted = told(library.client.delete_prompt(promptIdentifier=prompt, promptVersion="2"))
    assert deleted == {"id": prompt, "version": "2"}
    code, _, message = refused(library.client.get_prompt, promptIdentifier=second["arn"])
    assert code == "ResourceNotFoundException"
    assert "has no version 2" in message
    third = library.client.create_prompt_version(promptIdentifier=prompt)
    assert third["version"] == "3"


def test_metadata_has_no_template(library: Library) -> None:
    prompt = library.prompt()
    metadata: Any = library.client.get_prompt(promptIdentifier=prompt, includedData="METADATA_ONLY")
    assert "variants" not in metadata
    assert metadata["id"] == prompt


def test_a_version_is_changed_by_nothing(library: Library) -> None:
    version = library.version()
    for call, params in (
        (library.client.update_prompt, definition()),
        (library.client.create_prompt_version, {}),
    ):
        code, status, message = refused(call, promptIdentifier=version, **params)
        assert (code, status) == ("ValidationException", 400)
        assert "promptIdentifier: names version 1, which never changes" in message
    code, _, message = refused(
        library.client.get_prompt, promptIdentifier=version, promptVersion="2"
    )
    assert code == "ValidationException"
    assert "promptVersion: is 2, but promptIdentifier names version 1" in message


def test_everything_that_a_variant_may_have_is_kept(library: Library) -> None:
    template = {
        "system": [{"text": "Be {{mood}}."}, POINT],
        "inputVariables": [{"name": "mood"}],
        "toolConfiguration": {"tools": [TOOL, POINT], "toolChoice": {"tool": {"name": "order"}}},
    }
    variant = chat(
        "How {{mood}}?",
        "Very.",
        [{"text": "Why?"}, POINT],
        template=template,
        inferenceConfiguration={
            "text": {"temperature": 0.5, "topP": 0.25, "maxTokens": 9, "stopSequences": ["."]}
        },
        additionalModelRequestFields={"inferenceConfig": {"topK": 5}},
        metadata=[{"key": "team", "value": "songs"}],
    )
    prompt = library.prompt(variant, customerEncryptionKeyArn=None)
    assert library.client.get_prompt(promptIdentifier=prompt)["variants"] == [variant]
    other = text(modelId=None, genAiResource={"agent": {"agentIdentifier": AGENT}})
    prompt = library.prompt(other)
    assert library.client.get_prompt(promptIdentifier=prompt)["variants"] == [other]


@pytest.mark.parametrize(
    ("params", "named"),
    [
        (definition(name="no spaces"), "name"),
        (definition(text(), text(name="b")), "variants"),
        (definition(defaultVariant="other"), "defaultVariant: other is the name of none"),
        (definition(variants=[], defaultVariant="a"), "defaultVariant: a is the name of none"),
        (definition(text() | {"templateType": "CHAT"}), "must have the member chat"),
        (definition(chat("Hi") | {"templateType": "TEXT"}), "must have the member text"),
        (
            definition(text(genAiResource={"agent": {"agentIdentifier": AGENT}})),
            "variants.1.member.genAiResource: must not be there beside modelId",
        ),
        (definition(text("x" * 200_001)), "text.text: must have at most 200000 characters"),
        (definition(text(variables=["no spaces"])), "inputVariables"),
        (definition(text(variables=[f"v{n}" for n in range(21)])), "inputVariables"),
        (definition(chat([POINT])), "chat.messages.1.member.content: must have a text"),
        (definition(chat([{"text": ""}])), "content.1.member.text: must not be empty"),
        (definition(chat([{"text": "a"}, {"cachePoint": {"type": "long"}}])), "cachePoint"),
        (
            definition(chat("a", template={"toolConfiguration": {"tools": [TOOL, TOOL]}})),
            "toolConfiguration.tools: has two tools with the name order",
        ),
        (
            definition(
                chat(
                    "a",
                    template={
                        "toolConfiguration": {
                            "tools": [TOOL],
                            "toolChoice": {"tool": {"name": "other"}},
                        }
                    },
                )
            ),
            "toolChoice.tool.name: other is none of the tools",
        ),
        (definition(text(inferenceConfiguration={"text": {"temperature": 2}})), "temperature"),
        (definition(text(metadata=[{"key": "?", "value": ""}])), "metadata"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_definition_that_breaks_a_rule_is_refused_by_field(
    library: Library, params: Any, named: str
) -> None:
    for call, more in (
        (library.client.create_prompt, {}),
        (library.client.update_prompt, {"promptIdentifier": library.prompt()}),
    ):
        code, status, message = refused(call, **params, **more)
        assert (code, status) == ("ValidationException", 400)
        assert named in message


def test_two_prompts_cannot_have_one_name(library: Library) -> None:
    prompt, other = library.prompt(name="only-one"), library.prompt()
    for call, params in (
        (library.client.create_prompt, {}),
        (library.client.update_prompt, {"promptIdentifier": other}),
    ):
        code, status, message = refused(call, **definition(name="only-one"), **params)
        assert (code, status) == ("ConflictException", 409)
        assert "only-one already exists" in message
    library.client.delete_prompt(promptIdentifier=prompt)
    library.prompt(name="only-one")


def test_a_request_with_a_token_is_carried_out_once(library: Library) -> None:
    token, request = str(uuid4()), definition()
    once, again = (
        library.client.create_prompt(**request, clientToken=token)["id"] for _ in range(2)
    )
    assert once == again
    code, _, _ = refused(library.client.create_prompt, **definition(), clientToken=token)
    assert code == "ConflictException"


def test_lists_come_in_pages_of_ten(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        prompts = {library.prompt() for _ in range(11)}
        prompt = min(prompts)
        for _ in range(11):
            library.client.create_prompt_version(promptIdentifier=prompt)
        pages = list(library.client.get_paginator("list_prompts").paginate())
        assert [len(page["promptSummaries"]) for page in pages] == [10, 1]
        listed = [one for page in pages for one in page["promptSummaries"]]
        assert {one["id"] for one in listed} == prompts
        assert {one["version"] for one in listed} == {"DRAFT"}
        paginator = library.client.get_paginator("list_prompts")
        versions = [
            one["version"]
            for page in paginator.paginate(promptIdentifier=prompt)
            for one in page["promptSummaries"]
        ]
        assert versions == ["DRAFT", *map(str, range(1, 12))]
        code, _, _ = refused(library.client.list_prompts, promptIdentifier="0000000000")
        assert code == "ResourceNotFoundException"


def test_a_prompt_and_its_versions_have_tags_of_their_own(library: Library) -> None:
    prompt = library.client.create_prompt(**definition(), tags={"team": "songs"})
    version = library.client.create_prompt_version(
        promptIdentifier=prompt["id"], tags={"stage": "live"}
    )
    arns = {prompt["arn"]: {"team": "songs"}, version["arn"]: {"stage": "live"}}
    for arn, tags in arns.items():
        library.client.tag_resource(resourceArn=arn, tags={"a": "1", "b": "2"})
        library.client.untag_resource(resourceArn=arn, tagKeys=["a"])
        listed = library.client.list_tags_for_resource(resourceArn=arn)["tags"]
        assert listed == {**tags, "b": "2"}
    library.client.delete_prompt(promptIdentifier=prompt["id"])
    for arn in arns:
        code, _, _ = refused(library.client.list_tags_for_resource, resourceArn=arn)
        assert code == "ResourceNotFoundException"


def test_a_prompt_of_another_account_is_not_there(library: Library) -> None:
    mine = library.version()
    other = mine.replace("000000000000", "111122223333")
    code, _, message = refused(library.client.get_prompt, promptIdentifier=other)
    assert code == "ResourceNotFoundException"
    assert "111122223333" in message


def test_prompts_are_there_after_a_restart(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        version = library.version()
        before = told(library.client.get_prompt(promptIdentifier=version))
    with Library(tmp_path) as library:
        assert told(library.client.get_prompt(promptIdentifier=version)) == before
        assert before["variants"][0]["templateConfiguration"]["text"]["text"] == PLAYLIST
        assert before["variants"][0]["modelId"] == NOVA


STEPS = ("update", "version", "delete 1", "delete 2")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(STEPS), max_size=14))
def test_versions_of_a_prompt_never_change(library: Library, steps: list[str]) -> None:
    """Whatever is done: a version has what DRAFT had when it was made."""
    prompt = library.call("CreatePrompt", **definition(text("0")))["id"]
    draft, expected, latest = "0", {}, 0
    for number, step in enumerate(steps, 1):
        match step.split():
            case ["update"]:
                draft = str(number)
                library.call("UpdatePrompt", promptIdentifier=prompt, **definition(text(draft)))
            case ["version"]:
                latest += 1
                library.call("CreatePromptVersion", promptIdentifier=prompt)
                expected[str(latest)] = draft
            case ["delete", version] if version in expected:
                del expected[version]
                library.call("DeletePrompt", promptIdentifier=prompt, promptVersion=version)
    for version, words in {"DRAFT": draft, **expected}.items():
        answer = library.call("GetPrompt", promptIdentifier=prompt, promptVersion=version)
        assert answer["variants"] == [text(words)]


LIFE = """
from pathlib import Path
from tests.local.bedrock_agent.test_prompts import live
live(Path({home!r}))
"""


def call(prompts: Prompts, operation: str, **params: Any) -> Any:
    handler = prompt_handlers.handlers(prompts)[operation]
    return handler(Call("bedrock-agent", operation, params, {}, "request"))


def live(home: Path) -> None:
    """Make prompts without end, and say of each that it was answered."""
    prompts = Prompts(home)
    while True:
        prompt = call(prompts, "CreatePrompt", **definition())["id"]
        print(call(prompts, "CreatePromptVersion", promptIdentifier=prompt)["arn"], flush=True)


def test_no_prompt_that_was_answered_is_lost_in_a_crash(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", LIFE.format(home=str(tmp_path))], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout
        answered = [child.stdout.readline().strip() for _ in range(20)]
        child.kill()
        answered += [line.strip() for line in child.stdout if line.endswith("\n")]
    prompts = Prompts(tmp_path)
    for arn in answered:
        assert prompts.version(arn)["variants"] == [text()]
    prompts.close()
