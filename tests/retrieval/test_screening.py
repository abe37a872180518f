"""What the guard leaves of passages: masked, left out, numbered anew, and told."""

from collections.abc import Sequence

from app.events import Guardrail, Passage
from app.guardrail import Unguarded, Verdict
from app.retrieval.screening import Screening, screen

PASSAGES = [
    Passage(number, text, f"s3://d/{text}.md", 0.5, page=number, metadata={"year": number})
    for number, text in enumerate(["bomb", "ada", "quartz"], 1)
]


class Judge(Unguarded):
    """Blocks the first passage and masks the second."""

    def passages(self, passages: Sequence[Passage]) -> Sequence[Verdict]:
        blocked = Verdict("blocked", "No.", "A denied topic.")
        masked = Verdict("masked", "{NAME}", "A name.")
        return [blocked, masked, Verdict("none", passages[2].text)]


class Silent(Unguarded):
    """Is down, and lets passages pass."""

    def passages(self, passages: Sequence[Passage]) -> Sequence[Verdict]:
        return [Verdict("unjudged", passage.text, "Down.") for passage in passages]


def test_that_no_passage_was_judged_is_said_once() -> None:
    screening = screen(PASSAGES, Silent())
    assert [passage.text for passage in screening.passages] == ["bomb", "ada", "quartz"]
    assert screening.interventions == (Guardrail("passage", "unjudged", None, "Down."),)


def test_a_blocked_passage_is_left_out_and_a_masked_one_is_masked() -> None:
    ada, quartz = PASSAGES[1:]
    assert screen(PASSAGES, Judge()) == Screening(
        passages=(
            Passage(1, "{NAME}", ada.uri, 0.5, page=2, metadata={"year": 2}),
            Passage(2, "quartz", quartz.uri, 0.5, page=3, metadata={"year": 3}),
        ),
        interventions=(
            Guardrail("passage", "blocked", "No.", "A denied topic.", PASSAGES[0].uri),
            Guardrail("passage", "masked", "{NAME}", "A name.", ada.uri),
        ),
    )
