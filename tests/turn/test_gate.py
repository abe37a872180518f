"""When an answer is judged, and when it is shown, in each mode."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.citations.cite import cite
from app.events import Citation, Guardrail, GuardrailMode, Passage, Text, Usage
from app.guardrail import Assessment, GroundingCheck, Verdict
from app.guardrail.limits import ANSWER
from app.turn.draft import Draft
from app.turn.gate import FIRST, gate

PASSAGES = [Passage(1, "Quartz has a hardness of 7.", "s3://d/minerals.md", 0.9)]
CARD = re.compile(r"4111[\s.]+1111")
BAD = "gold is cheap. buy it"
MODES: Sequence[GuardrailMode] = ("buffer", "window", "verdict")
Shown = list[Text | Citation | Guardrail]


@dataclass
class Judge:
    """Masks the number of a card, blocks BAD, and keeps what it was asked.

    Attributes:
        shown: what the reader has when it is asked.
    """

    calls: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    reading: Callable[[], str] = lambda: ""

    def __call__(self, words: str) -> Verdict:
        self.calls.append(words)
        self.shown.append(self.reading())
        if BAD in words:
            return Verdict("blocked", "Not that.", "A phrase.")
        masked = CARD.sub("{CARD}", words)
        return Verdict("none" if masked == words else "masked", masked)


def texts(events: Iterable[object]) -> str:
    return "".join(event.text for event in events if isinstance(event, Text))


def run(
    mode: GuardrailMode, pieces: Iterable[str], judge: Callable[[str], Verdict]
) -> tuple[Shown, Draft]:
    """What a reader is shown of an answer that is written in these pieces."""
    draft = Draft(Usage(0, 0))
    shown: Shown = []
    if isinstance(judge, Judge):
        judge.reading = lambda: texts(shown)
    door = gate(mode, draft, judge)
    for part in cite(pieces, PASSAGES):
        draft.add(part)
        shown += door.read(part)
    shown += door.end()
    return shown, draft


def in_words(text: str) -> list[str]:
    return re.findall(r"\S+\s*|\s+", text)


def sentences(length: int) -> str:
    """An answer of about so many characters, with a mark behind each sentence."""
    number = length // len("Quartz type 10 is a hard mineral.")
    return " ".join(f"Quartz type {10 + n} is a hard mineral [1]." for n in range(number))


def test_in_a_buffer_the_whole_answer_is_judged_before_a_word_is_shown() -> None:
    judge = Judge()
    shown, draft = run("buffer", in_words(sentences(3000)), judge)
    assert judge.shown == [""]
    assert texts(shown) == draft.text == sentences(3000)


def test_for_a_verdict_all_is_shown_and_then_judged() -> None:
    judge = Judge()
    shown, draft = run("verdict", in_words(sentences(3000)), judge)
    assert judge.shown == [sentences(3000)]
    assert texts(shown) == draft.text


@pytest.mark.parametrize(
    ("length", "least", "most"), [(100, 1, 1), (300, 1, 2), (1000, 2, 3), (3000, 3, 5)]
)
def test_windows_grow(length: int, least: int, most: int) -> None:
    judge = Judge()
    shown, draft = run("window", in_words(sentences(length)), judge)
    assert least <= len(judge.calls) <= most
    assert texts(shown) == draft.text == sentences(length)
    assert length < 1000 or judge.shown[1], "text streams"


def test_a_window_holds_whole_sentences_with_one_more_judged_than_shown() -> None:
    judge = Judge()
    run("window", in_words(sentences(3000)), judge)
    for words, shown in zip(judge.calls, judge.shown[1:], strict=False):
        without = shown.replace(" [1]", "")
        assert words.startswith(without)
        assert without.endswith(".")
        assert words[len(without) :].count(".") == 1, "that of the held sentence"


def test_an_answer_too_long_for_one_judgement_is_judged_with_what_comes_before() -> None:
    judge = Judge()
    shown, draft = run("window", in_words(sentences(14_000)), judge)
    assert texts(shown) == draft.text
    assert max(map(len, judge.calls)) <= ANSWER
    assert len(judge.calls) <= 9
    words = draft.written.words
    ends = [words.index(call) + len(call) for call in judge.calls]
    begins = [words.index(call) for call in judge.calls]
    assert ends[-1] == len(words)
    assert all(begin < end for begin, end in zip(begins[1:], ends, strict=False))
    for begin, shown_words in zip(begins, judge.shown, strict=True):
        assert begin == 0 or begin <= len(shown_words.replace(" [1]", "")) - 700, "its context"


@pytest.mark.parametrize("place", range(3, 40, 3))
def test_a_phrase_over_a_border_is_not_shown_in_part(place: int) -> None:
    """A phrase of two sentences, wherever it is among forty: none of it is shown."""
    parts = [f"This is the sentence number {number}." for number in range(40)]
    parts[place : place + 1] = ["So gold is cheap.", "buy it. Then go on."]
    judge = Judge()
    shown, draft = run("window", in_words(" ".join(parts)), judge)
    assert "gold" not in texts(shown)
    [event] = [event for event in shown if isinstance(event, Guardrail)]
    assert (event.action, event.text) == ("blocked", "Not that.")
    assert draft.text == "Not that."
    assert shown[-1] == event, "nothing is shown after a block"


@pytest.mark.parametrize(
    ("mode", "place"),
    [*(("window", place) for place in range(40)), ("buffer", 7), ("verdict", 7)],
)
def test_a_number_is_masked_with_its_citation_in_every_mode(
    mode: GuardrailMode, place: int
) -> None:
    """Of a card's number with a mark and a stop in it, over a border or not."""
    parts = [f"This is the sentence \U0001f389 number {number} [1]." for number in range(40)]
    parts[place] = "The number is 4111 [1]. 1111 [1]."
    shown, draft = run(mode, in_words(" ".join(parts)), Judge())
    answer = draft.to_answer("c", 0, "m")
    assert "The number is {CARD} [1]" in answer.answer
    assert "1111" not in answer.answer
    assert len(answer.citations) == 41
    for citation in answer.citations:
        assert citation.mark is not None
        assert citation.mark_utf16 is not None
        assert answer.answer[citation.mark :].startswith("[1]")
        units = answer.answer.encode("utf-16-le")[2 * citation.mark_utf16 :]
        assert units.decode("utf-16-le").startswith("[1]")
    [event] = [event for event in shown if isinstance(event, Guardrail)]
    assert (event.action, event.text) == ("masked", answer.answer)
    if mode != "verdict":
        assert texts(shown) == answer.answer
        assert [one for one in shown if isinstance(one, Citation)] == [*answer.citations]


@pytest.mark.parametrize("place", range(3, 30))
def test_a_mask_that_what_follows_makes_another_is_shown_as_it_is_in_the_end(place: int) -> None:
    """Two numbers are a card's, three are an account's: the first two wait for the third."""

    def judge(words: str) -> Verdict:
        masked = re.sub(r"4111\. 1111\. 2222", "{ACCOUNT}", words)
        masked = re.sub(r"4111\. 1111", "{CARD}", masked)
        return Verdict("none" if masked == words else "masked", masked)

    parts = [f"This is the sentence number {number}." for number in range(30)]
    parts[place : place + 1] = ["The number is 4111.", "1111.", "2222.", "Then it goes on."]
    shown, draft = run("window", in_words(" ".join(parts)), judge)
    assert "{ACCOUNT}" in draft.text
    assert texts(shown) == draft.text


def test_a_beginning_that_is_not_relevant_yet_is_held_until_it_is() -> None:
    calls: list[str] = []

    def judge(words: str) -> Verdict:
        calls.append(words)
        score = 0.9 if len(words) > 2 * FIRST else 0.1
        action = "NONE" if score > 0.5 else "BLOCKED"
        check = Assessment(grounding=(GroundingCheck("RELEVANCE", score, 0.5, action),))
        if action == "BLOCKED":
            return Verdict("blocked", "No.", None, (check,))
        return Verdict("none", words, None, (check,))

    shown, draft = run("window", in_words(sentences(1000)), judge)
    assert len(calls) > 1
    assert texts(shown) == draft.text == sentences(1000)
    [event] = [event for event in shown if isinstance(event, Guardrail)]
    assert [finding.score for finding in event.policies] == [0.9]

    shown, draft = run("window", in_words(sentences(400)), judge)
    assert texts(shown) == ""
    assert draft.text == "No."


def test_what_was_not_judged_says_so_in_every_mode() -> None:
    for mode in MODES:
        shown, draft = run(
            mode, in_words(sentences(1000)), lambda words: Verdict("unjudged", words, "Down.")
        )
        assert texts(shown) == draft.text == sentences(1000)
        [event] = [event for event in shown if isinstance(event, Guardrail)]
        assert (event.action, event.text, event.reason) == ("unjudged", None, "Down.")


def test_a_block_of_code_is_shown_whole() -> None:
    code = "```\n" + "x = 1. # and so on\n" * 30 + "```"
    answer = f"{sentences(300)}\n\n{code}\n\n{sentences(2000)}"
    judge = Judge()
    run("window", in_words(answer), judge)
    assert len(judge.calls) > 2
    for shown in judge.shown:
        assert shown.count("```") % 2 == 0


@given(st.lists(st.integers(0, 900), max_size=8), st.sampled_from(MODES))
def test_how_an_answer_comes_in_pieces_changes_no_word(
    cuts: list[int], mode: GuardrailMode
) -> None:
    answer = f"{sentences(400)} The number is 4111 1111. {sentences(300)}\n\n- a\n- b [1]\n"
    places = [0, *sorted(min(cut, len(answer)) for cut in cuts), len(answer)]
    pieces = [answer[a:b] for a, b in pairwise(places)]
    shown, draft = run(mode, pieces, Judge())
    assert draft.text == answer.replace("4111 1111", "{CARD}")
    if mode != "verdict":
        assert texts(shown) == draft.text
