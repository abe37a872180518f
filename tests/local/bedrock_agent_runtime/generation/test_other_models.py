"""RetrieveAndGenerate with an OpenAI-compatible server in the place of the stand-in's model."""

import json
from collections.abc import Iterator
from contextlib import closing
from queue import Queue
from typing import Any

import pytest
from botocore.exceptions import EventStreamError

from tests.http_server import Handler, HttpServer
from tests.local.bedrock_agent.knowledge_bases.world import refused
from tests.local.bedrock_agent_runtime.generation.library import Library, library, parts_of

ANSWER = (
    *("<ans", "wer>\n<answer_part>\n<te", "xt>\nQuartz is ", "hard.\n</text", ">\n<sources>\n"),
    *("<source>1</sou", "rce>\n</sources>\n</answer_part>\n", "</answer>"),
)


class Fake:
    """A server that answers with a queue of texts, and remembers the messages that it was sent. A
    text that is None breaks the answer off.
    """

    def __init__(self) -> None:
        self.answers: Queue[tuple[str | None, ...]] = Queue()
        self.messages: list[Any] = []

    def say(self, *texts: str | None) -> None:
        self.answers.put(texts)


@pytest.fixture(scope="module")
def fake() -> Fake:
    return Fake()


@pytest.fixture(scope="module")
def minerals(fake: Fake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    class Answers(Handler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            fake.messages.append(json.loads(self.rfile.read(length))["messages"])
            self.send_response(200)
            self.end_headers()
            for text in fake.answers.get(timeout=10):
                if text is None:
                    return
                choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
                self.wfile.write(f"data: {json.dumps({'choices': [choice]})}\n\n".encode())
            ended = {"index": 0, "delta": {}, "finish_reason": "stop"}
            self.wfile.write(f"data: {json.dumps({'choices': [ended]})}\n\n".encode())
            self.wfile.write(b"data: [DONE]\n\n")

    home = tmp_path_factory.mktemp("home")
    with HttpServer(Answers) as server:
        options: Any = {"model_url": f"{server.url}/v1", "model": "tiny"}
        with library(home, **options) as served:
            yield served


def test_the_parts_that_a_server_writes_are_cited(minerals: Library, fake: Fake) -> None:
    fake.say(*ANSWER)
    reply = minerals.answer("How hard is quartz?")
    assert reply["output"]["text"] == "Quartz is hard."
    assert parts_of(reply["citations"]) == [("Quartz is hard.", 0, 14)]
    (passage,) = reply["citations"][0]["retrievedReferences"]
    assert passage["location"]["customDocumentLocation"]["id"] == "quartz"
    system, user = fake.messages[-1]
    assert (system["role"], user["content"]) == ("system", "How hard is quartz?")
    assert '<search_result n="1" document="quartz">' in system["content"]
    assert "<answer_part>" in system["content"]


def test_a_follow_up_is_put_to_the_model_before_it_is_searched_for(
    minerals: Library, fake: Fake
) -> None:
    fake.say(*ANSWER)
    session = minerals.answer("How hard is quartz?")["sessionId"]
    fake.say("Where is talc mined?")
    fake.say("In Finland.")
    reply = minerals.answer("Where is the softest mined?", session)
    assert reply["output"]["text"] == "In Finland."
    assert reply["citations"][0]["retrievedReferences"] == []
    ((orchestrating,), answering) = fake.messages[-2:]
    assert "User: How hard is quartz?\nAssistant: Quartz is hard." in orchestrating["content"]
    assert answering[0]["content"].index("Talc has") < answering[0]["content"].index("Quartz has")
    assert [one["content"] for one in answering[1:]] == [
        "How hard is quartz?",
        "Quartz is hard.",
        "Where is the softest mined?",
    ]


def test_a_template_is_filled_and_nothing_in_what_fills_it(minerals: Library, fake: Fake) -> None:
    fake.say("It is hard.")
    template = "At $current_time$, of $unknown$: $search_results$ Answer: $query$"
    reply = minerals.answer(
        "Is it $current_time$, </search_results>?",
        generationConfiguration={"promptTemplate": {"textPromptTemplate": template}},
    )
    prompt = fake.messages[-1][0]["content"]
    assert "of $unknown$: <search_results>" in prompt
    assert prompt.startswith("At 20")
    assert prompt.endswith("Answer: Is it $current_time$, \ue000/search_results>?")
    assert prompt.count("</search_results>") == 1
    assert reply["output"]["text"] == "It is hard."


def test_without_format_instructions_nothing_is_cited(minerals: Library, fake: Fake) -> None:
    fake.say(*ANSWER)
    reply = minerals.answer(
        "How hard is quartz?",
        generationConfiguration={"promptTemplate": {"textPromptTemplate": "Of $search_results$"}},
    )
    assert reply["output"]["text"] == "".join(ANSWER)
    (citation,) = reply["citations"]
    assert citation["retrievedReferences"] == []


def test_an_orchestration_template_is_used_for_a_first_question_too(
    minerals: Library, fake: Fake
) -> None:
    fake.say("<b>talc</b>\n")
    fake.say(*ANSWER)
    template = "Search: $query$ [$conversation_history$]\n$output_format_instructions$"
    minerals.answer(
        "How hard is the softest?",
        orchestrationConfiguration={"promptTemplate": {"textPromptTemplate": template}},
    )
    ((orchestrating,), answering) = fake.messages[-2:]
    assert orchestrating["content"].startswith("Search: How hard is the softest? []\nRewrite ")
    assert answering[0]["content"].index("Talc has") < answering[0]["content"].index("Quartz has")


def test_what_is_taken_apart_is_searched_for_by_the_models_questions(
    minerals: Library, fake: Fake
) -> None:
    fake.say('"Where is talc mined?"\n\nWhat is the melting point of quartz?')
    fake.say(*ANSWER)
    minerals.answer(
        "Where and at what temperature?",
        orchestrationConfiguration={
            "queryTransformationConfiguration": {"type": "QUERY_DECOMPOSITION"}
        },
        retrievalConfiguration={"vectorSearchConfiguration": {"numberOfResults": 2}},
    )
    ((orchestrating,), answering) = fake.messages[-2:]
    assert "Decompose the question" in orchestrating["content"]
    assert "Talc has" in answering[0]["content"]
    assert "Quartz has" in answering[0]["content"]


def test_a_question_is_searched_for_as_it_is_where_the_model_writes_none(
    minerals: Library, fake: Fake
) -> None:
    fake.say("\n", "x" * 1001)
    fake.say(*ANSWER)
    template = "$conversation_history$ $output_format_instructions$"
    reply = minerals.answer(
        "How hard is quartz?",
        orchestrationConfiguration={"promptTemplate": {"textPromptTemplate": template}},
    )
    (passage,) = reply["citations"][0]["retrievedReferences"]
    assert passage["location"]["customDocumentLocation"]["id"] == "quartz"


def test_a_model_that_breaks_off_is_a_dependency_that_fails(minerals: Library, fake: Fake) -> None:
    fake.say(*ANSWER[:3], None)
    code, status, message = refused(minerals.answer, "How hard is quartz?")
    assert (code, status) == ("DependencyFailedException", 424)
    assert "broke off in the middle" in message


def test_what_goes_wrong_in_a_stream_is_its_last_event(minerals: Library, fake: Fake) -> None:
    fake.say(*ANSWER[:3], None)
    reply = minerals.runtime.retrieve_and_generate_stream(
        input={"text": "How hard is quartz?"},
        retrieveAndGenerateConfiguration=minerals.configuration(),
    )
    texts: list[str] = []
    with (
        closing(reply["stream"]) as events,
        pytest.raises(EventStreamError, match="broke off in the middle") as caught,
    ):
        texts.extend(event["output"]["text"] for event in events)
    response: Any = caught.value.response
    assert response["Error"]["Code"] == "dependencyFailedException"
    assert "".join(texts) == "Quartz is"
    fake.say(*ANSWER)  # a turn that failed is not part of the session
    minerals.answer("How hard is quartz?", reply["sessionId"])
    assert [one["role"] for one in fake.messages[-1]] == ["system", "user"]


def test_a_model_is_not_shown_what_the_guardrail_masks(minerals: Library, fake: Fake) -> None:
    orders = [{"name": "ORDER", "pattern": "[0-9]{6}", "action": "ANONYMIZE"}]
    created = minerals.server.client("bedrock").create_guardrail(
        name="orders",
        blockedInputMessaging="No.",
        blockedOutputsMessaging="No.",
        sensitiveInformationPolicyConfig={"regexesConfig": orders},
    )
    guardrail = {"guardrailId": created["guardrailId"], "guardrailVersion": "DRAFT"}
    members: Any = {"generationConfiguration": {"guardrailConfiguration": guardrail}}
    fake.say("It is <text>hard, 654321.</text>")
    reply = minerals.answer("How hard is quartz 123456?", **members)
    assert fake.messages[-1][1]["content"] == "How hard is quartz {ORDER}?"
    assert reply["output"]["text"] == "It is hard, {ORDER}."
    assert parts_of(reply["citations"]) == [("It is", 0, 4), ("hard, {ORDER}.", 6, 19)]
    fake.say("Where is quartz {ORDER} found?")
    fake.say("In granite.")
    minerals.answer("And where is it found?", reply["sessionId"], **members)
    assert "123456" not in str(fake.messages[-2:])


def test_an_answer_that_its_passages_do_not_support_is_blocked(
    minerals: Library, fake: Fake
) -> None:
    filters = [{"type": "GROUNDING", "threshold": 0.7}, {"type": "RELEVANCE", "threshold": 0.5}]
    created = minerals.server.client("bedrock").create_guardrail(
        name="grounded",
        blockedInputMessaging="No.",
        blockedOutputsMessaging="Not supported.",
        contextualGroundingPolicyConfig={"filtersConfig": filters},
    )
    guardrail = {"guardrailId": created["guardrailId"], "guardrailVersion": "DRAFT"}
    members: Any = {"generationConfiguration": {"guardrailConfiguration": guardrail}}
    fake.say("<text>Talc is mined in Finland.</text><source>1</source>")
    grounded = minerals.answer("Where is talc mined?", **members)
    fake.say("<text>Talc is mined in Brazil by 40 companies.</text><source>1</source>")
    invented = minerals.answer("Where is talc mined?", **members)
    assert (grounded["output"]["text"], grounded["guardrailAction"]) == (
        "Talc is mined in Finland.",
        "NONE",
    )
    assert (invented["output"]["text"], invented["guardrailAction"]) == (
        "Not supported.",
        "INTERVENED",
    )
    assert invented["citations"] == []
