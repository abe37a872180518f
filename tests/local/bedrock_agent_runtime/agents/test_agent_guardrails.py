"""The guardrail of an agent: over what its user says, and over what it answers."""

from contextlib import closing
from typing import Any

import pytest

from tests.local.bedrock_agent_runtime.agents.script import Script
from tests.local.bedrock_agent_runtime.agents.shop import Shop, text_of, traces_of

INSTRUCTION = "You help customers of a shop with their orders and its manuals."


def words(*texts: str) -> Any:
    return {"wordPolicyConfig": {"wordsConfig": [{"text": text} for text in texts]}}


def masking(name: str, regex: str) -> Any:
    pattern = {"name": name, "description": name, "pattern": regex, "action": "ANONYMIZE"}
    return {"sensitiveInformationPolicyConfig": {"regexesConfig": [pattern]}}


def test_a_text_that_is_blocked_goes_no_further(shop: Shop, session: str) -> None:
    agent = shop.agent(guardrailConfiguration=shop.guardrail(**words("dragons")))
    events = shop.ask(agent, "Where be dragons?", sessionId=session, enableTrace=True)
    assert text_of(events) == "Not that."
    [(name, trace)] = traces_of(events)
    assert (name, trace["action"]) == ("guardrailTrace", "INTERVENED")
    assert trace["inputAssessments"][0]["wordPolicy"]["customWords"][0]["match"] == "dragons"
    assert "outputAssessments" not in trace
    assert trace["metadata"]["totalTimeMs"] >= 0


def test_an_answer_that_is_blocked_is_not_sent(shop: Shop, base: str, session: str) -> None:
    agent = shop.agent(base=base, guardrailConfiguration=shop.guardrail(**words("vinegar")))
    question = "How do I descale the kettle?"
    events = shop.ask(agent, question, sessionId=session, enableTrace=True)
    assert text_of(events) == "Not that answer."
    assert "attribution" not in events[-1]["chunk"]
    (first, before), *_, (last, after) = traces_of(events)
    assert (first, before["action"]) == ("guardrailTrace", "NONE")
    assert (last, after["action"]) == ("guardrailTrace", "INTERVENED")
    assert after["outputAssessments"][0]["wordPolicy"]["customWords"][0]["match"] == "vinegar"
    assert "inputAssessments" not in after


def test_what_is_masked_in_an_answer_leaves_the_rest_cited(
    shop: Shop, base: str, session: str
) -> None:
    guardrail = shop.guardrail(**masking("MONTHS", "three years"))
    agent = shop.agent(base=base, guardrailConfiguration=guardrail)
    events = shop.ask(agent, "How long is the warranty of the Basalt kettle?", sessionId=session)
    assert text_of(events) == "The Basalt kettle has a warranty of {MONTHS}."
    assert "attribution" not in events[-1]["chunk"]
    other = shop.guardrail(**masking("STATUS", "shipped"))
    agent = shop.agent(
        {"functionSchema": STATUS_ONLY, "actionGroupName": "orders"},
        base=base,
        guardrailConfiguration=other,
    )
    question = "What is the status of order A-1042, and how long is the warranty of the kettle?"
    events = shop.ask(agent, question, sessionId=session)
    assert text_of(events).startswith("Order A-1042 is {STATUS}.")
    [citation] = events[-1]["chunk"]["attribution"]["citations"]
    span = citation["generatedResponsePart"]["textResponsePart"]["span"]
    assert text_of(events)[span["start"] : span["end"] + 1] == (
        "The Basalt kettle has a warranty of three years."
    )


STATUS_ONLY: Any = {
    "functions": [
        {
            "name": "order_status",
            "description": "Look up one order: its status and the day it is expected.",
            "parameters": {
                "order_id": {"type": "string", "description": "As in A-1042.", "required": True}
            },
        }
    ]
}


def test_what_is_masked_in_a_text_reaches_no_model(
    scripted: Shop, script: Script, session: str
) -> None:
    guardrail = scripted.guardrail(**masking("CODE", r"K-\d+"))
    agent = scripted.agent(guardrailConfiguration=guardrail)
    script.say("All right.", "All right.")
    for _ in range(2):
        scripted.ask(agent, "My code is K-4711.", sessionId=session)
    said = [one["content"] for one in script.messages() if one["role"] == "user"]
    assert said == ["My code is {CODE}."] * 2


def test_the_answer_is_judged_as_post_processing_wrote_it(
    scripted: Shop, script: Script, session: str
) -> None:
    prompt = {"promptType": "POST_PROCESSING", "promptState": "ENABLED"}
    agent = scripted.agent(
        guardrailConfiguration=scripted.guardrail(**words("dragons")),
        promptOverrideConfiguration={"promptConfigurations": [prompt]},
    )
    script.say("All is well.", "<final_response>There be dragons.</final_response>")
    assert text_of(scripted.ask(agent, "Is all well?", sessionId=session)) == "Not that answer."
    script.say("There be dragons.", "<final_response>All is well.</final_response>")
    assert text_of(scripted.ask(agent, "Is all well?", sessionId=session)) == "All is well."


@pytest.mark.parametrize("text", ["Where be dragons?", "Hello"])
def test_an_inline_agent_has_its_guardrail(text: str, shop: Shop, session: str) -> None:
    reply = shop.runtime.invoke_inline_agent(
        foundationModel="amazon.nova-lite-v1:0",
        instruction=INSTRUCTION,
        guardrailConfiguration=shop.guardrail(**words("dragons")),
        sessionId=session,
        inputText=text,
        enableTrace=True,
    )
    with closing(reply["completion"]) as stream:
        events = list(stream)
    blocked = "dragons" in text
    assert (text_of(events) == "Not that.") is blocked
    action = traces_of(events)[0][1]["action"]
    assert action == ("INTERVENED" if blocked else "NONE")
