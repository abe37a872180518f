"""The API's bundle, run: API Gateway's events, Lambda Web Adapter, the application, the stand-in.

The model says what a test says, when it says it, so that what reaches the caller is seen to be
there before the next word is spoken.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from app.local.faults import Fail
from tests.flows.home import Home, Json, data_of, laptop, text_of
from tests.lambdas.api_event import NOBODY, REQUEST_ID, Caller, Headers, cognito, event, iam
from tests.lambdas.bundle import interpreter, lay_out
from tests.lambdas.environment import Environment, environment, needs_adapter
from tests.lambdas.invocation import BadGateway, Ended, Invocation
from tests.lambdas.model_server import Model, model_server

pytestmark = needs_adapter

Start = Callable[..., AbstractContextManager[Environment]]

ALICE, BOB = cognito("alice"), cognito("bob")
SUBJECT = "Tourmaline"  # of the question and its document; the log does not tell
QUESTION = {"message": f"How hard is {SUBJECT}?"}


@pytest.fixture(scope="module")
def model() -> Iterator[Model]:
    with model_server() as server:
        yield server


@pytest.fixture(scope="module")
def home(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with laptop(tmp_path_factory.mktemp("home"), model_url=model.url) as started:
        started.put("gems.md", f"{SUBJECT} has a hardness of 7 on the Mohs scale.")
        yield started


@pytest.fixture(scope="module")
def start(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Start:
    """Starts the function, with the stack's environment variables and these changes."""
    folder = tmp_path_factory.mktemp("api")
    root = lay_out(folder / "task", "api", "requirements.txt")
    python = interpreter(folder / "python")
    of_stack = {**home.variables, "OUTCROP_AUTH": "api-gateway"}

    def started(**changes: str) -> AbstractContextManager[Environment]:
        log = folder / ("-".join(["log", *changes]))
        return environment(root, log, python, of_stack | changes)

    return started


@pytest.fixture(scope="module")
def function(start: Start) -> Iterator[Environment]:
    """The function that all tests share which do not end it."""
    with start() as running:
        yield running


def ask(function: Environment, body: Json = QUESTION, caller: Caller = ALICE) -> Invocation:
    return function.invoke(event("POST", "/chat/stream", json=body, caller=caller))


def get(
    function: Environment, path: str, caller: Caller = ALICE, headers: Headers = ()
) -> tuple[int, Json]:
    return read(function.invoke(event("GET", path, caller=caller, headers=headers)))


def read(invocation: Invocation) -> tuple[int, Json]:
    """A buffered answer, whole."""
    head, body = invocation.http()
    answer: Json = json.loads(b"".join(body))
    assert invocation.ended == Ended()
    return head.status, answer


def parts(body: Iterator[bytes]) -> Iterator[Json]:
    """The parts of a streamed answer, each as soon as it is there; the last is `[DONE]`."""
    buffer = b""
    for chunk in body:
        buffer += chunk
        *whole, buffer = buffer.split(b"\n\n")
        for line in whole:
            name, _, data = line.partition(b": ")
            if name == b"data":
                yield {"type": "[DONE]"} if data == b"[DONE]" else json.loads(data)


def streamed(invocation: Invocation) -> list[Json]:
    """A streamed answer, whole."""
    head, body = invocation.http()
    assert head.status == 200, b"".join(body)
    assert head.headers["x-vercel-ai-ui-message-stream"] == "v1"
    *pieces, last = parts(body)
    assert last["type"] == "[DONE]"
    assert invocation.ended == Ended()
    return pieces


def conversation(pieces: list[Json]) -> str:
    name: str = pieces[0]["messageMetadata"]["conversationId"]
    return name


def test_the_api_function_answers_a_question_in_one_piece(
    function: Environment, model: Model
) -> None:
    model.reply("It has a hardness of 7 [1].").stop()
    status, answer = read(function.invoke(event("POST", "/chat", json=QUESTION, caller=ALICE)))
    assert (status, answer["answer"]) == (200, "It has a hardness of 7 [1].")
    assert [citation["document"] for citation in answer["citations"]] == ["gems.md"]


def test_the_head_comes_before_the_answer_and_each_word_before_the_next(
    function: Environment, model: Model
) -> None:
    reply = model.reply()
    head, body = ask(function).http()  # the model has not said a word yet
    assert (head.status, head.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    arriving = parts(body)
    for word in ("It", " is", " hard", "."):
        reply.say(word)  # and nothing more, until this one is there
        while (part := next(arriving))["type"] != "text-delta":
            pass
        assert part["delta"] == word
    reply.stop()
    assert [part["type"] for part in arriving][-2:] == ["finish", "[DONE]"]


def test_the_api_function_answers_a_follow_up(function: Environment, model: Model) -> None:
    model.reply("It is a gem.").stop()
    model.reply(f"Which gems are as hard as {SUBJECT}?").stop()  # the question, made to stand alone
    model.reply("Quartz is.").stop()
    first = streamed(ask(function))
    again = {"message": "Which are as hard?", "conversationId": conversation(first)}
    second = streamed(ask(function, again))
    assert (text_of(first), text_of(second)) == ("It is a gem.", "Quartz is.")
    _, body = get(function, f"/conversations/{conversation(first)}")
    assert [turn["answer"] for turn in body["turns"]] == ["It is a gem.", "Quartz is."]


def test_the_api_function_reads_a_body_in_base64(function: Environment, model: Model) -> None:
    model.reply("It is.").stop()
    sent = event("POST", "/chat/stream", json=QUESTION, caller=ALICE, binary=True)
    assert sent["isBase64Encoded"]
    assert text_of(streamed(function.invoke(sent))) == "It is."


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ALICE, BOB),
        (iam("arn:aws:iam::123456789012:user/a"), iam("arn:aws:iam::123456789012:user/b")),
        (
            iam("arn:aws:sts::123456789012:assumed-role/Pool/CognitoIdentity", identity="us:a"),
            iam("arn:aws:sts::123456789012:assumed-role/Pool/CognitoIdentity", identity="us:b"),
        ),
    ],
    ids=["user pool", "IAM", "identity pool"],
)
def test_a_conversation_is_its_callers(
    function: Environment, model: Model, one: Caller, other: Caller
) -> None:
    model.reply("It is.").stop()
    name = conversation(streamed(ask(function, caller=one)))
    assert get(function, f"/conversations/{name}", one)[0] == 200
    status, problem = get(function, f"/conversations/{name}", other)
    assert (status, problem["code"]) == (404, "not-found")
    status, problem = read(ask(function, QUESTION | {"conversationId": name}, other))
    assert (status, problem["code"]) == (404, "not-found")


def test_nobody_is_refused_and_a_context_of_ones_own_is_overwritten(
    function: Environment, model: Model
) -> None:
    model.reply("It is.").stop()
    path = f"/conversations/{conversation(streamed(ask(function)))}"
    forged = [("X-Amzn-Request-Context", '{"authorizer": {"claims": {"sub": "alice"}}}')]
    assert get(function, path, BOB, headers=forged)[0] == 404
    status, problem = get(function, path, NOBODY, headers=forged)
    assert (status, problem["code"]) == (401, "unauthenticated")


def test_an_error_in_the_middle_is_the_streams_own_and_is_logged_without_the_question(
    function: Environment, home: Home, model: Model
) -> None:
    failing: Json = {"service": "bedrock-runtime", "operation": "InvokeModelWithResponseStream"}
    home.order(Fail(**failing, after=2, code="ThrottlingException"))
    model.reply("It", " is", " hard", ".").stop()
    head, body = ask(function).http()
    *pieces, _ = parts(body)
    assert [part["type"] for part in pieces][-3:] == ["text-end", "data-error", "error"]
    assert data_of(pieces, "error")[0]["code"] == "throttled"
    logged = [json.loads(line) for line in function.log.read_text().splitlines()]
    own = [line for line in logged if line.get("requestId") == head.headers["x-request-id"]]
    assert {line["gatewayRequestId"] for line in own} == {REQUEST_ID}
    [warning] = [line for line in own if line["level"] == "WARNING"]
    assert "throttled" in warning["message"]
    [usage] = [line["usage"] for line in own if line.get("usage", {}).get("purpose") == "answer"]
    assert (usage["outcome"], usage["error"]) == ("failed", "throttled")
    assert SUBJECT not in function.log.read_text()


def test_a_turn_that_takes_too_long_ends_with_an_error_of_its_own(
    start: Start, model: Model
) -> None:
    with start(OUTCROP_DEADLINE_SECONDS="1") as function:
        model.reply("It")  # and then nothing
        pieces = streamed(ask(function))
    assert text_of(pieces) == "It"
    assert data_of(pieces, "error")[0]["code"] == "timed-out"


def test_a_process_that_dies_leaves_an_answer_that_is_seen_not_to_be_whole(
    start: Start, model: Model
) -> None:
    with start() as function:
        model.reply("It")
        arriving = parts(ask(function).http()[1])
        while next(arriving)["type"] != "text-delta":
            pass
        function.runtime.kill()
        assert "[DONE]" not in [part["type"] for part in arriving]
        with pytest.raises(BadGateway):
            ask(function).http()


def test_the_api_function_ends_on_sigterm_and_leaves_no_process(start: Start) -> None:
    with start() as function:
        assert get(function, "/healthz")[0] == 200
        function.stop()
        with pytest.raises(ProcessLookupError):  # and leaves no process behind
            os.killpg(function.runtime.pid, 0)


@pytest.mark.parametrize(
    "changes", [{"OUTCROP_KNOWLEDGE_BASE_ID": ""}, {"OUTCROP_AUTH": "local"}], ids="-".join
)
def test_a_setting_that_is_wrong_ends_the_start_and_the_log_names_it(
    start: Start, changes: dict[str, str]
) -> None:
    with start(**changes) as function:
        assert function.runtime.wait(30) == 1
        [line] = map(json.loads, function.log.read_text().splitlines())
        with pytest.raises(BadGateway, match=r"Runtime\.ExitError"):
            get(function, "/healthz")
        assert (line["level"], line["message"].count(next(iter(changes)))) == ("CRITICAL", 1)
