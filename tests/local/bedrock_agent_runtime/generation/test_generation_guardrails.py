"""A guardrail on RetrieveAndGenerate, its stream, and Retrieve."""

from collections.abc import Collection, Sequence
from typing import Any

import pytest

from app.local.bedrock_agent_runtime import guarding
from app.local.bedrock_agent_runtime.guarding import RequestGuard
from app.local.judgement import Content, Judgement, Source
from tests.local.bedrock_agent.knowledge_bases.world import refused
from tests.local.bedrock_agent_runtime.generation.library import (
    ABSTENTION,
    WRITER,
    Library,
    parts_of,
)

FIELD = (
    "retrieveAndGenerateConfiguration.knowledgeBaseConfiguration.generationConfiguration."
    "guardrailConfiguration"
)


@pytest.fixture(scope="module")
def guardrail(minerals: Library) -> dict[str, str]:
    """A guardrail that blocks gold, and masks Finland and numbers of six digits."""
    created = minerals.server.client("bedrock").create_guardrail(
        name="minerals",
        blockedInputMessaging="Not gold.",
        blockedOutputsMessaging="Not said.",
        wordPolicyConfig={"wordsConfig": [{"text": "gold"}, {"text": "granite"}]},
        sensitiveInformationPolicyConfig={
            "regexesConfig": [
                {"name": "COUNTRY", "pattern": "Finland", "action": "ANONYMIZE"},
                {"name": "ORDER", "pattern": "[0-9]{6}", "action": "ANONYMIZE"},
            ]
        },
    )
    return {"guardrailId": created["guardrailId"], "guardrailVersion": "DRAFT"}


def guarded(guardrail: dict[str, str]) -> dict[str, Any]:
    return {"generationConfiguration": {"guardrailConfiguration": guardrail}}


def test_an_answer_that_passes_is_said_to_have_passed(
    minerals: Library, guardrail: dict[str, str]
) -> None:
    reply = minerals.answer("Is talc soft?", **guarded(guardrail))
    assert reply["guardrailAction"] == "NONE"
    assert reply["citations"][-1]["retrievedReferences"]
    assert "guardrailAction" not in minerals.answer("Is talc soft?")


def test_a_question_that_is_blocked_is_answered_with_the_message_and_not_kept(
    minerals: Library, guardrail: dict[str, str]
) -> None:
    reply = minerals.answer("Is there gold in talc?", **guarded(guardrail))
    assert reply["output"]["text"] == "Not gold."
    assert reply["citations"] == []
    assert reply["guardrailAction"] == "INTERVENED"
    after = minerals.answer("And of talc?", reply["sessionId"])
    assert after["output"]["text"].startswith("What do you mean")


def test_an_answer_that_is_blocked_is_the_message(
    minerals: Library, guardrail: dict[str, str]
) -> None:
    reply = minerals.answer("Where is quartz found?", **guarded(guardrail))
    assert reply["output"]["text"] == "Not said."
    assert reply["citations"] == []
    assert reply["guardrailAction"] == "INTERVENED"


def test_what_is_masked_keeps_its_citations(minerals: Library, guardrail: dict[str, str]) -> None:
    reply = minerals.answer("Where is talc mined?", **guarded(guardrail))
    text = reply["output"]["text"]
    assert reply["guardrailAction"] == "INTERVENED"
    assert "Talc is mined in {COUNTRY}." in text
    assert all(text[start : end + 1] == part for part, start, end in parts_of(reply["citations"]))
    assert all(citation["retrievedReferences"] for citation in reply["citations"])


def test_an_abstention_is_not_held_against_the_passages(minerals: Library) -> None:
    grounding = {"type": "GROUNDING", "threshold": 0.9}
    created = minerals.server.client("bedrock").create_guardrail(
        name="grounded",
        blockedInputMessaging="No.",
        blockedOutputsMessaging="No.",
        contextualGroundingPolicyConfig={"filtersConfig": [grounding]},
    )
    named = {"guardrailId": created["guardrailId"], "guardrailVersion": "DRAFT"}
    reply = minerals.answer("Who won the election of 1912?", **guarded(named))
    assert (reply["output"]["text"], reply["guardrailAction"]) == (ABSTENTION, "NONE")


@pytest.mark.parametrize(
    ("question", "action", "text"),
    [
        ("Is talc soft?", "NONE", "Talc is soft"),
        ("Is there gold in talc?", "INTERVENED", "Not gold."),
        ("Where is quartz found?", "INTERVENED", "Not said."),
        ("Where is talc mined?", "INTERVENED", "{COUNTRY}"),
    ],
)
def test_a_stream_under_a_guardrail_is_judged_before_it_is_shown(
    minerals: Library, guardrail: dict[str, str], question: str, action: str, text: str
) -> None:
    asks: Any = {
        "input": {"text": question},
        "retrieveAndGenerateConfiguration": minerals.configuration(**guarded(guardrail)),
    }
    first, *events = minerals.runtime.retrieve_and_generate_stream(**asks)["stream"]
    whole = minerals.runtime.retrieve_and_generate(**asks)
    assert first == {"guardrail": {"action": action}}
    assert whole["guardrailAction"] == action
    shown = "".join(event["output"]["text"] for event in events if "output" in event)
    assert text in shown
    assert shown == whole["output"]["text"]
    cited = [event["citation"]["citation"] for event in events if "citation" in event]
    assert cited == whole["citations"]


def test_retrieve_says_what_the_guardrail_does_to_the_question(
    minerals: Library, guardrail: dict[str, str]
) -> None:
    configuration: Any = guardrail

    def retrieve(question: str) -> Any:
        return minerals.runtime.retrieve(
            knowledgeBaseId=minerals.base,
            retrievalQuery={"text": question},
            guardrailConfiguration=configuration,
        )

    passed, blocked, masked = map(
        retrieve, ("How hard is talc?", "Is gold hard?", "Is talc 123456 hard?")
    )
    assert (passed["guardrailAction"], len(passed["retrievalResults"])) == ("NONE", 2)
    assert (blocked["guardrailAction"], blocked["retrievalResults"]) == ("INTERVENED", [])
    assert masked["guardrailAction"] == "INTERVENED"
    without = minerals.runtime.retrieve(
        knowledgeBaseId=minerals.base, retrievalQuery={"text": "Is talc {ORDER} hard?"}
    )
    assert masked["retrievalResults"] == without["retrievalResults"]
    assert "guardrailAction" not in without


def test_a_guardrail_that_is_not_there_is_refused_by_its_field(minerals: Library) -> None:
    configuration = {"guardrailId": "nonsense", "guardrailVersion": "1"}
    code, status, message = refused(
        minerals.answer, "How hard is quartz?", **guarded(configuration)
    )
    assert (code, status) == ("ResourceNotFoundException", 404)
    assert message.startswith(f"{FIELD}: ")
    code, _, message = refused(
        minerals.runtime.retrieve,
        knowledgeBaseId=minerals.base,
        retrievalQuery={"text": "How hard is talc?"},
        guardrailConfiguration=configuration,
    )
    assert code == "ResourceNotFoundException"
    assert message.startswith("guardrailConfiguration: ")


class Recorder:
    """A judge that masks each "x", and remembers what it was asked."""

    def __init__(self) -> None:
        self.calls: list[list[Content]] = []

    def __call__(
        self,
        identifier: str,
        version: str,
        source: Source,
        contents: Sequence[Content],
        *,
        full: bool = False,
        without: Collection[str] = (),
    ) -> Judgement:
        assert (identifier, version, full, without) == ("id", "1", False, ())
        assert source == "OUTPUT"
        self.calls.append(list(contents))
        texts = [one.text for one in contents if not one.qualifiers]
        outputs = tuple(text.replace("x", "{X}") for text in texts)
        return Judgement("masked", outputs, "", {}, {}, {})


def test_an_answer_is_held_against_its_passages_within_the_limits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guarding, "LONGEST_ANSWER", 4)
    monkeypatch.setattr(guarding, "LONGEST_SOURCES", 5)
    judge = Recorder()
    guard = RequestGuard(judge, "field", "id", "1")
    verdict = guard.answer(["ax", "b", "longxlong"], "question", ["one", "two", "three"])
    assert verdict.texts == ("a{X}", "b", "long{X}long")
    batches = [[one.text for one in call if not one.qualifiers] for call in judge.calls]
    assert batches == [["ax", "b"], ["long"], ["xlon"], ["g"]]
    for call in judge.calls:
        grounds = [one.text for one in call if one.qualifiers == {"grounding_source"}]
        assert grounds == ["one", "tw"]
        assert [one.text for one in call if one.qualifiers == {"query"}] == ["question"]


def test_a_guardrail_judges_external_sources_too(
    minerals: Library, guardrail: dict[str, str]
) -> None:
    content = {"identifier": "a.txt", "contentType": "text/plain", "data": b"Mica is granite."}
    configuration: Any = {
        "modelArn": WRITER,
        "sources": [{"sourceType": "BYTE_CONTENT", "byteContent": content}],
        **guarded(guardrail),
    }
    reply = minerals.runtime.retrieve_and_generate(
        input={"text": "What is mica?"},
        retrieveAndGenerateConfiguration={
            "type": "EXTERNAL_SOURCES",
            "externalSourcesConfiguration": configuration,
        },
    )
    assert (reply["output"]["text"], reply["guardrailAction"]) == ("Not said.", "INTERVENED")
