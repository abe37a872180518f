"""The answer of an agent in one chunk, and in pieces that the guardrail judges one by one."""

from typing import Any

import pytest

from app.local.bedrock_agent_runtime.agents.chunks import masked_part
from app.local.judgement import Mask
from tests.local.bedrock_agent_runtime.agents.script import Script
from tests.local.bedrock_agent_runtime.agents.shop import (
    FUNCTIONS,
    TEST_ALIAS,
    Shop,
    text_of,
    traces_of,
)

ORDERS = {"functionSchema": FUNCTIONS, "actionGroupName": "orders"}
TEXT = "Seven red dragons flew over the town, and nobody was at home to see them."


def streaming(interval: int | None = None) -> Any:
    members = {} if interval is None else {"applyGuardrailInterval": interval}
    return {"streamingConfigurations": {"streamFinalResponse": True, **members}}


def pieces(events: Any) -> list[str]:
    return [event["chunk"]["bytes"].decode() for event in events if "chunk" in event]


@pytest.fixture(scope="module")
def plain(scripted: Shop) -> str:
    return scripted.agent()


@pytest.mark.parametrize(
    ("interval", "lengths"),
    [(None, [53, 20]), (1, None), (10, None), (73, [73]), (74, [73]), (10_000, [73])],
)
def test_a_piece_has_as_many_characters_as_the_request_says_or_more(
    interval: int | None,
    lengths: list[int] | None,
    scripted: Shop,
    script: Script,
    plain: str,
    session: str,
) -> None:
    script.say(TEXT)
    parts = pieces(scripted.ask(plain, "What?", sessionId=session, **streaming(interval)))
    assert "".join(parts) == TEXT
    if lengths is not None:
        assert list(map(len, parts)) == lengths
    assert all(len(part) >= (interval or 50) for part in parts[:-1])
    assert all(part.endswith(" ") for part in parts[:-1])
    if interval == 1:
        assert parts == [*(f"{word} " for word in TEXT.split()[:-1]), "them."]


@pytest.mark.parametrize("params", [{}, {"streamingConfigurations": {"applyGuardrailInterval": 1}}])
def test_without_the_wish_for_a_stream_there_is_one_chunk(
    params: Any, scripted: Shop, script: Script, plain: str, session: str
) -> None:
    script.say(TEXT)
    assert pieces(scripted.ask(plain, "What?", sessionId=session, **params)) == [TEXT]


@pytest.mark.parametrize("kind", ["PRE_PROCESSING", "POST_PROCESSING"])
def test_an_agent_with_pre_or_post_processing_does_not_stream(
    kind: str, shop: Shop, session: str
) -> None:
    prompt = {"promptType": kind, "promptState": "ENABLED"}
    agent = shop.agent(ORDERS, promptOverrideConfiguration={"promptConfigurations": [prompt]})
    text = "What is the status of order A-1042?"
    assert len(pieces(shop.ask(agent, text, sessionId=session, **streaming(1)))) == 1


def test_an_agent_that_only_searches_does_not_stream_unless_it_may_ask(
    shop: Shop, base: str, session: str
) -> None:
    question = "How do I descale the kettle?"
    ask = {"actionGroupName": "ask", "parentActionGroupSignature": "AMAZON.UserInput"}
    for groups, is_streamed in (((), False), ((ask,), True), ((ORDERS,), True)):
        agent = shop.agent(*groups, base=base)
        events = shop.ask(agent, question, sessionId=session, **streaming(1))
        assert (len(pieces(events)) > 1) is is_streamed


def test_a_citation_comes_with_the_piece_that_its_part_ends_in(
    shop: Shop, base: str, session: str
) -> None:
    agent = shop.agent(ORDERS, base=base)
    question = "What is the status of order A-1042, and how long is the warranty of the kettle?"
    [whole] = shop.ask(agent, question, sessionId=session)
    events = shop.ask(agent, question, sessionId=session, **streaming(5))
    assert text_of(events) == whole["chunk"]["bytes"].decode()
    cited = [event["chunk"] for event in events if "attribution" in event["chunk"]]
    [last] = cited
    assert last["attribution"] == whole["chunk"]["attribution"]
    assert last is events[-1]["chunk"]


def words(shop: Shop, *texts: str) -> Any:
    return shop.guardrail(wordPolicyConfig={"wordsConfig": [{"text": text} for text in texts]})


def test_what_was_sent_stays_and_the_rest_is_blocked(
    scripted: Shop, script: Script, session: str
) -> None:
    agent = scripted.agent(guardrailConfiguration=words(scripted, "nobody was"))
    script.say(TEXT, "Good.")
    events = scripted.ask(agent, "What?", sessionId=session, enableTrace=True, **streaming(10))
    parts = pieces(events)
    assert "".join(parts[:-1]) == "Seven red dragons flew over the town, and nobody "
    assert parts[-1] == "Not that answer."
    judged = [trace for name, trace in traces_of(events) if name == "guardrailTrace"]
    assert [one["action"] for one in judged] == ["NONE", "INTERVENED"]
    assert "outputAssessments" in judged[-1]
    scripted.ask(agent, "And?", sessionId=session)
    kept = script.messages()[2]["content"]
    assert kept == "".join(parts)


def test_a_larger_interval_has_more_judged_before_it_is_sent(
    scripted: Shop, script: Script, session: str
) -> None:
    agent = scripted.agent(guardrailConfiguration=words(scripted, "nobody was"))
    script.say(TEXT)
    events = scripted.ask(agent, "What?", sessionId=session, **streaming(60))
    assert pieces(events) == ["Not that answer."]


def test_what_is_masked_is_masked_in_its_piece(
    scripted: Shop, script: Script, session: str
) -> None:
    pattern = {"name": "N", "description": "n", "pattern": "red dragons", "action": "ANONYMIZE"}
    guardrail = scripted.guardrail(sensitiveInformationPolicyConfig={"regexesConfig": [pattern]})
    agent = scripted.agent(guardrailConfiguration=guardrail)
    for interval, first in ((20, "Seven {N} flew "), (1, "Seven ")):
        script.say(TEXT)
        events = scripted.ask(
            agent, "What?", sessionId=session, enableTrace=True, **streaming(interval)
        )
        assert pieces(events)[0] == first
    assert "".join(pieces(events)).startswith("Seven red  flew over")
    judged = [trace for name, trace in traces_of(events) if name == "guardrailTrace"]
    assert [one["action"] for one in judged] == ["NONE", "INTERVENED"]


@pytest.mark.parametrize(
    ("start", "end", "left"),
    [(0, 4, "ab{X}"), (0, 5, "ab{X}"), (2, 9, "{X}fg{Y}"), (5, 9, "fg{Y}"), (8, 10, "j")],
)
def test_a_part_of_a_masked_text_is_what_is_left_of_it(start: int, end: int, left: str) -> None:
    masks = (Mask(0, 2, 5, "{X}"), Mask(0, 7, 9, "{Y}"))
    assert masked_part("abcdefghij", masks, start, end) == left


def test_a_stream_that_is_left_leaves_its_session_as_it_was(
    scripted: Shop, script: Script, plain: str, session: str
) -> None:
    script.say(TEXT, "Good.")
    request: Any = {"agentId": plain, "agentAliasId": TEST_ALIAS, "sessionId": session}
    reply = scripted.runtime.invoke_agent(**request, inputText="What?", **streaming(1))
    stream = iter(reply["completion"])
    assert next(stream)["chunk"]["bytes"] == b"Seven "
    reply["completion"].close()
    assert pieces(scripted.ask(plain, "And?", sessionId=session)) == ["Good."]
