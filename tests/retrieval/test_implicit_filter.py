"""Filters that are made of questions: the settings for them, and what Retrieve is asked."""

import json
from typing import Any

import pytest

from app.aws import Clients
from app.retrieval import ImplicitFilter, SearchType, implicit_filter, retrieve
from app.settings import Settings, WrongSettings, read, variables
from tests.models.loopback import JSON_TYPE, Loopback, reply

CLAUDE = "anthropic.claude-3-5-sonnet-20240620-v1:0"
PROFILE = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-haiku-4-5"
YEAR = {"key": "year", "type": "NUMBER", "description": "year of publication"}
REQUIRED = {
    "KNOWLEDGE_BASE_ID": "ABCDEFGHIJ",
    "DATA_SOURCE_ID": "KLMNOPQRST",
    "DOCUMENTS_BUCKET": "documents",
    "CONVERSATIONS_BUCKET": "conversations",
    "AUTH": "local",
}


def read_settings(monkeypatch: pytest.MonkeyPatch, **changes: str) -> Settings:
    for name, value in {**REQUIRED, **changes}.items():
        monkeypatch.setenv(f"OUTCROP_{name}", value)
    return read(Settings)


@pytest.mark.parametrize(
    ("model", "arn"),
    [(CLAUDE, f"arn:aws:bedrock:eu-central-1::foundation-model/{CLAUDE}"), (PROFILE, PROFILE)],
)
@pytest.mark.parametrize("search_type", ["HYBRID", "SEMANTIC", "MANAGED"])
def test_retrieve_is_told_the_attributes_and_the_model(
    server: Loopback, aws: Clients, model: str, arn: str, search_type: SearchType
) -> None:
    server.forget()
    server.enqueue(reply(b'{"retrievalResults": []}', headers=JSON_TYPE))
    retrieve(
        aws.bedrock_agent_runtime,
        "ABCDEFGHIJ",
        "q",
        limit=3,
        search_type=search_type,
        implicit=ImplicitFilter(model, [YEAR]),
    )
    [search] = json.loads(server.requests[0].body)["retrievalConfiguration"].values()
    expected: Any = {"modelArn": arn, "metadataAttributes": [YEAR]}
    if search_type == "MANAGED":
        expected = None
    assert search.get("implicitFilterConfiguration") == expected


def test_the_settings_describe_the_attributes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert implicit_filter(read_settings(monkeypatch)) is None
    attributes = json.dumps([YEAR, {**YEAR, "key": "tags", "type": "STRING_LIST"}])
    settings = read_settings(monkeypatch, FILTER_MODEL_ID=CLAUDE, FILTER_ATTRIBUTES=attributes)
    implicit = implicit_filter(settings)
    assert implicit is not None
    assert (implicit.model_id, list(implicit.attributes)) == (CLAUDE, json.loads(attributes))
    for name, value in variables(settings).items():
        monkeypatch.setenv(name, value)
    assert read(Settings) == settings  # as another process reads them


@pytest.mark.parametrize(
    ("attributes", "rule"),
    [
        ("[{", "Invalid JSON"),
        ([{**YEAR, "type": "DATE"}], "should be 'STRING', 'NUMBER', 'BOOLEAN' or 'STRING_LIST'"),
        ([{"key": "year", "type": "NUMBER"}], "FILTER_ATTRIBUTES_0_DESCRIPTION"),
        ([{**YEAR, "values": [1]}], "Extra inputs are not permitted"),
        ([{**YEAR, "key": "k" * 101}], "at most 100 characters"),
        ([{**YEAR, "key": f"key{number}"} for number in range(26)], "at most 25 items"),
        ([YEAR, YEAR], "the key year is there twice"),
    ],
)
def test_attributes_that_bedrock_would_refuse_stop_the_start(
    monkeypatch: pytest.MonkeyPatch, attributes: Any, rule: str
) -> None:
    text = attributes if isinstance(attributes, str) else json.dumps(attributes)
    with pytest.raises(WrongSettings, match="OUTCROP_FILTER_ATTRIBUTES") as wrong:
        read_settings(monkeypatch, FILTER_MODEL_ID=CLAUDE, FILTER_ATTRIBUTES=text)
    assert rule in str(wrong.value)


@pytest.mark.parametrize(
    ("others", "rule"),
    [
        ({}, "OUTCROP_FILTER_MODEL_ID is missing"),
        ({"FILTER_MODEL_ID": CLAUDE, "KNOWLEDGE_BASE_TYPE": "MANAGED"}, "a managed"),
    ],
)
def test_attributes_without_a_model_or_for_a_managed_base_stop_the_start(
    monkeypatch: pytest.MonkeyPatch, others: dict[str, str], rule: str
) -> None:
    with pytest.raises(WrongSettings, match="OUTCROP_FILTER_ATTRIBUTES") as wrong:
        read_settings(monkeypatch, FILTER_ATTRIBUTES=json.dumps([YEAR]), **others)
    assert rule in str(wrong.value)
