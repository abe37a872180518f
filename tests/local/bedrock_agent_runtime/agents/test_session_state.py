"""What a request brings in its session state: files, a conversation, configurations of lookups."""

import json
from contextlib import closing
from typing import Any

import pytest

from tests.local.bedrock_agent.knowledge_bases.world import refused
from tests.local.bedrock_agent_runtime.agents.script import Script
from tests.local.bedrock_agent_runtime.agents.shop import (
    FUNCTIONS,
    TEST_ALIAS,
    Shop,
    control_of,
    text_of,
    traces_of,
)

ORDERS = {"functionSchema": FUNCTIONS, "actionGroupName": "orders"}
LEASE = b"# Lease\n\nThe rent is due on the third working day. The deposit is two rents.\n"
QUESTION = "When is the rent due?"
DUE = "The rent is due on the third working day."


def file(data: bytes = LEASE, name: str = "lease.txt", kind: str = "text/plain") -> Any:
    content = {"data": data, "mediaType": kind}
    source = {"sourceType": "BYTE_CONTENT", "byteContent": content}
    return {"name": name, "useCase": "CHAT", "source": source}


def stored(uri: str) -> Any:
    source = {"sourceType": "S3", "s3Location": {"uri": uri}}
    return {"name": "stored", "useCase": "CHAT", "source": source}


def refusal(shop: Shop, agent: str, session: str, **state: Any) -> tuple[str, str]:
    code, _, message = refused(
        shop.runtime.invoke_agent,
        agentId=agent,
        agentAliasId=TEST_ALIAS,
        sessionId=session,
        inputText=QUESTION,
        sessionState=state,
    )
    return code, message


@pytest.mark.parametrize(
    "source",
    [
        file(),
        file(LEASE, "lease", "text/markdown"),
        file(b"<h1>Lease</h1><p>The rent is due on the third working day.</p>", kind="text/html"),
        file(LEASE, "lease.md", "application/octet-stream"),
    ],
    ids=["txt", "md", "html", "octets"],
)
def test_an_agent_answers_from_a_file(source: Any, shop: Shop, session: str) -> None:
    agent = shop.agent(ORDERS)
    events = shop.ask(agent, QUESTION, sessionId=session, sessionState={"files": [source]})
    assert text_of(events) == DUE
    assert DUE not in text_of(shop.ask(agent, QUESTION, sessionId=session))


def test_files_lie_in_buckets_too_and_stand_beside_knowledge_bases(
    shop: Shop, base: str, session: str
) -> None:
    s3: Any = shop.client("s3")
    s3.create_bucket(Bucket="leases")
    s3.put_object(Bucket="leases", Key="flats/lease.md", Body=LEASE)
    agent = shop.agent(base=base)
    files = [stored("s3://leases/flats/lease.md")]
    events = shop.ask(agent, QUESTION, sessionId=session, sessionState={"files": files})
    assert DUE in text_of(events)
    events = shop.ask(
        agent, "How do I descale the kettle?", sessionId=session, sessionState={"files": files}
    )
    assert "Descale the kettle once a month with vinegar." in text_of(events)
    assert events[-1]["chunk"]["attribution"]["citations"]
    code, message = refusal(shop, agent, session, files=[stored("s3://leases/none.md")])
    assert (code, "there is no object" in message) == ("ValidationException", True)


def test_a_model_server_is_sent_the_chunks_that_fit(
    scripted: Shop, script: Script, session: str
) -> None:
    many = b"\n\n".join(b"# Item %d\n\nItem %d costs %d crowns." % (n, n, n) for n in range(3000))
    agent = scripted.agent()
    script.say("It costs 1234 crowns.", "No.")
    state = {"files": [file(many, "prices.md", "text/markdown"), file()]}
    scripted.ask(agent, "What does item 1234 cost?", sessionId=session, sessionState=state)
    content = script.messages()[-1]["content"]
    assert "Item 1234 costs 1234 crowns." in content
    assert "The deposit is two rents." in content
    assert len(content) < 50_000 < len(many)
    scripted.ask(agent, "And now?", sessionId=session)
    assert "1234 crowns" not in script.messages()[1]["content"]


def test_files_of_a_turn_that_waits_are_there_when_it_goes_on(
    scripted: Shop, script: Script, session: str
) -> None:
    agent = scripted.agent(ORDERS)
    script.say([("cancel_order", {"order_id": "A-1"})], "It is cancelled.")
    events = scripted.ask(agent, "Cancel A-1.", sessionId=session, sessionState={"files": [file()]})
    result = {"actionGroup": "orders", "function": "cancel_order", "confirmationState": "CONFIRM"}
    state = {
        "invocationId": control_of(events)["invocationId"],
        "returnControlInvocationResults": [{"functionResult": result}],
    }
    scripted.ask(agent, sessionId=session, sessionState=state)
    assert "The deposit is two rents." in script.messages()[1]["content"]


def test_pre_processing_lets_a_text_with_a_file_pass(shop: Shop, session: str) -> None:
    prompt = {"promptType": "PRE_PROCESSING", "promptState": "ENABLED"}
    agent = shop.agent(ORDERS, promptOverrideConfiguration={"promptConfigurations": [prompt]})
    events = shop.ask(agent, QUESTION, sessionId=session, sessionState={"files": [file()]})
    assert text_of(events) == DUE


@pytest.mark.parametrize(
    ("files", "rule"),
    [
        ([file()] * 6, "sessionState.files: must be at most 5"),
        ([file(b"x" * 6_000_000)] * 2, "sessionState.files: must be of at most 10,485,760 bytes"),
        ([file() | {"useCase": "CODE_INTERPRETER"}], "files.1.member.useCase: the stand-in does"),
        ([file(), file(kind="image/png")], "files.2.member.source.byteContent.mediaType"),
        ([file(b"%PDF-1.7 none", "a.pdf", "application/pdf")], "1.member.source.byteContent"),
        (
            [{"name": "a", "useCase": "CHAT", "source": {"sourceType": "S3"}}],
            "1.member.source.s3Location: is required for the type S3",
        ),
    ],
    ids=["six", "large", "code", "image", "broken", "nowhere"],
)
def test_a_file_that_breaks_a_rule_is_refused_by_name(
    files: Any, rule: str, shop: Shop, agent: str, session: str
) -> None:
    code, message = refusal(shop, agent, session, files=files)
    assert code == "ValidationException"
    assert rule in message


def message(role: str, text: str) -> Any:
    return {"role": role, "content": [{"text": text}]}


def test_a_conversation_takes_the_place_of_what_was_said(
    scripted: Shop, script: Script, session: str
) -> None:
    agent = scripted.agent()
    script.say("First.", "Second.", "Third.")
    scripted.ask(agent, "One", sessionId=session)
    history = {"messages": [message("user", "Eleven"), message("assistant", "Twelve.")]}
    state = {"conversationHistory": history}
    scripted.ask(agent, "Two", sessionId=session, sessionState=state)
    scripted.ask(agent, "Three", sessionId=session)
    texts = [[one["content"] for one in script.messages(n)[1:]] for n in (1, 2)]
    assert texts[0] == ["Eleven", "Twelve.", "Two"]
    assert texts[1] == ["Eleven", "Twelve.", "Two", "Second.", "Three"]


@pytest.mark.parametrize(
    "roles", [["assistant"], ["user"], ["user", "user"], ["user", "assistant", "user"]]
)
def test_a_conversation_has_both_sides_in_turn(
    roles: list[str], shop: Shop, agent: str, session: str
) -> None:
    history = {"messages": [message(role, "Hi") for role in roles]}
    code, reason = refusal(shop, agent, session, conversationHistory=history)
    assert code == "ValidationException"
    assert "sessionState.conversationHistory.messages: must be messages" in reason


def test_as_many_earlier_exchanges_are_shown_as_the_request_says(
    scripted: Shop, script: Script, session: str
) -> None:
    agent = scripted.agent()
    script.say("First.", "Second.", "Third.", "Fourth.")
    for text, turns in (("One", 5), ("Two", 0), ("Three", 1), ("Four", 5)):
        configuration = {"previousConversationTurnsToInclude": turns}
        scripted.ask(agent, text, sessionId=session, promptCreationConfigurations=configuration)
    shown = [len(script.messages(number)) - 2 for number in range(4)]
    assert shown == [0, 0, 2, 6]


def lookups(base: str, **configuration: Any) -> Any:
    search = {"vectorSearchConfiguration": configuration}
    return [{"knowledgeBaseId": base, "retrievalConfiguration": search}]


def test_a_lookup_is_configured_by_the_request(shop: Shop, base: str, session: str) -> None:
    agent = shop.agent(base=base)
    question = "How do I descale the kettle?"

    def references(**configuration: Any) -> list[Any]:
        state = {"knowledgeBaseConfigurations": lookups(base, **configuration)}
        events = shop.ask(agent, question, sessionId=session, sessionState=state, enableTrace=True)
        return [
            one["knowledgeBaseLookupOutput"]["retrievedReferences"]
            for name, one in traces_of(events)
            if one.get("type") == "KNOWLEDGE_BASE"
        ]

    assert [len(one) for one in references(numberOfResults=1)] == [1]
    uri = {"key": "x-amz-bedrock-kb-source-uri", "value": "s3://manuals/none.md"}
    assert references(filter={"equals": uri}) in ([], [[]])


@pytest.mark.parametrize(
    ("bases", "rule"),
    [
        (("NONE000000",), "1.member.knowledgeBaseId: the agent has no Knowledge Base NONE000000"),
        (("base", "base"), "2.member.knowledgeBaseId"),
    ],
)
def test_a_configuration_of_another_knowledge_base_is_refused(
    bases: tuple[str, ...], rule: str, shop: Shop, base: str, agent: str, session: str
) -> None:
    configurations = [
        one
        for name in bases
        for one in lookups(base if name == "base" else name, numberOfResults=1)
    ]
    code, reason = refusal(shop, agent, session, knowledgeBaseConfigurations=configurations)
    assert (code, rule in reason) == ("ValidationException", True), reason


def test_an_inline_agent_answers_from_files_and_goes_on_with_a_conversation(
    scripted: Shop, script: Script, session: str
) -> None:
    script.say(DUE)
    history = {"messages": [message("user", "Hi"), message("assistant", "Hello.")]}
    reply = scripted.runtime.invoke_inline_agent(
        foundationModel="amazon.nova-lite-v1:0",
        instruction="You help customers of a shop with their orders and its manuals.",
        sessionId=session,
        inputText=QUESTION,
        inlineSessionState={"files": [file()], "conversationHistory": history},
    )
    with closing(reply["completion"]) as events:
        assert text_of(list(events)) == DUE
    system, first, second, last = script.messages()
    assert (first["content"], second["content"]) == ("Hi", "Hello.")
    assert last["content"].endswith(QUESTION)
    assert "The deposit is two rents." in last["content"]
    assert json.dumps(system).count("deposit") == 0
