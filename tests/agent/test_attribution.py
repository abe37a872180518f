"""The words of a Bedrock agent: chunks as pieces, with a mark behind what rests on a passage."""

from typing import Any

import pytest

from app.agent.agent_answer import AgentAnswer
from app.agent.attribution import AttributionReader
from app.errors import BackendError, StreamCut

REFERENCE: Any = {"content": {"text": "Quartz is hard."}}


def chunk(text: str, part: str = "", **span: int) -> Any:
    if not part:
        return {"bytes": text.encode()}
    response = {"textResponsePart": {"text": part, "span": span}}
    citation = {"generatedResponsePart": response, "retrievedReferences": [REFERENCE]}
    return {"bytes": text.encode(), "attribution": {"citations": [citation]}}


def pieces(*chunks: Any) -> list[tuple[str, int]]:
    reader = AttributionReader()
    return [(one.text, len(one.references)) for each in chunks for one in reader.read(each)]


@pytest.mark.parametrize(
    "span",
    [{"start": 0, "end": 14}, {"start": 0, "end": 15}, {"start": 0, "end": 99}, {}],
    ids=["last", "behind", "wrong", "none"],
)
def test_a_mark_stands_behind_its_part_before_the_sign_that_ends_it(span: dict[str, int]) -> None:
    parts = pieces(chunk("Quartz is hard. It is common.", "Quartz is hard.", **span))
    assert parts == [("Quartz is hard", 1), (". It is common.", 0)]


@pytest.mark.parametrize("end", [24, 14], ids=["of the answer", "of the chunk"])
def test_spans_may_count_from_the_answer_or_from_the_chunk(end: int) -> None:
    parts = pieces(chunk("It is so. "), chunk("Quartz is hard.", "Quartz is hard.", end=end))
    assert parts == [("It is so. ", 0), ("Quartz is hard", 1), (".", 0)]


def test_a_part_that_is_not_in_its_chunk_is_cited_at_the_end() -> None:
    assert pieces(chunk("rather hard", "Quartz is rather hard", end=20)) == [("rather hard", 1)]


def test_a_sign_may_be_parted_between_two_chunks() -> None:
    data = "größer".encode()
    reader = AttributionReader()
    texts = [one.text for part in (data[:3], data[3:]) for one in reader.read({"bytes": part})]
    assert "".join(texts) == "größer"


def test_an_answer_that_is_not_whole_is_cut_off() -> None:
    AgentAnswer(text="It is 7.", final="It is 7.").check()
    AgentAnswer(text="It is 7.").check()
    for answer in (AgentAnswer(), AgentAnswer(text="It is", final="It is 7.")):
        with pytest.raises(StreamCut):
            answer.check()
    with pytest.raises(BackendError, match="broke off"):
        AgentAnswer(failure="the model failed").check()
