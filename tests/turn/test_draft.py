"""A turn is collected once: what is stored and what its reader gets are the same."""

import pytest

from app.events import Answer, Citation, Done, Error, Event, Started, Text, Usage
from app.guardrail import Verdict
from app.models import Completion
from app.models import Text as TextBlock
from app.turn import Question, collect
from app.turn.draft import Abstention, Draft

CITATION = Citation(
    1, "minerals.md", "Minerals", "s3://d/minerals.md", None, None, 0, 2, "Qu", "Quartz", 0.9, 8, 8
)


def draft() -> Draft:
    """`It is 7 [1].`, with its citation."""
    collected = Draft(Usage(1, 1))
    for part in (Text("It is 7"), Text(" [1]"), CITATION, Text(".")):
        collected.add(part)
    collected.add(Completion((TextBlock("It is 7 [2]."),), "length", Usage(9, 4)))
    return collected


def test_the_stored_turn_and_the_answer_have_the_same_content() -> None:
    answer = draft().to_answer("c", 3, "m")
    assert answer == Answer("It is 7 [1].", (CITATION,), Usage(10, 5), "m", "c", 3, "length")
    stored = draft().to_turn(Question("How hard is quartz?"), "m")
    assert stored.question == (TextBlock("How hard is quartz?"),)
    assert stored.answer == (TextBlock(answer.answer),)
    assert (stored.citations, stored.usage) == (answer.citations, answer.usage)


def test_a_mask_keeps_the_citations_and_moves_their_marks() -> None:
    masked = draft()
    masked.apply(Verdict("masked", "It is {AGE}."))
    answer = masked.to_answer("c", 3, "m")
    assert (answer.answer, answer.stop_reason) == ("It is {AGE} [1].", "length")
    assert [citation.mark for citation in answer.citations] == [12]


def test_a_block_takes_text_and_citations_away() -> None:
    blocked = draft()
    blocked.apply(Verdict("blocked", "No."))
    answer = blocked.to_answer("c", 3, "m")
    assert (answer.answer, answer.citations, answer.stop_reason) == ("No.", (), "guardrail")
    assert blocked.to_turn(Question("q"), "m").citations == ()


def test_a_reply_that_was_marked_as_an_abstention_is_one_in_any_language() -> None:
    german = Draft(Usage(0, 0))
    german.add(Text("Die Dokumente sagen dazu nichts."))
    assert not german.abstains
    german.add(Abstention())
    assert german.abstains


def test_a_call_of_a_tool_that_was_not_offered_is_a_fault() -> None:
    with pytest.raises(AssertionError, match=r"^a tool was called that was not offered$"):
        Draft(Usage(0, 0)).add(Completion((), "tool_use", Usage(9, 4)))


def test_an_answer_names_the_model_that_stood_in_for_another() -> None:
    written = Draft(Usage(0, 0))
    written.add(Completion((), "end", Usage(9, 4), author="llama3.2:3b"))
    assert written.to_answer("c", 3, "m").model == "llama3.2:3b, as m"
    assert written.to_turn(Question("q"), "m").model == "llama3.2:3b, as m"


def test_collecting_a_turn_returns_its_last_event() -> None:
    answer = draft().to_answer("c", 3, "m")
    error = Error(502, "model-failed", "The model failed", "It did.", True)
    beginning: list[Event] = [Started("c", "m"), Text("It")]
    assert collect([*beginning, Done(answer)]) == answer
    assert collect([*beginning, error]) == error
    with pytest.raises(AssertionError, match="a turn ends with Done or Error"):
        collect(beginning)
