"""A whole turn, event by event, with each verdict that a guard can give."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from unittest.mock import patch

import pytest

from app.answer import answer
from app.aws import clients
from app.citations.abstention import ABSTENTION
from app.conversations import Conversations
from app.errors import NotFound
from app.events import (
    Citation,
    Done,
    Event,
    Guardrail,
    Nearest,
    Passage,
    Place,
    Retrieval,
    Started,
    Text,
    Usage,
)
from app.guardrail import Assessment, GroundingCheck, Unguarded, Verdict
from app.meter import Account
from app.models import Completion, TextDelta, assistant, invocation, user
from app.models import Text as TextBlock
from app.turn import Answer, Dialogue, Question, TurnContext
from tests.local.home import Home
from tests.test_meter import Recorder
from tests.web.backend import BUCKET, Backend, settings

PAGE = "x-amz-bedrock-kb-document-page-number"
MODEL = "amazon.nova-lite-v1:0"
QUESTION = Question("How hard is quartz?")
PASSAGE = Passage(1, "Quartz has a hardness of 7.", "s3://documents/minerals.md", 0.9)


@dataclass
class Judge(Unguarded):
    """A guard that says what it is told to, and keeps what it was asked.

    Attributes:
        verdicts: on a text, by the text; all others pass.
    """

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    calls: list[tuple[object, ...]] = field(default_factory=list)

    def question(self, text: str) -> Verdict:
        self.calls.append(("question", text))
        return self.verdicts.get(text, Verdict("none", text))

    def answer(self, text: str, question: str, passages: Sequence[Passage]) -> Verdict:
        self.calls.append(("answer", text, question, tuple(passages)))
        return self.verdicts.get(text, Verdict("none", text))


@pytest.fixture(scope="module")
def turns(running: tuple[Backend, Home]) -> TurnContext:  # noqa: ARG001
    """What turns of ada's need, once for the module: clients take their time."""
    aws = clients(20)
    conversations = Conversations(aws.s3, BUCKET, "ada")
    return TurnContext(aws, settings(), Unguarded(), conversations, Account(Recorder(), "ada"))


@pytest.fixture
def context(turns: TurnContext, backend: Backend) -> TurnContext:  # noqa: ARG001
    return turns


def result(key: str, text: str, page: int | None = None) -> dict[str, object]:
    metadata = {"kind": "stone"} | ({PAGE: page} if page else {})
    place = {"type": "S3", "s3Location": {"uri": f"s3://documents/{key}"}}
    return {"content": {"text": text}, "location": place, "score": 0.5, "metadata": metadata}


def done(events: Sequence[Event]) -> Answer:
    last = events[-1]
    assert isinstance(last, Done), last
    return last.answer


def test_a_turn_event_by_event(context: TurnContext, backend: Backend) -> None:
    guard = Judge()
    events = list(answer(QUESTION, replace(context, guard=guard)))
    started = events[0]
    assert isinstance(started, Started)
    [citation] = [event for event in events if isinstance(event, Citation)]
    assert (citation.number, citation.mark) == (1, 8)
    whole = Answer("It is 7 [1].", (citation,), Usage(9, 4), MODEL, started.conversation, 0, "end")
    texts = [event for event in events if isinstance(event, Text)]
    assert "".join(text.text for text in texts) == whole.answer
    assert [event for event in events if event not in (*texts, citation)] == [
        Started(started.conversation, MODEL, turn=0),
        Retrieval(QUESTION.text, (PASSAGE,)),
        Usage(9, 4),
        Done(whole),
    ]
    assert guard.calls == [
        ("question", QUESTION.text),
        ("answer", "It is 7.", QUESTION.text, (PASSAGE,)),
    ]
    [search] = backend.asked("Retrieve")
    assert search["knowledgeBaseId"] == "ABCDEFGHIJ"
    assert search["retrievalConfiguration"] == {
        "vectorSearchConfiguration": {"numberOfResults": 15, "overrideSearchType": "HYBRID"}
    }


def test_a_filter_goes_with_the_search(context: TurnContext, backend: Backend) -> None:
    year = {"equals": {"key": "year", "value": 2024}}
    list(answer(replace(QUESTION, retrieval_filter=year), context))
    [search] = backend.asked("Retrieve")
    assert search["retrievalConfiguration"]["vectorSearchConfiguration"]["filter"] == year


def test_a_blocked_question_ends_the_turn_before_anything_is_looked_up(
    context: TurnContext, backend: Backend
) -> None:
    guard = Judge({QUESTION.text: Verdict("blocked", "Not that.", "A denied topic.")})
    question = replace(QUESTION, conversation="blocked")
    events = list(answer(question, replace(context, guard=guard)))
    verdict = Guardrail("question", "blocked", "Not that.", "A denied topic.")
    assert events == [
        Started("blocked", MODEL),
        verdict,
        Usage(0, 0),
        Done(
            Answer(
                "Not that.",
                (),
                Usage(0, 0),
                MODEL,
                "blocked",
                None,
                "guardrail",
                guardrail=(verdict,),
            )
        ),
    ]
    assert backend.calls == []
    assert list(context.conversations.history("blocked", 6).turns) == []


def test_a_masked_question_is_searched_for_answered_and_stored_as_it_was_masked(
    context: TurnContext, backend: Backend
) -> None:
    guard = Judge({QUESTION.text: Verdict("masked", "How hard is {STONE}?")})
    question = replace(QUESTION, conversation="masked")
    events = list(answer(question, replace(context, guard=guard)))
    assert events[1] == Guardrail("question", "masked", "How hard is {STONE}?")
    assert backend.asked("Retrieve")[0]["retrievalQuery"] == {"text": "How hard is {STONE}?"}
    [turn] = context.conversations.history("masked", 6).turns
    assert [block.text for block in turn.question if hasattr(block, "text")] == [
        "How hard is {STONE}?"
    ]


@pytest.mark.parametrize(
    ("verdict", "citations", "stop_reason"),
    [
        (Verdict("masked", "It is {AGE}.", "A number."), 1, "end"),
        (Verdict("blocked", "Not that.", "Not grounded."), 0, "guardrail"),
    ],
)
def test_an_answer_is_told_and_stored_as_the_guard_lets_it_pass(
    context: TurnContext, verdict: Verdict, citations: int, stop_reason: str
) -> None:
    guard = Judge({"It is 7.": verdict})
    question = replace(QUESTION, conversation=f"answer-{verdict.action}")
    events = list(answer(question, replace(context, guard=guard)))
    text = verdict.text.replace("{AGE}", "{AGE} [1]")
    assert replace(verdict.events("answer")[0], text=text) in events
    whole = done(events)
    assert (whole.answer, len(whole.citations), whole.stop_reason, whole.turn) == (
        text,
        citations,
        stop_reason,
        0,
    )


def test_without_passages_no_model_is_called(context: TurnContext, backend: Backend) -> None:
    backend.found = []
    guard = Judge()
    events = list(answer(QUESTION, replace(context, guard=guard)))
    whole = done(events)
    assert (whole.answer, whole.usage, whole.stop_reason) == (ABSTENTION, Usage(0, 0), "end")
    assert whole.model == MODEL
    assert backend.asked("InvokeModelWithResponseStream") == []
    assert guard.calls[-1] == ("answer", ABSTENTION, QUESTION.text, ())


def test_an_abstention_is_judged_without_sources(context: TurnContext, backend: Backend) -> None:
    """That the documents do not say is in none of them."""
    for said in (ABSTENTION, "[0] Die Dokumente sagen dazu nichts."):
        guard = Judge()
        backend.pieces = (said,)
        list(answer(QUESTION, replace(context, guard=guard)))
        assert guard.calls[-1][0] == "answer"
        assert guard.calls[-1][3] == ()
    backend.pieces = ("[0] " + "Nothing is said, but quartz cures colds. " * 6,)
    list(answer(QUESTION, replace(context, guard=guard)))
    assert guard.calls[-1][3] == (PASSAGE,), "what is too long for an abstention has to be grounded"


def test_an_answer_to_small_talk_is_judged_without_sources(
    context: TurnContext, backend: Backend
) -> None:
    """A greeting is in none of them; what is longer, cites, or answers a question has to be."""
    long = "Hello. By the way, quartz cures colds, as everybody knows. " * 4

    def sources(question: str, reply: str) -> object:
        guard = Judge()
        backend.pieces = (reply,)
        list(answer(replace(QUESTION, text=question), replace(context, guard=guard)))
        assert guard.calls[-1][0] == "answer"
        return guard.calls[-1][3]

    assert sources("Hello!", "Hello. What would you like to know?") == ()
    assert sources("ok cool, bye", "Goodbye.") == ()
    assert sources("Hello!", long) == (PASSAGE,)
    assert sources("Hello!", "Quartz has a hardness of 7 [1].") == (PASSAGE,)
    assert sources("Hello, does quartz cure colds?", "It does.") == (PASSAGE,)


def test_the_passages_that_an_answer_cites_are_the_first_of_its_sources(
    context: TurnContext, backend: Backend
) -> None:
    backend.found = [result("a.md", "Talc is soft."), result("b.md", "Quartz has a hardness of 7.")]
    backend.pieces = ("It has a hardness of 7 [2].",)
    guard = Judge()
    list(answer(QUESTION, replace(context, guard=guard)))
    sources = guard.calls[-1][3]
    assert isinstance(sources, tuple)
    assert [passage.number for passage in sources] == [2, 1]


def test_a_rewritten_question_that_is_blocked_searches_for_nothing_and_counts(
    context: TurnContext, backend: Backend
) -> None:
    guard = Judge({"Quartz?": Verdict("blocked", "Not that.")})
    dialogue = Dialogue((user("How hard is quartz?"), assistant("It is 7.")))
    question = replace(QUESTION, text="And talc?", dialogue=dialogue)
    events = list(answer(question, replace(context, guard=guard)))
    assert backend.asked("Retrieve") == []
    assert events[1] == Guardrail("question", "blocked", "Not that.")
    whole = done(events)
    assert (whole.answer, whole.stop_reason, whole.turn) == ("Not that.", "guardrail", None)
    assert whole.usage == Usage(1, 1)


def test_a_rewritten_question_is_searched_for_as_it_is_masked(
    context: TurnContext, backend: Backend
) -> None:
    guard = Judge({"Quartz?": Verdict("masked", "{STONE}?")})
    dialogue = Dialogue((user("How hard is quartz?"), assistant("It is 7.")))
    list(
        answer(
            replace(QUESTION, text="And talc?", dialogue=dialogue), replace(context, guard=guard)
        )
    )
    assert backend.asked("Retrieve")[0]["retrievalQuery"] == {"text": "{STONE}?"}


@pytest.mark.parametrize(
    ("question", "output", "text", "action"),
    [
        (QUESTION.text, ABSTENTION, ABSTENTION, "none"),
        (QUESTION.text, "[0] Dazu steht nichts da.", "Dazu steht nichts da.", "none"),
        (QUESTION.text, "It is 8 [1].", "No.", "blocked"),
        (QUESTION.text, "It is 8.", "No.", "blocked"),
        ("Hello!", "Hello! What may I look up?", "Hello! What may I look up?", "none"),
        ("Hello!", "Quartz is 8 [1].", "No.", "blocked"),
    ],
)
def test_an_abstention_that_grounding_blocks_in_the_models_call_is_restored(
    context: TurnContext, question: str, output: str, text: str, action: str
) -> None:
    low = {"type": "GROUNDING", "score": 0.1, "threshold": 0.7, "action": "BLOCKED"}
    assessment = {"contextualGroundingPolicy": {"filters": [low]}}
    completion = Completion(
        (TextBlock("No."),),
        "guardrail",
        Usage(9, 4),
        trace={"guardrail": {"modelOutput": [output], "outputs": [{"g1": assessment}]}},
        intervened=True,
    )

    def stream(*_: object, **__: object) -> Iterator[TextDelta | Completion]:
        yield TextDelta("No.")
        yield completion

    carrying = settings(guardrail_id="g1", guardrail_api="invoke")
    with patch.object(invocation, "stream", stream):
        asking = replace(QUESTION, text=question)
        events = list(answer(asking, replace(context, settings=carrying)))
    whole = done(events)
    assert whole.answer == text
    assert whole.stop_reason == ("end" if action == "none" else "guardrail")
    [event] = [event for event in events if isinstance(event, Guardrail)]
    assert (event.action, event.text) == (action, text)


def test_scores_are_events_and_in_the_answer(context: TurnContext) -> None:
    scores = Assessment(grounding=(GroundingCheck("GROUNDING", 0.93, 0.7, "NONE"),))
    guard = Judge({"It is 7.": Verdict("none", "It is 7.", assessments=(scores,))})
    events = list(answer(QUESTION, replace(context, guard=guard)))
    [event] = [event for event in events if isinstance(event, Guardrail)]
    assert (event.source, event.action, event.text) == ("answer", "none", None)
    assert [(one.kind, one.score, one.threshold) for one in event.policies] == [
        ("GROUNDING", 0.93, 0.7)
    ]
    assert done(events).guardrail == (event,)


@pytest.mark.parametrize("said", [(ABSTENTION,), ("**The documents", " do not say [1]**", " [1].")])
def test_an_abstention_cites_nothing_and_names_the_nearest_places(
    context: TurnContext, backend: Backend, said: tuple[str, ...]
) -> None:
    backend.pieces = said
    backend.found = [
        result("guides/quartz.md", "# Quartz\n\nSold.\n\n## Colour\n\nQuartz may be rose.", 4),
        result("guides/talc.md", "Talc is soft."),
        result("guides/quartz.md", "# Quartz\n\n## Colour\n\nIts price varies.", 4),
    ]
    conversation = f"nearest-{len(said)}"
    question = replace(
        QUESTION, text="What is the price of rose quartz?", conversation=conversation
    )
    events = list(answer(question, context))
    whole = done(events)
    assert "".join(event.text for event in events if isinstance(event, Text)) == whole.answer
    assert "[1]" not in whole.answer
    assert whole.citations == ()
    place = Place("guides/quartz.md", "Quartz", "s3://documents/guides/quartz.md", 4, "Colour", 0.5)
    assert whole.nearest == (place,)
    assert [event for event in events if isinstance(event, Nearest)] == [Nearest((place,))]
    assert context.conversations.turns(conversation)[-1].nearest == (place,)


@pytest.mark.parametrize(
    ("question", "pieces", "verdicts"),
    [
        ("How far is the moon?", (ABSTENTION,), {}),
        ("How hard is quartz?", ("It is 7 [1].",), {}),
        ("How hard is quartz?", (f"{ABSTENTION} But it is 7 [1].",), {}),
        ("How hard is quartz?", (ABSTENTION,), {ABSTENTION: Verdict("blocked", "No.")}),
        ("How hard is quartz?", ("[0] Nichts.",), {"Nichts.": Verdict("blocked", "No.")}),
    ],
)
def test_no_places_are_named_if_none_is_near_or_there_is_an_answer(
    context: TurnContext,
    backend: Backend,
    question: str,
    pieces: tuple[str, ...],
    verdicts: dict[str, Verdict],
) -> None:
    backend.pieces = pieces
    guard = Judge(verdicts)
    events = list(answer(replace(QUESTION, text=question), replace(context, guard=guard)))
    assert not any(isinstance(event, Nearest) for event in events)
    assert done(events).nearest == ()
    assert bool(done(events).citations) == ("[1]" in pieces[0])


def test_a_follow_up_needs_a_conversation_that_is_there_if_it_says_so(
    context: TurnContext,
) -> None:
    question = replace(QUESTION, conversation="known", known=True)
    with pytest.raises(NotFound) as raised:
        answer(question, context)
    assert raised.value.field == "conversationId"
    assert raised.value.detail == (
        "There is no conversation 'known'. Leave it out to begin a new one."
    )
    assert done(list(answer(replace(question, known=False), context))).turn == 0
    assert done(list(answer(question, context))).turn == 1


def test_a_dialogue_of_the_callers_is_judged_rewritten_and_not_stored(
    context: TurnContext, backend: Backend
) -> None:
    guard = Judge()
    dialogue = Dialogue((user("How hard is quartz?"), assistant("It is 7.")), "Be brief.")
    turn: Generator[Event, None, None] = answer(
        replace(QUESTION, text="And talc?", dialogue=dialogue), replace(context, guard=guard)
    )
    events = list(turn)
    assert done(events).turn is None
    assert done(events).usage == Usage(10, 5), "the rewriting counts"
    texts = ["And talc?", "How hard is quartz?", "It is 7.", "Be brief."]
    assert guard.calls[:4] == [("question", text) for text in texts]
    assert [event.query for event in events if isinstance(event, Retrieval)] == ["Quartz?"]
    assert guard.calls[4] == ("question", "Quartz?"), "the rewritten question is judged, too"
    assert guard.calls[5][:3] == ("answer", "It is 7.", "Quartz?")
    [call] = backend.asked("InvokeModelWithResponseStream")
    assert "Be brief." in str(call["body"])
