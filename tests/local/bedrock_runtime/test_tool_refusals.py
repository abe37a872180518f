"""What is refused of tools and schemas, in the words of Bedrock and of the families."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from app.local.engine.writer import (
    TextDelta,
)
from tests.local.bedrock_runtime.scripted import (
    ASKED,
    CLAUDE,
    CLOSED,
    FABLE,
    GPT,
    HI,
    JSON,
    LLAMA,
    MISTRAL,
    NO_TOOLS,
    NOVA,
    NUMBER,
    OLD_LLAMA,
    PIXTRAL,
    QWEN,
    RESULT,
    SCHEMA,
    TITAN,
    USE,
    USE2,
    Scripted,
    config,
    formed,
    spec,
    talk,
)


@pytest.mark.parametrize(
    ("model", "change", "wrong"),
    [
        (TITAN, config(spec()), NO_TOOLS),
        (OLD_LLAMA, config(spec()), NO_TOOLS),
        (NOVA, config(spec("my tool")), "regular expression pattern: [a-zA-Z0-9_-]+"),
        (NOVA, config(spec("x" * 65)), "Member must have length less than or equal to 64"),
        (NOVA, config(spec(), spec()), "toolConfig.tools: Tool names must be unique: order"),
        (NOVA, config(spec(schema={"type": "string"})),
         ("The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the "
         "following: object.")),
        (NOVA, config(spec(), tool={"name": "clock"}), "Tool 'clock' not found in provided tools"),
        (NOVA, config({"systemTool": {"name": "nova_grounding"}}),
         "toolConfig.tools.0.systemTool: the stand-in has no system tools."),
        (LLAMA, config(spec(), any={}),
         ("This model doesn't support the toolConfig.toolChoice.any field. Remove "
         "toolConfig.toolChoice.any and try again.")),
        (LLAMA, config(spec(), tool={"name": "order"}), "the toolConfig.toolChoice.tool field."),
        (MISTRAL, config(spec(), tool={"name": "order"}), "the toolConfig.toolChoice.tool field."),
        (PIXTRAL, config(spec(), tool={"name": "order"}), "the toolConfig.toolChoice.tool field."),
        (FABLE, config(spec(), any={}), "the toolConfig.toolChoice.any field."),
        (NOVA, config(spec(strict=True)), "the toolConfig.tools.0.toolSpec.strict field."),
        (CLAUDE, config(spec(strict=True)),
         ("The model returned the following errors: tools.0.custom: For 'object' type, "
         "'additionalProperties' must be explicitly set to false")),
        (NOVA, formed(CLOSED),
         "This model doesn't support the outputConfig field. Remove outputConfig and try again."),
        (NOVA, {"outputConfig": {"effort": "low"}}, "doesn't support the outputConfig field."),
        (CLAUDE, formed(SCHEMA),
         ("The model returned the following errors: output_config.format.schema: For 'object' "
         "type, 'additionalProperties' must be explicitly set to false")),
        (CLAUDE, formed(CLOSED | {"properties": {"n": NUMBER}}),
         "For 'number' type, properties maximum, minimum are not supported"),
        (QWEN, formed(SCHEMA), "The value at outputConfig.textFormat.structure.jsonSchema.schema"),
        (CLAUDE, formed("{"),
         ("The format of the value at outputConfig.textFormat.structure.jsonSchema.schema is "
         "invalid. Provide a json object for the field and try again.")),
        (NOVA, talk(HI, [USE]) | {"toolConfig": None}, "The toolConfig field must be defined"),
        (NOVA, talk(HI, [USE, USE2], [RESULT]),
         "Expected toolResult blocks at messages.2.content for the following Ids: t2"),
        (NOVA, talk(HI, [USE], HI),
         "Expected toolResult blocks at messages.2.content for the following Ids: t1"),
        (NOVA, talk(HI, HI, [RESULT]),
         ("The number of toolResult blocks at messages.2.content exceeds the number of toolUse "
         "blocks of previous turn.")),
        (NOVA, talk(HI, [USE], [RESULT, RESULT]),
         "The toolResult blocks at messages.2.content contain duplicate Ids: t1"),
        (NOVA, talk([USE]), "messages.0: `toolUse` blocks can only be in `assistant` messages"),
        (NOVA, talk(HI, [RESULT], HI),
         "messages.1: `toolResult` blocks can only be in `user` messages"),
        (LLAMA, talk(HI, [USE], [RESULT, *HI]),
         ("messages.2.content: Conversation blocks and tool result blocks cannot be provided in "
         "the same turn.")),
        (NOVA, talk(HI, [{"toolUse": {"toolUseId": "t1", "name": "order", "input": "A"}}]),
         ("The format of the value at messages.1.content.0.toolUse.input is invalid. Provide a "
         "json object for the field and try again.")),
        (NOVA, talk(HI, [USE], [{"toolResult": {"toolUseId": "t1", "content": [{"json": [1]}]}}]),
         "The format of the value at messages.2.content.0.toolResult.content.0.json is invalid."),
    ],
)  # fmt: skip
def test_what_converse_refuses_is_told_in_its_words(
    client: Any, model: str, change: JSON, wrong: str
) -> None:
    request = {key: value for key, value in ({"messages": ASKED} | change).items() if value}
    for operation in (client.converse, client.converse_stream):
        if model in (LLAMA, MISTRAL) and operation == client.converse_stream:
            wrong = "This model doesn't support tool use in streaming mode."
        with pytest.raises(ClientError) as raised:
            operation(modelId=model, **request)
        assert raised.value.response["Error"]["Code"] == "ValidationException"
        assert wrong in raised.value.response["Error"]["Message"]


@pytest.mark.parametrize(
    ("model", "change", "wrong"),
    [
        (FABLE, {"tools": True, "tool_choice": {"type": "any"}},
         'tool_choice: type "tool" and "any" are not supported for this model.'),
        ("us.anthropic.claude-3-7-sonnet-20250219-v1:0",
         {"output_config": {"format": {"type": "json_schema", "schema": CLOSED}}},
         "output_config.format: Extra inputs are not permitted"),
    ],
)  # fmt: skip
def test_what_a_model_of_claudes_has_not_is_told_in_claudes_words(
    client: Any, model: str, change: JSON, wrong: str
) -> None:
    tools = {"tools": [{"name": "order", "input_schema": SCHEMA}]} if "tools" in change else {}
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, **change, **tools}
    body["messages"] = [{"role": "user", "content": "Hi"}]
    with pytest.raises(ClientError) as raised:
        client.invoke_model(modelId=model, body=json.dumps(body))
    assert raised.value.response["Error"]["Message"] == wrong


@pytest.mark.parametrize(
    ("model", "fields", "wrong"),
    [
        (CLAUDE, {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}},
         "The model returned the following errors: output_config.format.schema: For 'object' type"),
        (CLAUDE, {"tool_choice": {"type": "tool", "name": "clock"}},
         "The model returned the following errors: Tool 'clock' not found in provided tools"),
        (CLAUDE, {"foo": 1}, "The model returned the following errors: foo: Extra inputs are not"),
        (GPT, {"reasoning_effort": "much"},
         "The model returned the following errors: Malformed input request: #/reasoning_effort"),
        ("us.anthropic.claude-opus-4-1-20250805-v1:0",
         {"output_config": {"format": {"type": "json_schema", "schema": CLOSED}}},
         "following errors: output_config.format: Extra inputs are not permitted"),
    ],
)  # fmt: skip
def test_wrong_additional_fields_are_refused_in_the_familys_words(
    client: Any, model: str, fields: JSON, wrong: str
) -> None:
    more = config(spec()) | {"additionalModelRequestFields": fields}
    with pytest.raises(ClientError) as raised:
        client.converse(modelId=model, messages=ASKED, **more)
    assert wrong in raised.value.response["Error"]["Message"]


def test_too_many_strict_tools_are_refused_by_claude_alone(client: Any, scripted: Scripted) -> None:
    tools = config(*(spec(f"t{n}", CLOSED, strict=True) for n in range(21)))
    wrong = "The model returned the following errors: Too many strict tools"
    with pytest.raises(ClientError, match=wrong):
        client.converse(modelId=CLAUDE, messages=ASKED, **tools)
    named = [{"name": f"t{n}", "input_schema": CLOSED, "strict": True} for n in range(21)]
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "tools": named}
    body["messages"] = [{"role": "user", "content": "Hi"}]
    with pytest.raises(ClientError, match="Too many strict tools"):
        client.invoke_model(modelId=CLAUDE, body=json.dumps(body))
    scripted.scripts.append((TextDelta("Hm."),))
    client.converse(modelId=QWEN, messages=ASKED, **tools)
