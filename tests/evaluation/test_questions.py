"""Files of questions: what is read, and what is refused with line, field and rule."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.evaluation import BadQuestions, parse_questions, read_questions

GOOD: dict[str, Any] = {"question": "How many hives?", "must": [["forty"]]}


def line(**members: Any) -> str:
    return json.dumps({**GOOD, **members})


def test_a_question_and_a_conversation_are_read() -> None:
    talk = json.dumps({"id": "talk", "turns": [GOOD, {**GOOD, "id": "mine", "kind": "why"}]})
    single, conversation = parse_questions(f"{line(gold_docs=['a.md'])}\n\n{talk}\n")
    [question] = single.turns
    assert (single.id, question.id, question.kind) == ("line-1", "line-1", "question")
    assert (question.must, question.gold_docs) == ((("forty",),), ("a.md",))
    assert [(turn.id, turn.kind) for turn in conversation.turns] == [
        ("talk.1", "first"),
        ("mine", "why"),
    ]
    assert conversation.is_conversation
    assert not single.is_conversation


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "line 1: it is not JSON"),
        ("[]", "line 1: it has to be a JSON object"),
        ('{"must": [["x"]]}', "line 1: question: it is missing"),
        (line(question="  "), "line 1: question: String should have at least 1 character"),
        (line(question="x" * 10_001), "line 1: question: String should have at most 10000"),
        (line(expected="forty"), "line 1: expected: there is no such field"),
        (line(must=["forty"]), "line 1: must.0: Input should be a valid list"),
        (line(must=[[]]), "line 1: must.0: List should have at least 1 item"),
        (line(must=[["**"]]), "line 1: must.0.0: it has nothing to look for"),
        (line(must_not=["^..."]), "line 1: must_not.0: it has nothing to look for"),
        (line(abstain="yes"), "line 1: abstain: Input should be a valid boolean"),
        (line(abstain=True), "line 1: with `abstain` no answer is right"),
        (line(must=[]), "line 1: nothing tells a right answer"),
        ('{"turns": []}', "line 1: turns: List should have at least 1 item"),
        ('{"turns": [{"must": [["x"]]}]}', "line 1: turns.0.question: it is missing"),
        (f"{line(id='a')}\n{line(id='a')}", "line 2: id: line 1 has the id 'a' already"),
        (
            json.dumps({"turns": [{**GOOD, "id": "a"}, {**GOOD, "id": "a"}]}),
            "line 1: turns.1.id: line 1 has the id 'a' already",
        ),
        ("\n", "line 1: the file has no question"),
    ],
)
def test_a_bad_line_is_refused_with_its_field_and_the_rule(text: str, says: str) -> None:
    with pytest.raises(BadQuestions) as refused:
        parse_questions(text, "mine.jsonl")
    assert says in refused.value.detail
    assert "mine.jsonl" in refused.value.detail


def test_all_faults_are_named_at_once_up_to_a_number() -> None:
    with pytest.raises(BadQuestions) as refused:
        parse_questions("\n".join([line(note=1)] * 25))
    assert "line 20: note" in refused.value.detail
    assert "and 5 more" in refused.value.detail
    assert len(refused.value.faults) == 25


def test_what_is_not_utf_8_is_refused_by_its_line(tmp_path: Path) -> None:
    file = tmp_path / "latin.jsonl"
    file.write_bytes(line().encode() + b'\n{"question": "caf\xe9"}')
    with pytest.raises(BadQuestions, match="line 2: it is not in UTF-8"):
        read_questions(file)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    file = tmp_path / "marked.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + line().encode() + b"\r\n")
    assert len(read_questions(file)) == 1
