"""What each call of a turn asks of the model, as it goes over the wire."""

import json
from collections.abc import Callable, Iterator

import pytest

from app.answer.prompt import answer_prompt, rewrite_prompt
from app.citations.disguise import Disguise
from app.errors import OutcropError
from app.events import Usage
from app.local.wire import JSON, Call, ServiceError
from app.meter import Account
from app.models import find
from app.prompts.answer import LONGEST_ANSWER
from app.prompts.rewrite import LONGEST_QUESTION
from app.turn.model import TurnModel
from tests.conftest import Serve
from tests.test_meter import Recorder

NOVA, FIRST_LLAMA_3 = "amazon.nova-lite-v1:0", "meta.llama3-8b-instruct-v1:0"
CLAUDE_5 = "us.anthropic.claude-sonnet-5"
Calls = tuple[JSON, JSON]


@pytest.fixture
def bodies(serve: Serve) -> Callable[[str, int], Calls]:
    """`bodies(model, max_tokens)`: what a rewriting and an answer send to a model that refuses."""

    def sent(model: str, max_tokens: int) -> Calls:
        calls: list[JSON] = []

        def refuse(call: Call) -> JSON:
            calls.append(json.loads(call.params["body"]))
            raise ServiceError("ValidationException", "Enough.")

        server = serve(
            {
                "bedrock-runtime": dict.fromkeys(
                    ("InvokeModel", "InvokeModelWithResponseStream"), refuse
                )
            }
        )
        writer = TurnModel(
            server.client("bedrock-runtime"), find(model), Account(Recorder(), "ada"), max_tokens
        )
        with pytest.raises(OutcropError, match="Enough"):
            writer.rewrite(rewrite_prompt("And talc?", [], Disguise()))
        with pytest.raises(OutcropError, match="Enough"):
            list(writer.answer(answer_prompt("How hard is talc?", [], [])))
        rewriting, answer = calls
        return rewriting, answer

    return sent


@pytest.mark.parametrize(
    ("model", "max_tokens", "question", "answer"),
    [
        (NOVA, 1024, LONGEST_QUESTION, 1024),
        (NOVA, 100, 100, 100),
        (NOVA, 9000, LONGEST_QUESTION, LONGEST_ANSWER),
        (FIRST_LLAMA_3, 9000, LONGEST_QUESTION, 2048),
    ],
)
def test_rewritten_question_and_answer_keep_to_the_shortest_limit(
    bodies: Callable[[str, int], Calls], model: str, max_tokens: int, question: int, answer: int
) -> None:
    def longest(body: JSON) -> object:
        return body.get("max_gen_len") or body["inferenceConfig"]["maxTokens"]

    assert [longest(body) for body in bodies(model, max_tokens)] == [question, answer]


def test_a_temperature_is_sent_only_to_models_that_take_one(
    bodies: Callable[[str, int], Calls],
) -> None:
    assert [body["inferenceConfig"]["temperature"] for body in bodies(NOVA, 100)] == [0, 0]
    assert not any("temperature" in body for body in bodies(CLAUDE_5, 100))


def test_what_an_answer_took_is_metered_as_it_is_told(serve: Serve) -> None:
    """Claude tells the tokens of the prompt first; then the connection breaks."""
    start = {"type": "message_start", "message": {"usage": {"input_tokens": 9, "output_tokens": 1}}}

    def break_off(_: Call) -> JSON:
        def chunks() -> Iterator[JSON]:
            yield {"chunk": {"bytes": json.dumps(start).encode()}}
            raise ServiceError("InternalServerException", "Enough.")

        return {"body": chunks(), "contentType": "application/json"}

    server = serve({"bedrock-runtime": {"InvokeModelWithResponseStream": break_off}})
    meter = Recorder()
    writer = TurnModel(server.client("bedrock-runtime"), find(CLAUDE_5), Account(meter, "ada"), 100)
    with pytest.raises(OutcropError):
        list(writer.answer(answer_prompt("How hard is talc?", [], [])))
    [call] = meter.calls
    assert (call.model, call.purpose, call.outcome) == (CLAUDE_5, "answer", "failed")
    assert call.usage == Usage(9, 0)
