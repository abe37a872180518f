"""What the guard asks ApplyGuardrail, and how it reads the reply."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from app.aws import Cancellation, Cancelled, Clients
from app.errors import OperatorError, OutcropError, Throttled, TimedOut, Unavailable
from app.events import Guardrail, Passage, PolicyFinding
from app.guardrail import BedrockGuard, SensitiveInformation, Unguarded, Verdict, Word
from app.guardrail import guard as guard_of
from app.guardrail.bedrock import BATCH
from app.guardrail.limits import ANSWER, QUERY, SOURCES, parts
from tests.models.loopback import JSON_TYPE, Loopback, clients_of, reply
from tests.web.backend import settings

NOBODY: Any = None
NAME = PolicyFinding("sensitive_information", "NAME", "ANONYMIZED")
PASS = {"action": "NONE", "outputs": [], "assessments": []}


def word_of(action: str) -> PolicyFinding:
    return PolicyFinding("word", "WORD", action)


def mask(text: str) -> dict[str, Any]:
    pii = {"match": "Ada", "type": "NAME", "action": "ANONYMIZED", "detected": True}
    policy = {"piiEntities": [pii], "regexes": []}
    return {
        "action": "GUARDRAIL_INTERVENED",
        "outputs": [{"text": text}],
        "assessments": [{"sensitiveInformationPolicy": policy}],
    }


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with Loopback() as server:
        yield server


@pytest.fixture(scope="module")
def aws(server: Loopback) -> Clients:
    return clients_of(server, "AWS_ENDPOINT_URL_BEDROCK_RUNTIME")


@pytest.fixture
def guard(aws: Clients, server: Loopback) -> BedrockGuard:
    server.forget()
    return BedrockGuard(aws.bedrock_runtime, "g1", "1")


def answer(server: Loopback, *replies: dict[str, Any]) -> None:
    for each in replies:
        server.enqueue(reply(json.dumps(each).encode(), headers=JSON_TYPE))


def test_a_masked_tool_input_is_json_still(guard: BedrockGuard, server: Loopback) -> None:
    answer(server, mask('{"name": "{NAME}"}'))
    verdict = guard.tool_input({"name": "Ada"})
    assert (verdict.action, json.loads(verdict.text)) == ("masked", {"name": "{NAME}"})
    [assessment] = verdict.assessments
    assert assessment.sensitive_information == (SensitiveInformation("NAME", "Ada", "ANONYMIZED"),)


def test_a_tool_input_that_a_mask_breaks_is_blocked(guard: BedrockGuard, server: Loopback) -> None:
    answer(server, mask('{"year": {AGE}}'))
    verdict = guard.tool_input({"year": 42})
    assert verdict.blocked
    assert "not JSON" in verdict.text


def test_a_tool_result_goes_on_as_it_is_or_masked(guard: BedrockGuard, server: Loopback) -> None:
    answer(server, PASS, mask("{NAME} ordered a tent."))
    assert guard.tool_result("A tent.").text == "A tent."
    assert guard.tool_result("Ada ordered a tent.").text == "{NAME} ordered a tent."


def test_long_passages_are_judged_in_several_calls(guard: BedrockGuard, server: Loopback) -> None:
    long = [Passage(number, "x" * (BATCH // 2), "s3://d/a.md", 0.5) for number in (1, 2, 3)]
    blank = Passage(4, " ", "s3://d/b.md", 0.1)
    answer(server, PASS, mask("masked"))
    verdicts = guard.passages([*long, blank])
    assert [verdict.action for verdict in verdicts] == ["none", "none", "masked", "none"]
    assert [verdict.text for verdict in verdicts[2:]] == ["masked", " "]


def body(server: Loopback) -> Any:
    """What the guardrail was asked last."""
    return json.loads(server.requests[-1].body)


def test_what_goes_in_is_judged_as_input_and_what_comes_out_as_output(
    guard: BedrockGuard, server: Loopback
) -> None:
    answer(server, *[PASS] * 4)
    hooks: list[tuple[Callable[[], Verdict], str, str]] = [
        (lambda: guard.question("Is Zoë in?"), "INPUT", "Is Zoë in?"),
        (lambda: guard.tool_input({"name": "Zoë"}), "OUTPUT", '{"name": "Zoë"}'),
        (lambda: guard.tool_result("Zoë is in."), "INPUT", "Zoë is in."),
        (lambda: guard.passages([Passage(1, "Zoë.", "s3://d/a", 0.5)])[0], "INPUT", "Zoë."),
    ]
    for judge, source, text in hooks:
        assert judge().text == text
        content = [{"text": {"text": text}}]
        scope = "INTERVENTIONS"
        assert body(server) == {"source": source, "content": content, "outputScope": scope}
        assert server.requests[-1].line == "POST /guardrail/g1/version/1/apply HTTP/1.1"


def test_an_answer_is_judged_by_its_passages_and_its_question(
    guard: BedrockGuard, server: Loopback
) -> None:
    answer(server, PASS)
    assert guard.answer("7 [1].", "How hard?", [Passage(1, "7.", "s3://d/a", 0.5)]).text == "7 [1]."
    content = [
        {"text": {"text": "7.", "qualifiers": ["grounding_source"]}},
        {"text": {"text": "How hard?", "qualifiers": ["query"]}},
        {"text": {"text": "7 [1].", "qualifiers": ["guard_content"]}},
    ]
    assert body(server) == {"source": "OUTPUT", "content": content, "outputScope": "FULL"}


def test_an_answer_without_sources_is_judged_by_neither_grounding_nor_relevance(
    guard: BedrockGuard, server: Loopback
) -> None:
    answer(server, PASS)
    guard.answer("The documents do not say.", "How hard?", [])
    assert body(server)["content"] == [{"text": {"text": "The documents do not say."}}]


def test_a_verdict_keeps_the_reason_and_what_was_found(
    guard: BedrockGuard, server: Loopback
) -> None:
    word = {"wordPolicy": {"customWords": [{"match": "darn", "action": "NONE"}]}}
    reports = {**PASS, "assessments": [word]}
    denied = {
        "action": "GUARDRAIL_INTERVENED",
        "actionReason": "Guardrail blocked.",
        "outputs": [{"text": "No "}, {"text": "way."}],
        "assessments": [{"wordPolicy": {"customWords": [{"match": "darn", "action": "BLOCKED"}]}}],
    }
    answer(server, reports, denied, {**mask("{NAME}"), "actionReason": "Guardrail masked."})
    passed, blocked, masked = (guard.question("Q?") for _ in range(3))
    assert (passed.action, passed.text, passed.reason) == ("none", "Q?", None)
    assert [words.words for words in passed.assessments] == [(Word("darn", "NONE"),)]
    assert (blocked.action, blocked.text) == ("blocked", "No way.")
    assert blocked.events("question", subject="s") == (
        Guardrail(
            "question", "blocked", "No way.", "Guardrail blocked.", "s", (word_of("BLOCKED"),)
        ),
    )
    assert blocked.assessments
    assert (masked.action, masked.text, masked.reason) == ("masked", "{NAME}", "Guardrail masked.")
    assert masked.events("question") == (
        Guardrail("question", "masked", "{NAME}", "Guardrail masked.", None, (NAME,)),
    )
    assert passed.events("question") == (
        Guardrail("question", "none", None, policies=(word_of("NONE"),)),
    )


def test_what_is_masked_of_an_answer_is_the_last_of_many_outputs_or_all_of_them(
    guard: BedrockGuard, server: Loopback
) -> None:
    passages = [Passage(1, "Ada.", "s3://d/a", 0.5)]
    outputs = [{"text": "source"}, {"text": "query"}, {"text": "{NAME}"}]
    answer(server, {**mask(""), "outputs": outputs}, {**mask(""), "outputs": outputs[1:]})
    assert guard.answer("Ada.", "Who?", passages).text == "{NAME}"
    assert guard.answer("Ada.", "Who?", passages).text == "query{NAME}"


@pytest.mark.parametrize(
    ("outputs", "actions"),
    [
        ([], ["ANONYMIZED"]),
        ([{}], ["ANONYMIZED"]),
        ([{"text": "x"}], ["ANONYMIZED", "BLOCKED"]),
        ([{"text": "x"}], []),
    ],
)
def test_what_is_not_a_mask_beyond_doubt_is_a_block(
    guard: BedrockGuard, server: Loopback, outputs: list[Any], actions: list[str]
) -> None:
    entities = [{"match": "Ada", "type": "NAME", "action": action} for action in actions]
    policy = {"piiEntities": entities, "regexes": []}
    assessments = [{"sensitiveInformationPolicy": policy}]
    answer(server, {**mask(""), "outputs": outputs, "assessments": assessments})
    verdict = guard.question("Ada?")
    assert verdict.blocked
    assert verdict.text == "".join(output.get("text", "") for output in outputs)


def test_what_is_only_reported_does_not_make_a_block_of_a_mask(
    guard: BedrockGuard, server: Loopback
) -> None:
    reported = {"wordPolicy": {"customWords": [{"match": "darn", "action": "NONE"}]}}
    masks = mask("{NAME}")
    answer(server, {**masks, "assessments": [*masks["assessments"], reported]})
    assert guard.question("Ada?").action == "masked"


def test_passages_that_fit_into_a_call_go_into_one(guard: BedrockGuard, server: Loopback) -> None:
    def passage(number: int, size: int) -> Passage:
        return Passage(number, "x" * size, "s3://d/a", 0.5)

    answer(server, PASS, PASS, PASS)
    sizes_of_passages = [BATCH - 1, 1, BATCH + 1, BATCH - 1, 1]
    passages = [passage(number, size) for number, size in enumerate(sizes_of_passages, 1)]
    verdicts = guard.passages(passages)
    assert [len(verdict.text) for verdict in verdicts] == sizes_of_passages
    sizes = [
        [len(block["text"]["text"]) for block in json.loads(request.body)["content"]]
        for request in server.requests
    ]
    assert sizes == [[BATCH - 1, 1], [BATCH + 1], [BATCH - 1, 1]]


def test_of_several_passages_each_is_judged_alone_where_the_guardrail_intervenes(
    guard: BedrockGuard, server: Loopback
) -> None:
    answer(server, mask("both"), PASS, mask("{NAME}"))
    verdicts = guard.passages(
        [Passage(1, "Tent.", "s3://d/a", 0.5), Passage(2, "Ada.", "s3://d/a", 0.4)]
    )
    assert [verdict.text for verdict in verdicts] == ["Tent.", "{NAME}"]
    assert [json.loads(request.body)["source"] for request in server.requests] == ["INPUT"] * 3


FAILURES: list[tuple[str, int, type[OutcropError], str]] = [
    ("ValidationException", 400, OperatorError, "OUTCROP_GUARDRAIL_VERSION"),
    ("ResourceNotFoundException", 404, OperatorError, "OUTCROP_GUARDRAIL_ID"),
    ("AccessDeniedException", 403, OperatorError, "bedrock:ApplyGuardrail"),
    ("ThrottlingException", 429, Throttled, "quota"),
    ("ServiceUnavailableException", 503, Unavailable, "OUTCROP_GUARDRAIL_WHEN_DOWN"),
]


@pytest.mark.parametrize(("code", "status", "kind", "advice"), FAILURES)
def test_without_a_verdict_there_is_an_error_and_the_log_says_what_to_do(
    guard: BedrockGuard,
    server: Loopback,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    code: str,
    status: int,
    kind: type[OutcropError],
    advice: str,
) -> None:
    failed = reply(
        b'{"message": "No."}', status=status, headers={**JSON_TYPE, "x-amzn-errortype": code}
    )
    monkeypatch.setattr("app.guardrail.bedrock.PAUSES", (0.0, 0.0))
    attempts = 3 if kind in (Throttled, Unavailable) else 1
    for _ in range(attempts):
        server.enqueue(failed)
    with pytest.raises(kind, match=rf"^ApplyGuardrail: {code}.* nothing is used or shown"):
        guard.question("Q?")
    [record] = caplog.records
    assert "guardrail g1, version 1" in record.getMessage()
    assert advice in record.getMessage()
    assert len(server.requests) == attempts

    for _ in range(attempts):
        server.enqueue(failed)
    verdict = replace(guard, is_open=True).question("Q?")
    assert (verdict.action, verdict.text, verdict.blocked) == ("unjudged", "Q?", False)
    [event] = verdict.events("question")
    assert (event.action, event.text) == ("unjudged", None)
    assert "OUTCROP_GUARDRAIL_WHEN_DOWN" in str(event.reason)


def test_a_judgement_is_asked_for_again_where_the_guardrail_is_away_for_a_moment(
    guard: BedrockGuard, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.guardrail.bedrock.PAUSES", (0.0, 0.0))
    headers = {**JSON_TYPE, "x-amzn-errortype": "ThrottlingException"}
    server.enqueue(reply(b'{"message": "No."}', status=429, headers=headers))
    answer(server, PASS)
    assert guard.question("Q?") == Verdict("none", "Q?")
    assert len(server.requests) == 2


class Waits(Cancellation):
    """A turn that does not wait, and remembers for how long it would have."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    def wait(self, seconds: float) -> None:
        self.seconds.append(seconds)


def test_between_two_judgements_there_is_a_pause_and_the_second_is_longer(
    guard: BedrockGuard, server: Loopback
) -> None:
    headers = {**JSON_TYPE, "x-amzn-errortype": "ThrottlingException"}
    for _ in range(3):
        server.enqueue(reply(b'{"message": "No."}', status=429, headers=headers))
    turn = Waits()
    with turn.active(), pytest.raises(Throttled):
        guard.question("Q?")
    assert len(server.requests) == 3
    [first, second] = turn.seconds
    assert 0 < first < second < 2


class Leaving:
    """A client whose caller leaves while it waits for a verdict: its connection is gone then."""

    def __init__(self, cancellation: Cancellation, error: Any) -> None:
        self._cancellation, self._error = cancellation, error

    def apply_guardrail(self, **_: Any) -> Any:
        self._cancellation.cancel(TimedOut("Too late."))
        raise self._error(endpoint_url="http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("error", "raised"),
    [(EndpointConnectionError, Cancelled), (ReadTimeoutError, TimedOut)],
)
def test_a_cancelled_turn_gets_no_answer_that_nobody_judged(
    error: Any, raised: type[BaseException]
) -> None:
    """It fails as if the guardrail were away, and is not taken for that."""
    cancellation = Cancellation()
    runtime: Any = Leaving(cancellation, error)
    with cancellation.active(), pytest.raises(raised):
        BedrockGuard(runtime, "g1", "1", is_open=True).question("Q?")


def test_texts_without_a_word_are_not_sent(guard: BedrockGuard, server: Loopback) -> None:
    assert guard.answer(" \n", "How hard?", QUARTZ) == Verdict("none", " \n")
    assert guard.tool_result("") == Verdict("none", "")
    assert server.requests == []


def scores(grounding: float, relevance: float) -> dict[str, Any]:
    """A reply with these scores; below .7 and .5 they block."""
    filters = [
        {
            "type": kind,
            "score": score,
            "threshold": threshold,
            "action": "BLOCKED" if score < threshold else "NONE",
            "detected": score < threshold,
        }
        for kind, score, threshold in (
            ("GROUNDING", grounding, 0.7),
            ("RELEVANCE", relevance, 0.5),
        )
    ]
    blocked = grounding < 0.7 or relevance < 0.5
    return {
        "action": "GUARDRAIL_INTERVENED" if blocked else "NONE",
        "outputs": [{"text": "No."}] if blocked else [],
        "assessments": [{"contextualGroundingPolicy": {"filters": filters}}],
    }


QUARTZ = [Passage(1, "Quartz is hard.", "s3://d/a", 0.5)]


def test_an_answer_that_passes_has_its_scores(guard: BedrockGuard, server: Loopback) -> None:
    answer(server, scores(0.93, 0.88))
    verdict = guard.answer("It is hard.", "How hard?", QUARTZ)
    [event] = verdict.events("answer")
    assert (event.action, event.text) == ("none", None)
    assert event.policies == (
        PolicyFinding("grounding", "GROUNDING", "NONE", score=0.93, threshold=0.7),
        PolicyFinding("grounding", "RELEVANCE", "NONE", score=0.88, threshold=0.5),
    )


def test_sources_query_and_answer_are_as_long_as_the_service_takes(
    guard: BedrockGuard, server: Loopback
) -> None:
    """No limit is an error: 130,000 characters of passages, a long question, a long answer."""
    answer(server, *[scores(0.9, 0.9)] * 3)
    passages = [Passage(n, f"Source {n}. " * 4_000, "s3://d/a", 0.5) for n in (1, 2, 3)]
    text = "It is hard, and it is clear.\n\n" * 400
    assert guard.answer(text, "How hard is it? " * 100, passages).text == text
    judged = [json.loads(request.body)["content"] for request in server.requests]
    assert len(judged) == 3
    for content in judged:
        *sources, query, part = (block["text"]["text"] for block in content)
        assert sum(map(len, sources)) <= SOURCES
        assert sources[0] == passages[0].text
        assert sources[-1].endswith("Source 3.")
        assert len(query) <= QUERY
        assert query.endswith("?")
        assert len(part) <= ANSWER
    answers = [content[-1]["text"]["text"] for content in judged]
    assert answers[0].endswith(".\n\n")
    assert all(part in text for part in answers)


@pytest.mark.parametrize(
    ("replies", "action"),
    [
        ([scores(0.9, 0.9), scores(0.9, 0.2)], "none"),  # one part is relevant
        ([scores(0.9, 0.2), scores(0.9, 0.2)], "blocked"),
        ([scores(0.9, 0.9), scores(0.2, 0.9)], "blocked"),
    ],
)
def test_an_answer_in_parts_is_blocked_if_a_part_is_and_relevant_if_a_part_is(
    guard: BedrockGuard, server: Loopback, replies: list[dict[str, Any]], action: str
) -> None:
    answer(server, *replies)
    assert guard.answer("It is hard. " * 500, "How hard?", QUARTZ).action == action


def test_a_number_on_the_border_of_two_parts_is_masked_once(
    guard: BedrockGuard, server: Loopback
) -> None:
    """The second part is judged with the end of the first, in which the number begins."""
    text = "a" * 4_000 + " " + "b" * 980 + " Call 555 0199 now. " + "c" * 900
    first, second = parts(text)
    border = first.end
    assert "Call" in text[second.context : border]
    judged = text[second.context : second.end].replace("555 0199", "{PHONE}")
    answer(server, PASS, mask(judged))
    verdict = guard.answer(text, "Who?", QUARTZ)
    assert verdict.action == "masked"
    assert verdict.text == text.replace("555 0199", "{PHONE}")


def test_without_a_guardrail_every_text_passes_as_it_is() -> None:
    guard = Unguarded()
    assert guard.question("Q?") == Verdict("none", "Q?")
    assert guard.tool_input({"name": "Zoë"}) == Verdict("none", '{"name": "Zoë"}')
    assert guard.tool_result("A tent.") == Verdict("none", "A tent.")
    assert guard.passages([Passage(1, "A.", "s3://d/a", 0.5)]) == [Verdict("none", "A.")]
    assert guard.answer("A.", "Q?", []) == Verdict("none", "A.")


def test_the_settings_say_which_guard_there_is() -> None:
    assert isinstance(guard_of(NOBODY, settings()), Unguarded)
    named = settings(guardrail_id="g1", guardrail_version="2")
    assert guard_of(NOBODY, named) == BedrockGuard(NOBODY, "g1", "2")
    lax = settings(guardrail_id="g1", guardrail_passages=False, guardrail_when_down="open")
    assert guard_of(NOBODY, lax) == BedrockGuard(
        NOBODY, "g1", "DRAFT", judges_passages=False, is_open=True
    )


def test_text_units_are_logged_by_policy_and_no_text_is(
    guard: BedrockGuard, server: Loopback, caplog: pytest.LogCaptureFixture
) -> None:
    answer(server, {**PASS, "usage": {"wordPolicyUnits": 2, "topicPolicyUnits": 0}})
    with caplog.at_level("INFO", "app.guardrail"):
        guard.question("Is Zoë in?")
    [record] = caplog.records
    assert record.getMessage() == "guardrail INPUT wordPolicyUnits=2"
    assert vars(record)["guardrail"] == {"source": "INPUT", "wordPolicyUnits": 2}


def test_passages_that_are_not_to_be_judged_pass(guard: BedrockGuard, server: Loopback) -> None:
    lax = replace(guard, judges_passages=False)
    [verdict] = lax.passages([Passage(1, "Zoë.", "s3://d/a", 0.5)])
    assert (verdict, server.requests) == (Verdict("none", "Zoë."), [])
